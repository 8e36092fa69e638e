// SPDX-License-Identifier: MIT
/* Outcomes that arrive in any order become the same trials: states, messages, times, the best one,
 * and whoever is told of them. */
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
#include "small_experiment.h"
#include "trial/outcome_collector.h"

enum { n_trials = 120, n_folds = 3, n_ranks = 4, most_members = 128 };

/** A search whose outcomes are made up. */
typedef struct fixture {
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_plan *plan;
    equal_trials equal;
    perebor_trials *trials;
    outcome_collector collector;
    perebor_stage_seconds stages[n_ranks];
    size_t told[n_trials];
    size_t n_told, refuse_at;
} fixture;

static perebor_status hear(void *context, size_t trial, perebor_error *error) {
    fixture *f = context;
    assert_true(perebor_trials_finished(f->trials, trial));
    f->told[trial]++;
    return ++f->n_told == f->refuse_at
               ? perebor_fail(error, PEREBOR_ERR_IO, "the disk is full at %zu", f->n_told)
               : PEREBOR_OK;
}

static void open_fixture(fixture *f, uint64_t seed) {
    const perebor_fold_shape shape = {.n_training = 90, .n_validation = 45, .n_columns = 8};
    bool finished[n_trials] = {false}, skip[n_trials];
    *f = (fixture){.n_told = 0};
    assert_int_equal(small_experiment_space(&f->space, seed, NULL), PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&f->pipeline, f->space, "e.yaml", NULL, 0, NULL),
                     PEREBOR_OK);
    assert_int_equal(
        equal_trials_find(&f->equal, f->pipeline, f->space, 0, n_trials, finished, NULL),
        PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) {
        skip[trial] = f->equal.n_trials > 0 && f->equal.source[trial] != EQUAL_TRIALS_NONE;
    }
    assert_int_equal(perebor_plan_create(&f->plan, f->pipeline, f->space, 0, n_trials, skip, true,
                                         n_folds, &shape, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_trials_create(&f->trials, f->space, 0, n_trials, n_folds, NULL),
                     PEREBOR_OK);
    f->collector = (outcome_collector){.plan = f->plan,
                                       .equal = &f->equal,
                                       .trials = f->trials,
                                       .stages = f->stages,
                                       .finished = hear,
                                       .context = f};
    assert_int_equal(outcome_collector_begin(&f->collector, NULL), PEREBOR_OK);
}

static void close_fixture(fixture *f) {
    perebor_trials_free(f->trials);
    perebor_plan_free(f->plan);
    equal_trials_release(&f->equal);
    perebor_pipeline_free(f->pipeline);
    perebor_space_free(f->space);
}

/** The outcome of a member on a fold: a function of both, few different scores, some failures. */
static perebor_member_outcome make_outcome(size_t member, size_t fold) {
    uint64_t random = member * 31 + fold;
    bool fails = draw_bits(&random) % 11 == 0;
    static char reason[32];
    (void)snprintf(reason, sizeof reason, "fold %zu is bad", fold);
    return (perebor_member_outcome){
        .fold = {.test_score = fails ? NAN : (double)(member % 7) / 8.0 + 0.01 * (double)fold,
                 .train_score = NAN,
                 .fit_seconds = 1.0 + (double)fold,
                 .score_seconds = 0.25,
                 .iterations = (uint32_t)member,
                 .state = fails ? PEREBOR_TRIAL_FAIL : PEREBOR_TRIAL_COMPLETE,
                 .converged = 1},
        .error = fails ? reason : NULL};
}

static perebor_status add_unit(fixture *f, size_t unit, perebor_error *error) {
    static char reasons[most_members][32];
    perebor_member_outcome outcomes[most_members];
    size_t bundle = unit / n_folds, fold = unit % n_folds;
    const perebor_bundle *planned = perebor_plan_bundle(f->plan, bundle);
    outcome_header header = {.started = 5000.0 - (double)unit,
                             .seconds = {1.0, 2.0, 3.0, 4.0},
                             .n_members = planned->n_members,
                             .n_threads = (uint32_t)(1 + unit % 2)};
    (void)snprintf(header.host, sizeof header.host, "node%zu", unit % n_ranks);
    for (size_t i = 0; i < planned->n_members; i++) {
        outcomes[i] = make_outcome(planned->first_member + i, fold);
        if (outcomes[i].error != NULL) {
            strcpy(reasons[i], outcomes[i].error);
            outcomes[i].error = reasons[i];
        }
    }
    return outcome_collector_add(&f->collector, bundle, fold, (int)(unit % n_ranks), &header,
                                 outcomes, error);
}

static void shuffle(size_t *order, size_t n, uint64_t seed) {
    for (size_t i = 0; i < n; i++) {
        order[i] = i;
    }
    for (size_t i = n; seed > 0 && i-- > 1;) {
        size_t j = draw_bits(&seed) % (i + 1);
        size_t kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/** Adds all units in an order of their own. */
static void add_all(fixture *f, uint64_t seed) {
    size_t n = perebor_plan_n_units(f->plan);
    size_t *order = malloc((n + 1) * sizeof *order);
    assert_non_null(order);
    shuffle(order, n, seed);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(add_unit(f, order[i], NULL), PEREBOR_OK);
    }
    free(order);
}

static void the_order_of_units_changes_no_trial(void **state) {
    (void)state;
    fixture first;
    uint8_t expected[32], digest[32];
    open_fixture(&first, 4);
    add_all(&first, 0);
    perebor_trials_digest(first.trials, expected);
    for (uint64_t seed = 1; seed < 12; seed++) {
        fixture f;
        open_fixture(&f, 4);
        add_all(&f, seed);
        perebor_trials_digest(f.trials, digest);
        assert_memory_equal(digest, expected, sizeof digest);
        assert_int_equal(f.collector.best_trial, first.collector.best_trial);
        assert_true(f.collector.best_score == first.collector.best_score);
        assert_int_equal(f.collector.n_failed, first.collector.n_failed);
        for (size_t trial = 0; trial < n_trials; trial++) {
            const char *ours = f.trials->error[trial], *theirs = first.trials->error[trial];
            assert_int_equal(ours == NULL, theirs == NULL);
            assert_true(ours == NULL || strcmp(ours, theirs) == 0);
            assert_true(f.trials->duration[trial] == first.trials->duration[trial]);
        }
        close_fixture(&f);
    }
    close_fixture(&first);
}

static void every_trial_is_told_of_once_and_counted(void **state) {
    (void)state;
    fixture f;
    size_t n_failed = 0;
    double best = -INFINITY;
    uint64_t best_trial = 0;
    open_fixture(&f, 9);
    assert_true(isnan(f.collector.best_score));
    add_all(&f, 5);
    for (size_t trial = 0; trial < n_trials; trial++) {
        assert_int_equal(f.told[trial], 1);
        n_failed += f.trials->state[trial] == PEREBOR_TRIAL_FAIL;
        double mean = perebor_trials_mean_test_score(f.trials, trial);
        if (mean > best) { // the first of equals
            best = mean;
            best_trial = trial;
        }
    }
    assert_true(n_failed > 0 && n_failed < n_trials);
    assert_int_equal(f.collector.n_done, n_trials);
    assert_int_equal(f.collector.n_failed, n_failed);
    assert_int_equal(f.collector.n_before, 0);
    assert_true(f.collector.best_score == best);
    assert_int_equal(f.collector.best_trial, best_trial);
    close_fixture(&f);
}

/** The message is of the lowest fold that failed; a trial fails if any fold did. */
static void a_failed_trial_says_what_its_first_bad_fold_said(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f, 2);
    add_all(&f, 77);
    size_t n_members = perebor_plan_predict(f.plan).n_members, n_checked = 0;
    for (size_t m = 0; m < n_members; m++) {
        const perebor_member *member = perebor_plan_member(f.plan, m);
        size_t fold = 0;
        while (fold < n_folds && make_outcome(m, fold).error == NULL) {
            fold++;
        }
        for (uint32_t k = 0; k < member->n_trials; k++) {
            uint32_t trial = member->trials[k];
            assert_int_equal(f.trials->state[trial],
                             fold < n_folds ? PEREBOR_TRIAL_FAIL : PEREBOR_TRIAL_COMPLETE);
            if (fold < n_folds) {
                assert_string_equal(f.trials->error[trial], make_outcome(m, fold).error);
                n_checked++;
            } else {
                assert_null(f.trials->error[trial]);
            }
        }
    }
    assert_true(n_checked > 5);
    close_fixture(&f);
}

/** Among trials with one candidate the first bears the time that it took; the others took none. */
static void time_is_borne_once(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f, 6);
    add_all(&f, 3);
    size_t n_members = perebor_plan_predict(f.plan).n_members, n_shared = 0;
    for (size_t m = 0; m < n_members; m++) {
        const perebor_member *member = perebor_plan_member(f.plan, m);
        for (uint32_t k = 0; k < member->n_trials; k++) {
            size_t trial = member->trials[k];
            assert_true(f.trials->duration[trial] == (k == 0 ? 1.0 + 2.0 + 3.0 + 3 * 0.25 : 0.0));
            assert_true(f.trials->folds[trial * n_folds + 2].fit_seconds == (k == 0 ? 3.0 : 0.0));
            assert_int_equal(f.trials->folds[trial * n_folds].iterations, m);
            n_shared += k > 0;
        }
    }
    assert_true(n_shared > 0);
    close_fixture(&f);
}

static void a_trial_began_when_its_first_fold_did_and_ended_where_its_last(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f, 1);
    for (size_t fold = 0; fold < n_folds; fold++) { // later units have begun earlier
        assert_int_equal(add_unit(&f, fold, NULL), PEREBOR_OK);
        const perebor_bundle *bundle = perebor_plan_bundle(f.plan, 0);
        uint32_t trial = perebor_plan_member(f.plan, bundle->first_member)->trials[0];
        char host[16];
        (void)snprintf(host, sizeof host, "node%zu", fold);
        assert_true(f.trials->datetime_start[trial] == 5000.0 - (double)fold);
        assert_int_equal(f.trials->mpi_rank[trial], fold);
        assert_int_equal(f.trials->n_threads[trial], 1 + fold % 2);
        assert_string_equal(f.trials->host[trial], host);
        assert_int_equal(f.trials->state[trial] == PEREBOR_TRIAL_WAITING, fold < 2);
    }
    close_fixture(&f);
}

static void stages_are_summed_for_each_rank(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f, 1);
    size_t n = perebor_plan_n_units(f.plan);
    add_all(&f, 8);
    for (size_t rank = 0; rank < n_ranks; rank++) {
        double n_units = (double)((n - rank + n_ranks - 1) / n_ranks);
        assert_true(f.stages[rank].prepare == n_units && f.stages[rank].fit == 2.0 * n_units);
        assert_true(f.stages[rank].score == 3.0 * n_units);
        assert_true(f.stages[rank].metric == 4.0 * n_units);
    }
    close_fixture(&f);
}

static void a_unit_that_is_given_up_fails_its_members_by_every_metric(void **state) {
    (void)state;
    fixture f;
    const char *names[] = {"roc_auc", "f1", "accuracy"};
    const outcome_place place = {.started = 7.0, .rank = 1, .n_threads = 3, .host = "node9"};
    open_fixture(&f, 1);
    assert_int_equal(perebor_trials_set_metrics(f.trials, names, 3, NULL), PEREBOR_OK);
    for (size_t fold = 0; fold < n_folds; fold++) {
        assert_int_equal(outcome_collector_give_up(&f.collector, 0, fold, &place, "it hung", NULL),
                         PEREBOR_OK);
    }
    const perebor_bundle *bundle = perebor_plan_bundle(f.plan, 0);
    for (uint32_t m = 0; m < bundle->n_members; m++) {
        uint32_t trial = perebor_plan_member(f.plan, bundle->first_member + m)->trials[0];
        assert_int_equal(f.trials->state[trial], PEREBOR_TRIAL_FAIL);
        assert_string_equal(f.trials->error[trial], "it hung");
        assert_string_equal(f.trials->host[trial], "node9");
        assert_true(f.trials->datetime_start[trial] == 7.0);
        for (size_t metric = 0; metric < 3; metric++) {
            assert_true(isnan(perebor_trials_score(f.trials, trial, 0, metric, PEREBOR_TEST)));
            assert_true(isnan(perebor_trials_score(f.trials, trial, 2, metric, PEREBOR_TRAIN)));
        }
    }
    assert_true(isnan(f.collector.best_score));
    close_fixture(&f);
}

/** Whoever hears of trials may refuse: the error is handed on, and nothing more is told. */
static void a_refusal_is_handed_on(void **state) {
    (void)state;
    fixture f;
    perebor_error error = {0};
    perebor_status status = PEREBOR_OK;
    open_fixture(&f, 1);
    f.refuse_at = 3;
    size_t unit = 0;
    while (status == PEREBOR_OK && unit < perebor_plan_n_units(f.plan)) {
        status = add_unit(&f, unit++, &error);
    }
    assert_int_equal(status, PEREBOR_ERR_IO);
    assert_string_equal(error.message, "the disk is full at 3");
    assert_int_equal(f.n_told, 3);
    close_fixture(&f);
}

/** What a file had already is counted and not told of again. */
static void trials_of_before_are_counted(void **state) {
    (void)state;
    fixture f;
    open_fixture(&f, 1);
    add_all(&f, 1);
    outcome_collector again = {.plan = f.plan,
                               .equal = &f.equal,
                               .trials = f.trials,
                               .stages = f.stages,
                               .finished = hear,
                               .context = &f};
    f.n_told = 0;
    assert_int_equal(outcome_collector_begin(&again, NULL), PEREBOR_OK);
    assert_int_equal(f.n_told, 0);
    assert_int_equal(again.n_before, n_trials);
    assert_int_equal(again.n_done, n_trials);
    assert_int_equal(again.n_failed, f.collector.n_failed);
    assert_int_equal(again.best_trial, f.collector.best_trial);
    assert_true(again.best_score == f.collector.best_score);
    close_fixture(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_units_changes_no_trial),
        cmocka_unit_test(every_trial_is_told_of_once_and_counted),
        cmocka_unit_test(a_failed_trial_says_what_its_first_bad_fold_said),
        cmocka_unit_test(time_is_borne_once),
        cmocka_unit_test(a_trial_began_when_its_first_fold_did_and_ended_where_its_last),
        cmocka_unit_test(stages_are_summed_for_each_rank),
        cmocka_unit_test(a_unit_that_is_given_up_fails_its_members_by_every_metric),
        cmocka_unit_test(a_refusal_is_handed_on),
        cmocka_unit_test(trials_of_before_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
