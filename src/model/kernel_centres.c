// SPDX-License-Identifier: MIT
#include "model/kernel_centres.h"

#include <stdbool.h>

static size_t row_of(const uint32_t *chosen, size_t i) {
    return chosen != NULL ? chosen[i] : i;
}

static bool is_flag(const double *values, const uint32_t *chosen, size_t n) {
    bool flag = true;
    for (size_t i = 0; i < n && flag; i++) {
        flag = values[row_of(chosen, i)] == 0.0 || values[row_of(chosen, i)] == 1.0;
    }
    return flag;
}

static double mean_of(const double *values, const uint32_t *chosen, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[row_of(chosen, i)];
    }
    return n > 0 ? sum / (double)n : 0.0;
}

void model_kernel_centres(const perebor_matrix *support, double *centres) {
    model_kernel_centres_of(support, NULL, support->n_rows, centres);
}

void model_kernel_centres_of(const perebor_matrix *rows, const uint32_t *chosen, size_t n,
                             double *centres) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    size_t n_flags = rows->n_columns - n_dense;
    for (size_t column = 0; column < n_dense; column++) {
        n_flags += is_flag(perebor_matrix_column(rows, column), chosen, n) ? 1 : 0;
    }
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *values = column < n_dense ? perebor_matrix_column(rows, column) : NULL;
        bool stays = values == NULL || (n_flags > MODEL_FEW_FLAGS && is_flag(values, chosen, n));
        centres[column] = stays ? 0.0 : mean_of(values, chosen, n);
    }
}
