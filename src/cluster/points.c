// SPDX-License-Identifier: MIT
#include "cluster/points.h"

#include <stdlib.h>
#include <string.h>

/**
 * Knuth's selection sampling (The Art of Computer Programming 2, 3.4.2, algorithm S): point i is
 * taken with probability (what is still wanted) / (what is still to come).
 */
perebor_status cluster_draw(uint32_t *drawn, size_t n_drawn, size_t n, perebor_stream stream,
                            uint64_t key, perebor_error *error) {
    size_t taken = 0;
    if (n_drawn > n) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%zu of %zu points cannot be drawn",
                            n_drawn, n);
    }
    for (size_t i = 0; i < n && taken < n_drawn; i++) {
        double u = perebor_stream_uniform(stream, key, i);
        if (u * (double)(n - i) < (double)(n_drawn - taken)) {
            drawn[taken++] = (uint32_t)i;
        }
    }
    return PEREBOR_OK;
}

void cluster_take(double *values, const cluster_points *points, const uint32_t *drawn,
                  size_t n_drawn) {
    size_t n_dimensions = points->n_dimensions;
    for (size_t i = 0; i < n_drawn; i++) {
        memcpy(values + i * n_dimensions, cluster_point(points, drawn[i]),
               n_dimensions * sizeof *values);
    }
}
