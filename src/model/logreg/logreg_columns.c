// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_columns.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"

perebor_status logreg_columns_append(logreg_problem *problem, const perebor_training *training,
                                     size_t feature, double centre, double scale,
                                     perebor_error *error) {
    if (!(scale < 1e150) || !isfinite(centre)) {
        char column[PEREBOR_COLUMN_IN_MESSAGE];
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "the values of %s are too large for logistic regression "
                            "(beyond 1e150): scale the column",
                            perebor_training_column(training, feature, column));
    }
    problem->features[problem->n_columns] = feature;
    problem->centres[problem->n_columns] = centre;
    problem->scales[problem->n_columns] = scale;
    problem->n_columns++;
    return PEREBOR_OK;
}

bool logreg_columns_is_coded(const perebor_matrix *rows, const perebor_indicators *levels) {
    return rows->n_columns <= LOGREG_MANY && levels->n_levels > LOGREG_FEW_LEVELS;
}

/** Writes out the columns of up to LOGREG_MANY features. */
static perebor_status set_dense_columns(logreg_problem *problem, const perebor_training *training,
                                        perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *levels = perebor_workspace_take(workspace, rows->stride, sizeof *levels);
    if (levels == NULL) {
        return perebor_no_memory(error, "for %zu rows", rows->n_rows);
    }
    const double *signs = problem->columns;
    const size_t n_dense = perebor_matrix_n_dense(rows);
    problem->n_columns = 1;
    for (size_t feature = 0; feature < rows->n_columns; feature++) {
        PEREBOR_TRY(done, perebor_deadline_check(error));
        if (feature >= n_dense &&
            logreg_columns_is_coded(rows, perebor_matrix_indicators(rows, feature))) {
            continue;
        }
        const double *column = levels;
        if (feature < n_dense) {
            column = perebor_matrix_column(rows, feature);
        } else {
            perebor_matrix_read(rows, feature, levels);
        }
        bool constant;
        double centre =
            problem->kernels->mean(column, signs, rows->n_rows, rows->stride, &constant);
        if (problem->free_intercept && constant) {
            continue;
        }
        centre = problem->free_intercept ? centre : 0.0;
        double scale =
            problem->kernels->standardise(problem->columns + problem->n_columns * rows->stride,
                                          column, signs, rows->n_rows, rows->stride, centre);
        if (scale != 0.0 || !isfinite(centre)) { // deviations from no number are none
            PEREBOR_TRY(done,
                        logreg_columns_append(problem, training, feature, centre, scale, error));
        }
    }
    problem->n_dense = problem->n_columns;
    perebor_workspace_return(workspace, begin);
done:
    return status;
}

/** What a view reads: the column itself, or its deviations in another unit where they are extreme.
 */
static perebor_status set_view(logreg_view *view, const double *column, size_t stride,
                               double centre, double unit, double largest, double root,
                               perebor_workspace *workspace, perebor_error *error) {
    *view = (logreg_view){
        .values = column, .centre = centre, .inverse = 1.0 / root, .largest = largest / root};
    if (unit == 1.0) {
        return PEREBOR_OK;
    }
    double *values = perebor_workspace_take(workspace, stride, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for %zu rows", stride);
    }
    const double factor = 1.0 / unit;
    for (size_t row = 0; row < stride; row++) {
        values[row] = (column[row] - centre) * factor;
    }
    view->values = values;
    view->centre = 0.0;
    return PEREBOR_OK;
}

/** Borrows a column of a matrix, of a level one that is written out; NULL where there is no memory
 * for it. */
static const double *find_column(const perebor_matrix *rows, size_t feature,
                                 perebor_workspace *workspace) {
    if (feature < perebor_matrix_n_dense(rows)) {
        return perebor_matrix_column(rows, feature);
    }
    double *level = perebor_workspace_take(workspace, rows->stride, sizeof *level);
    if (level != NULL) {
        perebor_matrix_read(rows, feature, level);
    }
    return level;
}

/** Lays views on the columns that are not sparse. Levels are only of more than LOGREG_MANY
 * features.
 */
static perebor_status set_views(logreg_problem *problem, const perebor_training *training,
                                const logreg_sparse_column *found, perebor_workspace *workspace,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    const double *signs = problem->columns;
    double *ones = problem->columns + rows->stride;
    for (size_t row = 0; row < rows->stride; row++) {
        ones[row] = 1.0;
    }
    problem->views[0] =
        (logreg_view){.values = ones, .centre = 0.0, .inverse = 1.0, .largest = 1.0};
    problem->n_columns = 1;
    const size_t n = rows->n_columns > LOGREG_MANY ? perebor_matrix_n_dense(rows) : rows->n_columns;
    for (size_t feature = 0; feature < n; feature++) {
        if (found != NULL && found[feature].values != NULL) {
            continue;
        }
        PEREBOR_TRY(done, perebor_deadline_check(error));
        const double *column = find_column(rows, feature, workspace);
        if (column == NULL) {
            return perebor_no_memory(error, "for %zu rows", rows->n_rows);
        }
        bool constant;
        double unit, largest;
        double centre =
            problem->kernels->mean(column, signs, rows->n_rows, rows->stride, &constant);
        if (problem->free_intercept && constant) {
            continue;
        }
        centre = problem->free_intercept ? centre : 0.0;
        const double root = problem->view_kernels->measure(column, signs, rows->n_rows,
                                                           rows->stride, centre, &unit, &largest);
        if (root == 0.0 && isfinite(centre)) { // deviations from no number are none
            continue;
        }
        logreg_view *view = &problem->views[problem->n_columns];
        PEREBOR_TRY(done,
                    logreg_columns_append(problem, training, feature, centre, unit * root, error));
        PEREBOR_TRY(done, set_view(view, column, rows->stride, centre, unit, largest, root,
                                   workspace, error));
    }
    problem->n_dense = problem->n_columns;
done:
    return status;
}

perebor_status logreg_columns_set(logreg_problem *problem, const perebor_training *training,
                                  const logreg_sparse_column *found, perebor_workspace *workspace,
                                  perebor_error *error) {
    return problem->views != NULL ? set_views(problem, training, found, workspace, error)
                                  : set_dense_columns(problem, training, workspace, error);
}

perebor_status logreg_problem_write_out(const logreg_problem **written,
                                        const logreg_problem *problem, perebor_workspace *workspace,
                                        perebor_error *error) {
    *written = problem;
    if (problem->views == NULL) {
        return PEREBOR_OK;
    }
    const size_t stride = problem->stride;
    logreg_problem *copy = perebor_workspace_take(workspace, 1, sizeof *copy);
    double *columns = perebor_workspace_take(workspace, problem->n_dense * stride, sizeof *columns);
    if (copy == NULL || columns == NULL) {
        return perebor_no_memory(error, "for %zu columns of %zu rows", problem->n_dense, stride);
    }
    *copy = *problem;
    copy->columns = columns;
    copy->views = NULL;
    for (size_t column = 0; column < problem->n_dense; column++) {
        problem->view_kernels->write(columns + column * stride, &problem->views[column],
                                     problem->columns, 0, stride);
    }
    *written = copy;
    return perebor_deadline_check(error);
}
