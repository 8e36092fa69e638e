// SPDX-License-Identifier: MIT
#include "trial/evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "perebor/calibration.h"
#include "prepare/prepared_column.h"
#include "trial/scoring.h"

void evaluation_note_failure(evaluation *evaluation, perebor_status status, const char *message) {
    if (evaluation->failure.status == PEREBOR_OK) {
        (void)perebor_fail(&evaluation->failure, status, "%s", message);
    }
}

static perebor_status report_failure(const evaluation *evaluation, perebor_error *error) {
    const perebor_error *failure = &evaluation->failure;
    return failure->status == PEREBOR_OK
               ? PEREBOR_OK
               : perebor_fail(error, failure->status, "%s", failure->message);
}

static perebor_further_scores no_scores(void) {
    perebor_further_scores none;
    for (size_t i = 0; i < PEREBOR_MAX_METRICS - 1; i++) {
        none.test[i] = none.train[i] = NAN;
    }
    return none;
}

perebor_member_outcome evaluation_no_outcome(void) {
    return (perebor_member_outcome){.fold = {.test_score = NAN,
                                             .train_score = NAN,
                                             .oob_score = NAN,
                                             .state = PEREBOR_TRIAL_FAIL},
                                    .further = no_scores()};
}

void perebor_member_outcomes_release(perebor_member_outcome *outcomes, size_t n_members) {
    for (size_t member = 0; member < n_members; member++) {
        free(outcomes[member].error);
        free(outcomes[member].path);
        outcomes[member].error = NULL;
        outcomes[member].path = NULL;
    }
}

void evaluation_fail_outcome(evaluation *evaluation, size_t member, const char *message) {
    perebor_member_outcome *outcome = &evaluation->outcomes[member];
    outcome->fold.state = PEREBOR_TRIAL_FAIL;
    outcome->fold.converged = 0;
    outcome->fold.test_score = outcome->fold.train_score = outcome->fold.oob_score = NAN;
    outcome->fold.oob_lacking = outcome->fold.has_oob = 0;
    outcome->further = no_scores();
    outcome->n_points = outcome->path_end = 0;
    perebor_member_outcomes_release(outcome, 1);
    outcome->error = strdup(message);
    if (outcome->error == NULL) {
        evaluation_note_failure(evaluation, PEREBOR_ERR_MEMORY, "no memory to score a fold");
    }
}

/**
 * Scores one part by every metric.
 *
 * @param[out] predictions  In the workspace.
 * @param[out] score        By the selecting metric.
 * @param[out] further      By the others.
 */
static perebor_status measure_part(const evaluation *evaluation,
                                   const perebor_calibration *calibration, const scored_part *part,
                                   perebor_predictions *predictions, double *score, double *further,
                                   perebor_error *error) {
    perebor_status status;
    const perebor_metric_list *metrics = &evaluation->evaluator->metrics;
    double values[PEREBOR_MAX_METRICS] = {0.0};
    PEREBOR_TRY(done, scoring_predict(predictions, metrics, evaluation->family->learner,
                                      calibration, part, evaluation->workspace, error));
    scoring_measure(values, metrics, predictions, evaluation->workspace);
    for (size_t i = 0; i < metrics->n; i++) {
        if (isnan(values[i])) { // both classes are there: fold_split_check_classes()
            return perebor_no_memory(error, "to score a fold");
        }
    }
    *score = values[0];
    memcpy(further, values + 1, (metrics->n - 1) * sizeof *further);
done:
    return status;
}

/** Hands predictions for the validation rows to whoever wants them. */
static void deliver_predictions(const evaluation *evaluation, size_t index,
                                const perebor_predictions *predictions) {
    const perebor_evaluator *evaluator = evaluation->evaluator;
    if (evaluator->receive == NULL) {
        return;
    }
    const perebor_fold_predictions delivered = {
        .plan = evaluation->plan,
        .member = evaluation->first_member + index,
        .fold = (size_t)(evaluation->rows - evaluator->folds),
        .rows = evaluation->rows->validation,
        .n_rows = evaluation->rows->n_validation,
        .scores = predictions->scores,
        .probabilities = predictions->probabilities,
    };
    evaluator->receive(evaluator->receive_context, &delivered);
}

/** Calibrates the member, where its probabilities take that: it belongs to fitting. */
static perebor_status calibrate_member(const evaluation *evaluation, const perebor_value *settings,
                                       perebor_calibration *calibration, double *fit_seconds,
                                       perebor_error *error) {
    if (!evaluation->evaluator->calibrates) {
        return PEREBOR_OK;
    }
    double begin = perebor_cpu_seconds();
    perebor_status status =
        perebor_calibrate(calibration, evaluation->family->learner, &evaluation->training, settings,
                          evaluation->workspace, error);
    *fit_seconds += perebor_cpu_seconds() - begin;
    return status;
}

/** The last point of a curve, if the member has as many estimators as that, is its own score. */
static void end_curve(const evaluation *evaluation, size_t index) {
    const perebor_learner *learner = evaluation->family->learner;
    const perebor_value *settings = evaluation_settings(evaluation, index);
    perebor_member_outcome *outcome = &evaluation->outcomes[index];
    size_t all = perebor_learner_n_estimators(learner, settings);
    size_t n = perebor_curve_n_points(all);
    bool path = perebor_learner_is_path(learner, settings);
    if ((path || evaluation->evaluator->curves) && n > 0 &&
        perebor_curve_n_estimators(n - 1) == all) {
        outcome->curve[n - 1] = outcome->fold.test_score;
        outcome->n_points = (uint32_t)n;
    }
    outcome->path_end = path ? (uint32_t)all : 0;
}

/** Scores what a fitted member says of both parts. */
static perebor_status measure_member(const evaluation *evaluation, size_t index,
                                     const double *validation_scores, const double *training_scores,
                                     const perebor_out_of_bag *out_of_bag, perebor_error *error) {
    perebor_status status;
    const fold_split *rows = evaluation->rows;
    const perebor_value *settings = evaluation_settings(evaluation, index);
    perebor_member_outcome *outcome = &evaluation->outcomes[index];
    const scored_part validation = {rows->validation_labels, validation_scores, rows->n_validation};
    const scored_part training = {rows->training_labels, training_scores, rows->n_training};
    perebor_calibration calibration = {0};
    perebor_predictions predictions;
    perebor_workspace_mark here = perebor_workspace_here(evaluation->workspace);
    PEREBOR_TRY(done, calibrate_member(evaluation, settings, &calibration,
                                       &outcome->fold.fit_seconds, error));
    double begin = perebor_cpu_seconds();
    if (training_scores != NULL) {
        PEREBOR_TRY(done, measure_part(evaluation, &calibration, &training, &predictions,
                                       &outcome->fold.train_score, outcome->further.train, error));
        perebor_workspace_return(evaluation->workspace, here);
    }
    if (out_of_bag != NULL) {
        PEREBOR_TRY(done,
                    evaluation_measure_out_of_bag(evaluation, out_of_bag, &outcome->fold.oob_score,
                                                  &outcome->fold.oob_lacking, error));
        outcome->fold.has_oob = 1;
    }
    PEREBOR_TRY(done, measure_part(evaluation, &calibration, &validation, &predictions,
                                   &outcome->fold.test_score, outcome->further.test, error));
    deliver_predictions(evaluation, index, &predictions); // last, when nothing can fail any more
    outcome->fold.state = PEREBOR_TRIAL_COMPLETE;
    end_curve(evaluation, index);
    if (evaluation->seconds != NULL) {
        evaluation->seconds->metric += perebor_cpu_seconds() - begin;
    }
done:
    perebor_workspace_return(evaluation->workspace, here);
    return status;
}

bool evaluation_is_of_machine(perebor_status status) {
    return status == PEREBOR_ERR_MEMORY || status == PEREBOR_ERR_STOPPED;
}

void evaluation_receive(void *context, size_t member, perebor_status status, const char *message,
                        const double *validation_scores, const double *training_scores,
                        const perebor_fit_report *report) {
    evaluation *evaluation = context;
    const fold_split *rows = evaluation->rows;
    size_t index = evaluation->family_first + member;
    perebor_error reason = {0};
    perebor_fold_outcome *outcome = &evaluation->outcomes[index].fold;
    outcome->fit_seconds = report->fit_seconds;
    outcome->score_seconds = report->score_seconds;
    outcome->iterations = report->iterations;
    outcome->converged = report->converged;
    if (status == PEREBOR_ERR_STOPPED) { // no outcome: the unit is given up as a whole
        evaluation_note_failure(evaluation, status, message);
        return;
    }
    if (status != PEREBOR_OK) {
        evaluation_fail_outcome(evaluation, index, message);
        return;
    }
    if (!scoring_all_finite(validation_scores, rows->n_validation) ||
        (training_scores != NULL && !scoring_all_finite(training_scores, rows->n_training))) {
        evaluation_fail_outcome(evaluation, index, "the learner gave scores that are not finite");
        return;
    }
    status = measure_member(evaluation, index, validation_scores, training_scores,
                            report->out_of_bag, &reason);
    if (evaluation_is_of_machine(status)) {
        evaluation_note_failure(evaluation, status, reason.message);
    } else if (status != PEREBOR_OK) {
        evaluation_fail_outcome(evaluation, index, reason.message);
    }
}

/** Whether the matrices are those for one k. */
static bool has_selected(const evaluation *evaluation, uint32_t select_k) {
    return evaluation->selected && evaluation->select_k == select_k;
}

/** Prepares the matrices for one k, unless they are. */
static perebor_status select_columns(evaluation *evaluation, uint32_t select_k,
                                     perebor_error *error) {
    perebor_status status;
    if (has_selected(evaluation, select_k)) {
        return PEREBOR_OK;
    }
    evaluation->selected = false;
    perebor_workspace_return(evaluation->workspace, evaluation->prepared);
    const perebor_dataset *dataset = evaluation->evaluator->dataset;
    const fold_split *rows = evaluation->rows;
    perebor_preparation *selected = NULL;
    PEREBOR_TRY(done, perebor_preparation_reselect(&selected, evaluation->preparation, select_k,
                                                   evaluation->workspace, error));
    PEREBOR_TRY(done, perebor_preparation_transform(selected, dataset, rows->training,
                                                    rows->n_training, evaluation->workspace,
                                                    &evaluation->training.rows, error));
    PEREBOR_TRY(done, perebor_preparation_transform(selected, dataset, rows->validation,
                                                    rows->n_validation, evaluation->workspace,
                                                    &evaluation->validation, error));
    evaluation->training.labels = rows->training_labels;
    evaluation->training.name_column = prepared_column_write_name;
    evaluation->training.names = selected;
    evaluation->select_k = select_k;
    evaluation->selected = true;
done:
    return status;
}

/** Hands a family to its learner, with its layout, if it shares one. */
static perebor_status score_family(evaluation *evaluation, const perebor_family_range *range,
                                   const layout_reading *reading, perebor_error *error) {
    bool points_wanted = evaluation->evaluator->curves;
    perebor_workspace_mark begin = perebor_workspace_here(evaluation->workspace);
    const perebor_value **settings = perebor_workspace_take(evaluation->workspace, range->n_members,
                                                            sizeof(const perebor_value *));
    if (settings == NULL) {
        return perebor_no_memory(error, "for %u candidates", (unsigned)range->n_members);
    }
    for (size_t i = 0; i < range->n_members; i++) {
        settings[i] = perebor_plan_member(evaluation->plan, range->first_member + i)->settings;
        points_wanted = points_wanted || perebor_learner_is_path(range->learner, settings[i]);
    }
    // Where the layout is all that the learner needs, the fold is perhaps not prepared.
    const perebor_training training = {.rows.n_rows = evaluation->rows->n_training,
                                       .labels = evaluation->rows->training_labels};
    const perebor_matrix validation = {.n_rows = evaluation->rows->n_validation};
    const bool prepared = has_selected(evaluation, range->select_k);
    perebor_family family = {.training = prepared ? &evaluation->training : &training,
                             .validation = prepared ? &evaluation->validation : &validation,
                             .score_training = evaluation->evaluator->score_training,
                             .score_out_of_bag = evaluation->evaluator->curves,
                             .settings = settings,
                             .n_members = range->n_members,
                             .deliver_part = points_wanted ? evaluation->deliver_point : NULL,
                             .workspace = evaluation->workspace,
                             .layout = reading->layout,
                             .layout_seconds = reading->seconds};
    evaluation->family = range;
    evaluation->family_first = range->first_member - evaluation->first_member;
    const perebor_plan_unit *part = evaluation->part;
    perebor_status status =
        part != NULL ? range->learner->parts->score(&family, part->part, part->n_parts,
                                                    evaluation->deliver, evaluation, error)
                     : perebor_learner_score_family(range->learner, &family, evaluation->share,
                                                    evaluation->deliver, evaluation, error);
    perebor_workspace_return(evaluation->workspace, begin);
    return status == PEREBOR_OK ? report_failure(evaluation, error) : status;
}

/** Fails members that could not even be prepared: data, unless the machine is at fault. */
static perebor_status fail_members(evaluation *evaluation, perebor_status status,
                                   const perebor_error *reason, perebor_error *error) {
    if (evaluation_is_of_machine(status)) {
        if (error != NULL) {
            *error = *reason;
        }
        return status;
    }
    for (size_t member = 0; member < evaluation->n_members; member++) {
        evaluation_fail_outcome(evaluation, member, reason->message);
    }
    return PEREBOR_OK;
}

/** Prepares the fold, unless it is. */
static perebor_status fit_preparation(evaluation *evaluation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (evaluation->preparation == NULL) {
        PEREBOR_TRY(
            done, perebor_preparation_fit(&evaluation->preparation, evaluation->evaluator->dataset,
                                          evaluation->rows->training, evaluation->rows->n_training,
                                          evaluation->settings, evaluation->workspace, error));
        evaluation->prepared = perebor_workspace_here(evaluation->workspace);
    }
done:
    return status;
}

/** Finds the layout of a family, or makes it of the prepared fold. @param[out] reason  Why that
 * cannot be prepared. */
static perebor_status prepare_family(evaluation *evaluation, const perebor_family_range *family,
                                     layout_reading *reading, perebor_error *reason,
                                     perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, evaluation_find_layout(evaluation, family, reading, error));
    if (reading->layout == NULL) {
        if (fit_preparation(evaluation, reason) != PEREBOR_OK) {
            return PEREBOR_OK;
        }
        PEREBOR_TRY(done, select_columns(evaluation, family->select_k, error));
        PEREBOR_TRY(done, evaluation_make_layout(evaluation, family, reading, error));
    }
done:
    return status;
}

perebor_status evaluation_run(evaluation *evaluation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    double begin = perebor_cpu_seconds();
    status = fold_split_check_classes(evaluation->rows, &reason);
    if (status != PEREBOR_OK) {
        return fail_members(evaluation, status, &reason, error);
    }
    for (size_t f = 0; f < evaluation->n_families; f++) {
        const perebor_family_range *family = &evaluation->families[f];
        layout_reading reading = {0};
        PEREBOR_TRY(done, prepare_family(evaluation, family, &reading, &reason, error));
        if (reason.status != PEREBOR_OK) {
            return fail_members(evaluation, reason.status, &reason, error);
        }
        if (evaluation->seconds != NULL) {
            evaluation->seconds->prepare += perebor_cpu_seconds() - begin - reading.seconds;
        }
        status = perebor_deadline_check(error);
        if (status == PEREBOR_OK) {
            status = score_family(evaluation, family, &reading, error);
        }
        evaluation_end_layout(evaluation, &reading);
        PEREBOR_TRY(done, status);
        begin = perebor_cpu_seconds();
    }
done:
    return status;
}

/** Evaluates one member of a family by itself, within the limit of memory. */
static perebor_status evaluate_limited(evaluation *whole, const perebor_family_range *family,
                                       size_t member, perebor_error *error) {
    const size_t limit = whole->evaluator->memory_limit;
    perebor_workspace_mark begin = perebor_workspace_here(whole->workspace);
    perebor_family_range one = *family;
    one.first_member += (uint32_t)member;
    one.n_members = 1;
    evaluation alone = *whole;
    alone.families = &one;
    alone.n_families = 1;
    alone.first_member = one.first_member;
    alone.n_members = 1;
    alone.outcomes = &whole->outcomes[one.first_member - whole->first_member];
    alone.share = false;
    alone.failure = (perebor_error){0};
    perebor_workspace_limit(whole->workspace, limit);
    perebor_status status = evaluation_run(&alone, error);
    status = status == PEREBOR_OK ? report_failure(&alone, error) : status;
    bool exceeded = perebor_workspace_unlimit(whole->workspace);
    perebor_workspace_return(whole->workspace, begin);
    if (exceeded && (status == PEREBOR_OK || status == PEREBOR_ERR_MEMORY)) {
        perebor_error reason;
        (void)perebor_fail(&reason, PEREBOR_ERR_MEMORY, "it takes more than %.6g MB of memory",
                           1e-6 * (double)limit);
        alone.failure = (perebor_error){0};
        evaluation_fail_outcome(&alone, 0, reason.message);
        status = report_failure(&alone, error);
    }
    return status;
}

static perebor_status evaluate_each(evaluation *evaluation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t f = 0; f < evaluation->n_families; f++) {
        const perebor_family_range *family = &evaluation->families[f];
        for (size_t member = 0; member < family->n_members; member++) {
            PEREBOR_TRY(done, evaluate_limited(evaluation, family, member, error));
        }
    }
done:
    return status;
}

evaluation evaluation_begin(const perebor_evaluator *evaluator, const perebor_plan *plan,
                            size_t bundle, size_t fold, perebor_workspace *workspace,
                            perebor_member_outcome *outcomes, perebor_stage_seconds *seconds) {
    const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
    for (size_t member = 0; member < planned->n_members; member++) {
        outcomes[member] = evaluation_no_outcome();
    }
    return (evaluation){.evaluator = evaluator,
                        .plan = plan,
                        .settings = &planned->preparation,
                        .families = perebor_plan_family(plan, planned->first_family),
                        .n_families = planned->n_families,
                        .first_member = planned->first_member,
                        .n_members = planned->n_members,
                        .rows = &evaluator->folds[fold],
                        .workspace = workspace,
                        .share = evaluator->share,
                        .outcomes = outcomes,
                        .seconds = seconds,
                        .deliver = evaluation_receive,
                        .deliver_point = evaluation_receive_point};
}

perebor_status evaluation_end(const evaluation *evaluation, perebor_status status,
                              perebor_error *error) {
    perebor_member_outcome *outcomes = evaluation->outcomes;
    perebor_stage_seconds *seconds = evaluation->seconds;
    status = status == PEREBOR_OK ? report_failure(evaluation, error) : status;
    for (size_t member = 0; member < evaluation->n_members; member++) {
        if (status != PEREBOR_OK) {
            perebor_member_outcomes_release(&outcomes[member], 1);
        } else if (seconds != NULL) {
            seconds->fit += outcomes[member].fold.fit_seconds;
            seconds->score += outcomes[member].fold.score_seconds;
        }
    }
    return status;
}

perebor_status perebor_evaluate(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                size_t bundle, size_t fold, perebor_workspace *workspace,
                                perebor_member_outcome *outcomes, perebor_stage_seconds *seconds,
                                perebor_error *error) {
    evaluation evaluation =
        evaluation_begin(evaluator, plan, bundle, fold, workspace, outcomes, seconds);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = evaluator->memory_limit > 0 ? evaluate_each(&evaluation, error)
                                                        : evaluation_run(&evaluation, error);
    perebor_workspace_return(workspace, begin);
    return evaluation_end(&evaluation, status, error);
}
