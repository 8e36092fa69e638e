// SPDX-License-Identifier: MIT
// Sums: each column's part stands by itself, so phi_i = sum over its columns of w (x - mean z).
#include "explain/shapley_forms.h"

/** [n_columns] means of the background. */
static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    size_t n_columns = shapley->background.n_columns, n = shapley->background.n_rows;
    double *means = perebor_workspace_take(&shapley->workspace, n_columns, sizeof *means);
    if (means == NULL) {
        return perebor_no_memory(error, "for the means of %zu columns", n_columns);
    }
    for (size_t column = 0; column < n_columns; column++) {
        const double *values = perebor_matrix_column(&shapley->background, column);
        double sum = 0.0;
        for (size_t row = 0; row < n; row++) {
            sum += values[row];
        }
        means[column] = sum / (double)n;
    }
    shapley->prepared = means;
    return PEREBOR_OK;
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    (void)workspace;
    (void)error;
    const double *means = shapley->prepared;
    const double *weights = shapley->model.form->as.linear.weights;
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *from = perebor_matrix_column(rows, column);
        double *into = values + (size_t)shapley->players->player_of[column] * EXPLAIN_BLOCK;
        for (size_t row = 0; row < rows->n_rows; row++) {
            into[row] += weights[column] * (from[row] - means[column]);
        }
    }
    return PEREBOR_OK;
}

const shapley_way shapley_linear = {.prepare = prepare, .explain = explain};
