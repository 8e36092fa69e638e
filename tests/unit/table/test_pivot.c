// SPDX-License-Identifier: MIT
/**
 * Pivots: tables at random against a search of their rows, and what cannot be pivoted.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "table_scratch.h"
#include "table_specs.h"

enum { n_people = 30, n_months = 5 };

static const char *const months[n_months] = {"мар", "фев", "10", "Z", "a b"};

/** Two tables: people.csv, and visits.csv that is pivoted. */
static perebor_tables_spec pivot_spec(perebor_table_source sources[2],
                                      const perebor_pivot_step *pivot) {
    sources[0] = (perebor_table_source){.name = "people", .path = "people.csv", .key = "id"};
    sources[1] = (perebor_table_source){.name = "visits", .path = "visits.csv", .key = "id"};
    static const char *const joined[] = {"visits"};
    return (perebor_tables_spec){
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 2,
        .pivot = pivot,
        .n_pivot = 1,
        .join = {.base = "people",
                 .on = "id",
                 .left = true,
                 .tables = {joined, 1},
                 .unmatched_allowed = true},
        .roles = {.id = "id", .target = "y", .detect = true},
    };
}

static void write_people(void) {
    FILE *file = fopen("people.csv", "w");
    assert_non_null(file);
    fprintf(file, "id,x,y\n");
    for (int id = 0; id < n_people; id++) {
        fprintf(file, "%d,%d,%d\n", id, id, id % 2);
    }
    assert_int_equal(fclose(file), 0);
}

/** Each (person, month) once at most, in an order at random; minutes -1: no row, -2: a gap. */
static void write_visits(uint64_t *seed, int minutes[n_people][n_months]) {
    size_t places[n_people * n_months];
    FILE *file = fopen("visits.csv", "w");
    assert_non_null(file);
    fprintf(file, "minutes,id,month\n");
    for (size_t i = 0; i < n_people * n_months; i++) {
        size_t j = draw_bits(seed) % (i + 1);
        places[i] = places[j];
        places[j] = i;
    }
    for (size_t i = 0; i < n_people * n_months; i++) {
        size_t person = places[i] / n_months;
        size_t month = places[i] % n_months;
        int value = (int)(draw_bits(seed) % 100);
        value = value < 20 ? -1 : value < 30 ? -2 : value;
        minutes[person][month] = value;
        if (value == -2) {
            fprintf(file, ",%zu,%s\n", person, months[month]);
        } else if (value >= 0) {
            fprintf(file, "%d,%zu,%s\n", value, person, months[month]);
        }
    }
    assert_int_equal(fclose(file), 0);
}

static void every_cell_is_where_its_key_and_heading_meet(void **state) {
    (void)state;
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = "min_"};
    static const char *const sorted[n_months] = {"min_10", "min_Z", "min_a b", "min_мар",
                                                 "min_фев"};
    uint64_t seed = 3;
    write_people();
    for (int i = 0; i < 30; i++) {
        int minutes[n_people][n_months];
        perebor_table_source sources[2];
        write_visits(&seed, minutes);
        perebor_tables_spec spec = pivot_spec(sources, &pivot);
        loaded loaded = expect_loaded(&spec);
        assert_int_equal(loaded.dataset->n_columns, 1 + n_months);
        for (size_t month = 0; month < n_months; month++) {
            char name[32];
            (void)snprintf(name, sizeof name, "min_%s", months[month]);
            const perebor_column *column = find_column(loaded.dataset, name);
            assert_string_equal(loaded.dataset->columns[1 + month].name, sorted[month]);
            for (size_t person = 0; person < n_people; person++) {
                int value = minutes[person][month];
                double cell = column->values[person];
                assert_true(value < 0 ? isnan(cell) : cell == (double)value);
            }
        }
        loaded_release(&loaded);
    }
}

static void headings_are_normal_text_and_may_be_numbers(void **state) {
    (void)state;
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = "и\xCC\x86"};
    perebor_table_source sources[2];
    perebor_tables_spec spec = pivot_spec(sources, &pivot);
    write_people();
    scratch_write("visits.csv", "id,month,minutes\n1,2.50,3\n2,1,4\n");
    loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.dataset->columns[1].name, "й1");
    assert_string_equal(loaded.dataset->columns[2].name, "й2.50");
    assert_string_equal(loaded.report.steps[0].detail,
                        "visits: 2 rows to 2 rows and 2 columns of minutes by month");
    assert_int_equal(loaded.report.steps[0].n_rows, 2);
    loaded_release(&loaded);
}

static void check_pivot_error(const perebor_pivot_step *pivot, const char *key,
                              const perebor_clean_step *clean, const char *visits,
                              const char *message) {
    perebor_table_source sources[2];
    perebor_tables_spec spec = pivot_spec(sources, pivot);
    sources[1].key = key;
    spec.join.on = key;
    spec.clean = clean;
    spec.n_clean = clean != NULL ? 1 : 0;
    write_people();
    scratch_write("visits.csv", visits);
    expect_error(&spec, message);
}

static void a_pivot_that_cannot_be_is_an_error(void **state) {
    (void)state;
    const perebor_position at = {7, 5, NULL};
    const perebor_pivot_step plain = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = "", .at = at};
    perebor_pivot_step other = plain;
    check_pivot_error(&plain, NULL, NULL, "id,month,minutes\n1,a,1\n",
                      "experiment.yaml:7:5: table \"visits\" has no key: to pivot by");
    check_pivot_error(
        &plain, "id", NULL, "id,month,minutes\n1,a,1\n1,id,2\n",
        "experiment.yaml:7:5: the pivot of table \"visits\" makes two columns \"id\"");
    check_pivot_error(&plain, "id", NULL, "id,month,minutes\n1,\xC3\xA9,1\n1,e\xCC\x81,2\n",
                      "experiment.yaml:7:5: the pivot of table \"visits\" makes two columns "
                      "\"é\"");
    other.table = "visit";
    check_pivot_error(&other, "id", NULL, "id,month,minutes\n1,a,1\n",
                      "experiment.yaml:7:5: there is no table \"visit\" (did you mean "
                      "\"visits\"?)");
    other = plain;
    other.columns = "moon";
    check_pivot_error(&other, "id", NULL, "id,month,minutes\n1,a,1\n",
                      "experiment.yaml:7:5: table \"visits\" has no column \"moon\"; it has "
                      "\"id\", \"month\", \"minutes\"");
}

static void too_many_headings_are_refused(void **state) {
    (void)state;
    enum { most = 4096 };
    const perebor_pivot_step pivot = {.table = "visits",
                                      .columns = "month",
                                      .values = "minutes",
                                      .prefix = "m",
                                      .at = {7, 5, NULL}};
    perebor_table_source sources[2];
    perebor_tables_spec spec = pivot_spec(sources, &pivot);
    write_people();
    for (int n = most; n <= most + 1; n++) {
        FILE *file = fopen("visits.csv", "w");
        assert_non_null(file);
        fprintf(file, "id,month,minutes\n");
        for (int i = 0; i < n; i++) {
            fprintf(file, "%d,%d,1\n", i % n_people, i);
        }
        assert_int_equal(fclose(file), 0);
        if (n == most) {
            loaded loaded = expect_loaded(&spec);
            assert_int_equal(loaded.dataset->n_columns, 1 + most);
            loaded_release(&loaded);
        } else {
            expect_error(&spec, "experiment.yaml:7:5: column \"month\" of table \"visits\" has "
                                "more than 4096 different values, too many to become columns");
        }
    }
}

static void rows_that_sql_made_are_pivoted_once_too(void **state) {
    (void)state;
    const perebor_pivot_step pivot = {
        .table = "visits", .columns = "month", .values = "minutes", .prefix = ""};
    static const char visits[] = "id,month,minutes\n1,a,1\n2,a,2\n";
    perebor_clean_step clean = {
        .kind = PEREBOR_STEP_SQL,
        .sql = "INSERT INTO visits VALUES (3, 'a', 5), (4, 'a', 6), (3, 'a', 7)"};
    check_pivot_error(&pivot, "id", &clean, visits,
                      "table \"visits\", row 5: id \"3\" has month \"a\" a second time (first in a "
                      "row that sql: made); a pivot needs one row for each");
    clean.sql = "INSERT INTO visits VALUES (2, 'a', 5)";
    check_pivot_error(&pivot, "id", &clean, visits,
                      "table \"visits\", row 3: id \"2\" has month \"a\" a second time (first in "
                      "line 3); a pivot needs one row for each");
    clean.sql = "INSERT INTO visits VALUES (3, 'a', 5), (3, 'b', 'x')";
    perebor_table_source sources[2];
    perebor_tables_spec spec = pivot_spec(sources, &pivot);
    spec.clean = &clean;
    spec.n_clean = 1;
    loaded loaded = expect_loaded(&spec);
    assert_true(find_column(loaded.dataset, "a")->values[3] == 5.0);
    loaded_release(&loaded);
    spec.roles.numeric = TEXTS("b");
    expect_error(&spec, "table \"visits\", row 3: column \"b\": \"x\" is not a number; name the "
                        "column under nominal, or replace the value");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_where_its_key_and_heading_meet),
        cmocka_unit_test(headings_are_normal_text_and_may_be_numbers),
        cmocka_unit_test(a_pivot_that_cannot_be_is_an_error),
        cmocka_unit_test(too_many_headings_are_refused),
        cmocka_unit_test(rows_that_sql_made_are_pivoted_once_too),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
