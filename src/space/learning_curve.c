// SPDX-License-Identifier: MIT
#include "perebor/learning_curve.h"

/** Below ten, where steps are whole numbers, and in every decade from there on. */
static const uint32_t first[] = {1, 2, 3, 4, 5, 6, 8};
static const uint32_t decade[] = {10, 12, 15, 20, 25, 30, 40, 50, 60, 80};
enum { n_first = sizeof first / sizeof *first, n_decade = sizeof decade / sizeof *decade };

size_t perebor_curve_n_estimators(size_t point) {
    if (point < n_first) {
        return first[point];
    }
    size_t n = decade[(point - n_first) % n_decade];
    for (size_t power = (point - n_first) / n_decade; power > 0; power--) {
        n *= 10;
    }
    return n;
}

size_t perebor_curve_n_points(size_t n_estimators) {
    size_t n = 0;
    while (n < PEREBOR_CURVE_MAX_POINTS && perebor_curve_n_estimators(n) <= n_estimators) {
        n++;
    }
    return n;
}
