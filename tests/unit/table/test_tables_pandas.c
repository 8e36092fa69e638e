// SPDX-License-Identifier: MIT
/**
 * The tables of tests/golden/table come out as pandas makes them, to the last bit.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "table_specs.h"

#define GOLDEN PEREBOR_TESTS_DIR "/golden/table/"

static loaded load_golden(void) {
    const perebor_table_source sources[] = {
        {.name = "people", .path = GOLDEN "people.csv", .key = "клиент"},
        {.name = "visits", .path = GOLDEN "visits.csv", .key = "клиент"},
        {.name = "scores", .path = GOLDEN "scores.csv", .key = "клиент"},
    };
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_NORMALIZE,
                                      .table = "people",
                                      .columns = TEXTS("город"),
                                      .trim = true,
                                      .case_fold = "lower"};
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "месяц", .values = "минут", .prefix = "минут_"};
    const perebor_filter_step filter[] = {
        {.columns = TEXTS("дней"), .comparison = PEREBOR_GREATER, .values = TEXTS("30")},
        {.columns = TEXTS("минут_март", "минут_январь"),
         .match_any = true,
         .comparison = PEREBOR_GREATER,
         .values = TEXTS("20")},
    };
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 3,
        .clean = &clean,
        .n_clean = 1,
        .pivot = &pivot,
        .n_pivot = 1,
        .join = {.base = "people",
                 .on = "клиент",
                 .tables = TEXTS("visits", "scores"),
                 .unmatched_allowed = true},
        .filter = filter,
        .n_filter = 2,
        .roles = {.id = "клиент",
                  .target = "ушёл",
                  .positive = "да",
                  .numeric = TEXTS("*"),
                  .nominal = TEXTS("город")},
    };
    return expect_loaded(&spec);
}

/** The next field of a line; fails at its end. */
static const char *next_field(char **line) {
    char *field = strsep(line, ",\n");
    assert_non_null(field);
    return field;
}

static void every_value_is_as_pandas_has_it(void **state) {
    (void)state;
    char line[4096];
    FILE *file = fopen(GOLDEN "expected.csv", "r");
    assert_non_null(file);
    loaded loaded = load_golden();
    const perebor_dataset *dataset = loaded.dataset;
    assert_non_null(fgets(line, sizeof line, file));
    char *rest = line;
    (void)next_field(&rest);
    (void)next_field(&rest);
    (void)next_field(&rest);
    assert_int_equal(dataset->n_columns, 9);
    for (size_t i = 0; i < dataset->n_columns; i++) {
        assert_string_equal(dataset->columns[i].name, next_field(&rest));
    }
    size_t row = 0;
    for (; fgets(line, sizeof line, file) != NULL; row++) {
        rest = line;
        assert_true(row < dataset->n_rows);
        assert_string_equal(dataset->ids[row], next_field(&rest));
        assert_int_equal(dataset->source_rows[row], strtol(next_field(&rest), NULL, 10));
        assert_int_equal(dataset->labels[row], strtol(next_field(&rest), NULL, 10));
        for (size_t i = 0; i < dataset->n_columns; i++) {
            double expected = strtod(next_field(&rest), NULL);
            double value = dataset->columns[i].values[row];
            assert_true(isnan(expected) ? isnan(value) : value == expected);
        }
    }
    assert_int_equal(row, dataset->n_rows);
    assert_in_range(row, 60, 120);
    assert_int_equal(fclose(file), 0);
    assert_string_equal(loaded.report.sources[0].encoding, "windows-1251");
    assert_string_equal(loaded.report.sources[0].decimal, ",");
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_as_pandas_has_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
