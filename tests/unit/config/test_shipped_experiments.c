// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/experiment.h"

#define SHIPPED(name) PEREBOR_SOURCE_DIR "/experiments/" name "/experiment.yaml"

static perebor_experiment *read(const char *path) {
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_experiment_read(&experiment, path, NULL, 0, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return experiment;
}

static void the_shop_is_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read(SHIPPED("one_click"));
    assert_string_equal(experiment->name, "market-activity");
    assert_true(experiment->n_trials >= 500);
    assert_int_equal(experiment->tables.n_sources, 4);
    assert_string_equal(experiment->tables.sources[0].path,
                        PEREBOR_SOURCE_DIR "/experiments/one_click/data/market_file.csv");
    assert_int_equal(experiment->folds.n_splits * experiment->folds.n_repeats, 10);
    perebor_experiment_free(experiment);
}

static void the_baselines_come_first(void **state) {
    (void)state;
    static const char *const learners[] = {"logreg", "svc", "knn", "tree", "forest"};
    perebor_experiment *experiment = read(SHIPPED("one_click"));
    size_t model = perebor_space_find(experiment->space, "model");
    for (size_t trial = 0; trial < 5; trial++) {
        perebor_value values[64];
        assert_true(perebor_space_n_parameters(experiment->space) <= 64);
        perebor_space_point(experiment->space, trial, values);
        assert_string_equal(values[model].as.text, learners[trial]);
    }
    perebor_experiment_free(experiment);
}

static void the_flat_case_is_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read(SHIPPED("flat_csv"));
    assert_true(experiment->tables.roles.detect);
    assert_int_equal(experiment->n_trials, 200);
    perebor_experiment_free(experiment);
}

static void boosting_is_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read(PEREBOR_SOURCE_DIR "/experiments/flat_csv/boosting.yaml");
    assert_string_equal(experiment->name, "subscribers-boosting");
    assert_int_equal(experiment->n_trials, 400);
    perebor_experiment_free(experiment);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shop_is_read),
        cmocka_unit_test(the_baselines_come_first),
        cmocka_unit_test(the_flat_case_is_read),
        cmocka_unit_test(boosting_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
