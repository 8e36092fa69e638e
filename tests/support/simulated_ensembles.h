// SPDX-License-Identifier: MIT
/**
 * @file simulated_ensembles.h
 * Ensembles whose true AUC is known, and how often what is said of them is true.
 *
 * The scores of a simulated search are brought into [0, 1] by one straight line for all, so that a
 * blend of them is normal in each class, too: of mean distance sum of w_k d_k / N and, with the
 * correlation c of trials, variance c + (1 - c) sum of (w_k / N)^2.
 */
#ifndef TESTS_SUPPORT_SIMULATED_ENSEMBLES_H
#define TESTS_SUPPORT_SIMULATED_ENSEMBLES_H

#include "simulated_search.h"

typedef struct ensemble_setting {
    search_setting search;
    size_t n_candidates; /**< The best so many trials, by all rows, are chosen among. */
    size_t n_rounds;
} ensemble_setting;

typedef struct ensemble_rates {
    double truth;            /**< Mean true AUC of the ensemble, */
    double naive;            /**< mean of its own score, */
    double corrected;        /**< and of the corrected one. */
    double corrected_sd;     /**< Standard deviation of corrected - truth over searches. */
    double covered;          /**< The corrected interval holds the truth. */
    double naive_covered;    /**< DeLong's interval of the blend does. */
    double width;            /**< Of the corrected interval. */
    double single_truth;     /**< Mean true AUC of the best trial, */
    double single_corrected; /**< and of its corrected score. */
    double n_members;        /**< Mean number of different trials. */
} ensemble_rates;

ensemble_rates simulate_ensembles(const ensemble_setting *setting, size_t n_searches,
                                  uint64_t seed);

#endif
