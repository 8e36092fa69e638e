// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "space_fixture.h"

#define HERE .line = 12, .column = 5

static void refuses(const perebor_parameter *parameters, size_t n, const perebor_enqueued *enqueued,
                    const char *message) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_space_create(&space, "e.yaml", parameters, n, enqueued,
                                          enqueued == NULL ? 0 : 1, PEREBOR_SEARCH_RANDOM, 1,
                                          &error),
                     PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
    assert_null(space);
}

#define REFUSES(message, ...)                                                                      \
    do {                                                                                           \
        const perebor_parameter parameters[] = {__VA_ARGS__};                                      \
        refuses(parameters, COUNT(parameters), NULL, message);                                     \
    } while (0)

static void a_bad_range_is_refused(void **state) {
    (void)state;
    REFUSES("e.yaml:12:5: C: min 2 is above max 1",
            {.name = "C", RANGE(PEREBOR_UNIFORM, 2.0, 1.0), HERE});
    REFUSES("e.yaml: C: min 2 is above max 1", {.name = "C", RANGE(PEREBOR_UNIFORM, 2.0, 1.0)});
    REFUSES("e.yaml:12:5: C: min of log_uniform_values is 0; a logarithm needs it above 0",
            {.name = "C", RANGE(PEREBOR_LOG_UNIFORM_VALUES, 0.0, 1.0), HERE});
    REFUSES("e.yaml:12:5: C: min and max must be finite numbers, and so must their difference",
            {.name = "C", RANGE(PEREBOR_UNIFORM, -1e308, 1e308), HERE});
    REFUSES("e.yaml:12:5: k: min and max of int_uniform must be whole numbers below 2^53, not 1.5 "
            "and 3",
            {.name = "k", RANGE(PEREBOR_INT_UNIFORM, 1.5, 3.0), HERE});
}

static void a_bad_step_is_refused(void **state) {
    (void)state;
    REFUSES("e.yaml:12:5: k: q is 0; it must be above 0",
            {.name = "k", RANGE(PEREBOR_Q_UNIFORM, 1.0, 3.0), HERE});
    REFUSES("e.yaml:12:5: k: there is no multiple of q 10 from 11 to 19",
            {.name = "k", RANGE(PEREBOR_Q_UNIFORM, 11.0, 19.0), .q = 10.0, HERE});
    REFUSES("e.yaml:12:5: k: q 1e-20 is too fine for values as large as 19",
            {.name = "k", RANGE(PEREBOR_Q_UNIFORM, 11.0, 19.0), .q = 1e-20, HERE});
}

static void a_bad_normal_is_refused(void **state) {
    (void)state;
    REFUSES("e.yaml:12:5: C: sigma is 0 and mu 1; they must be finite, and sigma above 0",
            {.name = "C", .distribution = PEREBOR_NORMAL, .mu = 1.0, HERE});
    REFUSES("e.yaml:12:5: C: log_normal with mu 0 and sigma 100 leaves the finite numbers; mu and "
            "sigma are of the logarithm",
            {.name = "C", .distribution = PEREBOR_LOG_NORMAL, .sigma = 100.0, HERE});
}

static void bad_lists_are_refused(void **state) {
    (void)state;
    REFUSES("e.yaml:12:5: model: values is an empty list; it takes one value at least",
            {.name = "model", HERE});
    REFUSES("e.yaml:12:5: model: values lists \"knn\" twice; to make a value likelier give "
            "probabilities",
            {.name = "model", VALUES(TEXT("knn"), TEXT("svc"), TEXT("knn")), HERE});
    REFUSES("e.yaml:12:5: model: the probabilities sum to 0.9; they must sum to 1",
            {.name = "model", VALUES(TEXT("a"), TEXT("b")), PROBABILITIES(0.4, 0.5), HERE});
    REFUSES("e.yaml:12:5: model: a probability is -0.5; it must be from 0 to 1",
            {.name = "model", VALUES(TEXT("a"), TEXT("b")), PROBABILITIES(1.5 - 2.0, 0.5), HERE});
    REFUSES("e.yaml:12:5: model: the parameter is there already, on line 3",
            {.name = "model", VALUES(TEXT("a")), .line = 3}, {.name = "model", HERE});
}

static void bad_conditions_are_refused(void **state) {
    (void)state;
    REFUSES("e.yaml:12:5: C: when asks about modle, which is not a parameter; did you mean model?",
            {.name = "model", VALUES(TEXT("svc"))},
            {.name = "C", VALUES(INTEGER(1)), CONDITIONS(IS("modle", TEXT("svc"))), HERE});
    REFUSES("e.yaml:12:5: C: when asks for model: \"swc\", which it never is; it is \"svc\", "
            "\"knn\"",
            {.name = "model", VALUES(TEXT("svc"), TEXT("knn"))},
            {.name = "C", VALUES(INTEGER(1)), CONDITIONS(IS("model", TEXT("swc"))), HERE});
    REFUSES("e.yaml:12:5: C: when asks for k: 9, which it never is; it is a whole number from 1 to "
            "8",
            {.name = "k", RANGE(PEREBOR_INT_UNIFORM, 1.0, 8.0)},
            {.name = "C", VALUES(INTEGER(1)), CONDITIONS(IS("k", INTEGER(9))), HERE});
    REFUSES("e.yaml:12:5: C: when asks for single values of x, which is continuous (uniform)",
            {.name = "x", RANGE(PEREBOR_UNIFORM, 1.0, 8.0)},
            {.name = "C", VALUES(INTEGER(1)), CONDITIONS(IS("x", INTEGER(2))), HERE});
    REFUSES("e.yaml:12:5: a: its conditions go round in a circle",
            {.name = "free", VALUES(INTEGER(1))},
            {.name = "a", VALUES(INTEGER(1)), CONDITIONS(IS("b", INTEGER(1))), HERE},
            {.name = "b", VALUES(INTEGER(1)), CONDITIONS(IS("a", INTEGER(1)))});
}

static const perebor_parameter parameters[] = {
    {.name = "model", VALUES(TEXT("svc"), TEXT("knn"))},
    {.name = "svc__C",
     RANGE(PEREBOR_LOG_UNIFORM_VALUES, 0.001, 1000.0),
     CONDITIONS(IS("model", TEXT("svc")))},
};

static void refuses_point(const char *const *names, const perebor_value *values, size_t n,
                          const char *message) {
    const perebor_enqueued point = {.names = names, .values = values, .n = n, HERE};
    refuses(parameters, COUNT(parameters), &point, message);
}

static void bad_points_are_refused(void **state) {
    (void)state;
    const char *const names[] = {"model", "svc__C"};
    const char *const misspelt[] = {"svc_C"};
    const char *const twice[] = {"model", "model"};
    refuses_point(misspelt, &VALUE(REAL(1.0)), 1,
                  "e.yaml:12:5: enqueue: svc_C is not a parameter of the search; did you mean "
                  "svc__C?");
    refuses_point(twice, (const perebor_value[]){TEXT("svc"), TEXT("svc")}, 2,
                  "e.yaml:12:5: enqueue: model is given twice");
    refuses_point(names, (const perebor_value[]){TEXT("svc"), REAL(1e4)}, 2,
                  "e.yaml:12:5: enqueue: svc__C cannot be 10000.0; the search takes it from: a "
                  "number from 0.001 to 1000");
    refuses_point(names, &VALUE(TEXT("tree")), 1,
                  "e.yaml:12:5: enqueue: model cannot be \"tree\"; the search takes it from: "
                  "\"svc\", \"knn\"");
}

static void a_point_must_settle_its_conditions(void **state) {
    (void)state;
    const char *const names[] = {"svc__C", "model"};
    const char *message =
        "e.yaml:12:5: enqueue: svc__C is active only when model is \"svc\", which "
        "this point does not say";
    refuses_point(names, &VALUE(INTEGER(1)), 1, message);
    refuses_point(names, (const perebor_value[]){INTEGER(1), TEXT("knn")}, 2, message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_range_is_refused),
        cmocka_unit_test(a_bad_step_is_refused),
        cmocka_unit_test(a_bad_normal_is_refused),
        cmocka_unit_test(bad_lists_are_refused),
        cmocka_unit_test(bad_conditions_are_refused),
        cmocka_unit_test(bad_points_are_refused),
        cmocka_unit_test(a_point_must_settle_its_conditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
