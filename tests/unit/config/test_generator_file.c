// SPDX-License-Identifier: MIT
/**
 * Generator files: what is read from one, and every key's error with its place and remedy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/generator_file.h"
#include "generator_lines.h"

static void every_key_is_read(void **state) {
    (void)state;
    char text[GENERATOR_FILE_SIZE];
    perebor_generator *made = NULL;
    perebor_error error = {0};
    size_t length = write_generator(text, NULL, NULL);
    if (perebor_generator_parse(&made, "g.yaml", text, length, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
        return;
    }
    assert_string_equal(made->name, "shop");
    assert_int_equal(made->id_start, 100);
    assert_int_equal(made->flags[0].variable, 0);
    assert_true(made->flags[0].correlation == 0.3);
    assert_true(made->correlations[0].values[1] == 0.5);
    const perebor_component *one = &made->components[0];
    assert_int_equal(one->marginals[0].kind, PEREBOR_MARGINAL_NORMAL);
    assert_int_equal(one->marginals[1].low->n_p, 2);
    assert_true(one->marginals[1].high->hi == 900.0);
    assert_int_equal(one->shifts[0].variable, 1);
    assert_true(one->shifts[0].values[1] == 1.0);
    assert_int_equal(made->tables[0].columns[1].kind, PEREBOR_FIELD_FLAG);
    assert_true(made->tables[0].columns[2].trim);
    assert_int_equal(made->tables[0].columns[2].least_decimals, 1);
    assert_string_equal(made->tables[1].rows[1].dirty_label, "z");
    assert_true(made->tables[1].dirty_crlf && made->tables[1].rotate_p == 0.1);
    assert_int_equal(made->dirt.zero_variables[0], 1);
    assert_true(made->dirt.outlier_factor_max == 25.0);
    assert_true(made->logit.terms[0].weight == 0.7);
    assert_true(made->drift.moves[0].keep == 0.9);
    assert_true(made->campaign.effect.terms[0].scale == 2.0);
    assert_int_equal(made->dirt_extreme.cells[1].column, 1);
    assert_int_equal(made->dirt_extreme.rows[0].id_add, 5);
    assert_int_equal(strlen(made->sha256), 64);
    perebor_generator_free(made);
}

static void the_order_of_the_keys_does_not_matter(void **state) {
    (void)state;
    char text[GENERATOR_FILE_SIZE];
    size_t length = 0;
    perebor_generator *generator = NULL;
    perebor_error error = {0};
    for (size_t i = N_GENERATOR_LINES; i-- > 0;) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%s: %s\n",
                                   generator_lines[i].key, generator_lines[i].value);
    }
    if (perebor_generator_parse(&generator, "g.yaml", text, length, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    perebor_generator_free(generator);
}

static void what_is_required_is_missed_by_its_name(void **state) {
    (void)state;
    static const char *const optional[] = {"dirt", "logit", "drift", "campaign", "dirt_extreme"};
    char text[GENERATOR_FILE_SIZE];
    perebor_generator *generator = NULL;
    for (size_t i = 0; i < N_GENERATOR_LINES; i++) {
        char message[128];
        bool required = true;
        for (size_t k = 0; k < sizeof optional / sizeof *optional; k++) {
            required = required && strcmp(optional[k], generator_lines[i].key) != 0;
        }
        if (required) {
            (void)snprintf(message, sizeof message, "g.yaml:1:1: generator needs the key %s",
                           generator_lines[i].key);
            check_generator_faults(&(generator_fault){generator_lines[i].key, NULL, message}, 1);
        } else {
            size_t length = write_generator(text, generator_lines[i].key, NULL);
            assert_int_equal(perebor_generator_parse(&generator, "g.yaml", text, length, NULL),
                             PEREBOR_OK);
            perebor_generator_free(generator);
        }
    }
}

static const generator_fault top_faults[] = {
    {"version", "2", "g.yaml:1:10: this program reads version 1"},
    {"version", "x",
     "g.yaml:1:10: version is \"x\"; it takes a whole number from 0 to 18446744073709551615"},
    {"name", "[a]", "g.yaml:2:7: name is a list; it takes text"},
    {"rows", "0", "g.yaml:3:7: rows is \"0\"; it takes a whole number of at least 1"},
    {"seed", "-1",
     "g.yaml:4:7: seed is \"-1\"; it takes a whole number from 0 to 18446744073709551615"},
    {"variables", "{a: 1}",
     "g.yaml:6:12: variables is a section; it takes one name or a list of "
     "them"},
    {"variables", "[age, sum, age]", "g.yaml:6:12: variables has \"age\" twice"},
    {"categories", "[new, new]", "g.yaml:7:13: categories has \"new\" twice"},
    {"flags", "[vip]", "g.yaml:8:8: flags is a list; it takes a section of flags by name"},
    {"flags", "{vip: {leans_on: agee, correlation: 0, stream: 1}}",
     "g.yaml:8:25: there is no variable \"agee\"; did you mean \"age\"?"},
    {"flags", "{vip: {leans_on: price, correlation: 0, stream: 1}}",
     "g.yaml:8:25: there is no variable \"price\""},
    {"flags", "{vip: {leans_on: age, correlation: 1, stream: 1}}",
     "g.yaml:8:14: correlation must lie between -1 and 1"},
    {"flags", "{vip: {leans_on: age, correlation: -1, stream: 1}}",
     "g.yaml:8:14: correlation must lie between -1 and 1"},
    {"flags", "{vip: {leans_on: age, correlation: 0}}", "g.yaml:8:14: flag needs the key stream"},
    {"flags", "{vip: {leans_in: age}}",
     "g.yaml:8:15: flag has no key leans_in; did you mean leans_on?"},
    {"correlations", "{all: [[1, 0.5]]}", "g.yaml:9:21: 2 rows of 2 numbers are wanted here"},
    {"correlations", "{all: [[1, 0.5], [0.5]]}",
     "g.yaml:9:32: a list of 2 numbers is wanted here, not 1"},
    {"correlations", "{all: [[1, 0.5], 3]}", "g.yaml:9:32: a list of numbers is wanted here"},
    {"correlations", "{all: [[1, 0.5], [0.4, 1]]}",
     "g.yaml:9:21: the matrix is not symmetric in row 1"},
    {"correlations", "{all: [[1, 0.5], [0.5, 2]]}",
     "g.yaml:9:21: row 2 has 2 on the diagonal; a variable correlates with itself by 1"},
    {"correlations", "{all: [[1, x], [x, 1]]}", "g.yaml:9:26: this is \"x\"; it takes a number"},
};

static void faults_at_the_top_are_named_with_their_place(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(top_faults);
}

static const generator_fault scenario_faults[] = {
    {"logit", "{intercept: 1}", "g.yaml:13:8: logit needs the key terms"},
    {"logit", "{intercept: 1, terms: {age: [1, 2]}}",
     "g.yaml:13:36: a list of 3 numbers is wanted here, not 2"},
    {"logit", "{intercept: 1, terms: {age: [1, 0, 2]}}", "g.yaml:13:36: the scale must not be 0"},
    {"logit", "{intercept: 1, terms: {ages: [1, 1, 2]}}",
     "g.yaml:13:37: there is no variable \"ages\"; did you mean \"age\"?"},
    {"drift", "{moves: {}}", "g.yaml:14:8: drift needs the key stream"},
    {"drift", "{stream: 1, moves: {age: {keep: 2}}}",
     "g.yaml:14:40: keep is \"2\"; it takes a share from 0 to 1, such as 0.25 or 25%"},
    {"drift", "{stream: 1, moves: {age: {kept: 1}}}",
     "g.yaml:14:34: move has no key kept; it takes keep, shift, add"},
    {"campaign", "{treated: {p: 2, stream: 1}, stream: 1}",
     "g.yaml:15:25: p is \"2\"; it takes a share from 0 to 1, such as 0.25 or 25%"},
    {"campaign", "{treated: {p: 0.1, stream: 1}, stream: 1, untreated: {intercept: 0, terms: {}}}",
     "g.yaml:15:11: campaign needs the key effect"},
    {"dirt_extreme", "{stream: 1, cells: [{kind: gap, file: c.csv, column: Sum, p: 1, text: a}]}",
     "g.yaml:16:53: no table has the file \"c.csv\""},
    {"dirt_extreme", "{stream: 1, cells: [{kind: gap, file: a.csv, column: Id, p: 1, text: a}]}",
     "g.yaml:16:68: a.csv has no column \"Id\" beside the id"},
    {"dirt_extreme", "{stream: 1, cells: [{kind: gap, file: b.csv, column: Id, p: 1, text: a}]}",
     "g.yaml:16:68: b.csv has no column \"Id\" beside the id"},
    {"dirt_extreme", "{stream: 1, cells: [{kind: gap, file: b.csv, column: Value, p: 1}]}",
     "g.yaml:16:35: a fault has either text:, or before: or after:"},
    {"dirt_extreme",
     "{stream: 1, cells: [{kind: gap, file: b.csv, column: Value, p: 1, text: a, before: b}]}",
     "g.yaml:16:35: a fault has either text:, or before: or after:"},
    {"dirt_extreme", "{stream: 1, rows: [{kind: twice, file: a.csv}]}",
     "g.yaml:16:34: fault needs the key p"},
    {"dirt_extreme", "{stream: 1, byte_order_mark: a.csv}",
     "g.yaml:16:44: byte_order_mark is \"a.csv\"; it takes a list of files of tables"},
};

static void faults_of_scenarios_are_named_with_their_place(void **state) {
    (void)state;
    CHECK_GENERATOR_FAULTS(scenario_faults);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(the_order_of_the_keys_does_not_matter),
        cmocka_unit_test(what_is_required_is_missed_by_its_name),
        cmocka_unit_test(faults_at_the_top_are_named_with_their_place),
        cmocka_unit_test(faults_of_scenarios_are_named_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
