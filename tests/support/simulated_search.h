// SPDX-License-Identifier: MIT
/**
 * @file simulated_search.h
 * The out-of-fold scores of a search whose trials' true AUCs are known.
 *
 * Given the class of its row, a score is normal of variance 1; what trials share of a row's score
 * makes their correlation. Folds are stratified, of one repeat.
 */
#ifndef TESTS_SUPPORT_SIMULATED_SEARCH_H
#define TESTS_SUPPORT_SIMULATED_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "metric/corrected_selection.h"

typedef struct search_setting {
    size_t n_trials, n_rows, n_folds, n_resamples;
    double positive_share;
    double low_auc, high_auc; /**< Trials' true AUCs: spread evenly, in the order of the trials. */
    double correlation;       /**< Of two trials' scores of one row, given its class. */
} search_setting;

/** One search's scores. */
typedef struct simulated_search {
    const search_setting *setting;
    uint8_t *labels;
    uint32_t *fold_of;
    double *common;         /**< [n_rows] what the trials share of a row's score. */
    double *scores;         /**< [n_trials][n_rows] */
    const double **rows_of; /**< [n_trials] */
} simulated_search;

/** Makes room. simulated_search_free() frees it. */
simulated_search simulated_search_create(const search_setting *setting);

void simulated_search_free(simulated_search *search);

/** Draws another search. */
void simulated_search_draw(simulated_search *search, uint64_t *random);

/** Borrows all of them. */
perebor_search_scores simulated_search_scores(const simulated_search *search);

double simulated_search_auc(const search_setting *setting, size_t trial);

#endif
