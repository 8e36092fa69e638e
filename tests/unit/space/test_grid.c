// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "space_fixture.h"

static perebor_space *make(const perebor_parameter *parameters, size_t n,
                           const perebor_enqueued *enqueued, size_t n_enqueued) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_space_create(&space, "e.yaml", parameters, n, enqueued,
                                                 n_enqueued, PEREBOR_SEARCH_GRID, 1, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return space;
}

static void show(const perebor_space *space, uint64_t trial, char *text, size_t size) {
    perebor_value values[8];
    size_t length = 0;
    perebor_space_point(space, trial, values);
    for (size_t i = 0; i < perebor_space_n_parameters(space); i++) {
        length += (size_t)snprintf(text + length, size - length, i == 0 ? "" : " ");
        length += perebor_value_format(values[i], text + length, size - length);
    }
}

static void the_last_parameter_is_fastest(void **state) {
    (void)state;
    const perebor_parameter parameters[] = {
        {.name = "a", VALUES(TEXT("x"), TEXT("y"))},
        {.name = "b", RANGE(PEREBOR_INT_UNIFORM, 3.0, 4.0)},
        {.name = "c", RANGE(PEREBOR_Q_UNIFORM, 0.1, 1.0), .q = 0.5},
    };
    const char *const wanted[] = {"\"x\" 3 0.5", "\"x\" 3 1.0", "\"x\" 4 0.5", "\"x\" 4 1.0",
                                  "\"y\" 3 0.5", "\"y\" 3 1.0", "\"y\" 4 0.5", "\"y\" 4 1.0"};
    perebor_space *space = make(parameters, COUNT(parameters), NULL, 0);
    assert_int_equal(perebor_space_n_trials(space), COUNT(wanted));
    for (size_t trial = 0; trial < COUNT(wanted); trial++) {
        char text[64];
        show(space, trial, text, sizeof text);
        assert_string_equal(text, wanted[trial]);
    }
    perebor_space_free(space);
}

static void inactive_parameters_do_not_multiply(void **state) {
    (void)state;
    const perebor_parameter parameters[] = {
        {.name = "degree",
         RANGE(PEREBOR_INT_UNIFORM, 2.0, 4.0),
         CONDITIONS(IS("kernel", TEXT("poly")))},
        {.name = "model", VALUES(TEXT("knn"), TEXT("svc"))},
        {.name = "kernel", VALUES(TEXT("rbf"), TEXT("poly")), CONDITIONS(IS("model", TEXT("svc")))},
        {.name = "C", VALUES(INTEGER(1), INTEGER(10)), CONDITIONS(IS("model", TEXT("svc")))},
        {.name = "k", VALUES(INTEGER(5), INTEGER(9)), CONDITIONS(IS("model", TEXT("knn")))},
    };
    const perebor_enqueued enqueued = {.names = (const char *const[]){"model", "k"},
                                       .values = (const perebor_value[]){TEXT("knn"), INTEGER(9)},
                                       .n = 2};
    perebor_space *space = make(parameters, COUNT(parameters), &enqueued, 1);
    // 2 of knn, 2 of rbf, 3 x 2 of poly, and the enqueued one
    assert_int_equal(perebor_space_n_trials(space), 11);
    char texts[11][64];
    for (size_t trial = 0; trial < 11; trial++) {
        show(space, trial, texts[trial], sizeof texts[trial]);
    }
    assert_string_equal(texts[0], "null \"knn\" null null 9");
    assert_string_equal(texts[1], "null \"knn\" null null 5");
    assert_string_equal(texts[3], "null \"svc\" \"rbf\" 1 null");
    assert_string_equal(texts[5], "2 \"svc\" \"poly\" 1 null");
    assert_string_equal(texts[10], "4 \"svc\" \"poly\" 10 null");
    for (size_t a = 1; a < 11; a++) {
        for (size_t b = 1; b < a; b++) {
            assert_string_not_equal(texts[a], texts[b]);
        }
    }
    perebor_space_free(space);
}

static void an_empty_grid_has_one_point(void **state) {
    (void)state;
    perebor_space *space = make(NULL, 0, NULL, 0);
    assert_int_equal(perebor_space_n_trials(space), 1);
    perebor_space_free(space);
}

static void refuses(const perebor_parameter *parameters, size_t n, const char *message) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, n, NULL, 0,
                                          PEREBOR_SEARCH_GRID, 1, &error),
                     PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
    assert_null(space);
}

static void what_cannot_be_counted_is_refused(void **state) {
    (void)state;
    const perebor_parameter continuous = {
        .name = "C", RANGE(PEREBOR_LOG_UNIFORM_VALUES, 1.0, 2.0), .line = 4, .column = 9};
    refuses(&continuous, 1,
            "e.yaml:4:9: C: a grid needs values that can be counted, and log_uniform_values has "
            "none; list values, or search at random");
    const perebor_parameter huge[] = {
        {.name = "a", RANGE(PEREBOR_INT_UNIFORM, 0.0, 1e9)},
        {.name = "b", RANGE(PEREBOR_INT_UNIFORM, 0.0, 1e9)},
    };
    refuses(huge, 2,
            "e.yaml: the grid has too many combinations to number; list fewer values, or search at "
            "random");
    const perebor_parameter many_ways[] = {
        {.name = "a", RANGE(PEREBOR_INT_UNIFORM, 0.0, 1e9)},
        {.name = "b", VALUES(INTEGER(1)), CONDITIONS(IS("a", INTEGER(7)))},
    };
    refuses(many_ways, 2,
            "e.yaml: the grid has too many combinations to number; list fewer values, or search at "
            "random");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_parameter_is_fastest),
        cmocka_unit_test(inactive_parameters_do_not_multiply),
        cmocka_unit_test(an_empty_grid_has_one_point),
        cmocka_unit_test(what_cannot_be_counted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
