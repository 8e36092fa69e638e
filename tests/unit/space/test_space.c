// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "space_fixture.h"

/** One parameter of every distribution, named as in tests/golden/space/make_draws.py. */
static const perebor_parameter every[] = {
    {.name = "plain", VALUES(INTEGER(0), INTEGER(1), INTEGER(2))},
    {.name = "weighted", VALUES(INTEGER(0), INTEGER(1), INTEGER(2)), PROBABILITIES(0.5, 0.2, 0.3)},
    {.name = "uniform", RANGE(PEREBOR_UNIFORM, -1.0, 2.0)},
    {.name = "int_uniform", RANGE(PEREBOR_INT_UNIFORM, 1.0, 60.0)},
    {.name = "q_uniform", RANGE(PEREBOR_Q_UNIFORM, 0.1, 1.0), .q = 0.25},
    {.name = "log", RANGE(PEREBOR_LOG_UNIFORM_VALUES, 1e-4, 1e3)},
    {.name = "q_log", RANGE(PEREBOR_Q_LOG_UNIFORM_VALUES, 50.0, 1000.0), .q = 10.0},
    {.name = "normal", .distribution = PEREBOR_NORMAL, .mu = 1.0, .sigma = 2.0},
    {.name = "q_normal", .distribution = PEREBOR_Q_NORMAL, .mu = 1.0, .sigma = 2.0, .q = 0.5},
    {.name = "log_normal", .distribution = PEREBOR_LOG_NORMAL, .sigma = 1.0},
};

static const double golden[][COUNT(every)] = {
    {0.0, 0.0, -0.928620710492232, 10.0, 0.5, 70.64753877855304, 150.0, -1.2686862362671683, -0.5,
     0.0968780470018154},
    {0.0, 0.0, 0.3674325149322235, 36.0, 0.25, 0.0014230179418913491, 580.0, 1.8456212569404307,
     1.0, 0.19191746944399718},
    {1.0, 2.0, 1.106405733159638, 24.0, 0.25, 90.73864828976977, 280.0, 1.4711937256852918, 3.5,
     4.670113057363228},
    {1.0, 0.0, 0.5864210265987571, 24.0, 1.0, 0.008398375101214278, 650.0, 0.17045388612589962, 2.0,
     1.118671630065011},
    {0.0, 2.0, -0.1875418593362025, 40.0, 0.5, 4.541905212855726, 90.0, -2.2843783738156125, 3.0,
     1.2327553998176264},
};

/** A learner that has settings of its own, one of which has a setting of its own. */
static const perebor_parameter tree_of_conditions[] = {
    {.name = "svc__degree",
     RANGE(PEREBOR_INT_UNIFORM, 2.0, 4.0),
     CONDITIONS(IS("svc__kernel", TEXT("poly")))},
    {.name = "model", VALUES(TEXT("logreg"), TEXT("knn"), TEXT("svc"))},
    {.name = "svc__kernel",
     VALUES(TEXT("linear"), TEXT("rbf"), TEXT("poly")),
     CONDITIONS(IS("model", TEXT("svc")))},
    {.name = "svc__gamma",
     RANGE(PEREBOR_LOG_UNIFORM_VALUES, 1e-4, 10.0),
     CONDITIONS(IS("model", TEXT("svc")), IS("svc__kernel", TEXT("rbf"), TEXT("poly")))},
    {.name = "scale", VALUES(TEXT("standard"), NONE, BOOLEAN(false))},
};
enum { DEGREE, MODEL, KERNEL, GAMMA, SCALE };

static perebor_space *make(const perebor_parameter *parameters, size_t n,
                           const perebor_enqueued *enqueued, size_t n_enqueued, uint64_t seed) {
    perebor_space *space = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_space_create(&space, "experiment.yaml", parameters, n, enqueued,
                                                 n_enqueued, PEREBOR_SEARCH_RANDOM, seed, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return space;
}

static double number(perebor_value value) {
    assert_true(value.kind == PEREBOR_VALUE_INTEGER || value.kind == PEREBOR_VALUE_REAL);
    return value.kind == PEREBOR_VALUE_INTEGER ? (double)value.as.integer : value.as.real;
}

static void draws_are_those_of_an_independent_implementation(void **state) {
    (void)state;
    perebor_space *space = make(every, COUNT(every), NULL, 0, 42);
    for (size_t trial = 0; trial < COUNT(golden); trial++) {
        perebor_value values[COUNT(every)];
        perebor_space_point(space, trial, values);
        for (size_t i = 0; i < COUNT(every); i++) {
            double wanted = golden[trial][i];
            assert_true(fabs(number(values[i]) - wanted) <= 1e-14 * fabs(wanted));
        }
    }
    perebor_space_free(space);
}

static void draws_stay_in_range_and_kind(void **state) {
    (void)state;
    perebor_space *space = make(every, COUNT(every), NULL, 0, 7);
    double sums[COUNT(every)] = {0.0};
    const size_t n = 20000;
    for (size_t trial = 0; trial < n; trial++) {
        perebor_value values[COUNT(every)];
        perebor_space_point(space, trial, values);
        for (size_t i = 0; i < COUNT(every); i++) {
            bool whole = i < 2 || i == 3 || i == 6;
            assert_int_equal(values[i].kind, whole ? PEREBOR_VALUE_INTEGER : PEREBOR_VALUE_REAL);
            sums[i] += number(values[i]);
            if (every[i].min < every[i].max) {
                assert_true(number(values[i]) >= every[i].min && number(values[i]) <= every[i].max);
            }
        }
        assert_true(fmod(number(values[6]), 10.0) == 0.0);
        assert_true(fmod(number(values[8]), 0.5) == 0.0);
        assert_true(number(values[9]) > 0.0);
    }
    // Means within five standard errors.
    assert_true(fabs(sums[0] / (double)n - 1.0) < 0.03);
    assert_true(fabs(sums[1] / (double)n - 0.8) < 0.031);
    assert_true(fabs(sums[2] / (double)n - 0.5) < 0.031);
    assert_true(fabs(sums[3] / (double)n - 30.5) < 0.62);
    assert_true(fabs(sums[7] / (double)n - 1.0) < 0.071);
    perebor_space_free(space);
}

static void points_have_the_same_bits_on_every_machine(void **state) {
    (void)state;
    perebor_space *space = make(every, COUNT(every), NULL, 0, 42);
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    for (uint64_t trial = 0; trial < 5000; trial++) {
        perebor_value values[COUNT(every)];
        perebor_space_point(space, trial, values);
        for (size_t i = 0; i < COUNT(every); i++) {
            perebor_sha256_update_double(&digest, number(values[i]));
        }
    }
    uint8_t result[PEREBOR_SHA256_SIZE];
    char text[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_final(&digest, result);
    perebor_sha256_hex(result, text);
    assert_string_equal(text, "f6ce76aa21d7748124b7fc9e92b5fab8d3ac460b6c09709804b90a9444ea265d");
    perebor_space_free(space);
}

static void every_value_of_a_list_and_of_a_range_turns_up(void **state) {
    (void)state;
    const perebor_parameter parameters[] = {
        {.name = "a", RANGE(PEREBOR_INT_UNIFORM, -2.0, 2.0)},
        {.name = "b", VALUES(INTEGER(0), INTEGER(1), INTEGER(2)), PROBABILITIES(0.0, 0.01, 0.99)},
    };
    perebor_space *space = make(parameters, COUNT(parameters), NULL, 0, 1);
    size_t counts[2][5] = {{0}};
    for (uint64_t trial = 0; trial < 5000; trial++) {
        perebor_value values[2];
        perebor_space_point(space, trial, values);
        counts[0][values[0].as.integer + 2]++;
        counts[1][values[1].as.integer]++;
    }
    for (size_t i = 0; i < 5; i++) {
        assert_true(counts[0][i] > 850 && counts[0][i] < 1150);
    }
    assert_int_equal(counts[1][0], 0);
    assert_true(counts[1][1] > 15 && counts[1][1] < 100);
    perebor_space_free(space);
}

static bool same_point(const perebor_value *a, const perebor_value *b, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (!perebor_value_equal(a[i], b[i])) {
            return false;
        }
    }
    return true;
}

static void a_point_depends_on_nothing_but_seed_and_trial(void **state) {
    (void)state;
    perebor_space *one = make(every, COUNT(every), NULL, 0, 3);
    perebor_space *two = make(every, COUNT(every), NULL, 0, 3);
    perebor_space *other = make(every, COUNT(every), NULL, 0, 4);
    size_t n_same = 0;
    for (uint64_t i = 0; i < 500; i++) {
        uint64_t trial = i * 7919 % 500; // another order
        perebor_value a[COUNT(every)];
        perebor_value b[COUNT(every)];
        perebor_value c[COUNT(every)];
        perebor_space_point(one, trial, a);
        perebor_space_point(two, UINT64_MAX - i, b);
        perebor_space_point(two, trial, b);
        perebor_space_point(other, trial, c);
        assert_true(same_point(a, b, COUNT(every)));
        n_same += same_point(a, c, COUNT(every));
    }
    assert_int_equal(n_same, 0);
    perebor_space_free(one);
    perebor_space_free(two);
    perebor_space_free(other);
}

static void another_parameter_changes_no_draw(void **state) {
    (void)state;
    perebor_parameter more[COUNT(every) + 1];
    more[0] = (perebor_parameter){.name = "extra", RANGE(PEREBOR_UNIFORM, 0.0, 1.0)};
    memcpy(more + 1, every, sizeof every);
    perebor_space *without = make(every, COUNT(every), NULL, 0, 9);
    perebor_space *with = make(more, COUNT(more), NULL, 0, 9);
    for (uint64_t trial = 0; trial < 200; trial++) {
        perebor_value a[COUNT(every)];
        perebor_value b[COUNT(more)];
        perebor_space_point(without, trial, a);
        perebor_space_point(with, trial, b);
        assert_true(same_point(a, b + 1, COUNT(every)));
    }
    perebor_space_free(without);
    perebor_space_free(with);
}

static bool is_text(perebor_value value, const char *text) {
    return value.kind == PEREBOR_VALUE_TEXT && strcmp(value.as.text, text) == 0;
}

static void conditions_decide_what_is_active(void **state) {
    (void)state;
    perebor_space *space = make(tree_of_conditions, COUNT(tree_of_conditions), NULL, 0, 5);
    size_t n_degrees = 0;
    for (uint64_t trial = 0; trial < 2000; trial++) {
        perebor_value values[COUNT(tree_of_conditions)];
        perebor_space_point(space, trial, values);
        bool svc = is_text(values[MODEL], "svc");
        assert_int_equal(values[KERNEL].kind != PEREBOR_VALUE_NONE, svc);
        bool poly = svc && is_text(values[KERNEL], "poly");
        bool curved = poly || (svc && is_text(values[KERNEL], "rbf"));
        assert_int_equal(values[DEGREE].kind != PEREBOR_VALUE_NONE, poly);
        assert_int_equal(values[GAMMA].kind != PEREBOR_VALUE_NONE, curved);
        n_degrees += poly;
    }
    assert_true(n_degrees > 120 && n_degrees < 330);
    perebor_space_free(space);
}

static void enqueued_points_come_first_and_draw_what_they_leave_out(void **state) {
    (void)state;
    const perebor_enqueued enqueued[] = {
        {.names = (const char *const[]){"model", "svc__kernel", "svc__gamma"},
         .values = (const perebor_value[]){TEXT("svc"), TEXT("rbf"), INTEGER(1)},
         .n = 3},
        {.names = (const char *const[]){"model"},
         .values = (const perebor_value[]){TEXT("knn")},
         .n = 1},
    };
    size_t n = COUNT(tree_of_conditions);
    perebor_space *space = make(tree_of_conditions, n, enqueued, COUNT(enqueued), 5);
    perebor_space *plain = make(tree_of_conditions, n, NULL, 0, 5);
    for (uint64_t trial = 0; trial < 50; trial++) {
        perebor_value a[COUNT(tree_of_conditions)];
        perebor_value b[COUNT(tree_of_conditions)];
        perebor_space_point(space, trial, a);
        perebor_space_point(plain, trial, b);
        assert_true(perebor_value_equal(a[SCALE], b[SCALE])); // as it would have been drawn
        if (trial == 0) {
            assert_true(perebor_value_equal(a[GAMMA], VALUE(REAL(1.0))));
            assert_true(is_text(a[KERNEL], "rbf"));
            assert_int_equal(a[DEGREE].kind, PEREBOR_VALUE_NONE);
        } else if (trial == 1) {
            assert_true(is_text(a[MODEL], "knn"));
            assert_int_equal(a[KERNEL].kind, PEREBOR_VALUE_NONE);
        } else {
            assert_true(same_point(a, b, n));
        }
    }
    assert_int_equal(perebor_space_n_trials(space), UINT64_MAX);
    perebor_space_free(space);
    perebor_space_free(plain);
}

static void a_space_keeps_nothing_of_its_makers(void **state) {
    (void)state;
    char name[] = "model";
    char value[] = "knn";
    perebor_value values[] = {TEXT(value)};
    perebor_parameter parameter = {
        .name = name, .distribution = PEREBOR_CONSTANT, .values = values, .n_values = 1};
    perebor_space *space = make(&parameter, 1, NULL, 0, 0);
    memset(name, 'x', sizeof name - 1);
    memset(value, 'x', sizeof value - 1);
    values[0] = VALUE(NONE);
    perebor_value point[1];
    perebor_space_point(space, 0, point);
    assert_true(is_text(point[0], "knn"));
    assert_int_equal(perebor_space_find(space, "model"), 0);
    assert_int_equal(perebor_space_find(space, "xxxxx"), SIZE_MAX);
    assert_string_equal(perebor_space_parameter(space, 0)->name, "model");
    perebor_space_free(space);
}

static void a_space_without_parameters_has_empty_points(void **state) {
    (void)state;
    perebor_space *space = make(NULL, 0, NULL, 0, 0);
    perebor_space_point(space, 17, NULL);
    assert_int_equal(perebor_space_n_parameters(space), 0);
    perebor_space_free(space);
}

static void a_space_is_written_whole_as_json(void **state) {
    (void)state;
    const perebor_parameter parameters[] = {
        {.name = "model", VALUES(TEXT("svc"), TEXT("knn")), PROBABILITIES(0.25, 0.75)},
        {.name = "svc__C",
         RANGE(PEREBOR_LOG_UNIFORM_VALUES, 1e-3, 1e3),
         CONDITIONS(IS("model", TEXT("svc")))},
        {.name = "knn__n_neighbors", RANGE(PEREBOR_INT_UNIFORM, 1.0, 60.0)},
        {.name = "q", RANGE(PEREBOR_Q_UNIFORM, 0.0, 1.0), .q = 0.5},
        {.name = "n", .distribution = PEREBOR_NORMAL, .mu = 0.0, .sigma = 1.0},
        {.name = "c", .distribution = PEREBOR_CONSTANT, VALUES(BOOLEAN(true))},
    };
    const perebor_enqueued enqueued = {.names = (const char *const[]){"model", "svc__C"},
                                       .values = (const perebor_value[]){TEXT("svc"), INTEGER(1)},
                                       .n = 2};
    perebor_space *space = make(parameters, COUNT(parameters), &enqueued, 1, 42);
    char *json = perebor_space_json(space);
    assert_string_equal(
        json,
        "{\"method\":\"random\",\"seed\":42,\"parameters\":["
        "{\"name\":\"model\",\"values\":[\"svc\",\"knn\"],\"probabilities\":[0.25,0.75]},"
        "{\"name\":\"svc__C\",\"distribution\":\"log_uniform_values\",\"min\":0.001,\"max\":1000.0,"
        "\"when\":{\"model\":[\"svc\"]}},"
        "{\"name\":\"knn__n_neighbors\",\"distribution\":\"int_uniform\",\"min\":1,\"max\":60},"
        "{\"name\":\"q\",\"distribution\":\"q_uniform\",\"min\":0.0,\"max\":1.0,\"q\":0.5},"
        "{\"name\":\"n\",\"distribution\":\"normal\",\"mu\":0.0,\"sigma\":1.0},"
        "{\"name\":\"c\",\"value\":true}],"
        "\"enqueue\":[{\"model\":\"svc\",\"svc__C\":1.0}]}");
    free(json);
    perebor_space_free(space);
}

/** At 200 000 values a look at every pair would take minutes, and this test its time limit. */
static void long_lists_and_many_enqueued_points_take_little(void **state) {
    (void)state;
    enum { N = 200000 };
    perebor_value *values = malloc(N * sizeof *values);
    perebor_enqueued *enqueued = malloc(N * sizeof *enqueued);
    const char *name = "x";
    assert_true(values != NULL && enqueued != NULL);
    for (int i = 0; i < N; i++) {
        values[i] = i % 2 == 0 ? (perebor_value)INTEGER(i) : (perebor_value)REAL(i + 0.5);
    }
    perebor_value reversed[3] = {REAL(N - 2), INTEGER(0), REAL(1.5)};
    for (int i = 0; i < N; i++) {
        enqueued[i] = (perebor_enqueued){.names = &name, .values = &reversed[i % 3], .n = 1};
    }
    perebor_parameter parameter = {
        .name = "x", .distribution = PEREBOR_CATEGORICAL, .values = values, .n_values = N};
    perebor_space *space = NULL;
    perebor_value point;
    assert_int_equal(perebor_space_create(&space, "e.yaml", &parameter, 1, enqueued, N,
                                          PEREBOR_SEARCH_RANDOM, 1, NULL),
                     PEREBOR_OK);
    perebor_space_point(space, 0, &point);
    assert_true(
        perebor_value_equal(point, (perebor_value)INTEGER(N - 2))); // in the kind that is listed
    perebor_space_point(space, 5, &point);
    assert_true(perebor_value_equal(point, (perebor_value)REAL(1.5)));
    perebor_space_free(space);
    values[N - 1] = values[N / 2];
    perebor_error error = {0};
    assert_int_equal(perebor_space_create(&space, "e.yaml", &parameter, 1, NULL, 0,
                                          PEREBOR_SEARCH_RANDOM, 1, &error),
                     PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "values lists 100000 twice"));
    free(values);
    free(enqueued);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_those_of_an_independent_implementation),
        cmocka_unit_test(draws_stay_in_range_and_kind),
        cmocka_unit_test(points_have_the_same_bits_on_every_machine),
        cmocka_unit_test(long_lists_and_many_enqueued_points_take_little),
        cmocka_unit_test(every_value_of_a_list_and_of_a_range_turns_up),
        cmocka_unit_test(a_point_depends_on_nothing_but_seed_and_trial),
        cmocka_unit_test(another_parameter_changes_no_draw),
        cmocka_unit_test(conditions_decide_what_is_active),
        cmocka_unit_test(enqueued_points_come_first_and_draw_what_they_leave_out),
        cmocka_unit_test(a_space_keeps_nothing_of_its_makers),
        cmocka_unit_test(a_space_without_parameters_has_empty_points),
        cmocka_unit_test(a_space_is_written_whole_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
