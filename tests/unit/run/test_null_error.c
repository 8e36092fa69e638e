// SPDX-License-Identifier: MIT
// Who does not want to know why something failed says NULL: every public function that can fail
// then fails as it does with an error to fill.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/array_search.h"
#include "perebor/experiment.h"
#include "perebor/output.h"
#include "perebor/pipeline.h"
#include "perebor/result_file.h"
#include "perebor/search_status.h"
#include "small_experiment.h"

static small_experiment small;

static int fill(void **state) {
    (void)state;
    small_experiment_fill(&small);
    return 0;
}

static perebor_status parse(const char *text, perebor_error *error) {
    perebor_experiment *experiment = NULL;
    return perebor_experiment_parse(&experiment, "a.yaml", text, strlen(text), NULL, 0, error);
}

static perebor_status experiment_of_broken_yaml(perebor_error *error) {
    return parse("version: [1\n", error);
}

static perebor_status experiment_of_another_kind(perebor_error *error) {
    return parse("- 1\n", error);
}

static perebor_status experiment_with_a_wrong_key(perebor_error *error) {
    return parse("version: 1\ndataa: 3\n", error);
}

static perebor_status experiment_with_a_wrong_value(perebor_error *error) {
    return parse("version: 1\ndata: {table: a.csv, target: {column: y, positive: 1}}\n"
                 "search: {run_cap: -3, parameters: {model: {values: [tree]}}}\n",
                 error);
}

static perebor_status experiment_with_a_wrong_override(perebor_error *error) {
    static const char text[] = "version: 1\n";
    static const perebor_override override = {"version.major", "1"};
    perebor_experiment *experiment = NULL;
    return perebor_experiment_parse(&experiment, "a.yaml", text, strlen(text), &override, 1, error);
}

static perebor_status experiment_that_is_not_there(perebor_error *error) {
    perebor_experiment *experiment = NULL;
    return perebor_experiment_read(&experiment, "/nowhere/a.yaml", NULL, 0, error);
}

static perebor_status tables_that_are_not_there(perebor_error *error) {
    static const char text[] =
        "version: 1\ndata: {table: nowhere.csv, target: {column: y, positive: 1}}\n"
        "search: {run_cap: 3, parameters: {model: {values: [tree]}}}\n";
    perebor_experiment *experiment = NULL;
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    assert_int_equal(
        perebor_experiment_parse(&experiment, "/nowhere/a.yaml", text, strlen(text), NULL, 0, NULL),
        PEREBOR_OK);
    perebor_status status = perebor_tables_load(&dataset, &report, &experiment->tables, error);
    perebor_experiment_free(experiment);
    return status;
}

static perebor_status dataset_of_other_bytes(perebor_error *error) {
    _Alignas(64) static const char bytes[1024];
    perebor_dataset *dataset = NULL;
    return perebor_dataset_unpack(&dataset, bytes, sizeof bytes, error);
}

static perebor_status dataset_with_a_wrong_level(perebor_error *error) {
    static const double values[] = {0.5};
    static const char *const levels[] = {"a", "b"};
    const perebor_column column = {"x", PEREBOR_ROLE_NOMINAL, values, levels, 2, 0};
    const perebor_dataset from = {.n_rows = 1,
                                  .n_columns = 1,
                                  .columns = &column,
                                  .target_name = "y",
                                  .positive_name = "1",
                                  .negative_name = "0",
                                  .id_name = ""};
    perebor_dataset *dataset = NULL;
    return perebor_dataset_copy(&dataset, &from, error);
}

static perebor_status split_that_leaves_nothing(perebor_error *error) {
    static const uint8_t labels[] = {0, 1};
    const perebor_split_settings settings = {.test_size = 0.5, .stratify = true};
    perebor_split split = {0};
    return perebor_split_make(&split, labels, NULL, 2, &settings, error);
}

static perebor_status more_folds_than_rows(perebor_error *error) {
    static const uint8_t labels[] = {0, 1, 1};
    const perebor_folds_settings settings = {.n_splits = 9, .n_repeats = 1};
    perebor_folds folds = {0};
    return perebor_folds_make(&folds, labels, NULL, 3, &settings, error);
}

static perebor_status matrix_that_does_not_fit(perebor_error *error) {
    perebor_workspace workspace = {0};
    perebor_matrix matrix;
    return perebor_matrix_create(&matrix, SIZE_MAX / 64, 1000, &workspace, error);
}

static perebor_space *make_space(void) {
    perebor_space *space = NULL;
    assert_int_equal(small_experiment_space(&space, 3, NULL), PEREBOR_OK);
    return space;
}

static perebor_status space_with_a_parameter_twice(perebor_error *error) {
    static const char *const texts[] = {"tree", NULL};
    perebor_value values[2][1];
    const perebor_parameter parameters[] = {small_experiment_choice("model", values[0], texts),
                                            small_experiment_choice("model", values[1], texts)};
    perebor_space *space = NULL;
    return perebor_space_create(&space, "a.yaml", parameters, 2, NULL, 0, PEREBOR_SEARCH_RANDOM, 1,
                                error);
}

static perebor_status pipeline_of_an_unknown_step(perebor_error *error) {
    static const char *const texts[] = {"x", "y", NULL};
    perebor_value values[2];
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    const perebor_parameter parameter = small_experiment_choice("modle", values, texts);
    assert_int_equal(perebor_space_create(&space, "a.yaml", &parameter, 1, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    perebor_status status = perebor_pipeline_create(&pipeline, space, "a.yaml", NULL, 0, error);
    perebor_space_free(space);
    return status;
}

static perebor_status search_over(size_t n_splits, perebor_error *error) {
    perebor_space *space = make_space();
    perebor_trials *trials = NULL;
    perebor_array_search search = {
        .dataset = &small.dataset,
        .space = space,
        .split = {.test_size = 0.25, .stratify = true},
        .folds = {.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_splits, .n_repeats = 1},
        .n_trials = 1,
        .n_threads = 1};
    perebor_status status = perebor_array_search_run(&search, &trials, error);
    perebor_space_free(space);
    return status;
}

static perebor_status search_of_too_many_folds(perebor_error *error) {
    return search_over(1000, error);
}

static perebor_status preparation_of_no_rows(perebor_error *error) {
    const perebor_preparation_settings settings = {0};
    perebor_workspace workspace = {0};
    perebor_preparation *preparation = NULL;
    perebor_status status = perebor_preparation_fit(&preparation, &small.dataset, NULL, 0,
                                                    &settings, &workspace, error);
    perebor_workspace_release(&workspace);
    return status;
}

static perebor_status pipeline_that_is_not_there(perebor_error *error) {
    perebor_fitted_pipeline *pipeline = NULL;
    return perebor_fitted_pipeline_load(&pipeline, "/nowhere/a.h5", error);
}

static perebor_trials *make_trials(size_t n_folds) {
    perebor_space *space = make_space();
    perebor_trials *trials = NULL;
    assert_int_equal(perebor_trials_create(&trials, space, 0, 2, n_folds, NULL), PEREBOR_OK);
    perebor_space_free(space);
    return trials;
}

static perebor_status trials_with_no_metric(perebor_error *error) {
    perebor_trials *trials = make_trials(2);
    perebor_status status = perebor_trials_set_metrics(trials, NULL, 0, error);
    perebor_trials_free(trials);
    return status;
}

static perebor_status trials_of_other_folds(perebor_error *error) {
    perebor_trials *into = make_trials(2), *from = make_trials(3);
    uint64_t n_taken = 0;
    perebor_status status = perebor_trials_take(into, from, &n_taken, error);
    perebor_trials_free(into);
    perebor_trials_free(from);
    return status;
}

static perebor_status result_that_is_not_there(perebor_error *error) {
    perebor_result *result = NULL;
    return perebor_result_read(&result, "/nowhere/a.h5", error);
}

static perebor_status check_of_a_result_that_is_not_there(perebor_error *error) {
    perebor_result_check found = {0};
    return perebor_result_check_file("/nowhere/a.h5", NULL, NULL, &found, error);
}

static perebor_status status_of_no_search(perebor_error *error) {
    perebor_search_status status = {0};
    return perebor_search_status_read(&status, "/nowhere/a.h5", error);
}

static perebor_status output_that_is_an_input(perebor_error *error) {
    const perebor_input input = {PEREBOR_TESTS_DIR "/CMakeLists.txt", "a table"};
    return perebor_output_check_inputs(PEREBOR_TESTS_DIR "/CMakeLists.txt", &input, 1, error);
}

static perebor_status output_of_another_kind(perebor_error *error) {
    return perebor_output_check_kind(PEREBOR_TESTS_DIR "/CMakeLists.txt", &perebor_result_kind,
                                     error);
}

static perebor_status output_that_may_not_be_replaced(perebor_error *error) {
    perebor_file_identity found;
    return perebor_output_check(PEREBOR_TESTS_DIR "/CMakeLists.txt", &perebor_result_kind, false,
                                NULL, 0, &found, error);
}

static perebor_status form_without_neighbours(perebor_error *error) {
    const perebor_model_form form = {.kind = PEREBOR_FORM_NEIGHBORS, .n_columns = 1};
    return perebor_model_form_check(&form, error);
}

static perebor_status setting_of_another_kind(perebor_error *error) {
    static const char *const choices[] = {"a", NULL};
    const perebor_setting setting = {.name = "x",
                                     .default_value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "a"},
                                     .choices = choices};
    const perebor_value value = {.kind = PEREBOR_VALUE_TEXT, .as.text = "b"};
    perebor_value accepted;
    return perebor_setting_accept(&setting, value, &accepted, error);
}

static void without_an_error_to_fill_things_fail_alike(void **state) {
    (void)state;
    static const struct {
        const char *name;
        perebor_status (*call)(perebor_error *error);
    } cases[] = {
#define CASE(call) {#call, call}
        CASE(experiment_of_broken_yaml),
        CASE(experiment_of_another_kind),
        CASE(experiment_with_a_wrong_key),
        CASE(experiment_with_a_wrong_value),
        CASE(experiment_with_a_wrong_override),
        CASE(experiment_that_is_not_there),
        CASE(tables_that_are_not_there),
        CASE(dataset_of_other_bytes),
        CASE(dataset_with_a_wrong_level),
        CASE(split_that_leaves_nothing),
        CASE(more_folds_than_rows),
        CASE(matrix_that_does_not_fit),
        CASE(space_with_a_parameter_twice),
        CASE(pipeline_of_an_unknown_step),
        CASE(search_of_too_many_folds),
        CASE(preparation_of_no_rows),
        CASE(pipeline_that_is_not_there),
        CASE(trials_with_no_metric),
        CASE(trials_of_other_folds),
        CASE(result_that_is_not_there),
        CASE(check_of_a_result_that_is_not_there),
        CASE(status_of_no_search),
        CASE(output_that_is_an_input),
        CASE(output_of_another_kind),
        CASE(output_that_may_not_be_replaced),
        CASE(form_without_neighbours),
        CASE(setting_of_another_kind),
#undef CASE
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_error error = {.status = PEREBOR_OK};
        perebor_status status = cases[i].call(&error);
        if (status == PEREBOR_OK || error.status != status || error.message[0] == '\0' ||
            strchr(error.message, '\n') != NULL) {
            fail_msg("%s: status %d, error %d \"%s\"", cases[i].name, (int)status,
                     (int)error.status, error.message);
        }
        if (cases[i].call(NULL) != status) {
            fail_msg("%s: another status without an error to fill", cases[i].name);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_error_to_fill_things_fail_alike),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
