// SPDX-License-Identifier: MIT
/**
 * @file trial_list.h
 * Trials chosen from a table, best first, and written for people or programs.
 */
#ifndef PEREBOR_TRIAL_LIST_H
#define PEREBOR_TRIAL_LIST_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "perebor/status.h"
#include "perebor/trials.h"

PEREBOR_BEGIN_DECLS

/** Some trials of a table. Borrows the table, owns the list. */
typedef struct perebor_trial_list {
    const perebor_trials *trials;
    uint32_t *rows;                              /**< [n] rows of the table */
    uint32_t *ranks;                             /**< [trials->n_trials] rank_test_score */
    uint32_t *metric_ranks[PEREBOR_MAX_METRICS]; /**< [trials->n_metrics] by each metric; the first
                                                      is ranks. */
    size_t n;
} perebor_trial_list;

typedef enum perebor_list_order {
    PEREBOR_BY_RANK = 0,   /**< Best first; trials without a score last, by number. */
    PEREBOR_BY_NUMBER = 1, /**< As they are numbered. */
} perebor_list_order;

/**
 * Chooses trials.
 *
 * @param[in] where  NULL for all, or conditions joined by " and ": a name, one of = != < <= > >=,
 *                   and a value. Names are state, trial, mean_test_score, std_test_score,
 *                   rank_test_score, the same of every metric (mean_test_f1), and every
 *                   parameter: "model=knn and knn__n_neighbors>10".
 * @param[in] top    At most so many; 0 for all.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The condition cannot be read, or names nothing known.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_choose(perebor_trial_list *list,
                                                            const perebor_trials *trials,
                                                            const char *where,
                                                            perebor_list_order order, size_t top,
                                                            perebor_error *error);

void perebor_trial_list_release(perebor_trial_list *list);

/** A table for a terminal: rank, trial, scores, active parameters; or the error of a failed trial.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_table(const perebor_trial_list *list,
                                                                 FILE *stream,
                                                                 perebor_error *error);

/**
 * CSV with a header line (RFC 4180): trial, state, rank_test_score, mean_test_score,
 * std_test_score, split<k>_test_score …, param_<name> …, mean_fit_time, mean_score_time, error.
 * Where there are other metrics than roc_auc, the four columns of scores come once more for each,
 * its name in the place of "score", before the parameters.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_csv(const perebor_trial_list *list,
                                                               FILE *stream, perebor_error *error);

/** A JSON array with one object a trial; the same names, with split_test_score and params nested.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_json(const perebor_trial_list *list,
                                                                FILE *stream, perebor_error *error);

PEREBOR_END_DECLS

#endif
