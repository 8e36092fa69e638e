// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_problem.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/logreg/logreg_columns.h"
#include "model/logreg/logreg_curvature.h"
#include "model/logreg/logreg_single.h"

static size_t round_up(size_t n, size_t multiple) {
    return (n + multiple - 1) / multiple * multiple;
}

/**
 * Allocates the problem for as many columns as there may be; NULL when memory is out.
 *
 * @param[in] n_others  Features that are kept as sparse columns or in blocks.
 */
static logreg_problem *allocate(const perebor_matrix *rows, size_t n_others, bool with_views,
                                bool with_gram, perebor_workspace *workspace) {
    size_t most = rows->n_columns + 1;
    size_t ld = round_up(most, PEREBOR_LANES);
    size_t gram_size = with_gram ? round_up(most, LOGREG_TILE) * ld : 0;
    size_t most_dense = most - n_others;
    size_t n_kept = with_views ? 2 : most_dense; // the signs, and a column of ones
    size_t n_doubles = (n_kept + 2) * rows->stride + 3 * ld + 2 * gram_size;
    logreg_problem *p = perebor_workspace_take_zeroed(workspace, 1, sizeof *p);
    size_t *features = perebor_workspace_take_zeroed(workspace, 2 * most, sizeof *features);
    double *memory = perebor_workspace_take(workspace, n_doubles, sizeof *memory);
    logreg_view *views =
        perebor_workspace_take_zeroed(workspace, with_views ? most_dense : 0, sizeof *views);
    if (p == NULL || features == NULL || memory == NULL || views == NULL) {
        return NULL;
    }
    p->views = with_views ? views : NULL;
    p->features = features;
    p->every = features + most;
    for (size_t column = 0; column < most; column++) {
        p->every[column] = column;
    }
    p->columns = memory;
    p->start_root = p->columns + n_kept * rows->stride;
    p->start_pull = p->start_root + rows->stride;
    p->centres = p->start_pull + rows->stride;
    p->scales = p->centres + ld;
    p->start_gradient = p->scales + ld;
    p->start_gram = with_gram ? p->start_gradient + ld : NULL;
    p->rough_gram = with_gram ? p->start_gram + gram_size : NULL;
    p->n_features = rows->n_columns;
    p->n_rows = rows->n_rows;
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

static size_t count_coded(const perebor_matrix *rows) {
    size_t n = 0;
    for (size_t k = 0; k < rows->n_indicators; k++) {
        n += logreg_columns_is_coded(rows, &rows->indicators[k]) ? rows->indicators[k].n_levels : 0;
    }
    return n;
}

static perebor_status set_blocks(logreg_problem *problem, const perebor_training *training,
                                 perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    logreg_level kept[LOGREG_MANY];
    problem->blocks =
        perebor_workspace_take(workspace, rows->n_indicators, sizeof *problem->blocks);
    if (problem->blocks == NULL) {
        return perebor_no_memory(error, "for %zu nominal columns", rows->n_indicators);
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        logreg_levels *block = &problem->blocks[problem->n_blocks];
        if (!logreg_columns_is_coded(rows, &rows->indicators[k])) {
            continue;
        }
        PEREBOR_TRY(done, logreg_levels_read(block, kept, &rows->indicators[k], rows->n_rows,
                                             problem->free_intercept, workspace, error));
        block->first = problem->n_columns;
        for (size_t level = 0; level < block->n; level++) {
            PEREBOR_TRY(done, logreg_columns_append(problem, training, kept[level].feature,
                                                    kept[level].centre, kept[level].scale, error));
        }
        problem->n_blocks += block->n > 0;
    }
done:
    return status;
}

/** Moves the sparse columns to the front of those found, without those that say nothing. */
static perebor_status set_sparse_columns(logreg_problem *problem, const perebor_training *training,
                                         logreg_sparse_column *found, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_matrix *rows = &training->rows;
    problem->sparse = found;
    for (size_t feature = 0; found != NULL && feature < rows->n_columns; feature++) {
        logreg_sparse_column column = found[feature];
        if (column.values == NULL) {
            continue;
        }
        double scale = logreg_sparse_standardise(&column, problem->columns, rows->n_rows);
        if (scale != 0.0) {
            found[problem->n_columns - problem->n_dense] = column;
            PEREBOR_TRY(done, logreg_columns_append(problem, training, feature, 0.0, scale, error));
        }
    }
done:
    return status;
}

perebor_status logreg_problem_set_start(logreg_problem *problem, perebor_workspace *workspace,
                                        perebor_error *error) {
    const logreg_kernels *kernels = problem->kernels;
    size_t n = problem->n_columns;
    size_t gram_size = problem->start_gram != NULL ? logreg_curvature_scratch(problem, n) : 0;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *scratch =
        perebor_workspace_take(workspace, problem->stride + gram_size, sizeof *scratch);
    if (scratch == NULL) {
        return perebor_no_memory(error, "for %zu columns", n);
    }
    double *margins = scratch;
    memset(margins, 0, problem->stride * sizeof *margins);
    memset(problem->start_gradient, 0, problem->ld * sizeof *problem->start_gradient);
    problem->start_loss = kernels->advance(margins, problem->columns, problem->start_intercept,
                                           problem->columns, problem->stride, problem->weights,
                                           problem->start_pull, problem->start_root);
    if (problem->n_features > LOGREG_MANY || !logreg_problem_is_long(problem)) {
        logreg_problem_gradient(problem, problem->start_gradient, problem->start_pull);
    }
    if (problem->start_gram != NULL) {
        logreg_curvature_form(problem, problem->start_gram, problem->ld, problem->every, n,
                              problem->start_root, false, scratch + problem->stride);
    }
    if (problem->rough_gram != NULL) {
        logreg_curvature_form(problem, problem->rough_gram, problem->ld, problem->every, n,
                              problem->start_root, true, scratch + problem->stride);
    }
    perebor_workspace_return(workspace, begin);
    return perebor_deadline_check(error);
}

/** Takes those dense columns of a matrix that are sparse, if they are the most. */
static perebor_status find_among_dense(logreg_sparse_column *found, size_t *n_sparse,
                                       const perebor_matrix *rows, perebor_workspace *workspace,
                                       perebor_error *error) {
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t n_dense = perebor_matrix_n_dense(rows);
    perebor_status status = logreg_sparse_find(found, n_sparse, rows, workspace, error);
    if (status == PEREBOR_OK && *n_sparse <= n_dense / 2) {
        perebor_workspace_return(workspace, begin);
        memset(found, 0, n_dense * sizeof *found);
        *n_sparse = 0;
    }
    return status;
}

/** The sparse columns of many features, all levels among them; NULL: all are dense. */
static perebor_status find_sparse(logreg_sparse_column **found, size_t *n_sparse,
                                  const perebor_matrix *rows, perebor_workspace *workspace,
                                  perebor_error *error) {
    *found = NULL;
    *n_sparse = 0;
    if (rows->n_columns <= LOGREG_MANY) {
        return PEREBOR_OK;
    }
    perebor_status status;
    logreg_sparse_column *columns =
        perebor_workspace_take_zeroed(workspace, rows->n_columns + 1, sizeof *columns);
    if (columns == NULL) {
        return perebor_no_memory(error, "to look at %zu columns", rows->n_columns);
    }
    PEREBOR_TRY(done, find_among_dense(columns, n_sparse, rows, workspace, error));
    for (size_t k = 0; k < rows->n_indicators; k++) {
        const perebor_indicators *levels = &rows->indicators[k];
        PEREBOR_TRY(done, logreg_sparse_of_levels(columns + levels->first, levels, rows->n_rows,
                                                  workspace, error));
        *n_sparse += levels->n_levels;
    }
    *found = *n_sparse > 0 ? columns : NULL;
done:
    return status;
}

perebor_status logreg_problem_create(logreg_problem **problem, const perebor_training *training,
                                     bool balanced, bool free_intercept, bool with_gram,
                                     perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    const perebor_matrix *rows = &training->rows;
    logreg_sparse_column *found = NULL;
    size_t n_sparse = 0;
    PEREBOR_TRY(done, find_sparse(&found, &n_sparse, rows, workspace, error));
    const size_t n_coded = count_coded(rows);
    const bool with_views =
        rows->n_columns > LOGREG_MANY || (n_coded == 0 && rows->n_rows >= LOGREG_VIEWED_ROWS);
    logreg_problem *p = allocate(rows, n_sparse + n_coded, with_views,
                                 with_gram && rows->n_columns <= LOGREG_MANY, workspace);
    if (p == NULL) {
        return perebor_no_memory(error, "for a logistic regression of %zu rows and %zu columns",
                                 rows->n_rows, rows->n_columns);
    }
    p->kernels = PEREBOR_KERNEL_PICK(logreg_kernels);
    p->view_kernels = PEREBOR_KERNEL_PICK(logreg_view_kernels);
    p->free_intercept = free_intercept;
    p->centres[0] = 0.0;
    p->scales[0] = 1.0;
    PEREBOR_TRY(done, set_classes(p, training, balanced, error));
    PEREBOR_TRY(done, logreg_columns_set(p, training, found, workspace, error));
    if (n_coded > 0) {
        PEREBOR_TRY(done, set_blocks(p, training, workspace, error));
    }
    PEREBOR_TRY(done, set_sparse_columns(p, training, found, error));
    p->ld = round_up(p->n_columns, PEREBOR_LANES);
    p->start_gram = logreg_problem_is_long(p) ? NULL : p->start_gram;
    p->rough_gram = logreg_problem_is_rough(p) && p->start_gram != NULL ? p->rough_gram : NULL;
    PEREBOR_TRY(done, logreg_problem_set_start(p, workspace, error));
    *problem = p;
done:
    return status;
}

/** g_j = -sum_i z_ij pull_i = -(S_j - c_j T) / q_j, with S_j the sum of s_i pull_i over the rows of
 * level j, and T that over all rows. */
static void block_gradient(const logreg_problem *problem, const logreg_levels *block,
                           double *gradient, const double *pull) {
    double sums[LOGREG_MOST_LEVELS + 1];
    double total = 0.0;
    logreg_levels_sum(block, sums, problem->columns, pull);
    for (size_t level = 0; level <= block->n; level++) {
        total += sums[level];
    }
    for (size_t level = 0; level < block->n; level++) {
        const size_t column = block->first + level;
        gradient[column] =
            -(sums[level] - problem->centres[column] * total) / problem->scales[column];
    }
}

/** products[j] = sum of column j times rows, for the listed sparse columns. */
static void multiply_listed(const logreg_problem *problem, double *products, const double *rows,
                            const size_t *list, size_t n_listed) {
    size_t worked = 0;
    for (size_t k = 0; k < n_listed; k++) {
        const logreg_sparse_column *sparse = logreg_problem_sparse(problem, list[k]);
        if (perebor_deadline_passed_after(&worked, sparse->n_values)) {
            return;
        }
        products[list[k]] = logreg_sparse_dot(sparse, rows);
    }
}

/** gradient[j] of all sparse columns. */
static void sparse_gradient(const logreg_problem *problem, double *gradient, const double *pull) {
    multiply_listed(problem, gradient, pull, problem->every + problem->n_dense,
                    problem->n_columns - problem->n_dense);
    for (size_t column = problem->n_dense; column < problem->n_columns; column++) {
        gradient[column] = -gradient[column];
    }
}

void logreg_problem_gradient(const logreg_problem *problem, double *gradient, const double *pull) {
    if (problem->views != NULL) {
        problem->view_kernels->gradient(gradient, problem->views, problem->columns, problem->stride,
                                        problem->n_dense, pull);
    } else {
        problem->kernels->gradient(gradient, problem->columns, problem->stride, problem->n_dense,
                                   pull);
    }
    size_t worked = 0;
    for (size_t k = 0; k < problem->n_blocks; k++) {
        if (perebor_deadline_passed_after(&worked, problem->stride)) {
            return;
        }
        block_gradient(problem, &problem->blocks[k], gradient, pull);
    }
    if (problem->n_blocks > 0) {
        return;
    }
    sparse_gradient(problem, gradient, pull);
}

/** rows += the listed sparse columns times factors. */
static void add_listed(const logreg_problem *problem, double *rows, const double *factors,
                       const size_t *list, size_t n_listed) {
    size_t worked = 0;
    for (size_t k = 0; k < n_listed; k++) {
        const logreg_sparse_column *sparse = logreg_problem_sparse(problem, list[k]);
        if (perebor_deadline_passed_after(&worked, sparse->n_values)) {
            return;
        }
        if (factors[list[k]] != 0.0) {
            logreg_sparse_add(sparse, factors[list[k]], rows);
        }
    }
}

/** rows += the sparse columns times factors. */
static void add_sparse(const logreg_problem *problem, double *rows, const double *factors) {
    add_listed(problem, rows, factors, problem->every + problem->n_dense,
               problem->n_columns - problem->n_dense);
}

double logreg_problem_combine(const logreg_problem *problem, double *direction,
                              const double *steps) {
    double largest =
        problem->views != NULL
            ? problem->view_kernels->combine(direction, problem->views, problem->columns,
                                             problem->stride, steps, problem->n_dense)
            : problem->kernels->combine(direction, problem->columns, problem->stride,
                                        problem->every, steps, problem->n_dense);
    if (problem->n_columns == problem->n_dense) {
        return largest;
    }
    add_sparse(problem, direction, steps);
    return problem->view_kernels->largest(direction, problem->stride);
}

/** direction_i += sum_j z_ij t_j over the listed levels of a block, whose steps are t_j: the term
 * of level l is t_l / q_l - sum_j c_j t_j / q_j, of other rows without the first. */
static void combine_block(const logreg_problem *problem, const logreg_levels *block,
                          double *direction, const size_t *list, const double *steps, size_t n) {
    double terms[LOGREG_MOST_LEVELS + 1];
    double shift = 0.0;
    memset(terms, 0, (block->n + 1) * sizeof *terms);
    for (size_t k = 0; k < n; k++) {
        const double term = steps[k] / problem->scales[list[k]];
        terms[list[k] - block->first] = term;
        shift += problem->centres[list[k]] * term;
    }
    for (size_t level = 0; level <= block->n; level++) {
        terms[level] -= shift;
    }
    logreg_levels_add(block, direction, problem->columns, terms);
}

void logreg_problem_spread(const logreg_problem *problem, double *all, const size_t *list,
                           const double *steps, size_t n_listed) {
    assert(problem->n_columns <= LOGREG_MANY + 1);
    memset(all, 0, problem->n_columns * sizeof *all);
    for (size_t k = 0; k < n_listed; k++) {
        all[list[k]] = steps[k];
    }
}

double logreg_problem_combine_listed(const logreg_problem *problem, double *direction,
                                     const size_t *list, const double *steps, size_t n_listed) {
    if (problem->views != NULL) {
        double all[LOGREG_MANY + 1];
        logreg_problem_spread(problem, all, list, steps, n_listed);
        return logreg_problem_combine(problem, direction, all);
    }
    size_t done = 0;
    while (done < n_listed && list[done] < problem->n_dense) {
        done++;
    }
    double largest =
        problem->kernels->combine(direction, problem->columns, problem->stride, list, steps, done);
    if (done == n_listed) {
        return largest;
    }
    for (size_t k = 0; k < problem->n_blocks && !perebor_deadline_passed(); k++) {
        const logreg_levels *block = &problem->blocks[k];
        const size_t from = done;
        while (done < n_listed && list[done] < block->first + block->n) {
            done++;
        }
        if (done > from) {
            combine_block(problem, block, direction, list + from, steps + from, done - from);
        }
    }
    return problem->view_kernels->largest(direction, problem->stride);
}

void logreg_problem_curve(const logreg_problem *problem, double *products, const double *packed,
                          const logreg_used *used, const double *factors, const double *weights,
                          double *rows, double *lanes) {
    memset(rows, 0, problem->stride * sizeof *rows);
    add_listed(problem, rows, factors, used->sparse, used->n_sparse);
    problem->kernels->curve(products, rows, packed, problem->stride, problem->n_dense, factors,
                            weights, lanes);
    multiply_listed(problem, products, rows, used->sparse, used->n_sparse);
}

void logreg_problem_curve_roughly(const logreg_problem *problem, double *products,
                                  const logreg_packed *packed, const logreg_used *used,
                                  const double *factors, const double *weights, double *rows,
                                  float *lanes) {
    memset(rows, 0, problem->stride * sizeof *rows);
    memset(products, 0, problem->n_dense * sizeof *products);
    add_listed(problem, rows, factors, used->sparse, used->n_sparse);
    PEREBOR_KERNEL_PICK(logreg_single_kernels)
        ->curve(products, rows, packed, problem->stride, used->dense, used->n_dense, factors,
                weights, lanes);
    multiply_listed(problem, products, rows, used->sparse, used->n_sparse);
}

double logreg_problem_combine_roughly(const logreg_problem *problem, double *direction,
                                      const logreg_packed *packed, const logreg_used *used,
                                      const double *steps, float *lanes) {
    memset(direction, 0, problem->stride * sizeof *direction);
    add_listed(problem, direction, steps, used->sparse, used->n_sparse);
    PEREBOR_KERNEL_PICK(logreg_single_kernels)
        ->curve(NULL, direction, packed, problem->stride, used->dense, used->n_dense, steps, NULL,
                lanes);
    return problem->view_kernels->largest(direction, problem->stride);
}

void logreg_problem_gradient_roughly(const logreg_problem *problem, double *gradient,
                                     const logreg_packed *packed, const logreg_used *used,
                                     double *pull, float *lanes) {
    memset(gradient, 0, problem->n_dense * sizeof *gradient);
    PEREBOR_KERNEL_PICK(logreg_single_kernels)
        ->curve(gradient, pull, packed, problem->stride, used->dense, used->n_dense, NULL, NULL,
                lanes);
    for (size_t column = 0; column < problem->n_dense; column++) {
        gradient[column] = -gradient[column];
    }
    sparse_gradient(problem, gradient, pull);
}
