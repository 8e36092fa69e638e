// SPDX-License-Identifier: MIT
// A record that is true is verified; one bit of one score, of a learning curve or of a score out of
// bag, a state or a point that is not is named.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run/verify.h"

/** Shared by every test here. */
static perebor_workspace workspace;

enum { n_trials = 12 };

/** What was said of trials that differ. */
typedef struct said {
    uint64_t trial;
    char what[1200];
    int n;
} said;

static void listen(void *context, uint64_t trial, const char *what) {
    said *heard = context;
    heard->trial = trial;
    snprintf(heard->what, sizeof heard->what, "%s", what);
    heard->n++;
}

/** A study, and a result whose trials are what the study evaluates them to. */
typedef struct fixture {
    perebor_study *study;
    perebor_result *result;
} fixture;

static void evaluate_all(const perebor_study *study, perebor_trials *trials) {
    perebor_error error;
    perebor_plan *plan = NULL;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    assert_int_equal(perebor_plan_create(&plan, study->pipeline, study->experiment->space, 0,
                                         n_trials, NULL, false, study->folds.n_folds, &shape,
                                         &error),
                     PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) {
        const perebor_bundle *bundle = perebor_plan_bundle(plan, trial);
        assert_int_equal(bundle->n_members, 1); // nothing is shared
        size_t row = perebor_plan_member(plan, bundle->first_member)->trials[0];
        for (size_t fold = 0; fold < study->folds.n_folds; fold++) {
            perebor_member_outcome outcome = {0};
            assert_int_equal(perebor_evaluate(study->evaluator, plan, trial, fold, &workspace,
                                              &outcome, NULL, &error),
                             PEREBOR_OK);
            assert_int_equal(outcome.fold.state, PEREBOR_TRIAL_COMPLETE);
            trials->folds[row * trials->n_folds + fold] = outcome.fold;
            trials->fold_done[row * trials->n_folds + fold] = 1;
            if (outcome.n_points > 0) {
                assert_int_equal(perebor_trials_set_curve(trials, row, fold, outcome.curve,
                                                          outcome.n_points, &error),
                                 PEREBOR_OK);
            }
            perebor_member_outcomes_release(&outcome, 1);
        }
        trials->state[row] = PEREBOR_TRIAL_COMPLETE;
    }
    perebor_plan_free(plan);
}

static int set_up_by(void **state, const char *file) {
    perebor_error error = {0};
    fixture *fixture = calloc(1, sizeof *fixture);
    perebor_experiment *experiment = NULL;
    assert_non_null(fixture);
    if (perebor_experiment_read(&experiment, file, NULL, 0, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(perebor_study_load(&fixture->study, experiment, true, &error), PEREBOR_OK);
    assert_int_equal(perebor_result_create(&fixture->result, &error), PEREBOR_OK);
    assert_int_equal(perebor_trials_create(&fixture->result->trials,
                                           fixture->study->experiment->space, 0, n_trials,
                                           fixture->study->folds.n_folds, &error),
                     PEREBOR_OK);
    fixture->result->owns_trials = true;
    evaluate_all(fixture->study, fixture->result->trials);
    *state = fixture;
    return 0;
}

static int set_up(void **state) {
    return set_up_by(state, PEREBOR_TESTS_DIR "/cli/tables/people.yaml");
}

/** Forests and boostings, with what their trials have beside scores. */
static int set_up_estimators(void **state) {
    static const char file[] = "estimators_to_verify.yaml";
    FILE *stream = fopen(file, "w");
    assert_non_null(stream);
    fputs("version: 1\nname: estimators\nseed: 7\ndata:\n  root: " PEREBOR_TESTS_DIR "/cli/tables\n"
          "  tables:\n    people: {path: people.csv, key: id}\n  id: id\n"
          "  target: {column: answer, positive: \"yes\"}\n"
          "  features: {nominal: [kind], numeric: \"*\"}\nsplit: {test_size: 0.25}\n"
          "cv: {n_splits: 3}\nsearch:\n  run_cap: 12\n  parameters:\n"
          "    model: {values: [forest, boost]}\n    forest__n_estimators: {values: [3, 6]}\n"
          "    forest__oob_score: {value: true}\n    boost__n_estimators: {values: [2, 5]}\n",
          stream);
    assert_int_equal(fclose(stream), 0);
    int failed = set_up_by(state, file);
    remove(file);
    return failed;
}

static int tear_down(void **state) {
    fixture *fixture = *state;
    perebor_result_free(fixture->result);
    perebor_study_free(fixture->study);
    free(fixture);
    perebor_workspace_release(&workspace);
    return 0;
}

static perebor_verification verify(const fixture *of, const bool *wanted, said *heard) {
    perebor_error error = {0};
    perebor_verification verification = {0};
    *heard = (said){0};
    assert_int_equal(
        perebor_verify(of->study, of->result, wanted, listen, heard, &verification, &error),
        PEREBOR_OK);
    return verification;
}

static void a_true_record_is_verified(void **state) {
    said heard;
    perebor_verification verification = verify(*state, NULL, &heard);
    assert_int_equal(verification.n_verified, n_trials);
    assert_int_equal(verification.n_differing, 0);
    assert_int_equal(heard.n, 0);
}

static void one_flipped_bit_is_named(void **state) {
    fixture *of = *state;
    said heard;
    bool wanted[n_trials] = {[7] = true};
    double *score = &of->result->trials->folds[7 * of->result->trials->n_folds + 2].test_score;
    double before = *score;
    uint64_t bits;
    memcpy(&bits, score, sizeof bits);
    bits ^= 1;
    memcpy(score, &bits, sizeof bits);
    perebor_verification verification = verify(of, NULL, &heard);
    assert_int_equal(verification.n_verified, n_trials);
    assert_int_equal(verification.n_differing, 1);
    assert_int_equal(heard.trial, 7);
    assert_non_null(strstr(heard.what, "fold 2 scored"));
    assert_int_equal(verify(of, wanted, &heard).n_verified, 1);
    assert_int_equal(heard.n, 1);
    wanted[7] = false;
    wanted[8] = true;
    assert_int_equal(verify(of, wanted, &heard).n_differing, 0);
    *score = before;
}

/** A trial with a score out of bag, or without: both learners are drawn. */
static size_t find_trial(const perebor_trials *trials, bool out_of_bag) {
    size_t trial = 0;
    while (trial < n_trials && perebor_trials_has_oob(trials, trial, 0) != out_of_bag) {
        trial++;
    }
    assert_true(trial < n_trials);
    return trial;
}

static void learning_curves_are_verified(void **state) {
    fixture *of = *state;
    said heard;
    const perebor_trials *trials = of->result->trials;
    assert_int_equal(verify(of, NULL, &heard).n_differing, 0);
    for (int out_of_bag = 0; out_of_bag < 2; out_of_bag++) {
        const size_t trial = find_trial(trials, out_of_bag == 1);
        perebor_trial_curve *curve = trials->curves[trial];
        assert_non_null(curve);
        assert_true(curve->n_points >= 2);
        double *score = &curve->scores[curve->n_points + 1];
        const double before = *score;
        *score += 0x1p-50;
        assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
        assert_int_equal(heard.trial, trial);
        assert_non_null(strstr(heard.what, "the learning curve of fold 1 is at "));
        assert_non_null(strstr(heard.what, " for 2 estimators in the file"));
        *score = before;
        curve->n_points--;
        assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
        assert_non_null(strstr(heard.what, "its learning curve has "));
        curve->n_points++;
    }
}

static void scores_out_of_bag_are_verified(void **state) {
    fixture *of = *state;
    said heard;
    const perebor_trials *trials = of->result->trials;
    const size_t trial = find_trial(trials, true);
    perebor_fold_outcome *fold = &trials->folds[trial * trials->n_folds + 2];
    const perebor_fold_outcome before = *fold;
    fold->oob_score += 0x1p-50;
    assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
    assert_int_equal(heard.trial, trial);
    assert_non_null(strstr(heard.what, "fold 2 scored "));
    assert_non_null(strstr(heard.what, " out of bag"));
    *fold = before;
    fold->oob_lacking++;
    assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
    *fold = before;
}

static void another_state_is_named_with_its_reason(void **state) {
    fixture *of = *state;
    said heard;
    perebor_trials *trials = of->result->trials;
    trials->state[3] = PEREBOR_TRIAL_FAIL;
    trials->error[3] = perebor_trials_intern(trials, "every rank that computed it was lost");
    assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
    assert_int_equal(heard.trial, 3);
    assert_string_equal(heard.what,
                        "state FAIL in the file (every rank that computed it was lost), "
                        "COMPLETE now");
    trials->state[3] = PEREBOR_TRIAL_COMPLETE;
    trials->error[3] = NULL;
}

static void another_point_is_named(void **state) {
    fixture *of = *state;
    said heard;
    perebor_trials *trials = of->result->trials;
    size_t cell = 0; // the first active parameter of trial 0 is its model, a text
    while (trials->values[cell].kind != PEREBOR_VALUE_TEXT) {
        cell++;
    }
    perebor_value before = trials->values[cell];
    trials->values[cell].as.text = perebor_trials_intern(trials, "elsewhere");
    assert_int_equal(verify(of, NULL, &heard).n_differing, 1);
    assert_int_equal(heard.trial, 0);
    assert_string_equal(heard.what, "the file has another point than the space draws");
    trials->values[cell] = before;
}

static void what_is_not_finished_is_counted(void **state) {
    fixture *of = *state;
    said heard;
    of->result->trials->state[5] = PEREBOR_TRIAL_WAITING;
    perebor_verification verification = verify(of, NULL, &heard);
    assert_int_equal(verification.n_verified, n_trials - 1);
    assert_int_equal(verification.n_waiting, 1);
    of->result->trials->state[5] = PEREBOR_TRIAL_COMPLETE;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_record_is_verified),
        cmocka_unit_test(one_flipped_bit_is_named),
        cmocka_unit_test(another_state_is_named_with_its_reason),
        cmocka_unit_test(another_point_is_named),
        cmocka_unit_test(what_is_not_finished_is_counted),
    };
    const struct CMUnitTest estimators[] = {
        cmocka_unit_test(learning_curves_are_verified),
        cmocka_unit_test(scores_out_of_bag_are_verified),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down) +
           cmocka_run_group_tests(estimators, set_up_estimators, tear_down);
}
