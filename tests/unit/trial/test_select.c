// SPDX-License-Identifier: MIT
/** Which trial is taken: by its mean alone, or the simplest among those as good. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/learners.h"
#include "small_experiment.h"
#include "trial/select.h"

enum { n_trials = 120, n_folds = 4 };

/** Trials of a space with every learner. */
typedef struct made {
    perebor_space *space;
    perebor_pipeline *pipeline;
    perebor_trials *trials;
} made;

static int set_up(void **state) {
    static made made;
    assert_int_equal(small_experiment_space(&made.space, 5, NULL), PEREBOR_OK);
    assert_int_equal(perebor_pipeline_create(&made.pipeline, made.space, "test", NULL, 0, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_trials_create(&made.trials, made.space, 1000, n_trials, n_folds, NULL),
                     PEREBOR_OK);
    *state = &made;
    return 0;
}

static int tear_down(void **state) {
    made *made = *state;
    perebor_trials_free(made->trials);
    perebor_pipeline_free(made->pipeline);
    perebor_space_free(made->space);
    return 0;
}

static void give(perebor_trials *trials, size_t row, const double scores[n_folds]) {
    trials->state[row] = PEREBOR_TRIAL_COMPLETE;
    for (size_t fold = 0; fold < n_folds; fold++) {
        trials->folds[row * n_folds + fold].test_score = scores[fold];
        trials->fold_done[row * n_folds + fold] = 1;
    }
}

static void give_alike(perebor_trials *trials, size_t row, double score, double apart) {
    give(trials, row, (double[]){score - apart, score + apart, score - apart, score + apart});
}

static void forget(perebor_trials *trials) {
    for (size_t row = 0; row < n_trials; row++) {
        trials->state[row] = PEREBOR_TRIAL_WAITING;
    }
}

/** Scores at random, of which many are level. */
static void draw_scores(perebor_trials *trials, uint64_t *random) {
    forget(trials);
    for (size_t row = 0; row < n_trials; row++) {
        if (draw_bits(random) % 6 != 0) {
            give_alike(trials, row, 0.5 + (double)(draw_bits(random) % 64) / 128.0,
                       (double)(draw_bits(random) % 8) / 64.0);
        }
    }
}

static perebor_candidate resolve(const made *made, size_t row) {
    perebor_candidate candidate;
    const perebor_trials *trials = made->trials;
    assert_int_equal(perebor_pipeline_resolve(made->pipeline,
                                              trials->values + row * trials->n_parameters,
                                              &candidate, NULL),
                     PEREBOR_OK);
    return candidate;
}

static void none_is_chosen_of_none(void **state) {
    made *made = *state;
    size_t row = 0, n = 7;
    select_model *models = NULL;
    forget(made->trials);
    assert_true(select_best(made->trials) == SELECT_NONE);
    assert_int_equal(select_one_standard_error(made->trials, made->pipeline, &row, NULL),
                     PEREBOR_OK);
    assert_true(row == SELECT_NONE);
    assert_int_equal(select_per_model(made->trials, made->pipeline, &models, &n, NULL), PEREBOR_OK);
    assert_int_equal(n, 0);
    free(models);
}

static void the_best_is_the_first_of_the_greatest_means(void **state) {
    made *made = *state;
    forget(made->trials);
    give_alike(made->trials, 9, 0.75, 0.125);
    assert_int_equal(select_best(made->trials), 9);
    give_alike(made->trials, 40, 0.875, 0.0);
    give_alike(made->trials, 50, 0.875, 0.125);
    assert_int_equal(select_best(made->trials), 40);
    give_alike(made->trials, 3, 0.99, 0.0);
    made->trials->state[3] = PEREBOR_TRIAL_FAIL; // what it scored before it failed is nothing
    assert_int_equal(select_best(made->trials), 40);
    give_alike(made->trials, 2, NAN, 0.0);
    assert_int_equal(select_best(made->trials), 40);
}

static void the_standard_error_is_of_the_mean(void **state) {
    made *made = *state;
    const double scores[n_folds] = {0.5, 0.625, 0.75, 0.875};
    give(made->trials, 0, scores);
    double mean = 0.6875, sum = 0.0;
    for (size_t i = 0; i < n_folds; i++) {
        sum += (scores[i] - mean) * (scores[i] - mean);
    }
    double wanted = sqrt(sum / (n_folds - 1)) / sqrt(n_folds);
    assert_true(fabs(select_standard_error(made->trials, 0) - wanted) < 1e-15);
    give_alike(made->trials, 0, 0.75, 0.0);
    assert_true(select_standard_error(made->trials, 0) == 0.0);
    perebor_trials *one = NULL;
    assert_int_equal(perebor_trials_create(&one, made->space, 0, 1, 1, NULL), PEREBOR_OK);
    one->state[0] = PEREBOR_TRIAL_COMPLETE;
    one->folds[0].test_score = 0.75;
    assert_true(isnan(select_standard_error(one, 0)));
    size_t row = 7; // one fold has no error: the best is taken
    assert_int_equal(select_one_standard_error(one, made->pipeline, &row, NULL), PEREBOR_OK);
    assert_int_equal(row, 0);
    perebor_trials_free(one);
}

/** A candidate of a learner with its defaults. */
static perebor_candidate candidate_of(const char *learner, uint32_t k) {
    perebor_candidate candidate = {.learner = perebor_learner_find(learner),
                                   .preparation = {.select_k = k}};
    assert_non_null(candidate.learner);
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    return candidate;
}

static void set(perebor_candidate *candidate, const char *name, perebor_value value) {
    for (size_t i = 0; i < candidate->learner->n_settings; i++) {
        if (strcmp(candidate->learner->settings[i].name, name) == 0) {
            candidate->settings[i] = value;
            return;
        }
    }
    fail_msg("no setting %s", name);
}

static void assert_simpler(const perebor_candidate *a, const perebor_candidate *b) {
    assert_true(select_compare_simplicity(a, b) < 0);
    assert_true(select_compare_simplicity(b, a) > 0);
    assert_int_equal(select_compare_simplicity(a, a), 0);
}

static void learner_then_columns_then_settings_tell_who_is_simpler(void **state) {
    (void)state;
    perebor_candidate logreg = candidate_of("logreg", 0), tree = candidate_of("tree", 1),
                      knn = candidate_of("knn", 3), svc = candidate_of("svc", 1);
    assert_simpler(&logreg, &tree); // though it keeps every column
    assert_simpler(&tree, &knn);
    assert_simpler(&knn, &svc);
    perebor_candidate few = candidate_of("knn", 2), all = candidate_of("knn", 0);
    set(&all, "n_neighbors", (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 50});
    assert_simpler(&few, &knn);
    assert_simpler(&knn, &all); // all columns are more than three
    perebor_candidate smooth = knn;
    set(&smooth, "n_neighbors", (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 50});
    assert_simpler(&smooth, &knn);
    perebor_candidate shallow = tree;
    set(&shallow, "max_depth", (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 2});
    assert_simpler(&shallow, &tree); // which has no limit
    perebor_candidate strict = logreg;
    set(&strict, "C", (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 0.01});
    assert_simpler(&strict, &logreg);
}

static size_t find_learner(const made *made, const char *name) {
    for (size_t row = 0; row < n_trials; row++) {
        if (strcmp(resolve(made, row).learner->name, name) == 0) {
            return row;
        }
    }
    fail_msg("no trial of %s", name);
    return 0;
}

static size_t chosen(const made *made) {
    size_t row = SELECT_NONE;
    assert_int_equal(select_one_standard_error(made->trials, made->pipeline, &row, NULL),
                     PEREBOR_OK);
    return row;
}

static void a_simpler_trial_within_the_error_is_taken_and_no_other(void **state) {
    made *made = *state;
    size_t svc = find_learner(made, "svc"), logreg = find_learner(made, "logreg");
    forget(made->trials);
    give_alike(made->trials, svc, 0.875, 0.0625);
    double error = select_standard_error(made->trials, svc); // 0.0625 / sqrt(3)
    give_alike(made->trials, logreg, 0.875 - error + 1e-6, 0.0);
    assert_int_equal(chosen(made), logreg);
    give_alike(made->trials, logreg, 0.875 - error - 1e-6, 0.0);
    assert_int_equal(chosen(made), svc);
    made->trials->state[logreg] = PEREBOR_TRIAL_FAIL;
    assert_int_equal(chosen(made), svc);
    give_alike(made->trials, svc, 0.5, 0.0);
    give_alike(made->trials, logreg, 0.875, 0.25); // the best is the simplest already
    assert_int_equal(chosen(made), logreg);
}

/** By every pair: among those within the error nobody is simpler, and no equal one is better. */
static void of_many_trials_the_simplest_is_taken(void **state) {
    made *made = *state;
    uint64_t random = 6;
    for (int repeat = 0; repeat < 40; repeat++) {
        draw_scores(made->trials, &random);
        size_t best = select_best(made->trials), taken = chosen(made);
        perebor_candidate simplest = resolve(made, taken);
        double least = perebor_trials_mean_test_score(made->trials, best) -
                       select_standard_error(made->trials, best);
        assert_true(perebor_trials_mean_test_score(made->trials, taken) >= least);
        for (size_t row = 0; row < n_trials; row++) {
            double mean = perebor_trials_mean_test_score(made->trials, row);
            if (made->trials->state[row] != PEREBOR_TRIAL_COMPLETE || mean < least) {
                continue;
            }
            perebor_candidate other = resolve(made, row);
            int sign = select_compare_simplicity(&other, &simplest);
            assert_true(sign >= 0);
            assert_true(sign > 0 || mean <= perebor_trials_mean_test_score(made->trials, taken));
        }
    }
}

static void every_learner_has_its_best_and_the_best_comes_first(void **state) {
    made *made = *state;
    uint64_t random = 9;
    for (int repeat = 0; repeat < 20; repeat++) {
        select_model *models = NULL;
        size_t n = 0, n_complete = 0;
        draw_scores(made->trials, &random);
        assert_int_equal(select_per_model(made->trials, made->pipeline, &models, &n, NULL),
                         PEREBOR_OK);
        assert_int_equal(n, 4);
        assert_int_equal(models[0].row, select_best(made->trials));
        for (size_t i = 0; i < n; i++) {
            double best = perebor_trials_mean_test_score(made->trials, models[i].row);
            size_t of_learner = 0;
            for (size_t row = 0; row < n_trials; row++) {
                if (made->trials->state[row] == PEREBOR_TRIAL_COMPLETE &&
                    resolve(made, row).learner == models[i].learner) {
                    double mean = perebor_trials_mean_test_score(made->trials, row);
                    assert_true(mean < best || (mean == best && row >= models[i].row));
                    of_learner++;
                }
            }
            assert_int_equal(models[i].n_complete, of_learner);
            n_complete += of_learner;
            assert_true(i == 0 ||
                        perebor_trials_mean_test_score(made->trials, models[i - 1].row) >= best);
        }
        size_t all = 0;
        for (size_t row = 0; row < n_trials; row++) {
            all += made->trials->state[row] == PEREBOR_TRIAL_COMPLETE;
        }
        assert_int_equal(n_complete, all);
        free(models);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_is_chosen_of_none),
        cmocka_unit_test(the_best_is_the_first_of_the_greatest_means),
        cmocka_unit_test(the_standard_error_is_of_the_mean),
        cmocka_unit_test(learner_then_columns_then_settings_tell_who_is_simpler),
        cmocka_unit_test(a_simpler_trial_within_the_error_is_taken_and_no_other),
        cmocka_unit_test(of_many_trials_the_simplest_is_taken),
        cmocka_unit_test(every_learner_has_its_best_and_the_best_comes_first),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
