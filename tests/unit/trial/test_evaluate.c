// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "failing_malloc.h"
#include "perebor/learners.h"
#include "small_experiment.h"
#include "trial/evaluate.h"
#include "trial/refit.h"

/** Of every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { row_count = SMALL_N_ROWS, trial_count = 90, n_folds = 4 };

static size_t n_repeats = 1; // Of n_folds / n_repeats folds.

static small_experiment small;
static uint8_t *const labels = small.labels;

static int make_dataset(void **state) {
    (void)state;
    small_experiment_fill(&small);
    return 0;
}

static perebor_space *make_space(uint64_t seed) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = small_experiment_space(&space, seed, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return space;
}

/** What came of a trial on a fold, without what it cost. Zeroed before it is filled. */
typedef struct fold_record {
    double test_score, train_score;
    perebor_further_scores further;
    int state, converged;
    uint32_t iterations;
    char error[160];
} fold_record;

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

/** How units are evaluated, which must not matter to any outcome. */
static enum manner { ONCE, AGAIN, AFTER_EVERY_FAILURE } manner;

static size_t memory_limit; // For each member; 0: none.

static bool every_metric; // Not roc_auc alone.

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
    if (every_metric) {
        perebor_evaluator_set_metrics(evaluator, &list);
    }
}

static void free_errors(perebor_member_outcome *outcomes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        free(outcomes[i].error);
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
        perebor_status status =
            perebor_evaluate(evaluator, plan, bundle, fold, &workspace, outcomes, NULL, &error);
        failed = failing_malloc_disarm();
        assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
        assert_int_equal(error.status, status);
        assert_null(perebor_workspace_here(&workspace).block);
    }
}

static void evaluate_unit(const perebor_evaluator *evaluator, const perebor_plan *plan,
                          size_t bundle, size_t fold, perebor_member_outcome *outcomes) {
    if (manner == AFTER_EVERY_FAILURE && fold == 0) {
        evaluate_after_every_failure(evaluator, plan, bundle, fold, outcomes);
        return;
    }
    size_t n_calls = 0;
    for (int time = 0; time < (manner == AGAIN ? 3 : 1); time++) {
        n_calls = failing_malloc_n_calls();
        if (time > 0) {
            free_errors(outcomes, perebor_plan_bundle(plan, bundle)->n_members);
        }
        assert_int_equal(
            perebor_evaluate(evaluator, plan, bundle, fold, &workspace, outcomes, NULL, NULL),
            PEREBOR_OK);
    }
    if (manner == AGAIN) { // the first makes blocks, the second one of all of them
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

static bool fitted_too; // Every trial also by a fitted pipeline of its own.

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
        perebor_evaluate_fitted(evaluator, &candidate, fold, &workspace, &outcome, NULL),
        PEREBOR_OK);
    record(&fitted, &outcome);
    free_errors(&outcome, 1);
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
        perebor_status status =
            perebor_evaluate_fitted(evaluator, candidate, 0, &workspace, &outcome, &error);
        failed = failing_malloc_disarm();
        free_errors(&outcome, 1);
        assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
        assert_int_equal(error.status, status);
        assert_null(perebor_workspace_here(&workspace).block);
    }
}

/** The pipeline that a refit hands over has the score that the refit tells. */
static void check_refit(const perebor_evaluator *evaluator, const perebor_candidate *candidate,
                        const perebor_split *split) {
    perebor_refit refit = {0};
    double scores[row_count];
    uint8_t truth[row_count];
    assert_int_equal(perebor_refit_candidate(evaluator, candidate, false, &refit, NULL),
                     PEREBOR_OK);
    perebor_fitted_pipeline *kept = refit.pipeline;
    double expected = refit.test_score;
    refit.pipeline = NULL;
    perebor_refit_release(&refit);
    assert_int_equal(perebor_fitted_pipeline_score(kept, &small.dataset, split->test, split->n_test,
                                                   &workspace, scores, NULL),
                     PEREBOR_OK);
    for (size_t i = 0; i < split->n_test; i++) {
        truth[i] = labels[split->test[i]];
    }
    const perebor_predictions predictions = {
        .labels = truth, .n_rows = split->n_test, .scores = scores};
    double own = perebor_metric_score(perebor_metric_find("roc_auc"), &predictions, &workspace);
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

static bool refits_too;

/** Out-of-fold predictions of every trial, as they were received. */
typedef struct out_of_fold {
    double auc[trial_count][n_folds], loss[trial_count][n_folds]; /**< Of what was received. */
    uint8_t times[trial_count][row_count];                        /**< That a row was received. */
    size_t n_probabilities;
} out_of_fold;

static out_of_fold *receiver; // NULL: none.

static void receive(void *context, const perebor_fold_predictions *received) {
    out_of_fold *into = context;
    const perebor_member *member = perebor_plan_member(received->plan, received->member);
    uint8_t truth[row_count];
    for (size_t i = 0; i < received->n_rows; i++) {
        truth[i] = labels[received->rows[i]];
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
static void check_received(const perebor_split *split, fold_record records[trial_count][n_folds]) {
    uint8_t expected[row_count] = {0};
    const perebor_metric_list list = list_metrics();
    size_t loss = 1;
    while (list.items[loss] != perebor_metric_find("neg_log_loss")) {
        loss++;
    }
    for (size_t i = 0; i < split->n_train; i++) {
        expected[split->train[i]] = (uint8_t)n_repeats;
    }
    for (size_t trial = 0; trial < trial_count; trial++) {
        assert_memory_equal(receiver->times[trial], expected, sizeof expected);
        for (size_t fold = 0; fold < n_folds; fold++) {
            const fold_record *record = &records[trial][fold];
            assert_int_equal(record->state, PEREBOR_TRIAL_COMPLETE);
            assert_memory_equal(&receiver->auc[trial][fold], &record->test_score, sizeof(double));
            if (every_metric) {
                assert_memory_equal(&receiver->loss[trial][fold], &record->further.test[loss - 1],
                                    sizeof(double));
            }
        }
    }
    assert_int_equal(receiver->n_probabilities, every_metric ? trial_count * n_folds : 0);
}

/** Everything evaluated in one thread, by trial and fold. */
static void evaluate_all(perebor_space *space, bool share, const bool *skip,
                         fold_record records[trial_count][n_folds]) {
    perebor_split split;
    perebor_folds folds;
    perebor_split_settings split_settings = {.test_size = 0.2, .stratify = true, .seed = 1};
    perebor_folds_settings folds_settings = {.method = PEREBOR_STRATIFIED_KFOLD,
                                             .n_splits = n_folds / n_repeats,
                                             .n_repeats = n_repeats,
                                             .shuffle = n_repeats > 1,
                                             .seed = 4};
    perebor_evaluator *evaluator = NULL;
    perebor_pipeline *pipeline = NULL;
    perebor_plan *plan = NULL;
    assert_int_equal(perebor_split_make(&split, labels, NULL, row_count, &split_settings, NULL),
                     PEREBOR_OK);
    uint8_t train_labels[row_count];
    for (size_t i = 0; i < split.n_train; i++) {
        train_labels[i] = labels[split.train[i]];
    }
    assert_int_equal(
        perebor_folds_make(&folds, train_labels, NULL, split.n_train, &folds_settings, NULL),
        PEREBOR_OK);
    assert_int_equal(
        perebor_evaluator_create(&evaluator, &small.dataset, &split, &folds, share, true, NULL),
        PEREBOR_OK);
    perebor_evaluator_limit_memory(evaluator, memory_limit);
    set_metrics(evaluator);
    perebor_evaluator_set_receiver(evaluator, receiver != NULL ? receive : NULL, receiver);
    assert_int_equal(perebor_pipeline_create(&pipeline, space, "test", NULL, 0, NULL), PEREBOR_OK);
    perebor_fold_shape shape = perebor_evaluator_shape(evaluator);
    assert_int_equal(perebor_plan_create(&plan, pipeline, space, 0, trial_count, skip, share,
                                         n_folds, &shape, NULL),
                     PEREBOR_OK);
    size_t times[trial_count] = {0};
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(plan); bundle++) {
        const perebor_bundle *planned = perebor_plan_bundle(plan, bundle);
        check_families(plan, planned, share);
        for (size_t fold = 0; fold < n_folds; fold++) {
            perebor_member_outcome outcomes[trial_count];
            evaluate_unit(evaluator, plan, bundle, fold, outcomes);
            for (size_t i = 0; i < planned->n_members; i++) {
                const perebor_member *member = perebor_plan_member(plan, planned->first_member + i);
                for (uint32_t k = 0; k < member->n_trials; k++) {
                    record(&records[member->trials[k]][fold], &outcomes[i]);
                    times[member->trials[k]] += fold == 0;
                    if (fitted_too) {
                        check_fitted(evaluator, pipeline, space, member->trials[k], fold,
                                     &records[member->trials[k]][fold]);
                    }
                }
            }
            free_errors(outcomes, planned->n_members);
        }
    }
    if (refits_too) {
        check_refits(evaluator, pipeline, space, &split);
    }
    if (receiver != NULL) {
        check_received(&split, records);
    }
    for (size_t trial = 0; trial < trial_count; trial++) {
        assert_int_equal(times[trial], skip != NULL && skip[trial] ? 0 : 1);
    }
    perebor_plan_free(plan);
    perebor_pipeline_free(pipeline);
    perebor_evaluator_free(evaluator);
    perebor_folds_release(&folds);
    perebor_split_release(&split);
}

/** Evaluates under a limit, shared and not. @return how many trials fail for want of memory. */
static size_t count_failures(perebor_space *space, size_t limit,
                             fold_record unlimited[trial_count][n_folds]) {
    static fold_record shared[trial_count][n_folds], alone[trial_count][n_folds];
    size_t n_failed = 0;
    memory_limit = limit;
    evaluate_all(space, true, NULL, shared);
    evaluate_all(space, false, NULL, alone);
    memory_limit = 0;
    assert_memory_equal(shared, alone, sizeof shared);
    for (size_t i = 0; i < trial_count * n_folds; i++) {
        const fold_record *record = &alone[i / n_folds][i % n_folds];
        if (record->state == PEREBOR_TRIAL_FAIL) {
            assert_non_null(strstr(record->error, "MB of memory"));
            n_failed++;
        } else {
            assert_memory_equal(record, &unlimited[i / n_folds][i % n_folds], sizeof *record);
        }
    }
    return n_failed;
}

static void a_limit_of_memory_fails_the_same_trials_whatever_they_share(void **state) {
    (void)state;
    static fold_record unlimited[trial_count][n_folds];
    perebor_space *space = make_space(1);
    evaluate_all(space, false, NULL, unlimited);
    assert_int_equal(count_failures(space, 1, unlimited), trial_count * n_folds);
    assert_int_equal(count_failures(space, (size_t)1 << 32, unlimited), 0);
    size_t before = trial_count * n_folds;
    bool some = false;
    for (size_t limit = 1 << 13; limit < (size_t)1 << 24; limit *= 2) {
        size_t n_failed = count_failures(space, limit, unlimited);
        some = some || (n_failed > 0 && n_failed < trial_count * n_folds);
        assert_true(n_failed <= before);
        before = n_failed;
    }
    assert_true(some);
    perebor_space_free(space);
}

static void sharing_changes_no_bit_of_any_score(void **state) {
    (void)state;
    static fold_record shared[trial_count][n_folds], alone[trial_count][n_folds];
    for (uint64_t seed = 0; seed < 4; seed++) {
        perebor_space *space = make_space(seed);
        evaluate_all(space, true, NULL, shared);
        evaluate_all(space, false, NULL, alone);
        for (size_t i = 0; i < trial_count * n_folds; i++) {
            assert_int_equal(shared[i / n_folds][i % n_folds].state, PEREBOR_TRIAL_COMPLETE);
            assert_true(shared[i / n_folds][i % n_folds].train_score >= 0.0);
        }
        assert_memory_equal(shared, alone, sizeof shared);
        perebor_space_free(space);
    }
}

/** Parameters over some of the values that settings take, whatever settings there are. */
typedef struct drawn_space {
    perebor_parameter parameters[64];
    perebor_value values[64][16];
    char names[64][48];
    size_t n;
} drawn_space;

/** Values to try on every setting; those it takes are kept. */
static const perebor_value tried[] = {
    {.kind = PEREBOR_VALUE_NONE},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 1},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 2},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 5},
    {.kind = PEREBOR_VALUE_INTEGER, .as.integer = 30},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 0.02},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 0.4},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 1.0},
    {.kind = PEREBOR_VALUE_REAL, .as.real = 2.5},
};

/** Takes about half of what a setting accepts, and at least one value. */
static void draw_values(drawn_space *space, perebor_parameter *parameter,
                        const perebor_setting *setting, uint64_t *random) {
    perebor_value *kept = space->values[space->n];
    perebor_value accepted[24];
    size_t n = 0;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        perebor_value own;
        if (perebor_setting_accept(setting, tried[i], &own, NULL) == PEREBOR_OK) {
            accepted[n++] = tried[i];
        }
    }
    for (size_t i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++) {
        accepted[n++] = (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = setting->choices[i]};
    }
    assert_true(n > 0);
    for (size_t i = 0; i < n && parameter->n_values < 16; i++) {
        if (draw_bits(random) % 2 == 0) {
            kept[parameter->n_values++] = accepted[i];
        }
    }
    if (parameter->n_values == 0) {
        kept[parameter->n_values++] = accepted[draw_bits(random) % n];
    }
    parameter->values = kept;
}

static void draw_setting(drawn_space *space, const char *step, const perebor_setting *setting,
                         uint64_t *random) {
    bool endless = strcmp(setting->name, "max_iter") == 0; // without it svc may go on for long
    if (!endless && draw_bits(random) % 3 == 0) {
        return;
    }
    perebor_parameter *parameter = &space->parameters[space->n];
    (void)snprintf(space->names[space->n], sizeof space->names[0], "%s%s%s", step,
                   setting->name[0] != '\0' ? "__" : "", setting->name);
    *parameter =
        (perebor_parameter){.name = space->names[space->n], .distribution = PEREBOR_CATEGORICAL};
    draw_values(space, parameter, setting, random);
    space->n++;
}

/** A space over settings of every step and learner, drawn by block if its number is odd. */
static perebor_space *make_random_space(uint64_t number) {
    static drawn_space drawn;
    static perebor_value models[4];
    uint64_t random = number;
    drawn.n = 1;
    drawn.parameters[0] = small_experiment_choice(
        "model", models, (const char *[]){"knn", "logreg", "svc", "tree", NULL});
    size_t n_steps = 0;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    for (size_t step = 0; step < n_steps; step++) {
        for (size_t i = 0; i < steps[step].n_settings; i++) {
            draw_setting(&drawn, steps[step].name, &steps[step].settings[i], &random);
        }
    }
    size_t n_learners = 0;
    const perebor_learner *const *learners = perebor_learners(&n_learners);
    for (size_t learner = 0; learner < n_learners; learner++) {
        for (size_t i = 0; i < learners[learner]->n_settings; i++) {
            draw_setting(&drawn, learners[learner]->name, &learners[learner]->settings[i], &random);
        }
    }
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_space_create(&space, "random", drawn.parameters, drawn.n, NULL,
                                                 0, PEREBOR_SEARCH_RANDOM, number, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    for (size_t i = 0; number % 2 == 1 && i < drawn.n; i += 2) {
        perebor_space_draw_by_block(space, i);
    }
    return space;
}

static void sharing_changes_nothing_in_any_space(void **state) {
    (void)state;
    static fold_record shared[trial_count][n_folds], alone[trial_count][n_folds];
    size_t n_complete = 0;
    enum { N_SPACES = 10 };
    for (uint64_t number = 0; number < N_SPACES; number++) {
        perebor_space *space = make_random_space(number);
        evaluate_all(space, true, NULL, shared);
        evaluate_all(space, false, NULL, alone);
        for (size_t i = 0; i < trial_count * n_folds; i++) {
            if (memcmp(&shared[i / n_folds][i % n_folds], &alone[i / n_folds][i % n_folds],
                       sizeof alone[i / n_folds][i % n_folds]) != 0) {
                fail_msg("space %zu, trial %zu, fold %zu: %a \"%s\" shared, %a \"%s\" alone",
                         (size_t)number, i / n_folds, i % n_folds,
                         shared[i / n_folds][i % n_folds].test_score,
                         shared[i / n_folds][i % n_folds].error,
                         alone[i / n_folds][i % n_folds].test_score,
                         alone[i / n_folds][i % n_folds].error);
            }
            n_complete += alone[i / n_folds][i % n_folds].state == PEREBOR_TRIAL_COMPLETE;
        }
        perebor_space_free(space);
    }
    assert_true(n_complete > N_SPACES * trial_count * n_folds / 2);
}

static void a_fitted_pipeline_has_the_bits_of_a_search(void **state) {
    (void)state;
    static fold_record records[trial_count][n_folds];
    size_t n_complete = 0;
    fitted_too = true;
    for (uint64_t number = 20; number < 24; number++) {
        perebor_space *space = number < 22 ? make_random_space(number) : make_space(number);
        every_metric = number % 2 == 0;
        evaluate_all(space, true, NULL, records);
        for (size_t i = 0; i < trial_count * n_folds; i++) {
            n_complete += records[i / n_folds][i % n_folds].state == PEREBOR_TRIAL_COMPLETE;
        }
        perebor_space_free(space);
    }
    fitted_too = every_metric = false;
    assert_true(n_complete > 2 * trial_count * n_folds);
}

static void a_refit_hands_over_its_pipeline_and_any_allocation_may_fail(void **state) {
    (void)state;
    static fold_record records[trial_count][n_folds];
    perebor_space *space = make_space(5);
    refits_too = true;
    evaluate_all(space, true, NULL, records);
    refits_too = false;
    perebor_space_free(space);
}

static void out_of_fold_predictions_are_those_that_were_scored(void **state) {
    (void)state;
    static fold_record records[trial_count][n_folds];
    static out_of_fold received[3]; // Alone, shared, and under a limit that nothing meets.
    perebor_space *space = make_space(3);
    for (int metrics = 0; metrics < 2; metrics++) {
        every_metric = metrics == 1;
        n_repeats = every_metric ? 2 : 1;
        for (int way = 0; way < 3; way++) {
            receiver = &received[way];
            memset(receiver, 0, sizeof *receiver);
            memory_limit = way == 2 ? (size_t)1 << 32 : 0;
            evaluate_all(space, way > 0, NULL, records);
            assert_memory_equal(&received[0], receiver, sizeof *receiver);
        }
    }
    receiver = NULL;
    every_metric = false;
    n_repeats = 1;
    memory_limit = 0;
    perebor_space_free(space);
}

static void trials_that_are_skipped_change_no_others(void **state) {
    (void)state;
    static fold_record all[trial_count][n_folds], some[trial_count][n_folds];
    bool skip[trial_count] = {0};
    perebor_space *space = make_space(9);
    for (size_t trial = 0; trial < trial_count; trial++) {
        skip[trial] = trial % 3 == 1;
    }
    evaluate_all(space, true, NULL, all);
    memcpy(some, all, sizeof some);
    evaluate_all(space, true, skip, some);
    assert_memory_equal(all, some, sizeof all);
    perebor_space_free(space);
}

static void labels_that_mean_nothing_score_a_half(void **state) {
    (void)state;
    static fold_record records[trial_count][n_folds];
    uint8_t kept[row_count];
    uint64_t random = 77;
    memcpy(kept, labels, sizeof kept);
    for (size_t row = 0; row < row_count; row++) {
        labels[row] = (uint8_t)(draw_bits(&random) & 1u);
    }
    perebor_space *space = make_space(3);
    evaluate_all(space, true, NULL, records);
    memcpy(labels, kept, sizeof kept);
    double sum = 0.0;
    for (size_t i = 0; i < trial_count * n_folds; i++) {
        sum += records[i / n_folds][i % n_folds].test_score;
    }
    double mean = sum / (trial_count * n_folds);
    assert_true(mean > 0.4 && mean < 0.6);
    perebor_space_free(space);
}

static void further_metrics_are_there_and_change_no_other_score(void **state) {
    (void)state;
    static fold_record plain[trial_count][n_folds], shared[trial_count][n_folds],
        alone[trial_count][n_folds];
    size_t n_metrics = 0;
    (void)perebor_metrics(&n_metrics);
    perebor_space *space = make_space(5);
    evaluate_all(space, true, NULL, plain);
    every_metric = true;
    evaluate_all(space, true, NULL, shared);
    evaluate_all(space, false, NULL, alone);
    every_metric = false;
    assert_memory_equal(shared, alone, sizeof shared);
    for (size_t i = 0; i < trial_count * n_folds; i++) {
        const fold_record *one = &plain[i / n_folds][i % n_folds];
        const fold_record *all = &shared[i / n_folds][i % n_folds];
        assert_memory_equal(&one->test_score, &all->test_score, sizeof one->test_score);
        assert_memory_equal(&one->train_score, &all->train_score, sizeof one->train_score);
        for (size_t further = 0; further < PEREBOR_MAX_METRICS - 1; further++) {
            bool there = further + 1 < n_metrics;
            assert_int_equal(isfinite(all->further.test[further]) != 0, there);
            assert_int_equal(isfinite(all->further.train[further]) != 0, there);
        }
    }
    perebor_space_free(space);
}

static void metrics_of_probabilities_need_memory_that_counts(void **state) {
    (void)state;
    static fold_record unlimited[trial_count][n_folds];
    perebor_space *space = make_space(1);
    every_metric = true;
    evaluate_all(space, false, NULL, unlimited);
    size_t most = count_failures(space, 1, unlimited);
    size_t some = count_failures(space, 1 << 16, unlimited);
    every_metric = false;
    assert_int_equal(most, trial_count * n_folds);
    assert_true(some < most);
    perebor_space_free(space);
}

/** As other tests, but in another manner, and the same outcomes. */
static void check_manner(enum manner unlike_others, bool share) {
    static fold_record plain[trial_count][n_folds], other[trial_count][n_folds];
    bool skip[trial_count];
    perebor_space *space = make_space(11);
    for (size_t trial = 0; trial < trial_count; trial++) {
        skip[trial] = trial >= 40;
    }
    memset(other, 0, sizeof other);
    memset(plain, 0, sizeof plain);
    evaluate_all(space, share, skip, plain);
    manner = unlike_others;
    evaluate_all(space, share, skip, other);
    manner = ONCE;
    assert_memory_equal(plain, other, sizeof plain);
    perebor_space_free(space);
}

static void a_unit_done_before_asks_the_system_for_nothing(void **state) {
    (void)state;
    check_manner(AGAIN, true);
    check_manner(AGAIN, false);
    every_metric = true;
    check_manner(AGAIN, true);
    every_metric = false;
}

static void any_allocation_of_a_unit_may_fail(void **state) {
    (void)state;
    check_manner(AFTER_EVERY_FAILURE, true);
    check_manner(AFTER_EVERY_FAILURE, false);
    every_metric = true;
    check_manner(AFTER_EVERY_FAILURE, false);
    every_metric = false;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sharing_changes_no_bit_of_any_score),
        cmocka_unit_test(further_metrics_are_there_and_change_no_other_score),
        cmocka_unit_test(metrics_of_probabilities_need_memory_that_counts),
        cmocka_unit_test(a_limit_of_memory_fails_the_same_trials_whatever_they_share),
        cmocka_unit_test(sharing_changes_nothing_in_any_space),
        cmocka_unit_test(a_fitted_pipeline_has_the_bits_of_a_search),
        cmocka_unit_test(a_refit_hands_over_its_pipeline_and_any_allocation_may_fail),
        cmocka_unit_test(out_of_fold_predictions_are_those_that_were_scored),
        cmocka_unit_test(trials_that_are_skipped_change_no_others),
        cmocka_unit_test(labels_that_mean_nothing_score_a_half),
        cmocka_unit_test(a_unit_done_before_asks_the_system_for_nothing),
        cmocka_unit_test(any_allocation_of_a_unit_may_fail),
    };
    return cmocka_run_group_tests(tests, make_dataset, give_back);
}
