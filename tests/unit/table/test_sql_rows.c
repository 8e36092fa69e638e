// SPDX-License-Identifier: MIT
/**
 * Rows that SQL keeps stay what they were, whatever their columns are called.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "table_scratch.h"
#include "table_specs.h"

/** flat.csv with a first column of that name, after a step. */
static loaded load_named(const char *name, const char *sql) {
    static perebor_table_source source;
    char text[256];
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL, .sql = sql, .at = {6, 5, NULL}};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    spec.roles.nominal = TEXTS("x");
    (void)snprintf(text, sizeof text, "%s,x,y\n30,1.50,0\n10,2.50,1\n20,3.50,1\n2,4.50,0\n", name);
    scratch_write("flat.csv", text);
    return expect_loaded(&spec);
}

static const char *const rowid_names[] = {"n", "rowid", "ROWID", "oid", "_rowid_", "Oid"};

static void a_column_may_have_a_name_of_the_rowid(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rowid_names / sizeof *rowid_names; i++) {
        loaded loaded = load_named(rowid_names[i], "UPDATE flat SET x = x + 1 WHERE y = 1");
        static const double values[] = {30.0, 10.0, 20.0, 2.0};
        const perebor_column *x = find_column(loaded.dataset, "x");
        static const char *const texts[] = {"1.50", "3.5", "4.5", "4.50"};
        assert_int_equal(loaded.dataset->n_rows, 4);
        for (size_t row = 0; row < 4; row++) {
            assert_int_equal(loaded.dataset->source_rows[row], row);
            assert_true(find_column(loaded.dataset, rowid_names[i])->values[row] == values[row]);
            assert_string_equal(x->levels[(int)x->values[row]], texts[row]);
        }
        loaded_release(&loaded);
    }
}

static void sql_sees_what_such_a_column_holds(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rowid_names / sizeof *rowid_names; i++) {
        char sql[128];
        static const double values[] = {30.0, 10.0, 20.0, 2.0};
        (void)snprintf(sql, sizeof sql,
                       "UPDATE flat SET x = \"%s\" + 0.5; DELETE FROM flat WHERE \"%s\" = 10",
                       rowid_names[i], rowid_names[i]);
        loaded loaded = load_named(rowid_names[i], sql);
        const perebor_column *x = find_column(loaded.dataset, "x");
        assert_int_equal(loaded.dataset->n_rows, 3);
        for (size_t row = 0; row < 3; row++) {
            size_t old = row == 0 ? 0 : row + 1;
            char text[16];
            (void)snprintf(text, sizeof text, "%.1f", values[old] + 0.5);
            assert_string_equal(x->levels[(int)x->values[row]], text);
            assert_int_equal(loaded.dataset->source_rows[row], old);
        }
        loaded_release(&loaded);
    }
}

static void a_table_that_has_every_name_of_the_rowid_is_refused(void **state) {
    (void)state;
    perebor_table_source source;
    const perebor_clean_step clean = {.kind = PEREBOR_STEP_SQL, .sql = "SELECT 1"};
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.clean = &clean;
    spec.n_clean = 1;
    scratch_write("flat.csv", "rowid,OID,x,y\n3,2,1,0\n2,1,1,1\n");
    loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "rowid")->values[0] == 3.0);
    loaded_release(&loaded);
    scratch_write("flat.csv", "rowid,OID,_rowid_,y\n3,2,1,0\n2,1,1,1\n");
    expect_error(&spec, "table \"flat\" has columns rowid, _rowid_ and oid, so that SQL cannot "
                        "number its rows; rename one of them in the file");
}

static void rows_that_change_places_take_their_cells_along(void **state) {
    (void)state;
    static const char *const names[] = {"n", "rowid", "ROWID"};
    static const double expected[] = {2.0, 20.0, 10.0, 30.0};
    for (size_t i = 0; i < 3; i++) {
        loaded loaded = load_named(names[i], "UPDATE flat SET _rowid_ = _rowid_ + 10; "
                                             "UPDATE flat SET _rowid_ = 15 - _rowid_");
        assert_int_equal(loaded.dataset->n_rows, 4);
        assert_memory_equal(find_column(loaded.dataset, names[i])->values, expected,
                            sizeof expected);
        const perebor_column *x = find_column(loaded.dataset, "x");
        for (size_t row = 0; row < 4; row++) {
            assert_true(strtod(x->levels[(int)x->values[row]], NULL) == 4.5 - (double)row);
        }
        loaded_release(&loaded);
    }
}

static void rows_that_go_leave_the_others_their_lines(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof rowid_names / sizeof *rowid_names; i++) {
        loaded loaded = load_named(rowid_names[i], "DELETE FROM flat WHERE x < 2");
        assert_int_equal(loaded.dataset->n_rows, 3);
        for (size_t row = 0; row < 3; row++) {
            assert_int_equal(loaded.dataset->source_rows[row], row + 1);
        }
        loaded_release(&loaded);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_column_may_have_a_name_of_the_rowid),
        cmocka_unit_test(sql_sees_what_such_a_column_holds),
        cmocka_unit_test(a_table_that_has_every_name_of_the_rowid_is_refused),
        cmocka_unit_test(rows_that_change_places_take_their_cells_along),
        cmocka_unit_test(rows_that_go_leave_the_others_their_lines),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
