// SPDX-License-Identifier: MIT
#include "cluster/stability.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "cluster/agreement.h"

enum { n_starts = 3 };

/** Room for one resample. */
typedef struct resampling {
    const cluster_points *points;
    const cluster_choice *choice;
    double *values;                  /**< [n][n_dimensions] of the points drawn */
    uint8_t *is_drawn;               /**< [n] */
    uint32_t *labels;                /**< [n] of all points by the clusters of a resample */
    uint32_t *old_drawn, *new_drawn; /**< [n] labels of the points drawn, each once */
    double drawn_in[CLUSTER_MOST];   /**< Resamples that drew points of the cluster. */
} resampling;

static void draw(resampling *resampling, perebor_stream stream, uint64_t resample) {
    size_t n = resampling->points->n, d = resampling->points->n_dimensions;
    for (size_t i = 0; i < n; i++) {
        resampling->is_drawn[i] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        size_t drawn = (size_t)(perebor_stream_uniform(stream, resample, i) * (double)n);
        const uint32_t point = (uint32_t)(drawn < n ? drawn : n - 1);
        resampling->is_drawn[point] = 1;
        cluster_take(resampling->values + i * d, resampling->points, &point, 1);
    }
}

/** Compares what a resample made of the points with what there is. */
static perebor_status compare(resampling *resampling, cluster_stability *stability,
                              perebor_error *error) {
    perebor_status status;
    size_t n = resampling->points->n, k = resampling->choice->k, n_drawn = 0;
    double jaccard[CLUSTER_MOST], index = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (resampling->is_drawn[i] != 0) {
            resampling->old_drawn[n_drawn] = resampling->choice->labels[i];
            resampling->new_drawn[n_drawn++] = resampling->labels[i];
        }
    }
    PEREBOR_TRY(done, cluster_jaccard(jaccard, resampling->old_drawn, k, resampling->new_drawn, k,
                                      n_drawn, error));
    PEREBOR_TRY(done, cluster_adjusted_rand(&index, resampling->choice->labels, k,
                                            resampling->labels, k, n, error));
    stability->adjusted_rand += index;
    for (size_t c = 0; c < k; c++) {
        if (!isnan(jaccard[c])) {
            stability->jaccard[c] += jaccard[c];
            resampling->drawn_in[c] += 1.0;
        }
    }
done:
    return status;
}

static perebor_status resample(resampling *resampling, perebor_stream stream, uint64_t number,
                               cluster_stability *stability, perebor_error *error) {
    perebor_status status;
    cluster_choice own = {0};
    draw(resampling, stream, number);
    const cluster_points drawn = {resampling->values, resampling->points->n,
                                  resampling->points->n_dimensions};
    PEREBOR_TRY(done, cluster_choice_fit(&own, &drawn, resampling->choice->method,
                                         resampling->choice->k, n_starts, stream, number, error));
    cluster_choice_assign(resampling->labels, resampling->points, &own);
    status = compare(resampling, stability, error);
done:
    cluster_choice_release(&own);
    return status;
}

perebor_status cluster_stability_measure(cluster_stability *stability, const cluster_points *points,
                                         const cluster_choice *choice, size_t n_resamples,
                                         perebor_stream stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = points->n;
    resampling resampling = {
        .points = points,
        .choice = choice,
        .values = calloc(n * points->n_dimensions + 1, sizeof(double)),
        .is_drawn = calloc(n + 1, 1),
        .labels = calloc(3 * n + 1, sizeof(uint32_t)),
    };
    cluster_stability sums = {.n_resamples = n_resamples};
    if (resampling.values == NULL || resampling.is_drawn == NULL || resampling.labels == NULL) {
        status = perebor_no_memory(error, "to resample %zu points", n);
        goto done;
    }
    resampling.old_drawn = resampling.labels + n;
    resampling.new_drawn = resampling.labels + 2 * n;
    for (size_t i = 0; i < n_resamples; i++) {
        PEREBOR_TRY(done, resample(&resampling, stream, i, &sums, error));
    }
    for (size_t c = 0; c < choice->k; c++) {
        sums.jaccard[c] /= resampling.drawn_in[c];
    }
    sums.adjusted_rand /= (double)n_resamples;
    *stability = sums;
done:
    free(resampling.values);
    free(resampling.is_drawn);
    free(resampling.labels);
    return status;
}
