// SPDX-License-Identifier: MIT
/**
 * ONNX models of every form, encoder, scaler and calibration: decoded, checked, and run row by row
 * by the operators' definitions; the scores are those of the pipeline.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/version.h"
#include "export_cases.h"
#include "onnx_run.h"

static const export_case cases[] = {
    {"logreg", NULL, {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"logreg", "penalty=l1", {.scale = PEREBOR_SCALE_MINMAX}, false, PEREBOR_CALIBRATE_BETA},
    {"logreg", "C=0.5", {.select_k = 1}, false, PEREBOR_CALIBRATE_ISOTONIC},
    {"tree", "max_depth=5", {.encode_nominal = PEREBOR_ENCODE_ORDINAL}, false, 0},
    {"tree", "random_state=3", {.encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST}, false, 0},
    {"tree", "max_depth=3", {.scale = PEREBOR_SCALE_NONE}, false, PEREBOR_CALIBRATE_BETA},
    {"tree", "min_samples_leaf=60", {.select_k = 2}, false, PEREBOR_CALIBRATE_ISOTONIC},
    {"svc", NULL, {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"svc", "gamma=1e-30", {.scale = PEREBOR_SCALE_STANDARD}, true, 0},
    {"svc", "kernel=linear", {.scale = PEREBOR_SCALE_MAXABS}, true, 0},
    {"svc",
     "kernel=sigmoid gamma=0.01 coef0=0.25",
     {.scale = PEREBOR_SCALE_ROBUST},
     false,
     PEREBOR_CALIBRATE_ISOTONIC},
    {"svc", "kernel=poly gamma=0.05", {.scale = PEREBOR_SCALE_MINMAX}, false, 0},
    {"svc",
     "kernel=poly degree=2 coef0=1.5 gamma=0.1",
     {.scale = PEREBOR_SCALE_STANDARD, .select_k = 4},
     false,
     PEREBOR_CALIBRATE_BETA},
    {"svc", "kernel=poly degree=7 gamma=0.02", {.scale = PEREBOR_SCALE_STANDARD}, true, 0},
    {"knn", NULL, {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"boost", "n_estimators=3 max_depth=4", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"forest", "n_estimators=3 max_depth=4", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"gnb", NULL, {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"knn",
     "metric=manhattan weights=distance",
     {.impute_nominal = PEREBOR_IMPUTE_CONSTANT},
     false,
     PEREBOR_CALIBRATE_ISOTONIC},
    {"knn",
     "metric=euclidean weights=distance n_neighbors=9",
     {.encode_nominal = PEREBOR_ENCODE_ORDINAL,
      .impute_nominal = PEREBOR_IMPUTE_CONSTANT,
      .impute_numeric = PEREBOR_IMPUTE_CONSTANT,
      .fill_value = 2.5},
     false,
     0},
    {"knn", "p=3.5 weights=distance", {.scale = PEREBOR_SCALE_STANDARD}, false, 0},
    {"knn", "p=3.5", {.select_k = 3}, false, 0},
};
enum { n_cases = sizeof cases / sizeof cases[0] };

/** ModelProto: the graph, field 7, of an export. */
static wire_view graph_of(const char *bytes, size_t size) {
    wire_view view = {(const uint8_t *)bytes, size}, graph = {0};
    wire_field field;
    while (wire_next(&view, &field)) {
        graph = field.number == 7 ? field.bytes : graph;
    }
    assert_non_null(graph.at);
    return graph;
}

static read_graph read_export(const perebor_fitted_pipeline *pipeline) {
    read_graph graph;
    size_t size = 0;
    char *bytes = case_export(pipeline, PEREBOR_MODEL_ONNX, &size);
    read_graph_message(&graph, graph_of(bytes, size));
    free(bytes);
    return graph;
}

/** A row as a caller of the model has it. */
static void fill_inputs(const perebor_dataset *dataset, size_t row, run_input *inputs) {
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        double value = column->values[row];
        inputs[i] = (run_input){.name = column->name, .number = value};
        if (column->role == PEREBOR_ROLE_NOMINAL) {
            inputs[i].text = isnan(value)                       ? ""
                             : value < (double)column->n_levels ? column->levels[(size_t)value]
                                                                : "no such level";
        }
    }
}

/** Rounded to the grain both may come to neighbouring multiples; else to the last digits. */
static void expect_close(double value, double expected, double grain, const char *what,
                         size_t row) {
    if (!(fabs(value - expected) <= 1e-9 * fmax(1.0, fabs(expected)) + grain)) {
        fail_msg("%s, row %zu: %.17g is not %.17g", what, row, value, expected);
    }
}

static void compare_scores(const perebor_fitted_pipeline *pipeline, const perebor_dataset *dataset,
                           const char *name) {
    run_input inputs[CASE_COLUMNS];
    uint32_t rows[CASE_ROWS];
    double scores[CASE_ROWS], likely[CASE_ROWS];
    perebor_workspace workspace = {0};
    size_t n = dataset->n_rows;
    bool calibrated = perebor_fitted_pipeline_calibration(pipeline) != NULL;
    double grain = perebor_fitted_pipeline_form(pipeline)->grain;
    read_graph graph = read_export(pipeline);
    for (uint32_t row = 0; row < n; row++) {
        rows[row] = row;
    }
    assert_int_equal(
        perebor_fitted_pipeline_score(pipeline, dataset, rows, n, &workspace, scores, NULL),
        PEREBOR_OK);
    assert_int_equal(calibrated ? perebor_fitted_pipeline_predict(pipeline, dataset, rows, n,
                                                                  &workspace, likely, NULL)
                                : PEREBOR_OK,
                     PEREBOR_OK);
    assert_int_equal(graph.n_outputs, calibrated ? 2 : 1);
    assert_string_equal(graph.name, "pipeline");
    for (size_t row = 0; row < n; row++) {
        fill_inputs(dataset, row, inputs);
        expect_close(run_graph(&graph, inputs, dataset->n_columns, graph.outputs[0].name),
                     scores[row], grain, name, row);
        if (calibrated) {
            expect_close(run_graph(&graph, inputs, dataset->n_columns, graph.outputs[1].name),
                         likely[row], grain, name, row);
        }
    }
    read_graph_release(&graph);
    perebor_workspace_release(&workspace);
}

static void graphs_score_as_the_pipelines_do(void **state) {
    unsigned forms = 0;
    (void)state;
    for (size_t i = 0; i < n_cases; i++) {
        char name[128];
        perebor_fitted_pipeline *pipeline = case_fit(&cases[i]);
        (void)snprintf(name, sizeof name, "%s %s", cases[i].learner,
                       cases[i].settings != NULL ? cases[i].settings : "");
        compare_scores(pipeline, case_dataset(), name);
        forms |= 1u << perebor_fitted_pipeline_form(pipeline)->kind;
        perebor_fitted_pipeline_free(pipeline);
    }
    assert_int_equal(forms, (2u << PEREBOR_FORM_DENSITIES) - 1);
}

/** Each column is an input once. */
static void members_that_vote_are_one_graph(void **state) {
    (void)state;
    export_case of[n_cases];
    uint32_t weights[n_cases];
    size_t n = 0;
    for (size_t i = 0; i < n_cases; i++) {
        if (!cases[i].uncalibrated && i % 3 == 0) {
            of[n] = cases[i];
            weights[n] = (uint32_t)(2 * n + 1);
            n++;
        }
    }
    perebor_fitted_pipeline *pipeline = case_fit_voting(of, weights, n);
    read_graph graph = read_export(pipeline);
    assert_int_equal(graph.n_inputs, CASE_COLUMNS);
    for (size_t i = 0; i < graph.n_inputs; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(graph.inputs[i].name, graph.inputs[k].name);
        }
    }
    read_graph_release(&graph);
    compare_scores(pipeline, case_dataset(), "voting");
    perebor_fitted_pipeline_free(pipeline);
}

/** The texts of the fields 1 and 2 of a message, the second of which may be a number. */
static void expect_pair(const wire_field *field, const char *first, const char *second,
                        uint64_t number) {
    perebor_workspace workspace = {0};
    wire_view view = field->bytes;
    wire_field key, value, more;
    assert_true(wire_next(&view, &key) && wire_next(&view, &value) && !wire_next(&view, &more));
    assert_true(key.number == 1 && value.number == 2);
    assert_string_equal(read_text(&workspace, key.bytes), first);
    if (second != NULL) {
        assert_string_equal(read_text(&workspace, value.bytes), second);
    } else {
        assert_true(!value.is_bytes && value.integer == number);
    }
    perebor_workspace_release(&workspace);
}

static void the_model_says_what_made_it_and_of_what(void **state) {
    (void)state;
    const export_case plain = {.learner = "svc"};
    size_t size = 0, n = 0;
    uint8_t fingerprint[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_fitted_pipeline *pipeline = case_fit(&plain);
    char *bytes = case_export(pipeline, PEREBOR_MODEL_ONNX, &size);
    wire_view view = {(const uint8_t *)bytes, size};
    wire_field fields[16];
    static const unsigned numbers[] = {1, 2, 3, 7, 8, 8, 14, 14, 14, 14};
    perebor_workspace workspace = {0};
    perebor_fitted_pipeline_fingerprint(pipeline, fingerprint);
    perebor_sha256_hex(fingerprint, hex);
    while (n < 16 && wire_next(&view, &fields[n])) {
        n++;
    }
    assert_int_equal(n, sizeof numbers / sizeof numbers[0]);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fields[i].number, numbers[i]);
    }
    assert_int_equal(fields[0].integer, 8); // ir_version of ONNX 1.12
    assert_string_equal(read_text(&workspace, fields[1].bytes), "perebor");
    assert_string_equal(read_text(&workspace, fields[2].bytes), perebor_version());
    expect_pair(&fields[4], "", NULL, 13);
    expect_pair(&fields[5], "ai.onnx.ml", NULL, 3);
    expect_pair(&fields[6], "learner", "svc", 0);
    expect_pair(&fields[7], "target", "left? \"really\"", 0);
    expect_pair(&fields[8], "positive", "yes */", 0);
    expect_pair(&fields[9], "training_fingerprint", hex, 0);
    perebor_workspace_release(&workspace);
    free(bytes);
    perebor_fitted_pipeline_free(pipeline);
}

static void only_columns_that_are_used_are_inputs(void **state) {
    (void)state;
    const export_case few = {.learner = "logreg", .preparation.select_k = 2};
    perebor_fitted_pipeline *pipeline = case_fit(&few);
    const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(pipeline);
    read_graph graph = read_export(pipeline);
    assert_int_equal(graph.n_inputs, 2);
    for (size_t i = 0; i < 2; i++) {
        size_t source = perebor_preparation_source(preparation, i);
        assert_string_equal(graph.inputs[i].name, case_dataset()->columns[source].name);
    }
    read_graph_release(&graph);
    perebor_fitted_pipeline_free(pipeline);
}

/** Two columns of those names that tell the classes. */
static void export_names(const char *first, const char *second, const char *score,
                         const char *probability) {
    static const uint8_t labels[] = {0, 1, 0, 1, 1, 0, 1, 0, 0, 1};
    static const double values[] = {1, 2, 3, 4, 5, 1, 6, 2, 1, 7};
    const perebor_column columns[] = {
        {.name = first, .role = PEREBOR_ROLE_NUMERIC, .values = values},
        {.name = second, .role = PEREBOR_ROLE_NUMERIC, .values = values},
    };
    const perebor_dataset dataset = {.n_rows = 10,
                                     .n_columns = 2,
                                     .columns = columns,
                                     .labels = labels,
                                     .target_name = "y",
                                     .positive_name = "1",
                                     .negative_name = "0",
                                     .id_name = ""};
    const export_case plain = {.learner = "logreg"};
    perebor_fitted_pipeline *pipeline = case_fit_on(&plain, &dataset);
    read_graph graph = read_export(pipeline);
    assert_string_equal(graph.outputs[0].name, score);
    assert_string_equal(graph.outputs[1].name, probability);
    read_graph_release(&graph);
    compare_scores(pipeline, &dataset, first);
    perebor_fitted_pipeline_free(pipeline);
}

static void no_name_within_is_that_of_a_column(void **state) {
    (void)state;
    export_names("a", "b", "score", "probability");
    export_names("score", "b", "/score", "probability");
    export_names("probability", "score", "/score", "/probability");
    export_names("/score", "score", "//score", "probability");
    export_names("/0", "/1", "score", "probability");
    export_names("//0", "/1", "score", "probability");
    export_names("///probability", "probability", "score", "////probability");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graphs_score_as_the_pipelines_do),
        cmocka_unit_test(members_that_vote_are_one_graph),
        cmocka_unit_test(the_model_says_what_made_it_and_of_what),
        cmocka_unit_test(only_columns_that_are_used_are_inputs),
        cmocka_unit_test(no_name_within_is_that_of_a_column),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
