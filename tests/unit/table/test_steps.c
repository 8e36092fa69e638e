// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

/** Two tables: people.csv (the base) and visits.csv (by month). */
static perebor_tables_spec two_tables(perebor_table_source sources[2]) {
    sources[0] = (perebor_table_source){
        .name = "people", .path = "people.csv", .key = "id", .at = {2, 3, NULL}};
    sources[1] = (perebor_table_source){
        .name = "visits", .path = "visits.csv", .key = "id", .at = {3, 3, NULL}};
    static const char *const joined[] = {"visits"};
    return (perebor_tables_spec){
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 2,
        .join = {.base = "people", .on = "id", .tables = {joined, 1}, .at = {8, 3, NULL}},
        .roles = {.id = "id",
                  .target = "y",
                  .detect = true,
                  .at = {9, 3, NULL},
                  .target_at = {9, 9, NULL}},
    };
}

static const perebor_pivot_step by_month = {.table = "visits",
                                            .columns = "month",
                                            .values = "minutes",
                                            .prefix = "min_",
                                            .at = {7, 5, NULL}};

static void write_two_tables(void) {
    scratch_write("people.csv", "id,y\n3,0\n1,1\n2,0\n");
    scratch_write("visits.csv",
                  "id,month,minutes\n1,мар,13\n1,фев,12\n2,фев,22\n3,мар,33\n2,мар,23\n3,фев,\n");
}

static void rows_of_a_key_become_columns_sorted_by_code_point(void **state) {
    (void)state;
    write_two_tables();
    perebor_table_source sources[2];
    perebor_tables_spec spec = two_tables(sources);
    spec.pivot = &by_month;
    spec.n_pivot = 1;
    loaded loaded = expect_loaded(&spec);
    const perebor_dataset *dataset = loaded.dataset;
    assert_int_equal(dataset->n_columns, 2);
    assert_string_equal(dataset->columns[0].name, "min_мар");
    assert_string_equal(dataset->columns[1].name, "min_фев");
    assert_string_equal(dataset->ids[0], "3");
    assert_true(dataset->columns[0].values[0] == 33.0);
    assert_true(isnan(dataset->columns[1].values[0]));
    assert_true(dataset->columns[0].values[1] == 13.0);
    assert_true(dataset->columns[1].values[2] == 22.0);
    assert_int_equal(loaded.report.n_steps, 2);
    assert_string_equal(loaded.report.steps[0].step, "pivot");
    assert_string_equal(loaded.report.steps[0].detail,
                        "visits: 6 rows to 3 rows and 2 columns of minutes by month");
    assert_int_equal(loaded.report.steps[0].n_rows, 3);
    assert_string_equal(loaded.report.steps[1].detail,
                        "visits: 3 of 3 rows of people matched by id; 0 rows of visits without "
                        "partner");
    loaded_release(&loaded);
}

static void a_pivoted_cell_is_traced_to_its_line(void **state) {
    (void)state;
    write_two_tables();
    scratch_write("visits.csv",
                  "id,month,minutes\n1,мар,13\n1,фев,12\n2,фев,x\n3,мар,33\n2,мар,23\n3,фев,5\n");
    perebor_table_source sources[2];
    perebor_tables_spec spec = two_tables(sources);
    spec.pivot = &by_month;
    spec.n_pivot = 1;
    spec.roles.numeric = TEXTS("min_*");
    expect_error(&spec, "visits.csv:4: column \"min_фев\": \"x\" is not a number; name the column "
                        "under nominal, or replace the value");
}

static void a_pivot_needs_one_row_for_each_key_and_heading(void **state) {
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"id,month,minutes\n1,мар,13\n2,мар,\n1,мар,14\n",
         "visits.csv:4: id \"1\" has month \"мар\" a second time (first in line 2); a pivot needs "
         "one row for each"},
        {"id,month,minutes\n1,мар,13\n,мар,14\n",
         "visits.csv:3: column \"id\" has a gap, but the pivot of table \"visits\" needs it"},
        {"id,month,minutes\n1,мар,13\n2,,14\n",
         "visits.csv:3: column \"month\" has a gap, but the pivot of table \"visits\" needs it"},
        {"id,month,minute\n1,мар,13\n",
         "experiment.yaml:7:5: table \"visits\" has no column \"minutes\" (did you mean "
         "\"minute\"?)"},
    };
    write_two_tables();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source sources[2];
        perebor_tables_spec spec = two_tables(sources);
        scratch_write("visits.csv", cases[i].text);
        spec.pivot = &by_month;
        spec.n_pivot = 1;
        expect_error(&spec, cases[i].message);
    }
}

static void a_key_without_partner_is_an_error_unless_allowed(void **state) {
    (void)state;
    perebor_table_source sources[2];
    perebor_tables_spec spec = two_tables(sources);
    scratch_write("people.csv", "id,y\n3,0\n1,1\n2,0\n");
    scratch_write("visits.csv", "id,minutes\n1,10\n3,30\n");
    expect_error(&spec, "people.csv:4: key id \"2\" of table \"people\" is not in table \"visits\" "
                        "(1 such key); say unmatched: allow if that is right");
    spec.join.unmatched_allowed = true;
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 2);
    assert_int_equal(loaded.dataset->source_rows[1], 1);
    loaded_release(&loaded);
    spec.join.left = true;
    loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 3);
    assert_true(isnan(loaded.dataset->columns[0].values[2]));
    loaded_release(&loaded);
    spec.join.unmatched_allowed = false;
    scratch_write("visits.csv", "id,minutes\n1,10\n3,30\n2,20\n4,40\n");
    expect_error(&spec, "visits.csv:5: key id \"4\" of table \"visits\" is not in table \"people\" "
                        "(1 such key); say unmatched: allow if that is right");
    spec.join.left = false;
    spec.join.unmatched_allowed = true;
    scratch_write("visits.csv", "id,minutes\n9,10\n");
    expect_error(&spec, "experiment.yaml:8:3: the join leaves no rows: no key is in every table");
}

static void a_join_that_is_ambiguous_is_an_error(void **state) {
    (void)state;
    perebor_table_source sources[2];
    perebor_tables_spec spec = two_tables(sources);
    write_two_tables();
    expect_error(&spec, "visits.csv:3: key id \"1\" of table \"visits\" occurs twice (first at "
                        "visits.csv:2); pivot the table or remove one of the rows");
    scratch_write("visits.csv", "id,y\n1,1\n2,2\n3,3\n");
    expect_error(&spec, "experiment.yaml:8:3: tables \"people\" and \"visits\" both have a column "
                        "\"y\"; rename one by a sql: step");
    spec.join.tables = TEXTS("visit");
    expect_error(&spec,
                 "experiment.yaml:8:3: there is no table \"visit\" (did you mean \"visits\"?)");
    spec.join.tables = TEXTS("visits", "visits");
    expect_error(&spec, "experiment.yaml:8:3: table \"visits\" is joined twice");
    spec.join.tables = TEXTS("visits");
    spec.join.on = "key";
    scratch_write("visits.csv", "id,minutes\n1,1\n2,2\n3,3\n");
    expect_error(
        &spec, "experiment.yaml:8:3: table \"people\" has no column \"key\"; it has \"id\", \"y\"");
}

static void a_passthrough_column_may_come_from_a_table_that_is_not_joined(void **state) {
    (void)state;
    perebor_table_source sources[2];
    perebor_tables_spec spec = two_tables(sources);
    scratch_write("people.csv", "id,age,y\n3,30,0\n1,10,1\n2,20,0\n");
    scratch_write("visits.csv", "id;profit;note\n1;0,98;a\n3;4,5;b\n");
    spec.join.tables = (perebor_texts){0};
    spec.roles.passthrough = TEXTS("profit");
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_columns, 1);
    assert_int_equal(loaded.dataset->n_passthrough, 1);
    assert_string_equal(loaded.dataset->passthrough[0].name, "profit");
    assert_true(loaded.dataset->passthrough[0].values[0] == 4.5);
    assert_true(isnan(loaded.dataset->passthrough[0].values[2]));
    loaded_release(&loaded);
}

static void cells_are_made_alike(void **state) {
    (void)state;
    scratch_write("flat.csv", "city,x,y\n\xC2\xA0Омск ,1,0\nОМСК, 2 ,1\nи\xCC\x86,NA,1\n  ,4,0\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_NORMALIZE,
                                      .form = "NFC",
                                      .trim = true,
                                      .case_fold = "lower",
                                      .reason = "typos"};
    spec.clean = &clean;
    spec.n_clean = 1;
    loaded loaded = expect_loaded(&spec);
    const perebor_column *city = find_column(loaded.dataset, "city");
    assert_int_equal(city->n_levels, 2);
    assert_string_equal(city->levels[0], "й");
    assert_string_equal(city->levels[1], "омск");
    assert_true(isnan(city->values[3]));
    assert_true(find_column(loaded.dataset, "x")->values[1] == 2.0);
    assert_int_equal(loaded.report.steps[0].n_cells,
                     4); // white space alone is a missing value as read
    assert_string_equal(loaded.report.steps[0].detail, "flat: NFC trim lower: typos");
    loaded_release(&loaded);
}

static void cells_are_replaced_all_at_once(void **state) {
    (void)state;
    scratch_write("flat.csv", "a,b,y\nu,u,0\nv,u,1\nw,,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "flat",
         .columns = TEXTS("a"),
         .from = TEXTS("u", "v", "w"),
         .to = TEXTS("v", "u", NULL),
         .reason = "swapped"},
        {.kind = PEREBOR_STEP_REPLACE, .columns = TEXTS("b"), .from = TEXTS(""), .to = TEXTS("u")},
    };
    spec.clean = clean;
    spec.n_clean = 2;
    loaded loaded = expect_loaded(&spec);
    const perebor_column *a = find_column(loaded.dataset, "a");
    assert_string_equal(a->levels[(int)a->values[0]], "v");
    assert_string_equal(a->levels[(int)a->values[1]], "u");
    assert_true(isnan(a->values[2]));
    assert_true(find_column(loaded.dataset, "b")->values[2] == 0.0);
    assert_int_equal(loaded.report.n_steps, 4);
    assert_string_equal(loaded.report.steps[0].detail, "flat.a: \"u\" -> \"v\": swapped");
    assert_string_equal(loaded.report.steps[2].detail, "flat.a: \"w\" -> gap: swapped");
    assert_int_equal(loaded.report.steps[3].n_cells, 1);
    loaded_release(&loaded);
}

static void a_cleaning_step_for_nothing_is_an_error(void **state) {
    (void)state;
    scratch_write("flat.csv", "city,x,y\nu,1,0\nv,2,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_clean_step clean = {.kind = PEREBOR_STEP_REPLACE,
                                .columns = TEXTS("sity"),
                                .from = TEXTS("u"),
                                .to = TEXTS("v"),
                                .at = {6, 5, NULL}};
    spec.clean = &clean;
    spec.n_clean = 1;
    expect_error(&spec, "experiment.yaml:6:5: table \"flat\" has no column \"sity\" (did you mean "
                        "\"city\"?)");
    clean.columns = TEXTS("town_*");
    expect_error(&spec, "experiment.yaml:6:5: no column matches \"town_*\"");
    clean.table = "flet";
    expect_error(&spec, "experiment.yaml:6:5: there is no table \"flet\" (did you mean \"flat\"?)");
}

/** Loads rows 0 ... 6 with x = 5, -1, missing value, 0, 7, 2, missing value and z = a, b, a, b, a,
 * b, b. */
static void check_filter(perebor_filter_step filter, const char *kept) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    scratch_write("flat.csv", "x,z,y\n5,a,0\n-1,b,1\n,a,1\n0,b,0\n7.0,a,1\n2,b,0\n,b,0\n");
    spec.filter = &filter;
    spec.n_filter = 1;
    loaded loaded = expect_loaded(&spec);
    char rows[16] = "";
    for (size_t row = 0; row < loaded.dataset->n_rows; row++) {
        rows[row] = (char)('0' + loaded.dataset->source_rows[row]);
    }
    assert_string_equal(rows, kept);
    assert_int_equal(loaded.report.steps[0].n_rows, 7 - loaded.dataset->n_rows);
    loaded_release(&loaded);
}

static void every_comparison_keeps_its_rows(void **state) {
    (void)state;
    const perebor_texts x = TEXTS("x");
    const perebor_texts z = TEXTS("z");
    check_filter((perebor_filter_step){x, false, PEREBOR_LESS, TEXTS("5"), NULL, {0}}, "135");
    check_filter((perebor_filter_step){x, false, PEREBOR_LESS_EQUAL, TEXTS("5.0"), NULL, {0}},
                 "0135");
    check_filter((perebor_filter_step){x, false, PEREBOR_GREATER, TEXTS("0"), NULL, {0}}, "045");
    check_filter((perebor_filter_step){x, false, PEREBOR_GREATER_EQUAL, TEXTS("0"), NULL, {0}},
                 "0345");
    check_filter((perebor_filter_step){x, false, PEREBOR_NOT_EQUAL, TEXTS("7"), NULL, {0}}, "0135");
    check_filter((perebor_filter_step){x, false, PEREBOR_IN, TEXTS("7", "-1", "5"), NULL, {0}},
                 "014");
    check_filter((perebor_filter_step){z, false, PEREBOR_EQUAL, TEXTS("a"), NULL, {0}}, "024");
    check_filter((perebor_filter_step){x, false, PEREBOR_NOT_IN, TEXTS("7", "2"), NULL, {0}},
                 "013");
    check_filter((perebor_filter_step){x, false, PEREBOR_IS_NOT_MISSING, {0}, NULL, {0}}, "01345");
    check_filter(
        (perebor_filter_step){TEXTS("x", "z"), true, PEREBOR_IN, TEXTS("a", "2"), NULL, {0}},
        "0245");
    check_filter((perebor_filter_step){TEXTS("*"), true, PEREBOR_IS_MISSING, {0}, NULL, {0}}, "26");
}

static void a_filter_that_cannot_be_is_an_error(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,z,y\n5,a,0\n-1,b,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_filter_step filter = {TEXTS("x"),   false, PEREBOR_GREATER,
                                  TEXTS("100"), NULL,  {.line = 7, .column = 5}};
    spec.filter = &filter;
    spec.n_filter = 1;
    expect_error(&spec, "experiment.yaml:7:5: no row of 2 is left by the filter x > 100");
    filter.columns = TEXTS("z");
    expect_error(&spec, "flat.csv:2: column \"z\": \"a\" is not a number, but a filter compares it "
                        "by >");
    filter.values = TEXTS("many");
    expect_error(&spec, "experiment.yaml:7:5: a filter by > needs a number, not \"many\"");
    filter.columns = TEXTS("xx");
    expect_error(&spec, "experiment.yaml:7:5: there is no column \"xx\" (did you mean \"x\"?)");
    filter.columns = TEXTS("x_*");
    expect_error(&spec, "experiment.yaml:7:5: no column matches \"x_*\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_a_key_become_columns_sorted_by_code_point),
        cmocka_unit_test(a_pivoted_cell_is_traced_to_its_line),
        cmocka_unit_test(a_pivot_needs_one_row_for_each_key_and_heading),
        cmocka_unit_test(a_key_without_partner_is_an_error_unless_allowed),
        cmocka_unit_test(a_join_that_is_ambiguous_is_an_error),
        cmocka_unit_test(a_passthrough_column_may_come_from_a_table_that_is_not_joined),
        cmocka_unit_test(cells_are_made_alike),
        cmocka_unit_test(cells_are_replaced_all_at_once),
        cmocka_unit_test(a_cleaning_step_for_nothing_is_an_error),
        cmocka_unit_test(every_comparison_keeps_its_rows),
        cmocka_unit_test(a_filter_that_cannot_be_is_an_error),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
