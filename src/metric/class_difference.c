// SPDX-License-Identifier: MIT
#include "perebor/class_difference.h"

#include <math.h>

#include "perebor/tail_probability.h"

/** One class: rows, mean, squares about the mean. */
struct group {
    double n, mean, squares;
};

static struct group summarise(const double *values, const uint8_t *labels, size_t n,
                              uint8_t label) {
    struct group group = {0};
    for (size_t i = 0; i < n; i++) {
        if (labels[i] == label) {
            group.n += 1.0;
            group.mean += values[i];
        }
    }
    group.mean /= group.n;
    for (size_t i = 0; i < n; i++) {
        double distance = values[i] - group.mean;
        group.squares += labels[i] == label ? distance * distance : 0.0;
    }
    return group;
}

void perebor_class_difference_test(perebor_class_difference *difference, const double *values,
                                   const uint8_t *labels, size_t n) {
    *difference = (perebor_class_difference){NAN, NAN, NAN, NAN};
    struct group zero = summarise(values, labels, n, 0);
    struct group one = summarise(values, labels, n, 1);
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
