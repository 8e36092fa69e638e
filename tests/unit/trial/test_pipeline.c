// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/pipeline.h"

static perebor_value text(const char *value) {
    return (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = value};
}

static perebor_value integer(int64_t value) {
    return (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = value};
}

static perebor_value real(double value) {
    return (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = value};
}

/** Binds a space of constants and resolves its only point. */
static perebor_status resolve(const char *const *names, const perebor_value *values, size_t n,
                              const perebor_preset *presets, size_t n_presets,
                              perebor_candidate *candidate, perebor_error *error) {
    perebor_parameter parameters[8] = {0};
    for (size_t i = 0; i < n; i++) {
        parameters[i] = (perebor_parameter){.name = names[i],
                                            .distribution = PEREBOR_CONSTANT,
                                            .values = &values[i],
                                            .n_values = 1,
                                            .line = (uint32_t)i + 1,
                                            .column = 5};
    }
    perebor_space *space = NULL;
    perebor_pipeline *pipeline = NULL;
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, n, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, error),
                     PEREBOR_OK);
    perebor_status status =
        perebor_pipeline_create(&pipeline, space, "e.yaml", presets, n_presets, error);
    if (status == PEREBOR_OK && candidate != NULL) {
        perebor_value point[8];
        perebor_space_point(space, 0, point);
        perebor_pipeline_resolve(pipeline, point, candidate);
    }
    perebor_pipeline_free(pipeline);
    perebor_space_free(space);
    return status;
}

static void assert_refused(const char *name, perebor_value value, const char *message) {
    const char *names[] = {"model", name};
    perebor_value values[] = {text("knn"), value};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 2, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
}

static void names_and_values_are_checked_with_their_place(void **state) {
    (void)state;
    assert_refused("knn__neighbors", integer(3),
                   "e.yaml:2:5: knn__neighbors: knn has no setting \"neighbors\" (did you mean "
                   "\"n_neighbors\"?); it has n_neighbors, weights, metric, p");
    assert_refused("tre__max_depth", integer(3),
                   "e.yaml:2:5: tre__max_depth: there is no step \"tre\" (did you mean \"tree\"?); "
                   "the steps are model, impute, encode, scale, select, knn, logreg, svc, tree");
    assert_refused(
        "svc", integer(3),
        "e.yaml:2:5: svc: name one of its settings, as in svc__kernel: kernel, C, gamma, "
        "degree, coef0, class_weight, max_iter");
}

static void an_unknown_learner_is_refused(void **state) {
    (void)state;
    const char *names[] = {"model"};
    perebor_value values[] = {text("forest")};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 1, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, "e.yaml:1:5: model: there is no learner \"forest\"; the "
                                       "learners are knn, logreg, svc, tree");
}

static void a_space_without_a_learner_is_refused(void **state) {
    (void)state;
    const char *names[] = {"scale"};
    perebor_value values[] = {text("minmax")};
    perebor_error error = {0};
    assert_int_equal(resolve(names, values, 1, NULL, 0, NULL, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "does not say which learner to use"));
}

static void a_preset_serves_where_no_parameter_does(void **state) {
    (void)state;
    const char *names[] = {"model"};
    perebor_value values[] = {text("knn")};
    perebor_preset presets[] = {{.name = "scale", .value = text("robust")},
                                {.name = "knn__n_neighbors", .value = integer(9)}};
    perebor_candidate candidate;
    assert_int_equal(resolve(names, values, 1, presets, 2, &candidate, NULL), PEREBOR_OK);
    assert_int_equal(candidate.preparation.scale, PEREBOR_SCALE_ROBUST);
    assert_int_equal(candidate.settings[0].as.integer, 9);
}

static void the_same_candidate_in_other_words_is_the_same(void **state) {
    (void)state;
    const char *names[] = {"model", "scale", "tree__max_depth", "knn__p"};
    perebor_value scaled[] = {text("tree"), text("standard"), integer(4), real(1.0)};
    perebor_value unscaled[] = {text("tree"), text("none"), integer(4), real(2.0)};
    perebor_value deeper[] = {text("tree"), text("none"), integer(5), real(2.0)};
    perebor_candidate a, b, c;
    assert_int_equal(resolve(names, scaled, 4, NULL, 0, &a, NULL), PEREBOR_OK);
    assert_int_equal(resolve(names, unscaled, 4, NULL, 0, &b, NULL), PEREBOR_OK);
    assert_int_equal(resolve(names, deeper, 4, NULL, 0, &c, NULL), PEREBOR_OK);
    assert_int_equal(perebor_candidate_compare(&a, &b), 0);
    assert_int_not_equal(perebor_candidate_compare(&a, &c), 0);
    assert_int_equal(perebor_candidate_compare(&a, &c), -perebor_candidate_compare(&c, &a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_values_are_checked_with_their_place),
        cmocka_unit_test(an_unknown_learner_is_refused),
        cmocka_unit_test(a_space_without_a_learner_is_refused),
        cmocka_unit_test(a_preset_serves_where_no_parameter_does),
        cmocka_unit_test(the_same_candidate_in_other_words_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
