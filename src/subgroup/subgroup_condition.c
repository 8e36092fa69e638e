// SPDX-License-Identifier: MIT
#include "subgroup/subgroup_condition.h"

#include <math.h>
#include <stdlib.h>

#include "statistics/quantile.h"

void subgroup_conditions_release(subgroup_conditions *conditions) {
    free(conditions->items);
    *conditions = (subgroup_conditions){0};
}

/**
 * The values at shares 1/b, 2/b, … of those that a column has, each once and none the greatest.
 *
 * @param[out] cuts  [n_bins - 1]
 * @param      room  [2 n_rows]
 */
static size_t find_cuts(double *cuts, const perebor_column *column, const uint32_t *rows,
                        size_t n_rows, size_t n_bins, double *room) {
    size_t n = 0, n_cuts = 0;
    for (size_t i = 0; i < n_rows; i++) {
        if (!isnan(column->values[rows[i]])) {
            room[n++] = column->values[rows[i]];
        }
    }
    perebor_values_sort(room, room + n_rows, n);
    for (size_t bin = 1; n > 0 && bin < n_bins; bin++) {
        double cut = room[(n - 1) * bin / n_bins];
        if (cut < room[n - 1] && (n_cuts == 0 || cut > cuts[n_cuts - 1])) {
            cuts[n_cuts++] = cut;
        }
    }
    return n_cuts;
}

static void add(subgroup_conditions *conditions, size_t column, subgroup_comparison comparison,
                double value) {
    conditions->items[conditions->n++] = (subgroup_condition){(uint32_t)column, comparison, value};
}

perebor_status subgroup_conditions_make(subgroup_conditions *conditions,
                                        const perebor_column *const *columns, size_t n_columns,
                                        const uint32_t *rows, size_t n_rows, size_t n_bins,
                                        perebor_error *error) {
    size_t most = 0;
    for (size_t i = 0; i < n_columns; i++) {
        most += columns[i]->n_levels > 0 ? columns[i]->n_levels : 2 * n_bins;
    }
    double *room = calloc(2 * n_rows + n_bins + 1, sizeof *room);
    double *cuts = room == NULL ? NULL : room + 2 * n_rows;
    *conditions = (subgroup_conditions){.items = calloc(most + 1, sizeof *conditions->items)};
    if (room == NULL || conditions->items == NULL) {
        free(room);
        subgroup_conditions_release(conditions);
        return perebor_no_memory(error, "for conditions upon %zu columns", n_columns);
    }
    for (size_t i = 0; i < n_columns; i++) {
        size_t n_cuts =
            columns[i]->n_levels > 0 ? 0 : find_cuts(cuts, columns[i], rows, n_rows, n_bins, room);
        for (size_t cut = 0; cut < n_cuts; cut++) {
            add(conditions, i, SUBGROUP_AT_MOST, cuts[cut]);
        }
        for (size_t cut = 0; cut < n_cuts; cut++) {
            add(conditions, i, SUBGROUP_ABOVE, cuts[cut]);
        }
        for (size_t level = 0; level < columns[i]->n_levels; level++) {
            add(conditions, i, SUBGROUP_IS, (double)level);
        }
    }
    free(room);
    return PEREBOR_OK;
}

bool subgroup_condition_holds(const subgroup_condition *condition, double value) {
    switch (condition->comparison) {
    case SUBGROUP_AT_MOST:
        return value <= condition->value;
    case SUBGROUP_ABOVE:
        return value > condition->value;
    default:
        return value == condition->value;
    }
}

bool subgroup_conditions_combine(const subgroup_condition *one, const subgroup_condition *other) {
    if (one->column != other->column) {
        return true;
    }
    const subgroup_condition *above = one->comparison == SUBGROUP_ABOVE ? one : other;
    const subgroup_condition *at_most = above == one ? other : one;
    return above->comparison == SUBGROUP_ABOVE && at_most->comparison == SUBGROUP_AT_MOST &&
           above->value < at_most->value;
}

/**
 * The coefficients of t, t², … in the product over the columns of 1 + a t + b t², where a is how
 * many conditions a column has and b how many intervals.
 */
void subgroup_descriptions_count(double *n, size_t depth, const subgroup_conditions *conditions) {
    for (size_t i = 0; i < depth; i++) {
        n[i] = 0.0;
    }
    for (size_t first = 0, end; first < conditions->n; first = end) {
        double single = 0.0, cuts = 0.0;
        for (end = first; end < conditions->n &&
                          conditions->items[end].column == conditions->items[first].column;
             end++) {
            single += 1.0;
            cuts += conditions->items[end].comparison == SUBGROUP_AT_MOST;
        }
        double intervals = 0.5 * cuts * (cuts - 1.0);
        for (size_t i = depth; i-- > 0;) {
            double one_less = i >= 1 ? n[i - 1] : 1.0;
            double two_less = i >= 2 ? n[i - 2] : i == 1 ? 1.0 : 0.0;
            n[i] += single * one_less + intervals * two_less;
        }
    }
}
