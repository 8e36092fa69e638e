// SPDX-License-Identifier: MIT
#include "model/svc/svc_precision.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/** Multiples of the error that a grain is at least: what lies at a multiple may be off by two. */
static const double errors_a_grain = 4.0;

/** Grains that decisions span: no more than so many are no difference, */
static const double grains_of_nothing = 2.0;

/** and no more than so many are an order of a few steps. */
static const double grains_of_steps = 16.0;

/** Up to so many a rank in a thousand is not known. */
static const double grains_of_a_rough_order = 1024.0;

double svc_precision_grain(const svc_precision *precision) {
    double least = errors_a_grain * precision->error;
    if (!(least >= 0x1p-1000) || !(least <= 0x1p1000)) {
        return 0.0;
    }
    int exponent;
    double fraction = frexp(least, &exponent); // least = fraction * 2^exponent, 1/2 <= fraction < 1
    return ldexp(1.0, fraction == 0.5 ? exponent - 1 : exponent);
}

static bool spans_at_most(const svc_precision *precision, double n_grains) {
    return precision->highest - precision->lowest <= n_grains * svc_precision_grain(precision);
}

bool svc_precision_is_flat(const svc_precision *precision) {
    return spans_at_most(precision, grains_of_nothing);
}

bool svc_precision_suffices(const svc_precision *precision) {
    return !spans_at_most(precision, grains_of_steps);
}

bool svc_precision_is_coarse(const svc_precision *precision) {
    return spans_at_most(precision, grains_of_a_rough_order);
}

/** The greatest power of two that is not above a value >= 0; 0 for what is next to nothing. */
static double power_of_two(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits &= UINT64_C(0x7ff0000000000000);
    memcpy(&value, &bits, sizeof bits);
    return value;
}

static double round_to(double grain, double score) {
    const double whole = 6755399441055744.0; // 1.5 * 2^52: adding it rounds to a whole number
    const double most = 0x1p50;              // whole numbers of that size need no rounding
    double multiple = score / grain;
    double rounded = ((multiple + whole) - whole) * grain;
    return fabs(multiple) < most ? rounded : score;
}

void svc_precision_round(double grain, const double *nearest, double *scores, size_t n) {
    if (!(grain > 0.0)) {
        return;
    }
    for (size_t row = 0; row < n; row++) {
        double own = nearest == NULL ? grain : grain * power_of_two(nearest[row]);
        scores[row] = own > 0.0 ? round_to(own, scores[row]) : scores[row];
    }
}
