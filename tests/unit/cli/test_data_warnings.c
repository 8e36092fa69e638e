// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "captured.h"
#include "cli/data_warnings.h"
#include "people_study.h"

enum { most = 20 };

static int warn_of_tables(const void *report) {
    return (int)data_warnings_of_tables(report);
}

static void guesses_are_told_and_beyond_twelve_counted(void **state) {
    (void)state;
    static const char *const guesses[most] = {
        "a guess", "of two\nlines", "w",           "w",          "w", "w", "w", "w", "w", "w",
        "w",       "last",          "not shown 1", "not shown 2"};
    static const struct {
        size_t n, n_lines;
        const char *last;
    } cases[] = {{0, 0, ""},
                 {1, 1, "perebor: warning: a guess\n"},
                 {2, 2, "perebor: warning: of two\\x0alines\n"},
                 {12, 12, "perebor: warning: last\n"},
                 {13, 13, "perebor: warning: … and 1 more like these\n"},
                 {14, 13, "perebor: warning: … and 2 more like these\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_tables_report report = {.warnings = guesses, .n_warnings = cases[i].n};
        const captured *found = capture(warn_of_tables, &report);
        size_t n_lines = 0;
        for (const char *at = found->err; *at != '\0'; at++) {
            n_lines += *at == '\n';
        }
        assert_int_equal(n_lines, cases[i].n_lines);
        size_t length = strlen(cases[i].last);
        assert_true(strlen(found->err) >= length);
        assert_string_equal(found->err + strlen(found->err) - length, cases[i].last);
        assert_int_equal(found->code, cases[i].n); // all are counted
    }
}

/** What is put into the people's study for a warning. */
typedef struct planted {
    const perebor_column_doubt *doubts;
    size_t n_doubts;
    size_t n_levels;   /**< Of the column "kind"; 0: as it is. */
    bool income_tells; /**< The column "income" is the target. */
} planted;

/** In a child that is not unwound: what is planted belongs to nobody. */
static int warn(const void *context) {
    static const char *levels[1000];
    static double values[1000];
    static perebor_column columns[16];
    const planted *of = context;
    perebor_study *study = people_study(NULL);
    perebor_dataset *dataset = study->dataset;
    memcpy(columns, dataset->columns, dataset->n_columns * sizeof *columns);
    dataset->columns = columns;
    study->tables.doubts = of->doubts;
    study->tables.n_doubts = of->n_doubts;
    study->tables.n_warnings = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (strcmp(columns[i].name, "kind") == 0 && of->n_levels > 0) {
            for (size_t k = 0; k < of->n_levels; k++) {
                levels[k] = k < columns[i].n_levels ? columns[i].levels[k] : "another";
            }
            columns[i].levels = levels;
            columns[i].n_levels = of->n_levels;
        }
        if (strcmp(columns[i].name, "income") == 0 && of->income_tells) {
            for (size_t row = 0; row < dataset->n_rows; row++) {
                values[row] = 10.0 + dataset->labels[row];
            }
            columns[i].values = values;
        }
    }
    return (int)data_warnings_print(study);
}

static void columns_that_a_slip_made_nominal_are_told_with_the_step(void **state) {
    (void)state;
    static const perebor_column_doubt doubts[] = {
        {"kind", "column \"kind\" has one text", "data.clean", "- {replace: x}", false},
        {"other", "column \"other\" has many", "data.clean", "", false}};
    const planted of = {.doubts = doubts, .n_doubts = 2};
    const captured *found = capture(warn, &of);
    assert_string_equal(found->err,
                        "perebor: warning: column \"kind\" has one text; if these are no values, "
                        "in data.clean:\n"
                        "        - {replace: x}\n"
                        "perebor: warning: column \"other\" has many; 'perebor profile " PEOPLE_FILE
                        "' has the step that makes them gaps\n");
    assert_int_equal(found->code, 2);
}

static void columns_of_more_than_a_hundred_levels_are_told(void **state) {
    (void)state;
    static const perebor_column_doubt doubt = {"kind", "it is doubted", "data.clean", "x", false};
    static const char told[] = "perebor: warning: column \"kind\" has 101 levels, each a column of "
                               "its own once encoded; merge rare ones, or drop it\n";
    planted of = {.n_levels = 101};
    assert_string_equal(capture(warn, &of)->err, told);
    of.n_levels = 100;
    assert_string_equal(capture(warn, &of)->err, "");
    of = (planted){.n_levels = 101, .doubts = &doubt, .n_doubts = 1};
    assert_null(strstr(capture(warn, &of)->err, "levels")); // it has been said in another way
}

static void a_column_that_is_the_target_is_told(void **state) {
    (void)state;
    const planted of = {.income_tells = true};
    const captured *found = capture(warn, &of);
    assert_int_equal(found->code, 1);
    assert_non_null(strstr(found->err, "perebor: warning: "));
    assert_non_null(strstr(found->err, "\"income\""));
}

static void data_without_a_fault_have_no_warnings(void **state) {
    (void)state;
    const planted of = {0};
    const captured *found = capture(warn, &of);
    assert_string_equal(found->err, "");
    assert_int_equal(found->code, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guesses_are_told_and_beyond_twelve_counted),
        cmocka_unit_test(columns_that_a_slip_made_nominal_are_told_with_the_step),
        cmocka_unit_test(columns_of_more_than_a_hundred_levels_are_told),
        cmocka_unit_test(a_column_that_is_the_target_is_told),
        cmocka_unit_test(data_without_a_fault_have_no_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
