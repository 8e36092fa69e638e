// SPDX-License-Identifier: MIT
// Naive Bayes is a sum, too: with g_j(x) = ((x - m_0j)^2 / v_0j - (x - m_1j)^2 / v_1j) / 2,
// phi_i = sum over its columns of g_j(x_j) - mean g_j(z_j).
#include "explain/shapley_forms.h"

static double part_of(const perebor_densities_form *densities, size_t column, double x) {
    double d[2] = {x - densities->means[0][column], x - densities->means[1][column]};
    return 0.5 * (d[0] * d[0] / densities->variances[0][column] -
                  d[1] * d[1] / densities->variances[1][column]);
}

/** [n_columns] means of the background's parts. */
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
            sum += part_of(&shapley->model.form->as.densities, column, values[row]);
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
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *from = perebor_matrix_column(rows, column);
        double *into = values + (size_t)shapley->players->player_of[column] * EXPLAIN_BLOCK;
        for (size_t row = 0; row < rows->n_rows; row++) {
            into[row] +=
                part_of(&shapley->model.form->as.densities, column, from[row]) - means[column];
        }
    }
    return PEREBOR_OK;
}

const shapley_way shapley_densities = {.prepare = prepare, .explain = explain};
