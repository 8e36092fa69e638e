// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "table/cells.h"

static table_pool pool;

static int open_pool(void **state) {
    (void)state;
    perebor_error error;
    return table_pool_create(&pool, &error) != PEREBOR_OK;
}

static int close_pool(void **state) {
    (void)state;
    table_pool_release(&pool);
    return 0;
}

static table_cell intern(const char *text, char decimal) {
    table_cell cell = 0;
    perebor_error error;
    assert_int_equal(table_pool_intern(&pool, &cell, text, strlen(text), decimal, &error),
                     PEREBOR_OK);
    return cell;
}

static void plain_decimals_need_no_text(void **state) {
    (void)state;
    static const char *const decimals[] = {"0",
                                           "-0",
                                           "7",
                                           "215348",
                                           "3293.1",
                                           "0.98",
                                           "-0.05",
                                           "0.0",
                                           "100000000000000000",
                                           "12.3400",
                                           "0.00000000000000001"};
    for (size_t i = 0; i < sizeof decimals / sizeof *decimals; i++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        table_cell cell = intern(decimals[i], '.');
        assert_true(table_cell_is_decimal(cell));
        assert_string_equal(table_pool_text(&pool, cell, buffer), decimals[i]);
    }
}

static void other_texts_are_kept_to_the_byte(void **state) {
    (void)state;
    static const char *const texts[] = {"007",
                                        "1.",
                                        ".5",
                                        "+1",
                                        "1e3",
                                        "--1",
                                        "-",
                                        "1.2.3",
                                        "да",
                                        " 12",
                                        "1,5",
                                        "00.5",
                                        "1 2",
                                        "200000000000000000",
                                        "12345678901234567890"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        table_cell cell = intern(texts[i], '.');
        assert_true(table_cell_is_text(cell));
        assert_string_equal(table_pool_text(&pool, cell, buffer), texts[i]);
        assert_true(intern(texts[i], '.') == cell);
    }
}

static void what_pandas_takes_for_missing_is_missing(void **state) {
    (void)state;
    static const char *const missing_texts[] = {
        "",     "#N/A",    "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
        "<NA>", "1.#QNAN", "N/A",      "NA",  "NULL",    "NaN",      "n/a",  "nan",  "null"};
    for (size_t i = 0; i < sizeof missing_texts / sizeof *missing_texts; i++) {
        assert_true(intern(missing_texts[i], '.') == TABLE_MISSING);
    }
    assert_true(intern("None", '.') != TABLE_MISSING);
    assert_true(intern("нет", '.') != TABLE_MISSING);
}

static void check_number(const char *text, char decimal, bool expected) {
    double number = -1.0;
    table_cell cell = intern(text, decimal);
    assert_int_equal(table_pool_number(&pool, cell, decimal, &number), expected);
    if (expected) {
        char copy[512];
        (void)snprintf(copy, sizeof copy, "%s", text);
        char *comma = strchr(copy, ',');
        if (comma != NULL) {
            *comma = '.';
        }
        double wanted = strtod(copy, NULL);
        assert_memory_equal(&number, &wanted, sizeof number);
    }
}

static void numbers_are_read_as_they_are_written(void **state) {
    (void)state;
    static const char *const numbers[] = {"1",
                                          "-0",
                                          "0.1",
                                          "1e3",
                                          "+2.5",
                                          ".5",
                                          "5.",
                                          "007",
                                          "-1E-5",
                                          " 12 ",
                                          "2.2250738585072014e-308",
                                          "9007199254740993",
                                          "144115188075855871",
                                          "0.30000000000000004",
                                          "123456789012345678901234567890"};
    static const char *const others[] = {"",  "abc", "1 2", "0x10", "inf",  "1e999", "1e",
                                         "-", ".",   "1,5", "1_0",  "12р.", "nan"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        check_number(numbers[i], '.', true);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        check_number(others[i], '.', false);
    }
}

static void a_decimal_comma_is_no_thousands_separator(void **state) {
    (void)state;
    check_number("0,98", ',', true);
    check_number("-1,5e3", ',', true);
    check_number("12345678901234,5678", ',', true);
    check_number("1.5", ',', false);
    check_number("1.234,5", ',', false);
    check_number("1,234,5", ',', false);
    assert_true(intern("0,98", ',') == intern("0.98", '.'));
}

static void random_decimals_are_rounded_correctly(void **state) {
    (void)state;
    uint64_t random = 42;
    for (size_t i = 0; i < 20000; i++) {
        char text[64];
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t digits = random >> (7 + random % 40);
        (void)snprintf(text, sizeof text, "%llu.%0*llu", (unsigned long long)(digits % 1000),
                       (int)(1 + random % 13), (unsigned long long)(digits / 1000 % 10000000));
        check_number(text, '.', true);
    }
}

static void a_double_becomes_its_shortest_text(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {1.0, "1"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {-2.5, "-2.5"},
                 {1e300, "1e+300"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[TABLE_DECIMAL_TEXT_SIZE];
        table_cell cell = 0;
        perebor_error error;
        assert_int_equal(table_pool_intern_double(&pool, &cell, cases[i].value, '.', &error),
                         PEREBOR_OK);
        assert_string_equal(table_pool_text(&pool, cell, buffer), cases[i].text);
    }
}

/** Texts of up to eight bytes are taken as words, with anything behind them. */
static void fields_are_the_cells_of_their_texts(void **state) {
    (void)state;
    static const char signs[] = "0123456789012345678900.,--eN A";
    uint64_t random = 23;
    for (size_t i = 0; i < 200000; i++) {
        char text[32];
        size_t length = draw_bits(&random) % 11;
        for (size_t k = 0; k < sizeof text; k++) {
            text[k] = signs[draw_bits(&random) % (sizeof signs - 1)];
        }
        char mark = i % 3 == 0 ? ',' : '.';
        table_cell whole = 1, field = 2;
        perebor_error error;
        assert_int_equal(table_pool_intern_field(&pool, &field, text, length, mark, &error),
                         PEREBOR_OK);
        assert_int_equal(table_pool_intern(&pool, &whole, text, length, mark, &error), PEREBOR_OK);
        assert_true(field == whole);
        char written[TABLE_DECIMAL_TEXT_SIZE], buffer[TABLE_DECIMAL_TEXT_SIZE];
        assert_true(table_pool_text_room(&pool, field) <= sizeof written);
        size_t n_written = table_pool_write(&pool, field, written);
        assert_int_equal(n_written, strlen(written));
        assert_string_equal(written, table_pool_text(&pool, field, buffer));
    }
}

static void many_texts_stay_apart(void **state) {
    (void)state;
    enum { N = 20000 };
    static table_cell cells[N];
    char text[32];
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(text, sizeof text, "key-%zu", i * 7919);
        cells[i] = intern(text, '.');
    }
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(text, sizeof text, "key-%zu", i * 7919);
        assert_true(intern(text, '.') == cells[i]);
        assert_string_equal(table_pool_text(&pool, cells[i], NULL), text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_decimals_need_no_text),
        cmocka_unit_test(other_texts_are_kept_to_the_byte),
        cmocka_unit_test(what_pandas_takes_for_missing_is_missing),
        cmocka_unit_test(numbers_are_read_as_they_are_written),
        cmocka_unit_test(a_decimal_comma_is_no_thousands_separator),
        cmocka_unit_test(random_decimals_are_rounded_correctly),
        cmocka_unit_test(a_double_becomes_its_shortest_text),
        cmocka_unit_test(fields_are_the_cells_of_their_texts),
        cmocka_unit_test(many_texts_stay_apart),
    };
    return cmocka_run_group_tests(tests, open_pool, close_pool);
}
