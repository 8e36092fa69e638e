// SPDX-License-Identifier: MIT
/**
 * Which values are taken for one that was meant, and which only look like it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "inspected_tables.h"
#include "table_scratch.h"
#include "table_specs.h"

/** A column with one value in n_frequent rows, another in n_rare, and a third in ten. */
static void spell(const char *frequent, int n_frequent, const char *rare, int n_rare) {
    char rows[2][128];
    (void)snprintf(rows[0], sizeof rows[0], "#,~,%s,?", frequent);
    (void)snprintf(rows[1], sizeof rows[1], "#,~,%s,?", rare);
    inspect_flat("id,x,c,gone",
                 RUNS({rows[0], n_frequent}, {rows[1], n_rare}, {"#,~,unlike them,?", 10}), NULL);
}

static const struct {
    const char *about, *frequent, *rare;
    bool is_near;
} slips[] = {
    {"three letters may be anything", "red", "rad", false},
    {"a letter of four", "blue", "blua", true},
    {"two letters of four", "blue", "blxa", false},
    {"a letter more", "blue", "blues", true},
    {"a letter fewer than four", "blue", "blu", false},
    {"neighbours that changed places", "white", "wihte", true},
    {"two of eight letters", "abcdefgh", "abcdefxy", false},
    {"two of nine letters", "abcdefghi", "abcdefgxy", true},
    {"three of nine letters", "abcdefghi", "abcdefxyz", false},
    {"letters are counted, not bytes: three", "дом", "дым", false},
    {"letters are counted, not bytes: four", "река", "рекп", true},
    {"eight letters of two bytes", "дорогами", "дорогбву", false},
    {"numbered things", "store 10", "store 11", false},
    {"things of more digits", "store 9", "store 10", false},
    {"numbered things and a letter", "store 10a", "store 10b", true},
};

static void a_slip_is_a_letter_or_two_in_a_long_word(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        char map[256];
        spell(slips[i].frequent, 80, slips[i].rare, 10);
        const char *found = list_findings(PEREBOR_STAGE_READ);
        if (strcmp(found, slips[i].is_near ? "near_spelling c 10" : "") != 0) {
            fail_msg("%s: found \"%s\"", slips[i].about, found);
        }
        if (slips[i].is_near) {
            (void)snprintf(map, sizeof map,
                           "- {op: replace, table: flat, column: c, map: {%s: %s}, reason: "
                           "misspelt}",
                           slips[i].rare, slips[i].frequent);
            assert_string_equal(first_finding(PEREBOR_STAGE_READ, NULL)->step, map);
        }
    }
}

static void what_is_right_is_five_times_as_frequent(void **state) {
    (void)state;
    spell("blue", 24, "blua", 5);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
    spell("blue", 25, "blua", 5);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "near_spelling c 5");
    assert_string_equal(first_finding(PEREBOR_STAGE_READ, NULL)->detail,
                        "\"blua\" in 5 rows is nearly \"blue\" in 25");
}

static const flat_case variant_cases[] = {
    {.about = "of two that are near, the more frequent one was meant",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,great,?", 30}, {"#,~,green,?", 60}, {"#,~,grean,?", 2}),
     .stage = PEREBOR_STAGE_READ,
     .found = "near_spelling c 2",
     .detail = "\"grean\" in 2 rows is nearly \"green\" in 60"},
    {.about = "letter case",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,BLUE,?", 40}, {"#,~,blue,?", 41}, {"#,~,red,?", 19}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 40",
     .detail = "\"BLUE\" in 40 rows is \"blue\" in 41 but for letter case or width",
     .step = "- {op: replace, table: flat, column: c, map: {BLUE: blue}, reason: one spelling}"},
    {.about = "of equally many the first is right",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,Да,?", 30}, {"#,~,да,?", 30}, {"#,~,ДА,?", 30}, {"#,~,red,?", 10}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 30; spelling_variants c 30",
     .step = "- {op: replace, table: flat, column: c, map: {да: Да}, reason: one spelling}"},
    {.about = "wide letters",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,ｂｌｕｅ,?", 3}, {"#,~,blue,?", 87}, {"#,~,red,?", 10}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 3",
     .step = "- {op: replace, table: flat, column: c, map: {\"ｂｌｕｅ\": blue}, reason: one "
             "spelling}"},
    {.about = "a blank at the end is one finding, however many values have one",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,blue ,?", 3}, {"#,~,blue,?", 50}, {"#,~,red,?", 40}, {"#,~,red\t,?", 2}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 5",
     .detail = "5 cells have white space at an end or are not in normal form, such as \"blue \"",
     .step = "- {op: normalize, table: flat, columns: c, form: NFC, trim: true}"},
    {.about = "an accent of its own",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,cafe\xCC\x81,?", 4}, {"#,~,caf\xC3\xA9,?", 50}, {"#,~,red,?", 40}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 4",
     .step = "- {op: normalize, table: flat, columns: c, form: NFC, trim: true}"},
    {.about = "a blank and a capital are two faults",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,Blue ,?", 3}, {"#,~,blue,?", 57}, {"#,~,red,?", 40}),
     .stage = PEREBOR_STAGE_READ,
     .found = "spelling_variants c 3; spelling_variants c 3"},
    {.about = "a blank within is not at an end",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,sky blue,?", 30}, {"#,~,skyblue,?", 30}, {"#,~,red,?", 40}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
    {.about = "numbers are not spelt",
     .header = "id,x,c,gone",
     .runs = RUNS({"#,~,10000,?", 90}, {"#,~,1000.0,?", 10}),
     .stage = PEREBOR_STAGE_READ,
     .found = ""},
};

static void variants_of_one_value_are_told_from_slips(void **state) {
    (void)state;
    CHECK_FLAT_CASES(variant_cases);
}

static void more_than_500_values_are_no_levels(void **state) {
    (void)state;
    inspect_flat("id,x,c,gone",
                 RUNS({"#,~,w#,?", 498}, {"#,~,Blue sky,?", 10}, {"#,~,Blue skx,?", 1}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "near_spelling c 1");
    inspect_flat("id,x,c,gone",
                 RUNS({"#,~,w#,?", 499}, {"#,~,Blue sky,?", 10}, {"#,~,Blue skx,?", 1}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
}

/** Two tables of one key, each with a column of its own values. */
static void inspect_pair(const char *first_column, const run *first, const char *second_column,
                         const run *second) {
    char header[64];
    const perebor_table_source sources[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                            {.name = "more", .path = "more.csv", .key = "id"}};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = sources,
                                      .n_sources = 2,
                                      .join = {.base = "flat", .on = "id", .tables = TEXTS("more")},
                                      .roles = {FLAT_ROLES}};
    (void)snprintf(header, sizeof header, "id,x,gone,%s", first_column);
    write_runs("flat.csv", header, first);
    (void)snprintf(header, sizeof header, "id,%s", second_column);
    write_runs("more.csv", header, second);
    inspect(&spec);
}

static void values_that_two_tables_have_apart_are_compared(void **state) {
    (void)state;
    inspect_pair("month", RUNS({"#,~,?,this month", 20}), "month", RUNS({"#,thys month", 20}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "near_spelling more.month 20");
    assert_string_equal(first_finding(PEREBOR_STAGE_READ, NULL)->detail,
                        "\"thys month\" in 20 rows occurs in no other table; table \"flat\" has "
                        "\"this month\"");
    assert_string_equal(first_finding(PEREBOR_STAGE_READ, NULL)->step,
                        "- {op: replace, table: more, column: month, map: {thys month: this "
                        "month}, reason: misspelt}");
}

static void the_spelling_that_more_cells_contain_is_right(void **state) {
    (void)state;
    inspect_pair("month", RUNS({"#,~,?,this month", 20}), "month",
                 RUNS({"#,thys month", 15}, {"#,before thys month", 5}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "near_spelling more.month 15");
    inspect_pair("month", RUNS({"#,~,?,this month", 10}, {"#,~,?,another time", 10}), "month",
                 RUNS({"#,thys month", 6}, {"#,before thys month", 5}, {"#,another time", 9}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "near_spelling month 10");
}

static void values_that_both_tables_have_are_right(void **state) {
    (void)state;
    inspect_pair("month", RUNS({"#,~,?,this month", 10}, {"#,~,?,thys month", 10}), "month",
                 RUNS({"#,thys month", 20}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
}

static void columns_of_other_names_are_not_compared(void **state) {
    (void)state;
    inspect_pair("month", RUNS({"#,~,?,this month", 20}), "moon", RUNS({"#,thys month", 20}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
}

static void keys_are_not_spelt(void **state) {
    (void)state;
    const perebor_table_source source = {.name = "flat", .path = "flat.csv", .key = "id"};
    perebor_tables_spec spec = {
        .file = "experiment.yaml", .sources = &source, .n_sources = 1, .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,gone", RUNS({"word,~,?", 20}, {"WORD,~,?", 1}));
    inspect(&spec);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "repeated_key id 19");
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(a_slip_is_a_letter_or_two_in_a_long_word),
        INSPECTING(what_is_right_is_five_times_as_frequent),
        INSPECTING(variants_of_one_value_are_told_from_slips),
        INSPECTING(more_than_500_values_are_no_levels),
        INSPECTING(values_that_two_tables_have_apart_are_compared),
        INSPECTING(the_spelling_that_more_cells_contain_is_right),
        INSPECTING(values_that_both_tables_have_are_right),
        INSPECTING(columns_of_other_names_are_not_compared),
        INSPECTING(keys_are_not_spelt),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
