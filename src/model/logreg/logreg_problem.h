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
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_PROBLEM_H
#define PEREBOR_MODEL_LOGREG_LOGREG_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

#include "model/logreg/logreg_kernel.h"
#include "perebor/learner.h"

typedef struct logreg_problem {
    const logreg_kernels *kernels;
    size_t n_features; /**< Columns of the training matrix. */
    size_t n_columns;  /**< Of the problem: the intercept's and those not left out. */
    size_t stride;
    size_t ld; /**< n_columns rounded up to whole vectors. */
    logreg_class_weights weights;
    bool free_intercept;
    size_t *features; /**< [n_columns], which feature a column is; of column 0 nothing. */
    double *centres;  /**< [n_columns] */
    double *scales;   /**< [n_columns] */
    double *columns;  /**< [n_columns][stride]; column 0 is that of signs, see logreg_kernel.h */

    /* Where every solver starts: weights 0, and the free intercept that is best for them. */
    double start_intercept;
    double start_loss;
    double *start_gradient; /**< [ld] */
    double *start_root;     /**< [stride] */
    double *start_gram;     /**< [n_columns rounded up to LOGREG_TILE][ld], or NULL */
} logreg_problem;

/**
 * Makes the problem in the workspace, where nothing else is left.
 *
 * @param[in] balanced   Weigh the classes by n / (2 * members), otherwise all rows by 1.
 * @param[in] with_gram  Make start_gram too, which pays if several solvers use this problem.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The labels are all of one class.
 * @retval PEREBOR_ERR_NUMERIC   A column's values are so large that their squares overflow.
 */
PEREBOR_MUST_CHECK perebor_status logreg_problem_create(
    logreg_problem **problem, const perebor_training *training, bool balanced, bool free_intercept,
    bool with_gram, perebor_workspace *workspace, perebor_error *error);

#endif
