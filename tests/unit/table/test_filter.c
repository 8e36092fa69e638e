// SPDX-License-Identifier: MIT
/**
 * Filters: every comparison against a search of the rows, and what the log says.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "draw.h"
#include "table_scratch.h"
#include "table_specs.h"

enum { n_rows = 120, n_columns = 3 };

/** Cells as texts, and what they are: NaN for a gap. */
typedef struct cells {
    char texts[n_rows][n_columns][16];
    double numbers[n_rows][n_columns];
} cells;

/** Numbers in quarters, written in several ways by either decimal mark; gaps. */
static void draw_cells(cells *cells, uint64_t *seed, char mark) {
    static const char *const formats[] = {"%.2f", "%.3f", "%.4f"};
    FILE *file = fopen("flat.csv", "w");
    assert_non_null(file);
    fprintf(file, "a1;a2;b;y\n");
    for (int row = 0; row < n_rows; row++) {
        for (int column = 0; column < n_columns; column++) {
            char *text = cells->texts[row][column];
            double number = (double)(draw_bits(seed) % 24) / 4.0 - 2.0;
            bool gap = draw_bits(seed) % 6 == 0;
            (void)snprintf(text, 16, formats[draw_bits(seed) % 3], number);
            if (draw_bits(seed) % 2 == 0 && number == floor(number)) {
                (void)snprintf(text, 16, "%.0f", number);
            }
            char *point = strchr(text, '.');
            if (point != NULL) {
                *point = mark;
            }
            text[0] = gap ? '\0' : text[0];
            cells->numbers[row][column] = gap ? (double)NAN : number;
            fprintf(file, "%s;", text);
        }
        fprintf(file, "%d\n", row % 2);
    }
    assert_int_equal(fclose(file), 0);
}

static bool compare(perebor_comparison comparison, double cell, const double *values, size_t n) {
    bool among = false;
    if (isnan(cell) || comparison == PEREBOR_IS_MISSING || comparison == PEREBOR_IS_NOT_MISSING) {
        return comparison == (isnan(cell) ? PEREBOR_IS_MISSING : PEREBOR_IS_NOT_MISSING);
    }
    for (size_t i = 0; i < n; i++) {
        among |= cell == values[i];
    }
    switch (comparison) {
    case PEREBOR_LESS:
        return cell < values[0];
    case PEREBOR_LESS_EQUAL:
        return cell <= values[0];
    case PEREBOR_GREATER:
        return cell > values[0];
    case PEREBOR_GREATER_EQUAL:
        return cell >= values[0];
    case PEREBOR_EQUAL:
    case PEREBOR_IN:
        return among;
    default:
        return !among;
    }
}

/** Filters by columns [first, last) and compares with looking at each row. */
static void check_filter(const cells *cells, perebor_filter_step step, int first, int last,
                         const double *values) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    uint32_t kept[n_rows];
    size_t n_kept = 0;
    for (uint32_t row = 0; row < n_rows; row++) {
        int n_held = 0;
        for (int column = first; column < last; column++) {
            n_held += compare(step.comparison, cells->numbers[row][column], values, step.values.n);
        }
        kept[n_kept] = row;
        n_kept += step.match_any ? n_held > 0 : n_held == last - first;
    }
    spec.filter = &step;
    spec.n_filter = 1;
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error error = {0};
    perebor_status status = perebor_tables_load(&dataset, &report, &spec, &error);
    if (status == PEREBOR_OK) {
        assert_int_equal(dataset->n_rows, n_kept);
        assert_memory_equal(dataset->source_rows, kept, n_kept * sizeof *kept);
        assert_int_equal(report.steps[0].n_rows, n_rows - n_kept);
        perebor_dataset_free(dataset);
        perebor_tables_report_release(&report);
    } else {
        assert_true(n_kept == 0 ? strstr(error.message, "no row of 120 is left") != NULL
                                : strstr(error.message, "in all") != NULL);
    }
}

static void every_comparison_agrees_with_looking_at_each_row(void **state) {
    (void)state;
    static const struct {
        const char *columns;
        int first, last;
    } lists[] = {{"a1", 0, 1}, {"a*", 0, 2}, {"b", 2, 3}};
    static cells cells;
    uint64_t seed = 21;
    for (int i = 0; i < 120; i++) {
        char texts[2][16];
        double values[2];
        const char *const items[] = {texts[0], texts[1]};
        draw_cells(&cells, &seed, i % 2 == 0 ? '.' : ',');
        for (int value = 0; value < 2; value++) {
            values[value] = (double)(draw_bits(&seed) % 24) / 4.0 - 2.0;
            (void)snprintf(texts[value], sizeof *texts, "%.2f", values[value]);
        }
        perebor_comparison comparison = (perebor_comparison)(i % (PEREBOR_IS_NOT_MISSING + 1));
        size_t n = comparison == PEREBOR_IN || comparison == PEREBOR_NOT_IN ? 2
                   : comparison >= PEREBOR_IS_MISSING                       ? 0
                                                                            : 1;
        size_t list = draw_bits(&seed) % 3;
        const perebor_filter_step step = {.columns = {&lists[list].columns, 1},
                                          .match_any = draw_bits(&seed) % 2 == 0,
                                          .comparison = comparison,
                                          .values = {items, n}};
        check_filter(&cells, step, lists[list].first, lists[list].last, values);
    }
}

static const struct {
    perebor_filter_step step;
    const char *column, *detail;
} logged[] = {
    {{.columns = {(const char *const[]){"x"}, 1},
      .comparison = PEREBOR_GREATER_EQUAL,
      .values = {(const char *const[]){"1"}, 1},
      .reason = "new"},
     "x",
     "x >= 1: new"},
    {{.columns = {(const char *const[]){"x", "z"}, 2},
      .comparison = PEREBOR_NOT_IN,
      .values = {(const char *const[]){"7", "8"}, 2}},
     "",
     "x, ... not in 7, 8 in all of 2 columns"},
    {{.columns = {(const char *const[]){"*"}, 1},
      .match_any = true,
      .comparison = PEREBOR_IS_NOT_MISSING},
     "",
     "* is not a gap in any of 3 columns"},
    {{.columns = {(const char *const[]){"z"}, 1},
      .comparison = PEREBOR_NOT_EQUAL,
      .values = {(const char *const[]){"c"}, 1}},
     "z",
     "z != c"},
    {{.columns = {(const char *const[]){"x*"}, 1},
      .comparison = PEREBOR_LESS_EQUAL,
      .values = {(const char *const[]){"3"}, 1}},
     "x",
     "x* <= 3"},
    {{.columns = {(const char *const[]){"z"}, 1},
      .comparison = PEREBOR_IN,
      .values = {(const char *const[]){"a", "b"}, 2}},
     "z",
     "z in a, b"},
};

static void a_filter_is_logged_as_it_was_meant(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,z,y\n1,a,0\n2,b,1\n3,a,1\n");
    for (size_t i = 0; i < sizeof logged / sizeof *logged; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        spec.filter = &logged[i].step;
        spec.n_filter = 1;
        loaded loaded = expect_loaded(&spec);
        assert_string_equal(loaded.report.steps[0].detail, logged[i].detail);
        assert_string_equal(loaded.report.steps[0].column, logged[i].column);
        assert_int_equal(loaded.report.steps[0].n_rows, 0);
        loaded_release(&loaded);
    }
}

static void a_long_list_is_logged_as_far_as_whole_characters_fit(void **state) {
    (void)state;
    char texts[100][32];
    const char *values[100];
    for (size_t i = 0; i < 100; i++) {
        (void)snprintf(texts[i], sizeof *texts, "идентификатор%zu", i);
        values[i] = texts[i];
    }
    for (size_t shift = 0; shift < 2; shift++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        const char *column = shift == 0 ? "x" : "xx";
        const perebor_filter_step filter = {
            .columns = {&column, 1}, .comparison = PEREBOR_NOT_IN, .values = {values, 100}};
        scratch_write("flat.csv", shift == 0 ? "x,y\n1,0\n2,1\n" : "xx,y\n1,0\n2,1\n");
        spec.filter = &filter;
        spec.n_filter = 1;
        loaded loaded = expect_loaded(&spec);
        const char *detail = loaded.report.steps[0].detail;
        assert_in_range(strlen(detail), 400, 520);
        assert_true(perebor_text_is_valid(detail, strlen(detail)));
        loaded_release(&loaded);
    }
}

static void a_number_with_a_comma_is_that_text_and_one_with_a_point_that_number(void **state) {
    (void)state;
    static const struct {
        const char *value;
        size_t n_equal;
    } cases[] = {{"1,5", 1}, {"1.5", 2}, {"1,50", 1}, {"2", 1}, {"2,0", 0}, {"2.0", 1}};
    scratch_write("flat.csv", "x;y\n1,5;0\n1,50;1\n2;0\n7;1\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        const perebor_filter_step filter = {
            .columns = TEXTS("x"), .comparison = PEREBOR_NOT_EQUAL, .values = {&cases[i].value, 1}};
        spec.filter = &filter;
        spec.n_filter = 1;
        loaded loaded = expect_loaded(&spec);
        assert_int_equal(loaded.report.steps[0].n_rows, cases[i].n_equal);
        loaded_release(&loaded);
    }
}

static void a_filter_needs_columns_and_values(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,z,y\n1,a,0\n2,b,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_filter_step filter = {
        .columns = TEXTS("x"), .comparison = PEREBOR_EQUAL, .at = {7, 5, NULL}};
    spec.filter = &filter;
    spec.n_filter = 1;
    expect_error(&spec, "experiment.yaml:7:5: a filter by == needs a value");
    filter.comparison = PEREBOR_NOT_IN;
    expect_error(&spec, "experiment.yaml:7:5: a filter by not in needs a value");
    filter.values = TEXTS("1");
    filter.columns = (perebor_texts){0};
    expect_error(&spec, "experiment.yaml:7:5: no column matches \"\"");
    filter.columns = TEXTS("*");
    filter.comparison = PEREBOR_LESS_EQUAL;
    expect_error(&spec, "flat.csv:2: column \"z\": \"a\" is not a number, but a filter compares it "
                        "by <=");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_comparison_agrees_with_looking_at_each_row),
        cmocka_unit_test(a_filter_is_logged_as_it_was_meant),
        cmocka_unit_test(a_long_list_is_logged_as_far_as_whole_characters_fit),
        cmocka_unit_test(a_number_with_a_comma_is_that_text_and_one_with_a_point_that_number),
        cmocka_unit_test(a_filter_needs_columns_and_values),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
