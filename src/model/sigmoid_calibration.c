// SPDX-License-Identifier: MIT
#include <assert.h>
#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "model/calibrators.h"
#include "perebor/calibration.h"

/** Lin, Lin and Weng's constants. */
enum { max_steps = 100 };
static const double smallest_step = 1e-10;
static const double ridge = 1e-12;
static const double tolerance = 1e-5;

bool perebor_calibration_needed(const perebor_learner *learner) {
    return learner->score_kind == PEREBOR_SCORE_MARGIN;
}

/** Scores with the probabilities that they are to have. */
typedef struct sample {
    const double *scores;
    const uint8_t *labels;
    size_t n;
    double targets[2]; /**< By label. */
} sample;

/** -sum_i t_i log p_i + (1 - t_i) log(1 - p_i), p_i = 1 / (1 + e^z_i), z_i = A f_i + B. */
static double objective(const sample *of, const perebor_calibration *at) {
    double sum = 0.0;
    assert(of->scores != NULL && of->labels != NULL);
    for (size_t i = 0; i < of->n; i++) {
        double z = at->slope * of->scores[i] + at->offset;
        double target = of->targets[of->labels[i]];
        sum += z >= 0.0 ? target * z + perebor_log1p(perebor_exp(-z))
                        : (target - 1.0) * z + perebor_log1p(perebor_exp(z));
    }
    return sum;
}

/** Derivatives by A and B. */
typedef struct derivatives {
    double gradient[2];
    double hessian[3]; /**< AA, AB, BB */
} derivatives;

/** gradient = sum_i (t_i - p_i) (f_i, 1); hessian = sum_i p_i (1 - p_i) (f_i, 1) (f_i, 1)'. */
static derivatives derive(const sample *of, const perebor_calibration *at) {
    derivatives sums = {.hessian = {ridge, 0.0, ridge}};
    for (size_t i = 0; i < of->n; i++) {
        double score = of->scores[i];
        double z = at->slope * score + at->offset;
        double p = calibration_sigmoid(z);
        double slack = of->targets[of->labels[i]] - p;
        double curvature = p * calibration_sigmoid(-z);
        sums.gradient[0] += score * slack;
        sums.gradient[1] += slack;
        sums.hessian[0] += score * score * curvature;
        sums.hessian[1] += score * curvature;
        sums.hessian[2] += curvature;
    }
    return sums;
}

/** One Newton step, halved until it descends; false if no step does. */
static bool descend(const sample *of, perebor_calibration *at, const derivatives *d,
                    double *value) {
    double determinant = d->hessian[0] * d->hessian[2] - d->hessian[1] * d->hessian[1];
    // (dA, dB) = -H^-1 g
    double slope = -(d->hessian[2] * d->gradient[0] - d->hessian[1] * d->gradient[1]) / determinant;
    double offset =
        -(d->hessian[0] * d->gradient[1] - d->hessian[1] * d->gradient[0]) / determinant;
    double descent = d->gradient[0] * slope + d->gradient[1] * offset;
    double step = 1.0;
    while (step >= smallest_step) {
        perebor_calibration next = {.slope = at->slope + step * slope,
                                    .offset = at->offset + step * offset};
        double there = objective(of, &next);
        if (there < *value + 1e-4 * step * descent) {
            *at = next;
            *value = there;
            return true;
        }
        step *= 0.5;
    }
    return false;
}

void calibration_targets(const uint8_t *labels, size_t n, double targets[2]) {
    double positive = (double)calibration_count_positives(labels, n);
    double negative = (double)n - positive;
    // Not 1 and 0: what is expected of a further row, with a row of each class seen beforehand.
    targets[0] = 1.0 / (negative + 2.0);
    targets[1] = (positive + 1.0) / (positive + 2.0);
}

perebor_calibration perebor_calibration_fit(const double *scores, const uint8_t *labels, size_t n) {
    double positive = (double)calibration_count_positives(labels, n);
    double negative = (double)n - positive;
    sample of = {.scores = scores, .labels = labels, .n = n};
    calibration_targets(labels, n, of.targets);
    perebor_calibration at = {.offset = perebor_log((negative + 1.0) / (positive + 1.0))};
    double value = objective(&of, &at);
    for (int step = 0; step < max_steps; step++) {
        derivatives d = derive(&of, &at);
        if (fabs(d.gradient[0]) < tolerance && fabs(d.gradient[1]) < tolerance) {
            break;
        }
        if (!descend(&of, &at, &d, &value)) {
            break;
        }
    }
    return at;
}
