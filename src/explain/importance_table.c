// SPDX-License-Identifier: MIT
#include "explain/importance_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/try.h"
#include "statistics/correlation.h"
#include "statistics/moments.h"
#include "statistics/student_t.h"

const char *const importance_kind_names[] = {"shapley", "permutation", "conditional_permutation",
                                             "drop_column", NULL};

const char *const importance_verdict_names[] = {"middling", "strong", "weak", NULL};

static const double level = 0.95;
static const importance_figure unknown = {NAN, NAN, NAN};

/** Where a column is among the players; n_players if the model does not look at it. */
static size_t player_of(const importance_values *values, size_t column) {
    size_t player = 0;
    while (player < values->n_players && values->players[player] != column) {
        player++;
    }
    return player;
}

/** Sums of a set's values. @param[out] sums  [n_rows] */
static void add_up(const importance_values *values, const column_set *set, double *sums) {
    for (size_t row = 0; row < values->n_rows; row++) {
        sums[row] = 0.0;
    }
    for (size_t k = 0; k < set->n; k++) {
        size_t player = player_of(values, set->columns[k]);
        for (size_t row = 0; player < values->n_players && row < values->n_rows; row++) {
            sums[row] += values->values[row * values->n_players + player];
        }
    }
}

/** The mean of |sums| with its interval over rows. @param sums  [n] */
static importance_figure mean_absolute(double *sums, size_t n) {
    perebor_moments moments;
    for (size_t row = 0; row < n; row++) {
        sums[row] = fabs(sums[row]);
    }
    perebor_moments_compute(&moments, sums, n);
    double width = n < 2 ? (double)NAN
                         : perebor_t_quantile(0.5 + 0.5 * level, (double)n - 1.0) * moments.sd /
                               sqrt((double)n);
    return (importance_figure){moments.mean, moments.mean - width, moments.mean + width};
}

/** The correlation of a column's values and what they were worth, where they are not missing. */
static double direction_of(const importance_values *values, const double *worth,
                           const perebor_column *column, double *scratch) {
    size_t n = 0;
    double *x = scratch, *y = scratch + values->n_rows;
    for (size_t row = 0; row < values->n_rows; row++) {
        double value = column->values[values->rows[row]];
        if (!isnan(value)) {
            x[n] = value;
            y[n++] = worth[row];
        }
    }
    return column->role == PEREBOR_ROLE_NOMINAL ? (double)NAN : perebor_pearson(x, y, n);
}

/** Figures and directions from Shapley values. */
static perebor_status take_values(importance_table *table, const importance *importance,
                                  const importance_values *values, perebor_error *error) {
    const perebor_dataset *dataset = importance->question.dataset;
    double *sums = calloc(3 * values->n_rows + 1, sizeof *sums);
    if (sums == NULL) {
        return perebor_no_memory(error, "for the values of %zu rows", values->n_rows);
    }
    for (size_t set = 0; set < table->n_sets; set++) {
        importance_row *row = &table->rows[set];
        add_up(values, &importance->sets[set], sums);
        if (set < table->n_columns) {
            row->direction =
                direction_of(values, sums, &dataset->columns[set], sums + values->n_rows);
        }
        row->kinds[IMPORTANCE_SHAPLEY] = mean_absolute(sums, values->n_rows);
    }
    free(sums);
    return PEREBOR_OK;
}

/** Whether any column has a figure of a kind. */
static bool has_kind(const importance_table *table, importance_kind kind) {
    for (size_t i = 0; i < table->n_columns; i++) {
        if (!isnan(table->rows[i].kinds[kind].value)) {
            return true;
        }
    }
    return false;
}

static importance_kind find_leading(const importance_table *table) {
    static const importance_kind by_choice[] = {IMPORTANCE_SHAPLEY, IMPORTANCE_PERMUTATION,
                                                IMPORTANCE_DROP_COLUMN};
    for (size_t i = 0; i < 3; i++) {
        if (has_kind(table, by_choice[i])) {
            return by_choice[i];
        }
    }
    return IMPORTANCE_PERMUTATION;
}

static void find_shares(importance_table *table) {
    double total = 0.0;
    for (size_t i = 0; i < table->n_columns; i++) {
        double value = table->rows[i].kinds[table->leading].value;
        total += value > 0.0 ? value : 0.0;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        double value = table->rows[i].kinds[table->leading].value;
        table->rows[i].share = total > 0.0 && value > 0.0 ? value / total : 0.0;
    }
}

/** Whether a kind with an interval over folds has a set wholly above 0. */
static bool is_shown(const importance_row *row) {
    return row->kinds[IMPORTANCE_PERMUTATION].low > 0.0 ||
           row->kinds[IMPORTANCE_DROP_COLUMN].low > 0.0;
}

/** Whether a column, or a cluster that it is of, is shown to matter. */
static bool is_shown_together(const importance_table *table, const importance *importance,
                              size_t column) {
    for (size_t set = 0; set < table->n_sets; set++) {
        for (size_t k = 0; k < importance->sets[set].n; k++) {
            if (importance->sets[set].columns[k] == column && is_shown(&table->rows[set])) {
                return true;
            }
        }
    }
    return false;
}

static void judge(importance_table *table, const importance *importance) {
    double equal = 1.0 / (double)table->n_columns;
    bool has_intervals =
        has_kind(table, IMPORTANCE_DROP_COLUMN) ||
        (has_kind(table, IMPORTANCE_PERMUTATION) && importance->question.sklearn_model == NULL);
    for (size_t i = 0; i < table->n_columns; i++) {
        importance_row *row = &table->rows[i];
        // A column that is the only one has the share of all.
        bool is_large = row->share > equal || (table->n_columns == 1 && row->share > 0.0);
        if (is_large && (!has_intervals || is_shown(row))) {
            row->verdict = IMPORTANCE_STRONG;
        } else if (row->share < 0.5 * equal && !is_shown_together(table, importance, i)) {
            row->verdict = IMPORTANCE_WEAK;
        }
    }
}

/** The rank of a column by a kind, from 1; columns that the kind does not have come last. */
static uint32_t rank_of(const importance_table *table, importance_kind kind, size_t column) {
    uint32_t rank = 1;
    double own = table->rows[column].kinds[kind].value;
    for (size_t i = 0; i < table->n_columns; i++) {
        double value = table->rows[i].kinds[kind].value;
        rank += value > own || (value == own && i < column) || (isnan(own) && !isnan(value)) ||
                        (isnan(own) && isnan(value) && i < column)
                    ? 1
                    : 0;
    }
    return rank;
}

static void find_order(importance_table *table) {
    for (size_t i = 0; i < table->n_columns; i++) {
        table->order[rank_of(table, table->leading, i) - 1] = (uint32_t)i;
    }
}

/** Spearman's coefficient of two kinds over the columns that both have. @param scratch  [2 n] */
static perebor_status agree(importance_table *table, importance_kind one, importance_kind other,
                            double *scratch, perebor_error *error) {
    size_t n = 0;
    double *x = scratch, *y = scratch + table->n_columns, found = NAN;
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < table->n_columns; i++) {
        double a = table->rows[i].kinds[one].value, b = table->rows[i].kinds[other].value;
        if (!isnan(a) && !isnan(b)) {
            x[n] = a;
            y[n++] = b;
        }
    }
    if (n > 2) {
        PEREBOR_TRY(done, perebor_spearman(&found, x, y, n, error));
    }
    table->agreement[one][other] = table->agreement[other][one] = found;
done:
    return status;
}

/** The column that two kinds see most differently, if it is much. */
static void find_dispute(importance_table *table, importance_kind one, importance_kind other) {
    importance_dispute worst = {0};
    size_t most = 0, least = table->n_columns / 3 > 3 ? table->n_columns / 3 : 3;
    if (!has_kind(table, one) || !has_kind(table, other)) {
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++) {
        uint32_t a = rank_of(table, one, i), b = rank_of(table, other, i);
        size_t apart = a > b ? a - b : b - a;
        if (apart > most) {
            most = apart;
            worst = a < b ? (importance_dispute){(uint32_t)i, one, other, a, b}
                          : (importance_dispute){(uint32_t)i, other, one, b, a};
        }
    }
    if (most >= least) {
        table->disputes[table->n_disputes++] = worst;
    }
}

static perebor_status compare_kinds(importance_table *table, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double *scratch = calloc(2 * table->n_columns + 1, sizeof *scratch);
    if (scratch == NULL) {
        return perebor_no_memory(error, "to compare %zu columns", table->n_columns);
    }
    for (int pair = 0; pair < IMPORTANCE_KINDS * IMPORTANCE_KINDS; pair++) {
        importance_kind one = (importance_kind)(pair / IMPORTANCE_KINDS);
        importance_kind other = (importance_kind)(pair % IMPORTANCE_KINDS);
        if (one <= other) {
            PEREBOR_TRY(done, agree(table, one, other, scratch, error));
        }
        if (one < other && one != IMPORTANCE_CONDITIONAL && other != IMPORTANCE_CONDITIONAL) {
            find_dispute(table, one, other);
        }
    }
done:
    free(scratch);
    return status;
}

/** Figures that there are without Shapley values. */
static perebor_status take_figures(importance_table *table, const importance *importance,
                                   const column_shapes *shapes, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t set = 0; set < table->n_sets; set++) {
        importance_row *row = &table->rows[set];
        row->kinds[IMPORTANCE_SHAPLEY] = unknown;
        row->kinds[IMPORTANCE_PERMUTATION] = importance_permutation(importance, set);
        row->kinds[IMPORTANCE_CONDITIONAL] = importance_conditional(importance, set);
        row->kinds[IMPORTANCE_DROP_COLUMN] = importance_drop_column(importance, set);
        row->share = NAN;
        row->direction = NAN;
        if (shapes != NULL && set < table->n_columns) {
            shape_summary summary;
            PEREBOR_TRY(done, column_shapes_summarise(shapes, set, &summary, error));
            row->direction = summary.trend;
        }
    }
done:
    return status;
}

perebor_status importance_table_make(importance_table *table, const importance *importance,
                                     const importance_values *values, const column_shapes *shapes,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = importance->n_columns;
    importance_table made = {
        .n_columns = n,
        .n_sets = importance->n_sets,
        .rows = calloc(importance->n_sets + 1, sizeof *made.rows),
        .order = calloc(n + 1, sizeof *made.order),
        .disputes = calloc(IMPORTANCE_KINDS * IMPORTANCE_KINDS, sizeof *made.disputes)};
    if (made.rows == NULL || made.order == NULL || made.disputes == NULL) {
        status = perebor_no_memory(error, "for the importance of %zu columns", n);
        goto done;
    }
    PEREBOR_TRY(done, take_figures(&made, importance, shapes, error));
    if (values != NULL) {
        PEREBOR_TRY(done, take_values(&made, importance, values, error));
    }
    made.leading = find_leading(&made);
    find_shares(&made);
    judge(&made, importance);
    find_order(&made);
    PEREBOR_TRY(done, compare_kinds(&made, error));
    *table = made;
    made = (importance_table){0};
done:
    importance_table_release(&made);
    return status;
}

void importance_table_release(importance_table *table) {
    free(table->rows);
    free(table->order);
    free(table->disputes);
    *table = (importance_table){0};
}
