// SPDX-License-Identifier: MIT
#include "perebor/vif.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double least_pivot = 1e-10; /* Below it a column is a combination of others. */

/** Takes what column @p pivot explains out of the rest of the matrix. */
static void sweep_out(double *matrix, size_t n, size_t pivot) {
    double scale = matrix[pivot * n + pivot];
    for (size_t row = 0; row < n; row++) {
        double factor = matrix[row * n + pivot] / scale;
        for (size_t column = 0; row != pivot && factor != 0.0 && column < n; column++) {
            matrix[row * n + column] -= factor * matrix[pivot * n + column];
        }
    }
}

/** Copies a matrix without the columns that have no correlation with anything. */
static void copy_defined(double *copy, const double *matrix, size_t n) {
    memcpy(copy, matrix, n * n * sizeof *copy);
    for (size_t column = 0; column < n; column++) {
        for (size_t row = 0; isnan(matrix[column * n + column]) && row < n; row++) {
            copy[row * n + column] = copy[column * n + row] = 0.0;
        }
    }
}

perebor_status perebor_vif(double *vif, const double *correlation, size_t n_columns,
                           perebor_error *error) {
    size_t n = n_columns;
    double *matrix = calloc(n * n + 1, sizeof *matrix);
    if (matrix == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu by %zu correlations", n,
                            n);
    }
    for (size_t column = 0; column < n; column++) {
        copy_defined(matrix, correlation, n);
        for (size_t other = 0; other < n; other++) {
            if (other != column && matrix[other * n + other] > least_pivot) {
                sweep_out(matrix, n, other);
            }
        }
        double left = matrix[column * n + column];
        vif[column] = isnan(correlation[column * n + column]) ? NAN
                      : left > least_pivot                    ? 1.0 / left
                                                              : INFINITY;
    }
    free(matrix);
    return PEREBOR_OK;
}
