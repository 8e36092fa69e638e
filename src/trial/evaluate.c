// SPDX-License-Identifier: MIT
#include "trial/evaluate.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/deadline.h"
#include "base/try.h"
#include "perebor/calibration.h"
#include "perebor/learner.h"
#include "perebor/preparation.h"
#include "prepare/prepared_column.h"
#include "trial/evaluator.h"
#include "trial/scoring.h"

/** One bundle on one fold, as it is being evaluated. */
typedef struct evaluation {
    const perebor_evaluator *evaluator;
    const perebor_plan *plan;
    const perebor_preparation_settings *settings; /**< Of preparation, every column kept. */
    const perebor_family_range *families;         /**< [n_families] */
    size_t n_families;
    size_t first_member, n_members; /**< Of the plan. */
    const fold_split *rows;
    perebor_workspace *workspace;
    perebor_preparation *preparation; /**< By these settings. */
    perebor_training training;        /**< Of the present selection. */
    perebor_matrix validation;
    perebor_member_outcome *outcomes; /**< [n_members] */
    perebor_stage_seconds *seconds;
    bool share;                         /**< Learners share work between members. */
    const perebor_family_range *family; /**< That is being scored. */
    size_t family_first;                /**< Of the outcomes. */
    const perebor_plan_unit *part;      /**< That is evaluated alone, or NULL. */
    perebor_part_scores *part_scores;
    perebor_error failure; /**< Of the machine, noticed where no status can be returned. */
} evaluation;

/** Keeps the first failure of the machine for the end of the evaluation. */
static void note_failure(evaluation *evaluation, perebor_status status, const char *message) {
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

void perebor_member_outcomes_release(perebor_member_outcome *outcomes, size_t n_members) {
    for (size_t member = 0; member < n_members; member++) {
        free(outcomes[member].error);
        free(outcomes[member].path);
        outcomes[member].error = NULL;
        outcomes[member].path = NULL;
    }
}

static void fail_outcome(evaluation *evaluation, size_t member, const char *message) {
    perebor_member_outcome *outcome = &evaluation->outcomes[member];
    outcome->fold.state = PEREBOR_TRIAL_FAIL;
    outcome->fold.converged = 0;
    outcome->fold.test_score = outcome->fold.train_score = NAN;
    outcome->further = no_scores();
    outcome->n_points = outcome->path_end = 0;
    perebor_member_outcomes_release(outcome, 1);
    outcome->error = strdup(message);
    if (outcome->error == NULL) {
        note_failure(evaluation, PEREBOR_ERR_MEMORY, "no memory to score a fold");
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
    const perebor_value *settings =
        perebor_plan_member(evaluation->plan, evaluation->first_member + index)->settings;
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
                                     perebor_error *error) {
    perebor_status status;
    const fold_split *rows = evaluation->rows;
    const perebor_value *settings =
        perebor_plan_member(evaluation->plan, evaluation->first_member + index)->settings;
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

static bool is_of_machine(perebor_status status) {
    return status == PEREBOR_ERR_MEMORY || status == PEREBOR_ERR_STOPPED;
}

/** Scores one part by some metrics; NaN for scores that are not finite. */
static perebor_status measure_point(const evaluation *evaluation,
                                    const perebor_metric_list *metrics, const scored_part *part,
                                    double *values, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_learner *learner = evaluation->family->learner;
    perebor_calibration calibration;
    perebor_predictions predictions;
    perebor_workspace_mark here = perebor_workspace_here(evaluation->workspace);
    for (size_t i = 0; i < metrics->n; i++) {
        values[i] = NAN;
    }
    if (scoring_all_finite(part->scores, part->n_rows)) {
        assert(!perebor_calibration_needed(learner)); // hence no settings to fit one with
        PEREBOR_TRY(done, perebor_calibrate(&calibration, learner, &evaluation->training, NULL,
                                            evaluation->workspace, error));
        PEREBOR_TRY(done, scoring_predict(&predictions, metrics, learner, &calibration, part,
                                          evaluation->workspace, error));
        scoring_measure(values, metrics, &predictions, evaluation->workspace);
        for (size_t i = 0; i < metrics->n && status == PEREBOR_OK; i++) {
            status = isnan(values[i]) ? perebor_no_memory(error, "to score a fold") : PEREBOR_OK;
        }
    }
done:
    perebor_workspace_return(evaluation->workspace, here);
    return status;
}

static const perebor_value *settings_of(const evaluation *evaluation, size_t index) {
    return perebor_plan_member(evaluation->plan, evaluation->first_member + index)->settings;
}

/** Adds a point to the path of a member. @param[in] values  [2][n_metrics] */
static perebor_status add_to_path(const evaluation *evaluation, size_t index, const double *values,
                                  perebor_error *error) {
    perebor_member_outcome *outcome = &evaluation->outcomes[index];
    size_t n_values = 2 * evaluation->evaluator->metrics.n;
    if (outcome->path == NULL) {
        size_t all = perebor_learner_n_estimators(evaluation->family->learner,
                                                  settings_of(evaluation, index));
        outcome->path_end = (uint32_t)all;
        outcome->path = calloc(perebor_curve_n_points(all) * n_values, sizeof *outcome->path);
        if (outcome->path == NULL) {
            return perebor_no_memory(error, "for a path of %zu estimators", all);
        }
    }
    memcpy(outcome->path + (outcome->n_points - 1) * n_values, values,
           n_values * sizeof *outcome->path);
    return PEREBOR_OK;
}

/** Whether the members of the present family have a path among them. */
static bool has_path(const evaluation *evaluation, const size_t *members, size_t n_members) {
    bool found = false;
    for (size_t i = 0; i < n_members && !found; i++) {
        found =
            perebor_learner_is_path(evaluation->family->learner,
                                    settings_of(evaluation, evaluation->family_first + members[i]));
    }
    return found;
}

/** Scores first estimators: by the selecting metric, and for a path by all, on both parts. */
static perebor_status measure_first(const evaluation *evaluation, bool path,
                                    const double *validation_scores, const double *training_scores,
                                    double values[2][PEREBOR_MAX_METRICS], perebor_error *error) {
    perebor_status status;
    const fold_split *rows = evaluation->rows;
    const perebor_metric_list *all = &evaluation->evaluator->metrics;
    const scored_part validation = {rows->validation_labels, validation_scores, rows->n_validation};
    const scored_part training = {rows->training_labels, training_scores, rows->n_training};
    perebor_metric_list selecting = {0};
    perebor_metric_list_add(&selecting, all->items[0]);
    for (size_t i = 0; i < all->n; i++) {
        values[PEREBOR_TRAIN][i] = NAN;
    }
    PEREBOR_TRY(done, measure_point(evaluation, path ? all : &selecting, &validation,
                                    values[PEREBOR_TEST], error));
    if (path && training_scores != NULL) {
        PEREBOR_TRY(done, measure_point(evaluation, all, &training, values[PEREBOR_TRAIN], error));
    }
done:
    return status;
}

/** Turns the scores of first estimators into a point of learning curves and of paths. */
static void receive_part(void *context, const size_t *members, size_t n_members,
                         size_t n_estimators, const double *validation_scores,
                         const double *training_scores) {
    evaluation *evaluation = context;
    perebor_error reason = {0};
    double values[2][PEREBOR_MAX_METRICS];
    double begin = perebor_cpu_seconds();
    bool path = has_path(evaluation, members, n_members);
    if (!path && !evaluation->evaluator->curves) {
        return;
    }
    perebor_status status =
        measure_first(evaluation, path, validation_scores, training_scores, values, &reason);
    for (size_t i = 0; i < n_members && status == PEREBOR_OK; i++) {
        size_t index = evaluation->family_first + members[i];
        bool is_path = path && has_path(evaluation, &members[i], 1);
        if (is_path || evaluation->evaluator->curves) {
            perebor_member_outcome *outcome = &evaluation->outcomes[index];
            outcome->n_points = (uint32_t)perebor_curve_n_points(n_estimators);
            outcome->curve[outcome->n_points - 1] = values[PEREBOR_TEST][0];
        }
        if (is_path) {
            double scores[2 * PEREBOR_MAX_METRICS];
            size_t n = evaluation->evaluator->metrics.n;
            memcpy(scores, values[PEREBOR_TEST], n * sizeof *scores);
            memcpy(scores + n, values[PEREBOR_TRAIN], n * sizeof *scores);
            status = add_to_path(evaluation, index, scores, &reason);
        }
    }
    if (status != PEREBOR_OK) {
        note_failure(evaluation, status, reason.message);
    }
    if (evaluation->seconds != NULL) {
        evaluation->seconds->metric += perebor_cpu_seconds() - begin;
    }
}

/** Turns scores into an outcome. */
static void receive_scores(void *context, size_t member, perebor_status status, const char *message,
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
        note_failure(evaluation, status, message);
        return;
    }
    if (status != PEREBOR_OK) {
        fail_outcome(evaluation, index, message);
        return;
    }
    if (!scoring_all_finite(validation_scores, rows->n_validation) ||
        (training_scores != NULL && !scoring_all_finite(training_scores, rows->n_training))) {
        fail_outcome(evaluation, index, "the learner gave scores that are not finite");
        return;
    }
    status = measure_member(evaluation, index, validation_scores, training_scores, &reason);
    if (is_of_machine(status)) {
        note_failure(evaluation, status, reason.message);
    } else if (status != PEREBOR_OK) {
        fail_outcome(evaluation, index, reason.message);
    }
}

/** Keeps what a part adds to a point of learning curves. */
static void receive_point_addends(void *context, const size_t *members, size_t n_members,
                                  size_t n_estimators, const double *validation_scores,
                                  const double *training_scores) {
    evaluation *evaluation = context;
    const size_t n_validation = evaluation->rows->n_validation;
    // Of training rows only paths want to know.
    const bool training = training_scores != NULL && has_path(evaluation, members, n_members);
    const size_t n_rows = n_validation + (training ? evaluation->rows->n_training : 0);
    uint64_t *words = perebor_part_scores_extend(evaluation->part_scores, 3 + n_members + n_rows);
    if (words == NULL) {
        note_failure(evaluation, PEREBOR_ERR_MEMORY, "no memory for a learning curve");
        return;
    }
    words[0] = n_estimators;
    words[1] = n_members;
    words[2] = n_rows;
    for (size_t i = 0; i < n_members; i++) {
        words[3 + i] = members[i];
    }
    words += 3 + n_members;
    memcpy(words, validation_scores, n_validation * sizeof *validation_scores);
    if (training) {
        memcpy(words + n_validation, training_scores,
               (n_rows - n_validation) * sizeof *training_scores);
    }
}

/** Keeps the addends of a part. */
static void receive_addends(void *context, size_t member, perebor_status status,
                            const char *message, const double *validation_scores,
                            const double *training_scores, const perebor_fit_report *report) {
    evaluation *evaluation = context;
    const fold_split *rows = evaluation->rows;
    const perebor_part_scores *scores = evaluation->part_scores;
    perebor_fold_outcome *outcome = &evaluation->outcomes[member].fold;
    outcome->fit_seconds = report->fit_seconds;
    outcome->score_seconds = report->score_seconds;
    outcome->iterations = report->iterations;
    outcome->converged = report->converged;
    if (is_of_machine(status)) {
        note_failure(evaluation, status, message);
        return;
    }
    if (status != PEREBOR_OK) {
        fail_outcome(evaluation, member, message);
        return;
    }
    double *sums = scores->sums + member * scores->n_rows;
    memcpy(sums, validation_scores, rows->n_validation * sizeof *sums);
    if (training_scores != NULL) {
        memcpy(sums + rows->n_validation, training_scores, rows->n_training * sizeof *sums);
    }
    outcome->state = PEREBOR_TRIAL_COMPLETE;
}

/** Prepares the matrices for one k. */
static perebor_status select_columns(evaluation *evaluation, uint32_t select_k,
                                     perebor_error *error) {
    perebor_status status;
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
done:
    return status;
}

/** Hands a family to its learner. */
static perebor_status score_family(evaluation *evaluation, const perebor_family_range *range,
                                   perebor_error *error) {
    bool parts_wanted = evaluation->evaluator->curves;
    perebor_workspace_mark begin = perebor_workspace_here(evaluation->workspace);
    const perebor_value **settings = perebor_workspace_take(evaluation->workspace, range->n_members,
                                                            sizeof(const perebor_value *));
    if (settings == NULL) {
        return perebor_no_memory(error, "for %u candidates", (unsigned)range->n_members);
    }
    for (size_t i = 0; i < range->n_members; i++) {
        settings[i] = perebor_plan_member(evaluation->plan, range->first_member + i)->settings;
        parts_wanted = parts_wanted || perebor_learner_is_path(range->learner, settings[i]);
    }
    perebor_family family = {.training = &evaluation->training,
                             .validation = &evaluation->validation,
                             .score_training = evaluation->evaluator->score_training,
                             .settings = settings,
                             .n_members = range->n_members,
                             .deliver_part = !parts_wanted              ? NULL
                                             : evaluation->part != NULL ? receive_point_addends
                                                                        : receive_part,
                             .workspace = evaluation->workspace};
    evaluation->family = range;
    evaluation->family_first = range->first_member - evaluation->first_member;
    const perebor_plan_unit *part = evaluation->part;
    perebor_status status =
        part != NULL ? range->learner->parts->score(&family, part->part, part->n_parts,
                                                    receive_addends, evaluation, error)
                     : perebor_learner_score_family(range->learner, &family, evaluation->share,
                                                    receive_scores, evaluation, error);
    perebor_workspace_return(evaluation->workspace, begin);
    return status == PEREBOR_OK ? report_failure(evaluation, error) : status;
}

/** Fails members that could not even be prepared: data, unless the machine is at fault. */
static perebor_status fail_members(evaluation *evaluation, perebor_status status,
                                   const perebor_error *reason, perebor_error *error) {
    if (is_of_machine(status)) {
        if (error != NULL) {
            *error = *reason;
        }
        return status;
    }
    for (size_t member = 0; member < evaluation->n_members; member++) {
        fail_outcome(evaluation, member, reason->message);
    }
    return PEREBOR_OK;
}

static perebor_status evaluate_members(evaluation *evaluation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_error reason = {0};
    double begin = perebor_cpu_seconds();
    status = fold_split_check_classes(evaluation->rows, &reason);
    if (status != PEREBOR_OK) {
        return fail_members(evaluation, status, &reason, error);
    }
    status = perebor_preparation_fit(&evaluation->preparation, evaluation->evaluator->dataset,
                                     evaluation->rows->training, evaluation->rows->n_training,
                                     evaluation->settings, evaluation->workspace, &reason);
    if (status != PEREBOR_OK) {
        return fail_members(evaluation, status, &reason, error);
    }
    perebor_workspace_mark prepared = perebor_workspace_here(evaluation->workspace);
    for (size_t f = 0; f < evaluation->n_families; f++) {
        const perebor_family_range *family = &evaluation->families[f];
        if (f == 0 || family->select_k != family[-1].select_k) {
            perebor_workspace_return(evaluation->workspace, prepared);
            PEREBOR_TRY(done, select_columns(evaluation, family->select_k, error));
        }
        if (evaluation->seconds != NULL) {
            evaluation->seconds->prepare += perebor_cpu_seconds() - begin;
        }
        PEREBOR_TRY(done, perebor_deadline_check(error));
        PEREBOR_TRY(done, score_family(evaluation, family, error));
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
    perebor_status status = evaluate_members(&alone, error);
    status = status == PEREBOR_OK ? report_failure(&alone, error) : status;
    bool exceeded = perebor_workspace_unlimit(whole->workspace);
    perebor_workspace_return(whole->workspace, begin);
    if (exceeded && (status == PEREBOR_OK || status == PEREBOR_ERR_MEMORY)) {
        perebor_error reason;
        (void)perebor_fail(&reason, PEREBOR_ERR_MEMORY, "it takes more than %.6g MB of memory",
                           1e-6 * (double)limit);
        alone.failure = (perebor_error){0};
        fail_outcome(&alone, 0, reason.message);
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

/** A bundle on one fold, of which nothing is evaluated yet. */
static evaluation begin_evaluation(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                   size_t bundle, size_t fold, perebor_workspace *workspace,
                                   perebor_member_outcome *outcomes,
                                   perebor_stage_seconds *seconds) {
    const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
    for (size_t member = 0; member < planned->n_members; member++) {
        outcomes[member] = (perebor_member_outcome){
            .fold = {.test_score = NAN, .train_score = NAN, .state = PEREBOR_TRIAL_FAIL},
            .further = no_scores()};
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
                        .seconds = seconds};
}

/** Counts what was spent, or, where the machine failed, takes the outcomes back. */
static perebor_status end_evaluation(const evaluation *evaluation, perebor_status status,
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
        begin_evaluation(evaluator, plan, bundle, fold, workspace, outcomes, seconds);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = evaluator->memory_limit > 0 ? evaluate_each(&evaluation, error)
                                                        : evaluate_members(&evaluation, error);
    perebor_workspace_return(workspace, begin);
    return end_evaluation(&evaluation, status, error);
}

/* Parts. */

perebor_status perebor_part_scores_create(perebor_part_scores *scores,
                                          const perebor_evaluator *evaluator,
                                          const perebor_plan *plan, size_t bundle, size_t fold,
                                          perebor_error *error) {
    const fold_split *rows = &evaluator->folds[fold];
    perebor_part_scores created = {.n_members = perebor_plan_bundle(plan, bundle)->n_members,
                                   .n_rows = rows->n_validation};
    created.n_rows += evaluator->score_training ? rows->n_training : 0;
    created.sums = calloc(created.n_members * created.n_rows, sizeof *created.sums);
    created.outcomes = calloc(created.n_members, sizeof *created.outcomes);
    if (created.sums == NULL || created.outcomes == NULL) {
        perebor_part_scores_release(&created);
        return perebor_no_memory(error, "for the scores of %zu candidates", created.n_members);
    }
    *scores = created;
    return PEREBOR_OK;
}

void perebor_part_scores_release(perebor_part_scores *scores) {
    if (scores->outcomes != NULL) {
        perebor_member_outcomes_release(scores->outcomes, scores->n_members);
    }
    free(scores->outcomes);
    free(scores->sums);
    free(scores->points);
    *scores = (perebor_part_scores){0};
}

uint64_t *perebor_part_scores_extend(perebor_part_scores *scores, size_t n_words) {
    size_t needed = scores->n_words + n_words;
    if (needed > scores->words_room) {
        uint64_t *grown = realloc(scores->points, 2 * needed * sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        scores->points = grown;
        scores->words_room = 2 * needed;
    }
    uint64_t *added = scores->points + scores->n_words;
    scores->n_words = needed;
    return added;
}

perebor_status perebor_evaluate_part(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                     const perebor_plan_unit *unit, perebor_workspace *workspace,
                                     perebor_part_scores *scores, perebor_stage_seconds *seconds,
                                     perebor_error *error) {
    evaluation evaluation = begin_evaluation(evaluator, plan, unit->bundle, unit->fold, workspace,
                                             scores->outcomes, seconds);
    evaluation.part = unit;
    evaluation.part_scores = scores;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = evaluate_members(&evaluation, error);
    perebor_workspace_return(workspace, begin);
    return end_evaluation(&evaluation, status, error);
}

/** Sums of the parts that came before. */
typedef struct parts_so_far {
    double *sums;  /**< [n_members][n_rows] */
    double *point; /**< [n_rows] of a learning curve. */
    size_t n_rows;
} parts_so_far;

/** Makes points of learning curves of the addends of a part and what came before it. */
static void join_points(evaluation *evaluation, const perebor_part_scores *part,
                        const parts_so_far *before) {
    const size_t n_validation = evaluation->rows->n_validation;
    size_t members[PEREBOR_BUNDLE_MEMBERS];
    for (size_t at = 0; at < part->n_words;) {
        const uint64_t *words = part->points + at;
        const size_t n_members = (size_t)words[1];
        const size_t n = (size_t)words[2];
        for (size_t i = 0; i < n_members; i++) {
            members[i] = (size_t)words[3 + i];
        }
        memcpy(before->point, words + 3 + n_members, n * sizeof *before->point);
        const double *sums = before->sums + members[0] * before->n_rows;
        for (size_t i = 0; i < n; i++) {
            before->point[i] += sums[i];
        }
        evaluation->family->learner->parts->join((size_t)words[0], before->point, n);
        receive_part(evaluation, members, n_members, (size_t)words[0], before->point,
                     n > n_validation ? before->point + n_validation : NULL);
        at += 3 + n_members + n;
    }
}

static void add_part(const perebor_part_scores *part, const parts_so_far *before) {
    for (size_t i = 0; i < part->n_members * part->n_rows; i++) {
        before->sums[i] += part->sums[i];
    }
}

/** Makes the outcome of a member from its sums. */
static void join_member(evaluation *evaluation, const perebor_part_scores *parts, size_t n_parts,
                        const parts_so_far *all, size_t member) {
    const perebor_learner *learner = evaluation->family->learner;
    const perebor_value *settings =
        perebor_plan_member(evaluation->plan, evaluation->first_member + member)->settings;
    const size_t n_validation = evaluation->rows->n_validation;
    double *sums = all->sums + member * all->n_rows;
    perebor_fit_report report = {.converged = true};
    const char *failure = NULL;
    for (size_t part = 0; part < n_parts; part++) {
        const perebor_member_outcome *outcome = &parts[part].outcomes[member];
        report.converged = report.converged && outcome->fold.converged != 0;
        report.iterations += outcome->fold.iterations;
        report.fit_seconds += outcome->fold.fit_seconds;
        report.score_seconds += outcome->fold.score_seconds;
        failure = failure == NULL ? outcome->error : failure;
    }
    if (failure != NULL) {
        receive_scores(evaluation, member, PEREBOR_ERR_ARGUMENT, failure, NULL, NULL, &report);
        return;
    }
    learner->parts->join(perebor_learner_n_estimators(learner, settings), sums, all->n_rows);
    receive_scores(evaluation, member, PEREBOR_OK, "", sums,
                   all->n_rows > n_validation ? sums + n_validation : NULL, &report);
}

/** Adds the parts up, and makes outcomes of what they come to. */
static perebor_status join_parts(evaluation *evaluation, const perebor_part_scores *parts,
                                 size_t n_parts, perebor_error *error) {
    const size_t n_rows = parts[0].n_rows;
    const parts_so_far sums = {
        .sums = perebor_workspace_take_zeroed(evaluation->workspace, evaluation->n_members * n_rows,
                                              sizeof(double)),
        .point = perebor_workspace_take(evaluation->workspace, n_rows, sizeof(double)),
        .n_rows = n_rows};
    if (sums.sums == NULL || sums.point == NULL) {
        return perebor_no_memory(error, "for the scores of %zu candidates", evaluation->n_members);
    }
    for (size_t part = 0; part < n_parts; part++) {
        join_points(evaluation, &parts[part], &sums);
        add_part(&parts[part], &sums);
    }
    for (size_t member = 0; member < evaluation->n_members; member++) {
        join_member(evaluation, parts, n_parts, &sums, member);
    }
    return PEREBOR_OK;
}

perebor_status perebor_evaluate_joined(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                       const perebor_plan_unit *unit,
                                       const perebor_part_scores *parts,
                                       perebor_workspace *workspace,
                                       perebor_member_outcome *outcomes,
                                       perebor_stage_seconds *seconds, perebor_error *error) {
    evaluation evaluation =
        begin_evaluation(evaluator, plan, unit->bundle, unit->fold, workspace, outcomes, seconds);
    evaluation.family = evaluation.families; // a bundle in parts has no other
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = join_parts(&evaluation, parts, unit->n_parts, error);
    perebor_workspace_return(workspace, begin);
    evaluation.seconds = NULL; // the parts have counted theirs
    return end_evaluation(&evaluation, status, error);
}
