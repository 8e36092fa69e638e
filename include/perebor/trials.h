// SPDX-License-Identifier: MIT
/**
 * @file trials.h
 * The table of trials: points and outcomes, column by column, and the digest that proves them.
 *
 * A trial is one point of the space evaluated on every fold. Its outcome is a pure function of
 * (experiment, data, trial number) but for the times and places recorded beside it, which the
 * digest leaves out.
 */
#ifndef PEREBOR_TRIALS_H
#define PEREBOR_TRIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/metric.h"
#include "perebor/space.h"
#include "perebor/status.h"

typedef struct trial_texts trial_texts;

PEREBOR_BEGIN_DECLS

/** Optuna's codes. Stored in result files and journals: never renumber. */
typedef enum perebor_trial_state {
    PEREBOR_TRIAL_RUNNING = 0,
    PEREBOR_TRIAL_COMPLETE = 1,
    PEREBOR_TRIAL_PRUNED = 2,
    PEREBOR_TRIAL_FAIL = 3,
    PEREBOR_TRIAL_WAITING = 4,
} perebor_trial_state;

/** "RUNNING", "COMPLETE", "PRUNED", "FAIL", "WAITING", NULL: what files and lists call a state. */
extern const char *const perebor_trial_state_names[];

/** The name of a state; "UNKNOWN" for a number that is none. */
const char *perebor_trial_state_name(uint8_t state);

/** What one fold of one trial came to. */
typedef struct perebor_fold_outcome {
    double test_score; /**< By the selecting metric on the fold's validation rows; NaN if failed. */
    double train_score; /**< The same on its training rows; NaN if not asked for. */
    /** The same on its training rows, each scored by the estimators that did not learn from it, if
     * has_oob; NaN where those that have such estimators are of one class. */
    double oob_score;
    double fit_seconds, score_seconds;
    uint32_t iterations;
    uint32_t oob_lacking; /**< Training rows that all estimators learned from: not in oob_score. */
    uint8_t state;        /**< perebor_trial_state: COMPLETE or FAIL. */
    uint8_t converged;    /**< 1 if the solver reached its tolerance. */
    uint8_t has_oob;      /**< 1 if oob_score was asked for and the learner has one. */
    uint8_t reserved[5];  /**< 0 */
} perebor_fold_outcome;

/** What a fold scored by the metrics beside the selecting one; NaN as in perebor_fold_outcome. */
typedef struct perebor_further_scores {
    double test[PEREBOR_MAX_METRICS - 1], train[PEREBOR_MAX_METRICS - 1];
} perebor_further_scores;

/** Numbers of a point of a path: the scores by all metrics of the validation rows, those of the
 * training rows, oob_score, and oob_lacking, NaN where there is no such score. */
#define PEREBOR_PATH_VALUES(n_metrics) (2 * (n_metrics) + 2)

/** The learning curve of a trial: scores of its first estimators by the selecting metric on the
 * validation rows, at the points of perebor/learning_curve.h. */
typedef struct perebor_trial_curve {
    uint32_t n_points;
    uint32_t path_end; /**< n_estimators of the trial if that is a path of which the best is yet to
                            be chosen; else 0. */
    double *path; /**< [n_folds][path points][PEREBOR_PATH_VALUES(n_metrics)] scores at the points
                       below that, until then; else NULL. */
    double scores[]; /**< [n_folds][n_points] NaN on folds that failed. */
} perebor_trial_curve;

/** One part of a fold. */
typedef enum perebor_part {
    PEREBOR_TEST = 0,  /**< The validation rows. */
    PEREBOR_TRAIN = 1, /**< The training rows. */
} perebor_part;

/**
 * Trials first_trial … first_trial + n_trials - 1. Owns every array and every text: a text put into
 * values, error or host must come from perebor_trials_intern().
 */
typedef struct perebor_trials {
    uint64_t first_trial;
    size_t n_trials;
    size_t n_folds;
    size_t n_parameters;
    size_t n_metrics;             /**< At least 1. */
    char **metric_names;          /**< [n_metrics] The first selects; the others follow by the bytes
                                       of their names. */
    char **parameter_names;       /**< [n_parameters] */
    perebor_value *values;        /**< [n_trials][n_parameters]; text belongs to the table. */
    uint8_t *state;               /**< [n_trials] perebor_trial_state */
    perebor_fold_outcome *folds;  /**< [n_trials][n_folds] */
    double *further;              /**< [n_trials][n_folds][2][n_metrics - 1] scores by perebor_part,
                                       of every metric but the first; NULL if there is one. */
    perebor_trial_curve **curves; /**< [n_trials] NULL where a trial has none. */
    uint32_t *n_estimators;       /**< [n_trials] that a path came to; 0: the trial has none. */
    uint8_t *fold_done;           /**< [n_trials][n_folds] 1 once the outcome is in. */
    uint64_t *same_as;            /**< [n_trials] number of the first trial with the same active
                                       point; its own if there is none before. */
    const char **error;           /**< [n_trials] why it failed; NULL if it did not. Interned. */
    double *datetime_start;       /**< [n_trials] seconds since 1970, UTC; NaN if not begun. */
    double *duration;             /**< [n_trials] seconds of CPU time over all folds. */
    int32_t *mpi_rank;            /**< [n_trials] that finished it; -1 if unknown. */
    const char **host;            /**< [n_trials] likewise; NULL if unknown. Interned. */
    int32_t *n_threads;           /**< [n_trials] of that rank. */
    trial_texts *texts;           /**< Every text of the table; see perebor_trials_intern(). */
} perebor_trials;

/** Makes a table of WAITING trials with the points of @p space. Freed with perebor_trials_free().
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_create(perebor_trials **trials,
                                                        const perebor_space *space,
                                                        uint64_t first_trial, size_t n_trials,
                                                        size_t n_folds, perebor_error *error);

/**
 * Makes a table with the given parameters and no points yet, as a reader of files does.
 * Every value is PEREBOR_VALUE_NONE, every trial WAITING.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_create_empty(perebor_trials **trials,
                                                              const char *const *parameter_names,
                                                              size_t n_parameters,
                                                              uint64_t first_trial, size_t n_trials,
                                                              size_t n_folds, perebor_error *error);

void perebor_trials_free(perebor_trials *trials);

/**
 * Says by which metrics the trials are scored; before this, it is roc_auc alone. Scores by the
 * first stay, those by the others are NaN.
 *
 * @param[in] names  [n_metrics] Copied; the first selects. Put in order.
 * @retval PEREBOR_ERR_ARGUMENT  None, more than PEREBOR_MAX_METRICS, or one twice.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_set_metrics(perebor_trials *trials,
                                                             const char *const *names,
                                                             size_t n_metrics,
                                                             perebor_error *error);

/**
 * Whether roc_auc is the only metric: what there was before there were others. Digests, files and
 * texts of such trials say nothing of metrics.
 */
bool perebor_trials_have_default_metric(const perebor_trials *trials);

/** Whether two tables have the same metrics, the selecting one included. */
bool perebor_trials_same_metrics(const perebor_trials *a, const perebor_trials *b);

/**
 * Puts in what a trial came to on a fold.
 *
 * @param[in] further  NULL: NaN.
 */
void perebor_trials_set_fold(perebor_trials *trials, size_t trial, size_t fold,
                             const perebor_fold_outcome *outcome,
                             const perebor_further_scores *further);

/**
 * Puts in the learning curve of a trial on a fold; those of all folds are of one length, but that a
 * fold without points has none.
 *
 * @param[in] scores  [n_points]
 * @retval PEREBOR_ERR_FORMAT  Another fold has another number of points.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_set_curve(perebor_trials *trials, size_t trial,
                                                           size_t fold, const double *scores,
                                                           uint32_t n_points, perebor_error *error);

/**
 * Puts in the scores of a path on a fold, after its curve.
 *
 * @param[in] path_end  n_estimators of the trial.
 * @param[in] scores    [perebor_curve_n_points(path_end - 1)][PEREBOR_PATH_VALUES(n_metrics)]
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_set_path(perebor_trials *trials, size_t trial,
                                                          size_t fold, uint32_t path_end,
                                                          const double *scores,
                                                          perebor_error *error);

/**
 * Lets a complete trial whose n_estimators is a path have as many as score best, by the mean of the
 * selecting metric over its folds; of equal ones the fewest. All its scores are then those of so
 * many. Does nothing to other trials.
 */
void perebor_trials_choose_n_estimators(perebor_trials *trials, size_t trial);

/**
 * The mean over the folds at a point of a trial's learning curve, as
 * perebor_trials_mean_test_score() is of its score; NaN unless COMPLETE.
 *
 * @pre trials->curves[trial] has the point.
 */
double perebor_trials_mean_curve(const perebor_trials *trials, size_t trial, size_t point);

/** The scores of a fold by the metrics but the first. Needs more than one. */
static inline double *perebor_trials_further(const perebor_trials *trials, size_t trial,
                                             size_t fold, perebor_part part) {
    size_t cell = (trial * trials->n_folds + fold) * 2 + (size_t)part;
    return trials->further + cell * (trials->n_metrics - 1);
}

/** The score of a trial on a fold by any metric, from 0 on. */
double perebor_trials_score(const perebor_trials *trials, size_t trial, size_t fold, size_t metric,
                            perebor_part part);

/**
 * The table's copy of a text, kept until the table is freed; equal texts share one.
 * NULL if memory is short.
 */
const char *perebor_trials_intern(perebor_trials *trials, const char *text);

/** Whether a trial has its outcome: COMPLETE or FAIL. */
bool perebor_trials_finished(const perebor_trials *trials, size_t trial);

/** How many of the table's trials have. */
size_t perebor_trials_n_finished(const perebor_trials *trials);

/**
 * Copies what a trial came to (not its point) from one table to another of as many folds and the
 * same metrics.
 *
 * @pre to->n_folds == from->n_folds && perebor_trials_same_metrics(to, from)
 * @retval PEREBOR_ERR_MEMORY  A text did not fit.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_copy(perebor_trials *to, size_t to_trial,
                                                      const perebor_trials *from, size_t from_trial,
                                                      perebor_error *error);

/**
 * Fills same_as from the points: each trial gets the first number in the table whose active point
 * is equal to its own. perebor_trials_create() has done so; a reader or a merge does it anew.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_mark_same(perebor_trials *trials,
                                                           perebor_error *error);

/**
 * Takes over the outcomes of finished trials (COMPLETE or FAIL) from another table of the same
 * search: those that both have and that are not finished here yet.
 *
 * @param[out] n_taken  How many; may be NULL.
 *
 * @retval PEREBOR_ERR_CONFLICT  Another number of folds, other metrics, or a trial whose point
 * differs; the message names the trial and the parameter. Nothing was taken.
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_take(perebor_trials *trials,
                                                      const perebor_trials *from, uint64_t *n_taken,
                                                      perebor_error *error);

/**
 * Mean of the folds' test scores, as scikit-learn's mean_test_score to the bit (numpy's pairwise
 * order of summation); NaN unless COMPLETE.
 */
double perebor_trials_mean_test_score(const perebor_trials *trials, size_t trial);

/** Their standard deviation, ddof 0; NaN unless COMPLETE. */
double perebor_trials_std_test_score(const perebor_trials *trials, size_t trial);

/** Means over the folds of train_score; NaN where not asked for. */
double perebor_trials_mean_train_score(const perebor_trials *trials, size_t trial);

/** Whether a finished fold of a trial has an oob_score, be it NaN. */
bool perebor_trials_has_oob(const perebor_trials *trials, size_t trial, size_t fold);

/** Whether some finished fold of any trial has one. */
bool perebor_trials_have_oob(const perebor_trials *trials);

/** Mean over the folds of oob_score; NaN unless the trial is complete and each of them has one. */
double perebor_trials_mean_oob_score(const perebor_trials *trials, size_t trial);

/**
 * What a trial's model is called: the value of its parameter `model`, but "extra_trees" for a
 * forest whose thresholds are drawn (forest__splitter: random); "" if it has none.
 */
const char *perebor_trials_model(const perebor_trials *trials, size_t trial);

/** CPU seconds of fitting and of scoring, the mean over folds; NaN unless the trial is complete. */
double perebor_trials_mean_fit_seconds(const perebor_trials *trials, size_t trial);
double perebor_trials_mean_score_seconds(const perebor_trials *trials, size_t trial);

/** Mean over the folds of a part by any metric, as perebor_trials_mean_test_score() is of the
 * first. */
double perebor_trials_mean(const perebor_trials *trials, size_t trial, size_t metric,
                           perebor_part part);

/** Standard deviation over the folds of the test scores by any metric, ddof 0. */
double perebor_trials_std(const perebor_trials *trials, size_t trial, size_t metric);

/**
 * rank_test_score: 1 for the best, ties share the smallest rank (method "min"), trials without a
 * score share the last. scikit-learn rounds nothing before it ranks, and neither does this.
 *
 * @param[out] ranks  [n_trials]
 */
PEREBOR_MUST_CHECK perebor_status perebor_trials_rank(const perebor_trials *trials, uint32_t *ranks,
                                                      perebor_error *error);

/** The same by any metric. */
PEREBOR_MUST_CHECK perebor_status perebor_trials_rank_by(const perebor_trials *trials,
                                                         size_t metric, uint32_t *ranks,
                                                         perebor_error *error);

/**
 * The active parameters of a trial as a JSON object with sorted keys.
 * The caller frees it; NULL if memory is short.
 */
char *perebor_trials_params_json(const perebor_trials *trials, size_t trial);

/**
 * Digest of one trial: number, active point, state, and every test score by every metric bit for
 * bit. A trial that is not finished has no scores, and RUNNING counts as WAITING.
 */
void perebor_trials_digest_one(const perebor_trials *trials, size_t trial, uint8_t digest[32]);

/**
 * Digest of the scores out of bag, which the digest of a trial leaves out:
 * docs/reference/digest.md.
 *
 * @return False if no trial has one; @p digest is untouched.
 */
bool perebor_trials_digest_oob(const perebor_trials *trials, uint8_t digest[32]);

/**
 * The digest: SHA-256 over the digests of all trials in order. docs/reference/digest.md defines it
 * to the byte. Times, places and messages do not enter.
 */
void perebor_trials_digest(const perebor_trials *trials, uint8_t digest[32]);

PEREBOR_END_DECLS

#endif
