// SPDX-License-Identifier: MIT
/**
 * @file corrected_selection.h
 * What the best trial of a search is worth on rows to come: its score without the luck of having
 * been selected.
 *
 * The best of many cross-validated scores is too good, the more so the more trials there are. So
 * the selection alone is repeated, on the out-of-fold scores that the search has already: a third
 * of the rows is left out, the trial that is best on the others is measured on those left out, and
 * the mean of that over resamples is the corrected figure. No model is fitted again. This is
 * bootstrap bias-corrected cross-validation (BBC-CV: Tsamardinos, Greasidou and Borboudakis,
 * "Bootstrapping the out-of-sample predictions for efficient and accurate cross-validation",
 * Machine Learning 107, 2018, algorithm 3) with rows drawn without replacement. A bootstrap sample
 * of n rows selects as badly as n / 2 rows would, as the variance of a mean over it is twice that
 * of the mean of n rows; two thirds of the rows select as well as they are many, which halves the
 * bias.
 *
 * Selecting is done as a search does it: by the mean over folds of the AUC within the fold, equal
 * means to the lower trial number. So scores of different folds may be on different scales. Rows
 * are drawn within each class of each fold (of the first repeat), as stratified folds were cut.
 *
 * The interval is DeLong's, of the mean over folds of the AUC of the trials that were selected, on
 * the average, around the corrected figure, on the logit scale: how sure n rows are of one trial. A
 * row counts once, however many repeats it is in.
 *
 * A resample is a function of the seed and its number: any thread may compute any of them, with the
 * same bits. The figure is of selecting among these trials and, as its learning parts are those of
 * the folds, of models fitted on a training part. It errs on the low side, as two thirds of the
 * rows select a little worse than all; docs/explanation/honest-scores.md says how much.
 */
#ifndef PEREBOR_METRIC_CORRECTED_SELECTION_H
#define PEREBOR_METRIC_CORRECTED_SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/workspace.h"

/** The out-of-fold scores of a search, complete trials only. Borrows everything. */
typedef struct perebor_search_scores {
    size_t n_trials, n_rows;
    size_t n_repeats;            /**< Cross-validations; each has every row in one of its folds. */
    size_t n_folds;              /**< Folds of all repeats together. */
    const uint8_t *labels;       /**< [n_rows] 0 or 1. */
    const uint32_t *fold_of;     /**< [n_repeats][n_rows] below n_folds. */
    const double *const *scores; /**< [n_trials] of [n_repeats][n_rows], no NaN. */
} perebor_search_scores;

/** Scores in the order in which resamples need them: 4 bytes a score. Any thread may read it. */
typedef struct perebor_selection perebor_selection;

/** What one resample selected. */
typedef struct perebor_resample {
    size_t trial;
    double inside;  /**< Mean AUC of the folds on the rows that were not left out. */
    double outside; /**< On the others, without folds that have no rows of a class there; NaN if
                       none is left. */
} perebor_resample;

/** What a set of resamples says. */
typedef struct perebor_corrected_score {
    size_t trial;          /**< The trial that is best on all rows, */
    double naive;          /**< and its score: what the search reports. */
    double corrected;      /**< Mean over the resamples of what was measured outside. */
    double low, high;      /**< Its interval; NaN where a class has no more rows than folds. */
    double standard_error; /**< That of @p corrected as the mean of these resamples: what others
                              would move it by; NaN of one alone. */
    double same_winner;    /**< Share of the resamples that selected that trial. */
    size_t n_used;         /**< Resamples that could be measured. */
} perebor_corrected_score;

/**
 * Sorts the scores.
 *
 * @param[out] selection  Keeps nothing of @p scores; perebor_selection_free() frees it.
 * @retval PEREBOR_ERR_ARGUMENT  No trials, a fold number that is too large, or 2^31 rows.
 * @retval PEREBOR_ERR_NUMERIC   No fold has both classes.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_selection_create(perebor_selection **selection,
                                                           const perebor_search_scores *scores,
                                                           perebor_error *error);

void perebor_selection_free(perebor_selection *selection);

/** The best trial on all rows. @param[out] score  The mean over folds of its AUC. */
size_t perebor_selection_winner(const perebor_selection *selection, double *score);

/**
 * Takes one resample, in O(n_trials n_rows n_repeats).
 *
 * @param[in] number     From 0; of one seed, each is another resample.
 * @param     workspace  The thread's own; left as it was.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_selection_resample(const perebor_selection *selection,
                                                             uint64_t seed, uint64_t number,
                                                             perebor_workspace *workspace,
                                                             perebor_resample *resample,
                                                             perebor_error *error);

/**
 * Puts resamples together, in the order of their numbers.
 *
 * @param[in] resamples  [n] numbers 0 to n - 1 of one seed.
 * @param[in] level      Of confidence, between 0 and 1: 0.95.
 * @retval PEREBOR_ERR_NUMERIC  No resample could be measured.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_selection_correct(const perebor_selection *selection,
                                                            const perebor_resample *resamples,
                                                            size_t n, double level,
                                                            perebor_corrected_score *score,
                                                            perebor_error *error);

/** All of that on this thread: resamples 0 to n - 1, put together. */
PEREBOR_MUST_CHECK perebor_status perebor_corrected_selection(const perebor_search_scores *scores,
                                                              size_t n_resamples, uint64_t seed,
                                                              double level,
                                                              perebor_corrected_score *score,
                                                              perebor_error *error);

#endif
