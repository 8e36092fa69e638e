// SPDX-License-Identifier: MIT
/**
 * @file logreg_problem.h
 * The training part as logistic regression's solver wants it.
 *
 * Columns are centred (if the intercept is free: then only the intercept changes) and divided by
 * their root mean square, so that units do not matter to the arithmetic; penalties are transformed
 * likewise, so that the objective is the original one. Column 0 is the intercept's. Constant
 * columns are left out: beside a free intercept their best weight is zero. The same problem serves
 * every penalty and every C.
 *
 * A nominal column of more than LOGREG_FEW_LEVELS levels is a block of codes (logreg_levels.h),
 * whose columns follow the dense ones. Where there are more than LOGREG_MANY features, those that
 * are zero in most rows, and all levels, are kept as sparse columns instead (if they are the most):
 * divided by their root mean square, but not centred, which would fill them. The others are then
 * standardised whenever they are read (logreg_view.h): nothing is copied. So are those of many rows
 * without blocks.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_PROBLEM_H
#define PEREBOR_MODEL_LOGREG_LOGREG_PROBLEM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>

#include "model/logreg/logreg_kernel.h"
#include "model/logreg/logreg_levels.h"
#include "model/logreg/logreg_single.h"
#include "model/logreg/logreg_sparse.h"
#include "model/logreg/logreg_view.h"
#include "perebor/learner.h"

/** Features up to which no column is sparse and matrices of all pairs of columns are formed. */
enum { LOGREG_MANY = 256 };

/** A part of the rows is one of so many. */
enum { LOGREG_PART = 16 };

/** Levels up to which a nominal column is written out all the same: so few are as quick. */
enum { LOGREG_FEW_LEVELS = 12 };

/** Rows from which on columns are not copied, unless there are blocks of levels: what had to be
 * written would be more work than what has to be computed again. */
enum { LOGREG_VIEWED_ROWS = 4096 };

typedef struct logreg_problem {
    const logreg_kernels *kernels;
    const logreg_view_kernels *view_kernels;
    size_t n_features; /**< Columns of the training matrix. */
    size_t n_columns;  /**< The problem's: the intercept's and those not left out. */
    size_t n_dense;    /**< How many of these are dense: the first, with the intercept's; the others
                          are sparse, or levels in blocks. */
    size_t n_rows;     /**< Real ones; behind them is padding. */
    size_t stride;
    size_t ld; /**< n_columns rounded up to whole vectors. */
    logreg_class_weights weights;
    bool free_intercept;
    size_t *features;   /**< [n_columns], which feature a column is; of column 0 nothing. */
    double *centres;    /**< [n_columns] */
    double *scales;     /**< [n_columns] */
    double *columns;    /**< [n_dense][stride]; column 0 is that of signs, see logreg_kernel.h, and
                             the only one where there are views. */
    logreg_view *views; /**< [n_dense] of more than LOGREG_MANY features or many rows; or NULL. They
                             are of the training matrix, which must outlive the problem. */
    logreg_sparse_column *sparse; /**< [n_columns - n_dense], standardised, with the signs */
    logreg_levels *blocks;        /**< [n_blocks], instead of sparse columns */
    size_t n_blocks;
    size_t *every; /**< [n_columns], 0, 1, 2 ... */

    /* Where every solver starts: weights 0, and the free intercept that is best for them. */
    double start_intercept;
    double start_loss;
    double *start_gradient; /**< [ld]; zeros where solvers begin at a part, and seldom ask */
    double *start_root;     /**< [stride] */
    double *start_pull;     /**< [stride] */
    double *start_gram;     /**< [n_columns rounded up to LOGREG_TILE][ld], or NULL */
    double *rough_gram;     /**< The same in single precision, where solvers begin so; or NULL */
} logreg_problem;

/**
 * Makes the problem in the workspace, where nothing else is left.
 *
 * @param[in] balanced   Weigh the classes by n / (2 * members), otherwise all rows by 1.
 * @param[in] with_gram  Make start_gram and rough_gram too, which pays if several solvers use this
 * problem; of more than LOGREG_MANY features, or where the problem is long, they are not made.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The labels are all of one class.
 * @retval PEREBOR_ERR_NUMERIC   A column's values are so large that their squares overflow.
 */
PEREBOR_MUST_CHECK perebor_status logreg_problem_create(
    logreg_problem **problem, const perebor_training *training, bool balanced, bool free_intercept,
    bool with_gram, perebor_workspace *workspace, perebor_error *error);

/** Whether there are so many rows, for so many columns with the intercept's, that the optimum over
 * a part of them (logreg_part.h) is a better place to begin at than weights of 0. */
static inline bool logreg_is_long(size_t n_rows, size_t n_columns) {
    const size_t long_at = 1 << 14;
    const size_t rows_a_column = 16; // of the part
    return n_rows >= long_at && n_rows / LOGREG_PART >= rows_a_column * n_columns;
}

/** The same of a problem; no column is sparse then. */
static inline bool logreg_problem_is_long(const logreg_problem *problem) {
    return problem->sparse == NULL && logreg_is_long(problem->n_rows, problem->n_columns);
}

/** Whether there are so many rows and dense columns that forming matrices of curvature takes most
 * of the time: solvers form them in single precision then, as long as that serves. */
static inline bool logreg_problem_is_rough(const logreg_problem *problem) {
    const size_t rough_rows = 4096;
    const size_t rough_columns = 24;
    return problem->n_rows >= rough_rows && problem->n_dense >= rough_columns;
}

/**
 * Sets where every solver starts, of a problem that is otherwise whole.
 *
 * @param[in,out] problem  Whose start_* are written, the intercept excepted.
 */
PEREBOR_MUST_CHECK perebor_status logreg_problem_set_start(logreg_problem *problem,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

/**
 * The problem with its dense columns written out in the workspace: itself if they are so already,
 * otherwise a copy that shares everything else.
 *
 * @pre  No column is sparse.
 */
PEREBOR_MUST_CHECK perebor_status logreg_problem_write_out(const logreg_problem **written,
                                                           const logreg_problem *problem,
                                                           perebor_workspace *workspace,
                                                           perebor_error *error);

/** Borrows a sparse column. @pre n_dense <= column < n_columns. */
static inline const logreg_sparse_column *logreg_problem_sparse(const logreg_problem *problem,
                                                                size_t column) {
    assert(problem->sparse != NULL && column >= problem->n_dense);
    return &problem->sparse[column - problem->n_dense];
}

/** gradient[j] = -sum of column j times pull, for all columns. */
void logreg_problem_gradient(const logreg_problem *problem, double *gradient, const double *pull);

/**
 * direction = all columns times steps; returns the largest magnitude in it.
 *
 * @param[in]  steps      [n_columns]
 * @param[out] direction  [stride]
 */
double logreg_problem_combine(const logreg_problem *problem, double *direction,
                              const double *steps);

/** Steps of the listed columns, of up to LOGREG_MANY and the intercept's, in their place among
 * zeros. @param[out] all  [n_columns] */
void logreg_problem_spread(const logreg_problem *problem, double *all, const size_t *list,
                           const double *steps, size_t n_listed);

/**
 * direction = the listed columns times steps; returns the largest magnitude in it. None is sparse.
 *
 * @param[in]  list       [n_listed] the dense columns first.
 * @param[in]  steps      [n_listed]
 * @param[out] direction  [stride]
 */
double logreg_problem_combine_listed(const logreg_problem *problem, double *direction,
                                     const size_t *list, const double *steps, size_t n_listed);

/** Columns that have factors other than 0. */
typedef struct logreg_used {
    size_t *dense, *sparse; /**< [n_dense], [n_sparse] in ascending order */
    size_t n_dense, n_sparse;
} logreg_used;

/**
 * What the curvature makes of factors: products[j] = sum of column j times weight times (sum of
 * column k times factor k), for the dense columns and the sparse ones in use; those of other sparse
 * columns are left as they are.
 *
 * @param[in]  packed    The dense columns, by logreg_view_kernels.pack.
 * @param[in]  factors   [n_columns]
 * @param[in]  weights   [stride], 0 in the padding
 * @param[out] rows      [stride], to compute in.
 * @param[out] lanes     [n_dense][PEREBOR_LANES], to compute in.
 */
void logreg_problem_curve(const logreg_problem *problem, double *products, const double *packed,
                          const logreg_used *used, const double *factors, const double *weights,
                          double *rows, double *lanes);

/**
 * The same in single precision, roughly, and over the dense columns in use: the others are given
 * products of 0.
 *
 * @param[in] packed  The dense columns in use.
 */
void logreg_problem_curve_roughly(const logreg_problem *problem, double *products,
                                  const logreg_packed *packed, const logreg_used *used,
                                  const double *factors, const double *weights, double *rows,
                                  float *lanes);

/** As logreg_problem_combine(), likewise. */
double logreg_problem_combine_roughly(const logreg_problem *problem, double *direction,
                                      const logreg_packed *packed, const logreg_used *used,
                                      const double *steps, float *lanes);

/**
 * As logreg_problem_gradient(), likewise; gradients of sparse columns are exact.
 *
 * @param[in,out] pull  [stride], which is the same after it.
 */
void logreg_problem_gradient_roughly(const logreg_problem *problem, double *gradient,
                                     const logreg_packed *packed, const logreg_used *used,
                                     double *pull, float *lanes);

#endif
