// SPDX-License-Identifier: MIT
#include "statistics/density_valley.h"

#include <math.h>
#include <stdlib.h>

#include "base/arithmetic.h"
#include "statistics/moments.h"

enum { n_grid = 1024 };
static const double least_mass = 0.05;

/** A grid that goes three bandwidths beyond the values. */
typedef struct grid {
    double first, step;
    double counts[n_grid], density[n_grid], kernel[n_grid];
} grid;

/** A value between two points counts for both, the more for the nearer. */
static void share_out(grid *grid, const double *sorted, size_t n) {
    for (size_t i = 0; i < n; i++) {
        double place = (sorted[i] - grid->first) / grid->step;
        size_t below = (size_t)place;
        below = below < n_grid - 1 ? below : n_grid - 2;
        double part = place - (double)below;
        grid->counts[below] += 1.0 - part;
        grid->counts[below + 1] += part;
    }
}

/** density(x_i) is proportional to the sum of counts_j exp(-(x_i - x_j)² / (2 h²)). */
static void smooth(grid *grid, double bandwidth) {
    for (size_t i = 0; i < n_grid; i++) {
        double distance = (double)i * grid->step / bandwidth;
        grid->kernel[i] = perebor_exp(-0.5 * distance * distance);
    }
    for (size_t i = 0; i < n_grid; i++) {
        for (size_t j = 0; j < n_grid; j++) {
            grid->density[i] += grid->counts[j] * grid->kernel[i < j ? j - i : i - j];
        }
    }
}

/** The valley by its definition; where several points are as low, the first. */
static void find_lowest(perebor_valley *valley, const grid *grid, size_t n) {
    size_t below[n_grid], above[n_grid], best = n_grid;
    double least = 1.0, mass = 0.0;
    below[0] = 0;
    above[n_grid - 1] = n_grid - 1;
    for (size_t i = 1; i < n_grid; i++) {
        size_t j = n_grid - 1 - i;
        below[i] = grid->density[i] > grid->density[below[i - 1]] ? i : below[i - 1];
        above[j] = grid->density[j] > grid->density[above[j + 1]] ? j : above[j + 1];
    }
    for (size_t i = 0; i < n_grid; i++) {
        mass += grid->counts[i] / (double)n;
        double depth = grid->density[i] / fmin(grid->density[below[i]], grid->density[above[i]]);
        if (mass >= least_mass && mass <= 1.0 - least_mass && depth < least) {
            least = depth;
            best = i;
        }
    }
    if (best < n_grid) {
        valley->at = grid->first + (double)best * grid->step;
        valley->lower = grid->first + (double)below[best] * grid->step;
        valley->upper = grid->first + (double)above[best] * grid->step;
        valley->depth = least;
    }
}

perebor_status perebor_valley_find(perebor_valley *valley, const double *sorted, size_t n,
                                   perebor_error *error) {
    perebor_moments moments;
    *valley = (perebor_valley){NAN, NAN, NAN, NAN, NAN};
    if (n < 2 || !(sorted[n - 1] > sorted[0])) {
        return PEREBOR_OK;
    }
    grid *grid = calloc(1, sizeof *grid);
    if (grid == NULL) {
        return perebor_no_memory(error, "for a density");
    }
    perebor_moments_compute(&moments, sorted, n);
    valley->bandwidth = 0.9 * moments.sd * perebor_pow((double)n, -0.2);
    grid->first = sorted[0] - 3.0 * valley->bandwidth;
    grid->step = (sorted[n - 1] - sorted[0] + 6.0 * valley->bandwidth) / (n_grid - 1);
    share_out(grid, sorted, n);
    smooth(grid, valley->bandwidth);
    find_lowest(valley, grid, n);
    free(grid);
    return PEREBOR_OK;
}
