// SPDX-License-Identifier: MIT
/**
 * @file evaluating.h
 * The small experiment evaluated in one thread, every trial on every fold, in any manner that must
 * not matter to an outcome.
 */
#ifndef TESTS_UNIT_TRIAL_EVALUATING_H
#define TESTS_UNIT_TRIAL_EVALUATING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "small_experiment.h"
#include "trial/evaluate.h"

enum { EVALUATING_TRIALS = 90, EVALUATING_FOLDS = 4 };

/** What came of a trial on a fold, without what it cost. Zeroed before it is filled. */
typedef struct fold_record {
    double test_score, train_score;
    perebor_further_scores further;
    int state, converged;
    uint32_t iterations;
    char error[160];
} fold_record;

/** Out-of-fold predictions of every trial, as they were received. */
typedef struct out_of_fold {
    double auc[EVALUATING_TRIALS][EVALUATING_FOLDS]; /**< Of what was received. */
    double loss[EVALUATING_TRIALS][EVALUATING_FOLDS];
    uint8_t times[EVALUATING_TRIALS][SMALL_N_ROWS]; /**< That a row was received. */
    size_t n_probabilities;
} out_of_fold;

/** How units are evaluated. */
typedef enum evaluating_manner {
    ONCE,
    AGAIN,               /**< Three times; the last asks the system for nothing. */
    AFTER_EVERY_FAILURE, /**< Of every take from the workspace and every allocation in turn. */
    IN_PARTS,            /**< Bundles of one family that can be divided: part by part, joined. */
} evaluating_manner;

/** What evaluating_all() does beside, or otherwise; all as in {.n_repeats = 1} at first. */
extern struct evaluating {
    evaluating_manner manner;
    size_t n_repeats;      /**< Of EVALUATING_FOLDS / n_repeats folds. */
    size_t memory_limit;   /**< For each member; 0: none. */
    bool every_metric;     /**< Not roc_auc alone. */
    bool fitted_too;       /**< Every trial also by a fitted pipeline of its own. */
    bool refits_too;       /**< The first trials also refitted, whatever fails. */
    out_of_fold *receiver; /**< NULL: none. */
    bool parts_may_fail;   /**< Every allocation in turn. */
    size_t n_joined;       /**< Bundles on folds that were evaluated in parts, */
    size_t n_points;       /**< and points of their learning curves, the same as in one piece. */
} evaluating;

/** The rows, and the memory of every test of a program. */
extern small_experiment evaluating_data;
extern perebor_workspace evaluating_workspace;

/** The setup of a group of tests: fills the rows, and gives the memory back. */
int evaluating_set_up(void **state);
int evaluating_give_back(void **state);

/** A space of every learner and step. Freed with perebor_space_free(). */
perebor_space *evaluating_space(uint64_t seed);

/**
 * Everything evaluated in one thread, by trial and fold.
 *
 * @param[in] skip  [EVALUATING_TRIALS], whose records stay as they are; NULL: none.
 */
void evaluating_all(perebor_space *space, bool share, const bool *skip,
                    fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS]);

/**
 * Evaluates under a limit, shared and not.
 *
 * @return How many trials fail on a fold for want of memory.
 */
size_t evaluating_count_failures(perebor_space *space, size_t limit,
                                 fold_record unlimited[EVALUATING_TRIALS][EVALUATING_FOLDS]);

#endif
