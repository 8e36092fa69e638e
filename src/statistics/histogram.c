// SPDX-License-Identifier: MIT
#include "statistics/histogram.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "statistics/moments.h"
#include "statistics/quantile.h"

enum { fine_points = 512 };

static const double root_two_pi = 2.50662827463100050242;

void perebor_histogram_count(uint64_t *counts, size_t n_bins, double lower, double upper,
                             const double *values, size_t n) {
    memset(counts, 0, n_bins * sizeof *counts);
    double width = (upper - lower) / (double)n_bins;
    for (size_t i = 0; i < n; i++) {
        if (!(values[i] >= lower) || !(values[i] <= upper)) {
            continue;
        }
        size_t bin = width > 0.0 ? (size_t)((values[i] - lower) / width) : 0;
        bin = bin < n_bins ? bin : n_bins - 1;
        // Division rounds: the edges decide.
        if (bin > 0 && values[i] < lower + (double)bin * width) {
            bin--;
        } else if (width > 0.0 && bin + 1 < n_bins &&
                   values[i] >= lower + (double)(bin + 1) * width) {
            bin++;
        }
        counts[bin]++;
    }
}

double perebor_density_bandwidth(const double *sorted, size_t n) {
    perebor_moments moments;
    perebor_moments_compute(&moments, sorted, n);
    double spread = perebor_quantile(sorted, n, 0.75) - perebor_quantile(sorted, n, 0.25);
    double scale = moments.sd;
    if (spread > 0.0 && spread / 1.34 < scale) {
        scale = spread / 1.34;
    }
    return 0.9 * scale * perebor_pow((double)n, -0.2);
}

/** Shares each value out between the two grid points beside it. */
static void share_out(double masses[fine_points], double lower, double step, const double *values,
                      size_t n) {
    for (size_t i = 0; i < n; i++) {
        double place = (values[i] - lower) / step;
        if (!(place >= 0.0) || !(place <= fine_points - 1)) {
            continue;
        }
        size_t below = (size_t)place;
        double part = place - (double)below;
        masses[below] += 1.0 - part;
        if (part > 0.0) {
            masses[below + 1] += part;
        }
    }
}

void perebor_density_estimate(double *density, size_t n_points, double lower, double upper,
                              double bandwidth, const double *values, size_t n) {
    // The fine grid reaches far enough beyond both ends for what lies there to count.
    double reach = 4.0 * bandwidth;
    double start = lower - reach;
    double step = (upper - lower + 2.0 * reach) / (fine_points - 1);
    double masses[fine_points] = {0};
    share_out(masses, start, step, values, n);
    for (size_t point = 0; point < n_points; point++) {
        double x = lower + (upper - lower) * (double)point / (double)(n_points - 1);
        double sum = 0.0;
        for (int i = 0; i < fine_points; i++) {
            double z = (x - (start + i * step)) / bandwidth;
            sum += masses[i] > 0.0 ? masses[i] * perebor_exp(-0.5 * z * z) : 0.0;
        }
        density[point] = sum / ((double)n * bandwidth * root_two_pi);
    }
}
