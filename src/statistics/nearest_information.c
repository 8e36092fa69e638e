// SPDX-License-Identifier: MIT
#include "statistics/nearest_information.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "statistics/incomplete_gamma.h"
#include "statistics/quantile.h"

/** The distance from sorted[at] to its k-th neighbour, itself not counted. */
static double neighbour_distance(const double *sorted, size_t n, size_t at, size_t k) {
    size_t below = at;
    size_t above = at;
    double distance = 0.0;
    for (size_t i = 0; i < k; i++) {
        double left = below > 0 ? sorted[at] - sorted[below - 1] : INFINITY;
        double right = above + 1 < n ? sorted[above + 1] - sorted[at] : INFINITY;
        if (left <= right) {
            distance = left;
            below--;
        } else {
            distance = right;
            above++;
        }
    }
    return distance;
}

/** How many sorted values lie below x - radius (or, @p closed, not above x + radius). */
static size_t count_until(const double *sorted, size_t n, double x, double radius, int closed) {
    size_t low = 0;
    size_t high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int inside = closed ? sorted[middle] - x <= radius : x - sorted[middle] > radius;
        low = inside ? middle + 1 : low;
        high = inside ? high : middle;
    }
    return low;
}

static size_t take_class(double *sorted, double *spare, const double *values, const uint8_t *labels,
                         size_t n, uint8_t label) {
    size_t n_class = 0;
    for (size_t i = 0; i < n; i++) {
        if (labels[i] == label) {
            sorted[n_class++] = values[i];
        }
    }
    perebor_values_sort(sorted, spare, n_class);
    return n_class;
}

/** Merges two sorted rows into one. */
static void merge(double *all, const double *one, size_t n_one, const double *other,
                  size_t n_other) {
    size_t i = 0;
    size_t j = 0;
    while (i + j < n_one + n_other) {
        bool first = j == n_other || (i < n_one && one[i] <= other[j]);
        *all++ = first ? one[i++] : other[j++];
    }
}

/** Sums psi(k) - psi(n of class) - psi(neighbours in all) over the rows of one class. */
static double sum_class(const double *class_values, size_t n_class, const double *all, size_t n,
                        size_t k) {
    double sum = (double)n_class * (perebor_digamma((double)k) - perebor_digamma((double)n_class));
    for (size_t i = 0; i < n_class; i++) {
        double radius = nextafter(neighbour_distance(class_values, n_class, i, k), 0.0);
        size_t first = count_until(all, n, class_values[i], radius, 0);
        size_t end = count_until(all, n, class_values[i], radius, 1);
        sum -= perebor_digamma((double)(end - first));
    }
    return sum;
}

perebor_status perebor_nearest_information(double *information, const double *values,
                                           const uint8_t *labels, size_t n, size_t n_neighbors,
                                           perebor_error *error) {
    double *block = calloc(2 * n + 1, sizeof *block);
    if (block == NULL) {
        return perebor_no_memory(error, "to sort %zu values", n);
    }
    double *classes[2] = {block, NULL};
    size_t n_class[2];
    n_class[0] = take_class(classes[0], block + n, values, labels, n, 0);
    n_class[0] = n_class[0] > 1 ? n_class[0] : 0;
    classes[1] = block + n_class[0];
    n_class[1] = take_class(classes[1], block + n, values, labels, n, 1);
    n_class[1] = n_class[1] > 1 ? n_class[1] : 0;
    size_t n_all = n_class[0] + n_class[1];
    double *all = block + n_all;
    merge(all, classes[0], n_class[0], classes[1], n_class[1]);
    double sum = 0.0;
    for (int label = 0; label < 2; label++) {
        size_t k = n_neighbors < n_class[label] ? n_neighbors : n_class[label] - 1;
        sum += n_class[label] > 0 ? sum_class(classes[label], n_class[label], all, n_all, k) : 0.0;
    }
    double estimate = n_all > 0 ? perebor_digamma((double)n_all) + sum / (double)n_all : 0.0;
    *information = estimate > 0.0 ? estimate : 0.0;
    free(block);
    return PEREBOR_OK;
}
