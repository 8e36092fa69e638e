// SPDX-License-Identifier: MIT
#include "model/monomial.h"

#include <math.h>

monomial monomial_first(const perebor_kernel_function *kernel, size_t n_columns) {
    return (monomial){.degree = (size_t)kernel->degree,
                      .n_columns = n_columns,
                      .n_factors = n_columns + (kernel->coef0 > 0.0 ? 1 : 0)};
}

bool monomial_advance(monomial *monomial) {
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

double monomial_weight(const monomial *monomial, const perebor_kernel_function *kernel) {
    double coefficient = 1.0;
    double alike = 0.0;
    for (size_t i = 0; i < monomial->degree; i++) {
        size_t factor = monomial->factors[i];
        alike = i > 0 && factor == monomial->factors[i - 1] ? alike + 1.0 : 1.0;
        double by = factor < monomial->n_columns ? kernel->gamma : kernel->coef0;
        coefficient *= (double)(i + 1) / alike * by;
    }
    return sqrt(coefficient);
}
