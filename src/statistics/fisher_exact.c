// SPDX-License-Identifier: MIT
#include "statistics/fisher_exact.h"

#include "base/arithmetic.h"
#include "statistics/incomplete_gamma.h"

/** ln of n choose k. */
static double log_choose(double n, double k) {
    return perebor_log_gamma(n + 1.0) - perebor_log_gamma(k + 1.0) - perebor_log_gamma(n - k + 1.0);
}

/**
 * The sum of h(k) = C(K, k) C(N - K, n - k) / C(N, n) from k on, upwards or downwards, by the
 * ratios
 *
 *     h(k + 1) / h(k) = (K - k) (n - k) / ((k + 1) (N - K - n + k + 1)),
 *
 * which fall from the mode on. A sum that begins beyond the mode has no cancellation.
 */
static double sum_away(double k, double n, double marked, double all, int step) {
    double term = 1.0, sum = 1.0;
    for (;;) {
        double up = (marked - k) * (n - k), down = (k + 1.0) * (all - marked - n + k + 1.0);
        if (step < 0) {
            up = k * (all - marked - n + k);
            down = (marked - k + 1.0) * (n - k + 1.0);
        }
        term *= up / down;
        k += step;
        if (!(term > sum * 1e-17)) {
            return sum;
        }
        sum += term;
    }
}

static double mass(double k, double n, double marked, double all) {
    return perebor_exp(log_choose(marked, k) + log_choose(all - marked, n - k) -
                       log_choose(all, n));
}

double perebor_fisher_greater(uint64_t n_both, uint64_t n_drawn, uint64_t n_marked,
                              uint64_t n_all) {
    double k = (double)n_both, n = (double)n_drawn, marked = (double)n_marked, all = (double)n_all;
    double least = n + marked - all;
    if (k <= 0.0 || k <= least) {
        return 1.0;
    }
    // Above the mean the tail itself is summed, below it what is left of 1.
    double p = k * all > n * marked
                   ? mass(k, n, marked, all) * sum_away(k, n, marked, all, 1)
                   : 1.0 - mass(k - 1.0, n, marked, all) * sum_away(k - 1.0, n, marked, all, -1);
    return p < 0.0 ? 0.0 : p > 1.0 ? 1.0 : p;
}
