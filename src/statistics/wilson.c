// SPDX-License-Identifier: MIT
#include "statistics/wilson.h"

#include <math.h>

#include "base/arithmetic.h"

void perebor_wilson_bounds(double n_positive, double n, double level, double *low, double *high) {
    // Solves (k/n - p)^2 = z^2 p (1 - p) / n for p:
    // p = (k + z^2 / 2 -+ z sqrt(k (n - k) / n + z^2 / 4)) / (n + z^2).
    double z = perebor_normal_quantile(0.5 + 0.5 * level);
    double middle = n_positive + 0.5 * z * z;
    double half = z * sqrt(n_positive * (n - n_positive) / n + 0.25 * z * z);
    // The ends are exact; of nothing nothing is known.
    *low = n_positive == 0.0 ? 0.0 : (middle - half) / (n + z * z);
    *high = n_positive == n ? 1.0 : (middle + half) / (n + z * z);
    if (n == 0.0) {
        *low = *high = (double)NAN;
    }
}
