// SPDX-License-Identifier: MIT
#include "explain/change_space.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "statistics/moments.h"
#include "statistics/quantile.h"

/** Refuses what was named, saying where. */
static perebor_status refuse(const perebor_actionable *actionable, const char *file,
                             const char *reason, const char *what, perebor_error *error) {
    if (actionable->line == 0) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s: actionable: \"%s\" %s%s",
                            actionable->source != NULL ? actionable->source : file,
                            actionable->column, reason, what);
    }
    return perebor_fail(error, PEREBOR_ERR_FORMAT, "%s:%u:%u: actionable: \"%s\" %s%s", file,
                        actionable->line, actionable->at_column, actionable->column, reason, what);
}

static perebor_status refuse_unknown(const perebor_actionable *actionable,
                                     const perebor_dataset *dataset, const char *file,
                                     perebor_error *error) {
    const char **names = calloc(dataset->n_columns + 1, sizeof *names);
    const char *nearest = NULL;
    for (size_t i = 0; names != NULL && i < dataset->n_columns; i++) {
        names[i] = dataset->columns[i].name;
    }
    if (names != NULL) {
        nearest = perebor_suggest(actionable->column, names, dataset->n_columns);
    }
    free((void *)names);
    return nearest == NULL
               ? refuse(actionable, file, "is no feature of the experiment", "", error)
               : refuse(actionable, file, "is no feature; did you mean ", nearest, error);
}

static perebor_status find_column(const perebor_actionable *actionable,
                                  const perebor_dataset *dataset, const char *file, size_t *column,
                                  perebor_error *error) {
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (strcmp(dataset->columns[i].name, actionable->column) != 0) {
            continue;
        }
        if (dataset->columns[i].role == PEREBOR_ROLE_NOMINAL &&
            actionable->direction != PEREBOR_CHANGE_ANY) {
            return refuse(actionable, file,
                          "has levels without an order: it takes no direction but ", "any", error);
        }
        *column = i;
        return PEREBOR_OK;
    }
    return refuse_unknown(actionable, dataset, file, error);
}

/** Whether levels of a column are steps of a row, so that a change has a size. */
static bool has_size(const perebor_column *column) {
    return column->role == PEREBOR_ROLE_NUMERIC || column->role == PEREBOR_ROLE_ORDINAL;
}

/** The size of a change that costs 1. @param[in] sorted  [n] */
static double unit_of(const perebor_column *column, const double *sorted, size_t n) {
    if (column->role != PEREBOR_ROLE_NUMERIC || n == 0) {
        return 1.0;
    }
    double range = perebor_quantile(sorted, n, 0.75) - perebor_quantile(sorted, n, 0.25);
    if (range <= 0.0) {
        perebor_moments moments;
        perebor_moments_compute(&moments, sorted, n);
        range = moments.sd;
    }
    return range > 0.0 ? range : 1.0;
}

/** Fills in a domain. @param values  [n_rows] its own. @param spare  [n_rows] */
static void fill_domain(change_domain *domain, const perebor_column *column, const uint32_t *rows,
                        size_t n_rows, double *values, double *spare) {
    size_t n = 0, n_distinct = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows[i]];
        values[n] = value;
        bool allowed = !isnan(value) && (column->n_levels == 0 || value < (double)column->n_levels);
        n += allowed ? 1 : 0;
    }
    perebor_values_sort(values, spare, n);
    domain->unit = unit_of(column, values, n);
    for (size_t i = 0; i < n; i++) {
        if (n_distinct == 0 || values[i] != values[n_distinct - 1]) {
            values[n_distinct++] = values[i];
        }
    }
    domain->values = values;
    domain->n_values = n_distinct;
}

static int by_column(const void *left, const void *right) {
    const change_domain *a = left, *b = right;
    return (a->column > b->column) - (a->column < b->column);
}

perebor_status change_space_make(change_space *space, const perebor_dataset *dataset,
                                 const uint32_t *rows, size_t n_rows,
                                 const perebor_actionable *actionable, size_t n_actionable,
                                 const char *file, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    change_space made = {.domains = calloc(n_actionable + 1, sizeof *made.domains),
                         .n_domains = n_actionable,
                         .values = calloc((n_actionable + 1) * n_rows + 1, sizeof *made.values)};
    if (made.domains == NULL || made.values == NULL) {
        status = perebor_no_memory(error, "for the values of %zu actionable columns", n_actionable);
        goto done;
    }
    for (size_t i = 0; i < n_actionable; i++) {
        made.domains[i].direction = actionable[i].direction;
        PEREBOR_TRY(done,
                    find_column(&actionable[i], dataset, file, &made.domains[i].column, error));
        for (size_t k = 0; k < i; k++) {
            if (made.domains[k].column == made.domains[i].column) {
                status = refuse(&actionable[i], file, "is named twice; once is enough", "", error);
                goto done;
            }
        }
    }
    qsort(made.domains, n_actionable, sizeof *made.domains, by_column);
    for (size_t i = 0; i < n_actionable; i++) {
        fill_domain(&made.domains[i], &dataset->columns[made.domains[i].column], rows, n_rows,
                    made.values + i * n_rows, made.values + n_actionable * n_rows);
    }
    *space = made;
    made = (change_space){0};
done:
    change_space_release(&made);
    return status;
}

void change_space_release(change_space *space) {
    free(space->domains);
    free(space->values);
    *space = (change_space){0};
}

/** An option with its place in the order. */
typedef struct priced_value {
    double cost, value;
} priced_value;

static int by_cost(const void *left, const void *right) {
    const priced_value *a = left, *b = right;
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    return (a->value > b->value) - (a->value < b->value);
}

static bool is_allowed(perebor_change_direction direction, double from, double to) {
    return to != from && (direction == PEREBOR_CHANGE_ANY ||
                          (direction == PEREBOR_CHANGE_INCREASE ? to > from : to < from));
}

perebor_status change_options_make(change_options *options, const change_domain *domain,
                                   const perebor_dataset *dataset, uint32_t row,
                                   perebor_workspace *workspace, perebor_error *error) {
    const perebor_column *column = &dataset->columns[domain->column];
    double from = column->values[row];
    size_t n = 1, most = domain->n_values + 1;
    priced_value *priced = perebor_workspace_take(workspace, most, sizeof *priced);
    double *values = perebor_workspace_take(workspace, 2 * most, sizeof *values);
    if (priced == NULL || values == NULL) {
        return perebor_no_memory(error, "for %zu values of a column", most);
    }
    priced[0] = (priced_value){0.0, from};
    for (size_t i = 0; !isnan(from) && i < domain->n_values; i++) {
        double to = domain->values[i];
        if (is_allowed(domain->direction, from, to)) {
            double size = has_size(column) ? fabs(to - from) / domain->unit : 1.0;
            priced[n++] = (priced_value){size, to};
        }
    }
    qsort(priced + 1, n - 1, sizeof *priced, by_cost);
    for (size_t i = 0; i < n; i++) {
        values[i] = priced[i].value;
        values[most + i] = priced[i].cost;
    }
    *options = (change_options){
        .column = domain->column, .n = n, .values = values, .costs = values + most};
    return PEREBOR_OK;
}
