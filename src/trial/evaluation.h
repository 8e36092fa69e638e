// SPDX-License-Identifier: MIT
/**
 * @file evaluation.h
 * A bundle on one fold while it is evaluated: what evaluating it whole (evaluate.c), the points of
 * its learning curves (evaluate_points.c) and evaluating it in parts (evaluate_parts.c) have in
 * common.
 *
 * An evaluation belongs to one thread. Members are counted as in its bundle, from 0, except where
 * a learner counts them as in its family.
 */
#ifndef PEREBOR_TRIAL_EVALUATION_H
#define PEREBOR_TRIAL_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/learner.h"
#include "perebor/preparation.h"
#include "trial/evaluate.h"
#include "trial/evaluator.h"
#include "trial/scoring.h"

/** One bundle on one fold, as it is being evaluated. */
typedef struct evaluation {
    const perebor_evaluator *evaluator;
    const perebor_plan *plan;
    const perebor_preparation_settings *settings; /**< How rows are prepared, all columns kept. */
    const perebor_family_range *families;         /**< [n_families] */
    size_t n_families;
    size_t first_member, n_members; /**< Members of the plan. */
    const fold_split *rows;
    perebor_workspace *workspace;
    perebor_preparation *preparation; /**< By these settings; NULL: not yet. */
    perebor_workspace_mark prepared;  /**< Where it ends. */
    uint32_t select_k;                /**< The present selection, */
    bool selected;                    /**< if there is one. */
    perebor_training training;        /**< What that leaves. */
    perebor_matrix validation;
    perebor_member_outcome *outcomes; /**< [n_members] */
    perebor_stage_seconds *seconds;
    bool share;                         /**< Learners share work between members. */
    const perebor_family_range *family; /**< That is being scored. */
    size_t family_first;                /**< Which of the outcomes is its first. */
    const perebor_plan_unit *part;      /**< That is evaluated alone, or NULL. */
    perebor_part_scores *part_scores;
    perebor_family_deliver *deliver;            /**< Takes the scores of members. */
    perebor_family_deliver_part *deliver_point; /**< Takes points of learning curves. */
    perebor_error failure; /**< What went wrong with the machine where no status can be returned. */
} evaluation;

/**
 * Begins a bundle on one fold, of which nothing is evaluated yet.
 *
 * @param[out] outcomes  [bundle->n_members] Made FAIL without a reason.
 * @param      seconds   Borrowed; may be NULL.
 */
evaluation evaluation_begin(const perebor_evaluator *evaluator, const perebor_plan *plan,
                            size_t bundle, size_t fold, perebor_workspace *workspace,
                            perebor_member_outcome *outcomes, perebor_stage_seconds *seconds);

/**
 * Prepares the fold and hands every family to its learner, which delivers to @p evaluation.
 *
 * @retval PEREBOR_ERR_MEMORY, PEREBOR_ERR_STOPPED  As perebor_evaluate().
 */
PEREBOR_MUST_CHECK perebor_status evaluation_run(evaluation *evaluation, perebor_error *error);

/**
 * Counts what was spent, or, where the machine failed, takes the outcomes back.
 *
 * @param[in] status  What evaluating came to.
 * @return That, or else the failure noted in the evaluation.
 */
PEREBOR_MUST_CHECK perebor_status evaluation_end(const evaluation *evaluation,
                                                 perebor_status status, perebor_error *error);

/**
 * Looks for the layout of a family, if that is all that its learner needs of the prepared fold.
 *
 * @param[out] reading  To be ended with evaluation_end_layout(); without a layout, the fold is to
 * be prepared.
 * @retval PEREBOR_ERR_STOPPED  As perebor_evaluate().
 */
PEREBOR_MUST_CHECK perebor_status evaluation_find_layout(const evaluation *evaluation,
                                                         const perebor_family_range *range,
                                                         layout_reading *reading,
                                                         perebor_error *error);

/** Finds or makes the layout of a family that shares one, of the prepared fold. @return As
 * perebor_evaluate(). */
PEREBOR_MUST_CHECK perebor_status evaluation_make_layout(const evaluation *evaluation,
                                                         const perebor_family_range *range,
                                                         layout_reading *reading,
                                                         perebor_error *error);

void evaluation_end_layout(const evaluation *evaluation, const layout_reading *reading);

/** Turns scores into an outcome: a perebor_family_deliver whose context is an evaluation. */
void evaluation_receive(void *context, size_t member, perebor_status status, const char *message,
                        const double *validation_scores, const double *training_scores,
                        const perebor_fit_report *report);

/** Turns the scores of first estimators into a point of learning curves and of paths: a
 * perebor_family_deliver_part whose context is an evaluation. */
void evaluation_receive_point(void *context, const size_t *members, size_t n_members,
                              size_t n_estimators, const double *validation_scores,
                              const double *training_scores, const perebor_out_of_bag *out_of_bag);

/** Scores one part by some metrics. @param[out] values  [metrics->n] NaN for scores that are not
 * finite. @pre The learner's scores need no calibration. */
PEREBOR_MUST_CHECK perebor_status evaluation_measure(const evaluation *evaluation,
                                                     const perebor_metric_list *metrics,
                                                     const scored_part *part, double *values,
                                                     perebor_error *error);

/**
 * Scores the training rows by the estimators that did not learn from them, by the selecting metric.
 *
 * @param[out] score    NaN unless there are rows of both classes with such estimators.
 * @param[out] lacking  How many rows have none.
 */
PEREBOR_MUST_CHECK perebor_status
evaluation_measure_out_of_bag(const evaluation *evaluation, const perebor_out_of_bag *out_of_bag,
                              double *score, uint32_t *lacking, perebor_error *error);

/** How many numbers of a member are to be added up for that, in parts of a bundle: 0 if none of its
 * members asks for it. @param[in] bundle  Of the plan. */
size_t evaluation_n_out_of_bag(const perebor_evaluator *evaluator, const perebor_plan *plan,
                               const perebor_bundle *bundle, const fold_split *rows);

/** The settings of a member. @param[in] index  In the bundle. */
const perebor_value *evaluation_settings(const evaluation *evaluation, size_t index);

/** Whether n_estimators is a path in any of some members. @param[in] members  [n_members] of the
 * present family. */
bool evaluation_has_path(const evaluation *evaluation, const size_t *members, size_t n_members);

/** The outcome of a member before it is evaluated: FAIL, without a reason, every score NaN. */
perebor_member_outcome evaluation_no_outcome(void);

/** Makes a member fail, for the reason that @p message gives. */
void evaluation_fail_outcome(evaluation *evaluation, size_t member, const char *message);

/** Keeps the first failure of the machine for the end of the evaluation. */
void evaluation_note_failure(evaluation *evaluation, perebor_status status, const char *message);

/** Whether a failure is the machine's and no outcome of a member: memory is short, or time is over.
 */
bool evaluation_is_of_machine(perebor_status status);

#endif
