// SPDX-License-Identifier: MIT
/**
 * Columns that are nominal because of a few texts among numbers: how few, where, and the step.
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

/** 100 rows, of which some at the front or at the end have other texts than numbers. */
static void write_mixed(const char *column, const char *const *texts, int n_texts, int n_gaps,
                        bool at_front) {
    FILE *file = fopen("flat.csv", "w");
    assert_non_null(file);
    fprintf(file, "%s,y\n", column);
    for (int row = 0; row < 100; row++) {
        int i = at_front ? row : 99 - row;
        if (i < n_texts) {
            fprintf(file, "%s,%d\n", texts[i % 9 < n_texts ? i % 9 : 0], row % 2);
        } else if (i < n_texts + n_gaps) {
            fprintf(file, ",%d\n", row % 2);
        } else {
            fprintf(file, "%d,%d\n", row, row % 2);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static const char *const one_text[] = {"?", "?", "?", "?", "?", "?", "?", "?", "?"};
static const char *const nine_texts[] = {"a", "b", "c", "d", "e", "f", "g", "h", "no: i"};

/** The doubt of flat.csv's only feature, or NULL. @p loaded is for the caller to release. */
static const perebor_column_doubt *load_doubt(loaded *loaded, perebor_texts nominal) {
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.nominal = nominal;
    *loaded = expect_loaded(&spec);
    assert_in_range(loaded->report.n_doubts, 0, 1);
    return loaded->report.n_doubts == 1 ? loaded->report.doubts : NULL;
}

static void one_in_ten_texts_are_slips_wherever_they_stand(void **state) {
    (void)state;
    static const struct {
        int n_texts, n_gaps;
        bool is_doubted;
    } cases[] = {{0, 0, false}, {1, 0, true},  {9, 0, true},  {10, 0, true},  {11, 0, false},
                 {1, 90, true}, {2, 80, true}, {3, 70, true}, {2, 81, false}, {4, 70, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int at_front = 0; at_front < 2; at_front++) {
            loaded loaded;
            write_mixed("x", one_text, cases[i].n_texts, cases[i].n_gaps, at_front);
            const perebor_column_doubt *doubt = load_doubt(&loaded, (perebor_texts){0});
            if ((doubt != NULL) != cases[i].is_doubted) {
                fail_msg("%d texts and %d gaps, %s", cases[i].n_texts, cases[i].n_gaps,
                         at_front ? "at the front" : "at the end");
            }
            loaded_release(&loaded);
        }
    }
}

static void a_doubt_names_the_place_and_the_step(void **state) {
    (void)state;
    loaded loaded;
    scratch_write("flat.csv", "\"price, net\",y\n1,0\n2,1\n,0\n3,1\n4,1\n5,1\n6,1\n7,1\n8,1\n"
                              "about 9,0\n9,0\n10,0\n");
    const perebor_column_doubt *doubt = load_doubt(&loaded, (perebor_texts){0});
    assert_non_null(doubt);
    assert_string_equal(doubt->column, "price, net");
    assert_string_equal(doubt->detail, "column \"price, net\" is nominal because of 1 of 11 "
                                       "values, first \"about 9\" at flat.csv:11");
    assert_string_equal(doubt->section, "data.clean");
    assert_string_equal(doubt->step, "- {op: replace, table: \"flat\", column: \"price, net\", "
                                     "map: {\"about 9\": null}, reason: not a number}");
    loaded_release(&loaded);
}

static void eight_texts_are_listed_and_nine_are_no_slips_of_one_hand(void **state) {
    (void)state;
    loaded loaded;
    write_mixed("x", nine_texts, 8, 0, true);
    const perebor_column_doubt *doubt = load_doubt(&loaded, (perebor_texts){0});
    assert_non_null(doubt);
    assert_string_equal(doubt->step,
                        "- {op: replace, table: \"flat\", column: \"x\", map: {\"a\": null, "
                        "\"b\": null, \"c\": null, \"d\": null, \"e\": null, \"f\": null, \"g\": "
                        "null, \"h\": null}, reason: not a number}");
    loaded_release(&loaded);
    write_mixed("x", nine_texts, 9, 0, true);
    doubt = load_doubt(&loaded, (perebor_texts){0});
    assert_non_null(doubt);
    assert_string_equal(doubt->step, "");
    assert_non_null(strstr(doubt->detail, "9 of 100 values, first \"a\" at flat.csv:2"));
    loaded_release(&loaded);
}

static void what_is_named_nominal_is_not_doubted(void **state) {
    (void)state;
    loaded loaded;
    write_mixed("x", one_text, 3, 0, true);
    assert_null(load_doubt(&loaded, TEXTS("x")));
    loaded_release(&loaded);
    assert_null(load_doubt(&loaded, TEXTS("x*")));
    loaded_release(&loaded);
    assert_non_null(load_doubt(&loaded, TEXTS("*")));
    loaded_release(&loaded);
}

static void a_pivot_hides_the_table_from_the_step(void **state) {
    (void)state;
    const perebor_table_source sources[] = {{.name = "flat", .path = "flat.csv", .key = "id"},
                                            {.name = "more", .path = "more.csv", .key = "id"}};
    const perebor_pivot_step pivot = {
        .table = "more", .columns = "month", .values = "sum", .prefix = ""};
    const perebor_tables_spec spec = {
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 2,
        .pivot = &pivot,
        .n_pivot = 1,
        .join = {.base = "flat", .on = "id", .tables = TEXTS("more")},
        .roles = {.id = "id", .target = "y", .detect = true},
    };
    FILE *flat = fopen("flat.csv", "w");
    FILE *more = fopen("more.csv", "w");
    assert_non_null(flat);
    assert_non_null(more);
    fprintf(flat, "id,y\n");
    fprintf(more, "id,month,sum\n");
    for (int id = 0; id < 20; id++) {
        fprintf(flat, "%d,%d\n", id, id % 2);
        fprintf(more, id == 5 ? "%d,may,many\n" : "%d,may,7\n", id);
    }
    assert_int_equal(fclose(flat), 0);
    assert_int_equal(fclose(more), 0);
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.report.n_doubts, 1);
    assert_string_equal(loaded.report.doubts[0].step, "");
    assert_non_null(strstr(loaded.report.doubts[0].detail, "first \"many\" at more.csv:7"));
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_in_ten_texts_are_slips_wherever_they_stand),
        cmocka_unit_test(a_doubt_names_the_place_and_the_step),
        cmocka_unit_test(eight_texts_are_listed_and_nine_are_no_slips_of_one_hand),
        cmocka_unit_test(what_is_named_nominal_is_not_doubted),
        cmocka_unit_test(a_pivot_hides_the_table_from_the_step),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
