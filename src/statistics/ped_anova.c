// SPDX-License-Identifier: MIT
#include "statistics/ped_anova.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/stream.h"

/** Random choices; of their divergences, the chance_place-th smallest is not exceeded by 95 %. */
enum { n_choices = 199, chance_place = 190 };

/** Counts of a parameter's cells. */
typedef struct cell_counts {
    double at[PEREBOR_PED_CELLS];
    size_t n_cells;
    double n;
} cell_counts;

static void count(cell_counts *counts, const uint16_t *cells, const uint32_t *which, size_t n,
                  size_t n_cells) {
    *counts = (cell_counts){.n_cells = n_cells, .n = (double)n};
    for (size_t i = 0; i < n; i++) {
        counts->at[cells[which == NULL ? i : which[i]]] += 1.0;
    }
}

/** Scott's bandwidth in cells: s n^(-1/5), s^2 = sum c_k (k - mean)^2 / (n - 1); at least half a
 * cell, so that one cell alone is no spike. */
static double bandwidth(const cell_counts *counts) {
    double sum = 0.0, squares = 0.0;
    for (size_t k = 0; k < counts->n_cells; k++) {
        sum += counts->at[k] * (double)k;
    }
    double mean = sum / counts->n;
    for (size_t k = 0; k < counts->n_cells; k++) {
        squares += counts->at[k] * ((double)k - mean) * ((double)k - mean);
    }
    double sd = counts->n > 1.0 ? sqrt(squares / (counts->n - 1.0)) : 0.0;
    return fmax(0.5, sd * perebor_pow(counts->n, -0.2));
}

/** The smoothed density: p_j = sum_k c_k / n w(j - k) / sum_i w(i - k), with
 * w(d) = exp(-d^2 / (2 h^2)); every count's kernel has a weight of 1 within the range. */
static void smooth(double *density, const cell_counts *counts, double h) {
    double weights[PEREBOR_PED_CELLS];
    size_t n = counts->n_cells;
    memset(density, 0, PEREBOR_PED_CELLS * sizeof *density);
    for (size_t d = 0; d < n; d++) {
        double far = (double)d / h;
        weights[d] = perebor_exp(-0.5 * far * far);
    }
    for (size_t k = 0; k < n; k++) {
        double total = 0.0;
        for (size_t j = 0; j < n; j++) {
            total += weights[j > k ? j - k : k - j];
        }
        for (size_t j = 0; j < n; j++) {
            density[j] += counts->at[k] / counts->n * weights[j > k ? j - k : k - j] / total;
        }
    }
}

static void share(double *density, const cell_counts *counts) {
    memset(density, 0, PEREBOR_PED_CELLS * sizeof *density);
    for (size_t k = 0; k < counts->n_cells; k++) {
        density[k] = counts->at[k] / counts->n;
    }
}

/** sum_j q_j (p_j / q_j - 1)^2: p of the best, q of all. Both have the bandwidth of the best, so
 * that smoothing by itself makes no difference between them. */
static double diverge(double *p, double *q, const cell_counts *best, const cell_counts *all,
                      bool is_ordered) {
    double divergence = 0.0;
    if (is_ordered) {
        double h = bandwidth(best);
        smooth(p, best, h);
        smooth(q, all, h);
    } else {
        share(p, best);
        share(q, all);
    }
    for (size_t j = 0; j < all->n_cells; j++) {
        if (q[j] > 0.0) {
            divergence += (p[j] - q[j]) * (p[j] - q[j]) / q[j];
        }
    }
    return divergence;
}

static int compare_reals(const void *left, const void *right) {
    const double *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/** Divergences of n_best trials that are drawn without replacement: the first places of a shuffle
 * that goes on from one choice to the next. */
static double chance(const perebor_ped_parameter *parameter, size_t n_best, const cell_counts *all,
                     uint32_t *which, uint64_t seed) {
    double p[PEREBOR_PED_CELLS], q[PEREBOR_PED_CELLS], found[n_choices];
    perebor_stream stream = perebor_stream_make(seed, "ped_anova");
    for (size_t i = 0; i < parameter->n; i++) {
        which[i] = (uint32_t)i;
    }
    for (size_t choice = 0; choice < n_choices; choice++) {
        cell_counts best;
        for (size_t i = 0; i < n_best; i++) {
            double left = (double)(parameter->n - i);
            size_t j = i + (size_t)(perebor_stream_uniform(stream, choice, i) * left);
            uint32_t other = which[j];
            which[j] = which[i];
            which[i] = other;
        }
        count(&best, parameter->cells, which, n_best, parameter->n_cells);
        found[choice] = diverge(p, q, &best, all, parameter->is_ordered);
    }
    qsort(found, n_choices, sizeof *found, compare_reals);
    return found[chance_place - 1];
}

perebor_status perebor_ped_anova(perebor_ped_importance *importance,
                                 const perebor_ped_parameter *parameter, size_t n_best,
                                 uint64_t seed, perebor_error *error) {
    cell_counts best, all;
    bool fits = parameter->n_cells >= 1 && parameter->n_cells <= PEREBOR_PED_CELLS;
    for (size_t i = 0; fits && i < parameter->n; i++) {
        fits = parameter->cells[i] < parameter->n_cells;
    }
    if (n_best == 0 || n_best > parameter->n || parameter->n > UINT32_MAX || !fits) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%zu best of %zu trials in %zu cells have no importance", n_best,
                            parameter->n, parameter->n_cells);
    }
    uint32_t *which = calloc(parameter->n, sizeof *which);
    if (which == NULL) {
        return perebor_no_memory(error, "for %zu trials", parameter->n);
    }
    *importance = (perebor_ped_importance){.n_best = n_best, .n = parameter->n};
    count(&best, parameter->cells, NULL, n_best, parameter->n_cells);
    count(&all, parameter->cells, NULL, parameter->n, parameter->n_cells);
    importance->divergence =
        diverge(importance->density_best, importance->density, &best, &all, parameter->is_ordered);
    importance->chance = chance(parameter, n_best, &all, which, seed);
    free(which);
    return PEREBOR_OK;
}
