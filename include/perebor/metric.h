// SPDX-License-Identifier: MIT
/**
 * @file metric.h
 * Metrics: what a model's predictions for labelled rows are worth, as one number.
 *
 * A metric is a row of one table and is called as scikit-learn calls its scorer. It says what it
 * needs of a model: the scores, the probabilities, or the classes that it predicts. Scorers are all
 * "greater is better": one made of a loss gives the loss times -1, and its name begins with neg_.
 */
#ifndef PEREBOR_METRIC_H
#define PEREBOR_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/workspace.h"

PEREBOR_BEGIN_DECLS

/** No list of metrics is longer. */
enum { PEREBOR_MAX_METRICS = 16 };

/** What a metric looks at. */
typedef enum perebor_metric_needs {
    PEREBOR_NEEDS_SCORES,        /**< The order of the scores. */
    PEREBOR_NEEDS_PROBABILITIES, /**< The probability of class 1. */
    PEREBOR_NEEDS_CLASSES,       /**< The class predicted: scores cut at the model's threshold. */
} perebor_metric_needs;

/** What one model says of some rows whose labels are known. Borrows everything. */
typedef struct perebor_predictions {
    const uint8_t *labels; /**< [n_rows], 0 or 1. */
    size_t n_rows;
    const double *scores;        /**< [n_rows], finite. */
    const double *probabilities; /**< [n_rows] of class 1, in [0, 1]; NULL if not needed. */
    const uint8_t *classes;      /**< [n_rows], 0 or 1; NULL if not needed. */
} perebor_predictions;

/** A metric. All members are constant. */
typedef struct perebor_metric {
    const char *name; /**< scikit-learn's, as in `scoring=`. */
    perebor_metric_needs needs;
    bool greater_is_better; /**< False if what measure() gives is a loss. */
    /** The quantity itself; NaN if it is not defined without a class that is absent, or if memory
     * is short. Leaves the workspace as it was. */
    double (*measure)(const perebor_predictions *predictions, perebor_workspace *workspace);
} perebor_metric;

/** The metrics of a search, each once. */
typedef struct perebor_metric_list {
    /** [n] The first selects the best trial; the others follow by the bytes of their names. */
    const perebor_metric *items[PEREBOR_MAX_METRICS];
    size_t n;
} perebor_metric_list;

/** Every metric there is, and how many; roc_auc, the default, is the first. */
const perebor_metric *perebor_metrics(size_t *n_metrics);

/** The metric of that name, or NULL. */
const perebor_metric *perebor_metric_find(const char *name);

/**
 * What a scorer gives: greater is better, so a loss has its sign turned.
 *
 * @pre What metric->needs names is there.
 * @return As metric->measure().
 */
double perebor_metric_score(const perebor_metric *metric, const perebor_predictions *predictions,
                            perebor_workspace *workspace);

/** Adds a metric, unless it is there, in its place: after the first, by name. */
void perebor_metric_list_add(perebor_metric_list *list, const perebor_metric *metric);

/** Whether any metric of the list needs that. */
bool perebor_metric_list_needs(const perebor_metric_list *list, perebor_metric_needs needs);

/** @param[out] names  [list->n], borrowed. */
void perebor_metric_list_names(const perebor_metric_list *list,
                               const char *names[PEREBOR_MAX_METRICS]);

PEREBOR_END_DECLS

#endif
