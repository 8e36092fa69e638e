// SPDX-License-Identifier: MIT
/**
 * @file trial_list.h
 * Trials chosen from a table, best first, and written for people or programs.
 */
#ifndef PEREBOR_REPORT_TRIAL_LIST_H
#define PEREBOR_REPORT_TRIAL_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"
#include "perebor/status.h"
#include "perebor/trials.h"

/** Some trials of a table. Borrows the table, owns the list. */
typedef struct perebor_trial_list {
    const perebor_trials *trials;
    uint32_t *rows;                              /**< [n] rows of the table */
    uint32_t *ranks;                             /**< [trials->n_trials] rank_test_score */
    uint32_t *metric_ranks[PEREBOR_MAX_METRICS]; /**< [trials->n_metrics] by each metric; the first
                                                      is ranks. */
    uint32_t *n_equal; /**< [n] trials of the same candidate, this one too; NULL: not merged */
    size_t n;
    bool has_train_scores; /**< cv.return_train_score was on; else they are not written. */
    bool has_oob_scores;   /**< Some trial has scores out of bag; else they are not written. */
} perebor_trial_list;

typedef enum perebor_list_order {
    PEREBOR_BY_RANK = 0,   /**< Best first; trials without a score last, by number. */
    PEREBOR_BY_NUMBER = 1, /**< As they are numbered. */
} perebor_list_order;

/**
 * Chooses trials.
 *
 * @param[in] where  NULL for all, or conditions joined by " and ": a name, one of = != < <= > >=,
 *                   and a value, in quotes if need be. Names are state, trial, rank (or
 *                   rank_test_score), sd (std_test_score), mean_test_score, train
 *                   (mean_train_score), oob (mean_oob_score), converged, same_as; of every metric,
 *                   such as f1, its name (mean_test_f1), std_test_f1 and rank_test_f1; and every
 *                   parameter, with or without param_ before it: "model=knn and
 * knn__n_neighbors>10".
 * @param[in] top    At most so many; 0 for all.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The condition cannot be read, or names a column or a value that
 *         there is not.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_choose(perebor_trial_list *list,
                                                            const perebor_trials *trials,
                                                            const char *where,
                                                            perebor_list_order order, size_t top,
                                                            perebor_error *error);

/** Writes what a trial scores out of bag as fields of an object; nothing if it has no such score.
 */
void perebor_trial_list_put_oob(perebor_json *json, const perebor_trials *trials, size_t trial);

void perebor_trial_list_release(perebor_trial_list *list);

/**
 * Keeps the first of the trials that are the same candidate, and none that wait to be run: a list
 * for people.
 *
 * @param[in] top  At most so many; 0 for all.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_merge_equal(perebor_trial_list *list,
                                                                 size_t top, perebor_error *error);

/**
 * A table for a terminal: rank, trial, scores, active parameters; or the error of a failed trial.
 * Parameters that all listed trials have alike stand once, above. Reals have five digits.
 *
 * @param[in] width  Characters of a line, beyond which parameters go on in the next; 0: no end.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_table(const perebor_trial_list *list,
                                                                 size_t width, FILE *stream,
                                                                 perebor_error *error);

/**
 * CSV with a header line (RFC 4180): trial, state, rank_test_score, mean_test_score,
 * std_test_score, split<k>_test_score …, param_<name> …, mean_fit_time, mean_score_time, error.
 * Where there are other metrics than roc_auc, the four columns of scores come once more for each,
 * its name in the place of "score", before the parameters; if train scores were kept, then
 * mean_train_score and split<k>_train_score … come before them too.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_csv(const perebor_trial_list *list,
                                                               FILE *stream, perebor_error *error);

/** A JSON array with one object a trial; the same names, with split_test_score and params nested.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trial_list_write_json(const perebor_trial_list *list,
                                                                FILE *stream, perebor_error *error);

#endif
