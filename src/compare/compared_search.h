// SPDX-License-Identifier: MIT
/**
 * @file compared_search.h
 * A search as it is compared with others, whoever wrote its file: a result file, a CSV file of
 * trials with the columns of scikit-learn's cv_results_, or a study of Optuna's in SQLite.
 *
 * Files that others write say nothing of rows, folds, space or build, and their times are those of
 * a clock on the wall. Scores are "greater is better" always.
 */
#ifndef PEREBOR_COMPARE_COMPARED_SEARCH_H
#define PEREBOR_COMPARE_COMPARED_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/trials.h"

/** Who wrote it. */
typedef enum compared_kind {
    COMPARED_RESULT = 0,
    COMPARED_CV_RESULTS = 1,
    COMPARED_OPTUNA = 2,
} compared_kind;

/** "perebor", "cv_results_", "optuna". */
extern const char *const compared_kind_names[];

/** Starts as {0}; ended with compared_search_close(). */
typedef struct compared_search {
    const char *path; /**< As it was named. Borrowed. */
    compared_kind kind;
    perebor_result *result; /**< NULL of what others wrote. */
    perebor_trials *trials; /**< The result's; or own, without parameters. */
    size_t metric;          /**< The metric of trials by which they are compared. */
    bool has_folds;         /**< Each trial has a score for each fold. */
    bool is_negated;        /**< What others minimised: scores are its values times -1. */
    const char **params;    /**< [n_trials] of what others wrote, as it says them; NULL. */
    perebor_arena memory;
} compared_search;

/** What the first bytes of a file say that it is. @retval PEREBOR_ERR_IO It cannot be opened. */
PEREBOR_MUST_CHECK perebor_status compared_kind_find(compared_kind *kind, const char *path,
                                                     perebor_error *error);

/**
 * Reads a result file. Forks (result_file.h).
 *
 * @param[in] metric  NULL: the one that selects.
 * @retval PEREBOR_ERR_CONFLICT  It was not scored by that metric.
 */
PEREBOR_MUST_CHECK perebor_status compared_result_open(compared_search *search, const char *path,
                                                       const char *metric, perebor_error *error);

/**
 * Reads a CSV file with a row for each trial: mean_test_score, or mean_test_METRIC; if they are
 * there, split0_test_score …, params or param_…, mean_fit_time, mean_score_time and state. A trial
 * without a mean has failed. Numbers of trials are rows, from 0.
 *
 * @param[in] metric  What its scores are taken for.
 * @retval PEREBOR_ERR_FORMAT  It has no such column.
 */
PEREBOR_MUST_CHECK perebor_status cv_results_open(compared_search *search, const char *path,
                                                  const char *metric, perebor_error *error);

/**
 * Reads a study of the tables of Optuna's RDB storage (2.4 or later): the first objective, and the
 * scores of the folds where OptunaSearchCV left them among the users' attributes.
 *
 * @param[in] path    "FILE.db", or "FILE.db#STUDY" where there are several.
 * @param[in] metric  What its values are taken for.
 * @retval PEREBOR_ERR_FORMAT  It has no such tables or study, or several.
 */
PEREBOR_MUST_CHECK perebor_status optuna_study_open(compared_search *search, const char *path,
                                                    const char *metric, perebor_error *error);

/**
 * Makes the table of a search of others': one metric, trials of @p n_folds folds, nothing known.
 *
 * @param[in] n_folds  At least 1.
 */
PEREBOR_MUST_CHECK perebor_status compared_trials_create(compared_search *search, size_t n_trials,
                                                         size_t n_folds, const char *metric,
                                                         perebor_error *error);

/** Puts in the score of a fold; of the whole trial, where there is one fold. */
void compared_trials_put(compared_search *search, size_t trial, size_t fold, double score);

/** Fails every COMPLETE trial of others' that has no finite score for each fold. */
void compared_trials_settle(compared_search *search);

/** The name of the metric by which a search is compared. */
static inline const char *compared_metric_name(const compared_search *search) {
    return search->trials->metric_names[search->metric];
}

/** The active parameters of a trial: JSON, or what a CSV file says. Freed by the caller; NULL if
 * memory is short. */
char *compared_params(const compared_search *search, size_t trial);

/** The path of a file in "FILE#STUDY": the whole of it if a file has that name. In the arena; NULL
 * if memory is short. @param[out] study  NULL if none is named. */
const char *compared_path_of(perebor_arena *arena, const char *path, const char **study);

void compared_search_close(compared_search *search);

#endif
