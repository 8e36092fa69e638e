// SPDX-License-Identifier: MIT
/**
 * @file ensemble_selection.h
 * An ensemble of a search's trials: which of them to average, and what that is worth on rows to
 * come.
 *
 * Ensemble selection (Caruana, Niculescu-Mizil, Crew and Ksikes, "Ensemble selection from libraries
 * of models", ICML 2004; Caruana, Munson and Niculescu-Mizil, "Getting the most out of ensemble
 * selection", ICDM 2006) is greedy forward selection with replacement, on the out-of-fold
 * probabilities of trials. Each round adds the trial with which the mean
 * probability ranks best. A trial may be taken again, which gives it weight.
 *
 * With weights w_k, how often trial k was taken, the blend of a row is
 *
 *     (w_0 p_0 + w_1 p_1 + ...) / (w_0 + w_1 + ...),
 *
 * added up in ascending order of k over the trials with a weight, each of them w_k p_k, then
 * divided. The score of weights is the mean over folds of the AUC of the blend within the fold, an
 * exact count of pairs, folds without a class left out. It is a function of the weights alone:
 * selecting compares the very figures that are reported, however the weights came about. For one
 * trial it is the score by which corrected_selection.h selects.
 *
 * A selected ensemble is too good on the rows that it was selected by, as the best trial is. It is
 * corrected as the best trial is (corrected_selection.h): selected again without a third of the
 * rows, the same rows as there, and measured on that third. No model is fitted again. Where the
 * trials given are themselves the best of more trials by the same rows, the luck of that choice
 * stays in the figure.
 *
 * Functions take scores as they are and keep nothing of them. A resample is a function of the seed
 * and its number: any thread may compute any of them, with the same bits.
 *
 * Costs of a selection: n_rounds n_trials times the counting of n_repeats n_rows scores, in pairs
 * for folds of some hundred rows and in O(n log n) for larger ones; 8 bytes of the workspace for
 * each score of each trial.
 */
#ifndef PEREBOR_METRIC_ENSEMBLE_SELECTION_H
#define PEREBOR_METRIC_ENSEMBLE_SELECTION_H

#include "metric/corrected_selection.h"

/** What one resample selected. AUCs are means over folds; NaN where no fold has both classes. */
typedef struct perebor_resampled_ensemble {
    double inside;        /**< AUC of the ensemble on the rows that were not left out, */
    double outside;       /**< and on the others. */
    size_t single;        /**< The trial that is best inside: that of perebor_resample, */
    double single_inside; /**< and its AUCs, with the same bits. */
    double single_outside;
    double variance;  /**< DeLong's of the mean AUC of the ensemble on all rows; NaN where a class
                         has no more rows than folds. */
    size_t n_members; /**< Different trials in the ensemble. */
} perebor_resampled_ensemble;

/** What a set of resamples says. */
typedef struct perebor_corrected_ensemble {
    double naive;            /**< Score of the ensemble of all rows: what selecting reports. */
    double corrected;        /**< Mean over the resamples of what was measured outside. */
    double low, high;        /**< Its interval; NaN where a class has no more rows than folds. */
    double standard_error;   /**< That of @p corrected as the mean of these resamples: what others
                                would move it by; NaN of one alone. */
    double single_corrected; /**< Mean of the same of the best single trial. */
    double better;    /**< Share of the resamples whose ensemble beats the single trial outside, */
    double equal;     /**< and of those where they are equal. */
    double n_members; /**< Mean number of different trials. */
    size_t n_used;    /**< Resamples that could be measured: all means and shares are of these. */
} perebor_corrected_ensemble;

/**
 * Selects on all rows. Where trials are equal, the one of the lower number is added; the ensemble
 * is the shortest beginning of the rounds that has the highest score of all.
 *
 * @param[in]  scores     Probabilities: in [0, 1].
 * @param[in]  n_rounds   At least 1, below 2^31.
 * @param      workspace  The thread's own; left as it was.
 * @param[out] weights    [n_trials] how often each was taken.
 * @param[out] score      Of the weights.
 * @retval PEREBOR_ERR_ARGUMENT  No trials, no rounds, a fold number that is too large, a score
 *                               outside [0, 1], or 2^31 rows.
 * @retval PEREBOR_ERR_NUMERIC   No fold has both classes.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_ensemble_select(const perebor_search_scores *scores,
                                                          size_t n_rounds,
                                                          perebor_workspace *workspace,
                                                          uint32_t *weights, double *score,
                                                          perebor_error *error);

/**
 * The mean score of every row: blend[i] of scores[trial][i], in the order said above.
 *
 * @param[in]  scores   [n_trials] of [n_scores].
 * @param[in]  weights  [n_trials] not all 0.
 * @param[out] blend    [n_scores]
 */
void perebor_ensemble_blend(double *blend, const double *const *scores, const uint32_t *weights,
                            size_t n_trials, size_t n_scores);

/**
 * Takes one resample: what perebor_ensemble_select() takes without the rows that
 * perebor_selection_resample() of this seed and number leaves out.
 *
 * @param[in] number     From 0; of one seed, each is another resample.
 * @param     workspace  The thread's own; left as it was.
 * @retval others        As perebor_ensemble_select().
 */
PEREBOR_MUST_CHECK perebor_status perebor_ensemble_resample(
    const perebor_search_scores *scores, size_t n_rounds, uint64_t seed, uint64_t number,
    perebor_workspace *workspace, perebor_resampled_ensemble *resample, perebor_error *error);

/**
 * Puts resamples together, in the order of their numbers.
 *
 * @param[in] naive      What perebor_ensemble_select() reported.
 * @param[in] resamples  [n] numbers 0 to n - 1 of one seed.
 * @param[in] level      Of confidence, between 0 and 1: 0.95.
 * @retval PEREBOR_ERR_NUMERIC  No resample could be measured.
 */
PEREBOR_MUST_CHECK perebor_status
perebor_ensemble_correct(double naive, const perebor_resampled_ensemble *resamples, size_t n,
                         double level, perebor_corrected_ensemble *corrected, perebor_error *error);

#endif
