// SPDX-License-Identifier: MIT
#include "statistics/vif.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

static const double least_pivot = 1e-10; /* Below it a column is a combination of others. */
static const double rounding = 1e-8;     /* What is left of nothing after sweeping. */
static const double least_share = 1e-6;  /* Below it a coefficient of such a combination is 0. */

/** A matrix being inverted, of the columns that have a correlation with themselves. */
typedef struct sweep {
    double *matrix; /**< [n][n] */
    size_t *column; /**< [n] of the matrix that was given */
    bool *is_swept; /**< [n] */
    size_t n;
} sweep;

/** Copies what is defined. @return Whether nothing in it is NaN. */
static bool take_defined(sweep *sweep, const double *correlation, size_t n_columns) {
    for (size_t i = 0; i < n_columns; i++) {
        if (!isnan(correlation[i * n_columns + i])) {
            sweep->column[sweep->n++] = i;
        }
    }
    bool whole = true;
    for (size_t i = 0; i < sweep->n; i++) {
        for (size_t j = 0; j < sweep->n; j++) {
            double value = correlation[sweep->column[i] * n_columns + sweep->column[j]];
            sweep->matrix[i * sweep->n + j] = value;
            whole = whole && !isnan(value);
        }
    }
    return whole;
}

/** The column with the largest variance left, among the allowed ones (NULL: any); n if none has
 * any.
 */
static size_t find_pivot(const sweep *sweep, const bool *allowed) {
    size_t best = sweep->n;
    double largest = least_pivot;
    for (size_t i = 0; i < sweep->n; i++) {
        double left = sweep->matrix[i * sweep->n + i];
        bool is_allowed = allowed == NULL || allowed[sweep->column[i]];
        if (!sweep->is_swept[i] && is_allowed && left > largest) {
            largest = left;
            best = i;
        }
    }
    return best;
}

/**
 * Sweeps column k: with pivot d = a_kk,
 *   a_ij -= a_ik a_kj / d,   a_ik = a_ki = a_ik / d,   a_kk = -1 / d.
 * Once a set S is swept, -A_SS is the inverse of its block, A_TS are the coefficients of the
 * regressions of the others on it, and A_TT is what they leave.
 */
static void sweep_column(sweep *sweep, size_t k) {
    size_t n = sweep->n;
    double *matrix = sweep->matrix;
    double pivot = matrix[k * n + k];
    for (size_t i = 0; i < n; i++) {
        double factor = matrix[i * n + k] / pivot;
        for (size_t j = 0; i != k && factor != 0.0 && j < n; j++) {
            matrix[i * n + j] -= j != k ? factor * matrix[k * n + j] : 0.0;
        }
    }
    for (size_t i = 0; i < n; i++) {
        matrix[i * n + k] = matrix[k * n + i] = matrix[i * n + k] / pivot;
    }
    matrix[k * n + k] = -1.0 / pivot;
    sweep->is_swept[k] = true;
}

/** Whether what is left of the columns that were not swept is nothing: no eigenvalue below 0. */
static bool leaves_nothing(const sweep *sweep) {
    size_t n = sweep->n;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; !sweep->is_swept[i] && j < n; j++) {
            if (!sweep->is_swept[j] && fabs(sweep->matrix[i * n + j]) > rounding) {
                return false;
            }
        }
    }
    return true;
}

/** The factor of a column: infinite for one that was not swept, and for one that it consists of. */
static double factor_of(const sweep *sweep, size_t i) {
    size_t n = sweep->n;
    for (size_t j = 0; j < n; j++) {
        if (!sweep->is_swept[j] && (j == i || fabs(sweep->matrix[j * n + i]) > least_share)) {
            return INFINITY;
        }
    }
    return -sweep->matrix[i * n + i];
}

static perebor_status allocate(sweep *sweep, size_t n_columns, perebor_error *error) {
    sweep->matrix = calloc(n_columns * n_columns + 1, sizeof *sweep->matrix);
    sweep->column = calloc(n_columns + 1, sizeof *sweep->column);
    sweep->is_swept = calloc(n_columns + 1, sizeof *sweep->is_swept);
    return sweep->matrix != NULL && sweep->column != NULL && sweep->is_swept != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for %zu by %zu correlations", n_columns, n_columns);
}

static void release(sweep *sweep) {
    free(sweep->matrix);
    free(sweep->column);
    free(sweep->is_swept);
}

perebor_status perebor_vif(double *vif, const double *correlation, size_t n_columns,
                           perebor_error *error) {
    perebor_status status;
    sweep sweep = {0};
    PEREBOR_TRY(done, allocate(&sweep, n_columns, error));
    bool is_correlation = take_defined(&sweep, correlation, n_columns);
    for (size_t pivot; is_correlation && (pivot = find_pivot(&sweep, NULL)) < sweep.n;) {
        sweep_column(&sweep, pivot);
    }
    is_correlation = is_correlation && leaves_nothing(&sweep);
    for (size_t i = 0; i < n_columns; i++) {
        vif[i] = NAN;
    }
    for (size_t i = 0; is_correlation && i < sweep.n; i++) {
        vif[sweep.column[i]] = factor_of(&sweep, i);
    }
done:
    release(&sweep);
    return status;
}

perebor_status perebor_explained_share(double *share, const double *correlation,
                                       const bool *explaining, size_t n_columns,
                                       perebor_error *error) {
    perebor_status status;
    sweep sweep = {0};
    PEREBOR_TRY(done, allocate(&sweep, n_columns, error));
    bool whole = take_defined(&sweep, correlation, n_columns);
    for (size_t pivot; whole && (pivot = find_pivot(&sweep, explaining)) < sweep.n;) {
        sweep_column(&sweep, pivot);
    }
    for (size_t i = 0; i < n_columns; i++) {
        share[i] = NAN;
    }
    for (size_t i = 0; whole && i < sweep.n; i++) {
        double left = sweep.matrix[i * sweep.n + i];
        if (!explaining[sweep.column[i]]) {
            share[sweep.column[i]] = left <= 0.0 ? 1.0 : left >= 1.0 ? 0.0 : 1.0 - left;
        }
    }
done:
    release(&sweep);
    return status;
}
