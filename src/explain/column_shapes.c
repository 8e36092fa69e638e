// SPDX-License-Identifier: MIT
#include "explain/column_shapes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "statistics/correlation.h"

/** The share of rows that may lie beyond what is summarised, at either side. */
static const double tail_share = 0.05;

static bool has_order(const column_shapes *shapes, size_t column) {
    return shapes->question.dataset->columns[column].role != PEREBOR_ROLE_NOMINAL;
}

static bool wants_dependence(const column_shapes *shapes, size_t column) {
    return shapes->question.dependence || shapes->question.n_single > 0 ||
           !has_order(shapes, column);
}

size_t column_shapes_single_row(const column_shapes *shapes, size_t k) {
    return k * shapes->question.n_rows / shapes->question.n_single;
}

static double *make_curves(size_t n) {
    double *curves = malloc((n + 1) * sizeof *curves);
    for (size_t i = 0; curves != NULL && i < n; i++) {
        curves[i] = NAN;
    }
    return curves;
}

perebor_status column_shapes_begin(column_shapes *shapes, const shapes_question *question,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = question->dataset->n_columns, n_points = question->n_points;
    *shapes = (column_shapes){.question = *question,
                              .n_columns = n,
                              .grids = calloc(n + 1, sizeof *shapes->grids),
                              .local_effects = make_curves(n * n_points),
                              .dependence = make_curves(n * n_points),
                              .counts = make_curves(n * n_points),
                              .single = make_curves(n * n_points * question->n_single)};
    if (shapes->grids == NULL || shapes->local_effects == NULL || shapes->dependence == NULL ||
        shapes->counts == NULL || shapes->single == NULL) {
        status = perebor_no_memory(error, "for the shapes of %zu columns", n);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        const perebor_column *column = &question->dataset->columns[i];
        bool nominal = column->role == PEREBOR_ROLE_NOMINAL;
        size_t most = nominal ? SHAPE_MOST_POINTS : n_points; // levels have no quantiles
        PEREBOR_TRY(done, shape_grid_make(&shapes->grids[i], column, question->rows,
                                          question->n_rows, most, error));
        if (shapes->grids[i].n > n_points) { // the first levels are shown
            shapes->grids[i].n = n_points;
        }
    }
done:
    if (status != PEREBOR_OK) {
        column_shapes_release(shapes);
    }
    return status;
}

void column_shapes_release(column_shapes *shapes) {
    free(shapes->grids);
    free(shapes->local_effects);
    free(shapes->dependence);
    free(shapes->counts);
    free(shapes->single);
    *shapes = (column_shapes){0};
}

static size_t n_values(const void *context, size_t unit) {
    const column_shapes *shapes = context;
    (void)unit;
    return shapes->question.n_points * (3 + shapes->question.n_single);
}

/** Local effects and counts of an ordered column. */
static perebor_status find_effects(const shape_question *asked, const shape_grid *grid,
                                   perebor_workspace *workspace, double *curve, double *counts,
                                   perebor_error *error) {
    uint64_t numbers[SHAPE_MOST_POINTS];
    perebor_status status = shape_local_effects(asked, grid, workspace, curve, numbers, error);
    for (size_t k = 0; status == PEREBOR_OK && k < grid->n; k++) {
        counts[k] = (double)numbers[k];
    }
    return status;
}

/** Partial dependence, and the curves of single rows. @param[out] single  [n_single][n_points] */
static perebor_status find_dependence(const column_shapes *shapes, const shape_question *asked,
                                      const shape_grid *grid, perebor_workspace *workspace,
                                      double *curve, double *single, perebor_error *error) {
    perebor_status status;
    size_t n_rows = asked->n_rows, n_single = shapes->question.n_single;
    double *all = NULL;
    if (n_single > 0) {
        all = perebor_workspace_take(workspace, grid->n * n_rows, sizeof *all);
        if (all == NULL) {
            return perebor_no_memory(error, "for %zu curves", n_rows);
        }
    }
    PEREBOR_TRY(done, shape_partial_dependence(asked, grid, workspace, curve, all, error));
    for (size_t k = 0; k < n_single; k++) {
        for (size_t point = 0; point < grid->n; point++) {
            single[k * shapes->question.n_points + point] =
                all[point * n_rows + column_shapes_single_row(shapes, k)];
        }
    }
done:
    return status;
}

static perebor_status compute(const void *context, size_t unit, perebor_workspace *workspace,
                              double *values, perebor_error *error) {
    perebor_status status;
    const column_shapes *shapes = context;
    const shapes_question *question = &shapes->question;
    const shape_grid *grid = &shapes->grids[unit];
    size_t n_points = question->n_points;
    altered_rows altered;
    shape_question asked = {.pipeline = question->pipeline,
                            .scale = question->scale,
                            .dataset = question->dataset,
                            .rows = question->rows,
                            .n_rows = question->n_rows,
                            .column = unit,
                            .altered = &altered};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t i = 0; i < n_values(shapes, unit); i++) {
        values[i] = NAN;
    }
    PEREBOR_TRY(done, altered_rows_make(&altered, question->dataset, question->rows,
                                        question->n_rows, workspace, error));
    if (has_order(shapes, unit)) {
        PEREBOR_TRY(done, find_effects(&asked, grid, workspace, values, values + n_points, error));
    }
    if (wants_dependence(shapes, unit)) {
        status = find_dependence(shapes, &asked, grid, workspace, values + 2 * n_points,
                                 values + 3 * n_points, error);
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

static void receive(void *context, size_t unit, const double *values) {
    column_shapes *shapes = context;
    size_t n = shapes->question.n_points, n_single = shapes->question.n_single;
    memcpy(shapes->local_effects + unit * n, values, n * sizeof *values);
    memcpy(shapes->counts + unit * n, values + n, n * sizeof *values);
    memcpy(shapes->dependence + unit * n, values + 2 * n, n * sizeof *values);
    memcpy(shapes->single + unit * n * n_single, values + 3 * n, n * n_single * sizeof *values);
}

explain_part column_shapes_part(column_shapes *shapes) {
    return (explain_part){.context = shapes,
                          .n_units = shapes->n_columns,
                          .n_values = n_values,
                          .compute = compute,
                          .receive = receive};
}

/** The curve at a value, on a line between its points. */
static double curve_at(const shape_grid *grid, const double *curve, double value) {
    size_t k = 0;
    while (k + 1 < grid->n && grid->values[k] < value) {
        k++;
    }
    if (k == 0 || value >= grid->values[k]) {
        return curve[k];
    }
    double share = (value - grid->values[k - 1]) / (grid->values[k] - grid->values[k - 1]);
    return curve[k - 1] + share * (curve[k] - curve[k - 1]);
}

/** The correlation of the rows' values and the curve there. */
static perebor_status find_trend(const column_shapes *shapes, size_t column, const double *curve,
                                 double *trend, perebor_error *error) {
    const shapes_question *question = &shapes->question;
    const double *values = question->dataset->columns[column].values;
    size_t n = 0;
    double *x = calloc(2 * question->n_rows + 1, sizeof *x);
    double *y = x == NULL ? NULL : x + question->n_rows;
    if (x == NULL) {
        return perebor_no_memory(error, "for the trend of %zu rows", question->n_rows);
    }
    for (size_t i = 0; i < question->n_rows; i++) {
        double value = values[question->rows[i]];
        if (!isnan(value)) {
            x[n] = value;
            y[n++] = curve_at(&shapes->grids[column], curve, value);
        }
    }
    *trend = perebor_pearson(x, y, n);
    free(x);
    return PEREBOR_OK;
}

/** The points between which all rows but the tails lie. */
static void cut_tails(const double *counts, size_t n, size_t *first, size_t *last) {
    double total = 0.0, below = 0.0;
    for (size_t k = 1; k < n; k++) {
        total += counts[k];
    }
    *first = 0;
    *last = n - 1;
    for (size_t k = 1; k < n; k++) {
        below += counts[k];
        *first = below <= tail_share * total ? k : *first;
        *last = below >= (1.0 - tail_share) * total && *last == n - 1 ? k : *last;
    }
}

perebor_status column_shapes_summarise(const column_shapes *shapes, size_t column,
                                       shape_summary *summary, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = shapes->grids[column].n, at = column * shapes->question.n_points;
    bool ordered = has_order(shapes, column);
    const double *curve = (ordered ? shapes->local_effects : shapes->dependence) + at;
    shape_summary found = {NAN, NAN, NAN, NAN, NAN};
    size_t first = 0, last = n == 0 ? 0 : n - 1;
    if (n > 0 && ordered) {
        PEREBOR_TRY(done, find_trend(shapes, column, curve, &found.trend, error));
        cut_tails(shapes->counts + at, n, &first, &last);
    }
    size_t low = first, high = first;
    for (size_t k = first; n > 0 && k <= last; k++) {
        low = curve[k] < curve[low] ? k : low;
        high = curve[k] > curve[high] ? k : high;
    }
    if (n > 0) {
        found.low = shapes->grids[column].values[low];
        found.high = shapes->grids[column].values[high];
        found.low_value = curve[low];
        found.high_value = curve[high];
    }
    *summary = found;
done:
    return status;
}
