// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "draw.h"

static void values_are_separated_by_commas(void **state) {
    (void)state;
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_key(&json, "a");
    perebor_json_begin_array(&json);
    perebor_json_integer(&json, INT64_MIN);
    perebor_json_unsigned(&json, UINT64_MAX);
    perebor_json_begin_array(&json);
    perebor_json_end_array(&json);
    perebor_json_boolean(&json, true);
    perebor_json_null(&json);
    perebor_json_end_array(&json);
    perebor_json_key(&json, "b");
    perebor_json_begin_object(&json);
    perebor_json_end_object(&json);
    perebor_json_put_text(&json, "c", NULL);
    perebor_json_end_object(&json);
    char *text = perebor_json_take(&json);
    assert_string_equal(
        text,
        "{\"a\":[-9223372036854775808,18446744073709551615,[],true,null],\"b\":{},\"c\":null}");
    free(text);
}

static void members_are_written_in_one_call(void **state) {
    (void)state;
    const char *texts[] = {"x", NULL};
    const double reals[] = {0.5, 2.0};
    const uint64_t counts[] = {7};
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_put_integer(&json, "a", -1);
    perebor_json_put_unsigned(&json, "b", UINT64_MAX);
    perebor_json_put_boolean(&json, "c", false);
    perebor_json_put_raw(&json, "d", "[]");
    perebor_json_put_texts(&json, "e", texts, 2);
    perebor_json_put_reals(&json, "f", reals, 2);
    perebor_json_put_counts(&json, "g", counts, 1);
    perebor_json_put_reals(&json, "h", NULL, 0);
    perebor_json_end_object(&json);
    char *text = perebor_json_take(&json);
    assert_string_equal(text, "{\"a\":-1,\"b\":18446744073709551615,\"c\":false,\"d\":[],"
                              "\"e\":[\"x\",null],\"f\":[0.5,2.0],\"g\":[7],\"h\":[]}");
    free(text);
}

static void text_is_escaped_and_made_utf8(void **state) {
    (void)state;
    perebor_json json = {0};
    perebor_json_text(
        &json, "\"\\\b\t\n\f\r\v\x01\x7f \xd1\x8f \xf0\x9f\x98\x80 \xff \xed\xa0\x80 \xc0\x80");
    char *text = perebor_json_take(&json);
    assert_string_equal(text,
                        "\"\\\"\\\\\\b\\t\\n\\f\\r\\u000b\\u0001\\u007f \xd1\x8f \xf0\x9f\x98\x80 "
                        "\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd "
                        "\xef\xbf\xbd\xef\xbf\xbd\"");
    free(text);
}

static void what_yaml_takes_for_the_end_of_a_line_is_escaped(void **state) {
    (void)state;
    static const struct {
        const char *text, *json;
    } cases[] = {
        {"\xC2\x80\xC2\x85\xC2\x9F\xC2\xA0", "\"\\u0080\\u0085\\u009f\xC2\xA0\""},
        {"\xE2\x80\xA7\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xAA",
         "\"\xE2\x80\xA7\\u2028\\u2029\xE2\x80\xAA\""},
        {"\xEF\xBB\xBE\xEF\xBB\xBF\xEF\xBC\x80", "\"\xEF\xBB\xBE\\ufeff\xEF\xBC\x80\""},
        {"\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF\xF0\x90\x80\x80",
         "\"\xEF\xBF\xBD\\ufffe\\uffff\xF0\x90\x80\x80\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_json json = {0};
        perebor_json_text(&json, cases[i].text);
        char *text = perebor_json_take(&json);
        assert_string_equal(text, cases[i].json);
        free(text);
    }
}

static void reals_take_the_fewest_digits(void **state) {
    (void)state;
    const struct {
        double value;
        const char *text;
    } cases[] = {
        {0.0, "0.0"},
        {-0.0, "-0.0"},
        {1.0, "1.0"},
        {100.0, "100.0"},
        {0.1, "0.1"},
        {1e-5, "1e-05"},
        {123456789.0, "123456789.0"},
        {1e15, "1000000000000000.0"},
        {1e16, "1e+16"},
        {1.0 / 3.0, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[PEREBOR_REAL_TEXT_SIZE];
        size_t length = perebor_real_format(cases[i].value, text);
        assert_string_equal(text, cases[i].text);
        assert_int_equal(length, strlen(text));
    }
}

static void what_json_lacks_is_null(void **state) {
    (void)state;
    perebor_json json = {0};
    perebor_json_begin_array(&json);
    perebor_json_real(&json, strtod("nan", NULL));
    perebor_json_real(&json, -strtod("inf", NULL));
    perebor_json_real(&json, 0.5);
    perebor_json_end_array(&json);
    char *text = perebor_json_take(&json);
    assert_string_equal(text, "[null,null,0.5]");
    free(text);
}

static void a_long_document_grows(void **state) {
    (void)state;
    perebor_json json = {0};
    perebor_json_begin_array(&json);
    for (int i = 0; i < 10000; i++) {
        perebor_json_integer(&json, 7);
    }
    perebor_json_end_array(&json);
    char *text = perebor_json_take(&json);
    assert_int_equal(strlen(text), 20001);
    assert_int_equal(text[20000], ']');
    free(text);
}

/** How many significant digits a text has, without the zeros around them. */
static int count_digits(const char *text) {
    int n = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text >= '1' && *text <= '9') {
            n += zeros + 1;
            zeros = 0;
        } else if (*text == '0' && n > 0) {
            zeros++;
        }
    }
    return n;
}

/** By trying every number of digits from one. */
static void check_shortest(double value) {
    char text[PEREBOR_REAL_TEXT_SIZE], tried[64];
    int digits = 0;
    double read;
    do {
        (void)snprintf(tried, sizeof tried, "%.*e", digits++, value);
        read = strtod(tried, NULL);
    } while (memcmp(&read, &value, sizeof read) != 0);
    (void)perebor_real_format(value, text);
    read = strtod(text, NULL);
    assert_memory_equal(&read, &value, sizeof read);
    if (fabs(value) < 1e15 && count_digits(text) > count_digits(tried)) {
        fail_msg("%s, should be as short as %s", text, tried);
    }
}

static void no_shorter_text_reads_as_the_same_real(void **state) {
    (void)state;
    uint64_t random = 30;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = draw_bits(&random);
        double value;
        memcpy(&value, &bits, sizeof value);
        if (isfinite(value)) {
            check_shortest(value);
        }
        double scale = pow(10.0, (double)(draw_bits(&random) % 17));
        check_shortest(floor(draw_uniform(&random) * scale) / scale); // few digits
        check_shortest(ldexp(draw_uniform(&random), -1060));          // subnormal
    }
}

/** 1e-12 is nearest to a double that lies below it: its digits are rounded up to one more. */
static void decimals_and_the_doubles_beside_them_are_written(void **state) {
    (void)state;
    for (int exponent = -40; exponent <= 24; exponent++) {
        for (int digits = 1; digits <= 100; digits++) {
            char text[32];
            (void)snprintf(text, sizeof text, "%de%d", digits, exponent);
            double value = strtod(text, NULL);
            check_shortest(value);
            check_shortest(nextafter(value, 0.0));
            check_shortest(nextafter(value, INFINITY));
        }
    }
    for (int exponent = -140; exponent < 80; exponent++) {
        check_shortest(ldexp(1.0, exponent));
        check_shortest(nextafter(ldexp(1.0, exponent), 0.0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_and_the_doubles_beside_them_are_written),
        cmocka_unit_test(values_are_separated_by_commas),
        cmocka_unit_test(members_are_written_in_one_call),
        cmocka_unit_test(text_is_escaped_and_made_utf8),
        cmocka_unit_test(what_yaml_takes_for_the_end_of_a_line_is_escaped),
        cmocka_unit_test(reals_take_the_fewest_digits),
        cmocka_unit_test(no_shorter_text_reads_as_the_same_real),
        cmocka_unit_test(what_json_lacks_is_null),
        cmocka_unit_test(a_long_document_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
