// SPDX-License-Identifier: MIT
/**
 * @file points.h
 * Points in a space of few dimensions, and what draws them by lot.
 *
 * Shapes used throughout the room:
 *
 *     values   [n][n_dimensions], every one finite, on scales that may be compared
 *     centers  [k][n_dimensions]
 *     labels   [n] below k
 *
 * All draws are functions of the stream and of what is drawn, and all sums have one order: the same
 * points give the same bits anywhere.
 */
#ifndef PEREBOR_CLUSTER_POINTS_H
#define PEREBOR_CLUSTER_POINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/stream.h"
#include "perebor/status.h"

enum { CLUSTER_MOST = 64 };

/** Borrowed. */
typedef struct cluster_points {
    const double *values;
    size_t n, n_dimensions;
} cluster_points;

static inline const double *cluster_point(const cluster_points *points, size_t i) {
    return points->values + i * points->n_dimensions;
}

/** The squared Euclidean distance. */
static inline double cluster_distance(const double *a, const double *b, size_t n_dimensions) {
    double sum = 0.0;
    for (size_t j = 0; j < n_dimensions; j++) {
        double difference = a[j] - b[j];
        sum += difference * difference;
    }
    return sum;
}

/**
 * Numbers of @p n_drawn of @p n points, drawn without replacement, ascending.
 *
 * @param[in] key  Sets draws of one stream apart.
 */
PEREBOR_MUST_CHECK perebor_status cluster_draw(uint32_t *drawn, size_t n_drawn, size_t n,
                                               perebor_stream stream, uint64_t key,
                                               perebor_error *error);

/** Copies points. @param[out] values  [n_drawn][n_dimensions] */
void cluster_take(double *values, const cluster_points *points, const uint32_t *drawn,
                  size_t n_drawn);

#endif
