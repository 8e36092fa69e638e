// SPDX-License-Identifier: MIT
#include <math.h>

#include "model/calibrators.h"

/** What maps of beta are made of: the probabilities before it, of shares moved off 0 and 1. */
void calibration_logs(const perebor_calibration *calibration, const perebor_learner *learner,
                      double score, double logs[2]) {
    if (learner->score_kind == PEREBOR_SCORE_SHARE) {
        double q = calibration->floor + (1.0 - 2.0 * calibration->floor) * score;
        logs[0] = perebor_log(q);
        logs[1] = -perebor_log(1.0 - q);
        return;
    }
    // q = 1 / (1 + e^z): ln q = -log(1 + e^z), ln(1 - q) = -log(1 + e^-z)
    double z = calibration->slope * score + calibration->offset;
    // With e^-|z|, of which both are made: calibration_softplus() has the same bits.
    const double more = perebor_log1p(perebor_exp(-fabs(z)));
    logs[0] = z > 0.0 ? -(z + more) : -more;
    logs[1] = z < 0.0 ? more - z : more;
}

double calibration_beta(const perebor_calibration *calibration, const double logs[2]) {
    return calibration_sigmoid(
        -(calibration->a * logs[0] + calibration->b * logs[1] + calibration->c));
}

/** The number of knots that are not above a score, by halves. */
static size_t count_not_above(const perebor_calibration *calibration, double score) {
    size_t low = 0;
    size_t high = calibration->n_knots;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calibration->knots[middle] <= score) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** Every step of it is monotone in the score, rounding included. */
double calibration_interpolate(const perebor_calibration *calibration, double score) {
    size_t right = count_not_above(calibration, score);
    if (right == 0 || right == calibration->n_knots) {
        return calibration->values[right == 0 ? 0 : right - 1];
    }
    const double *knots = calibration->knots + right - 1;
    const double *values = calibration->values + right - 1;
    // Halved, as the distance of two finite numbers may not be finite.
    double width = 0.5 * knots[1] - 0.5 * knots[0];
    double part = width > 0.0 ? (0.5 * score - 0.5 * knots[0]) / width : 0.0;
    double value = values[0] + (values[1] - values[0]) * part;
    return value < values[1] ? value : values[1];
}

void perebor_calibration_apply(const perebor_calibration *calibration,
                               const perebor_learner *learner, const double *scores, size_t n,
                               double *probabilities) {
    bool share = learner->score_kind == PEREBOR_SCORE_SHARE;
    for (size_t row = 0; row < n; row++) {
        double logs[2];
        switch (calibration->kind) {
        case PEREBOR_CALIBRATION_SIGMOID:
            probabilities[row] =
                share ? scores[row]
                      : calibration_sigmoid(calibration->slope * scores[row] + calibration->offset);
            break;
        case PEREBOR_CALIBRATION_BETA:
            calibration_logs(calibration, learner, scores[row], logs);
            probabilities[row] = calibration_beta(calibration, logs);
            break;
        case PEREBOR_CALIBRATION_ISOTONIC:
            probabilities[row] = calibration_interpolate(calibration, scores[row]);
            break;
        }
    }
}
