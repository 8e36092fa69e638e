// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "perebor/tables.h"
#include "scratch.h"

#define TEXTS(...)                                                                                 \
    {                                                                                              \
        (const char *const[]){__VA_ARGS__},                                                        \
            sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)                            \
    }

/** A specification of one flat table, to be varied by a test. */
static perebor_tables_spec flat_spec(perebor_table_source *source, const char *target,
                                     const char *positive) {
    *source = (perebor_table_source){.name = "table", .path = "flat.csv", .at = {2, 3}};
    return (perebor_tables_spec){
        .file = "experiment.yaml",
        .sources = source,
        .n_sources = 1,
        .roles = {.target = target,
                  .positive = positive,
                  .detect = true,
                  .at = {5, 7},
                  .target_at = {4, 11}},
    };
}

static void a_flat_table_needs_no_step(void **state) {
    (void)state;
    scratch_write("flat.csv", "age,city,churned\n31,Omsk,yes\n,Kazan,no\n44.5,Omsk,no\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "churned", "yes");
    perebor_dataset *dataset = NULL;
    perebor_tables_report report;
    perebor_error error = {0};
    assert_int_equal(perebor_tables_load(&dataset, &report, &spec, &error), PEREBOR_OK);
    assert_int_equal(dataset->n_rows, 3);
    assert_int_equal(dataset->n_columns, 2);
    assert_string_equal(dataset->columns[0].name, "age");
    assert_true(dataset->columns[0].values[0] == 31.0);
    assert_true(dataset->columns[0].values[1] != dataset->columns[0].values[1]);
    assert_true(dataset->columns[0].values[2] == 44.5);
    assert_int_equal(dataset->columns[1].role, PEREBOR_ROLE_NOMINAL);
    assert_int_equal(dataset->columns[1].n_levels, 2);
    assert_string_equal(dataset->columns[1].levels[0], "Kazan");
    assert_true(dataset->columns[1].values[0] == 1.0);
    assert_int_equal(dataset->labels[0], 1);
    assert_int_equal(dataset->labels[1], 0);
    assert_string_equal(dataset->negative_name, "no");
    assert_string_equal(dataset->ids[2], "2");
    assert_string_equal(dataset->id_name, "");
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flat_table_needs_no_step),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
