// SPDX-License-Identifier: MIT
#include "statistics/tail_probability.h"

#include <math.h>

#include "base/arithmetic.h"
#include "statistics/incomplete_beta.h"
#include "statistics/incomplete_gamma.h"

double perebor_normal_tail(double z) {
    double half = 0.5 * perebor_gamma_upper(0.5, 0.5 * z * z);
    return z > 0.0 ? half : 1.0 - half;
}

double perebor_chi_squared_tail(double x, double dof) {
    return perebor_gamma_upper(0.5 * dof, 0.5 * x);
}

double perebor_f_tail(double f, double dof_numerator, double dof_denominator) {
    if (isinf(f)) {
        return 0.0;
    }
    double x = dof_denominator / (dof_denominator + dof_numerator * f);
    return perebor_beta_lower(0.5 * dof_denominator, 0.5 * dof_numerator, x);
}

double perebor_t_tails(double t, double dof) {
    return perebor_f_tail(t * t, 1.0, dof);
}

double perebor_kolmogorov_tail(double x) {
    if (x < 0.2) {
        return 1.0; // to within 1e-12
    }
    double sum = 0.0;
    for (int k = 100; k >= 1; k--) {
        double term = perebor_exp(-2.0 * k * k * x * x);
        sum += k % 2 == 1 ? term : -term;
    }
    return 2.0 * sum < 1.0 ? 2.0 * sum : 1.0;
}
