// SPDX-License-Identifier: MIT
#include "statistics/moments.h"

#include <math.h>

void perebor_moments_compute(perebor_moments *moments, const double *values, size_t n) {
    *moments = (perebor_moments){.n = n,
                                 .mean = NAN,
                                 .sd = NAN,
                                 .minimum = NAN,
                                 .maximum = NAN,
                                 .skewness = NAN,
                                 .excess_kurtosis = NAN};
    if (n == 0) {
        return;
    }
    double count = (double)n;
    double sum = 0.0;
    moments->minimum = moments->maximum = values[0];
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
        moments->minimum = values[i] < moments->minimum ? values[i] : moments->minimum;
        moments->maximum = values[i] > moments->maximum ? values[i] : moments->maximum;
    }
    moments->mean = sum / count;
    double second = 0.0;
    double third = 0.0;
    double fourth = 0.0;
    for (size_t i = 0; i < n; i++) {
        double distance = values[i] - moments->mean;
        double square = distance * distance;
        second += square;
        third += square * distance;
        fourth += square * square;
    }
    if (n > 1) {
        moments->sd = sqrt(second / (count - 1.0));
    }
    second /= count;
    if (second > 0.0) {
        moments->skewness = third / count / (second * sqrt(second));
        moments->excess_kurtosis = fourth / count / (second * second) - 3.0;
    }
}
