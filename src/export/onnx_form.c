// SPDX-License-Identifier: MIT
#include "export/onnx_form.h"

#include <stdlib.h>

#include "export/onnx_neighbors.h"
#include "export/onnx_rounding.h"
#include "export/onnx_trees.h"
#include "model/kernel_centres.h"
#include "model/monomial.h"

static onnx_value put_linear(onnx_graph *graph, const perebor_model_form *form, onnx_value x) {
    const perebor_linear_form *linear = &form->as.linear;
    onnx_value weights = onnx_column(graph, linear->weights, form->n_columns);
    onnx_value score = onnx_apply(graph, "Add", onnx_product(graph, x, weights, form->n_columns),
                                  onnx_real(graph, linear->intercept));
    return onnx_round(graph, score, form->grain);
}

/** |z|^2 of every support vector, less the centres. */
static bool find_norms(const perebor_matrix *centred, double *norms) {
    for (size_t column = 0; column < centred->n_columns; column++) {
        const double *values = perebor_matrix_column(centred, column);
        for (size_t point = 0; point < centred->n_rows; point++) {
            norms[point] += values[point] * values[point];
        }
    }
    return true;
}

/** Takes the centres off a copy of the support vectors. */
static bool centre(const perebor_matrix *support, perebor_workspace *workspace,
                   perebor_matrix *centred, double *centres) {
    if (perebor_matrix_create(centred, support->n_rows, support->n_columns, workspace, NULL) !=
        PEREBOR_OK) {
        return false;
    }
    model_kernel_centres(support, centres);
    for (size_t column = 0; column < support->n_columns; column++) {
        const double *from = perebor_matrix_column(support, column);
        double *to = perebor_matrix_column(centred, column);
        for (size_t point = 0; point < support->n_rows; point++) {
            to[point] = from[point] - centres[column];
        }
    }
    return true;
}

/** exp(-gamma |x - z|^2), the square as |x|^2 + |z|^2 - 2 x.z of what is centred, not below 0. */
static onnx_value put_rbf(onnx_graph *graph, const perebor_kernel_form *kernel, onnx_value x) {
    perebor_workspace workspace = {0};
    perebor_matrix centred;
    size_t n = kernel->support.n_rows;
    double *centres = calloc(kernel->support.n_columns + 1, sizeof *centres);
    double *norms = calloc(n + 1, sizeof *norms);
    onnx_value values = {0};
    if (centres != NULL && norms != NULL &&
        centre(&kernel->support, &workspace, &centred, centres) && find_norms(&centred, norms)) {
        x = onnx_apply(graph, "Sub", x, onnx_row(graph, centres, kernel->support.n_columns));
        onnx_value dots =
            onnx_product(graph, x, onnx_transposed(graph, &centred, 1.0), centred.n_columns);
        onnx_value squares = onnx_row_sums(graph, onnx_apply(graph, "Mul", x, x));
        onnx_value sums = onnx_apply(graph, "Add", squares, onnx_row(graph, norms, n));
        onnx_value distances = onnx_apply(graph, "Sub", sums, onnx_apply(graph, "Add", dots, dots));
        distances = onnx_apply(graph, "Max", distances, onnx_real(graph, 0.0));
        values = onnx_apply(
            graph, "Exp",
            onnx_apply(graph, "Mul", distances, onnx_real(graph, -kernel->kernel.gamma)));
    } else {
        graph->nodes.failed = true;
    }
    free(norms);
    free(centres);
    perebor_workspace_release(&workspace);
    return values;
}

/** By squaring. */
static onnx_value put_power(onnx_graph *graph, onnx_value base, int64_t degree) {
    onnx_value power = {0};
    bool begun = false;
    for (; degree > 0; degree >>= 1) {
        if ((degree & 1) != 0) {
            power = begun ? onnx_apply(graph, "Mul", power, base) : base;
            begun = true;
        }
        base = degree > 1 ? onnx_apply(graph, "Mul", base, base) : base;
    }
    return power;
}

static onnx_value put_kernel(onnx_graph *graph, const perebor_model_form *form, onnx_value x) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    bool rbf = kernel->kernel.kind == PEREBOR_KERNEL_RBF;
    onnx_value values;
    if (kernel->support.n_rows == 0) { // a constant
        return onnx_round(graph, onnx_repeat(graph, x, kernel->bias), rbf ? 0.0 : form->grain);
    }
    if (rbf) {
        values = put_rbf(graph, kernel, x);
    } else {
        // gamma goes into the constants: a runtime may make it a float where it stands alone
        values =
            onnx_product(graph, x, onnx_transposed(graph, &kernel->support, kernel->kernel.gamma),
                         form->n_columns);
        values = onnx_apply(graph, "Add", values, onnx_real(graph, kernel->kernel.coef0));
        values = kernel->kernel.kind == PEREBOR_KERNEL_POLY
                     ? put_power(graph, values, kernel->kernel.degree)
                     : onnx_apply(graph, "Tanh", values);
    }
    onnx_value coefficients = onnx_column(graph, kernel->coefficients, kernel->support.n_rows);
    onnx_value score =
        onnx_apply(graph, "Add", onnx_product(graph, values, coefficients, kernel->support.n_rows),
                   onnx_real(graph, kernel->bias));
    return rbf ? onnx_round_by_nearest(graph, score, form->grain, values)
               : onnx_round(graph, score, form->grain);
}

/** The columns, and a column of ones after them for coef0. */
static onnx_value put_factors(onnx_graph *graph, onnx_value x, bool constant) {
    if (!constant) {
        return x;
    }
    onnx_value ones = onnx_repeat(graph, x, 1.0);
    return onnx_concat(graph, (const onnx_value[]){x, ones}, 2);
}

/** Multiplies the roots by one factor of every monomial after the other. */
static onnx_value put_products(onnx_graph *graph, const perebor_model_form *form, onnx_value x,
                               int64_t *factors, double *roots) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    size_t n = kernel->n_weights;
    onnx_value products = {0};
    for (size_t i = 0; i < (size_t)kernel->kernel.degree; i++) {
        monomial monomial = monomial_first(&kernel->kernel, form->n_columns);
        for (size_t m = 0; m < n; m++) {
            factors[m] = (int64_t)monomial.factors[i];
            roots[m] = monomial_weight(&monomial, &kernel->kernel);
            (void)monomial_advance(&monomial);
        }
        products = i == 0 ? onnx_row(graph, roots, n) : products;
        onnx_value chosen = onnx_gather(graph, x, onnx_integers(graph, factors, n), 1);
        products = onnx_apply(graph, "Mul", products, chosen);
    }
    return products;
}

static onnx_value put_monomials(onnx_graph *graph, const perebor_model_form *form, onnx_value x) {
    const perebor_kernel_form *kernel = &form->as.kernel;
    int64_t *factors = calloc(kernel->n_weights + 1, sizeof *factors);
    double *roots = calloc(kernel->n_weights + 1, sizeof *roots);
    onnx_value score = {0};
    if (factors != NULL && roots != NULL) {
        x = put_factors(graph, x, kernel->kernel.coef0 > 0.0);
        onnx_value products = put_products(graph, form, x, factors, roots);
        onnx_value weights = onnx_column(graph, kernel->weights, kernel->n_weights);
        score = onnx_apply(graph, "Add", onnx_product(graph, products, weights, kernel->n_weights),
                           onnx_real(graph, kernel->bias));
        score = onnx_round(graph, score, form->grain);
    } else {
        graph->nodes.failed = true;
    }
    free(roots);
    free(factors);
    return score;
}

/** (x - m)^2 / v of the columns of a class. */
static onnx_value put_distances(onnx_graph *graph, const perebor_model_form *form, size_t c,
                                onnx_value x) {
    const perebor_densities_form *densities = &form->as.densities;
    onnx_value apart =
        onnx_apply(graph, "Sub", x, onnx_row(graph, densities->means[c], form->n_columns));
    return onnx_apply(graph, "Div", onnx_apply(graph, "Mul", apart, apart),
                      onnx_row(graph, densities->variances[c], form->n_columns));
}

static onnx_value put_densities(onnx_graph *graph, const perebor_model_form *form, onnx_value x) {
    onnx_value parts = onnx_apply(graph, "Sub", put_distances(graph, form, 0, x),
                                  put_distances(graph, form, 1, x));
    onnx_value sum = onnx_apply(graph, "Mul", onnx_row_sums(graph, parts), onnx_real(graph, 0.5));
    return onnx_apply(graph, "Add", sum, onnx_real(graph, form->as.densities.offset));
}

onnx_value onnx_form_put(onnx_graph *graph, const perebor_model_form *form, onnx_value x) {
    switch (form->kind) {
    case PEREBOR_FORM_LINEAR:
        return put_linear(graph, form, x);
    case PEREBOR_FORM_TREES:
        return onnx_trees_put(graph, &form->as.trees, form->n_columns, x);
    case PEREBOR_FORM_KERNEL:
        return put_kernel(graph, form, x);
    case PEREBOR_FORM_MONOMIALS:
        return put_monomials(graph, form, x);
    case PEREBOR_FORM_NEIGHBORS:
        return onnx_neighbors_put(graph, &form->as.neighbors, x);
    case PEREBOR_FORM_DENSITIES:
        return put_densities(graph, form, x);
    }
    return x;
}
