// SPDX-License-Identifier: MIT
/*
 * Rounding kernel values K_it to single precision moves a decision by sum_i b_i d_it: with
 * independent d_it in proportion to K_it, and K_it^2 <= K_ii K_tt, about the root of sum_i b_i^2
 * K_ii times the mean of K_tt. The proportion is 2^-24 where the argument is rounded, too, or
 * multiplied; measured on free points, whose decisions are known, no error is twice that. Values of
 * polynomials are mostly far below the bound: a quarter.
 *
 * With reduced values, k_it = K_it - origin, no k_ii bounds the others: a decision moves by 2^-24
 * of the root of sum_i b_i^2 max_t k_it^2, which is that of the row t that is furthest. Scores add
 * up the whole values, in double precision and to 2^-43 of each.
 */
#include "model/svc/svc_rounding.h"

#include <math.h>

#include "base/deadline.h"

double svc_rounding_whole(const svc_gram *gram, const double *coefficients) {
    size_t n = gram->points.n_rows;
    double values = 0.0;
    double sum = 0.0;
    for (size_t point = 0; point < n; point++) {
        double value = fabs(gram->diagonal[point]);
        values += value;
        sum += coefficients[point] * coefficients[point] * value;
    }
    double unit = gram->kernel.kind == SVC_POLY ? 0x1p-26 : 0x1p-24;
    return unit * sqrt(sum * (values / (double)n));
}

/** max_t |k_it| */
static double greatest_value(svc_rows *rows, size_t point, double less) {
    const float *entries;
    double greatest = 0.0;
    svc_rows_get(rows, &point, 1, &entries);
    for (size_t other = 0; other < rows->gram->points.n_rows; other++) {
        double value = fabs((double)entries[other] - less);
        greatest = value > greatest ? value : greatest;
    }
    return greatest;
}

double svc_rounding_reduced(svc_rows *rows, const double *coefficients, double less) {
    const svc_gram *gram = rows->gram;
    double reduced = 0.0;
    double whole = 0.0;
    for (size_t point = 0; point < gram->points.n_rows && !perebor_deadline_passed(); point++) {
        double coefficient = coefficients[point];
        double term = coefficient != 0.0 ? coefficient * greatest_value(rows, point, less) : 0.0;
        reduced += term * term;
        whole += coefficient * coefficient;
    }
    double origin = fabs(svc_points_origin(&gram->points, &gram->kernel));
    return 0x1p-24 * sqrt(reduced) + 0x1p-43 * origin * sqrt(whole);
}
