// SPDX-License-Identifier: MIT
/**
 * @file change_problem.h
 * The search for the smallest change of one row, while it is under way: what its parts share.
 *
 * A combination is a list of picks: for each actionable column the place of an option in
 * change_options, 0 where the column stays.
 */
#ifndef PEREBOR_EXPLAIN_CHANGE_PROBLEM_H
#define PEREBOR_EXPLAIN_CHANGE_PROBLEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/altered_rows.h"
#include "explain/change_space.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** Combinations that are scored at a time. */
enum { CHANGE_BATCH = 256 };

typedef struct change_problem {
    const perebor_fitted_pipeline *pipeline;
    const change_options *options; /**< [n_options] */
    size_t n_options;
    double threshold;
    const altered_rows *batch; /**< CHANGE_BATCH copies of the row. */
    perebor_workspace *workspace;

    // The cheapest so far.
    bool found;
    double cost, probability;
    size_t n_changes;
    uint32_t *best; /**< [n_options] */

    // Combinations that wait to be scored.
    uint32_t *waiting; /**< [CHANGE_BATCH][n_options] */
    size_t n_waiting;
} change_problem;

/** The sum of the costs of its options. */
double change_cost(const change_problem *problem, const uint32_t *picks);

/** Whether it would be preferred to the best so far, if its probability were low enough. */
bool change_is_better(const change_problem *problem, const uint32_t *picks);

/** Puts the values of a combination into a row of the batch. */
void change_put(const change_problem *problem, size_t row, const uint32_t *picks);

/**
 * Scores the first rows of the batch, as change_put() left them.
 *
 * @param[in]  n        At most CHANGE_BATCH.
 * @param[out] answers  [n] on the scale.
 */
PEREBOR_MUST_CHECK perebor_status change_score(const change_problem *problem, size_t n,
                                               explain_scale scale, double *answers,
                                               perebor_error *error);

/** Scores a combination, sooner or later, and keeps it if it is the best; nothing that cannot be
 * preferred is scored. */
PEREBOR_MUST_CHECK perebor_status change_try(change_problem *problem, const uint32_t *picks,
                                             perebor_error *error);

/** Scores what waits. */
PEREBOR_MUST_CHECK perebor_status change_flush(change_problem *problem, perebor_error *error);

/** The answers to each column's options, the others as they are.
 * @param[out] answers  [sum of the options' n] column by column. */
PEREBOR_MUST_CHECK perebor_status change_score_singles(const change_problem *problem,
                                                       explain_scale scale, double *answers,
                                                       perebor_error *error);

/**
 * The cheapest combination of a model whose score is a sum over columns.
 *
 * @param[out] exact  False if there were too many combinations that nothing rules out.
 */
PEREBOR_MUST_CHECK perebor_status change_in_sum(change_problem *problem, bool *exact,
                                                perebor_error *error);

/** The cheapest combination of a model that is one tree. */
PEREBOR_MUST_CHECK perebor_status change_in_tree(change_problem *problem, perebor_error *error);

/** Tries every single change, and goes down from the row: a cheap combination, if there is one. */
PEREBOR_MUST_CHECK perebor_status change_descend(change_problem *problem, perebor_error *error);

/** Tries every combination. */
PEREBOR_MUST_CHECK perebor_status change_try_all(change_problem *problem, perebor_error *error);

/** Looks for a cheap combination of whatever model. */
PEREBOR_MUST_CHECK perebor_status change_by_search(change_problem *problem, perebor_error *error);

#endif
