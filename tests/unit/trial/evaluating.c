// SPDX-License-Identifier: MIT
#include "evaluating.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "trial/refit.h"

struct evaluating evaluating = {.n_repeats = 1};
small_experiment evaluating_data;
perebor_workspace evaluating_workspace;

int evaluating_set_up(void **state) {
    (void)state;
    small_experiment_fill(&evaluating_data);
    return 0;
}

int evaluating_give_back(void **state) {
    (void)state;
    perebor_workspace_release(&evaluating_workspace);
    return 0;
}

perebor_space *evaluating_space(uint64_t seed) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = small_experiment_space(&space, seed, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return space;
}

static void record(fold_record *into, const perebor_member_outcome *outcome) {
    memset(into, 0, sizeof *into);
    into->test_score = outcome->fold.test_score;
    into->train_score = outcome->fold.train_score;
    into->further = outcome->further;
    into->state = (int)outcome->fold.state;
    into->converged = (int)outcome->fold.converged;
    into->iterations = outcome->fold.iterations;
    if (outcome->error != NULL) {
        (void)snprintf(into->error, sizeof into->error, "%s", outcome->error);
    }
}

static perebor_metric_list list_metrics(void) {
    perebor_metric_list list = {0};
    size_t n_metrics = 0;
    const perebor_metric *metrics = perebor_metrics(&n_metrics);
    for (size_t i = 0; i < n_metrics; i++) {
        perebor_metric_list_add(&list, &metrics[i]);
    }
    return list;
}

static void set_metrics(perebor_evaluator *evaluator) {
    const perebor_metric_list list = list_metrics();
    if (evaluating.every_metric) {
        perebor_evaluator_set_metrics(evaluator, &list);
    }
}

/** Fails every take from the workspace, and every allocation, in turn. */
static void evaluate_after_every_failure(const perebor_evaluator *evaluator,
                                         const perebor_plan *plan, size_t bundle, size_t fold,
                                         perebor_member_outcome *outcomes) {
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        perebor_error error = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_evaluate(evaluator, plan, bundle, fold,
                                                 &evaluating_workspace, outcomes, NULL, &error);
        failed = failing_malloc_disarm();
        assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
        assert_int_equal(error.status, status);
        assert_null(perebor_workspace_here(&evaluating_workspace).block);
    }
}

/** All parts, the last first, and what they come to. */
static perebor_status join_parts(const perebor_evaluator *evaluator, const perebor_plan *plan,
                                 size_t bundle, size_t fold, uint32_t n_parts,
                                 perebor_member_outcome *outcomes) {
    enum { most_parts = 6 };
    perebor_part_scores parts[most_parts] = {0};
    perebor_plan_unit unit = {bundle, fold, n_parts, n_parts};
    perebor_status status = PEREBOR_OK;
    assert_true(n_parts <= most_parts);
    while (status == PEREBOR_OK && unit.part-- > 0) {
        perebor_part_scores *scores = &parts[unit.part];
        status = perebor_part_scores_create(scores, evaluator, plan, bundle, fold, NULL);
        if (status == PEREBOR_OK) {
            status = perebor_evaluate_part(evaluator, plan, &unit, &evaluating_workspace, scores,
                                           NULL, NULL);
        }
    }
    if (status == PEREBOR_OK) {
        unit.part = 0;
        status = perebor_evaluate_joined(evaluator, plan, &unit, parts, &evaluating_workspace,
                                         outcomes, NULL, NULL);
    }
    for (uint32_t part = 0; part < n_parts; part++) {
        perebor_part_scores_release(&parts[part]);
    }
    assert_null(perebor_workspace_here(&evaluating_workspace).block);
    return status;
}

/** Evaluates in parts, if they can be; with all allocations failing in turn before. */
static bool evaluate_in_parts(const perebor_evaluator *evaluator, const perebor_plan *plan,
                              size_t bundle, size_t fold, perebor_member_outcome *outcomes) {
    const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
    const uint32_t n_parts = 2 + (uint32_t)((bundle + fold) % 5);
    if (planned->n_families != 1 ||
        perebor_plan_family(plan, planned->first_family)->learner->parts == NULL) {
        return false;
    }
    bool failed = evaluating.parts_may_fail && fold == 0;
    for (size_t n = 1; failed; n++) {
        failing_malloc_arm(n);
        perebor_status status = join_parts(evaluator, plan, bundle, fold, n_parts, outcomes);
        failed = failing_malloc_disarm();
        assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
        if (!failed) {
            perebor_member_outcomes_release(outcomes, planned->n_members);
        }
    }
    perebor_member_outcome whole[PEREBOR_BUNDLE_MEMBERS];
    assert_int_equal(join_parts(evaluator, plan, bundle, fold, n_parts, outcomes), PEREBOR_OK);
    assert_int_equal(
        perebor_evaluate(evaluator, plan, bundle, fold, &evaluating_workspace, whole, NULL, NULL),
        PEREBOR_OK);
    for (size_t member = 0; member < planned->n_members; member++) {
        assert_int_equal(outcomes[member].n_points, whole[member].n_points);
        assert_memory_equal(outcomes[member].curve, whole[member].curve,
                            whole[member].n_points * sizeof(double));
        evaluating.n_points += whole[member].n_points;
    }
    perebor_member_outcomes_release(whole, planned->n_members);
    evaluating.n_joined++;
    return true;
}

static void evaluate_unit(const perebor_evaluator *evaluator, const perebor_plan *plan,
                          size_t bundle, size_t fold, perebor_member_outcome *outcomes) {
    if (evaluating.manner == AFTER_EVERY_FAILURE && fold == 0) {
        evaluate_after_every_failure(evaluator, plan, bundle, fold, outcomes);
        return;
    }
    if (evaluating.manner == IN_PARTS &&
        evaluate_in_parts(evaluator, plan, bundle, fold, outcomes)) {
        return;
    }
    size_t n_calls = 0;
    for (int time = 0; time < (evaluating.manner == AGAIN ? 3 : 1); time++) {
        n_calls = failing_malloc_n_calls();
        if (time > 0) {
            perebor_member_outcomes_release(outcomes, perebor_plan_bundle(plan, bundle)->n_members);
        }
        assert_int_equal(perebor_evaluate(evaluator, plan, bundle, fold, &evaluating_workspace,
                                          outcomes, NULL, NULL),
                         PEREBOR_OK);
    }
    if (evaluating.manner == AGAIN) { // the first makes blocks, the second one of all of them
        assert_int_equal(failing_malloc_n_calls(), n_calls);
    }
}

static bool belong_together(const perebor_family_range *family, const perebor_member *a,
                            const perebor_member *b) {
    return family->learner->share_key != NULL &&
           family->learner->share_key(a->settings) == family->learner->share_key(b->settings);
}

/** A bundle's families part its members: in their order, each once, and those of one share key. */
static void check_families(const perebor_plan *plan, const perebor_bundle *bundle, bool share) {
    size_t member = bundle->first_member;
    assert_int_equal(bundle->preparation.select_k, 0);
    for (size_t f = 0; f < bundle->n_families; f++) {
        const perebor_family_range *family = perebor_plan_family(plan, bundle->first_family + f);
        assert_int_equal(family->first_member, member);
        assert_true(family->n_members > 0 && (share || family->n_members == 1));
        for (uint32_t i = 1; i < family->n_members; i++) {
            assert_true(belong_together(family, perebor_plan_member(plan, member),
                                        perebor_plan_member(plan, member + i)));
        }
        if (f > 0 && family->learner == family[-1].learner &&
            family->select_k == family[-1].select_k) {
            assert_false(belong_together(family, perebor_plan_member(plan, member - 1),
                                         perebor_plan_member(plan, member)));
        }
        member += family->n_members;
    }
    assert_int_equal(member, bundle->first_member + bundle->n_members);
}

/** The trial's own candidate, fitted on the fold, has the outcome of the member it belongs to. */
static void check_fitted(const perebor_evaluator *evaluator, const perebor_pipeline *pipeline,
                         const perebor_space *space, size_t trial, size_t fold,
                         const fold_record *expected) {
    perebor_value point[64];
    perebor_candidate candidate;
    perebor_member_outcome outcome = {0};
    fold_record fitted;
    perebor_space_point(space, trial, point);
    assert_int_equal(perebor_pipeline_resolve(pipeline, point, &candidate, NULL), PEREBOR_OK);
    assert_int_equal(
        perebor_evaluate_fitted(evaluator, &candidate, fold, &evaluating_workspace, &outcome, NULL),
        PEREBOR_OK);
    record(&fitted, &outcome);
    perebor_member_outcomes_release(&outcome, 1);
    if (expected->state != PEREBOR_TRIAL_COMPLETE) { // how far a failed fit came is not compared
        fitted.iterations = expected->iterations;
    }
    if (memcmp(&fitted, expected, sizeof fitted) != 0) {
        fail_msg("trial %zu, fold %zu: %a \"%s\" searched, %a \"%s\" fitted", trial, fold,
                 expected->test_score, expected->error, fitted.test_score, fitted.error);
    }
}

/** Fails every allocation of a fit in turn: an error each time, and nothing left behind. */
static void fit_after_every_failure(const perebor_evaluator *evaluator,
                                    const perebor_candidate *candidate) {
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        perebor_error error = {0};
        perebor_member_outcome outcome = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_evaluate_fitted(evaluator, candidate, 0,
                                                        &evaluating_workspace, &outcome, &error);
        failed = failing_malloc_disarm();
        perebor_member_outcomes_release(&outcome, 1);
        assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
        assert_int_equal(error.status, status);
        assert_null(perebor_workspace_here(&evaluating_workspace).block);
    }
}

/** The pipeline that a refit hands over has the score that the refit tells. */
static void check_refit(const perebor_evaluator *evaluator, const perebor_candidate *candidate,
                        const perebor_split *split) {
    perebor_refit refit = {0};
    double scores[SMALL_N_ROWS];
    uint8_t truth[SMALL_N_ROWS];
    assert_int_equal(perebor_refit_candidate(evaluator, candidate, NULL, &refit, NULL), PEREBOR_OK);
    perebor_fitted_pipeline *kept = refit.pipeline;
    double expected = refit.test_score;
    refit.pipeline = NULL;
    perebor_refit_release(&refit);
    assert_int_equal(perebor_fitted_pipeline_score(kept, &evaluating_data.dataset, split->test,
                                                   split->n_test, &evaluating_workspace, scores,
                                                   NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < split->n_test; i++) {
        truth[i] = evaluating_data.labels[split->test[i]];
    }
    const perebor_predictions predictions = {
        .labels = truth, .n_rows = split->n_test, .scores = scores};
    double own =
        perebor_metric_score(perebor_metric_find("roc_auc"), &predictions, &evaluating_workspace);
    assert_memory_equal(&own, &expected, sizeof own);
    perebor_fitted_pipeline_free(kept);
}

/** Both for the first trials of a space. */
static void check_refits(const perebor_evaluator *evaluator, const perebor_pipeline *pipeline,
                         const perebor_space *space, const perebor_split *split) {
    for (size_t trial = 0; trial < 12; trial++) {
        perebor_value point[64];
        perebor_candidate candidate;
        perebor_space_point(space, trial, point);
        assert_int_equal(perebor_pipeline_resolve(pipeline, point, &candidate, NULL), PEREBOR_OK);
        check_refit(evaluator, &candidate, split);
        fit_after_every_failure(evaluator, &candidate);
    }
}

static void receive(void *context, const perebor_fold_predictions *received) {
    out_of_fold *into = context;
    const perebor_member *member = perebor_plan_member(received->plan, received->member);
    uint8_t truth[SMALL_N_ROWS];
    for (size_t i = 0; i < received->n_rows; i++) {
        truth[i] = evaluating_data.labels[received->rows[i]];
    }
    perebor_predictions predictions = {.labels = truth,
                                       .n_rows = received->n_rows,
                                       .scores = received->scores,
                                       .probabilities = received->probabilities};
    perebor_workspace own = {0};
    for (uint32_t k = 0; k < member->n_trials; k++) {
        uint32_t trial = member->trials[k];
        into->auc[trial][received->fold] =
            perebor_metric_score(perebor_metric_find("roc_auc"), &predictions, &own);
        if (received->probabilities != NULL) {
            into->loss[trial][received->fold] =
                perebor_metric_score(perebor_metric_find("neg_log_loss"), &predictions, &own);
            into->n_probabilities++;
        }
        for (size_t i = 0; i < received->n_rows; i++) {
            into->times[trial][received->rows[i]]++;
        }
    }
    perebor_workspace_release(&own);
}

/** Every training row once for each repeat, no test row, and the scores that were recorded. */
static void check_received(const perebor_split *split,
                           fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS]) {
    uint8_t expected[SMALL_N_ROWS] = {0};
    const perebor_metric_list list = list_metrics();
    size_t loss = 1;
    while (list.items[loss] != perebor_metric_find("neg_log_loss")) {
        loss++;
    }
    for (size_t i = 0; i < split->n_train; i++) {
        expected[split->train[i]] = (uint8_t)evaluating.n_repeats;
    }
    for (size_t trial = 0; trial < EVALUATING_TRIALS; trial++) {
        assert_memory_equal(evaluating.receiver->times[trial], expected, sizeof expected);
        for (size_t fold = 0; fold < EVALUATING_FOLDS; fold++) {
            const fold_record *record = &records[trial][fold];
            assert_int_equal(record->state, PEREBOR_TRIAL_COMPLETE);
            assert_memory_equal(&evaluating.receiver->auc[trial][fold], &record->test_score,
                                sizeof(double));
            if (evaluating.every_metric) {
                assert_memory_equal(&evaluating.receiver->loss[trial][fold],
                                    &record->further.test[loss - 1], sizeof(double));
            }
        }
    }
    assert_int_equal(evaluating.receiver->n_probabilities,
                     evaluating.every_metric ? EVALUATING_TRIALS * EVALUATING_FOLDS : 0);
}

void evaluating_all(perebor_space *space, bool share, const bool *skip,
                    fold_record records[EVALUATING_TRIALS][EVALUATING_FOLDS]) {
    perebor_split split;
    perebor_folds folds;
    perebor_split_settings split_settings = {.test_size = 0.2, .stratify = true, .seed = 1};
    perebor_folds_settings folds_settings = {.method = PEREBOR_STRATIFIED_KFOLD,
                                             .n_splits = EVALUATING_FOLDS / evaluating.n_repeats,
                                             .n_repeats = evaluating.n_repeats,
                                             .shuffle = evaluating.n_repeats > 1,
                                             .seed = 4};
    perebor_evaluator *evaluator = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_plan *plan = NULL;
    assert_int_equal(perebor_split_make(&split, evaluating_data.labels, NULL, SMALL_N_ROWS,
                                        &split_settings, NULL),
                     PEREBOR_OK);
    uint8_t train_labels[SMALL_N_ROWS];
    for (size_t i = 0; i < split.n_train; i++) {
        train_labels[i] = evaluating_data.labels[split.train[i]];
    }
    assert_int_equal(
        perebor_folds_make(&folds, train_labels, NULL, split.n_train, &folds_settings, NULL),
        PEREBOR_OK);
    assert_int_equal(perebor_evaluator_create(&evaluator, &evaluating_data.dataset, &split, &folds,
                                              share, true, NULL),
                     PEREBOR_OK);
    perebor_evaluator_limit_memory(evaluator, evaluating.memory_limit);
    set_metrics(evaluator);
    perebor_evaluator_set_receiver(evaluator, evaluating.receiver != NULL ? receive : NULL,
                                   evaluating.receiver);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "test", NULL, 0, NULL), PEREBOR_OK);
    perebor_fold_shape shape = perebor_evaluator_shape(evaluator);
    assert_int_equal(perebor_plan_create(&plan, pipeline, space, 0, EVALUATING_TRIALS, skip, share,
                                         EVALUATING_FOLDS, &shape, NULL),
                     PEREBOR_OK);
    size_t times[EVALUATING_TRIALS] = {0};
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(plan); bundle++) {
        const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
        check_families(plan, planned, share);
        for (size_t fold = 0; fold < EVALUATING_FOLDS; fold++) {
            perebor_member_outcome outcomes[EVALUATING_TRIALS];
            evaluate_unit(evaluator, plan, bundle, fold, outcomes);
            for (size_t i = 0; i < planned->n_members; i++) {
                const perebor_member *member = perebor_plan_member(plan, planned->first_member + i);
                for (uint32_t k = 0; k < member->n_trials; k++) {
                    record(&records[member->trials[k]][fold], &outcomes[i]);
                    times[member->trials[k]] += fold == 0;
                    if (evaluating.fitted_too) {
                        check_fitted(evaluator, pipeline, space, member->trials[k], fold,
                                     &records[member->trials[k]][fold]);
                    }
                }
            }
            perebor_member_outcomes_release(outcomes, planned->n_members);
        }
    }
    if (evaluating.refits_too) {
        check_refits(evaluator, pipeline, space, &split);
    }
    if (evaluating.receiver != NULL) {
        check_received(&split, records);
    }
    for (size_t trial = 0; trial < EVALUATING_TRIALS; trial++) {
        assert_int_equal(times[trial], skip != NULL && skip[trial] ? 0 : 1);
    }
    perebor_plan_free(plan);
    perebor_pipeline_free(pipeline);
    perebor_evaluator_free(evaluator);
    perebor_folds_release(&folds);
    perebor_split_release(&split);
}

size_t evaluating_count_failures(perebor_space *space, size_t limit,
                                 fold_record unlimited[EVALUATING_TRIALS][EVALUATING_FOLDS]) {
    static fold_record shared[EVALUATING_TRIALS][EVALUATING_FOLDS],
        alone[EVALUATING_TRIALS][EVALUATING_FOLDS];
    size_t n_failed = 0;
    evaluating.memory_limit = limit;
    evaluating_all(space, true, NULL, shared);
    evaluating_all(space, false, NULL, alone);
    evaluating.memory_limit = 0;
    assert_memory_equal(shared, alone, sizeof shared);
    for (size_t i = 0; i < EVALUATING_TRIALS * EVALUATING_FOLDS; i++) {
        const fold_record *record = &alone[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS];
        if (record->state == PEREBOR_TRIAL_FAIL) {
            assert_non_null(strstr(record->error, "MB of memory"));
            n_failed++;
        } else {
            assert_memory_equal(record, &unlimited[i / EVALUATING_FOLDS][i % EVALUATING_FOLDS],
                                sizeof *record);
        }
    }
    return n_failed;
}
