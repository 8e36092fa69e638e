// SPDX-License-Identifier: MIT
/*
 * Metrics of predicted classes: functions of four counts. Each is computed as scikit-learn computes
 * it, operation by operation, so that it has the same bits; a ratio without a denominator is 0, as
 * with zero_division=0.
 */
#include <math.h>

#include "metric/scorers.h"

/** How many rows of each label were predicted as each class. */
typedef struct confusion {
    double n[2][2]; /**< [label][class], whole numbers */
} confusion;

static confusion count_rows(const perebor_predictions *predictions) {
    size_t n[2][2] = {{0}};
    for (size_t row = 0; row < predictions->n_rows; row++) {
        n[predictions->labels[row] != 0][predictions->classes[row] != 0]++;
    }
    return (confusion){
        {{(double)n[0][0], (double)n[0][1]}, {(double)n[1][0], (double)n[1][1]}},
    };
}

static double ratio(double part, double whole) {
    return whole > 0.0 ? part / whole : 0.0;
}

/** TP / (TP + FP) */
static double precision_of(const confusion *c) {
    return ratio(c->n[1][1], c->n[1][1] + c->n[0][1]);
}

/** TP / (TP + FN) */
static double recall_of(const confusion *c) {
    return ratio(c->n[1][1], c->n[1][1] + c->n[1][0]);
}

double metric_precision(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    return precision_of(&c);
}

double metric_recall(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    return recall_of(&c);
}

double metric_f1(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    double precision = precision_of(&c);
    double recall = recall_of(&c);
    // 2 P R / (P + R)
    return ratio(2.0 * precision * recall, precision + recall);
}

double metric_accuracy(const perebor_predictions *predictions, perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    return (c.n[0][0] + c.n[1][1]) / (double)predictions->n_rows;
}

double metric_balanced_accuracy(const perebor_predictions *predictions,
                                perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    // The mean, over the classes that are there, of the share of their rows that is found.
    double sum = 0.0;
    double n_classes = 0.0;
    for (size_t label = 0; label < 2; label++) {
        double n_rows = c.n[label][0] + c.n[label][1];
        sum += ratio(c.n[label][label], n_rows);
        n_classes += n_rows > 0.0 ? 1.0 : 0.0;
    }
    return sum / n_classes;
}

double metric_matthews_corrcoef(const perebor_predictions *predictions,
                                perebor_workspace *workspace) {
    (void)workspace;
    confusion c = count_rows(predictions);
    const double labels[2] = {c.n[0][0] + c.n[0][1], c.n[1][0] + c.n[1][1]};
    const double classes[2] = {c.n[0][0] + c.n[1][0], c.n[0][1] + c.n[1][1]};
    double n = labels[0] + labels[1];
    // cov(y, z) / sqrt(cov(y, y) cov(z, z)) of labels y and classes z, each times n^2: counts.
    double cov_yz = (c.n[0][0] + c.n[1][1]) * n - (labels[0] * classes[0] + labels[1] * classes[1]);
    double cov_zz = n * n - (classes[0] * classes[0] + classes[1] * classes[1]);
    double cov_yy = n * n - (labels[0] * labels[0] + labels[1] * labels[1]);
    double product = cov_yy * cov_zz;
    return product == 0.0 ? 0.0 : cov_yz / sqrt(product);
}
