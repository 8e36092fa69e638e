// SPDX-License-Identifier: MIT
#include "statistics/incomplete_gamma.h"

#include <math.h>

#include "base/arithmetic.h"

enum { most_terms = 100000, series_from = 12 };

static const double half_log_two_pi = 0.91893853320467274178;
static const double least_term = 1e-17;
static const double tiny = 1e-300;

double perebor_log_gamma(double x) {
    // B_2k / (2k (2k - 1)), k = 1 … 8
    static const double stirling[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                      1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    double product = 1.0;
    while (x < series_from) {
        product *= x;
        x += 1.0;
    }
    double inverse_square = 1.0 / (x * x);
    double sum = 0.0;
    for (int k = 7; k >= 0; k--) {
        sum = sum * inverse_square + stirling[k];
    }
    return (x - 0.5) * perebor_log(x) - x + half_log_two_pi + sum / x - perebor_log(product);
}

double perebor_digamma(double x) {
    // B_2k / 2k, k = 1 … 7
    static const double series[] = {1.0 / 12,  -1.0 / 120,     1.0 / 252, -1.0 / 240,
                                    1.0 / 132, -691.0 / 32760, 1.0 / 12};
    double shift = 0.0;
    while (x < series_from) {
        shift += 1.0 / x;
        x += 1.0;
    }
    double inverse_square = 1.0 / (x * x);
    double sum = 0.0;
    for (int k = 6; k >= 0; k--) {
        sum = (sum + series[k]) * inverse_square;
    }
    return perebor_log(x) - 0.5 / x - sum - shift;
}

/** x^a e^-x / Γ(a) */
static double prefactor(double a, double x) {
    return perebor_exp(a * perebor_log(x) - x - perebor_log_gamma(a));
}

static double lower_by_series(double a, double x) {
    double term = 1.0 / a;
    double sum = term;
    for (int n = 1; n < most_terms && term > sum * least_term; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum * prefactor(a, x);
}

/** Lentz's method (Thompson and Barnett, 1986) on the even part of the continued fraction. */
static double upper_by_fraction(double a, double x) {
    double b = x + 1.0 - a;
    double c = 1.0 / tiny;
    double d = 1.0 / b;
    double fraction = d;
    for (int n = 1; n < most_terms; n++) {
        double numerator = -n * (n - a);
        b += 2.0;
        d = numerator * d + b;
        c = b + numerator / c;
        d = 1.0 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        double factor = c * d;
        fraction *= factor;
        if (fabs(factor - 1.0) < 1e-16) {
            break;
        }
    }
    return fraction * prefactor(a, x);
}

double perebor_gamma_upper(double a, double x) {
    if (!(a > 0.0) || !(x >= 0.0)) {
        return NAN;
    }
    if (x == 0.0) {
        return 1.0;
    }
    if (isinf(x)) {
        return 0.0;
    }
    return x < a + 1.0 ? 1.0 - lower_by_series(a, x) : upper_by_fraction(a, x);
}
