// SPDX-License-Identifier: MIT
#include "cluster/cluster_choice.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cluster/silhouette.h"

const char *const cluster_method_names[] = {
    [CLUSTER_KMEANS] = "kmeans", [CLUSTER_MIXTURE] = "gmm", NULL};

void cluster_choice_release(cluster_choice *choice) {
    free(choice->centers);
    free(choice->variances);
    free(choice->weights);
    free(choice->labels);
    *choice = (cluster_choice){0};
}

/** What k-means found becomes the choice. */
static void take_kmeans(cluster_choice *choice, kmeans *found) {
    choice->k = found->k;
    choice->n_dimensions = found->n_dimensions;
    choice->centers = found->centers;
    choice->labels = found->labels;
    choice->converged = found->converged;
    choice->n_attempts = 1;
    choice->attempts[0] = (cluster_attempt){found->k, found->inertia, NAN, NAN};
    found->centers = NULL;
    found->labels = NULL;
    kmeans_release(found);
}

/** A mixture that starts from the clusters of the choice takes their place. */
static perebor_status mix(cluster_choice *choice, const cluster_points *points, mixture *mixture,
                          perebor_error *error) {
    const kmeans start = {.k = choice->k,
                          .n_dimensions = choice->n_dimensions,
                          .centers = choice->centers,
                          .labels = choice->labels};
    perebor_status status = mixture_fit(mixture, points, &start, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    mixture_assign(choice->labels, points, mixture);
    free(choice->centers);
    free(choice->variances);
    free(choice->weights);
    choice->centers = mixture->means;
    choice->variances = mixture->variances;
    choice->weights = mixture->weights;
    choice->converged = mixture->converged;
    return PEREBOR_OK;
}

perebor_status cluster_choice_fit(cluster_choice *choice, const cluster_points *points,
                                  cluster_method method, size_t k, size_t n_starts,
                                  perebor_stream stream, uint64_t key, perebor_error *error) {
    perebor_status status;
    kmeans found = {0};
    mixture mixture = {0};
    cluster_choice own = {.method = method, .silhouette = NAN};
    PEREBOR_TRY(done, kmeans_fit(&found, points, k, n_starts, stream, key, error));
    take_kmeans(&own, &found);
    if (method == CLUSTER_MIXTURE) {
        PEREBOR_TRY(done, mix(&own, points, &mixture, error));
        own.attempts[0].bic = mixture.bic;
    }
    *choice = own;
    own = (cluster_choice){0};
done:
    cluster_choice_release(&own);
    return status;
}

/** Points that silhouettes are computed of, the same for every number of clusters. */
typedef struct silhouette_sample {
    uint32_t *drawn; /**< [points.n] */
    uint32_t *labels;
    double *values;
    cluster_points points;
} silhouette_sample;

static perebor_status draw_sample(silhouette_sample *sample, const cluster_points *points,
                                  perebor_stream stream, perebor_error *error) {
    perebor_status status;
    size_t d = points->n_dimensions;
    size_t n = points->n < CLUSTER_SILHOUETTE_POINTS ? points->n : CLUSTER_SILHOUETTE_POINTS;
    *sample = (silhouette_sample){.drawn = calloc(n + 1, sizeof(uint32_t)),
                                  .labels = calloc(n + 1, sizeof(uint32_t)),
                                  .values = calloc(n * d + 1, sizeof(double))};
    if (sample->drawn == NULL || sample->labels == NULL || sample->values == NULL) {
        return perebor_no_memory(error, "for silhouettes");
    }
    PEREBOR_TRY(done, cluster_draw(sample->drawn, n, points->n, stream, UINT64_MAX, error));
    cluster_take(sample->values, points, sample->drawn, n);
    sample->points = (cluster_points){sample->values, n, d};
done:
    return status;
}

static void release_sample(silhouette_sample *sample) {
    free(sample->drawn);
    free(sample->labels);
    free(sample->values);
}

static perebor_status measure(cluster_choice *choice, silhouette_sample *sample,
                              perebor_error *error) {
    for (size_t i = 0; i < sample->points.n; i++) {
        sample->labels[i] = choice->labels[sample->drawn[i]];
    }
    choice->n_silhouette = sample->points.n;
    return cluster_silhouette(&choice->silhouette, &sample->points, sample->labels, choice->k,
                              error);
}

static bool is_better(const cluster_choice *choice, const cluster_choice *best) {
    return choice->method == CLUSTER_MIXTURE
               ? choice->attempts[0].bic < best->attempts[0].bic
               : isnan(best->silhouette) || choice->silhouette > best->silhouette;
}

perebor_status cluster_choose(cluster_choice *choice, const cluster_points *points,
                              cluster_method method, size_t k_least, size_t k_most,
                              perebor_stream stream, perebor_error *error) {
    enum { n_starts = 10 };
    perebor_status status;
    silhouette_sample sample = {0};
    cluster_choice best = {0}, own = {0};
    cluster_attempt attempts[CLUSTER_MOST];
    size_t n_attempts = 0;
    PEREBOR_TRY(done, draw_sample(&sample, points, stream, error));
    for (size_t k = k_least; k <= k_most; k++) {
        PEREBOR_TRY(done, cluster_choice_fit(&own, points, method, k, n_starts, stream, k, error));
        PEREBOR_TRY(done, measure(&own, &sample, error));
        attempts[n_attempts] = own.attempts[0];
        attempts[n_attempts++].silhouette = own.silhouette;
        if (n_attempts == 1 || is_better(&own, &best)) {
            cluster_choice kept = best;
            best = own;
            own = kept;
        }
        cluster_choice_release(&own);
    }
    memcpy(best.attempts, attempts, n_attempts * sizeof *attempts);
    best.n_attempts = n_attempts;
    *choice = best;
    best = (cluster_choice){0};
done:
    cluster_choice_release(&best);
    cluster_choice_release(&own);
    release_sample(&sample);
    return status;
}

perebor_status cluster_choice_extend(cluster_choice *choice, const cluster_points *points,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    kmeans found = {0};
    mixture mixture = {0};
    uint32_t *labels = calloc(points->n + 1, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "for clusters of %zu points", points->n);
    }
    if (choice->method == CLUSTER_MIXTURE) {
        cluster_choice_assign(labels, points, choice);
        free(choice->labels);
        choice->labels = labels;
        return mix(choice, points, &mixture, error);
    }
    PEREBOR_TRY(done, kmeans_refine(&found, points, choice->k, choice->centers, error));
    memcpy(choice->centers, found.centers,
           choice->k * choice->n_dimensions * sizeof *choice->centers);
    memcpy(labels, found.labels, points->n * sizeof *labels);
    choice->converged = found.converged;
    free(choice->labels);
    choice->labels = labels;
    labels = NULL;
done:
    free(labels);
    kmeans_release(&found);
    return status;
}

void cluster_choice_assign(uint32_t *labels, const cluster_points *points,
                           const cluster_choice *choice) {
    const mixture mixture = {.k = choice->k,
                             .n_dimensions = choice->n_dimensions,
                             .weights = choice->weights,
                             .means = choice->centers,
                             .variances = choice->variances};
    if (choice->method == CLUSTER_MIXTURE) {
        mixture_assign(labels, points, &mixture);
    } else {
        (void)kmeans_assign(labels, points, choice->centers, choice->k);
    }
}
