// SPDX-License-Identifier: MIT
/**
 * Rows that repeat others, keys that are missing, and keys without a partner.
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

static const perebor_table_source keyed[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                             {.name = "more", .path = "more.csv", .key = "id"}};

/** One table with a key. */
static void inspect_keyed(const char *header, const run *runs) {
    const perebor_tables_spec spec = {
        .file = "experiment.yaml", .sources = keyed, .n_sources = 1, .roles = {FLAT_ROLES}};
    write_runs("flat.csv", header, runs);
    inspect(&spec);
}

/** Two tables of one key. */
static void inspect_joined(const run *flat, const run *more, bool unmatched_allowed) {
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = keyed,
                                      .n_sources = 2,
                                      .join = {.base = "flat",
                                               .on = "id",
                                               .tables = TEXTS("more"),
                                               .unmatched_allowed = unmatched_allowed},
                                      .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,gone", flat);
    write_runs("more.csv", "id,y", more);
    inspect(&spec);
}

static const perebor_finding *require(perebor_cleaning_stage stage, const char *kind) {
    const perebor_finding *finding = first_finding(stage, kind);
    if (finding == NULL) {
        fail_msg("no %s among: %s", kind, list_findings(stage));
    }
    return finding;
}

static void a_row_repeats_another_only_in_every_column(void **state) {
    (void)state;
    inspect_flat("id,x,gone", RUNS({"#,~,?", 50}, {"1,1,yes", 1}, {"1,1,no", 1}, {"1,2,yes", 1}),
                 NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
    inspect_flat("id,x,gone", RUNS({"#,~,?", 50}, {"1,1,yes", 3}, {"2,,no", 2}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "gaps x 2; duplicate_rows  3");
    const perebor_finding *finding = require(PEREBOR_STAGE_READ, "duplicate_rows");
    assert_string_equal(finding->detail, "3 of 55 rows repeat an earlier row in every column, "
                                         "first flat.csv:53 that of flat.csv:52");
    assert_string_equal(finding->step,
                        "- {op: sql, sql: 'DELETE FROM \"flat\" WHERE rowid NOT IN (SELECT "
                        "MIN(rowid) FROM \"flat\" GROUP BY \"id\", \"x\", \"gone\")', reason: "
                        "repeated rows}");
}

static void a_number_written_in_another_way_is_another_cell(void **state) {
    (void)state;
    inspect_flat("id,x,gone", RUNS({"#,~,?", 50}, {"1,1.0,yes", 1}, {"1,1,yes", 1}), NULL);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
}

static void a_quotation_mark_in_a_name_stands_twice_in_sql(void **state) {
    (void)state;
    inspect_flat("id,\"x \"\"y\"\"\",gone", RUNS({"#,~,?", 50}, {"1,1,yes", 2}), NULL);
    assert_string_equal(require(PEREBOR_STAGE_READ, "duplicate_rows")->step,
                        "- {op: sql, sql: 'DELETE FROM \"flat\" WHERE rowid NOT IN (SELECT "
                        "MIN(rowid) FROM \"flat\" GROUP BY \"id\", \"x \"\"y\"\"\", \"gone\")', "
                        "reason: repeated rows}");
}

static void a_column_called_rowid_is_not_taken_for_the_number_of_the_row(void **state) {
    (void)state;
    inspect_flat("rowid,x,gone", RUNS({"#,~,?", 50}, {"1,1,yes", 2}),
                 &(perebor_roles){.target = "gone", .positive = "yes", .detect = true});
    assert_string_equal(require(PEREBOR_STAGE_READ, "duplicate_rows")->step,
                        "- {op: sql, sql: 'DELETE FROM \"flat\" WHERE _rowid_ NOT IN (SELECT "
                        "MIN(_rowid_) FROM \"flat\" GROUP BY \"rowid\", \"x\", \"gone\")', "
                        "reason: repeated rows}");
}

static void a_key_that_repeats_is_found_with_both_its_places(void **state) {
    (void)state;
    inspect_keyed("id,x,gone", RUNS({"#,~,?", 50}, {"1003,~,yes", 1}, {"1003,~,no", 1}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "repeated_key id 2");
    const perebor_finding *finding = require(PEREBOR_STAGE_READ, "repeated_key");
    assert_string_equal(finding->detail,
                        "2 of 52 rows repeat a key, first flat.csv:52 that of flat.csv:5");
    assert_string_equal(finding->section, "data.clean");
    assert_string_equal(finding->step,
                        "- {op: sql, sql: 'DELETE FROM \"flat\" WHERE rowid NOT IN (SELECT "
                        "MIN(rowid) FROM \"flat\" GROUP BY \"id\")', reason: repeated keys}");
}

static void a_row_without_a_key_is_no_gap_but_a_fault_of_its_own(void **state) {
    (void)state;
    inspect_keyed("id,x,gone", RUNS({"#,~,?", 50}, {",~,yes", 1}));
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "gap_in_key id 1");
    const perebor_finding *finding = require(PEREBOR_STAGE_READ, "gap_in_key");
    assert_string_equal(finding->detail, "1 of 51 rows has no key");
    assert_string_equal(finding->step, "- {op: sql, sql: 'DELETE FROM \"flat\" WHERE \"id\" IS "
                                       "NULL', reason: no key}");
}

static void the_step_for_a_gap_in_the_key_mends_it(void **state) {
    (void)state;
    const perebor_clean_step step = {.kind = PEREBOR_STEP_SQL,
                                     .sql = "DELETE FROM \"flat\" WHERE \"id\" IS NULL"};
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = keyed,
                                      .n_sources = 1,
                                      .clean = &step,
                                      .n_clean = 1,
                                      .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,gone", RUNS({"#,~,?", 50}, {",~,yes", 1}));
    inspect(&spec);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "gap_in_key id 1");
    assert_string_equal(list_findings(PEREBOR_STAGE_CLEAN), "");
    assert_non_null(inspected.dataset);
    assert_int_equal(inspected.dataset->n_rows, 50);
}

static void tables_of_the_same_keys_have_no_orphans(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 30}), false);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
}

static void keys_that_the_base_lacks_are_counted_once_and_five_shown(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 36}, {"1035,~", 1}), false);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ),
                        "repeated_key more.id 1; orphan_key more.id 6");
    const perebor_finding *finding = require(PEREBOR_STAGE_READ, "orphan_key");
    assert_string_equal(finding->detail, "6 keys are not in table \"flat\": 1030, 1031, 1032, "
                                         "1033, 1034, ...");
    assert_int_equal(finding->n_ids, 6);
    assert_string_equal(finding->ids[5], "1035");
    assert_string_equal(finding->step,
                        "- {op: sql, sql: 'DELETE FROM \"more\" WHERE \"id\" NOT IN (SELECT "
                        "\"id\" FROM \"flat\")', reason: orphans}");
}

static void five_keys_are_shown_without_dots(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 35}), false);
    assert_string_equal(require(PEREBOR_STAGE_READ, "orphan_key")->detail,
                        "5 keys are not in table \"flat\": 1030, 1031, 1032, 1033, 1034");
}

static void keys_without_a_row_are_missing_unless_that_is_allowed(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 28}), false);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "missing_key more.id 2");
    const perebor_finding *finding = require(PEREBOR_STAGE_READ, "missing_key");
    assert_string_equal(finding->detail, "2 keys of table \"flat\" have no row: 1028, 1029");
    assert_string_equal(finding->section, "data.join");
    assert_string_equal(finding->step, "unmatched: allow");
    assert_int_equal(finding->n_ids, 2);
    assert_null(inspected.dataset);
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 28}), true);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "");
    assert_non_null(inspected.dataset);
}

static void a_row_without_a_key_is_no_orphan(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 30}), RUNS({"#,~", 30}, {",~", 2}), false);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ), "gap_in_key more.id 2; "
                                                           "repeated_key more.id 1");
}

static void a_key_that_is_text_in_one_table_and_a_number_in_another_has_no_partner(void **state) {
    (void)state;
    inspect_joined(RUNS({"#,~,?", 3}), RUNS({"0#,~", 3}), false);
    assert_string_equal(list_findings(PEREBOR_STAGE_READ),
                        "orphan_key more.id 3; missing_key more.id 3");
    assert_string_equal(require(PEREBOR_STAGE_READ, "orphan_key")->ids[0], "01000");
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(a_row_repeats_another_only_in_every_column),
        INSPECTING(a_number_written_in_another_way_is_another_cell),
        INSPECTING(a_quotation_mark_in_a_name_stands_twice_in_sql),
        INSPECTING(a_column_called_rowid_is_not_taken_for_the_number_of_the_row),
        INSPECTING(a_key_that_repeats_is_found_with_both_its_places),
        INSPECTING(a_row_without_a_key_is_no_gap_but_a_fault_of_its_own),
        INSPECTING(the_step_for_a_gap_in_the_key_mends_it),
        INSPECTING(tables_of_the_same_keys_have_no_orphans),
        INSPECTING(keys_that_the_base_lacks_are_counted_once_and_five_shown),
        INSPECTING(five_keys_are_shown_without_dots),
        INSPECTING(keys_without_a_row_are_missing_unless_that_is_allowed),
        INSPECTING(a_row_without_a_key_is_no_orphan),
        INSPECTING(a_key_that_is_text_in_one_table_and_a_number_in_another_has_no_partner),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
