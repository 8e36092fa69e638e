// SPDX-License-Identifier: MIT
/**
 * What a column shows by itself, each finding with a table that has it and one that has nearly it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "inspected_tables.h"
#include "table_scratch.h"
#include "table_specs.h"

static const flat_case gap_cases[] = {
    {.about = "no gap",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 100}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "one number is missing",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 99}, {"#,,?", 1}),
     .stage = PEREBOR_STAGE_READ,
     .found = "gaps x 1",
     .detail = "1 of 100 cells is a gap",
     .step = "missing: {numeric: median}"},
    {.about = "texts are missing",
     .header = "id,x,gone",
     .runs = RUNS({"#,red,?", 60}, {"#,,?", 7}, {"#,green,?", 33}),
     .stage = PEREBOR_STAGE_CLEAN,
     .found = "gaps x 7",
     .detail = "7 of 100 cells are gaps",
     .step = "missing: {nominal: most_frequent}"},
    {.about = "nothing but gaps",
     .header = "id,x,y,gone",
     .runs = RUNS({"#,,~,?", 20}),
     .stage = PEREBOR_STAGE_READ,
     .found = "gaps x 20",
     .step = "missing: {nominal: most_frequent}"},
};

static void a_single_gap_is_counted_and_the_step_fits_the_values(void **state) {
    (void)state;
    CHECK_FLAT_CASES(gap_cases);
}

static const perebor_roles filled = {FLAT_ROLES, .fills_numeric = true};
static const perebor_roles named = {FLAT_ROLES, .nominal = {(const char *const[]){"x"}, 1},
                                    .fills_numeric = true};
static const perebor_roles as_levels = {FLAT_ROLES, .nominal = {(const char *const[]){"x"}, 1},
                                        .fills_nominal = true};
static const perebor_roles all_nominal = {FLAT_ROLES, .nominal = {(const char *const[]){"*"}, 1},
                                          .numeric = {(const char *const[]){"x"}, 1},
                                          .fills_nominal = true};
static const perebor_roles carried = {FLAT_ROLES, .passthrough = {(const char *const[]){"x"}, 1},
                                      .fills_numeric = true};
static const perebor_roles dropped = {FLAT_ROLES, .drop = {(const char *const[]){"x"}, 1}};
static const struct {
    const char *about;
    const perebor_roles *roles;
    const char *found, *step;
} filling_cases[] = {
    {"nothing is said", NULL, "gaps x 1", "missing: {numeric: median}"},
    {"numbers are filled", &filled, "", NULL},
    {"numbers are filled, but these are levels", &named, "gaps x 1", "missing: {numeric: median}"},
    {"levels are filled, and these are", &as_levels, "", NULL},
    {"levels are filled, but x is named a number", &all_nominal, "gaps x 1",
     "missing: {numeric: median}"},
    {"what is carried is not filled", &carried, "gaps x 1",
     "- {column: x, op: is_not_gap, reason: gap}"},
    {"what is dropped does not matter", &dropped, "", NULL},
};

static void gaps_of_the_joined_table_are_told_unless_the_experiment_fills_them(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof filling_cases / sizeof *filling_cases; i++) {
        const flat_case one = {.about = filling_cases[i].about,
                               .header = "id,x,y,gone",
                               .runs = RUNS({"#,~,~,?", 99}, {"#,,~,?", 1}),
                               .stage = PEREBOR_STAGE_JOINED,
                               .found = filling_cases[i].found,
                               .step = filling_cases[i].step,
                               .roles = filling_cases[i].roles};
        check_flat_cases(&one, 1);
    }
}

static void gaps_of_the_target_can_only_go(void **state) {
    (void)state;
    inspect_flat("id,x,gone", RUNS({"#,~,?", 97}, {"#,~,", 3}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_JOINED), "gaps gone 3");
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "gaps");
    assert_string_equal(finding->section, "data.filter");
    assert_string_equal(finding->step, "- {column: gone, op: is_not_gap, reason: gap}");
    assert_null(inspected.dataset);
    assert_string_not_equal(inspected.quality.problem, "");
}

static const flat_case constant_cases[] = {
    {.about = "98 of 100",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,a,?", 98}, {"#,~,b,?", 2}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = ""},
    {.about = "99 of 100",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,a,?", 99}, {"#,~,b,?", 1}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "near_constant c 99",
     .detail = "99 of 100 values are \"a\"",
     .step = "drop: [c]"},
    {.about = "all numbers are one",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,2.50,?", 100}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "constant c 100",
     .detail = "100 of 100 values are \"2.50\"",
     .step = "drop: [c]"},
    {.about = "gaps are no values",
     .header = "id,x,\"c, d\",gone",
     .runs = RUNS({"#,~,a,?", 97}, {"#,~,,?", 3}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "gaps c, d 3; constant c, d 97",
     .step = "missing: {nominal: most_frequent}"},
    {.about = "one row says nothing",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,a,?", 1}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = ""},
    {.about = "two rows do",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,a,?", 2}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "constant c 2; constant gone 2"},
};

static void ninety_nine_of_a_hundred_values_are_nearly_constant(void **state) {
    (void)state;
    CHECK_FLAT_CASES(constant_cases);
}

static const flat_case text_cases[] = {
    {.about = "11 of 100 are texts",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 89}, {"#,none,?", 11}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "10 of 100 are texts",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 90}, {"#,none,?", 10}),
     .stage = PEREBOR_STAGE_READ,
     .found = "text_among_numbers x 10",
     .detail = "10 of 100 values are not numbers, first none at flat.csv:92",
     .step = "- {op: replace, table: flat, column: x, map: {none: null}, reason: not a "
             "number}"},
    {.about = "texts that YAML would misread are quoted",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 97}, {"#,1:2,?", 1}, {"#,no,?", 1}, {"#,say 'hi',?", 1}),
     .stage = PEREBOR_STAGE_READ,
     .found = "text_among_numbers x 3",
     .detail = "3 of 100 values are not numbers, first \"1:2\" at flat.csv:99",
     .step = "- {op: replace, table: flat, column: x, map: {\"1:2\": null, \"no\": null, "
             "\"say 'hi'\": null}, reason: not a number}"},
    {.about = "gaps are no texts",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 90}, {"#,,?", 10}),
     .stage = PEREBOR_STAGE_READ,
     .found = "gaps x 10"},
};

static void texts_among_numbers_are_found_where_nine_of_ten_are_numbers(void **state) {
    (void)state;
    CHECK_FLAT_CASES(text_cases);
}

static const flat_case negative_cases[] = {
    {.about = "2 of 100",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 98}, {"#,-~,?", 2}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "1 of 100",
     .header = "id,x y,gone",
     .runs = RUNS({"#,~,?", 99}, {"#,-0.5,?", 1}),
     .stage = PEREBOR_STAGE_READ,
     .found = "negative_values x y 1",
     .detail = "1 of 100 values is below 0, where all others are not",
     .step = "- {op: sql, sql: 'UPDATE \"flat\" SET \"x y\" = NULL WHERE \"x y\" < 0', reason: "
             "negative}"},
    {.about = "2 of 199",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 197}, {"#,-~,?", 2}),
     .stage = PEREBOR_STAGE_CLEAN,
     .found = ""},
    {.about = "2 of 200",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 198}, {"#,-~,?", 2}),
     .stage = PEREBOR_STAGE_CLEAN,
     .found = "negative_values x 2"},
    {.about = "zero with a sign is not below zero",
     .header = "id,x,gone",
     .runs = RUNS({"#,~,?", 99}, {"#,-0.0,?", 1}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
};

static void a_negative_number_is_found_where_hardly_any_other_is(void **state) {
    (void)state;
    CHECK_FLAT_CASES(negative_cases);
}

/** 33 tens, 34 elevens, 32 twelves and what is asked about: median 11, median deviation 1. */
#define AROUND_ELEVEN(...) RUNS({"#,10,~,?", 33}, {"#,11,~,?", 34}, {"#,12,~,?", 32}, __VA_ARGS__)

// 0.6745 |x - 11| > 8 from 11.8606... on.
static const flat_case outlier_cases[] = {
    {.about = "just within, above",
     .header = "id,x,y,gone",
     .runs = AROUND_ELEVEN({"#,22.86,~,?", 1}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = ""},
    {.about = "just beyond, above",
     .header = "id,x,y,gone",
     .runs = AROUND_ELEVEN({"#,22.87,~,?", 1}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = "outliers x 1",
     .detail = "1 of 100 values is farther than 8 from the median 11 by 0.6745 |x - median| / "
               "MAD: 22.87 (1099)",
     .step = "- {column: x, op: \"<=\", value: 12, reason: outlier}"},
    {.about = "just within, below",
     .header = "id,x,y,gone",
     .runs = AROUND_ELEVEN({"#,-0.86,~,?", 1}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = ""},
    {.about = "just beyond, below",
     .header = "id,x,y,gone",
     .runs = AROUND_ELEVEN({"#,-0.87,~,?", 1}),
     .stage = PEREBOR_STAGE_FINAL,
     .found = "outliers x 1",
     .step = "- {column: x, op: \">=\", value: 10, reason: outlier}"},
    {.about = "more than one of a hundred are another mode",
     .header = "id,x,y,gone",
     .runs = AROUND_ELEVEN({"#,99,~,?", 2}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = ""},
    {.about = "no deviation, no outlier",
     .header = "id,x,y,gone",
     .runs = RUNS({"#,5,~,?", 90}, {"#,6,~,?", 9}, {"#,1000,~,?", 1}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = ""},
    {.about = "the identifier has none",
     .header = "id,y,gone",
     .runs = RUNS({"#,~,?", 100}, {"999999,~,?", 1}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = ""},
};

static void an_outlier_lies_eight_scaled_deviations_from_the_median(void **state) {
    (void)state;
    CHECK_FLAT_CASES(outlier_cases);
}

static void outliers_on_both_sides_take_two_filters(void **state) {
    (void)state;
    inspect_flat("id,x,y,gone",
                 RUNS({"#,10,~,?", 66}, {"#,11,~,?", 68}, {"#,12,~,?", 64}, {"#,-50,~,?", 1},
                      {"#,70,~,?", 1}),
                 NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "outliers");
    assert_non_null(finding);
    assert_string_equal(finding->step, "- {column: x, op: \">=\", value: 10, reason: outlier}\n"
                                       "- {column: x, op: \"<=\", value: 12, reason: outlier}");
    assert_int_equal(finding->n_ids, 2);
    assert_string_equal(finding->ids[0], "1198");
    assert_string_equal(finding->ids[1], "1199");
}

static const run beside_gaps[] = {{"#,10,~,?", 33}, {"#,11,~,?", 34}, {"#,12,~,?", 32},
                                  {"#,70,~,?", 1},  {"#,,~,?", 1},    {NULL, 0}};

static void outliers_beside_gaps_are_dropped_by_identifier(void **state) {
    (void)state;
    inspect_flat("id,x,y,gone", beside_gaps, NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "outliers");
    assert_non_null(finding);
    assert_string_equal(finding->step,
                        "- {column: id, op: not_in, values: [\"1099\"], reason: outlier}");
    const perebor_roles nameless = {
        .target = "gone", .positive = "yes", .detect = true, .drop = TEXTS("id")};
    inspect_flat("id,x,y,gone", beside_gaps, &nameless);
    finding = first_finding(PEREBOR_STAGE_JOINED, "outliers");
    assert_non_null(finding);
    assert_string_equal(finding->step, "- {column: x, op: \"<=\", value: 12, reason: outlier}");
    assert_int_equal(finding->n_ids, 0);
    assert_non_null(strstr(finding->detail, "MAD: 70"));
    assert_null(strstr(finding->detail, "("));
}

static void five_outliers_are_shown_and_the_others_counted(void **state) {
    (void)state;
    inspect_flat("id,x,y,gone",
                 RUNS({"#,10,~,?", 210}, {"#,11,~,?", 210}, {"#,12,~,?", 174}, {"#,70,~,?", 6}),
                 NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_JOINED, "outliers");
    assert_non_null(finding);
    assert_int_equal(finding->n, 6);
    assert_int_equal(finding->n_ids, 6);
    assert_non_null(strstr(finding->detail, "70 (1598), ..."));
    assert_null(strstr(finding->detail, "1599"));
}

static void a_mark_at_the_beginning_of_the_file_is_told_once(void **state) {
    (void)state;
    inspect_flat("\xEF\xBB\xBFid,x,gone", RUNS({"#,~,?", 20}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "byte_order_mark  1");
    assert_string_equal(list_findings(PEREBOR_STAGE_CLEAN), "");
    assert_string_equal(inspected.quality.findings[0].step, "");
    assert_non_null(inspected.dataset);
}

static const flat_case name_cases[] = {
    {.about = "blanks alone",
     .header = "id,the x,the y,gone",
     .runs = RUNS({"#,~,~,?", 20}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "underscores alone",
     .header = "id,the_x,the_y,gone",
     .runs = RUNS({"#,~,~,?", 20}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "both",
     .header = "id,the big x,the_y,z z,gone",
     .runs = RUNS({"#,~,~,~,?", 20}),
     .stage = PEREBOR_STAGE_READ,
     .found = "column_names  2",
     .detail = "2 column names are written with blanks, 1 with underscores; if you rename "
               "them, do so in the rest of the experiment too",
     .step = "- {op: sql, sql: 'ALTER TABLE \"flat\" RENAME COLUMN \"the big x\" TO "
             "\"the_big_x\"; ALTER TABLE \"flat\" RENAME COLUMN \"z z\" TO \"z_z\"', reason: "
             "one style}"},
};

static void names_in_two_styles_are_told_and_the_renaming_written_out(void **state) {
    (void)state;
    CHECK_FLAT_CASES(name_cases);
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(a_single_gap_is_counted_and_the_step_fits_the_values),
        INSPECTING(gaps_of_the_joined_table_are_told_unless_the_experiment_fills_them),
        INSPECTING(gaps_of_the_target_can_only_go),
        INSPECTING(ninety_nine_of_a_hundred_values_are_nearly_constant),
        INSPECTING(texts_among_numbers_are_found_where_nine_of_ten_are_numbers),
        INSPECTING(a_negative_number_is_found_where_hardly_any_other_is),
        INSPECTING(an_outlier_lies_eight_scaled_deviations_from_the_median),
        INSPECTING(outliers_on_both_sides_take_two_filters),
        INSPECTING(outliers_beside_gaps_are_dropped_by_identifier),
        INSPECTING(five_outliers_are_shown_and_the_others_counted),
        INSPECTING(a_mark_at_the_beginning_of_the_file_is_told_once),
        INSPECTING(names_in_two_styles_are_told_and_the_renaming_written_out),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
