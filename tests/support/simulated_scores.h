// SPDX-License-Identifier: MIT
/**
 * @file simulated_scores.h
 * Scores whose truth is known, and how often what is said of them is true.
 *
 * Scores are normal, of variance 1, and of mean d in positive rows: their AUC is Phi(d / sqrt(2)).
 * Everything is a function of the seed. The tests run a few replicates; tests/bench/honest runs
 * many and writes the tables of docs/explanation/honest-scores.md.
 */
#ifndef TESTS_SUPPORT_SIMULATED_SCORES_H
#define TESTS_SUPPORT_SIMULATED_SCORES_H

#include <stddef.h>
#include <stdint.h>

#include "simulated_search.h"

/** DeLong's interval of one score, and the test of two of equal AUC and a correlation of rows. */
typedef struct delong_setting {
    size_t n_positive, n_negative;
    double auc, correlation;
} delong_setting;

typedef struct delong_rates {
    double coverage;  /**< Of the 95 % interval. */
    double undefined; /**< Replicates that had none: an AUC of 1. They count as not covered. */
    double width;     /**< Mean, of those that had one. */
    double rejected;  /**< Equal AUCs that the test calls different at 5 %. */
    double few_coverage, few_rejected; /**< The same of perebor_auc_of_few() and its test. */
} delong_rates;

delong_rates simulate_delong(const delong_setting *setting, size_t n_replicates, uint64_t seed);

/**
 * Repeated cross-validation of a learner that is fitted in every fold: the score of a row is its
 * product with the difference of the class means, of @p n_columns normal columns with variance 1,
 * of means +-shift by class. What is to be covered is the expected AUC of the learner over training
 * parts of that size.
 */
typedef struct folds_setting {
    size_t n_rows; /**< Half of each class; a multiple of 2 n_folds. */
    size_t n_columns, n_folds, n_repeats;
    double shift;
} folds_setting;

typedef struct folds_rates {
    double truth;
    double mean;            /**< Of the means. */
    double corrected;       /**< Coverage of Nadeau and Bengio's 95 % interval. */
    double naive;           /**< Coverage of the plain t interval of the J scores. */
    double corrected_width; /**< Mean. */
} folds_rates;

folds_rates simulate_folds(const folds_setting *setting, size_t n_replicates, uint64_t seed);

/** A search of all trials: the one with the best mean AUC over the folds is selected. */
typedef struct search_rates {
    double truth;         /**< Mean true AUC of the selected trial, */
    double naive;         /**< mean of its own score, */
    double corrected;     /**< and of the corrected one. */
    double corrected_sd;  /**< Standard deviation of corrected - truth over searches. */
    double covered;       /**< The corrected interval holds the truth. */
    double naive_covered; /**< DeLong's interval of the selected trial does. */
    double width, naive_width;
} search_rates;

search_rates simulate_search(const search_setting *setting, size_t n_searches, uint64_t seed);

#endif
