// SPDX-License-Identifier: MIT
/**
 * @file thresholds.h
 * From which score on to act: thresholds by several rules, and what each would do to these rows.
 *
 * A row is predicted positive where its score is not below the threshold, so rows of one score go
 * together. Every rule looks at all thresholds that make a difference: each score that occurs, and
 * +infinity, which predicts nobody. Among equally good ones it takes the highest. A threshold that
 * was chosen on the rows that it is measured on looks better than it is: choose it out of fold.
 */
#ifndef PEREBOR_METRIC_THRESHOLDS_H
#define PEREBOR_METRIC_THRESHOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** What is to be as good as can be. */
typedef enum perebor_threshold_rule {
    PEREBOR_THRESHOLD_YOUDEN, /**< Greatest recall + specificity - 1 (Youden, Cancer 3, 1950). */
    PEREBOR_THRESHOLD_F1,     /**< Greatest F1. */
    PEREBOR_THRESHOLD_COST,   /**< Least cost. */
    PEREBOR_THRESHOLD_BUDGET, /**< Most rows predicted positive, but no more than the budget. */
    PEREBOR_THRESHOLD_RULES   /**< How many there are. */
} perebor_threshold_rule;

/** What errors cost, in any unit, and how many rows can be acted on. */
typedef struct perebor_threshold_terms {
    double false_positive_cost, false_negative_cost; /**< Not negative, finite. */
    size_t budget;
} perebor_threshold_terms;

/** What a threshold does. A ratio without a denominator is 0. */
typedef struct perebor_threshold {
    double threshold;
    size_t n_true_positive, n_false_positive, n_true_negative, n_false_negative;
    double precision, recall, specificity, f1, youden;
    double cost; /**< What all errors cost together. */
} perebor_threshold;

/**
 * Finds the threshold of every rule.
 *
 * @param[out] found   [PEREBOR_THRESHOLD_RULES]
 * @param[in]  labels  [n_rows] 0 or 1.
 * @param[in]  scores  [n_rows] no NaN, n_rows below 2^32.
 * @retval PEREBOR_ERR_ARGUMENT  A cost is negative or not finite.
 * @retval PEREBOR_ERR_NUMERIC   A class is absent.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_thresholds(perebor_threshold *found,
                                                     const uint8_t *labels, const double *scores,
                                                     size_t n_rows,
                                                     const perebor_threshold_terms *terms,
                                                     perebor_error *error);

/** What a given threshold does; such as fp / (fp + fn), the best for calibrated probabilities. */
perebor_threshold perebor_threshold_at(double threshold, const uint8_t *labels,
                                       const double *scores, size_t n_rows,
                                       const perebor_threshold_terms *terms);

/** Its name: "youden", "f1", "cost", "budget". */
const char *perebor_threshold_rule_name(perebor_threshold_rule rule);

#endif
