// SPDX-License-Identifier: MIT
/*
 * With x = 2^k m and s = (m - 1) / (m + 1), log x = k log 2 + 2 (s + s^3/3 + s^5/5 + ...), |s| <
 * 0.1716. The leading terms are kept as unevaluated sums of two doubles (Dekker, 1971), the others
 * need not be.
 */
#include "model/tree/tree_sklearn_log.h"

#include "base/arithmetic.h"

/** high + low, |low| at most half a unit of high's last place. */
typedef struct pair {
    double high, low;
} pair;

static pair sum_of(double a, double b) {
    double high = a + b;
    double b_part = high - a;
    return (pair){high, (a - (high - b_part)) + (b - b_part)};
}

static pair product_of(double a, double b) {
    const double split = 134217729.0; // 2^27 + 1
    double a_high = a * split - (a * split - a);
    double b_high = b * split - (b * split - b);
    double a_low = a - a_high;
    double b_low = b - b_high;
    double high = a * b;
    double low = ((a_high * b_high - high) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (pair){high, low};
}

/** s = (m - 1) / (m + 1) */
static pair series_argument(double m) {
    pair below = sum_of(1.0, m);
    double f = m - 1.0;
    double high = f / below.high;
    pair back = product_of(high, below.high);
    return (pair){high, ((f - back.high) - back.low - high * below.low) / below.high};
}

/** s^2/3 + s^4/5 + ... */
static pair series_tail(pair s) {
    const pair third = {1.0 / 3.0, 1.850371707708594e-17};
    pair z = product_of(s.high, s.high);
    z.low += 2.0 * s.high * s.low;
    pair tail = product_of(z.high, third.high);
    double rest = 0.0;
    for (int odd = 27; odd >= 5; odd -= 2) {
        rest = rest * z.high + 1.0 / (double)odd;
    }
    tail.low += z.high * third.low + z.low * third.high + z.high * z.high * rest;
    return tail;
}

double tree_sklearn_log2(double x) {
    const double ln2 = 6.93147180559945286227e-01;
    const double ln2_high = 6.93147180369123816490e-01;
    const double ln2_low = 1.90821492927058770002e-10;
    uint64_t bits = arithmetic_to_bits(x);
    uint64_t shifted = bits - 0x3fe6a09e667f3bcdu;
    double k = (double)((int64_t)shifted >> 52);
    double m = arithmetic_from_bits(bits - (shifted & 0xfff0000000000000u));
    pair s = series_argument(m);
    pair tail = series_tail(s);
    pair more = product_of(s.high, tail.high);
    pair scale = product_of(k, ln2_low);
    pair first = sum_of(k * ln2_high, 2.0 * s.high);
    pair second = sum_of(scale.high, 2.0 * more.high);
    pair high = sum_of(first.high, second.high);
    double low = first.low + second.low + scale.low +
                 2.0 * (s.low + more.low + s.high * tail.low + s.low * tail.high);
    return (high.high + (high.low + low)) / ln2;
}
