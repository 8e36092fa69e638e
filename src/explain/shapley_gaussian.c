// SPDX-License-Identifier: MIT
// rbf kernels: f(x) = bias + sum_s alpha_s prod_j exp(-gamma |x_j - s_j|^2) over players j, a
// product game for every support vector and background row. Factors are found for one support
// vector at a time, so memory does not grow with their number.
#include "base/try.h"
#include "explain/shapley_forms.h"
#include "explain/shapley_kernel.h"

/** Where a block is explained. */
typedef struct gaussian_work {
    const explain_shapley *shapley;
    const perebor_kernel_form *kernel;
    const perebor_matrix *rows;
    double *own;     /**< [n_players][8] a */
    double *others;  /**< [n_background][n_players] b, and whole vectors */
    double *scratch; /**< [SHAPLEY_PRODUCT_SCRATCH][n_players] */
    double *gains;   /**< [n_players][8] of one support vector */
} gaussian_work;

static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    explain_quadrature *quadrature =
        perebor_workspace_take(&shapley->workspace, 1, sizeof *quadrature);
    if (quadrature == NULL) {
        return perebor_no_memory(error, "for quadrature");
    }
    size_t n_players = shapley->players->n_players;
    shapley->prepared = quadrature;
    return explain_quadrature_make(quadrature, n_players > 0 ? n_players - 1 : 0,
                                   &shapley->workspace, error);
}

/** |x_j - s_j|^2 over the columns of a player. */
static double square_of(const gaussian_work *work, const perebor_matrix *rows, size_t row,
                        size_t vector, size_t player) {
    const explain_players *players = work->shapley->players;
    double sum = 0.0;
    for (size_t i = players->first[player]; i < players->first[player + 1]; i++) {
        uint32_t column = players->prepared[i];
        double difference = perebor_matrix_column(rows, column)[row] -
                            perebor_matrix_column(&work->kernel->support, column)[vector];
        sum += difference * difference;
    }
    return sum;
}

/** b of one support vector. */
static void find_others(const gaussian_work *work, const shapley_kernels *kernels, size_t vector,
                        double *into) {
    size_t n = work->shapley->background.n_rows, n_players = work->shapley->players->n_players;
    for (size_t z = 0; z < n; z++) {
        for (size_t player = 0; player < n_players; player++) {
            into[z * n_players + player] =
                square_of(work, &work->shapley->background, z, vector, player);
        }
    }
    size_t whole = (n * n_players + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    for (size_t i = n * n_players; i < whole; i++) {
        into[i] = 0.0;
    }
    kernels->gaussians(work->kernel->kernel.gamma, into, whole, into);
}

static void explain_vector(const gaussian_work *work, const shapley_kernels *kernels, size_t vector,
                           double *values) {
    const explain_shapley *shapley = work->shapley;
    const explain_quadrature *quadrature = shapley->prepared;
    size_t n_players = shapley->players->n_players, n = shapley->background.n_rows;
    find_others(work, kernels, vector, work->others);
    for (size_t player = 0; player < n_players; player++) {
        for (size_t row = 0; row < EXPLAIN_BLOCK; row++) {
            work->own[player * EXPLAIN_BLOCK + row] =
                row < work->rows->n_rows ? square_of(work, work->rows, row, vector, player) : 0.0;
        }
    }
    kernels->gaussians(work->kernel->kernel.gamma, work->own, n_players * EXPLAIN_BLOCK, work->own);
    kernels->products(work->own, work->others, n, n_players, quadrature->nodes, quadrature->weights,
                      quadrature->n_nodes, work->scratch, work->gains);
    double alpha = work->kernel->coefficients[vector] / (double)n;
    for (size_t i = 0; i < n_players * EXPLAIN_BLOCK; i++) {
        values[i] += alpha * work->gains[i];
    }
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    const shapley_kernels *kernels = PEREBOR_KERNEL_PICK(shapley_kernels);
    size_t n = shapley->players->n_players * EXPLAIN_BLOCK;
    size_t n_others = shapley->background.n_rows * shapley->players->n_players + PEREBOR_LANES;
    gaussian_work work = {
        .shapley = shapley,
        .kernel = &shapley->model.form->as.kernel,
        .rows = rows,
        .own = perebor_workspace_take(workspace, n, sizeof(double)),
        .others = perebor_workspace_take(workspace, n_others, sizeof(double)),
        .scratch = perebor_workspace_take(
            workspace, SHAPLEY_PRODUCT_SCRATCH * shapley->players->n_players, sizeof(double)),
        .gains = perebor_workspace_take(workspace, n, sizeof(double)),
    };
    if (work.own == NULL || work.others == NULL || work.scratch == NULL || work.gains == NULL) {
        return perebor_no_memory(error, "for products of %zu columns", shapley->players->n_players);
    }
    for (size_t vector = 0; vector < work.kernel->support.n_rows; vector++) {
        explain_vector(&work, kernels, vector, values);
    }
    return PEREBOR_OK;
}

const shapley_way shapley_gaussian = {.prepare = prepare, .explain = explain};
