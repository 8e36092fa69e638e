// SPDX-License-Identifier: MIT
#include "model/svc/svc_monomials.h"

#include "base/deadline.h"
#include "model/monomial.h"

enum { most_monomials = 512 };

static perebor_kernel_function expanded(const svc_kernel *kernel) {
    return (perebor_kernel_function){.kind = PEREBOR_KERNEL_POLY,
                                     .gamma = kernel->gamma,
                                     .coef0 = kernel->coef0,
                                     .degree = kernel->degree};
}

size_t svc_monomials_count(const svc_kernel *kernel, size_t n_columns) {
    if (kernel->kind != SVC_POLY || kernel->degree > MONOMIAL_HIGHEST_DEGREE ||
        kernel->coef0 < 0.0 || n_columns > most_monomials) {
        return 0;
    }
    const perebor_kernel_function function = expanded(kernel);
    monomial monomial = monomial_first(&function, n_columns);
    size_t count = 1;
    for (size_t i = 1; i <= monomial.degree && count <= most_monomials; i++) {
        count = count * (monomial.n_factors - 1 + i) / i;
    }
    return count > most_monomials ? 0 : count - (kernel->coef0 > 0.0 ? 1 : 0);
}

uint64_t svc_monomials_worth(size_t n_monomials) {
    return 2 * n_monomials * n_monomials + 18 * n_monomials;
}

static void fill(const monomial *monomial, const perebor_kernel_function *kernel,
                 const perebor_matrix *rows, double *to) {
    double weight = monomial_weight(monomial, kernel);
    for (size_t row = 0; row < rows->n_rows; row++) {
        to[row] = weight;
    }
    for (size_t i = 0; i < monomial->degree; i++) {
        if (monomial->factors[i] < rows->n_columns) {
            const double *values = perebor_matrix_column(rows, monomial->factors[i]);
            for (size_t row = 0; row < rows->n_rows; row++) {
                to[row] *= values[row];
            }
        }
    }
}

perebor_status svc_monomials_create(perebor_matrix *monomials, const perebor_matrix *rows,
                                    const svc_kernel *kernel, perebor_workspace *workspace,
                                    perebor_error *error) {
    perebor_matrix matrix;
    size_t count = svc_monomials_count(kernel, rows->n_columns);
    perebor_status status = perebor_matrix_create(&matrix, rows->n_rows, count, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    const perebor_kernel_function function = expanded(kernel);
    monomial monomial = monomial_first(&function, rows->n_columns);
    for (size_t column = 0; column < count && !perebor_deadline_passed(); column++) {
        fill(&monomial, &function, rows, perebor_matrix_column(&matrix, column));
        (void)monomial_advance(&monomial);
    }
    *monomials = matrix;
    return perebor_deadline_check(error);
}
