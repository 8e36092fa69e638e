// SPDX-License-Identifier: MIT
// poly kernels as a sum of monomials: f(x) = bias + sum_m weight_m prod over its columns of x, a
// product game of the few players that have a column in it. A player's factor is the product of its
// columns' powers.
#include <string.h>

#include "base/try.h"
#include "explain/shapley_forms.h"
#include "explain/shapley_kernel.h"
#include "model/monomial.h"

/** One quadrature for every number of players that a monomial may have. */
static perebor_status prepare(explain_shapley *shapley, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    explain_quadrature *quadratures = perebor_workspace_take(
        &shapley->workspace, MONOMIAL_HIGHEST_DEGREE + 1, sizeof *quadratures);
    if (quadratures == NULL) {
        return perebor_no_memory(error, "for quadrature");
    }
    for (size_t n = 0; n <= MONOMIAL_HIGHEST_DEGREE; n++) {
        PEREBOR_TRY(done, explain_quadrature_make(&quadratures[n], n > 0 ? n - 1 : 0,
                                                  &shapley->workspace, error));
    }
    shapley->prepared = quadratures;
done:
    return status;
}

/** The players of one monomial. */
typedef struct monomial_players {
    size_t n;
    uint32_t players[MONOMIAL_HIGHEST_DEGREE];
    size_t n_columns[MONOMIAL_HIGHEST_DEGREE];
    uint32_t columns[MONOMIAL_HIGHEST_DEGREE][MONOMIAL_HIGHEST_DEGREE];
} monomial_players;

static void list_players(const monomial *monomial, const explain_players *players,
                         monomial_players *list) {
    list->n = 0;
    for (size_t i = 0; i < monomial->degree && monomial->factors[i] < monomial->n_columns; i++) {
        uint32_t column = (uint32_t)monomial->factors[i], player = players->player_of[column];
        size_t at = 0;
        while (at < list->n && list->players[at] != player) {
            at++;
        }
        if (at == list->n) {
            list->players[at] = player;
            list->n_columns[at] = 0;
            list->n++;
        }
        list->columns[at][list->n_columns[at]++] = column;
    }
}

/** The factor of a player in one row. */
static double factor_of(const monomial_players *list, size_t at, const perebor_matrix *rows,
                        size_t row) {
    double product = 1.0;
    for (size_t i = 0; i < list->n_columns[at]; i++) {
        product *= perebor_matrix_column(rows, list->columns[at][i])[row];
    }
    return product;
}

static void add_monomial(const explain_shapley *shapley, const monomial_players *list,
                         double weight, const perebor_matrix *rows, double *others,
                         double *values) {
    enum { size = MONOMIAL_HIGHEST_DEGREE * EXPLAIN_BLOCK };
    double own[size] = {0}, gains[size];
    double scratch[SHAPLEY_PRODUCT_SCRATCH * MONOMIAL_HIGHEST_DEGREE];
    const shapley_kernels *kernels = PEREBOR_KERNEL_PICK(shapley_kernels);
    const explain_quadrature *quadrature = (const explain_quadrature *)shapley->prepared + list->n;
    size_t n = shapley->background.n_rows;
    for (size_t at = 0; at < list->n; at++) {
        for (size_t row = 0; row < rows->n_rows; row++) {
            own[at * EXPLAIN_BLOCK + row] = factor_of(list, at, rows, row);
        }
        for (size_t z = 0; z < n; z++) {
            others[z * list->n + at] = factor_of(list, at, &shapley->background, z);
        }
    }
    kernels->products(own, others, n, list->n, quadrature->nodes, quadrature->weights,
                      quadrature->n_nodes, scratch, gains);
    for (size_t at = 0; at < list->n; at++) {
        double *into = values + (size_t)list->players[at] * EXPLAIN_BLOCK;
        for (size_t row = 0; row < rows->n_rows; row++) {
            into[row] += weight / (double)n * gains[at * EXPLAIN_BLOCK + row];
        }
    }
}

static perebor_status explain(const explain_shapley *shapley, const perebor_matrix *rows,
                              perebor_workspace *workspace, double *values, perebor_error *error) {
    const perebor_kernel_form *kernel = &shapley->model.form->as.kernel;
    size_t n = shapley->background.n_rows * MONOMIAL_HIGHEST_DEGREE;
    double *others = perebor_workspace_take(workspace, n, sizeof *others);
    if (others == NULL) {
        return perebor_no_memory(error, "for the monomials of a kernel");
    }
    monomial monomial = monomial_first(&kernel->kernel, shapley->model.form->n_columns);
    for (size_t i = 0; i < kernel->n_weights; i++) {
        monomial_players list;
        list_players(&monomial, shapley->players, &list);
        double weight = kernel->weights[i] * monomial_weight(&monomial, &kernel->kernel);
        add_monomial(shapley, &list, weight, rows, others, values);
        (void)monomial_advance(&monomial);
    }
    return PEREBOR_OK;
}

const shapley_way shapley_monomials = {.prepare = prepare, .explain = explain};
