// SPDX-License-Identifier: MIT
#include "statistics/class_difference.h"

#include <math.h>

#include "statistics/tail_probability.h"

/** One class: rows, mean, squares about the mean, the least value. */
typedef struct group {
    double n, mean, squares, least;
} group;

static group summarise(const double *values, const uint8_t *labels, size_t n, uint8_t label) {
    group group = {.least = INFINITY};
    for (size_t i = 0; i < n; i++) {
        if (labels[i] == label) {
            group.n += 1.0;
            group.mean += values[i];
            group.least = fmin(group.least, values[i]);
        }
    }
    group.mean /= group.n;
    for (size_t i = 0; i < n; i++) {
        double distance = values[i] - group.mean;
        group.squares += labels[i] == label ? distance * distance : 0.0;
    }
    return group;
}

/** Both classes have the same share of their sum to miss, so one distance serves them. */
static double compare_sums(const group *zero, const group *one) {
    double n = zero->n + one->n;
    double sum = zero->n * zero->mean + one->n * one->mean;
    if (fmin(zero->least, one->least) < 0.0 || sum == 0.0) {
        return NAN;
    }
    double expected_zero = zero->n / n * sum, expected_one = one->n / n * sum;
    double distance = one->n * one->mean - expected_one;
    return distance * distance / expected_zero + distance * distance / expected_one;
}

void perebor_class_difference_test(perebor_class_difference *difference, const double *values,
                                   const uint8_t *labels, size_t n) {
    *difference = (perebor_class_difference){NAN, NAN, NAN, NAN, NAN, NAN};
    group zero = summarise(values, labels, n, 0);
    group one = summarise(values, labels, n, 1);
    if (zero.n < 1.0 || one.n < 1.0 || n < 3) {
        return;
    }
    double gap = one.mean - zero.mean;
    double between = zero.n * one.n / (zero.n + one.n) * gap * gap;
    double within = (zero.squares + one.squares) / ((double)n - 2.0);
    if (between > 0.0 || within > 0.0) {
        difference->f = within > 0.0 ? between / within : INFINITY;
        difference->f_p = perebor_f_tail(difference->f, 1.0, (double)n - 2.0);
    }
    difference->chi2 = compare_sums(&zero, &one);
    difference->chi2_p = perebor_chi_squared_tail(difference->chi2, 1.0);
    if (zero.n < 2.0 || one.n < 2.0) {
        return;
    }
    double zero_part = zero.squares / (zero.n - 1.0) / zero.n;
    double one_part = one.squares / (one.n - 1.0) / one.n;
    double variance = zero_part + one_part;
    if (variance > 0.0) {
        double dof = variance * variance /
                     (zero_part * zero_part / (zero.n - 1.0) + one_part * one_part / (one.n - 1.0));
        difference->welch_t = gap / sqrt(variance);
        difference->welch_p = perebor_t_tails(difference->welch_t, dof);
    }
}
