// SPDX-License-Identifier: MIT
/**
 * @file scorers.h
 * The functions behind the table of metrics. Each is described by perebor_metric.measure.
 */
#ifndef PEREBOR_METRIC_SCORERS_H
#define PEREBOR_METRIC_SCORERS_H

#include "perebor/metric.h"

/** Metrics of scores. */
double metric_average_precision(const perebor_predictions *predictions,
                                perebor_workspace *workspace);

/** Metrics of probabilities. */
double metric_log_loss(const perebor_predictions *predictions, perebor_workspace *workspace);
double metric_brier_score(const perebor_predictions *predictions, perebor_workspace *workspace);

/** Metrics of classes. */
double metric_accuracy(const perebor_predictions *predictions, perebor_workspace *workspace);
double metric_balanced_accuracy(const perebor_predictions *predictions,
                                perebor_workspace *workspace);
double metric_precision(const perebor_predictions *predictions, perebor_workspace *workspace);
double metric_recall(const perebor_predictions *predictions, perebor_workspace *workspace);
double metric_f1(const perebor_predictions *predictions, perebor_workspace *workspace);
double metric_matthews_corrcoef(const perebor_predictions *predictions,
                                perebor_workspace *workspace);

#endif
