// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "exec/team.h"
#include "small_experiment.h"
#include "trial/evaluate.h"

enum { n_trials = 60, n_folds = 3, thread_count = 4 };

/** A small search, and everything that its units need. */
typedef struct fixture {
    small_experiment small;
    perebor_space *space;
    perebor_split split;
    perebor_folds folds;
    perebor_pipeline *pipeline;
    perebor_evaluator *evaluator;
    perebor_plan *plan;
    perebor_workspace workspaces[thread_count];
} fixture;

static void open_fixture(fixture *f) {
    const perebor_split_settings split = {.test_size = 0.2, .stratify = true, .seed = 1};
    const perebor_folds_settings folds = {
        .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1};
    uint8_t labels[SMALL_N_ROWS];
    perebor_error error;
    memset(f, 0, sizeof *f);
    small_experiment_fill(&f->small);
    assert_int_equal(small_experiment_space(&f->space, 1, &error), PEREBOR_OK);
    assert_int_equal(
        perebor_split_make(&f->split, f->small.labels, NULL, SMALL_N_ROWS, &split, &error),
        PEREBOR_OK);
    for (size_t i = 0; i < f->split.n_train; i++) {
        labels[i] = f->small.labels[f->split.train[i]];
    }
    assert_int_equal(perebor_folds_make(&f->folds, labels, NULL, f->split.n_train, &folds, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_evaluator_create(&f->evaluator, &f->small.dataset, &f->split,
                                              &f->folds, true, true, &error),
                     PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&f->pipeline, f->space, "test", NULL, 0, &error),
                     PEREBOR_OK);
    perebor_fold_shape shape = perebor_evaluator_shape(f->evaluator);
    assert_int_equal(perebor_plan_create(&f->plan, f->pipeline, f->space, 0, n_trials, NULL, true,
                                         n_folds, &shape, &error),
                     PEREBOR_OK);
}

static void close_fixture(fixture *f) {
    for (size_t i = 0; i < thread_count; i++) {
        perebor_workspace_release(&f->workspaces[i]);
    }
    perebor_plan_free(f->plan);
    perebor_pipeline_free(f->pipeline);
    perebor_evaluator_free(f->evaluator);
    perebor_folds_release(&f->folds);
    perebor_split_release(&f->split);
    perebor_space_free(f->space);
}

/** A unit's result is the bits of its members' scores. */
static perebor_status evaluate_unit(void *context, uint32_t unit, int thread,
                                    perebor_unit_result *result, perebor_error *error) {
    fixture *f = context;
    perebor_member_outcome outcomes[n_trials];
    size_t n_members = perebor_plan_bundle(f->plan, unit / n_folds)->n_members;
    perebor_status status = perebor_evaluate(f->evaluator, f->plan, unit / n_folds, unit % n_folds,
                                             &f->workspaces[thread], outcomes, NULL, error);
    for (size_t i = 0; status == PEREBOR_OK && i < n_members; i++) {
        const uint64_t bits[2] = {arithmetic_to_bits(outcomes[i].fold.test_score),
                                  arithmetic_to_bits(outcomes[i].fold.train_score)};
        status = perebor_unit_result_append(result, bits, sizeof bits, error);
        free(outcomes[i].error);
    }
    return status;
}

/** Compares results that a team has ready with those of one thread. @return how many */
static size_t compare_results(thread_team *team, fixture *alone) {
    team_outbox outbox = {.bytes = NULL};
    perebor_error error;
    size_t n = 0;
    assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
    for (size_t at = 0; at < outbox.size; n++) {
        team_outcome outcome;
        perebor_unit_result expected = {.bytes = NULL};
        memcpy(&outcome, outbox.bytes + at, sizeof outcome);
        assert_int_equal(outcome.refused, 0);
        assert_int_equal(evaluate_unit(alone, outcome.unit, 0, &expected, &error), PEREBOR_OK);
        assert_int_equal(outcome.size, expected.size);
        assert_memory_equal(outbox.bytes + at + sizeof outcome, expected.bytes, expected.size);
        free(expected.bytes);
        at += sizeof outcome + ((size_t)outcome.size + 7) / 8 * 8;
    }
    free(outbox.bytes);
    return n;
}

static void threads_beside_it_change_no_bit_of_a_unit(void **state) {
    (void)state;
    static fixture together, alone;
    open_fixture(&together);
    open_fixture(&alone);
    uint32_t n_units = (uint32_t)perebor_plan_n_units(together.plan);
    perebor_job job = {.n_threads = thread_count, .context = &together, .execute = evaluate_unit};
    perebor_error error;
    thread_team *team = NULL;
    assert_true(n_units > thread_count);
    assert_int_equal(team_create(&team, &job, &error), PEREBOR_OK);
    for (uint32_t unit = 0; unit < n_units; unit++) {
        assert_int_equal(team_push(team, 1 + unit, &unit, 1, &error), PEREBOR_OK);
    }
    for (size_t n_done = 0; n_done < n_units;) {
        team_wait(team, 1e-3);
        n_done += compare_results(team, &alone);
    }
    assert_false(team_free(team));
    close_fixture(&together);
    close_fixture(&alone);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_beside_it_change_no_bit_of_a_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
