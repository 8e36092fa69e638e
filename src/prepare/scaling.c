// SPDX-License-Identifier: MIT
#include "prepare/scaling.h"

#include <float.h>
#include <math.h>

/** Divides by one where there is next to nothing to divide by. */
static double divisor(double spread) {
    return spread < 10.0 * DBL_EPSILON ? 1.0 : spread;
}

scaling scaling_standard(double mean, double variance, size_t n_rows) {
    // A variance within the error of its computation is that of a constant column.
    double n = (double)n_rows;
    double mean_error = n * mean * DBL_EPSILON;
    double error = n * DBL_EPSILON * variance + mean_error * mean_error;
    return (scaling){SCALING_CENTRE, mean, variance <= error ? 1.0 : sqrt(variance)};
}

scaling scaling_minmax(double min, double max) {
    double factor = 1.0 / divisor(max - min);
    return (scaling){SCALING_STRETCH, 0.0 - min * factor, factor};
}

scaling scaling_robust(double median, double lower, double upper) {
    return (scaling){SCALING_CENTRE, median, divisor(upper - lower)};
}

scaling scaling_maxabs(double min, double max) {
    return (scaling){SCALING_CENTRE, 0.0, divisor(fmax(fabs(min), fabs(max)))};
}

void scaling_apply(const scaling *scaling, double *values, size_t n_values) {
    const double shift = scaling->shift;
    const double factor = scaling->factor;
    switch (scaling->form) {
    case SCALING_NONE:
        return;
    case SCALING_CENTRE:
        for (size_t i = 0; i < n_values; i++) {
            values[i] = (values[i] - shift) / factor;
        }
        return;
    case SCALING_STRETCH:
        for (size_t i = 0; i < n_values; i++) {
            values[i] = values[i] * factor + shift;
        }
        return;
    }
}
