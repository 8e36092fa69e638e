// SPDX-License-Identifier: MIT
#include "report/change_list.h"

#include <string.h>

#include "report/explanation_text.h"

enum { text_size = 256 };

/** Changes of some rows, one after the other. */
typedef struct changes {
    size_t n_domains;
    const uint32_t *rows;                 /**< [n] NULL: 0, 1, 2 … */
    const int8_t *outcomes, *exact;       /**< [n] */
    const double *before, *after, *costs; /**< [n] */
    const double *values;                 /**< [n][n_domains] */
    uint32_t *columns;                    /**< [n_domains] */
} changes;

static void list_outcomes(list_table *table, const changes *changes,
                          const perebor_dataset *dataset) {
    const char **ids = list_table_texts(table, "id");
    const char **outcomes = list_table_texts(table, "outcome");
    double *exact = list_table_numbers(table, LIST_WHOLE, "exact");
    double *before = list_table_numbers(table, LIST_REAL, "probability_before");
    double *after = list_table_numbers(table, LIST_REAL, "probability");
    double *costs = list_table_numbers(table, LIST_REAL, "cost");
    for (size_t i = 0; !table->failed && i < table->n_rows; i++) {
        char name[text_size];
        explanation_name_row(dataset, changes->rows == NULL ? (uint32_t)i : changes->rows[i], name,
                             sizeof name);
        ids[i] = list_table_keep(table, name);
        outcomes[i] = smallest_change_outcome_names[changes->outcomes[i]];
        exact[i] = changes->exact[i];
        before[i] = changes->before[i];
        after[i] = changes->after[i];
        costs[i] = changes->costs[i];
    }
}

/** What one column becomes, where there is a change. */
static void list_domain(list_table *table, const changes *changes, const perebor_dataset *dataset,
                        size_t domain) {
    const perebor_column *column = &dataset->columns[changes->columns[domain]];
    char field[2 * text_size];
    (void)snprintf(field, sizeof field, "to:%s", column->name);
    bool is_number = column->role == PEREBOR_ROLE_NUMERIC;
    double *numbers = is_number ? list_table_numbers(table, LIST_REAL, field) : NULL;
    const char **texts = is_number ? NULL : list_table_texts(table, field);
    for (size_t i = 0; !table->failed && i < table->n_rows; i++) {
        double value = changes->values[i * changes->n_domains + domain];
        if (changes->outcomes[i] != SMALLEST_CHANGE_FOUND) {
            continue;
        }
        if (is_number) {
            numbers[i] = value;
        } else {
            char text[text_size];
            explanation_format_value(column, value, "", text, sizeof text);
            texts[i] = list_table_keep(table, text);
        }
    }
}

static void list_changes(list_table *table, const changes *changes,
                         const perebor_dataset *dataset) {
    list_outcomes(table, changes, dataset);
    for (size_t domain = 0; domain < changes->n_domains; domain++) {
        list_domain(table, changes, dataset, domain);
    }
}

/** @return Whether there is one of that name. */
static bool find_column(const perebor_dataset *dataset, const char *name, uint32_t *column) {
    for (uint32_t i = 0; i < dataset->n_columns; i++) {
        if (strcmp(dataset->columns[i].name, name) == 0) {
            *column = i;
            return true;
        }
    }
    return false;
}

bool change_list_of_stage(list_table *table, const h5_node *group, const perebor_dataset *dataset) {
    const h5_node *value = h5_find(group, "value");
    size_t n = dataset->n_rows;
    if (value == NULL || value->array.kind != H5_DOUBLE || value->array.n_dimensions != 2 ||
        value->array.dimensions[0] != n) {
        return false;
    }
    table->n_rows = n;
    changes changes = {.n_domains = value->array.dimensions[1],
                       .outcomes = h5_row(group, "outcome", H5_INT8, n),
                       .exact = h5_row(group, "exact", H5_INT8, n),
                       .before = h5_row(group, "probability_before", H5_DOUBLE, n),
                       .after = h5_row(group, "probability", H5_DOUBLE, n),
                       .costs = h5_row(group, "cost", H5_DOUBLE, n),
                       .values = value->array.data};
    const char *const *names = h5_row(group, "column", H5_TEXT, changes.n_domains);
    bool whole = names != NULL && changes.outcomes != NULL && changes.exact != NULL &&
                 changes.before != NULL && changes.after != NULL && changes.costs != NULL;
    for (size_t i = 0; whole && i < n; i++) {
        whole = changes.outcomes[i] >= 0 && changes.outcomes[i] <= SMALLEST_CHANGE_NONE;
    }
    changes.columns =
        perebor_arena_allocate(&table->arena, changes.n_domains + 1, sizeof *changes.columns);
    table->failed = table->failed || changes.columns == NULL;
    for (size_t i = 0; whole && !table->failed && i < changes.n_domains; i++) {
        whole = find_column(dataset, names[i], &changes.columns[i]);
    }
    if (whole && !table->failed) {
        list_changes(table, &changes, dataset);
    }
    return whole;
}

static void list_one(list_table *table, const listed_change *listed,
                     const perebor_dataset *dataset) {
    const smallest_change *change = listed->change;
    const change_space *space = listed->space;
    int8_t outcome = (int8_t)change->outcome, exact = change->exact ? 1 : 0;
    changes changes = {.n_domains = space->n_domains,
                       .rows = &listed->row,
                       .outcomes = &outcome,
                       .exact = &exact,
                       .before = &change->probability_before,
                       .after = &change->probability,
                       .costs = &change->cost,
                       .values = listed->values};
    changes.columns =
        perebor_arena_allocate(&table->arena, space->n_domains + 1, sizeof *changes.columns);
    table->failed = table->failed || changes.columns == NULL;
    for (size_t i = 0; !table->failed && i < space->n_domains; i++) {
        changes.columns[i] = (uint32_t)space->domains[i].column;
    }
    if (!table->failed) {
        list_changes(table, &changes, dataset);
    }
}

perebor_status change_list_write_csv(FILE *stream, const listed_change *listed,
                                     const perebor_dataset *dataset, perebor_error *error) {
    list_table table = {.n_rows = 1};
    list_one(&table, listed, dataset);
    perebor_status status = list_table_check(&table, error);
    if (status == PEREBOR_OK) {
        list_table_write_csv(&table, stream);
    }
    list_table_release(&table);
    return status;
}

perebor_status change_list_put_json(perebor_json *json, const listed_change *listed,
                                    const perebor_dataset *dataset, perebor_error *error) {
    list_table table = {.n_rows = 1};
    list_one(&table, listed, dataset);
    perebor_status status = list_table_check(&table, error);
    if (status == PEREBOR_OK) {
        perebor_json_key(json, "changes");
        list_table_put_json(&table, json);
    }
    list_table_release(&table);
    return status;
}
