// SPDX-License-Identifier: MIT
/**
 * @file monomial.h
 * The monomials of a polynomial kernel, one after the other, as PEREBOR_FORM_MONOMIALS has them:
 *
 *     (gamma x.z + coef0)^degree = sum_m monomial_m(x) monomial_m(z)
 *     monomial_m(x) = weight_m * prod_{i < degree} x[factors[i]]
 *
 * A factor beyond the last column stands for coef0, and is 1 in the product. Where coef0 > 0 the
 * last monomial is the constant, which a form leaves out.
 */
#ifndef PEREBOR_MODEL_MONOMIAL_H
#define PEREBOR_MODEL_MONOMIAL_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/model_form.h"

enum { MONOMIAL_HIGHEST_DEGREE = 8 };

typedef struct monomial {
    size_t factors[MONOMIAL_HIGHEST_DEGREE]; /**< [degree] ascending. */
    size_t degree;
    size_t n_columns;
    size_t n_factors; /**< There are to choose from. */
} monomial;

/** The first. @pre kernel->degree <= MONOMIAL_HIGHEST_DEGREE */
monomial monomial_first(const perebor_kernel_function *kernel, size_t n_columns);

/** The next in lexical order. @return false after the last */
bool monomial_advance(monomial *monomial);

/** The root of its coefficient in the expansion of the kernel. */
double monomial_weight(const monomial *monomial, const perebor_kernel_function *kernel);

#endif
