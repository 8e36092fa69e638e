// SPDX-License-Identifier: MIT
#include "explain/shape.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "statistics/quantile.h"

/** The values that a row may be given: known ones. @return How many. */
static size_t gather(double *values, const perebor_column *column, const uint32_t *rows,
                     size_t n_rows) {
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows[i]];
        bool is_level = column->n_levels == 0 || value < (double)column->n_levels;
        values[n] = value;
        n += !isnan(value) && is_level ? 1 : 0;
    }
    return n;
}

/** Adds a value unless it is the last one. */
static void add(shape_grid *grid, double value) {
    if (grid->n == 0 || value != grid->values[grid->n - 1]) {
        grid->values[grid->n++] = value;
    }
}

perebor_status shape_grid_make(shape_grid *grid, const perebor_column *column, const uint32_t *rows,
                               size_t n_rows, size_t n_points, perebor_error *error) {
    assert(n_points >= 2 && n_points <= SHAPE_MOST_POINTS);
    double *sorted = calloc(2 * n_rows + 1, sizeof *sorted);
    if (sorted == NULL) {
        return perebor_no_memory(error, "for a grid over %zu rows", n_rows);
    }
    size_t n = gather(sorted, column, rows, n_rows);
    perebor_values_sort(sorted, sorted + n_rows, n);
    grid->n = 0;
    bool few = n > 0 && perebor_distinct_count(sorted, n) <= n_points;
    for (size_t i = 0; few && i < n; i++) {
        add(grid, sorted[i]);
    }
    for (size_t k = 0; !few && n > 0 && k < n_points; k++) {
        add(grid, perebor_quantile(sorted, n, (double)k / (double)(n_points - 1)));
    }
    free(sorted);
    return PEREBOR_OK;
}

static perebor_status ask(const shape_question *question, perebor_workspace *workspace,
                          double *answers, perebor_error *error) {
    return altered_rows_score(question->altered, question->pipeline, question->scale, workspace,
                              answers, error);
}

static void restore(const shape_question *question) {
    altered_rows_restore(question->altered, question->column, question->dataset, question->rows);
}

perebor_status shape_partial_dependence(const shape_question *question, const shape_grid *grid,
                                        perebor_workspace *workspace, double *curve, double *single,
                                        perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = question->n_rows;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *scratch = perebor_workspace_take(workspace, n, sizeof *scratch);
    if (scratch == NULL) {
        return perebor_no_memory(error, "for the answers to %zu rows", n);
    }
    for (size_t k = 0; k < grid->n; k++) {
        double *answers = single == NULL ? scratch : single + k * n;
        double sum = 0.0;
        altered_rows_fill(question->altered, question->column, grid->values[k]);
        PEREBOR_TRY(done, ask(question, workspace, answers, error));
        for (size_t i = 0; i < n; i++) {
            sum += answers[i];
        }
        curve[k] = sum / (double)n;
    }
done:
    restore(question);
    perebor_workspace_return(workspace, begin);
    return status;
}

/** The interval of a value: the number of the grid value that ends it; 0 if it is in none. */
static size_t interval_of(const shape_grid *grid, double value) {
    size_t low = 0, high = grid->n; // grid values before low are below the value
    if (grid->n < 2 || !(value >= grid->values[0]) || value > grid->values[grid->n - 1]) {
        return 0;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (grid->values[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? 1 : low;
}

/** Sets every row of an interval to one of its ends. @param[in] back  0: the end; 1: the begin. */
static void move_rows(const shape_question *question, const shape_grid *grid,
                      const size_t *intervals, size_t back) {
    double *values = altered_rows_column(question->altered, question->column);
    for (size_t i = 0; i < question->n_rows; i++) {
        if (intervals[i] > 0) {
            values[i] = grid->values[intervals[i] - back];
        }
    }
}

/** From the sums of differences by interval to the curve. */
static void accumulate(double *curve, const uint64_t *counts, size_t n) {
    double sum = 0.0, n_rows = 0.0;
    curve[0] = 0.0;
    for (size_t k = 1; k < n; k++) {
        double count = (double)counts[k];
        curve[k] = curve[k - 1] + (count > 0.0 ? curve[k] / count : 0.0);
        sum += count * (0.5 * (curve[k - 1] + curve[k]));
        n_rows += count;
    }
    double mean = n_rows > 0.0 ? sum / n_rows : 0.0;
    for (size_t k = 0; k < n; k++) {
        curve[k] -= mean;
    }
}

perebor_status shape_local_effects(const shape_question *question, const shape_grid *grid,
                                   perebor_workspace *workspace, double *curve, uint64_t *counts,
                                   perebor_error *error) {
    perebor_status status;
    size_t n = question->n_rows;
    const double *values = question->dataset->columns[question->column].values;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t *intervals = perebor_workspace_take(workspace, n, sizeof *intervals);
    double *at_begin = perebor_workspace_take(workspace, n, sizeof *at_begin);
    double *at_end = perebor_workspace_take(workspace, n, sizeof *at_end);
    if (intervals == NULL || at_begin == NULL || at_end == NULL) {
        return perebor_no_memory(error, "for the answers to %zu rows", n);
    }
    for (size_t k = 0; k < grid->n; k++) {
        curve[k] = 0.0;
        counts[k] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        intervals[i] = interval_of(grid, values[question->rows[i]]);
    }
    move_rows(question, grid, intervals, 1);
    PEREBOR_TRY(done, ask(question, workspace, at_begin, error));
    move_rows(question, grid, intervals, 0);
    PEREBOR_TRY(done, ask(question, workspace, at_end, error));
    for (size_t i = 0; i < n; i++) {
        if (intervals[i] > 0) {
            curve[intervals[i]] += at_end[i] - at_begin[i];
            counts[intervals[i]]++;
        }
    }
    if (grid->n > 0) {
        accumulate(curve, counts, grid->n);
    }
done:
    restore(question);
    perebor_workspace_return(workspace, begin);
    return status;
}
