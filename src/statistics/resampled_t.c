// SPDX-License-Identifier: MIT
#include "statistics/resampled_t.h"

#include <math.h>

#include "statistics/student_t.h"
#include "statistics/tail_probability.h"

perebor_resampled_mean perebor_resampled_t(const double *scores, size_t n, double test_to_train,
                                           double level) {
    perebor_resampled_mean result = {.mean = NAN, .variance = NAN, .t = NAN, .p = NAN};
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
    double dof = (double)n - 1.0;
    // (1/J + n_test / n_train) s^2, s^2 with divisor J - 1
    result.variance = (1.0 / (double)n + test_to_train) * (squares / dof);
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
