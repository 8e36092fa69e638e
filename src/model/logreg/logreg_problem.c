// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_problem.h"

#include <math.h>
#include <stdint.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"

static size_t round_up(size_t n, size_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

/** Allocates the problem for as many columns as there may be; NULL when memory is out. */
static logreg_problem *allocate(const perebor_matrix *rows, bool with_gram,
                                perebor_workspace *workspace) {
    size_t most = rows->n_columns + 1;
    size_t ld = round_up(most, PEREBOR_LANES);
    size_t gram_size = with_gram ? round_up(most, LOGREG_TILE) * ld : 0;
    size_t n_doubles = (most + 1) * rows->stride + 3 * ld + gram_size;
    logreg_problem *p = perebor_workspace_take_zeroed(workspace, 1, sizeof *p);
    size_t *features = perebor_workspace_take_zeroed(workspace, most, sizeof *features);
    double *memory = perebor_workspace_take(workspace, n_doubles, sizeof *memory);
    if (p == NULL || features == NULL || memory == NULL) {
        return NULL;
    }
    p->features = features;
    p->columns = memory;
    p->start_root = p->columns + most * rows->stride;
    p->centres = p->start_root + rows->stride;
    p->scales = p->centres + ld;
    p->start_gradient = p->scales + ld;
    p->start_gram = with_gram ? p->start_gradient + ld : NULL;
    p->n_features = rows->n_columns;
    p->stride = rows->stride;
    return p;
}

/** Writes the column of signs and weighs the classes; the log-odds of the weighted classes. */
static perebor_status set_classes(logreg_problem *problem, const perebor_training *training,
                                  bool balanced, perebor_error *error) {
    size_t n_rows = training->rows.n_rows;
    size_t n_positive = 0;
    double *signs = problem->columns;
    for (size_t row = 0; row < n_rows; row++) {
        n_positive += training->labels[row];
        signs[row] = training->labels[row] ? 1.0 : -1.0;
    }
    memset(signs + n_rows, 0, (problem->stride - n_rows) * sizeof *signs);
    if (n_positive == 0 || n_positive == n_rows) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the %zu training rows are all of one class: there is nothing to fit",
                            n_rows);
    }
    double positive = (double)n_positive;
    double negative = (double)(n_rows - n_positive);
    problem->weights = (logreg_class_weights){1.0, 1.0};
    if (balanced) {
        problem->weights.positive = (double)n_rows / (2.0 * positive);
        problem->weights.negative = (double)n_rows / (2.0 * negative);
    }
    if (problem->free_intercept && !balanced) { // balanced classes have odds of one to one
        // A difference, not the log of a ratio: swapped classes give exactly minus this.
        problem->start_intercept = perebor_log(positive) - perebor_log(negative);
    }
    return PEREBOR_OK;
}

static perebor_status set_columns(logreg_problem *problem, const perebor_matrix *rows,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const double *signs = problem->columns;
    size_t n = 1;
    for (size_t feature = 0; feature < rows->n_columns; feature++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        const double *column = perebor_matrix_column(rows, feature);
        bool constant;
        double centre =
            problem->kernels->mean(column, signs, rows->n_rows, rows->stride, &constant);
        if (problem->free_intercept && constant) {
            continue;
        }
        centre = problem->free_intercept ? centre : 0.0;
        double scale = problem->kernels->standardise(problem->columns + n * rows->stride, column,
                                                     signs, rows->n_rows, rows->stride, centre);
        if (scale == 0.0) {
            continue;
        }
        if (!(scale < 1e150)) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "the values of column %zu are too large for logistic regression "
                                "(beyond 1e150): scale the column",
                                feature);
        }
        problem->features[n] = feature;
        problem->centres[n] = centre;
        problem->scales[n] = scale;
        n++;
    }
    problem->n_columns = n;
    problem->ld = round_up(n, PEREBOR_LANES);
done:
    return status;
}

static perebor_status set_start(logreg_problem *problem, perebor_workspace *workspace,
                                perebor_error *error) {
    const logreg_kernels *kernels = problem->kernels;
    size_t n = problem->n_columns;
    size_t n_padded = round_up(n, LOGREG_TILE);
    size_t panel_size = problem->start_gram != NULL ? n_padded * LOGREG_BLOCK : 0;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *scratch =
        perebor_workspace_take(workspace, 2 * problem->stride + panel_size, sizeof *scratch);
    size_t *list = perebor_workspace_take(workspace, problem->n_features + 1, sizeof *list);
    if (scratch == NULL || list == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu columns", n);
    }
    double *margins = scratch;
    double *pull = scratch + problem->stride;
    memset(margins, 0, problem->stride * sizeof *margins);
    memset(problem->start_gradient, 0, problem->ld * sizeof *problem->start_gradient);
    problem->start_loss =
        kernels->advance(margins, problem->columns, problem->start_intercept, problem->columns,
                         problem->stride, problem->weights, pull, problem->start_root);
    kernels->gradient(problem->start_gradient, problem->columns, problem->stride, n, pull);
    if (problem->start_gram != NULL) {
        for (size_t column = 0; column < n; column++) {
            list[column] = column;
        }
        kernels->gram(problem->start_gram, problem->ld, problem->columns, problem->stride, list, n,
                      problem->start_root, scratch + 2 * problem->stride);
    }
    perebor_workspace_return(workspace, begin);
    return perebor_deadline_check(error);
}

perebor_status logreg_problem_create(logreg_problem **problem, const perebor_training *training,
                                     bool balanced, bool free_intercept, bool with_gram,
                                     perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    logreg_problem *p = allocate(&training->rows, with_gram, workspace);
    if (p == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "no memory for a logistic regression of %zu rows and %zu columns",
                            training->rows.n_rows, training->rows.n_columns);
    }
    p->kernels = PEREBOR_KERNEL_PICK(logreg_kernels);
    p->free_intercept = free_intercept;
    p->centres[0] = 0.0;
    p->scales[0] = 1.0;
    PEREBOR_TRY(done, set_classes(p, training, balanced, error));
    PEREBOR_TRY(done, set_columns(p, &training->rows, error));
    PEREBOR_TRY(done, set_start(p, workspace, error));
    *problem = p;
done:
    return status;
}
