// SPDX-License-Identifier: MIT
/**
 * What a database may hold: types of cells, names of columns, and queries that are none.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "table_scratch.h"
#include "table_specs.h"

static void make_database(const char *sql) {
    sqlite3 *database = NULL;
    (void)unlink("t.db");
    assert_int_equal(sqlite3_open("t.db", &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
}

static perebor_tables_spec query_spec(perebor_table_source *source, const char *query) {
    perebor_tables_spec spec = flat_spec(source, "y", NULL);
    source->path = "t.db";
    source->sqlite_query = query;
    return spec;
}

static const struct {
    const char *sql, *query, *message;
} faults[] = {
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)", "SELECT x, y, x + 1 AS x FROM t",
     "t.db: columns 1 and 3 are both named \"x\"; names must differ"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)", "SELECT x AS \" \", y FROM t",
     "t.db: column 1 has an empty name; give it one with AS"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)",
     "SELECT x AS \"e\xCC\x81\", y AS \"\xC3\xA9\" FROM t",
     "t.db: columns 1 and 2 are both named \"é\"; names must differ"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)", "SELECT x, y FROM t WHERE x > 1",
     "t.db: there are no rows"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (CAST(x'FF41' AS TEXT), 0)", "SELECT x, y FROM t",
     "t.db, row 1: column \"x\" is not a number or a text in UTF-8"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0), (char(65, 0, 66), 1)",
     "SELECT x, y FROM t", "t.db, row 2: column \"x\" is not a number or a text in UTF-8"},
    {"CREATE TABLE t (x, y)", "", "t.db: the query must be one SELECT that gives columns"},
    {"CREATE TABLE t (x, y)", "-- nothing",
     "t.db: the query must be one SELECT that gives columns"},
    {"CREATE TABLE t (x, y)", "SELECT x FROM s", "t.db: no such table: s"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)",
     "SELECT x, readfile('/etc/hostname') AS y FROM t", "t.db: no such function: readfile"},
    {"CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0)", "SELECT x, random() AS y FROM t",
     "t.db: random() is refused: the data must be the same tomorrow; take a column, or the rowid, "
     "instead"},
};

static void what_a_database_cannot_give_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        perebor_table_source source;
        perebor_tables_spec spec = query_spec(&source, faults[i].query);
        make_database(faults[i].sql);
        expect_error(&spec, faults[i].message);
    }
}

static void numbers_and_texts_are_what_the_database_holds(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = query_spec(&source, "SELECT a, b, c, \" d \", y FROM t ORDER BY a");
    make_database("CREATE TABLE t (a INTEGER, b REAL, c TEXT, \" d \" NUMERIC, y);"
                  "INSERT INTO t VALUES (-9223372036854775808, 0.1, '007', 1e300, 0),"
                  "(7, NULL, 'NA', 2.0, 1), (9223372036854775807, 1e-5, 'я', '3', 1)");
    spec.roles.nominal = TEXTS("c");
    loaded loaded = expect_loaded(&spec);
    const perebor_column *b = find_column(loaded.dataset, "b");
    const perebor_column *c = find_column(loaded.dataset, "c");
    const perebor_column *d = find_column(loaded.dataset, "d"); // trimmed
    assert_true(find_column(loaded.dataset, "a")->values[0] == -0x1p63);
    assert_true(find_column(loaded.dataset, "a")->values[2] == 0x1p63);
    assert_true(b->values[0] == 0.1 && isnan(b->values[1]) && b->values[2] == 1e-5);
    assert_string_equal(c->levels[(int)c->values[0]], "007");
    assert_true(isnan(c->values[1])); // a text that stands for a gap, as in a file
    assert_true(d->values[0] == 1e300 && d->values[1] == 2.0 && d->values[2] == 3.0);
    assert_int_equal(loaded.report.sources[0].n_columns, 5);
    assert_string_equal(loaded.report.sources[0].delimiter, "");
    loaded_release(&loaded);
}

static void a_view_and_a_name_in_quotes_are_tables(void **state) {
    (void)state;
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    source.path = "t.db";
    source.sqlite_table = "a \"view\"";
    make_database("CREATE TABLE t (x, y); INSERT INTO t VALUES (1, 0), (2, 1);"
                  "CREATE VIEW \"a \"\"view\"\"\" AS SELECT x * 10 AS x, y FROM t");
    loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "x")->values[1] == 20.0);
    loaded_release(&loaded);
    spec.roles.numeric = TEXTS("y2");
    expect_error(&spec, "experiment.yaml:5:7: there is no column \"y2\" (did you mean \"y\"?)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_database_cannot_give_is_named),
        cmocka_unit_test(numbers_and_texts_are_what_the_database_holds),
        cmocka_unit_test(a_view_and_a_name_in_quotes_are_tables),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
