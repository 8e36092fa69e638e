// SPDX-License-Identifier: MIT
/**
 * Joins: tables at random against a search of their rows, and the remedy for keys that only look
 * different.
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

enum { most_keys = 40 };

static const char *const names[] = {"base", "left", "right"};

/** Three tables, of which two are joined to the first. */
static perebor_tables_spec join_spec(perebor_table_source sources[3]) {
    static const char *const paths[] = {"base.csv", "left.csv", "right.csv"};
    static const char *const joined[] = {"left", "right"};
    for (size_t i = 0; i < 3; i++) {
        sources[i] = (perebor_table_source){.name = names[i], .path = paths[i], .key = "id"};
    }
    return (perebor_tables_spec){
        .file = "experiment.yaml",
        .sources = sources,
        .n_sources = 3,
        .join = {.base = "base", .on = "id", .tables = {joined, 2}, .at = {8, 3, NULL}},
        .roles = {.id = "id", .target = "y", .detect = true, .target_at = {9, 3, NULL}},
    };
}

/** Some of the keys in an order at random; @p has says which. @return How many. */
static int write_keys(uint64_t *seed, const char *path, const char *column, double share,
                      bool has[most_keys]) {
    int keys[most_keys];
    int n = 0;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s,id%s\n", column, strcmp(column, "x") == 0 ? ",y" : "");
    for (int i = 0; i < most_keys; i++) {
        int j = (int)(draw_bits(seed) % ((uint64_t)i + 1));
        keys[i] = keys[j];
        keys[j] = i;
    }
    for (int i = 0; i < most_keys; i++) {
        has[keys[i]] = i < 2 || draw_uniform(seed) < share;
        if (has[keys[i]]) {
            fprintf(file, "%d,k%d", 1000 + keys[i], keys[i]);
            fprintf(file, strcmp(column, "x") == 0 ? ",%d\n" : "\n", n % 2);
            n++;
        }
    }
    assert_int_equal(fclose(file), 0);
    return n;
}

/** The rows of the base that a join keeps, in its order, each with its partners. */
static void check_joined(const perebor_dataset *dataset, bool left, bool has[3][most_keys]) {
    size_t n_expected = 0;
    for (int key = 0; key < most_keys; key++) {
        n_expected += has[0][key] && (left || (has[1][key] && has[2][key]));
    }
    assert_int_equal(dataset->n_rows, n_expected);
    for (size_t row = 0; row < dataset->n_rows; row++) {
        int key = atoi(dataset->ids[row] + 1);
        assert_true(has[0][key]);
        assert_true(row == 0 || dataset->source_rows[row] > dataset->source_rows[row - 1]);
        for (size_t part = 0; part < 3; part++) {
            double value = dataset->columns[part].values[row];
            assert_true(has[part][key] ? value == 1000.0 + key : isnan(value));
        }
    }
}

static void rows_meet_their_partners_in_the_order_of_the_base(void **state) {
    (void)state;
    perebor_table_source sources[3];
    perebor_tables_spec spec = join_spec(sources);
    spec.join.unmatched_allowed = true;
    uint64_t seed = 8;
    for (int i = 0; i < 40; i++) {
        bool has[3][most_keys];
        write_keys(&seed, "base.csv", "x", 0.7, has[0]);
        write_keys(&seed, "left.csv", "l", 0.8, has[1]);
        write_keys(&seed, "right.csv", "r", 0.9, has[2]);
        spec.join.left = true;
        loaded loaded = expect_loaded(&spec);
        check_joined(loaded.dataset, true, has);
        loaded_release(&loaded);
        perebor_dataset *dataset = NULL;
        perebor_tables_report report = {0};
        perebor_error error = {0};
        spec.join.left = false;
        // An inner join at random may leave one class, or nothing.
        if (perebor_tables_load(&dataset, &report, &spec, &error) == PEREBOR_OK) {
            check_joined(dataset, false, has);
            perebor_dataset_free(dataset);
            perebor_tables_report_release(&report);
        } else {
            assert_true(strstr(error.message, "in all") != NULL ||
                        strstr(error.message, "leaves no rows") != NULL);
        }
    }
}

static void a_join_says_how_many_met(void **state) {
    (void)state;
    perebor_table_source sources[3];
    perebor_tables_spec spec = join_spec(sources);
    spec.join.unmatched_allowed = true;
    scratch_write("base.csv", "id,x,y\n1,1,0\n2,2,1\n3,3,0\n4,4,0\n");
    scratch_write("left.csv", "l,id\n1,3\n2,2\n3,9\n4,8\n");
    scratch_write("right.csv", "id,r,note\n2,0,a\n3,1,b\n4,2,c\n1,3,d\n");
    loaded loaded = expect_loaded(&spec);
    assert_int_equal(loaded.report.n_steps, 2);
    assert_string_equal(loaded.report.steps[0].detail,
                        "left: 2 of 4 rows of base matched by id; 2 rows of left without partner");
    assert_int_equal(loaded.report.steps[0].n_rows, 2);
    assert_string_equal(loaded.report.steps[1].detail, "right: 4 of 4 rows of base matched by id; "
                                                       "0 rows of right without partner");
    loaded_release(&loaded);
    spec.join.tables = TEXTS("left");
    spec.roles.passthrough = TEXTS("note");
    loaded = expect_loaded(&spec);
    assert_string_equal(loaded.report.steps[1].detail,
                        "right: 4 of 4 rows of base matched by id (carried columns only); 0 rows "
                        "of right without partner");
    assert_string_equal(loaded.dataset->passthrough[0].levels[0], "a");
    assert_int_equal(loaded.dataset->n_columns, 2);
    loaded_release(&loaded);
}

static const struct {
    const char *base, *left, *message;
} strangers[] = {
    {"id,x,y\n1001,1,0\n1002,2,1\n", "id,l\n1001,1\n1002.0,2\n",
     "base.csv:3: key id \"1002\" of table \"base\" is not in table \"left\" (1 such key), but "
     "\"1002.0\" is the same number (left.csv:3); write the keys alike: {op: sql, sql: 'UPDATE "
     "\"left\" SET \"id\" = CAST(\"id\" AS INTEGER)'}"},
    {"id,x,y\n001,1,0\n002,2,1\n", "id,l\n1,1\n2,2\n",
     "base.csv:2: key id \"001\" of table \"base\" is not in table \"left\" (2 such keys), but "
     "\"1\" is the same number (left.csv:2); write the keys alike: {op: sql, sql: 'UPDATE \"base\" "
     "SET \"id\" = CAST(\"id\" AS INTEGER)'}"},
    {"id,x,y\n1.5,1,0\n2.5,2,1\n", "id,l\n1.50,1\n2.5,2\n",
     "base.csv:2: key id \"1.5\" of table \"base\" is not in table \"left\" (1 such key), but "
     "\"1.50\" is the same number (left.csv:2); write the keys alike: {op: sql, sql: 'UPDATE "
     "\"base\" SET \"id\" = CAST(\"id\" AS REAL)'}"},
    {"id,x,y\na\xC2\xA0,1,0\nb,2,1\n", "id,l\na,1\nb,2\n",
     "base.csv:2: key id \"a\\u00A0\" of table \"base\" is not in table \"left\" (1 such key), "
     "but \"a\" differs in characters that do not show alone (left.csv:2); write the keys alike: "
     "{op: normalize, columns: id}"},
    {"id,x,y\nann,1,0\nbob,2,1\n", "id,l\nANN,1\nbob,2\n",
     "base.csv:2: key id \"ann\" of table \"base\" is not in table \"left\" (1 such key), but "
     "\"ANN\" differs in how letters are written alone (left.csv:2); write the keys alike: {op: "
     "normalize, columns: id, form: NFKC, case: lower}"},
    {"id,x,y\n1,1,0\n2,2,1\n", "id,l\n1,1\n2,2\n3,3\n",
     "left.csv:4: key id \"3\" of table \"left\" is not in table \"base\" (1 such key); say "
     "unmatched: allow if that is right"},
    {"id,x,y\n1,1,0\n,2,1\n", "id,l\n1,1\n2,2\n",
     "base.csv:3: key \"id\" of table \"base\" is a gap; every row needs one"},
    {"id,x,y\n1,1,0\n2,2,1\n", "id,l\n1,1\n,2\n",
     "left.csv:3: key \"id\" of table \"left\" is a gap; every row needs one"},
};

static void keys_that_only_look_different_are_told_with_the_remedy(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
        perebor_table_source sources[3];
        perebor_tables_spec spec = join_spec(sources);
        char message[sizeof(perebor_error)];
        spec.n_sources = 2;
        spec.join.tables = TEXTS("left");
        scratch_write("base.csv", strangers[i].base);
        scratch_write("left.csv", strangers[i].left);
        perebor_error cut = {0};
        (void)perebor_fail(&cut, PEREBOR_ERR_FORMAT, "%s", strangers[i].message);
        (void)snprintf(message, sizeof message, "%s", cut.message); // as long as a message may be
        expect_error(&spec, message);
    }
}

static void a_join_needs_a_key_and_tables(void **state) {
    (void)state;
    perebor_table_source sources[3];
    perebor_tables_spec spec = join_spec(sources);
    scratch_write("base.csv", "id,x,y\n1,1,0\n2,2,1\n");
    scratch_write("left.csv", "id,l\n1,1\n2,2\n");
    scratch_write("right.csv", "id,r\n1,1\n2,2\n");
    spec.join.on = NULL;
    sources[0].key = NULL;
    expect_error(&spec, "experiment.yaml:8:3: a join needs on:, the key of its tables");
    spec.join.base = "bas";
    expect_error(&spec, "experiment.yaml:8:3: there is no table \"bas\" (did you mean \"base\"?)");
    spec.join.base = "base";
    spec.join.tables = TEXTS("base");
    expect_error(&spec, "experiment.yaml:8:3: table \"base\" is joined twice");
    spec.n_sources = 0;
    expect_error(&spec, "experiment.yaml: no table is named");
}

static void without_a_base_the_first_table_is_it(void **state) {
    (void)state;
    perebor_table_source sources[3];
    perebor_tables_spec spec = join_spec(sources);
    scratch_write("base.csv", "id,x,y\n2,1,0\n1,2,1\n");
    scratch_write("left.csv", "id,l\n1,10\n2,20\n");
    spec.n_sources = 2;
    spec.join.base = NULL;
    spec.join.on = NULL; // the key of the base
    spec.join.tables = TEXTS("left");
    loaded loaded = expect_loaded(&spec);
    assert_string_equal(loaded.dataset->ids[0], "2");
    assert_true(find_column(loaded.dataset, "l")->values[0] == 20.0);
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_meet_their_partners_in_the_order_of_the_base),
        cmocka_unit_test(a_join_says_how_many_met),
        cmocka_unit_test(keys_that_only_look_different_are_told_with_the_remedy),
        cmocka_unit_test(a_join_needs_a_key_and_tables),
        cmocka_unit_test(without_a_base_the_first_table_is_it),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
