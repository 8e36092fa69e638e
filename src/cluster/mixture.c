// SPDX-License-Identifier: MIT
#include "cluster/mixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"

enum { most_iterations = 500 };
static const double least_gain = 1e-7, least_variance = 1e-6;

void mixture_release(mixture *found) {
    free(found->weights);
    free(found->means);
    free(found->variances);
    *found = (mixture){0};
}

static perebor_status allocate(mixture *found, size_t k, size_t n_dimensions,
                               perebor_error *error) {
    *found = (mixture){
        .k = k,
        .n_dimensions = n_dimensions,
        .weights = calloc(k + 1, sizeof(double)),
        .means = calloc(k * n_dimensions + 1, sizeof(double)),
        .variances = calloc(k * n_dimensions + 1, sizeof(double)),
    };
    return found->weights == NULL || found->means == NULL || found->variances == NULL
               ? perebor_no_memory(error, "for a mixture of %zu distributions", k)
               : PEREBOR_OK;
}

/** Sums over points, each weighted with the share r of a component in it. */
typedef struct shared_sums {
    double share[CLUSTER_MOST]; /**< Sum of r. */
    double *first;              /**< [k][n_dimensions] sum of r (x - m), m the present mean */
    double *second;             /**< [k][n_dimensions] sum of r (x - m)² */
    double log_likelihood;      /**< Sum of ln p(x). */
} shared_sums;

static void add_point(shared_sums *sums, const mixture *mixture, const double *point,
                      const double *shares) {
    size_t d = mixture->n_dimensions;
    for (size_t c = 0; c < mixture->k; c++) {
        const double *means = mixture->means + c * d;
        double *first = sums->first + c * d, *second = sums->second + c * d;
        sums->share[c] += shares[c];
        for (size_t j = 0; j < d; j++) {
            double distance = point[j] - means[j];
            first[j] += shares[c] * distance;
            second[j] += shares[c] * distance * distance;
        }
    }
}

/** What ln w_c + ln N(x; m_c, v_c) has that does not depend on x. */
static void find_constants(const mixture *mixture, double *constants) {
    const double log_two_pi = 1.8378770664093453;
    for (size_t c = 0; c < mixture->k; c++) {
        double sum = (double)mixture->n_dimensions * log_two_pi;
        for (size_t j = 0; j < mixture->n_dimensions; j++) {
            sum += perebor_log(mixture->variances[c * mixture->n_dimensions + j]);
        }
        constants[c] = perebor_log(mixture->weights[c]) - 0.5 * sum;
    }
}

/** ln (w_c N(x; m_c, v_c)) of every component. @return The greatest of them. */
static double weigh(const mixture *mixture, const double *constants, const double *point,
                    double *logs) {
    size_t d = mixture->n_dimensions;
    double most = -INFINITY;
    for (size_t c = 0; c < mixture->k; c++) {
        double sum = 0.0;
        for (size_t j = 0; j < d; j++) {
            double distance = point[j] - mixture->means[c * d + j];
            sum += distance * distance / mixture->variances[c * d + j];
        }
        logs[c] = constants[c] - 0.5 * sum;
        most = logs[c] > most ? logs[c] : most;
    }
    return most;
}

/** Every point's shares: r_c = w_c N(x; m_c, v_c) / p(x). */
static void expect(shared_sums *sums, const mixture *mixture, const cluster_points *points) {
    double constants[CLUSTER_MOST], logs[CLUSTER_MOST];
    find_constants(mixture, constants);
    for (size_t i = 0; i < points->n; i++) {
        const double *point = cluster_point(points, i);
        double most = weigh(mixture, constants, point, logs), total = 0.0;
        for (size_t c = 0; c < mixture->k; c++) {
            logs[c] = perebor_exp(logs[c] - most);
            total += logs[c];
        }
        for (size_t c = 0; c < mixture->k; c++) {
            logs[c] /= total;
        }
        sums->log_likelihood += most + perebor_log(total);
        add_point(sums, mixture, point, logs);
    }
}

/** Weights, means and variances of the shares: m + S₁/S₀ and S₂/S₀ - (S₁/S₀)². */
static void maximise(mixture *mixture, const shared_sums *sums, size_t n) {
    size_t d = mixture->n_dimensions;
    for (size_t c = 0; c < mixture->k; c++) {
        double share = sums->share[c] + 1e-15;
        mixture->weights[c] = share / (double)n;
        for (size_t j = 0; j < d; j++) {
            double moved = sums->first[c * d + j] / share;
            double variance = sums->second[c * d + j] / share - moved * moved;
            mixture->means[c * d + j] += moved;
            mixture->variances[c * d + j] = fmax(variance, 0.0) + least_variance;
        }
    }
}

static void clear(shared_sums *sums, size_t n) {
    memset(sums->first, 0, n * sizeof(double));
    memset(sums->second, 0, n * sizeof(double));
    memset(sums->share, 0, sizeof sums->share);
    sums->log_likelihood = 0.0;
}

/** Each point is of one component alone. */
static void begin(shared_sums *sums, mixture *mixture, const cluster_points *points,
                  const kmeans *start) {
    double shares[CLUSTER_MOST];
    size_t d = mixture->n_dimensions;
    memcpy(mixture->means, start->centers, mixture->k * d * sizeof(double));
    clear(sums, mixture->k * d);
    for (size_t i = 0; i < points->n; i++) {
        memset(shares, 0, sizeof shares);
        shares[start->labels[i]] = 1.0;
        add_point(sums, mixture, cluster_point(points, i), shares);
    }
    maximise(mixture, sums, points->n);
}

perebor_status mixture_fit(mixture *found, const cluster_points *points, const kmeans *start,
                           perebor_error *error) {
    perebor_status status;
    size_t d = points->n_dimensions, k = start->k, n = points->n;
    mixture own;
    double before = -INFINITY;
    shared_sums sums = {.first = calloc(2 * k * d + 1, sizeof(double))};
    PEREBOR_TRY(done, allocate(&own, k, d, error));
    if (sums.first == NULL) {
        status = perebor_no_memory(error, "for a mixture of %zu distributions", k);
        goto done;
    }
    sums.second = sums.first + k * d;
    begin(&sums, &own, points, start);
    while (!own.converged && own.n_iterations < most_iterations) {
        clear(&sums, k * d);
        expect(&sums, &own, points);
        own.log_likelihood = sums.log_likelihood / (double)n;
        own.converged = own.log_likelihood - before <= least_gain;
        before = own.log_likelihood;
        if (!own.converged) {
            maximise(&own, &sums, n);
            own.n_iterations++;
        }
    }
    double n_parameters = 2.0 * (double)(k * d) + (double)k - 1.0;
    own.bic = -2.0 * (double)n * own.log_likelihood + n_parameters * perebor_log((double)n);
    *found = own;
    own = (mixture){0};
done:
    mixture_release(&own);
    free(sums.first);
    return status;
}

void mixture_assign(uint32_t *labels, const cluster_points *points, const mixture *mixture) {
    double constants[CLUSTER_MOST], logs[CLUSTER_MOST];
    find_constants(mixture, constants);
    for (size_t i = 0; i < points->n; i++) {
        double most = weigh(mixture, constants, cluster_point(points, i), logs);
        size_t c = 0;
        while (c + 1 < mixture->k && logs[c] < most) {
            c++;
        }
        labels[i] = (uint32_t)c;
    }
}
