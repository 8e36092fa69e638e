// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "generate/generated_text.h"
#include "generate/generator.h"

static void assert_printed(double value, uint32_t decimals) {
    char wanted[400];
    generated_text text = {0};
    generated_text_append_real(&text, value, decimals);
    generated_text_append(&text, "", 1);
    (void)snprintf(wanted, sizeof wanted, "%.*f", (int)decimals, value);
    assert_string_equal(text.bytes, wanted);
    generated_text_release(&text);
}

static void numbers_are_written_as_printf_does(void **state) {
    (void)state;
    static const double values[] = {0.0,   -0.0,   0.5,     1.5,   2.5,    0.25,  0.125,
                                    0.375, 1e9,    1e9 - 1, 1e22,  -3.75,  0.005, 1.005,
                                    2.675, 9.9995, 999.5,   1e-30, 0.0625, 1e300};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        for (uint32_t decimals = 0; decimals <= 17; decimals++) {
            assert_printed(values[i], decimals);
        }
    }
    for (uint64_t i = 0; i < 20000; i++) {
        double u = perebor_generator_uniform(5, i, 0);
        assert_printed(u * 10000.0, (uint32_t)(i % 8));
        assert_printed((double)(uint64_t)(u * 100000.0) * 0.1, 1);
        assert_printed((double)(uint64_t)(u * 2e6) / 2.0, 0); // ties
        assert_printed((double)(uint64_t)(u * 2e6) / 8.0, 2);
    }
}

static void whole_numbers_are_written_whole(void **state) {
    (void)state;
    generated_text text = {0};
    generated_text_append_unsigned(&text, 0);
    generated_text_append_string(&text, " ");
    generated_text_append_unsigned(&text, UINT64_MAX);
    generated_text_append(&text, "", 1);
    assert_string_equal(text.bytes, "0 18446744073709551615");
    generated_text_release(&text);
}

static void what_a_file_cannot_hold_as_it_is_goes_into_quotes(void **state) {
    (void)state;
    static const char *const texts[][2] = {{"plain", "plain"},
                                           {"", ""},
                                           {"a;b", "\"a;b\""},
                                           {"a,b", "a,b"},
                                           {"\"", "\"\"\"\""},
                                           {"say \"no\"", "\"say \"\"no\"\"\""},
                                           {"two\nlines", "\"two\nlines\""}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        generated_text text = {0};
        generated_text_append_string(&text, "id;");
        generated_text_append_string(&text, texts[i][0]);
        generated_text_quote(&text, 3, ';');
        generated_text_append(&text, "", 1);
        assert_int_equal(strncmp(text.bytes, "id;", 3), 0);
        assert_string_equal(text.bytes + 3, texts[i][1]);
        generated_text_release(&text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_as_printf_does),
        cmocka_unit_test(whole_numbers_are_written_whole),
        cmocka_unit_test(what_a_file_cannot_hold_as_it_is_goes_into_quotes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
