// SPDX-License-Identifier: MIT
#include "cluster/silhouette.h"

#include <math.h>
#include <stdlib.h>

/** The silhouette of one point, from the sums of its distances to each cluster. */
static double silhouette(const double *sums, const uint32_t *sizes, size_t k, uint32_t own) {
    double nearest = INFINITY;
    if (sizes[own] < 2) {
        return 0.0;
    }
    for (size_t c = 0; c < k; c++) {
        if (c != own && sizes[c] > 0) {
            nearest = fmin(nearest, sums[c] / (double)sizes[c]);
        }
    }
    double within = sums[own] / (double)(sizes[own] - 1), larger = fmax(within, nearest);
    return larger > 0.0 ? (nearest - within) / larger : 0.0;
}

perebor_status cluster_silhouette(double *mean, const cluster_points *points,
                                  const uint32_t *labels, size_t k, perebor_error *error) {
    size_t n = points->n, n_occupied = 0;
    double total = 0.0;
    double *sums = calloc(n * k + 1, sizeof *sums);
    uint32_t *sizes = calloc(k + 1, sizeof *sizes);
    if (sums == NULL || sizes == NULL) {
        free(sums);
        free(sizes);
        return perebor_no_memory(error, "for silhouettes of %zu points", n);
    }
    for (size_t i = 0; i < n; i++) {
        sizes[labels[i]]++;
        for (size_t j = 0; j < i; j++) {
            double distance = sqrt(cluster_distance(
                cluster_point(points, i), cluster_point(points, j), points->n_dimensions));
            sums[i * k + labels[j]] += distance;
            sums[j * k + labels[i]] += distance;
        }
    }
    for (size_t c = 0; c < k; c++) {
        n_occupied += sizes[c] > 0;
    }
    for (size_t i = 0; i < n; i++) {
        total += silhouette(sums + i * k, sizes, k, labels[i]);
    }
    *mean = n_occupied < 2 ? (double)NAN : total / (double)n;
    free(sums);
    free(sizes);
    return PEREBOR_OK;
}
