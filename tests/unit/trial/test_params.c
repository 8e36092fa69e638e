// SPDX-License-Identifier: MIT
/* The point of a trial as JSON and back: every value with its kind and all its bits, and whatever
 * is not such an object refused. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "trial/params_parse.h"

enum { n_names = 6 };

/** Not in the order of bytes, and one that needs escapes. */
static const char *const names[n_names] = {"model", "C", "knn__p", "a \"b\"\\", "шкала", "B"};

static perebor_trials *make_table(size_t n) {
    perebor_trials *trials = NULL;
    assert_int_equal(perebor_trials_create_empty(&trials, names, n_names, 0, n, 1, NULL),
                     PEREBOR_OK);
    return trials;
}

static const char *const texts[] = {
    "rbf",
    "",
    "null",
    "true",
    "1.5",
    " {\"x\": [1, 2]} ",
    "\"\\/",
    "\b\f\n\r\t",
    "\x01\x1f",
    "\x7f",
    "é",
    "плотность",
    "\xe2\x82\xac",
    "\xf0\x9f\x8c\xb3",
    "\\u0041",
    "'",
    "a,b:c}",
};

static double draw_real(uint64_t *state) {
    static const double odd[] = {0.0,  -0.0,    1.0,     -1.0,        0.1,
                                 1e-5, 1e22,    DBL_MIN, DBL_MAX,     DBL_EPSILON,
                                 1e15, -1e-300, 1e17,    123456789.0, 4.9406564584124654e-324};
    uint64_t bits = draw_bits(state);
    double real;
    if (bits % 2 == 0) {
        return odd[bits / 2 % (sizeof odd / sizeof *odd)];
    }
    bits = draw_bits(state);
    memcpy(&real, &bits, sizeof real);
    return isfinite(real) ? real : 0.5;
}

static perebor_value draw_value(perebor_trials *trials, uint64_t *state) {
    static const int64_t whole[] = {0, -1, 7, INT64_MAX, INT64_MIN, 9007199254740993};
    perebor_value value = {.kind = (perebor_value_kind)(draw_bits(state) % 6)};
    switch (value.kind) {
    case PEREBOR_VALUE_BOOLEAN:
        value.as.boolean = draw_bits(state) % 2 == 0;
        break;
    case PEREBOR_VALUE_INTEGER:
        value.as.integer = whole[draw_bits(state) % 6];
        break;
    case PEREBOR_VALUE_REAL:
        value.as.real = draw_real(state);
        break;
    case PEREBOR_VALUE_TEXT:
        value.as.text =
            perebor_trials_intern(trials, texts[draw_bits(state) % (sizeof texts / sizeof *texts)]);
        break;
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        break;
    }
    return value;
}

static bool same_value(perebor_value a, perebor_value b) {
    return a.kind == b.kind &&
           (a.kind == PEREBOR_VALUE_TEXT      ? a.as.text == b.as.text // interned
            : a.kind == PEREBOR_VALUE_REAL    ? memcmp(&a.as.real, &b.as.real, 8) == 0
            : a.kind == PEREBOR_VALUE_INTEGER ? a.as.integer == b.as.integer
            : a.kind == PEREBOR_VALUE_BOOLEAN ? a.as.boolean == b.as.boolean
                                              : true);
}

static void points_come_back_with_kinds_and_bits(void **state) {
    (void)state;
    uint64_t random = 1;
    perebor_trials *trials = make_table(2);
    for (int round = 0; round < 3000; round++) {
        perebor_error error = {0};
        for (size_t i = 0; i < n_names; i++) {
            trials->values[i] = draw_value(trials, &random);
            trials->values[n_names + i] = (perebor_value){.kind = PEREBOR_VALUE_NONE};
        }
        char *json = perebor_trials_params_json(trials, 0);
        assert_non_null(json);
        if (params_parse(trials, 1, json, &error) != PEREBOR_OK) {
            fail_msg("%s", error.message);
        }
        for (size_t i = 0; i < n_names; i++) {
            if (!same_value(trials->values[i], trials->values[n_names + i])) {
                fail_msg("%s of %s", names[i], json);
            }
        }
        free(json);
    }
    perebor_trials_free(trials);
}

/** Whatever is cut off is missed: no beginning of such a text is one. */
static void no_beginning_is_taken_for_the_whole(void **state) {
    (void)state;
    uint64_t random = 2;
    perebor_trials *trials = make_table(2);
    for (int round = 0; round < 60; round++) {
        for (size_t i = 0; i < n_names; i++) {
            trials->values[i] = draw_value(trials, &random);
        }
        char *json = perebor_trials_params_json(trials, 0);
        assert_non_null(json);
        for (size_t length = strlen(json); length-- > 0;) {
            json[length] = '\0';
            assert_int_equal(params_parse(trials, 1, json, NULL), PEREBOR_ERR_FORMAT);
        }
        free(json);
    }
    perebor_trials_free(trials);
}

static void a_byte_put_in_or_changed_never_leads_out_of_the_text(void **state) {
    (void)state;
    static const char bytes[] = "\"\\{}:,0-.eEtnuU/ \n\x01\xc3";
    uint64_t random = 3;
    perebor_trials *trials = make_table(1);
    for (int round = 0; round < 4000; round++) {
        const char whole[] = "{\"B\":null,\"C\":-1.5e-7,\"model\":\"\\u00e9\\ud83c\\udf33\\n\"}";
        char *copy = malloc(sizeof whole); // just so long, that a sanitizer sees what is read
        assert_non_null(copy);
        memcpy(copy, whole, sizeof whole);
        copy[draw_bits(&random) % (sizeof whole - 1)] = bytes[draw_bits(&random) % sizeof bytes];
        perebor_status status = params_parse(trials, 0, copy, NULL);
        assert_true(status == PEREBOR_OK || status == PEREBOR_ERR_FORMAT);
        free(copy);
    }
    perebor_trials_free(trials);
}

static const char *const wrong[] = {
    "",
    " ",
    "null",
    "[]",
    "{",
    "}",
    "{}x",
    "{} {}",
    "{\"C\"}",
    "{\"C\":}",
    "{\"C\":1,}",
    "{,}",
    "{\"C\":1 \"B\":2}",
    "{\"C\" 1}",
    "{C:1}",
    "{'C':1}",
    "{\"D\":1}", // not a parameter
    "{\"c\":1}",
    "{\"C \":1}",
    "{\"C\":1.5.2}",
    "{\"C\":1-2}",
    "{\"C\":--1}",
    "{\"C\":e5}",
    "{\"C\":.}",
    "{\"C\":1e}",
    "{\"C\":1e999}",
    "{\"C\":-1e999}",
    "{\"C\":9223372036854775808}",
    "{\"C\":-9223372036854775809}",
    "{\"C\":nan}",
    "{\"C\":Infinity}",
    "{\"C\":tru}",
    "{\"C\":nullx}",
    "{\"C\":truefalse}",
    "{\"C\":{}}",
    "{\"C\":[1]}",
    "{\"C\":\"a}",
    "{\"C\":\"\\\"}",
    "{\"C\":\"\\x41\"}",
    "{\"C\":\"\\u12\"}",
    "{\"C\":\"\\u12g4\"}",
    "{\"C\":\"\\u0000\"}",        // no text of ours can hold it
    "{\"C\":\"\\ud83c\"}",        // half a pair
    "{\"C\":\"\\udf33\\ud83c\"}", // the wrong way round
    "{\"C\":\"\\ud83cx\"}",
    "{\"C\":\"\\ud83c\\u0041\"}",
};

static void what_is_no_point_is_refused_and_shown(void **state) {
    (void)state;
    perebor_trials *trials = make_table(1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        perebor_error error = {0};
        char message[248];
        if (params_parse(trials, 0, wrong[i], &error) != PEREBOR_ERR_FORMAT) {
            fail_msg("%s was taken", wrong[i]);
        }
        (void)snprintf(message, sizeof message, "not the parameters of a trial as JSON: \"%s\"",
                       wrong[i]);
        assert_string_equal(error.message, message);
    }
    perebor_trials_free(trials);
}

/** A message is cut where a long text would fill it. */
static void a_long_text_is_shown_in_part(void **state) {
    (void)state;
    char json[1000];
    perebor_error error = {0};
    perebor_trials *trials = make_table(1);
    memset(json, 'x', sizeof json);
    json[sizeof json - 1] = '\0';
    assert_int_equal(params_parse(trials, 0, json, &error), PEREBOR_ERR_FORMAT);
    assert_int_equal(strlen(error.message),
                     strlen("not the parameters of a trial as JSON: \"\"") + 200);
    perebor_trials_free(trials);
}

static const struct {
    const char *json;
    perebor_value value; /* of C */
} other_ways[] = {
    {" { \"C\" : 1 } ", {PEREBOR_VALUE_INTEGER, {.integer = 1}}},
    {"{\n\t\"C\":\r1.0}", {PEREBOR_VALUE_REAL, {.real = 1.0}}},
    {"{\"C\":1e0}", {PEREBOR_VALUE_REAL, {.real = 1.0}}},
    {"{\"C\":1E-2}", {PEREBOR_VALUE_REAL, {.real = 0.01}}},
    {"{\"C\":1e-999}", {PEREBOR_VALUE_REAL, {.real = 0.0}}},
    {"{\"\\u0043\":true}", {PEREBOR_VALUE_BOOLEAN, {.boolean = true}}},
    {"{\"C\":false}", {PEREBOR_VALUE_BOOLEAN, {.boolean = false}}},
    {"{\"C\":null}", {.kind = PEREBOR_VALUE_NULL}},
    {"{\"C\":2,\"C\":3}", {PEREBOR_VALUE_INTEGER, {.integer = 3}}}, // the last counts
    {"{\"C\":\"\\u00E9\\/\\u20ac\"}", {PEREBOR_VALUE_TEXT, {.text = "é/€"}}},
    {"{\"C\":\"\\uD83C\\uDF33\"}", {PEREBOR_VALUE_TEXT, {.text = "\xf0\x9f\x8c\xb3"}}},
    {"{\"B\":1,\"C\":\"\\u07ff\\u0800\"}", {PEREBOR_VALUE_TEXT, {.text = "\xdf\xbf\xe0\xa0\x80"}}},
};

static void json_of_other_writers_is_read_too(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof other_ways / sizeof *other_ways; i++) {
        perebor_trials *trials = make_table(1);
        perebor_value expected = other_ways[i].value;
        assert_int_equal(params_parse(trials, 0, other_ways[i].json, NULL), PEREBOR_OK);
        if (expected.kind == PEREBOR_VALUE_TEXT) {
            expected.as.text = perebor_trials_intern(trials, expected.as.text);
        }
        if (!same_value(trials->values[1], expected)) {
            fail_msg("%s", other_ways[i].json);
        }
        perebor_trials_free(trials);
    }
}

static void names_are_in_the_order_of_their_bytes_and_inactive_ones_left_out(void **state) {
    (void)state;
    perebor_trials *trials = make_table(1);
    for (size_t i = 0; i < n_names; i++) {
        trials->values[i] =
            (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = (int64_t)i};
    }
    char *json = perebor_trials_params_json(trials, 0);
    assert_string_equal(
        json, "{\"B\":5,\"C\":1,\"a \\\"b\\\"\\\\\":3,\"knn__p\":2,\"model\":0,\"шкала\":4}");
    free(json);
    trials->values[0].kind = trials->values[5].kind = PEREBOR_VALUE_NONE;
    trials->values[1].kind = PEREBOR_VALUE_NULL;
    json = perebor_trials_params_json(trials, 0);
    assert_string_equal(json, "{\"C\":null,\"a \\\"b\\\"\\\\\":3,\"knn__p\":2,\"шкала\":4}");
    free(json);
    perebor_trials_free(trials);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_come_back_with_kinds_and_bits),
        cmocka_unit_test(no_beginning_is_taken_for_the_whole),
        cmocka_unit_test(a_byte_put_in_or_changed_never_leads_out_of_the_text),
        cmocka_unit_test(what_is_no_point_is_refused_and_shown),
        cmocka_unit_test(a_long_text_is_shown_in_part),
        cmocka_unit_test(json_of_other_writers_is_read_too),
        cmocka_unit_test(names_are_in_the_order_of_their_bytes_and_inactive_ones_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
