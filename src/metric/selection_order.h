// SPDX-License-Identifier: MIT
/**
 * @file selection_order.h
 * The rows of a search, sorted by each trial's scores within each fold.
 */
#ifndef PEREBOR_METRIC_SELECTION_ORDER_H
#define PEREBOR_METRIC_SELECTION_ORDER_H

#include "metric/corrected_selection.h"

/** Places [begin, end) of a trial's order where rows of both classes tie. */
typedef struct selection_tie {
    uint32_t begin, end;
} selection_tie;

/** A score is a row in a repeat; there are n_scores = n_repeats * n_rows of each trial. */
struct perebor_selection {
    size_t n_trials, n_rows, n_folds, n_scores;
    uint8_t *labels; /**< [n_rows] 0 or 1. */
    size_t *first;   /**< [n_folds + 1] where the scores of a fold begin, in every trial's order. */
    uint32_t *order; /**< [n_trials][n_scores] row numbers: fold by fold, ascending scores, in a tie
                        positive rows first. */
    selection_tie *ties;   /**< Ties of all trials, in order. */
    size_t *first_tie;     /**< [n_trials * n_folds + 1] where those of a fold of a trial begin. */
    uint32_t *strata;      /**< [n_rows] row numbers by class and fold of the first repeat. */
    uint32_t *stratum_end; /**< [n_rows] at each place of strata, where its stratum ends. */
    size_t winner;
    double winner_score;
};

/** Refuses what cannot be selected from. @retval PEREBOR_ERR_ARGUMENT */
PEREBOR_MUST_CHECK perebor_status selection_check_shape(const perebor_search_scores *scores,
                                                        perebor_error *error);

/**
 * Sorts. @param[out] selection  Everything but the winner; perebor_selection_free() frees it.
 * @retval others  As perebor_selection_create().
 */
PEREBOR_MUST_CHECK perebor_status selection_order_make(perebor_selection **selection,
                                                       const perebor_search_scores *scores,
                                                       perebor_error *error);

#endif
