// SPDX-License-Identifier: MIT
/** Models are written whole or not at all, and always the same; tests/export asks what they score.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export_cases.h"
#include "failing_malloc.h"
#include "perebor/learners.h"
#include "perebor/model_export.h"
#include "small_experiment.h"

enum { n_training = 60, n_formats = PEREBOR_MODEL_XGBOOST + 1 };

static small_experiment experiment;

static int set_up(void **state) {
    (void)state;
    small_experiment_fill(&experiment);
    return 0;
}

/** A learner with its defaults, a nominal column encoded as codes or by levels. */
static perebor_fitted_pipeline *fit(const char *learner, int32_t encoder) {
    uint32_t rows[n_training];
    perebor_fitted_pipeline *pipeline = NULL;
    perebor_candidate candidate = {.learner = perebor_learner_find(learner)};
    candidate.preparation.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT;
    candidate.preparation.encode_nominal = encoder;
    candidate.preparation.scale = PEREBOR_SCALE_STANDARD;
    for (size_t i = 0; i < candidate.learner->n_settings; i++) {
        candidate.settings[i] = candidate.learner->settings[i].default_value;
    }
    for (uint32_t row = 0; row < n_training; row++) {
        rows[row] = row;
    }
    assert_int_equal(perebor_fitted_pipeline_fit_calibrated(
                         &pipeline, &candidate, &experiment.dataset, rows, n_training, NULL),
                     PEREBOR_OK);
    return pipeline;
}

static void export_in_spite_of(const perebor_fitted_pipeline *pipeline,
                               perebor_model_format format) {
    static char untouched[] = "untouched";
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        perebor_error error = {0};
        char *bytes = untouched;
        size_t size = 7;
        failing_malloc_arm(n);
        perebor_status status = perebor_model_export(pipeline, format, NULL, &bytes, &size, &error);
        failed = failing_malloc_disarm();
        if (failed) {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_string_equal(error.message, "no memory to export a model");
            assert_ptr_equal(bytes, untouched);
            assert_int_equal(size, 7);
        } else {
            assert_int_equal(status, PEREBOR_OK);
            free(bytes);
        }
    }
}

/** Every form and calibration in every format. */
static void short_of_memory_nothing_is_written(void **state) {
    (void)state;
    static const export_case cases[] = {
        {.learner = "logreg", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL},
        {.learner = "logreg", .method = PEREBOR_CALIBRATE_BETA},
        {.learner = "tree", .settings = "max_depth=3"},
        {.learner = "tree", .settings = "max_depth=2", .method = PEREBOR_CALIBRATE_ISOTONIC},
        {.learner = "svc", .preparation.scale = PEREBOR_SCALE_STANDARD},
        {.learner = "svc", .settings = "kernel=sigmoid gamma=0.01", .uncalibrated = true},
        {.learner = "svc",
         .settings = "kernel=poly degree=2 coef0=1.0 gamma=0.1",
         .preparation.select_k = 3},
        {.learner = "knn", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL},
        {.learner = "knn", .settings = "p=3.5 weights=distance", .preparation.select_k = 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        perebor_fitted_pipeline *pipeline = case_fit(&cases[i]);
        bool trees = strcmp(cases[i].learner, "tree") == 0;
        for (int format = 0; format < (trees ? n_formats : PEREBOR_MODEL_XGBOOST); format++) {
            export_in_spite_of(pipeline, (perebor_model_format)format);
        }
        perebor_fitted_pipeline_free(pipeline);
    }
}

static void short_of_memory_no_ensemble_is_written(void **state) {
    (void)state;
    static const export_case of[] = {
        {.learner = "svc", .preparation.encode_nominal = PEREBOR_ENCODE_ORDINAL},
        {.learner = "tree", .settings = "max_depth=2"},
    };
    perebor_fitted_pipeline *pipeline = case_fit_voting(of, (const uint32_t[]){1, 2}, 2);
    for (int format = 0; format < PEREBOR_MODEL_XGBOOST; format++) {
        export_in_spite_of(pipeline, (perebor_model_format)format);
    }
    perebor_fitted_pipeline_free(pipeline);
}

static void equal_pipelines_are_equal_bytes_of_their_kind(void **state) {
    (void)state;
    for (int format = 0; format < n_formats; format++) {
        char *bytes[2];
        size_t sizes[2];
        for (size_t i = 0; i < 2; i++) {
            const char *learner = format == PEREBOR_MODEL_XGBOOST ? "tree" : "svc";
            perebor_fitted_pipeline *pipeline = fit(learner, PEREBOR_ENCODE_ONEHOT);
            assert_int_equal(perebor_model_export(pipeline, (perebor_model_format)format, NULL,
                                                  &bytes[i], &sizes[i], NULL),
                             PEREBOR_OK);
            perebor_fitted_pipeline_free(pipeline);
        }
        const char *beginning = perebor_model_export_kind((perebor_model_format)format)->beginning;
        assert_int_equal(sizes[0], sizes[1]);
        assert_memory_equal(bytes[0], bytes[1], sizes[0] + 1);
        assert_int_equal(bytes[0][sizes[0]], 0);
        assert_memory_equal(bytes[0], beginning, strlen(beginning));
        free(bytes[0]);
        free(bytes[1]);
    }
}

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16

static void what_is_no_name_of_c_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"",    "9lives", "_score", "a-b", "é",
                                        "a b", "%s",     "@",      "a\n", A64 "a"};
    perebor_fitted_pipeline *pipeline = fit("tree", PEREBOR_ENCODE_ONEHOT);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *bytes = NULL;
        char message[256];
        size_t size = 0;
        perebor_error error = {0};
        assert_int_equal(
            perebor_model_export(pipeline, PEREBOR_MODEL_C, names[i], &bytes, &size, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_null(bytes);
        assert_int_equal(size, 0);
        (void)snprintf(message, sizeof message,
                       "\"%s\" cannot begin the names of C: take a letter, then up to 63 "
                       "letters, digits or \"_\"",
                       names[i]);
        assert_string_equal(error.message, message);
        assert_int_equal(
            perebor_model_export(pipeline, PEREBOR_MODEL_C, names[i], &bytes, &size, NULL),
            PEREBOR_ERR_ARGUMENT);
    }
    perebor_fitted_pipeline_free(pipeline);
}

static void a_name_begins_the_names_of_c_and_of_nothing_else(void **state) {
    (void)state;
    static const char *const names[] = {"Z", "a_1", A64, NULL, "no name of C"};
    perebor_fitted_pipeline *pipeline = fit("logreg", PEREBOR_ENCODE_ONEHOT);
    for (size_t i = 0; i < 5; i++) {
        perebor_model_format format = i < 4 ? PEREBOR_MODEL_C : PEREBOR_MODEL_JSON;
        char *bytes = NULL, declaration[128];
        size_t size = 0;
        assert_int_equal(perebor_model_export(pipeline, format, names[i], &bytes, &size, NULL),
                         PEREBOR_OK);
        (void)snprintf(
            declaration, sizeof declaration, "\ndouble %s_score(const struct %s_row *row);",
            names[i] != NULL ? names[i] : "model", names[i] != NULL ? names[i] : "model");
        assert_int_equal(strstr(bytes, declaration) != NULL, i < 4);
        free(bytes);
    }
    perebor_fitted_pipeline_free(pipeline);
}

static void a_format_that_is_none_is_refused(void **state) {
    (void)state;
    perebor_fitted_pipeline *pipeline = fit("logreg", PEREBOR_ENCODE_ONEHOT);
    char *bytes = NULL;
    size_t size = 5;
    perebor_error error = {0};
    assert_int_equal(perebor_model_export(pipeline, (perebor_model_format)n_formats, NULL, &bytes,
                                          &size, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "a model has no format 4");
    assert_null(bytes);
    assert_int_equal(size, 5);
    perebor_fitted_pipeline_free(pipeline);
}

static void xgboost_takes_no_mean_of_several(void **state) {
    (void)state;
    const export_case of = {.learner = "tree"};
    perebor_fitted_pipeline *pipeline = case_fit_voting(&of, (const uint32_t[]){1}, 1);
    char *bytes = NULL;
    size_t size = 0;
    perebor_error error = {0};
    assert_int_equal(
        perebor_model_export(pipeline, PEREBOR_MODEL_XGBOOST, NULL, &bytes, &size, &error),
        PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "XGBoost has no mean of the probabilities of several models: write the "
                        "ensemble as json, c or onnx");
    assert_null(bytes);
    perebor_fitted_pipeline_free(pipeline);
}

static void xgboost_takes_trees_alone(void **state) {
    (void)state;
    static const char *const learners[][2] = {{"logreg", "linear"}, {"knn", "neighbors"}};
    for (size_t i = 0; i < 2; i++) {
        perebor_fitted_pipeline *pipeline = fit(learners[i][0], PEREBOR_ENCODE_ONEHOT);
        char *bytes = NULL;
        size_t size = 0;
        perebor_error error = {0};
        assert_int_equal(
            perebor_model_export(pipeline, PEREBOR_MODEL_XGBOOST, NULL, &bytes, &size, &error),
            PEREBOR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, "XGBoost has models of trees"));
        assert_non_null(strstr(error.message, learners[i][1]));
        assert_null(bytes);
        perebor_fitted_pipeline_free(pipeline);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_of_memory_nothing_is_written),
        cmocka_unit_test(short_of_memory_no_ensemble_is_written),
        cmocka_unit_test(equal_pipelines_are_equal_bytes_of_their_kind),
        cmocka_unit_test(what_is_no_name_of_c_is_refused),
        cmocka_unit_test(a_name_begins_the_names_of_c_and_of_nothing_else),
        cmocka_unit_test(a_format_that_is_none_is_refused),
        cmocka_unit_test(xgboost_takes_trees_alone),
        cmocka_unit_test(xgboost_takes_no_mean_of_several),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
