// SPDX-License-Identifier: MIT
#include "statistics/expected_best.h"

#include <math.h>

#include "base/arithmetic.h"

/** P(best of n draws is among the first i of N): (i/N)^n. */
static double among_first(size_t i, size_t n_scores, double n_draws) {
    return perebor_pow((double)i / (double)n_scores, n_draws);
}

perebor_expected_best perebor_best_of(const double *sorted, size_t n_scores, double n_draws) {
    if (n_scores == 0) {
        return (perebor_expected_best){NAN, NAN};
    }
    // Differences to the largest: sums of small numbers, and a variance that is never negative.
    double top = sorted[n_scores - 1];
    double sum = 0.0;
    double squares = 0.0;
    double below = 0.0;
    for (size_t i = 0; i < n_scores; i++) {
        double up_to = among_first(i + 1, n_scores, n_draws);
        double short_of = top - sorted[i];
        sum += (up_to - below) * short_of;
        squares += (up_to - below) * short_of * short_of;
        below = up_to;
    }
    return (perebor_expected_best){top - sum, sqrt(fmax(0.0, squares - sum * sum))};
}

double perebor_best_ahead(const double *sorted_a, size_t n_scores_a, double n_a,
                          const double *sorted_b, size_t n_scores_b, double n_b) {
    if (n_scores_a == 0 || n_scores_b == 0) {
        return NAN;
    }
    double sum = 0.0;
    double below_a = 0.0;
    size_t less = 0; // scores of b below the group of equal ones
    for (size_t first = 0, end; first < n_scores_a; first = end) {
        double value = sorted_a[first];
        for (end = first; end < n_scores_a && sorted_a[end] == value; end++) {
        }
        while (less < n_scores_b && sorted_b[less] < value) {
            less++;
        }
        size_t not_above = less;
        while (not_above < n_scores_b && sorted_b[not_above] == value) {
            not_above++;
        }
        // P(best of a is this value) (P(best of b is below) + P(it is equal) / 2)
        double up_to_a = among_first(end, n_scores_a, n_a);
        sum += (up_to_a - below_a) * 0.5 *
               (among_first(less, n_scores_b, n_b) + among_first(not_above, n_scores_b, n_b));
        below_a = up_to_a;
        less = not_above;
    }
    return sum;
}
