// SPDX-License-Identifier: MIT
/** Tables for spreadsheets: separators, decimal marks, quotes, and cells that would be run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/csv_sheet.h"

/** A row of everything, as it is written in a form; a number and a text are given. */
static char *write_row(const csv_form *form, const char *text, double number) {
    char *bytes = NULL, note[] = "+0.5 of 2.25";
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    assert_non_null(stream);
    csv_sheet sheet = csv_sheet_begin(stream, form);
    csv_sheet_names(&sheet, "a,b");
    csv_sheet_end_row(&sheet);
    csv_sheet_text(&sheet, text);
    csv_sheet_text(&sheet, NULL);
    csv_sheet_whole(&sheet, 18446744073709551615u);
    csv_sheet_exact(&sheet, number);
    csv_sheet_rounded(&sheet, number);
    csv_sheet_short(&sheet, number);
    csv_sheet_localise(&sheet, note);
    csv_sheet_text(&sheet, note + 1);
    csv_sheet_end_row(&sheet);
    assert_int_equal(fclose(stream), 0);
    return bytes;
}

static void forms_of_spreadsheets(void **state) {
    (void)state;
    const csv_form plain = {0}, marked = {.mark = true}, russian = {true, true};
    char *text = write_row(&plain, "a;b", 1.0 / 3.0);
    assert_string_equal(text, "a,b\na;b,,18446744073709551615,0.3333333333333333,0.333333,0.3333,"
                              "0.5 of 2.25\n");
    free(text);
    text = write_row(&marked, "a,b", NAN);
    assert_string_equal(text, "\xef\xbb\xbf"
                              "a,b\n\"a,b\",,18446744073709551615,,,,0.5 of 2.25\n");
    free(text);
    text = write_row(&russian, "a;b, \"c\"", -1234.5678);
    assert_string_equal(text, "\xef\xbb\xbf"
                              "a;b\n\"a;b, \"\"c\"\"\";;18446744073709551615;"
                              "-1234,5678;-1234,57;-1235;0,5 of 2,25\n");
    free(text);
}

static void nothing_is_run(void **state) {
    (void)state;
    const csv_form plain = {0}, russian = {true, true};
    static const char *const cases[][2] = {
        {"=1+1", "'=1+1"},
        {"@sum", "'@sum"},
        {"-5", "-5"},
        {"-5 %", "'-5 %"},
        {"\tx", "'\tx"},
        {"=HYPERLINK(\"a\")", "\"'=HYPERLINK(\"\"a\"\")\""},
        {"=a,b", "\"'=a,b\""},
        {"+1e3", "+1e3"},
        {"", ""},
        {"a\n=1", "\"a\n=1\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = write_row(&plain, cases[i][0], 0.0), expected[100];
        (void)snprintf(expected, sizeof expected,
                       "a,b\n%s,,18446744073709551615,0.0,0,0,0.5 of 2.25\n", cases[i][1]);
        assert_string_equal(text, expected);
        free(text);
    }
    char *text = write_row(&russian, "=1;2", 0.0);
    assert_non_null(strstr(text, "\"'=1;2\";;"));
    free(text);
}

static void short_numbers(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.0, "0"},
                 {-1e-9, "0"},
                 {7.1643e-05, "0.000072"},
                 {0.247186, "0.2472"},
                 {0.0617964, "0.0618"},
                 {0.999942, "0.9999"},
                 {0.99999, "1"},
                 {12.3456, "12.35"},
                 {100.0, "100"},
                 {1234567.8, "1234568"},
                 {-0.00204, "-0.00204"},
                 {INFINITY, "inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[64] = "";
        FILE *stream = fmemopen(text, sizeof text, "w");
        assert_non_null(stream);
        csv_sheet sheet = csv_sheet_begin(stream, &(csv_form){0});
        csv_sheet_short(&sheet, cases[i].value);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_of_spreadsheets),
        cmocka_unit_test(nothing_is_run),
        cmocka_unit_test(short_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
