// SPDX-License-Identifier: MIT
/**
 * Every cell and row that a step changed is listed with its lines, and nothing else is.
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

static const perebor_table_source sources[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                               {.name = "more", .path = "more.csv", .key = "id"}};

/** Two tables, of which the second is joined unless a step drops it. */
static void inspect_steps(const perebor_clean_step *clean, size_t n_clean, size_t n_joined) {
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 2,
        .clean = clean,
        .n_clean = n_clean,
        .join = {.base = "flat", .on = "id", .tables = {(const char *const[]){"more"}, n_joined}},
        .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,c,gone",
               RUNS({"%,~,red,?", 6}, {"#,~,Rot ,?", 2}, {"#,~,red,?", 2}, {"#,~,blue,?", 20}));
    write_runs("more.csv", "id,y", RUNS({"#,~", 30}));
    inspect(&spec);
}

/** "step table.column: before -> after (lines)" of every correction, a line each. */
static const char *list_corrections(void) {
    static char list[4096];
    size_t length = 0;
    list[0] = '\0';
    for (size_t i = 0; i < inspected.quality.n_corrections; i++) {
        const perebor_correction *one = &inspected.quality.corrections[i];
        length += (size_t)snprintf(list + length, sizeof list - length, "%s %s.%s: %s -> %s (",
                                   one->step, one->table, one->column, one->before, one->after);
        for (size_t j = 0; j < one->n_lines; j++) {
            length += (size_t)snprintf(list + length, sizeof list - length, "%s%u",
                                       j > 0 ? " " : "", one->lines[j]);
        }
        length += (size_t)snprintf(list + length, sizeof list - length, ")\n");
        assert_true(length < sizeof list);
    }
    return list;
}

static void a_step_that_changes_nothing_lists_nothing(void **state) {
    (void)state;
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_NORMALIZE, .columns = TEXTS("gone"), .trim = true},
        {.kind = PEREBOR_STEP_SQL, .sql = "UPDATE flat SET c = c"},
    };
    inspect_steps(clean, 2, 1);
    assert_string_equal(list_corrections(), "");
    assert_int_equal(inspected.quality.n_corrected, 0);
}

static void equal_changes_are_one_entry_with_all_its_lines(void **state) {
    (void)state;
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_NORMALIZE,
         .table = "flat",
         .columns = TEXTS("c"),
         .trim = true,
         .case_fold = "lower"},
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "*",
         .columns = TEXTS("c*"),
         .from = TEXTS("rot", "blue"),
         .to = {(const char *const[]){"red", NULL}, 2}},
    };
    inspect_steps(clean, 2, 1);
    assert_string_equal(list_corrections(),
                        "normalize flat.c: Rot  -> rot (8 9)\n"
                        "replace flat.c: rot -> red (8 9)\n"
                        "replace flat.c: blue ->  (12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 "
                        "28 29 30 31)\n");
    assert_int_equal(inspected.quality.n_corrected, 2 + 2 + 20);
    assert_string_equal(inspected.quality.corrections[0].file, "flat.csv");
}

static void a_numeric_column_is_not_normalised(void **state) {
    (void)state;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_NORMALIZE, .form = "NFC", .trim = true};
    inspect_steps(&clean, 1, 1);
    assert_string_equal(list_corrections(), "normalize flat.c: Rot  -> Rot (8 9)\n");
}

static void sql_that_changes_cells_lists_each_change_of_each_column(void **state) {
    (void)state;
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_SQL,
        .sql = "UPDATE flat SET x = 0, c = 'blue' WHERE id IN (1000, 1001); "
               "UPDATE more SET y = NULL WHERE id = 1029"};
    inspect_steps(&clean, 1, 1);
    assert_string_equal(list_corrections(), "sql flat.x: 1 -> 0 (2)\n"
                                            "sql flat.x: 38 -> 0 (3)\n"
                                            "sql flat.c: red -> blue (2 3)\n"
                                            "sql more.y: 77 ->  (31)\n");
    assert_string_equal(inspected.quality.corrections[3].file, "more.csv");
}

static void rows_that_sql_drops_and_makes_are_told_from_those_it_changes(void **state) {
    (void)state;
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_SQL,
         .sql = "DELETE FROM more WHERE id IN (1000, 1028); INSERT INTO more VALUES (1028, 5), "
                "(1000, 6); UPDATE more SET y = 7 WHERE id = 1001"},
        {.kind = PEREBOR_STEP_SQL, .sql = "UPDATE more SET y = 8 WHERE id = 1000"},
    };
    inspect_steps(clean, 2, 1);
    assert_string_equal(list_corrections(), "sql more.id: 1000 -> (dropped) (2)\n"
                                            "sql more.id: 1028 -> (dropped) (30)\n"
                                            "sql more.id: (no such row) -> 1028 (0)\n"
                                            "sql more.id: (no such row) -> 1000 (0)\n"
                                            "sql more.y: 38 -> 7 (3)\n"
                                            "sql more.y: 6 -> 8 (0)\n");
    assert_non_null(inspected.dataset);
    assert_int_equal(inspected.dataset->n_rows, 30);
}

static void a_table_of_another_shape_is_one_entry(void **state) {
    (void)state;
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_SQL, .sql = "ALTER TABLE flat ADD COLUMN z; DROP TABLE more"},
        {.kind = PEREBOR_STEP_SQL, .sql = "ALTER TABLE flat RENAME COLUMN z TO w"},
        {.kind = PEREBOR_STEP_SQL, .sql = "UPDATE flat SET w = id"},
    };
    inspect_steps(clean, 2, 0);
    assert_string_equal(list_corrections(),
                        "sql flat.: 30 rows, 4 columns -> 30 rows, 5 columns ()\n"
                        "sql more.: 30 rows, 2 columns -> (dropped) ()\n"
                        "sql flat.z: z -> w ()\n");
    assert_int_equal(inspected.quality.n_corrected, 3);
    assert_int_equal(inspected.quality.corrections[0].n_lines, 0);
}

static void a_filter_lists_the_rows_it_drops_once(void **state) {
    (void)state;
    const perebor_filter_step filter[] = {
        {.columns = TEXTS("x"), .comparison = PEREBOR_LESS, .values = TEXTS("990")},
        {.columns = TEXTS("id"), .comparison = PEREBOR_NOT_IN, .values = TEXTS("1002", "1026")},
    };
    const perebor_tables_spec spec = {.file = "experiment.yaml",
                                      .sources = sources,
                                      .n_sources = 1,
                                      .filter = filter,
                                      .n_filter = 2,
                                      .roles = {FLAT_ROLES}};
    write_runs("flat.csv", "id,x,gone", RUNS({"#,~,?", 30}));
    inspect(&spec);
    // 26 * 37 + 1 = 963 stays until the second filter; none is 990 or more.
    assert_string_equal(list_corrections(), "filter .id: 1002 -> (dropped) (4)\n"
                                            "filter .id: 1026 -> (dropped) (28)\n");
    assert_string_equal(inspected.quality.corrections[0].file, "flat.csv");
    assert_int_equal(inspected.dataset->n_rows, 28);
}

static void rows_without_an_identifier_are_listed_by_line(void **state) {
    (void)state;
    const perebor_table_source source = {.name = "flat", .path = "flat.csv"};
    const perebor_filter_step filter = {
        .columns = TEXTS("x"), .comparison = PEREBOR_NOT_EQUAL, .values = TEXTS("38")};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = &source,
        .n_sources = 1,
        .filter = &filter,
        .n_filter = 1,
        .roles = {.target = "gone", .positive = "yes", .detect = true}};
    write_runs("flat.csv", "x,gone", RUNS({"~,?", 30}));
    inspect(&spec);
    assert_string_equal(list_corrections(), "filter .:  -> (dropped) (3)\n");
}

#define INSPECTING(test) cmocka_unit_test_teardown(test, forget_inspected)

int main(void) {
    const struct CMUnitTest tests[] = {
        INSPECTING(a_step_that_changes_nothing_lists_nothing),
        INSPECTING(equal_changes_are_one_entry_with_all_its_lines),
        INSPECTING(a_numeric_column_is_not_normalised),
        INSPECTING(sql_that_changes_cells_lists_each_change_of_each_column),
        INSPECTING(rows_that_sql_drops_and_makes_are_told_from_those_it_changes),
        INSPECTING(a_table_of_another_shape_is_one_entry),
        INSPECTING(a_filter_lists_the_rows_it_drops_once),
        INSPECTING(rows_without_an_identifier_are_listed_by_line),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
