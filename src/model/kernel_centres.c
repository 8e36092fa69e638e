// SPDX-License-Identifier: MIT
#include "model/kernel_centres.h"

#include <stdbool.h>

static bool is_flag(const double *values, size_t n) {
    bool flag = true;
    for (size_t i = 0; i < n && flag; i++) {
        flag = values[i] == 0.0 || values[i] == 1.0;
    }
    return flag;
}

static double mean_of(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return n > 0 ? sum / (double)n : 0.0;
}

void model_kernel_centres(const perebor_matrix *support, double *centres) {
    size_t n = support->n_rows;
    size_t n_dense = perebor_matrix_n_dense(support);
    size_t n_flags = support->n_columns - n_dense;
    for (size_t column = 0; column < n_dense; column++) {
        n_flags += is_flag(perebor_matrix_column(support, column), n) ? 1 : 0;
    }
    for (size_t column = 0; column < support->n_columns; column++) {
        const double *values = column < n_dense ? perebor_matrix_column(support, column) : NULL;
        bool stays = values == NULL || (n_flags > MODEL_FEW_FLAGS && is_flag(values, n));
        centres[column] = stays ? 0.0 : mean_of(values, n);
    }
}
