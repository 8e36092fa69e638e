// SPDX-License-Identifier: MIT
#include "model/svc/svc_monomials.h"

#include <math.h>
#include <stdbool.h>

#include "base/deadline.h"

enum { most_monomials = 512, highest_degree = 8 };

/** Factors of a monomial: columns in ascending order; the one after the last is coef0. */
typedef struct monomial {
    size_t factors[highest_degree];
    size_t degree;
    size_t n_factors; /**< There are to choose from. */
} monomial;

static monomial first_of(const svc_kernel *kernel, size_t n_columns) {
    return (monomial){.degree = (size_t)kernel->degree,
                      .n_factors = n_columns + (kernel->coef0 > 0.0 ? 1 : 0)};
}

/** The next in lexical order. @return false after the last */
static bool advance(monomial *monomial) {
    size_t *factors = monomial->factors;
    size_t place = monomial->degree;
    while (place > 0 && factors[place - 1] + 1 == monomial->n_factors) {
        place--;
    }
    if (place == 0) {
        return false;
    }
    size_t factor = factors[place - 1] + 1;
    for (size_t i = place - 1; i < monomial->degree; i++) {
        factors[i] = factor;
    }
    return true;
}

size_t svc_monomials_count(const svc_kernel *kernel, size_t n_columns) {
    if (kernel->kind != SVC_POLY || kernel->degree > highest_degree || kernel->coef0 < 0.0 ||
        n_columns > most_monomials) {
        return 0;
    }
    monomial monomial = first_of(kernel, n_columns);
    size_t count = 1;
    for (size_t i = 1; i <= monomial.degree && count <= most_monomials; i++) {
        count = count * (monomial.n_factors - 1 + i) / i;
    }
    return count > most_monomials ? 0 : count - (kernel->coef0 > 0.0 ? 1 : 0);
}

uint64_t svc_monomials_worth(size_t n_monomials) {
    return 2 * n_monomials * n_monomials + 18 * n_monomials;
}

/** The root of the monomial's coefficient in the expansion of the kernel. */
static double weight_of(const monomial *monomial, const svc_kernel *kernel, size_t n_columns) {
    double coefficient = 1.0;
    double alike = 0.0;
    for (size_t i = 0; i < monomial->degree; i++) {
        size_t factor = monomial->factors[i];
        alike = i > 0 && factor == monomial->factors[i - 1] ? alike + 1.0 : 1.0;
        double by = factor < n_columns ? kernel->gamma : kernel->coef0;
        coefficient *= (double)(i + 1) / alike * by;
    }
    return sqrt(coefficient);
}

static void fill(const monomial *monomial, const svc_kernel *kernel, const perebor_matrix *rows,
                 double *to) {
    double weight = weight_of(monomial, kernel, rows->n_columns);
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
    monomial monomial = first_of(kernel, rows->n_columns);
    for (size_t column = 0; column < count && !perebor_deadline_passed(); column++) {
        fill(&monomial, kernel, rows, perebor_matrix_column(&matrix, column));
        (void)advance(&monomial);
    }
    *monomials = matrix;
    return perebor_deadline_check(error);
}
