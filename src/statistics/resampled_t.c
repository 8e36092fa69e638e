// SPDX-License-Identifier: MIT
#include "statistics/resampled_t.h"

#include <math.h>

#include "statistics/student_t.h"
#include "statistics/tail_probability.h"

/** The mean of scores whose correlation is rho, with ratio = rho / (1 - rho), tested by Student's t
 * of dof degrees of freedom. */
static perebor_resampled_mean test_mean(const double *scores, size_t n, double ratio, double dof,
                                        double level) {
    perebor_resampled_mean result = {.mean = NAN, .variance = NAN, .dof = dof, .t = NAN, .p = NAN};
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += scores[i];
    }
    result.mean = sum / (double)n;
    result.low = result.high = NAN;
    if (n < 2) {
        return result;
    }
    double squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        squares += (scores[i] - result.mean) * (scores[i] - result.mean);
    }
    // (1/J + rho / (1 - rho)) s^2, s^2 with divisor J - 1
    result.variance = (1.0 / (double)n + ratio) * (squares / ((double)n - 1.0));
    double sd = sqrt(result.variance);
    double width = perebor_t_quantile(0.5 + 0.5 * level, dof) * sd;
    result.low = result.mean - width;
    result.high = result.mean + width;
    if (sd > 0.0) {
        result.t = result.mean / sd;
        result.p = perebor_t_tails(result.t, dof);
    } else if (result.mean == 0.0) {
        result.t = 0.0;
        result.p = 1.0;
    }
    return result;
}

perebor_resampled_mean perebor_resampled_t(const double *scores, size_t n, double test_to_train,
                                           double level) {
    return test_mean(scores, n, test_to_train, (double)n - 1.0, level);
}

perebor_resampled_mean perebor_conservative_t(const double *scores, size_t n, size_t n_splits,
                                              double level) {
    double k = fmin((double)n_splits, 10.0);
    if (n_splits < 3) {
        return test_mean(scores, 0, 0.0, 1.0, level);
    }
    // rho / (1 - rho), rho the greater of 2 (k - 1) / k^2 and 1 / (k - 1)
    double ratio = fmax(2.0 * (k - 1.0) / (k * k - 2.0 * k + 2.0), 1.0 / (k - 2.0));
    return test_mean(scores, n, ratio, k - 1.0, level);
}
