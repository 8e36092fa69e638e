// SPDX-License-Identifier: MIT
/**
 * Every single allocation of a load fails in turn. The linker puts the functions below in front of
 * the allocator's, for the calls of this program and of the library it links.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "inspect/quality.h"
#include "table_scratch.h"
#include "table_specs.h"

static void check_every_failure(const perebor_tables_spec *spec) {
    perebor_status status = PEREBOR_ERR_MEMORY;
    long n = 0;
    for (; status != PEREBOR_OK; n++) {
        perebor_dataset *dataset = NULL;
        perebor_tables_report report = {0};
        perebor_error error = {0};
        failing_malloc_arm((size_t)n + 1);
        status = perebor_tables_load(&dataset, &report, spec, &error);
        (void)failing_malloc_disarm();
        if (status == PEREBOR_OK) {
            perebor_dataset_free(dataset);
            perebor_tables_report_release(&report);
        } else {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
            assert_null(dataset);
            assert_null(report.block);
        }
    }
    assert_in_range(n, 50, 100000);
}

/** The same for tables to predict from, some of whose levels and columns the schema has not. */
static void check_every_failure_of_frozen_tables(const perebor_tables_spec *spec,
                                                 const perebor_dataset *schema) {
    perebor_status status = PEREBOR_ERR_MEMORY;
    long n = 0;
    for (; status != PEREBOR_OK; n++) {
        perebor_dataset *dataset = NULL;
        perebor_tables_report report = {0};
        perebor_error error = {0};
        failing_malloc_arm((size_t)n + 1);
        status = perebor_tables_load_frozen(&dataset, &report, spec, schema, &error);
        (void)failing_malloc_disarm();
        if (status == PEREBOR_OK) {
            assert_int_equal(report.frozen->n_unknown, 2);
            assert_int_equal(report.frozen->n_missing, 1);
            assert_int_equal(report.frozen->n_ignored, 1);
            perebor_dataset_free(dataset);
            perebor_tables_report_release(&report);
        } else {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
            assert_null(dataset);
            assert_null(report.block);
        }
    }
    assert_in_range(n, 50, 100000);
}

/** The same for an inspection, of a load that succeeds. */
static void check_every_failure_of_inspection(const perebor_tables_spec *spec) {
    perebor_status status = PEREBOR_OK;
    long n = 0;
    for (bool failed = true; failed; n++) {
        perebor_dataset *dataset = NULL;
        perebor_tables_report report = {0};
        perebor_quality quality = {0};
        perebor_error error = {0};
        failing_malloc_arm((size_t)n + 1);
        status = perebor_tables_inspect(&quality, &dataset, &report, spec, &error);
        failed = failing_malloc_disarm();
        if (status == PEREBOR_OK) {
            assert_true(quality.n_findings > 0);
            assert_string_equal(quality.problem, "");
            perebor_dataset_free(dataset);
            perebor_tables_report_release(&report);
            perebor_quality_release(&quality);
        } else {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
            assert_null(dataset);
            assert_null(report.block);
            assert_null(quality.block);
        }
    }
    assert_int_equal(status, PEREBOR_OK);
    assert_in_range(n, 100, 100000);
}

static void no_failing_allocation_is_overlooked(void **state) {
    (void)state;
    scratch_write("people.csv", "\xE8\xEC\xFF;size;ok;town;y\n"
                                "3;S;1;\xCE\xEC\xF1\xEA;0\n1;L;0; \xD2\xEE\xEC\xF1\xEA;1\n"
                                "2;S;1;\xCE\xEC\xF1\xEA;0\n9;S;1;\xCE\xEC\xF1\xEA;0\n");
    scratch_write("visits.csv",
                  "имя,month,minutes\n1,мар,13\n1,фев,12\n2,фев,22\n3,мар,33\n2,мар,23\n3,фев,\n"
                  "9,мар,99\n");
    scratch_write("profit.csv", "имя,profit,note\n1,0.98,a\n3,4.5,b\n");
    const perebor_table_source sources[] = {
        {.name = "people", .path = "people.csv", .key = "имя"},
        {.name = "visits", .path = "visits.csv", .key = "имя"},
        {.name = "profit", .path = "profit.csv", .key = "имя"},
    };
    const perebor_clean_step clean[] = {
        {.kind = PEREBOR_STEP_NORMALIZE, .form = "NFC", .trim = true, .case_fold = "lower"},
        {.kind = PEREBOR_STEP_REPLACE,
         .table = "people",
         .columns = TEXTS("town"),
         .from = TEXTS("томск"),
         .to = TEXTS("Tomsk")},
        {.kind = PEREBOR_STEP_SQL, .sql = "UPDATE visits SET minutes = minutes + 0.5"},
    };
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = "min_"};
    const perebor_filter_step filter = {
        .columns = TEXTS("min_мар"), .comparison = PEREBOR_LESS, .values = TEXTS("50")};
    const perebor_ordinal_column ordinal = {.name = "size", .levels = TEXTS("s", "l")};
    const perebor_boolean_column boolean = {.name = "ok"};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 3,
        .clean = clean,
        .n_clean = 3,
        .pivot = &pivot,
        .n_pivot = 1,
        .join = {.base = "people", .on = "имя", .tables = TEXTS("visits")},
        .filter = &filter,
        .n_filter = 1,
        .roles = {.id = "имя",
                  .target = "y",
                  .numeric = TEXTS("*"),
                  .nominal = TEXTS("town"),
                  .ordinal = &ordinal,
                  .n_ordinal = 1,
                  .boolean = &boolean,
                  .n_boolean = 1,
                  .passthrough = TEXTS("profit", "note")},
    };
    check_every_failure(&spec);
    check_every_failure_of_inspection(&spec);

    perebor_dataset *dataset = NULL;
    perebor_tables_report report = {0};
    assert_int_equal(perebor_tables_load(&dataset, &report, &spec, NULL), PEREBOR_OK);
    scratch_write("people.csv", "имя;size;ok;new;y\n3;S;1;x;0\n1;L;perhaps;x;1\n2;XL;1;x;\n");
    scratch_write("visits.csv", "имя,month,minutes\n1,мар,13\n2,фев,22\n3,мар,33\n2,мар,23\n");
    check_every_failure_of_frozen_tables(&spec, dataset);
    perebor_dataset_free(dataset);
    perebor_tables_report_release(&report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failing_allocation_is_overlooked),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
