// SPDX-License-Identifier: MIT
/*
 * Points of learning curves and of paths: what the first estimators of members score.
 */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/try.h"
#include "perebor/calibration.h"
#include "trial/evaluation.h"
#include "trial/scoring.h"

perebor_status evaluation_measure(const evaluation *evaluation, const perebor_metric_list *metrics,
                                  const scored_part *part, double *values, perebor_error *error) {
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

const perebor_value *evaluation_settings(const evaluation *evaluation, size_t index) {
    return perebor_plan_member(evaluation->plan, evaluation->first_member + index)->settings;
}

/** Adds a point to the path of a member. @param[in] values  PEREBOR_PATH_VALUES() */
static perebor_status add_to_path(const evaluation *evaluation, size_t index, const double *values,
                                  perebor_error *error) {
    perebor_member_outcome *outcome = &evaluation->outcomes[index];
    size_t n_values = PEREBOR_PATH_VALUES(evaluation->evaluator->metrics.n);
    if (outcome->path == NULL) {
        size_t all = perebor_learner_n_estimators(evaluation->family->learner,
                                                  evaluation_settings(evaluation, index));
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

bool evaluation_has_path(const evaluation *evaluation, const size_t *members, size_t n_members) {
    bool found = false;
    for (size_t i = 0; i < n_members && !found; i++) {
        found = perebor_learner_is_path(
            evaluation->family->learner,
            evaluation_settings(evaluation, evaluation->family_first + members[i]));
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
    PEREBOR_TRY(done, evaluation_measure(evaluation, path ? all : &selecting, &validation,
                                         values[PEREBOR_TEST], error));
    if (path && training_scores != NULL) {
        PEREBOR_TRY(done,
                    evaluation_measure(evaluation, all, &training, values[PEREBOR_TRAIN], error));
    }
done:
    return status;
}

/** What a point of a path is recorded as. @param[out] values  PEREBOR_PATH_VALUES() */
static perebor_status list_path_values(const evaluation *evaluation,
                                       double scores[2][PEREBOR_MAX_METRICS],
                                       const perebor_out_of_bag *out_of_bag, double *values,
                                       perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const size_t n = evaluation->evaluator->metrics.n;
    uint32_t lacking = 0;
    memcpy(values, scores[PEREBOR_TEST], n * sizeof *values);
    memcpy(values + n, scores[PEREBOR_TRAIN], n * sizeof *values);
    values[2 * n] = values[2 * n + 1] = NAN;
    if (out_of_bag != NULL) {
        PEREBOR_TRY(done, evaluation_measure_out_of_bag(evaluation, out_of_bag, &values[2 * n],
                                                        &lacking, error));
        values[2 * n + 1] = (double)lacking;
    }
done:
    return status;
}

/** Records a point of one member. @param[in] path_values  NULL where no member is a path. */
static perebor_status record_point(const evaluation *evaluation, size_t member, size_t n_estimators,
                                   double score, const double *path_values, perebor_error *error) {
    const bool is_path = path_values != NULL && evaluation_has_path(evaluation, &member, 1);
    const size_t index = evaluation->family_first + member;
    if (is_path || evaluation->evaluator->curves) {
        perebor_member_outcome *outcome = &evaluation->outcomes[index];
        outcome->n_points = (uint32_t)perebor_curve_n_points(n_estimators);
        outcome->curve[outcome->n_points - 1] = score;
    }
    return is_path ? add_to_path(evaluation, index, path_values, error) : PEREBOR_OK;
}

void evaluation_receive_point(void *context, const size_t *members, size_t n_members,
                              size_t n_estimators, const double *validation_scores,
                              const double *training_scores, const perebor_out_of_bag *out_of_bag) {
    evaluation *evaluation = context;
    perebor_status status;
    perebor_error reason = {0};
    double values[2][PEREBOR_MAX_METRICS];
    double path_values[PEREBOR_PATH_VALUES(PEREBOR_MAX_METRICS)];
    double begin = perebor_cpu_seconds();
    bool path = evaluation_has_path(evaluation, members, n_members);
    if (!path && !evaluation->evaluator->curves) {
        return;
    }
    PEREBOR_TRY(
        done, measure_first(evaluation, path, validation_scores, training_scores, values, &reason));
    if (path) {
        PEREBOR_TRY(done, list_path_values(evaluation, values, out_of_bag, path_values, &reason));
    }
    for (size_t i = 0; i < n_members; i++) {
        PEREBOR_TRY(done,
                    record_point(evaluation, members[i], n_estimators, values[PEREBOR_TEST][0],
                                 path ? path_values : NULL, &reason));
    }
done:
    if (status != PEREBOR_OK) {
        evaluation_note_failure(evaluation, status, reason.message);
    }
    if (evaluation->seconds != NULL) {
        evaluation->seconds->metric += perebor_cpu_seconds() - begin;
    }
}
