// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "people_study.h"

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void the_number_of_trials_is_what_there_is_or_what_is_asked_for(void **state) {
    (void)state;
    static const char grid[] =
        "{model: {values: [knn, tree]}, scale: {values: [standard, minmax]}}";
    static const struct {
        const char *settings[7];
        uint64_t n;
    } cases[] = {
        {{"search.run_cap", "5"}, 5},
        {{"search.run_cap", "100000"}, 100000}, // a random search has no end
        {{"search.method", "grid", "search.parameters", grid, "search.run_cap", "3"}, 3},
        {{"search.method", "grid", "search.parameters", grid, "search.run_cap", "4"}, 4},
        {{"search.method", "grid", "search.parameters", grid, "search.run_cap", "5"}, 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_study *study = people_study(cases[i].settings);
        assert_int_equal(perebor_study_n_trials(study), cases[i].n);
        perebor_study_free(study);
    }
}

static void limits_of_a_trial_end_sharing(void **state) {
    (void)state;
    static const struct {
        const char *settings[3];
        bool asked, shares;
    } cases[] = {
        {{NULL}, true, true},
        {{NULL}, false, false},
        {{"search.trial_timeout", "5"}, true, false},
        {{"search.trial_memory", "1000000"}, true, false},
        {{"search.trial_memory", "1000000"}, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_experiment *experiment = people_experiment(cases[i].settings);
        assert_int_equal(perebor_study_shares(experiment, cases[i].asked), cases[i].shares);
        perebor_experiment_free(experiment);
    }
}

static void the_experiment_and_its_tables_are_inputs(void **state) {
    (void)state;
    perebor_experiment *experiment = people_experiment(NULL);
    perebor_input *inputs = NULL;
    size_t n = 0;
    assert_int_equal(perebor_study_inputs(experiment, &inputs, &n, NULL), PEREBOR_OK);
    assert_int_equal(n, 3);
    assert_string_equal(inputs[0].path, PEOPLE_FILE);
    assert_string_equal(inputs[0].what, "the experiment");
    assert_non_null(strstr(inputs[1].path, "people.csv"));
    assert_string_equal(inputs[1].what, "a table of the experiment");
    assert_non_null(strstr(inputs[2].path, "visits.csv"));
    free(inputs);
    perebor_experiment_free(experiment);
}

static void the_metrics_are_given_to_a_table(void **state) {
    (void)state;
    perebor_study *study =
        people_study(SETTINGS("search.metric", "f1", "search.metrics", "[roc_auc, accuracy]"));
    perebor_trials *trials = people_trials(study, 0, 2);
    assert_int_equal(trials->n_metrics, 3);
    assert_string_equal(trials->metric_names[0], "f1");
    assert_string_equal(trials->metric_names[1], "accuracy");
    assert_string_equal(trials->metric_names[2], "roc_auc");
    perebor_trials_free(trials);
    perebor_study_free(study);
}

static void the_training_part_is_split_into_folds(void **state) {
    (void)state;
    perebor_study *study = people_study(NULL);
    uint32_t train[64], validation[64];
    size_t n_validated = 0;
    assert_in_range(study->split.n_train, 10, 64);
    assert_int_equal(study->folds.n_folds, PEOPLE_N_FOLDS);
    assert_int_equal(study->split.n_train + study->split.n_test, study->dataset->n_rows);
    for (size_t fold = 0; fold < study->folds.n_folds; fold++) {
        size_t n_train, n_validation;
        perebor_folds_rows(&study->folds, fold, train, &n_train, validation, &n_validation);
        assert_int_equal(n_train + n_validation, study->split.n_train);
        n_validated += n_validation;
    }
    assert_int_equal(n_validated, study->split.n_train);
    assert_int_equal(study->tables.n_sources, 2);
    perebor_study_free(study);
}

static perebor_search_identity identity_of(const char *const *settings) {
    perebor_search_identity identity;
    perebor_study *study = people_study(settings);
    assert_int_equal(perebor_study_identify(study, &identity, NULL), PEREBOR_OK);
    perebor_study_free(study);
    return identity;
}

/** What bears on scores makes another search, and nothing else does. */
static void a_search_is_told_from_others_by_what_bears_on_scores(void **state) {
    (void)state;
    static const struct {
        const char *settings[5];
        unsigned differs;
    } cases[] = {
        {{"search.run_cap", "40"}, 0},
        {{"name", "other"}, 0},
        {{"search.timeout", "40"}, 0},
        {{"search.trial_timeout", "40"}, 0},
        {{"search.max_failures", "0.5"}, 0},
        {{"output.file", "other.h5"}, 0},
        {{"seed", "8"},
         PEREBOR_DIFFERS_IN_SEED | PEREBOR_DIFFERS_IN_SPACE | PEREBOR_DIFFERS_IN_FOLDS |
             PEREBOR_DIFFERS_IN_EXPERIMENT},
        {{"search.parameters.scale.values", "[standard]"},
         PEREBOR_DIFFERS_IN_SPACE | PEREBOR_DIFFERS_IN_EXPERIMENT},
        {{"cv.n_splits", "4"}, PEREBOR_DIFFERS_IN_FOLDS | PEREBOR_DIFFERS_IN_EXPERIMENT},
        {{"search.metric", "f1"}, PEREBOR_DIFFERS_IN_METRICS | PEREBOR_DIFFERS_IN_EXPERIMENT},
        {{"search.trial_memory", "1000000"},
         PEREBOR_DIFFERS_IN_TRIAL_MEMORY | PEREBOR_DIFFERS_IN_EXPERIMENT},
        {{"data.pivot.0.prefix", "other_"},
         PEREBOR_DIFFERS_IN_DATA | PEREBOR_DIFFERS_IN_EXPERIMENT},
    };
    perebor_search_identity ours = identity_of(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_search_identity theirs = identity_of(cases[i].settings);
        unsigned found = perebor_search_identity_compare(&ours, &theirs);
        if (found != cases[i].differs) {
            fail_msg("%s: %u, not %u", cases[i].settings[0], found, cases[i].differs);
        }
    }
}

/** Both are taken over, on failure too: a leak would be seen here. */
static void a_study_that_cannot_be_made_says_why(void **state) {
    (void)state;
    static const struct {
        const char *settings[3];
        const char *part;
    } cases[] = {
        {{"data.tables.people.path", "nowhere.csv"}, "nowhere.csv"},
        {{"cv.n_splits", "1000"}, "1000"},
        {{"search.parameters.model.values", "[knn, logreg, perceptron]"}, "perceptron"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_study *study = NULL;
        perebor_error error = {0};
        assert_int_not_equal(
            perebor_study_load(&study, people_experiment(cases[i].settings), true, &error),
            PEREBOR_OK);
        assert_non_null(strstr(error.message, cases[i].part));
        assert_null(study);
    }
    perebor_study_free(NULL);
}

static size_t n_different(const perebor_trials *trials, size_t parameter) {
    size_t n = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        perebor_value value = trials->values[trial * trials->n_parameters + parameter];
        size_t before = 0;
        while (before < trial &&
               !perebor_value_equal(trials->values[before * trials->n_parameters + parameter],
                                    value)) {
            before++;
        }
        n += before == trial;
    }
    return n;
}

/** A gridded search draws preparation once for a block of trials: fewer of them differ. */
static void a_gridded_search_draws_what_is_shared_by_block(void **state) {
    (void)state;
    static const char preparation[] =
        "{model: {values: [logreg]}, select__k: {distribution: int_uniform, min: 1, max: 5}, "
        "logreg__C: {distribution: log_uniform_values, min: 0.01, max: 10}}";
    perebor_study *random = people_study(SETTINGS("search.parameters", preparation));
    perebor_study *gridded =
        people_study(SETTINGS("search.parameters", preparation, "search.sampler", "gridded"));
    perebor_trials *one = people_trials(random, 0, 16), *other = people_trials(gridded, 0, 16);
    size_t k = 0, c = 0;
    for (size_t i = 0; i < one->n_parameters; i++) {
        k = strcmp(one->parameter_names[i], "select__k") == 0 ? i : k;
        c = strcmp(one->parameter_names[i], "logreg__C") == 0 ? i : c;
    }
    assert_true(n_different(other, k) < n_different(one, k));
    assert_int_equal(n_different(other, c), 16);
    perebor_trials_free(one);
    perebor_trials_free(other);
    perebor_study_free(random);
    perebor_study_free(gridded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_number_of_trials_is_what_there_is_or_what_is_asked_for),
        cmocka_unit_test(limits_of_a_trial_end_sharing),
        cmocka_unit_test(the_experiment_and_its_tables_are_inputs),
        cmocka_unit_test(the_metrics_are_given_to_a_table),
        cmocka_unit_test(the_training_part_is_split_into_folds),
        cmocka_unit_test(a_search_is_told_from_others_by_what_bears_on_scores),
        cmocka_unit_test(a_study_that_cannot_be_made_says_why),
        cmocka_unit_test(a_gridded_search_draws_what_is_shared_by_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
