// SPDX-License-Identifier: MIT
/**
 * @file held_out_scores.h
 * What some trials of a search say of the rows of the training part that they were not fitted on:
 * in every repeat, each row by the model of the fold that held it out.
 */
#ifndef PEREBOR_RUN_HELD_OUT_SCORES_H
#define PEREBOR_RUN_HELD_OUT_SCORES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metric/corrected_selection.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "run/study.h"
#include "trial/select.h"

/** Starts as {0}; released with held_out_scores_release(). */
typedef struct held_out_scores {
    size_t n_trials;
    size_t n_rows; /**< Rows of the training part, in its order. */
    size_t n_repeats, n_folds;
    uint8_t *labels;   /**< [n_rows] */
    uint32_t *fold_of; /**< [n_repeats][n_rows] below n_folds, those of all repeats. */
    double **scores;   /**< [n_trials] of [n_repeats][n_rows] */
} held_out_scores;

/**
 * Scores trials out of fold, on threads; the scores are the same on any number of them.
 *
 * @param[in] study          Of the experiment that the trials are of.
 * @param[in] chosen         [n_trials]
 * @param[in] probabilities  In place of scores: margins calibrated within each fold's training rows
 *                           as searches do it, which takes five further fits.
 * @retval others  As out_of_fold().
 */
PEREBOR_MUST_CHECK perebor_status held_out_scores_make(held_out_scores *held_out,
                                                       const perebor_study *study,
                                                       const perebor_trials *trials,
                                                       const select_ranked *chosen, size_t n_trials,
                                                       bool probabilities, int n_threads,
                                                       perebor_error *error);

void held_out_scores_release(held_out_scores *held_out);

/** As corrections of a choice take them; borrows. */
perebor_search_scores held_out_scores_view(const held_out_scores *held_out);

#endif
