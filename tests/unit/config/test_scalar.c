// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/scalar.h"

static void means(const char *text, const char *json) {
    perebor_value value;
    char shown[64];
    assert_true(scalar_value(text, &value));
    (void)perebor_value_format(value, shown, sizeof shown);
    assert_string_equal(shown, json);
}

static void words_mean_what_yaml_1_2_says(void **state) {
    (void)state;
    means("", "null");
    means("~", "null");
    means("Null", "null");
    means("true", "true");
    means("FALSE", "false");
    means("yes", "\"yes\"");
    means("off", "\"off\"");
    means("tRue", "\"tRue\"");
    means("12", "12");
    means("+12", "12");
    means("-9223372036854775807", "-9223372036854775807");
    means("1e-4", "0.0001");
    means("1.", "1.0");
    means(".5", "0.5");
    means("-2.5E+3", "-2500.0");
    means("1e", "\"1e\"");
    means(".", "\".\"");
    means("-", "\"-\"");
    means("e5", "\"e5\"");
    means("0x10", "\"0x10\"");
    means("1_000", "\"1_000\"");
    means("nan", "\"nan\"");
    means(".inf", "\".inf\"");
    means("2024-01-01", "\"2024-01-01\"");
}

static void numbers_out_of_range_are_no_values(void **state) {
    (void)state;
    perebor_value value;
    assert_false(scalar_value("9223372036854775808", &value));
    assert_false(scalar_value("-99999999999999999999", &value));
    assert_false(scalar_value("1e999", &value));
    uint64_t number = 0;
    assert_true(scalar_is_unsigned("18446744073709551615", &number));
    assert_int_equal(number, UINT64_MAX);
    assert_false(scalar_is_unsigned("18446744073709551616", &number));
    assert_false(scalar_is_unsigned("-1", &number));
    assert_false(scalar_is_unsigned("", &number));
}

static void durations_add_their_units_up(void **state) {
    (void)state;
    const struct {
        const char *text;
        double seconds;
    } good[] = {{"90", 90.0},    {"90s", 90.0},     {"30m", 1800.0},  {"2h", 7200.0},
                {"1d", 86400.0}, {"1h30m", 5400.0}, {"1.5h", 5400.0}, {"0.5", 0.5}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        double seconds = 0.0;
        assert_true(scalar_is_duration(good[i].text, &seconds));
        assert_true(seconds == good[i].seconds);
    }
    const char *const bad[] = {"",      "0",   "0s",  "h",   "2x",    "-2h",
                               "30m1h", "2hh", "1h2", "1 h", "1e999", "1e999h"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        double seconds = 0.0;
        assert_false(scalar_is_duration(bad[i], &seconds));
    }
}

static void sizes_of_memory_have_decimal_and_binary_units(void **state) {
    (void)state;
    const struct {
        const char *text;
        uint64_t bytes;
    } good[] = {{"1", 1},       {"1000000", 1000000}, {"64MiB", 67108864},    {"1.5GB", 1500000000},
                {"2 kB", 2000}, {"0.5KiB", 512},      {"1TB", 1000000000000}, {"7B", 7}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint64_t bytes = 0;
        assert_true(scalar_is_bytes(good[i].text, &bytes));
        assert_int_equal(bytes, good[i].bytes);
    }
    const char *const bad[] = {"",     "0",     "0.5",  "MB",   "1mb", "1K",
                               "-1MB", "1  MB", "1MB ", "1e30", "5m"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint64_t bytes = 0;
        assert_false(scalar_is_bytes(bad[i], &bytes));
    }
}

static void shares_are_fractions_or_percents(void **state) {
    (void)state;
    double share = 0.0;
    assert_true(scalar_is_share("0.25", &share) && share == 0.25);
    assert_true(scalar_is_share("10%", &share) && share == 0.1);
    assert_true(scalar_is_share("0", &share) && share == 0.0);
    assert_false(scalar_is_share("-1", &share));
    assert_false(scalar_is_share("10%%", &share));
    assert_false(scalar_is_share("%", &share));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_mean_what_yaml_1_2_says),
        cmocka_unit_test(numbers_out_of_range_are_no_values),
        cmocka_unit_test(durations_add_their_units_up),
        cmocka_unit_test(sizes_of_memory_have_decimal_and_binary_units),
        cmocka_unit_test(shares_are_fractions_or_percents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
