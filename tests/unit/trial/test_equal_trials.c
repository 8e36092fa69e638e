// SPDX-License-Identifier: MIT
/**
 * No candidate is computed twice: not beyond a window of the plan, not after a search was resumed.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/equal_trials.h"
#include "trial/outcome_collector.h"
#include "trial/plan.h"

enum { trial_count = 3 * PEREBOR_PLAN_WINDOW_TRIALS + 100, n_folds = 2 };

typedef struct fixture {
    perebor_space *space;
    perebor_pipeline *pipeline;
    bool *finished;
    equal_trials equal;
    perebor_plan *plan;
} fixture;

/** Trees of depth 1 to 7, some scaled, which does not matter to a tree. */
static void open_fixture(fixture *f) {
    static const perebor_value tree = {.kind = PEREBOR_VALUE_TEXT, .as.text = "tree"};
    static const perebor_value scales[] = {{.kind = PEREBOR_VALUE_TEXT, .as.text = "none"},
                                           {.kind = PEREBOR_VALUE_TEXT, .as.text = "minmax"}};
    const perebor_parameter parameters[] = {
        {.name = "model", .distribution = PEREBOR_CONSTANT, .values = &tree, .n_values = 1},
        {.name = "scale", .distribution = PEREBOR_CATEGORICAL, .values = scales, .n_values = 2},
        {.name = "tree__max_depth", .distribution = PEREBOR_INT_UNIFORM, .min = 1, .max = 7}};
    *f = (fixture){.finished = calloc(trial_count, sizeof(bool))};
    assert_non_null(f->finished);
    assert_int_equal(perebor_space_create(&f->space, "e.yaml", parameters, 3, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&f->pipeline, f->space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
}

static void close_fixture(fixture *f) {
    perebor_plan_free(f->plan);
    equal_trials_release(&f->equal);
    perebor_pipeline_free(f->pipeline);
    perebor_space_free(f->space);
    free(f->finished);
}

/** Finds equal trials and plans the rest, as a search does. */
static void plan_rest(fixture *f, size_t n_trials) {
    const perebor_fold_shape shape = {.n_training = 90, .n_validation = 45, .n_columns = 4};
    bool *skip = calloc(n_trials, sizeof *skip);
    assert_non_null(skip);
    assert_int_equal(
        equal_trials_find(&f->equal, f->pipeline, f->space, 0, n_trials, f->finished, NULL),
        PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) {
        skip[trial] = f->finished[trial] || f->equal.source[trial] != EQUAL_TRIALS_NONE;
    }
    assert_int_equal(perebor_plan_create(&f->plan, f->pipeline, f->space, 0, n_trials, skip, true,
                                         n_folds, &shape, NULL),
                     PEREBOR_OK);
    free(skip);
}

static int64_t depth_of(const fixture *f, uint64_t trial) {
    perebor_value values[3];
    perebor_space_point(f->space, trial, values);
    return values[2].as.integer;
}

static void a_candidate_is_evaluated_once_however_many_windows_there_are(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f);
    plan_rest(&f, trial_count);
    assert_int_equal(perebor_plan_predict(f.plan).n_members, 7);
    size_t n_answered = perebor_plan_predict(f.plan).n_trials;
    for (uint32_t trial = 0; trial < trial_count; trial++) {
        uint32_t source = f.equal.source[trial];
        if (source != EQUAL_TRIALS_NONE) {
            n_answered++;
            assert_true(source < trial);
            assert_int_equal(depth_of(&f, source), depth_of(&f, trial));
            assert_int_equal(f.equal.source[source], EQUAL_TRIALS_NONE);
        }
    }
    assert_int_equal(n_answered, trial_count);
    close_fixture(&f);
}

static void what_was_finished_before_is_not_evaluated_again(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f);
    for (uint32_t trial = 0; trial < 200; trial++) { // some are open before a finished equal one
        f.finished[trial] = depth_of(&f, trial) != 4 && trial % 3 == 1;
    }
    plan_rest(&f, 400);
    assert_int_equal(perebor_plan_predict(f.plan).n_members, 1); // depth 4 alone
    for (uint32_t trial = 0; trial < 400; trial++) {
        uint32_t source = f.equal.source[trial];
        if (!f.finished[trial] && depth_of(&f, trial) != 4) {
            assert_true(f.finished[source]);
            assert_int_equal(depth_of(&f, source), depth_of(&f, trial));
        } else {
            assert_int_equal(source, EQUAL_TRIALS_NONE);
        }
    }
    close_fixture(&f);
}

static perebor_status count_finished(void *context, size_t trial, perebor_error *error) {
    (void)trial;
    (void)error;
    ++*(size_t *)context;
    return PEREBOR_OK;
}

static void an_outcome_is_handed_over_with_its_scores_and_without_its_time(void **state) {
    (void)state;
    fixture f;
    size_t n_told = 0;
    perebor_trials *trials = NULL;
    open_fixture(&f);
    f.finished[0] = true;
    plan_rest(&f, 40);
    assert_int_equal(perebor_trials_create(&trials, f.space, 0, 40, n_folds, NULL), PEREBOR_OK);
    trials->state[0] = PEREBOR_TRIAL_COMPLETE;
    for (size_t fold = 0; fold < n_folds; fold++) {
        trials->folds[fold] = (perebor_fold_outcome){
            .test_score = 0.75, .fit_seconds = 2.0, .state = PEREBOR_TRIAL_COMPLETE};
        trials->fold_done[fold] = 1;
    }
    outcome_collector collector = {.plan = f.plan,
                                   .equal = &f.equal,
                                   .trials = trials,
                                   .finished = count_finished,
                                   .context = &n_told};
    assert_int_equal(outcome_collector_begin(&collector, NULL), PEREBOR_OK);
    assert_int_equal(collector.n_before, 1);
    assert_int_equal(collector.n_done, n_told + 1);
    size_t n_equal = 0;
    for (uint32_t trial = 1; trial < 40; trial++) {
        bool equal = depth_of(&f, trial) == depth_of(&f, 0);
        assert_int_equal(trials->state[trial],
                         equal ? PEREBOR_TRIAL_COMPLETE : PEREBOR_TRIAL_WAITING);
        if (equal) {
            n_equal++;
            assert_true(perebor_trials_mean_test_score(trials, trial) == 0.75);
            assert_true(trials->folds[trial * n_folds].fit_seconds == 0.0);
        }
    }
    assert_true(n_equal > 0);
    assert_int_equal(n_told, n_equal);
    perebor_trials_free(trials);
    close_fixture(&f);
}

/** A fold that was lost tells nothing of where the others were evaluated. */
static void what_is_given_up_leaves_what_other_folds_recorded(void **state) {
    (void)state;
    fixture f;
    size_t n_told = 0;
    perebor_trials *trials = NULL;
    perebor_stage_seconds stages[3] = {0};
    open_fixture(&f);
    plan_rest(&f, 1);
    assert_int_equal(perebor_trials_create(&trials, f.space, 0, 1, n_folds, NULL), PEREBOR_OK);
    outcome_collector collector = {.plan = f.plan,
                                   .equal = &f.equal,
                                   .trials = trials,
                                   .stages = stages,
                                   .finished = count_finished,
                                   .context = &n_told};
    const perebor_member_outcome outcome = {
        .fold = {.test_score = 0.5, .state = PEREBOR_TRIAL_COMPLETE}};
    const outcome_header header = {
        .started = 1000.0, .n_members = 1, .n_threads = 4, .host = "node7"};
    assert_int_equal(outcome_collector_begin(&collector, NULL), PEREBOR_OK);
    assert_int_equal(outcome_collector_add(&collector, 0, 0, 2, &header, &outcome, NULL),
                     PEREBOR_OK);
    const outcome_place nowhere = {.started = NAN, .rank = -1};
    assert_int_equal(outcome_collector_give_up(&collector, 0, 1, &nowhere, "lost", NULL),
                     PEREBOR_OK);
    assert_int_equal(trials->mpi_rank[0], 2);
    assert_int_equal(trials->n_threads[0], 4);
    assert_string_equal(trials->host[0], "node7");
    assert_true(trials->datetime_start[0] == 1000.0);
    perebor_trials_free(trials);
    close_fixture(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_candidate_is_evaluated_once_however_many_windows_there_are),
        cmocka_unit_test(what_was_finished_before_is_not_evaluated_again),
        cmocka_unit_test(an_outcome_is_handed_over_with_its_scores_and_without_its_time),
        cmocka_unit_test(what_is_given_up_leaves_what_other_folds_recorded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
