// SPDX-License-Identifier: MIT
#include "cluster/kmeans.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"

enum { most_iterations = 300 };

static perebor_status allocate(kmeans *found, const cluster_points *points, size_t k,
                               perebor_error *error) {
    *found = (kmeans){
        .k = k,
        .n_dimensions = points->n_dimensions,
        .centers = calloc(k * points->n_dimensions + 1, sizeof(double)),
        .labels = calloc(points->n + 1, sizeof(uint32_t)),
        .sizes = calloc(k + 1, sizeof(uint64_t)),
    };
    return found->centers == NULL || found->labels == NULL || found->sizes == NULL
               ? perebor_no_memory(error, "for clusters of %zu points", points->n)
               : PEREBOR_OK;
}

void kmeans_release(kmeans *found) {
    free(found->centers);
    free(found->labels);
    free(found->sizes);
    *found = (kmeans){0};
}

double kmeans_assign(uint32_t *labels, const cluster_points *points, const double *centers,
                     size_t k) {
    double inertia = 0.0;
    size_t d = points->n_dimensions;
    for (size_t i = 0; i < points->n; i++) {
        const double *point = cluster_point(points, i);
        double least = INFINITY;
        for (size_t c = 0; c < k; c++) {
            double distance = cluster_distance(point, centers + c * d, d);
            if (distance < least) {
                least = distance;
                labels[i] = (uint32_t)c;
            }
        }
        inertia += least;
    }
    return inertia;
}

/** The means of the points of each center. False if one has none. */
static bool move_centers(kmeans *found, const cluster_points *points) {
    size_t d = found->n_dimensions;
    memset(found->centers, 0, found->k * d * sizeof *found->centers);
    memset(found->sizes, 0, found->k * sizeof *found->sizes);
    for (size_t i = 0; i < points->n; i++) {
        const double *point = cluster_point(points, i);
        double *center = found->centers + found->labels[i] * d;
        found->sizes[found->labels[i]]++;
        for (size_t j = 0; j < d; j++) {
            center[j] += point[j];
        }
    }
    bool whole = true;
    for (size_t c = 0; c < found->k; c++) {
        for (size_t j = 0; j < d && found->sizes[c] > 0; j++) {
            found->centers[c * d + j] /= (double)found->sizes[c];
        }
        whole = whole && found->sizes[c] > 0;
    }
    return whole;
}

/** A center that has lost all points takes the one that is farthest from its own. */
static void give_point(kmeans *found, const cluster_points *points) {
    size_t d = found->n_dimensions;
    for (size_t c = 0; c < found->k; c++) {
        double most = -1.0;
        size_t farthest = 0;
        if (found->sizes[c] > 0) {
            continue;
        }
        for (size_t i = 0; i < points->n; i++) {
            uint32_t own = found->labels[i];
            double distance =
                cluster_distance(cluster_point(points, i), found->centers + own * d, d);
            if (found->sizes[own] > 1 && distance > most) {
                most = distance;
                farthest = i;
            }
        }
        found->sizes[found->labels[farthest]]--;
        found->labels[farthest] = (uint32_t)c;
        found->sizes[c] = 1;
        memcpy(found->centers + c * d, cluster_point(points, farthest), d * sizeof(double));
    }
    (void)move_centers(found, points);
}

/** Gives the first number to the center of the most points, and so on. */
static void order(kmeans *found, size_t n) {
    size_t d = found->n_dimensions, place[CLUSTER_MOST];
    double *centers = found->centers;
    assert(found->labels != NULL && centers != NULL);
    for (size_t c = 0; c < found->k; c++) {
        place[c] = 0;
        for (size_t other = 0; other < found->k; other++) {
            place[c] += found->sizes[other] > found->sizes[c] ||
                        (found->sizes[other] == found->sizes[c] && other < c);
        }
    }
    for (size_t i = 0; i < n; i++) {
        found->labels[i] = (uint32_t)place[found->labels[i]];
    }
    for (size_t c = 0; c < found->k; c++) {
        while (place[c] != c) {
            size_t to = place[c];
            for (size_t j = 0; j < d; j++) {
                double kept = centers[to * d + j];
                centers[to * d + j] = centers[c * d + j];
                centers[c * d + j] = kept;
            }
            uint64_t size = found->sizes[to];
            found->sizes[to] = found->sizes[c];
            found->sizes[c] = size;
            place[c] = place[to];
            place[to] = to;
        }
    }
}

/** Lloyd: points go to the nearest center, centers to the mean of their points. */
static perebor_status iterate(kmeans *found, const cluster_points *points, perebor_error *error) {
    uint32_t *labels = calloc(points->n + 1, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "for clusters of %zu points", points->n);
    }
    found->inertia = kmeans_assign(found->labels, points, found->centers, found->k);
    while (!found->converged && found->n_iterations < most_iterations) {
        found->n_iterations++;
        if (!move_centers(found, points)) {
            give_point(found, points);
        }
        found->inertia = kmeans_assign(labels, points, found->centers, found->k);
        found->converged = memcmp(labels, found->labels, points->n * sizeof *labels) == 0;
        memcpy(found->labels, labels, points->n * sizeof *labels);
    }
    free(labels);
    return PEREBOR_OK;
}

/** What choosing starting centers needs. */
typedef struct seeding {
    const cluster_points *points;
    perebor_stream stream;
    uint64_t key, n_draws;
    double *nearest; /**< [n] squared distance to the nearest center so far */
    double *tried;   /**< [n] the same with a candidate */
    double *best;    /**< [n] the same with the best candidate */
} seeding;

/** A point by lot: by its squared distance to the nearest center. */
static size_t draw_far(seeding *seeding, double total) {
    double u = perebor_stream_uniform(seeding->stream, seeding->key, seeding->n_draws++) * total;
    double sum = 0.0;
    size_t last = 0;
    for (size_t i = 0; i < seeding->points->n; i++) {
        if (seeding->nearest[i] > 0.0) {
            sum += seeding->nearest[i];
            last = i;
            if (sum >= u) {
                break;
            }
        }
    }
    return last;
}

/** The sum of squares once a point is a center too. */
static double try_center(const seeding *seeding, size_t candidate) {
    const cluster_points *points = seeding->points;
    double sum = 0.0;
    for (size_t i = 0; i < points->n; i++) {
        double distance = cluster_distance(cluster_point(points, i),
                                           cluster_point(points, candidate), points->n_dimensions);
        seeding->tried[i] = fmin(distance, seeding->nearest[i]);
        sum += seeding->tried[i];
    }
    return sum;
}

static void seed(seeding *seeding, double *centers, size_t k) {
    const cluster_points *points = seeding->points;
    size_t d = points->n_dimensions, n = points->n;
    size_t n_candidates = 2 + (size_t)perebor_log((double)k);
    double u = perebor_stream_uniform(seeding->stream, seeding->key, seeding->n_draws++);
    size_t first = (size_t)(u * (double)n);
    first = first < n ? first : n - 1;
    memcpy(centers, cluster_point(points, first), d * sizeof *centers);
    for (size_t i = 0; i < n; i++) {
        seeding->nearest[i] = INFINITY;
    }
    double total = try_center(seeding, first);
    memcpy(seeding->nearest, seeding->tried, n * sizeof(double));
    for (size_t c = 1; c < k; c++) {
        double least = INFINITY;
        size_t chosen = 0;
        for (size_t trial = 0; trial < n_candidates; trial++) {
            size_t candidate = draw_far(seeding, total);
            double sum = try_center(seeding, candidate);
            if (sum < least) {
                double *spare = seeding->best;
                seeding->best = seeding->tried;
                seeding->tried = spare;
                least = sum;
                chosen = candidate;
            }
        }
        memcpy(seeding->nearest, seeding->best, n * sizeof(double));
        memcpy(centers + c * d, cluster_point(points, chosen), d * sizeof *centers);
        total = least;
    }
}

perebor_status kmeans_refine(kmeans *found, const cluster_points *points, size_t k,
                             const double *centers, perebor_error *error) {
    perebor_status status;
    kmeans own;
    PEREBOR_TRY(done, allocate(&own, points, k, error));
    memcpy(own.centers, centers, k * points->n_dimensions * sizeof *centers);
    PEREBOR_TRY(done, iterate(&own, points, error));
    memset(own.sizes, 0, k * sizeof *own.sizes);
    for (size_t i = 0; i < points->n; i++) {
        own.sizes[own.labels[i]]++;
    }
    *found = own;
    own = (kmeans){0};
done:
    kmeans_release(&own);
    return status;
}

perebor_status kmeans_fit(kmeans *found, const cluster_points *points, size_t k, size_t n_starts,
                          perebor_stream stream, uint64_t key, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    kmeans best = {0}, own = {0};
    size_t n = points->n;
    double *room = calloc(3 * n + k * points->n_dimensions + 1, sizeof *room);
    if (room == NULL || k < 1 || k > CLUSTER_MOST || k > n) {
        status = room == NULL ? perebor_no_memory(error, "for clusters of %zu points", n)
                              : perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                             "%zu clusters of %zu points: at least 1, at most %d "
                                             "and no more than points",
                                             k, n, CLUSTER_MOST);
        goto done;
    }
    seeding seeding = {points, stream, key, 0, room, room + n, room + 2 * n};
    double *centers = room + 3 * n;
    for (size_t start = 0; start < n_starts; start++) {
        seed(&seeding, centers, k);
        PEREBOR_TRY(done, kmeans_refine(&own, points, k, centers, error));
        if (start == 0 || own.inertia < best.inertia) {
            kmeans kept = best;
            best = own;
            own = kept;
        }
        kmeans_release(&own);
    }
    order(&best, n);
    *found = best;
    best = (kmeans){0};
done:
    kmeans_release(&best);
    kmeans_release(&own);
    free(room);
    return status;
}
