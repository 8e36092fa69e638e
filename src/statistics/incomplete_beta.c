// SPDX-License-Identifier: MIT
#include "statistics/incomplete_beta.h"

#include <math.h>

#include "base/arithmetic.h"
#include "statistics/incomplete_gamma.h"

enum { most_terms = 100000 };

static const double tiny = 1e-300;

/** One step of Lentz's method: 1 + numerator * d and 1 + numerator / c, kept away from 0. */
static double advance(double numerator, double *c, double *d) {
    *d = 1.0 + numerator * *d;
    *c = 1.0 + numerator / *c;
    *d = 1.0 / (fabs(*d) < tiny ? tiny : *d);
    *c = fabs(*c) < tiny ? tiny : *c;
    return *c * *d;
}

static double fraction(double a, double b, double x) {
    double c = 1.0;
    double d = 1.0 / (1.0 - (a + b) * x / (a + 1.0));
    double value = d;
    for (int m = 1; m < most_terms; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double factor = advance(even, &c, &d);
        value *= factor;
        factor = advance(odd, &c, &d);
        value *= factor;
        if (fabs(factor - 1.0) < 1e-16) {
            break;
        }
    }
    return value;
}

double perebor_beta_lower(double a, double b, double x) {
    if (!(a > 0.0) || !(b > 0.0) || !(x >= 0.0) || !(x <= 1.0)) {
        return NAN;
    }
    if (x == 0.0 || x == 1.0) {
        return x;
    }
    double log_front = perebor_log_gamma(a + b) - perebor_log_gamma(a) - perebor_log_gamma(b) +
                       a * perebor_log(x) + b * perebor_log1p(-x);
    double front = perebor_exp(log_front);
    if (x < (a + 1.0) / (a + b + 2.0)) {
        return front * fraction(a, b, x) / a;
    }
    return 1.0 - front * fraction(b, a, 1.0 - x) / b;
}
