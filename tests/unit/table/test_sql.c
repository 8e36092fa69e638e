// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "base/deadline.h"
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
    loaded loaded = expect_loaded(&spec);
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
    loaded loaded = expect_loaded(&spec);
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
static loaded load_after(const char *sql) {
    static perebor_table_source source;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL, .sql = sql, .at = {6, 5, NULL}};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    return expect_loaded(&spec);
}

static void sql_changes_the_tables(void **state) {
    (void)state;
    scratch_write("flat.csv", "code,x,y\n007,1.50,0\n010,-2,1\n011,10,1\n012,9,0\n");
    loaded loaded = load_after("DELETE FROM flat WHERE x < 0; UPDATE flat SET x = x + 1 "
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
    loaded loaded = expect_loaded(&spec);
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
    loaded loaded = expect_loaded(&spec);
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
        {"ATTACH 'other.db' AS o",
         "experiment.yaml:6:5: sql: ATTACH or VACUUM is refused: statements work on the tables of "
         "the experiment alone; name a further file under data.tables"},
        {"VACUUM INTO 'copy.db'",
         "experiment.yaml:6:5: sql: ATTACH or VACUUM is refused: statements work on the tables of "
         "the experiment alone; name a further file under data.tables"},
        {"DROP TABLE flat",
         "experiment.yaml:6:5: sql: no table is left afterwards; the target needs one"},
        {"PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
         "experiment.yaml:6:5: sql: PRAGMA writable_schema is refused: statements change tables, "
         "not how the database works"},
        {"DELETE FROM sqlite_schema",
         "experiment.yaml:6:5: sql: table sqlite_master may not be modified"},
        {"CREATE VIEW v AS SELECT random() AS r",
         "experiment.yaml:6:5: sql: random() is refused: the data must be the same tomorrow; take "
         "a column, or the rowid, instead"},
        {"UPDATE flat SET x = julianday('now')",
         "experiment.yaml:6:5: sql: the time of day ('now', CURRENT_DATE, ...) is refused: the "
         "data must be the same tomorrow; write the date itself, such as '2024-01-31'"},
        {"CREATE VIEW v AS SELECT CURRENT_TIMESTAMP AS t",
         "experiment.yaml:6:5: sql: the time of day ('now', CURRENT_DATE, ...) is refused: the "
         "data must be the same tomorrow; write the date itself, such as '2024-01-31'"},
        {"UPDATE flat SET x = datetime(x, 'LocalTime')",
         "experiment.yaml:6:5: sql: datetime() is refused: 'localtime' and 'utc' give other data "
         "in another time zone; write a shift such as '+3 hours'"},
        {"CREATE VIRTUAL TABLE v USING fts5(x)",
         "experiment.yaml:6:5: sql: a virtual table is refused: statements work on the tables of "
         "the experiment alone"},
        {"CREATE TABLE n AS SELECT 1 AS \"\"",
         "n: column 1 has an empty name; give it one with AS"},
        {"WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) SELECT max(i) FROM c",
         "experiment.yaml:6:5: sql: took more than 0.2 s and was ended; a step that needs longer "
         "says so with timeout"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        perebor_table_source source;
        const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL,
                                          .sql = cases[i].sql,
                                          .timeout_seconds = 0.2,
                                          .at = {6, 5, NULL}};
        perebor_tables_spec spec = flat_spec(&source, "y", NULL);
        spec.clean = &clean;
        spec.n_clean = 1;
        expect_error(&spec, cases[i].message);
    }
    assert_int_not_equal(access("copy.db", F_OK), 0);
}

static void sql_ends_when_its_thread_is_told_to_stop(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n1,0\n2,1\n");
    static const atomic_bool stop = true;
    perebor_table_source source;
    const perebor_clean_step clean = {
        .kind = PEREBOR_STEP_SQL,
        .sql = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c) "
               "SELECT max(i) FROM c"};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    perebor_error error = {0};
    perebor_deadline_heed(&stop);
    assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error), PEREBOR_ERR_STOPPED);
    perebor_deadline_heed(NULL);
    assert_string_equal(error.message, "stopped while a step of data.clean was running");
}

static void a_query_gives_the_same_data_tomorrow(void **state) {
    (void)state;
    make_database("shop.db", "CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0), (2, 1);");
    perebor_table_source source;
    perebor_tables_spec spec = database_spec(&source);
    source.sqlite_table = NULL;
    source.sqlite_query = "SELECT x, y FROM t ORDER BY random()";
    expect_error(&spec, "shop.db: random() is refused: the data must be the same tomorrow; take a "
                        "column, or the rowid, instead");
    source.sqlite_query = "SELECT julianday('now') - x AS x, y FROM t";
    expect_error(&spec, "shop.db: the time of day ('now', CURRENT_DATE, ...) is refused: the data "
                        "must be the same tomorrow; write the date itself, such as '2024-01-31'");
    source.sqlite_query = "SELECT x, y, y AS \" \" FROM t";
    expect_error(&spec, "shop.db: column 3 has an empty name; give it one with AS");
    source.sqlite_query = "SELECT julianday('2024-01-31') - x AS x, y FROM t";
    loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "x")->values[0] == 2460339.5);
    loaded_release(&loaded);
}

/** Levels of a nominal column of flat.csv after one sql step, joined by spaces. */
static void expect_levels(const char *sql, const char *column, const char *wanted) {
    perebor_table_source source;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL, .sql = sql};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    spec.roles.nominal = TEXTS("code", "x", "r");
    loaded loaded = expect_loaded(&spec);
    const perebor_column *found = find_column(loaded.dataset, column);
    char levels[200] = "";
    for (size_t i = 0; i < found->n_levels; i++) {
        strcat(strcat(levels, i > 0 ? " " : ""), found->levels[i]);
    }
    assert_string_equal(levels, wanted);
    loaded_release(&loaded);
}

static void what_sql_says_of_a_cell_holds_though_it_be_the_same_number(void **state) {
    (void)state;
    scratch_write("flat.csv", "code,x,r,y\n01,1.50,2.0,0\n1,2.50,3.0,1\nA,1.50,2.0,1\n");
    expect_levels("SELECT 1", "code", "01 1 A");
    expect_levels("UPDATE flat SET code = ltrim(code, '0')", "code", "1 A");
    expect_levels("UPDATE flat SET code = printf('%03d', code) WHERE code <> 'A'", "code", "001 A");
    expect_levels("UPDATE flat SET r = CAST(r AS INTEGER)", "r", "2 3");
    expect_levels("UPDATE flat SET r = r", "r", "2 3");
    expect_levels("UPDATE flat SET r = CAST(r AS INTEGER) WHERE y = 1", "r", "2 2.0 3");
    expect_levels("UPDATE flat SET r = CAST(r AS INTEGER)", "x", "1.50 2.50");
    expect_levels("UPDATE flat SET r = 1; UPDATE flat SET x = x WHERE y = 0", "x", "1.5 1.50 2.50");
    expect_levels("UPDATE flat SET x = 9 WHERE y = 1; UPDATE flat SET x = 1.50 WHERE x = 9", "x",
                  "1.5 1.50");
    expect_levels("CREATE TRIGGER t AFTER UPDATE OF r ON flat BEGIN UPDATE flat SET x = x "
                  "WHERE rowid = new.rowid; END; UPDATE flat SET r = 2 WHERE y = 0",
                  "x", "1.5 1.50 2.50");
    expect_levels("DELETE FROM flat WHERE y = 0; INSERT INTO flat (rowid, code, x, r, y) VALUES "
                  "(1, '7', 1.5, 1, 0)",
                  "x", "1.5 1.50 2.50");
    expect_levels("CREATE TABLE other AS SELECT * FROM flat; DROP TABLE flat; "
                  "ALTER TABLE other RENAME TO flat",
                  "x", "1.5 2.5");
    expect_levels("CREATE TEMP TABLE flat (x); INSERT INTO temp.flat VALUES (1), (2); "
                  "UPDATE temp.flat SET x = 3",
                  "x", "1.50 2.50");
}

static void a_row_that_was_inserted_has_a_number_after_the_last(void **state) {
    (void)state;
    scratch_write("flat.csv", "x,y\n1,0\n2,1\n3,1\n");
    loaded loaded = load_after("DELETE FROM flat WHERE x = 2; INSERT INTO flat (rowid, x, y) "
                               "VALUES (2, 7, 0); UPDATE flat SET x = x + 1 WHERE x = 3");
    assert_int_equal(loaded.dataset->source_rows[0], 0);
    assert_int_equal(loaded.dataset->source_rows[1], 3);
    assert_int_equal(loaded.dataset->source_rows[2], 2);
    loaded_release(&loaded);
}

/** Without an id column the number is what names a row: none is another's, nor that of a deleted.
 */
static void rows_that_were_inserted_have_ids_of_their_own(void **state) {
    (void)state;
    static const char *const ids[] = {"0", "1", "3", "4", "5"};
    scratch_write("flat.csv", "x,y\n1,0\n2,1\n3,1\n");
    loaded loaded = load_after("DELETE FROM flat WHERE x = 3; INSERT INTO flat (x, y) VALUES "
                               "(7, 0), (8, 1), (9, 0)");
    assert_int_equal(loaded.dataset->n_rows, 5);
    for (size_t row = 0; row < 5; row++) {
        assert_string_equal(loaded.dataset->ids[row], ids[row]);
        assert_int_equal(loaded.dataset->source_rows[row], atoi(ids[row]));
    }
    loaded_release(&loaded);
}

static void a_decimal_comma_survives_sql(void **state) {
    (void)state;
    scratch_write("flat.csv", "x;y\n1,5;0\n2,25;1\n0,1234567890123456789;1\n");
    loaded loaded = load_after("UPDATE flat SET x = x * 2 WHERE y = 0");
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
        cmocka_unit_test(sql_ends_when_its_thread_is_told_to_stop),
        cmocka_unit_test(a_query_gives_the_same_data_tomorrow),
        cmocka_unit_test(what_sql_says_of_a_cell_holds_though_it_be_the_same_number),
        cmocka_unit_test(a_row_that_was_inserted_has_a_number_after_the_last),
        cmocka_unit_test(rows_that_were_inserted_have_ids_of_their_own),
        cmocka_unit_test(a_decimal_comma_survives_sql),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
