// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "table_scratch.h"
#include "table_specs.h"

static void make_database(const char *path, const char *sql) {
    sqlite3 *database = NULL;
    char *message = NULL;
    (void)unlink(path);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s", message);
    }
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static perebor_tables_spec database_spec(perebor_table_source *source) {
    perebor_tables_spec spec = flat_spec(source, "y", NULL);
    source->path = "shop.db";
    source->sqlite_table = "people";
    return spec;
}

static void a_table_of_a_database_is_a_source(void **state) {
    (void)state;
    make_database("shop.db", "CREATE TABLE people (name TEXT, x REAL, y INTEGER);"
                             "INSERT INTO people VALUES ('ann', 0.1, 0), ('bob', NULL, 1),"
                             "('eve', 0.30000000000000004, 1);");
    perebor_table_source source;
    perebor_tables_spec spec = database_spec(&source);
    struct loaded loaded = expect_loaded(&spec);
    const perebor_column *x = find_column(loaded.dataset, "x");
    assert_true(x->values[0] == 0.1);
    assert_true(isnan(x->values[1]));
    assert_true(x->values[2] == 0.30000000000000004);
    assert_int_equal(loaded.report.sources[0].n_rows, 3);
    assert_string_equal(loaded.report.sources[0].encoding, "");
    loaded_release(&loaded);
}

static void a_query_of_a_database_is_a_source(void **state) {
    (void)state;
    make_database("shop.db", "CREATE TABLE t (x, y);"
                             "INSERT INTO t VALUES (1, 0), (2, 1), (3, 1);");
    perebor_table_source source;
    perebor_tables_spec spec = database_spec(&source);
    source.sqlite_table = NULL;
    source.sqlite_query = "SELECT x * 2 AS twice, y FROM t WHERE x > 1 OR y = 0;";
    struct loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "twice")->values[2] == 6.0);
    loaded_release(&loaded);
    source.sqlite_query = "DELETE FROM t";
    expect_error(&spec, "shop.db: the query must be one SELECT that gives columns");
    source.sqlite_query = "SELECT x, y FROM t; SELECT 1";
    expect_error(&spec, "shop.db: the query must be one SELECT that gives columns");
    source.sqlite_query = "INSERT INTO t VALUES (1, 1) RETURNING x, y";
    expect_error(&spec, "shop.db: attempt to write a readonly database");
}

static void a_database_that_cannot_be_read_is_an_error(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = database_spec(&source);
    make_database("shop.db", "CREATE TABLE people (x, y); CREATE TABLE empty (x, y);"
                             "INSERT INTO people VALUES (1, 0), (x'00ff', 1);");
    expect_error(&spec, "shop.db, table \"people\", row 2: column \"x\" is not a number or a text "
                        "in UTF-8");
    source.sqlite_table = "empty";
    expect_error(&spec, "shop.db, table \"empty\": there are no rows");
    source.sqlite_table = "nobody";
    expect_error(&spec, "shop.db, table \"nobody\": no such table: nobody");
    scratch_write("shop.db", "this is not a database, whatever its name may say to you, reader\n");
    expect_error(&spec, "shop.db, table \"nobody\": file is not a database");
    source.path = "nowhere.db";
    expect_error(&spec, "experiment.yaml:2:3: table \"flat\": there is no file nowhere.db");
}

static void a_value_from_a_database_is_traced_to_its_row(void **state) {
    (void)state;
    make_database("shop.db", "CREATE TABLE people (x, y);"
                             "INSERT INTO people VALUES (1, 0), ('many', 1);");
    perebor_table_source source;
    perebor_tables_spec spec = database_spec(&source);
    spec.roles.numeric = TEXTS("x");
    expect_error(&spec, "shop.db, table \"people\", row 2: column \"x\": \"many\" is not a number; "
                        "name the column under nominal, or replace the value");
}

/** Loads a flat table after one sql step. */
static struct loaded load_after(const char *sql) {
    static perebor_table_source source;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL, .sql = sql, .at = {6, 5}};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    return expect_loaded(&spec);
}

static void sql_changes_the_tables(void **state) {
    (void)state;
    scratch_write("flat.csv", "code,x,y\n007,1.50,0\n010,-2,1\n011,10,1\n012,9,0\n");
    struct loaded loaded = load_after("DELETE FROM flat WHERE x < 0; UPDATE flat SET x = x + 1 "
                                      "WHERE x > 9; ALTER TABLE flat ADD COLUMN w;"
                                      "UPDATE flat SET w = x * x");
    assert_int_equal(loaded.dataset->n_rows, 3);
    assert_int_equal(loaded.dataset->n_columns, 3);
    assert_true(find_column(loaded.dataset, "x")->values[1] == 11.0);
    assert_true(find_column(loaded.dataset, "w")->values[0] == 2.25);
    assert_int_equal(loaded.report.steps[0].n_rows, 5);
    assert_string_equal(loaded.report.steps[0].step, "sql");
    loaded_release(&loaded);
}

static void what_sql_leaves_alone_stays_as_it_was(void **state) {
    (void)state;
    scratch_write("flat.csv", "code,x,y\n007,1.50,0\n010,-2,1\n011,10,1\n\n012,9,0\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL,
                                      .sql = "DELETE FROM flat WHERE x = 10"};
    spec.clean = &clean;
    spec.n_clean = 1;
    spec.roles.nominal = TEXTS("code", "x");
    struct loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.dataset->columns[0].levels[0], "007");
    assert_string_equal(loaded.dataset->columns[1].levels[1], "1.50");
    assert_int_equal(loaded.dataset->source_rows[2], 3);
    assert_string_equal(loaded.dataset->ids[2], "3");
    loaded_release(&loaded);
    const perebor_ordinal_column ordinal = {.name = "code", .levels = TEXTS("007", "010")};
    spec.roles.nominal = (perebor_texts){0};
    spec.roles.ordinal = &ordinal;
    spec.roles.n_ordinal = 1;
    expect_error(&spec,
                 "flat.csv:6: column \"code\": \"012\" is not one of the 2 values listed for "
                 "it (did you mean \"010\"?); add it, or replace it in clean");
}

static void sql_may_make_a_table_of_its_own(void **state) {
    (void)state;
    scratch_write("flat.csv", "who,x,y\nann,1,0\nann,2,0\nbob,3,1\nbob,5,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL,
                                .sql = "CREATE TABLE sums AS SELECT who, sum(x) AS total, max(y) "
                                       "AS y FROM flat GROUP BY who"};
    spec.clean = &clean;
    spec.n_clean = 1;
    spec.join.base = "sums";
    struct loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.dataset->n_rows, 2);
    assert_true(find_column(loaded.dataset, "total")->values[1] == 8.0);
    loaded_release(&loaded);
    clean.sql = "CREATE VIEW sums AS SELECT who AS total, y FROM flat";
    spec.roles.numeric = TEXTS("total");
    expect_error(&spec,
                 "table \"sums\", row 1: column \"total\": \"ann\" is not a number; name the "
                 "column under nominal, or replace the value");
}

static void sql_that_fails_is_named_with_its_place(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n1,0\n2,1\n");
    static const struct {
        const char *sql, *message;
    } cases[] = {
        {"UPDAT flat", "experiment.yaml:6:5: sql: near \"UPDAT\": syntax error"},
        {"UPDATE flat SET z = 1", "experiment.yaml:6:5: sql: no such column: z"},
        {"DELETE FROM flat", "experiment.yaml:6:5: sql: table \"flat\" has no rows afterwards"},
        {"ATTACH 'other.db' AS o", "experiment.yaml:6:5: sql: too many attached databases - max 0"},
        {"VACUUM INTO 'copy.db'", "experiment.yaml:6:5: sql: too many attached databases - max 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        const perebor_clean_step clean = {
            .kind = PEREBOR_STEP_SQL, .sql = cases[i].sql, .at = {6, 5}};
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        spec.clean = &clean;
        spec.n_clean = 1;
        expect_error(&spec, cases[i].message);
    }
    assert_int_not_equal(access("copy.db", F_OK), 0);
}

static void a_decimal_comma_survives_sql(void **state) {
    (void)state;
    scratch_write("flat.csv", "x;y\n1,5;0\n2,25;1\n0,1234567890123456789;1\n");
    struct loaded loaded = load_after("UPDATE flat SET x = x * 2 WHERE y = 0");
    const perebor_column *x = find_column(loaded.dataset, "x");
    assert_int_equal(x->role, PEREBOR_ROLE_NUMERIC);
    assert_true(x->values[0] == 3.0);
    assert_true(x->values[1] == 2.25);
    assert_true(x->values[2] == 0.1234567890123456789);
    loaded_release(&loaded);
    scratch_write("flat.csv", "x;code;y\n1,5;a;0\n2,25;1,5;1\n");
    loaded = load_after("UPDATE flat SET x = x / 3 WHERE code <> '1,5'");
    assert_true(find_column(loaded.dataset, "x")->values[0] == 0.5);
    assert_true(find_column(loaded.dataset, "x")->values[1] == 2.25);
    loaded_release(&loaded);
    scratch_write("flat.csv", "x;y\n1,5;0\n2,25;1\n");
    loaded = load_after("UPDATE flat SET x = x / 3 WHERE y = 0");
    assert_true(find_column(loaded.dataset, "x")->values[0] == 0.5);
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_a_database_is_a_source),
        cmocka_unit_test(a_query_of_a_database_is_a_source),
        cmocka_unit_test(a_database_that_cannot_be_read_is_an_error),
        cmocka_unit_test(a_value_from_a_database_is_traced_to_its_row),
        cmocka_unit_test(sql_changes_the_tables),
        cmocka_unit_test(what_sql_leaves_alone_stays_as_it_was),
        cmocka_unit_test(sql_may_make_a_table_of_its_own),
        cmocka_unit_test(sql_that_fails_is_named_with_its_place),
        cmocka_unit_test(a_decimal_comma_survives_sql),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
