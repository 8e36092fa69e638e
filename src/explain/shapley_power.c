// SPDX-License-Identifier: MIT
// poly kernels: for a support vector and a background row a coalition is worth (y + sum of d_j over
// it)^D, with y = gamma z.s + coef0 and d_j = gamma (x - z).s over the columns of player j. A power
// of a sum is no product, but its generating function is:
//
//     (y + sum_S d_j)^D = D! [u^D] e^(y u) prod_S e^(d_j u),
//
// so by quadrature.h, with series in u cut off after u^D,
//
//     phi_i = D! [u^D] int_0^1 e^(y u) (e^(d_i u) - 1) prod_{j != i} (1 + t (e^(d_j u) - 1)) dt.
//
// Each e^(d u) - 1 has a factor u, so the integrand has degree D - 1 in t whatever the number of
// players: ceil(D / 2) nodes are exact.
#include <string.h>

#include "base/try.h"
#include "explain/shapley_forms.h"

static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    explain_quadrature *quadrature =
        perebor_workspace_take(&shapley->workspace, 1, sizeof *quadrature);
    if (quadrature == NULL) {
        return perebor_no_memory(error, "for quadrature");
    }
    shapley->prepared = quadrature;
    size_t degree = (size_t)shapley->model.form->as.kernel.kernel.degree;
    return explain_quadrature_make(quadrature, degree - 1, &shapley->workspace, error);
}

/** Where a row is explained. Series have D + 1 coefficients, lowest first. */
typedef struct power_work {
    const explain_shapley *shapley;
    const perebor_kernel_form *kernel;
    size_t degree, n_terms;
    double factorial;     /**< D! */
    double *exponentials; /**< [n_players][n_terms] e^(d u) - 1 */
    double *before;       /**< [n_players + 1][n_terms] products of the factors before a player */
    double *after;        /**< [n_terms] of those after it */
    double *factor;       /**< [n_terms] */
    double *gains;        /**< [n_players] of a support vector */
    double *own, *other;  /**< [n_players] parts of gamma x.s and gamma z.s */
} power_work;

/** e^(d u), cut off. */
static void exponential(double d, size_t n_terms, double *series) {
    series[0] = 1.0;
    for (size_t m = 1; m < n_terms; m++) {
        series[m] = series[m - 1] * d / (double)m;
    }
}

/** The product of two series, cut off; @p into is neither. */
static void multiply(const double *one, const double *other, size_t n_terms, double *into) {
    for (size_t m = 0; m < n_terms; m++) {
        double sum = 0.0;
        for (size_t i = 0; i <= m; i++) {
            sum += one[i] * other[m - i];
        }
        into[m] = sum;
    }
}

/** 1 + t (e^(d u) - 1) */
static void make_factor(const power_work *work, size_t player, double t) {
    const double *series = work->exponentials + player * work->n_terms;
    work->factor[0] = 1.0;
    for (size_t m = 1; m < work->n_terms; m++) {
        work->factor[m] = t * series[m];
    }
}

/** The coefficient of u^D in (e^(d u) - 1) before after. */
static double top_coefficient(const power_work *work, size_t player) {
    const double *series = work->exponentials + player * work->n_terms;
    const double *before = work->before + player * work->n_terms;
    double sum = 0.0;
    for (size_t m = 1; m <= work->degree; m++) {
        double part = 0.0;
        for (size_t i = 0; i <= work->degree - m; i++) {
            part += before[i] * work->after[work->degree - m - i];
        }
        sum += series[m] * part;
    }
    return sum;
}

/** One node: from the first player on the products before each, then back. */
static void add_node(const power_work *work, double t, double weight) {
    size_t n_players = work->shapley->players->n_players, n_terms = work->n_terms;
    for (size_t player = 0; player < n_players; player++) {
        make_factor(work, player, t);
        multiply(work->before + player * n_terms, work->factor, n_terms,
                 work->before + (player + 1) * n_terms);
    }
    exponential(0.0, n_terms, work->after);
    for (size_t player = n_players; player-- > 0;) {
        work->gains[player] += weight * work->factorial * top_coefficient(work, player);
        make_factor(work, player, t);
        // The series before the next player is no longer needed.
        double *product = work->before + (player + 1) * n_terms;
        multiply(work->after, work->factor, n_terms, product);
        memcpy(work->after, product, n_terms * sizeof *product);
    }
}

/** gamma x.s by player. */
static void find_parts(const power_work *work, const perebor_matrix *rows, size_t row,
                       size_t vector, double *parts) {
    const explain_players *players = work->shapley->players;
    for (size_t player = 0; player < players->n_players; player++) {
        double sum = 0.0;
        for (size_t i = players->first[player]; i < players->first[player + 1]; i++) {
            uint32_t column = players->prepared[i];
            sum += perebor_matrix_column(rows, column)[row] *
                   perebor_matrix_column(&work->kernel->support, column)[vector];
        }
        parts[player] = work->kernel->kernel.gamma * sum;
    }
}

/** One background row. */
static void add_background(const power_work *work, size_t z, size_t vector) {
    const explain_quadrature *quadrature = work->shapley->prepared;
    size_t n_players = work->shapley->players->n_players;
    double y = work->kernel->kernel.coef0;
    find_parts(work, &work->shapley->background, z, vector, work->other);
    for (size_t player = 0; player < n_players; player++) {
        y += work->other[player];
        exponential(work->own[player] - work->other[player], work->n_terms,
                    work->exponentials + player * work->n_terms);
    }
    exponential(y, work->n_terms, work->before);
    for (size_t k = 0; k < quadrature->n_nodes; k++) {
        add_node(work, quadrature->nodes[k], quadrature->weights[k]);
    }
}

static perebor_status allocate(power_work *work, perebor_workspace *workspace,
                               perebor_error *error) {
    size_t n = work->shapley->players->n_players, n_terms = work->n_terms;
    work->exponentials = perebor_workspace_take(workspace, n * n_terms, sizeof(double));
    work->before = perebor_workspace_take(workspace, (n + 1) * n_terms, sizeof(double));
    work->after = perebor_workspace_take(workspace, n_terms, sizeof(double));
    work->factor = perebor_workspace_take(workspace, n_terms, sizeof(double));
    work->gains = perebor_workspace_take(workspace, n, sizeof(double));
    work->own = perebor_workspace_take(workspace, n, sizeof(double));
    work->other = perebor_workspace_take(workspace, n, sizeof(double));
    bool whole = work->exponentials != NULL && work->before != NULL && work->after != NULL &&
                 work->factor != NULL && work->gains != NULL && work->own != NULL &&
                 work->other != NULL;
    return whole ? PEREBOR_OK : perebor_no_memory(error, "for series of degree %zu", work->degree);
}

static void explain_row(const power_work *work, const perebor_matrix *rows, size_t row,
                        double *values) {
    size_t n_players = work->shapley->players->n_players, n = work->shapley->background.n_rows;
    for (size_t vector = 0; vector < work->kernel->support.n_rows; vector++) {
        memset(work->gains, 0, n_players * sizeof *work->gains);
        find_parts(work, rows, row, vector, work->own);
        for (size_t z = 0; z < n; z++) {
            add_background(work, z, vector);
        }
        double alpha = work->kernel->coefficients[vector] / (double)n;
        for (size_t player = 0; player < n_players; player++) {
            values[player * EXPLAIN_BLOCK] += alpha * work->gains[player];
        }
    }
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    const perebor_kernel_form *kernel = &shapley->model.form->as.kernel;
    size_t degree = (size_t)kernel->kernel.degree;
    power_work work = {.shapley = shapley,
                       .kernel = kernel,
                       .degree = degree,
                       .n_terms = degree + 1,
                       .factorial = 1.0};
    for (size_t m = 2; m <= degree; m++) {
        work.factorial *= (double)m;
    }
    perebor_status status = allocate(&work, workspace, error);
    for (size_t row = 0; status == PEREBOR_OK && row < rows->n_rows; row++) {
        explain_row(&work, rows, row, values + row);
    }
    return status;
}

const shapley_way shapley_power = {.prepare = prepare, .explain = explain};
