// SPDX-License-Identifier: MIT
#include <float.h>

#include "base/arithmetic.h"
#include "metric/scorers.h"

double metric_log_loss(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    // -1/n sum log q_i, q_i the probability of the true class. As in scikit-learn 1.2, p is clipped
    // to [eps, 1 - eps] with the eps of a double, and (1 - p, p) then divided by its sum.
    double sum = 0.0;
    for (size_t row = 0; row < predictions->n_rows; row++) {
        double positive = predictions->probabilities[row];
        positive = positive < DBL_EPSILON ? DBL_EPSILON : positive;
        positive = positive > 1.0 - DBL_EPSILON ? 1.0 - DBL_EPSILON : positive;
        double negative = 1.0 - positive;
        double own = predictions->labels[row] ? positive : negative;
        sum += perebor_log(own / (negative + positive));
    }
    return -sum / (double)predictions->n_rows;
}

double metric_brier_score(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    // 1/n sum (y_i - p_i)^2
    double sum = 0.0;
    for (size_t row = 0; row < predictions->n_rows; row++) {
        double deviation = (double)predictions->labels[row] - predictions->probabilities[row];
        sum += deviation * deviation;
    }
    return sum / (double)predictions->n_rows;
}
