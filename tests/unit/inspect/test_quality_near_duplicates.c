// SPDX-License-Identifier: MIT
/**
 * Rows that are one customer twice: equal but for keys, what is carried, and gaps.
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

static const perebor_roles carried = {FLAT_ROLES, .passthrough = {(const char *const[]){"b"}, 1}};
static const perebor_roles dropped = {FLAT_ROLES, .drop = {(const char *const[]){"b"}, 1}};

#define TWIN_CASE(...) .header = "id,a,b,c,gone", .stage = PEREBOR_STAGE_JOINED, __VA_ARGS__
#define AMONG_OTHERS(...) RUNS({"#,~,~,~,?", 200}, __VA_ARGS__)

static const flat_case twin_cases[] = {
    {TWIN_CASE(.about = "all differ", .runs = AMONG_OTHERS({"#,~,~,~,?", 1}), .found = "")},
    {TWIN_CASE(.about = "equal but for the key", .runs = AMONG_OTHERS({"#,5,6,7,yes", 2}),
               .found = "duplicate_but_key id 1",
               .detail = "1 of 202 rows equals another in every column but keys, carried ones and "
                         "gaps: 1200 = 1201",
               .step = "- {column: id, op: not_in, values: [\"1201\"], reason: equal to another "
                       "but for id}")},
    {TWIN_CASE(.about = "the target counts",
               .runs = AMONG_OTHERS({"#,5,6,7,yes", 1}, {"#,5,6,7,no", 1}), .found = "")},
    {TWIN_CASE(.about = "a feature counts",
               .runs = AMONG_OTHERS({"#,5,6,7,yes", 1}, {"#,5,7,7,yes", 1}), .found = "")},
    {TWIN_CASE(.about = "unless it is carried",
               .runs = AMONG_OTHERS({"#,5,6,7,yes", 1}, {"#,5,7,7,yes", 1}),
               .found = "duplicate_but_key id 1", .roles = &carried)},
    {TWIN_CASE(.about = "or dropped", .runs = AMONG_OTHERS({"#,5,6,7,yes", 1}, {"#,5,7,7,yes", 1}),
               .found = "duplicate_but_key id 1", .roles = &dropped)},
    {TWIN_CASE(.about = "a row with a gap yields to a later one without",
               .runs = AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,6,7,yes", 1}),
               .found = "gaps c 1; duplicate_but_key id 1")},
    {TWIN_CASE(.about = "what is no gap must agree",
               .runs = AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,8,7,yes", 1}), .found = "gaps c 1")},
    {TWIN_CASE(.about = "two gaps of four columns are too many",
               .runs = AMONG_OTHERS({"#,5,,,yes", 1}, {"#,5,6,7,yes", 1}),
               .found = "gaps b 1; gaps c 1")},
    {.about = "one gap of three columns is too many",
     .header = "id,a,b,gone",
     .runs = RUNS({"#,~,~,?", 200}, {"#,5,,yes", 1}, {"#,5,6,yes", 1}),
     .stage = PEREBOR_STAGE_JOINED,
     .found = "gaps b 1"},
    {TWIN_CASE(.about = "gaps in other places say nothing against it",
               .runs = AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,6,,yes", 1}),
               .found = "gaps c 2; duplicate_but_key id 1")},
};

static void rows_that_say_the_same_of_two_keys_are_one(void **state) {
    (void)state;
    CHECK_FLAT_CASES(twin_cases);
}

static void the_row_with_the_gap_is_the_one_that_goes(void **state) {
    (void)state;
    inspect_flat("id,a,b,c,gone",
                 AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,6,7,yes", 1}, {"#,5,6,,yes", 1}), NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_FINAL, "duplicate_but_key");
    assert_non_null(finding);
    assert_int_equal(finding->n_ids, 2);
    assert_string_equal(finding->ids[0], "1200");
    assert_string_equal(finding->ids[1], "1202");
}

static void a_row_with_one_gap_beside_one_with_another_is_matched_once(void **state) {
    (void)state;
    // 1200 lacks c, 1201 lacks b, 1202 has both: two rows go, the full one stays.
    inspect_flat("id,a,b,c,gone",
                 AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,,7,yes", 1}, {"#,5,6,7,yes", 1}), NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_FINAL, "duplicate_but_key");
    assert_non_null(finding);
    assert_int_equal(finding->n_ids, 2);
    assert_string_equal(finding->ids[0], "1200");
    assert_string_equal(finding->ids[1], "1201");
}

static void five_pairs_are_shown(void **state) {
    (void)state;
    inspect_flat("id,a,b,c,gone", AMONG_OTHERS({"#,5,6,7,yes", 7}), NULL);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_FINAL, "duplicate_but_key");
    assert_non_null(finding);
    assert_int_equal(finding->n, 6);
    assert_string_equal(finding->detail,
                        "6 of 207 rows equal another in every column but keys, carried ones and "
                        "gaps: 1200 = 1201, 1200 = 1202, 1200 = 1203, 1200 = 1204, 1200 = 1205, "
                        "...");
}

static void without_an_identifier_rows_are_counted_but_not_named(void **state) {
    (void)state;
    const perebor_roles nameless = {
        .target = "gone", .positive = "yes", .detect = true, .drop = TEXTS("id")};
    inspect_flat("id,a,b,c,gone", AMONG_OTHERS({"#,5,6,7,yes", 3}), &nameless);
    const perebor_finding *finding = first_finding(PEREBOR_STAGE_FINAL, "duplicate_but_key");
    assert_non_null(finding);
    assert_int_equal(finding->n, 2);
    assert_int_equal(finding->n_ids, 0);
    assert_string_equal(finding->step, "");
    assert_string_equal(finding->detail, "2 of 203 rows equal another in every column but keys, "
                                         "carried ones and gaps");
}

static void identifiers_are_texts_in_the_filter(void **state) {
    (void)state;
    inspect_flat("id,a,b,c,gone", AMONG_OTHERS({"x,5,6,7,yes", 1}, {"no,5,6,7,yes", 1}), NULL);
    assert_string_equal(first_finding(PEREBOR_STAGE_FINAL, "duplicate_but_key")->step,
                        "- {column: id, op: not_in, values: [\"no\"], reason: equal to another but "
                        "for id}");
}

static void the_filter_that_is_proposed_leaves_no_twin(void **state) {
    (void)state;
    const perebor_table_source source = {.name = "flat", .path = "flat.csv"};
    const perebor_filter_step filter = {
        .columns = TEXTS("id"), .comparison = PEREBOR_NOT_IN, .values = TEXTS("1200", "1202")};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = &source,
                                      .n_sources = 1,
                                      .filter = &filter,
                                      .n_filter = 1,
                                      .roles = {FLAT_ROLES, .fills_numeric = true}};
    write_runs("flat.csv", "id,a,b,c,gone",
               AMONG_OTHERS({"#,5,6,,yes", 1}, {"#,5,6,7,yes", 1}, {"#,5,6,,yes", 1}));
    inspect(&spec);
    assert_string_equal(list_findings(PEREBOR_STAGE_JOINED), "duplicate_but_key id 2");
    assert_string_equal(list_findings(PEREBOR_STAGE_FINAL), "");
    assert_int_equal(inspected.quality.n_corrections, 2);
    assert_string_equal(inspected.quality.corrections[1].before, "1202");
    assert_int_equal(inspected.quality.corrections[1].lines[0], 204);
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(rows_that_say_the_same_of_two_keys_are_one),
        INSPECTING(the_row_with_the_gap_is_the_one_that_goes),
        INSPECTING(a_row_with_one_gap_beside_one_with_another_is_matched_once),
        INSPECTING(five_pairs_are_shown),
        INSPECTING(without_an_identifier_rows_are_counted_but_not_named),
        INSPECTING(identifiers_are_texts_in_the_filter),
        INSPECTING(the_filter_that_is_proposed_leaves_no_twin),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
