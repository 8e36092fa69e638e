// SPDX-License-Identifier: MIT
#include "segment/discovery.h"

#include <stdlib.h>
#include <string.h>

#include "base/real_text.h"
#include "base/try.h"
#include "segment/columns.h"

void segment_discoveries_release(segment_discoveries *discoveries) {
    subgroups_release(&discoveries->found);
    free(discoveries->items);
    free((void *)discoveries->columns);
    *discoveries = (segment_discoveries){0};
}

static perebor_status find_columns(segment_discoveries *discoveries, const perebor_dataset *dataset,
                                   const segment_discovery *settings, const char *experiment,
                                   perebor_error *error) {
    size_t n = settings->columns.n == 0 ? dataset->n_columns : settings->columns.n;
    discoveries->columns = calloc(n + 1, sizeof(const perebor_column *));
    discoveries->n_columns = n;
    if (discoveries->columns == NULL) {
        return perebor_no_memory(error, "for rules");
    }
    for (size_t i = 0; i < n; i++) {
        discoveries->columns[i] = settings->columns.n == 0
                                      ? &dataset->columns[i]
                                      : segment_find_column(dataset, settings->columns.items[i]);
        if (discoveries->columns[i] == NULL) {
            return segment_fail_at(experiment, settings->at, error,
                                   "segments.discover: there is no column \"%.100s\"",
                                   settings->columns.items[i]);
        }
    }
    return PEREBOR_OK;
}

/** A text with every quote twice, in quotes. NULL if memory is short. */
static const char *quote(perebor_arena *arena, const char *text, char mark) {
    size_t length = strlen(text), n = 0;
    char *quoted = perebor_arena_allocate(arena, 2 * length + 3, 1);
    if (quoted == NULL) {
        return NULL;
    }
    quoted[n++] = mark;
    for (size_t i = 0; i < length; i++) {
        quoted[n++] = text[i];
        if (text[i] == mark) {
            quoted[n++] = mark;
        }
    }
    quoted[n] = mark;
    return quoted;
}

/** A number without a fraction of zero. */
static void write_number(double value, char text[PEREBOR_REAL_TEXT_SIZE]) {
    size_t length = perebor_real_format(value, text);
    if (length > 2 && strcmp(text + length - 2, ".0") == 0) {
        text[length - 2] = '\0';
    }
}

static const char *const comparison_signs[] = {
    [SUBGROUP_AT_MOST] = "<=", [SUBGROUP_ABOVE] = ">", [SUBGROUP_IS] = "="};

/** Writes a subgroup in words and in SQL. */
static perebor_status name(segment_discovered *item, const subgroup *subgroup, size_t number,
                           const perebor_column *const *columns, perebor_arena *arena,
                           perebor_error *error) {
    item->name = perebor_arena_format(arena, "R%zu", number);
    item->words = item->where = "";
    for (size_t i = 0; i < subgroup->n_conditions; i++) {
        const subgroup_condition *condition = &subgroup->conditions[i];
        const perebor_column *column = columns[condition->column];
        const char *sign = comparison_signs[condition->comparison];
        char number_text[PEREBOR_REAL_TEXT_SIZE];
        const char *value = number_text, *value_sql = number_text;
        write_number(condition->value, number_text);
        if (condition->comparison == SUBGROUP_IS) {
            value = column->levels[(size_t)condition->value];
            value_sql = quote(arena, value, '\'');
        }
        const char *column_sql = quote(arena, column->name, '"');
        if (item->words == NULL || item->where == NULL || column_sql == NULL || value_sql == NULL) {
            return perebor_no_memory(error, "for rules");
        }
        item->words = perebor_arena_format(arena, "%s%s%s %s %s", item->words, i == 0 ? "" : ", ",
                                           column->name, sign, value);
        item->where = perebor_arena_format(arena, "%s%s%s %s %s", item->where,
                                           i == 0 ? "" : " AND ", column_sql, sign, value_sql);
    }
    return item->name == NULL || item->words == NULL || item->where == NULL
               ? perebor_no_memory(error, "for rules")
               : PEREBOR_OK;
}

/** Searches the rows that are not of the test part. */
static perebor_status search(segment_discoveries *discoveries, const perebor_dataset *dataset,
                             const uint8_t *is_test, const segment_discovery *settings,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t *searched = calloc(dataset->n_rows + 1, sizeof *searched);
    size_t n = 0;
    if (searched == NULL) {
        return perebor_no_memory(error, "for rules");
    }
    for (size_t row = 0; row < dataset->n_rows; row++) {
        if (is_test == NULL || is_test[row] == 0) {
            searched[n++] = (uint32_t)row;
        }
    }
    const subgroup_rows rows = {.columns = discoveries->columns,
                                .n_columns = discoveries->n_columns,
                                .labels = dataset->labels,
                                .rows = searched,
                                .n_rows = n};
    if (dataset->labels != NULL) {
        status = subgroups_search(&discoveries->found, &rows, &settings->terms, error);
    }
    free(searched);
    return status;
}

/** Takes rules that were found among other rows. */
static perebor_status take(segment_discoveries *discoveries, const segment_discoveries *like,
                           perebor_error *error) {
    discoveries->found = like->found;
    discoveries->found.items = calloc(like->found.n + 1, sizeof *like->found.items);
    if (discoveries->found.items == NULL) {
        discoveries->found = (subgroups){0};
        return perebor_no_memory(error, "for rules");
    }
    if (like->found.n > 0) {
        memcpy(discoveries->found.items, like->found.items,
               like->found.n * sizeof *like->found.items);
    }
    return PEREBOR_OK;
}

perebor_status segment_discover(segment_discoveries *discoveries, const perebor_dataset *dataset,
                                const uint8_t *is_test, const segment_discovery *settings,
                                const segment_discoveries *like, perebor_arena *arena,
                                const char *experiment, perebor_error *error) {
    perebor_status status;
    *discoveries = (segment_discoveries){.has_labels = dataset->labels != NULL};
    PEREBOR_TRY(done, find_columns(discoveries, dataset, settings, experiment, error));
    PEREBOR_TRY(done, like == NULL ? search(discoveries, dataset, is_test, settings, error)
                                   : take(discoveries, like, error));
    discoveries->items = calloc(discoveries->found.n + 1, sizeof *discoveries->items);
    if (discoveries->items == NULL) {
        return perebor_no_memory(error, "for rules");
    }
    for (size_t i = 0; i < discoveries->found.n; i++) {
        PEREBOR_TRY(done, name(&discoveries->items[i], &discoveries->found.items[i], i + 1,
                               discoveries->columns, arena, error));
    }
done:
    return status;
}
