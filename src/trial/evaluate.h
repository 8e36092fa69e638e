// SPDX-License-Identifier: MIT
/**
 * @file evaluate.h
 * From a unit of the plan to outcomes: prepare the fold, fit, score, measure.
 *
 * An evaluator holds what every unit needs and never changes, so any number of threads may evaluate
 * units at once; what learners make of folds it keeps from one unit to the next, without a bearing
 * on outcomes. It does not know where it runs.
 */
#ifndef PEREBOR_TRIAL_EVALUATE_H
#define PEREBOR_TRIAL_EVALUATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "data/nested_folds.h"
#include "perebor/dataset.h"
#include "perebor/folds.h"
#include "perebor/learning_curve.h"
#include "perebor/metric.h"
#include "perebor/split.h"
#include "perebor/status.h"
#include "perebor/trials.h"
#include "perebor/workspace.h"
#include "trial/plan.h"

typedef struct perebor_evaluator perebor_evaluator;

/** Borrows everything but what it derives from it. Freed with perebor_evaluator_free(). */
PEREBOR_MUST_CHECK perebor_status perebor_evaluator_create(
    perebor_evaluator **evaluator, const perebor_dataset *dataset, const perebor_split *split,
    const perebor_folds *folds, bool share, bool score_training, perebor_error *error);

/** The same for the folds of nested cross-validation, inner and outer; training rows are not
 * scored.
 */
PEREBOR_MUST_CHECK perebor_status perebor_evaluator_create_nested(perebor_evaluator **evaluator,
                                                                  const perebor_dataset *dataset,
                                                                  const perebor_split *split,
                                                                  const nested_folds *folds,
                                                                  bool share, perebor_error *error);

void perebor_evaluator_free(perebor_evaluator *evaluator);

/** Borrows the same dataset from another place. Not while anything is evaluated. */
void perebor_evaluator_move_dataset(perebor_evaluator *evaluator, const perebor_dataset *dataset);

/**
 * Limits the memory that one member of a bundle may take for one fold, its prepared matrices
 * included: one that needs more fails, with that reason. Members are then evaluated each by itself,
 * so that which of them fail depends on nothing but the member and the fold. 0: no limit.
 */
void perebor_evaluator_limit_memory(perebor_evaluator *evaluator, size_t bytes);

/** Gives up the layouts that were kept so far: what is evaluated next prepares its fold. */
void perebor_evaluator_forget_layouts(const perebor_evaluator *evaluator);

/** Says by which metrics folds are scored; before this, it is roc_auc alone. */
void perebor_evaluator_set_metrics(perebor_evaluator *evaluator,
                                   const perebor_metric_list *metrics);

/** What a member predicts for the validation rows of a fold. Borrowed for the call. */
typedef struct perebor_fold_predictions {
    const perebor_plan *plan;
    size_t member; /**< In the plan: perebor_plan_member() says for which trials it answers. */
    size_t fold;
    const uint32_t *rows; /**< [n_rows] of the dataset. */
    size_t n_rows;
    const double *scores;        /**< [n_rows] Of a path by all estimators, before the best of it is
                                      chosen. */
    const double *probabilities; /**< [n_rows], or NULL unless some metric needs them. */
} perebor_fold_predictions;

/**
 * Receives predictions, from any thread that evaluates and from several at once: it must be safe
 * for that. A unit that is given up for want of memory or time has perhaps called it already, and
 * will again when it is done anew; so what counts is what came last before an outcome COMPLETE.
 */
typedef void perebor_predictions_receive(void *context,
                                         const perebor_fold_predictions *predictions);

/**
 * Gives the evaluator a receiver of out-of-fold predictions, called once for every member and fold
 * that is scored. NULL, as it is before this: none.
 */
void perebor_evaluator_set_receiver(perebor_evaluator *evaluator,
                                    perebor_predictions_receive *receive, void *context);

/** Rows of one fold, of the dataset. Borrowed from an evaluator. */
typedef struct perebor_fold_rows {
    const uint32_t *training, *validation;
    size_t n_training, n_validation;
} perebor_fold_rows;

/** @param[in] fold  Below folds->n_folds. */
perebor_fold_rows perebor_evaluator_rows(const perebor_evaluator *evaluator, size_t fold);

/** The shape of a typical fold, for the plan. */
perebor_fold_shape perebor_evaluator_shape(const perebor_evaluator *evaluator);

/** What a unit spent. */
typedef struct perebor_stage_seconds {
    double prepare, fit, score, metric; /**< CPU seconds. */
    uint64_t n_layouts_made;            /**< Layouts to be shared that it made for a family, */
    uint64_t n_layouts_shared;          /**< and that were there. */
} perebor_stage_seconds;

/** The outcome of one member of a unit. Released with perebor_member_outcomes_release(). */
typedef struct perebor_member_outcome {
    perebor_fold_outcome fold;
    perebor_further_scores further; /**< By the metrics beside the first. */
    uint32_t n_points; /**< Points of its learning curve; 0 if it has none or failed. */
    /** [n_points] scores of the validation rows by the selecting metric, of its first estimators:
     * perebor/learning_curve.h. */
    double curve[PEREBOR_CURVE_MAX_POINTS];
    /** Its n_estimators, if that is a path of which the best is yet to be chosen; else 0. The
     * scores above are then of all estimators. */
    uint32_t path_end;
    double *path; /**< [perebor_curve_n_points(path_end - 1)][PEREBOR_PATH_VALUES(n_metrics)] scores
                       of the first estimators; NULL if there are none. */
    char *error;  /**< Why it failed, or NULL. */
} perebor_member_outcome;

/** Frees what outcomes own. */
void perebor_member_outcomes_release(perebor_member_outcome *outcomes, size_t n_members);

/**
 * Evaluates a bundle on one fold.
 *
 * @param[in]  fold       Below folds->n_folds.
 * @param      workspace  Of the calling thread; left as it was.
 * @param[out] outcomes   [bundle->n_members]
 * @param[out] seconds    Added to; may be NULL.
 *
 * A member that cannot be fitted is an outcome with state FAIL. The function itself fails only
 * where the machine does.
 * @retval PEREBOR_ERR_MEMORY   Memory is short.
 * @retval PEREBOR_ERR_STOPPED  The thread was told that its time is over: base/deadline.h.
 */
PEREBOR_MUST_CHECK perebor_status perebor_evaluate(const perebor_evaluator *evaluator,
                                                   const perebor_plan *plan, size_t bundle,
                                                   size_t fold, perebor_workspace *workspace,
                                                   perebor_member_outcome *outcomes,
                                                   perebor_stage_seconds *seconds,
                                                   perebor_error *error);

/** What a part of a bundle comes to on a fold: addends of scores. */
typedef struct perebor_part_scores {
    /** A member has the validation rows, then the training rows if they are scored, and then, if
     * some member asks for scores out of bag, the training rows' sums and their numbers of addends:
     * perebor_out_of_bag. */
    size_t n_members, n_rows;
    double *sums;                     /**< [n_members][n_rows] */
    perebor_member_outcome *outcomes; /**< [n_members] seconds; COMPLETE, or why it failed. */
    /** [n_words] points of learning curves, ascending: each n_estimators, how many members, how
     * many rows, which members, and the addends of the rows as the bits of doubles: of the
     * validation rows, and, where a path wants them, of all others. */
    uint64_t *points;
    size_t n_words, words_room;
} perebor_part_scores;

/** Takes memory for the scores of a part. Released with perebor_part_scores_release(). */
PEREBOR_MUST_CHECK perebor_status perebor_part_scores_create(perebor_part_scores *scores,
                                                             const perebor_evaluator *evaluator,
                                                             const perebor_plan *plan,
                                                             size_t bundle, size_t fold,
                                                             perebor_error *error);

/** Makes room for words behind the points. @return Where they go; NULL if memory is short. */
uint64_t *perebor_part_scores_extend(perebor_part_scores *scores, size_t n_words);

void perebor_part_scores_release(perebor_part_scores *scores);

/**
 * Evaluates one part of a bundle on one fold, up to the addends of its scores.
 *
 * @param[in]  unit     With n_parts > 1.
 * @param[out] scores   Of perebor_part_scores_create().
 * @param[out] seconds  Added to; may be NULL.
 * @return As perebor_evaluate().
 */
PEREBOR_MUST_CHECK perebor_status perebor_evaluate_part(
    const perebor_evaluator *evaluator, const perebor_plan *plan, const perebor_plan_unit *unit,
    perebor_workspace *workspace, perebor_part_scores *scores, perebor_stage_seconds *seconds,
    perebor_error *error);

/**
 * Makes outcomes of all parts, with the bits of perebor_evaluate().
 *
 * @param[in]  unit      Any of the parts.
 * @param[in]  parts     [unit->n_parts] in order.
 * @param[out] outcomes  [bundle->n_members]
 * @param[out] seconds   The time of metrics is added.
 * @return As perebor_evaluate().
 */
PEREBOR_MUST_CHECK perebor_status perebor_evaluate_joined(
    const perebor_evaluator *evaluator, const perebor_plan *plan, const perebor_plan_unit *unit,
    const perebor_part_scores *parts, perebor_workspace *workspace,
    perebor_member_outcome *outcomes, perebor_stage_seconds *seconds, perebor_error *error);

/**
 * Evaluates one candidate on one fold by another way to the very same bits: a fitted pipeline of
 * the fold's training rows scores its validation rows. Nothing is shared with other candidates, and
 * memory is not limited.
 *
 * @param[in]  fold       Below folds->n_folds.
 * @param      workspace  Of the calling thread; left as it was.
 * @param[out] outcome    As perebor_evaluate() gives it, but for the times.
 *
 * @retval PEREBOR_ERR_MEMORY, PEREBOR_ERR_STOPPED  As perebor_evaluate().
 */
PEREBOR_MUST_CHECK perebor_status perebor_evaluate_fitted(const perebor_evaluator *evaluator,
                                                          const perebor_candidate *candidate,
                                                          size_t fold, perebor_workspace *workspace,
                                                          perebor_member_outcome *outcome,
                                                          perebor_error *error);

#endif
