// SPDX-License-Identifier: MIT
/**
 * What --set changes: the same as the file saying so, at any depth; and errors that name it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/experiment.h"

static const char text[] = "version: 1\n"
                           "name: shop\n"
                           "data:\n"
                           "  table: t.csv\n"
                           "  clean:\n"
                           "    - {op: replace, column: a, map: {'0': x, 1: y}}\n"
                           "    - {op: sql, sql: delete from t}\n"
                           "  target: {column: y, positive: 1}\n"
                           "search:\n"
                           "  parameters:\n"
                           "    model: {values: [knn, tree]}\n"
                           "    C: {min: 1, max: 9}\n";

static perebor_experiment *read_with(const perebor_override *overrides, size_t n) {
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    if (perebor_experiment_parse(&experiment, "e.yaml", text, sizeof text - 1, overrides, n,
                                 &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return experiment;
}

/** Overrides, and the text that means the same. */
static const struct {
    perebor_override override;
    const char *from, *to;
} changes[] = {
    {{"name", "mall"}, "name: shop", "name: mall"},
    {{"name", "'7'"}, "name: shop", "name: '7'"},
    {{"seed", "5"}, "name: shop\n", "name: shop\nseed: 5\n"},
    {{"data.table", "{path: t.csv, delimiter: ';'}"}, "t.csv", "{path: t.csv, delimiter: ';'}"},
    {{"data.clean.0.map.1", "z"}, "1: y", "1: z"},
    {{"data.clean.1.sql", "select 1"}, "delete from t", "select 1"},
    {{"data.target.positive", "2"}, "positive: 1", "positive: 2"},
    {{"data.target", "z"}, "{column: y, positive: 1}", "z"},
    {{"split.test_size", "30%"}, "search:", "split: {test_size: 30%}\nsearch:"},
    {{"cv", "{n_splits: 3}"}, "search:", "cv: {n_splits: 3}\nsearch:"},
    {{"search.parameters.model.values", "[svc]"}, "[knn, tree]", "[svc]"},
    {{"search.parameters.model.values.1", "svc"}, "[knn, tree]", "[knn, svc]"},
    {{"search.parameters.C.max", "9.5"}, "max: 9", "max: 9.5"},
    {{"search.parameters.more", "{value: 1}"}, "max: 9}\n", "max: 9}\n    more: {value: 1}\n"},
    {{"search.run_cap", "7"}, "search:\n", "search:\n  run_cap: 7\n"},
    {{"output.file", "x.h5"}, "search:", "output: {file: x.h5}\nsearch:"},
};

static void an_override_is_as_if_the_file_said_so(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char changed[2048];
        const char *at = strstr(text, changes[i].from);
        assert_non_null(at);
        (void)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, changes[i].to,
                       at + strlen(changes[i].from));
        perebor_experiment *by_override = read_with(&changes[i].override, 1);
        perebor_experiment *by_file = NULL;
        perebor_error error = {0};
        if (perebor_experiment_parse(&by_file, "e.yaml", changed, strlen(changed), NULL, 0,
                                     &error) != PEREBOR_OK) {
            fail_msg("%s: %s", changed, error.message);
            return;
        }
        assert_string_equal(by_override->resolved, by_file->resolved);
        assert_memory_equal(by_override->sha256, by_file->sha256, sizeof by_file->sha256);
        perebor_experiment_free(by_override);
        perebor_experiment_free(by_file);
    }
}

static void the_text_on_record_is_the_files(void **state) {
    (void)state;
    const perebor_override override = {"name", "mall"};
    perebor_experiment *experiment = read_with(&override, 1);
    assert_string_equal(experiment->text, text);
    assert_string_equal(experiment->name, "mall");
    perebor_experiment_free(experiment);
}

static void the_last_override_counts(void **state) {
    (void)state;
    const perebor_override overrides[] = {{"cv.n_splits", "3"},
                                          {"seed", "1"},
                                          {"cv", "{n_splits: 4}"},
                                          {"cv.n_splits", "6"},
                                          {"seed", "2"}};
    perebor_experiment *experiment = read_with(overrides, 5);
    assert_int_equal(experiment->folds.n_splits, 6);
    assert_int_equal(experiment->seed, 2);
    perebor_experiment_free(experiment);
    experiment = read_with(overrides, 3);
    assert_int_equal(experiment->folds.n_splits, 4);
    assert_int_equal(experiment->seed, 1);
    perebor_experiment_free(experiment);
}

static void a_key_in_quotes_stays_a_text(void **state) {
    (void)state;
    const perebor_override overrides[] = {{"data.clean.0.map.0", "z"}, {"data.clean.0.map.1", "w"}};
    perebor_experiment *experiment = read_with(overrides, 2);
    const perebor_clean_step *step = &experiment->tables.clean[0];
    assert_string_equal(step->from.items[0], "0");
    assert_string_equal(step->to.items[0], "z");
    assert_false(step->from_plain[0]);
    assert_string_equal(step->to.items[1], "w");
    assert_true(step->from_plain[1]);
    perebor_experiment_free(experiment);
}

static const struct {
    perebor_override override;
    const char *message;
} faults[] = {
    {{"seed", "x"},
     "--set seed: seed is \"x\"; it takes a whole number from 0 to "
     "18446744073709551615"},
    {{"seed", ""},
     "--set seed: seed is \"~\"; it takes a whole number from 0 to "
     "18446744073709551615"},
    {{"sead", "1"}, "--set sead: an experiment has no key sead; did you mean seed?"},
    {{"cv.folds", "1"},
     "--set cv.folds: cv has no key folds; it takes method, n_splits, "
     "n_repeats, shuffle, seed, return_train_score"},
    {{"cv.n_splits", "1"},
     "--set cv.n_splits: n_splits is \"1\"; it takes a whole number of at least 2"},
    {{"name.first", "x"}, "--set name.first: there is no place for \"first\" in a single value"},
    {{"data.clean.2.op", "sql"},
     "--set data.clean.2.op: there is no place for \"2\" in a list of fewer items"},
    {{"data.clean.1.op", "sort"},
     "--set data.clean.1.op: op is \"sort\"; it takes normalize, replace or sql"},
    {{"data", "{table: t.csv}"}, "--set data: data needs the key target"},
    {{"search.parameters.C.max", "0"}, "e.yaml:12:5: C: min 1 is above max 0"},
    {{"search.parameters.D", "{min: 1}"},
     "--set search.parameters.D: D needs values, value, min and max, or a distribution"},
    {{"search.parameters.D", "{min: 2, max: 1}"},
     "--set search.parameters.D: D: min 2 is above max 1"},
    {{"search.enqueue", "[{C: 100}]"},
     "--set search.enqueue: enqueue: C cannot be 100; the search takes it from: a whole number "
     "from 1 to 9"},
    {{"cv.seed", "7"},
     "--set cv.seed: seed has no effect without shuffle; add shuffle: true, or leave it out"},
    {{"data.clean.0.map", "{a: *b}"},
     "--set data.clean.0.map: alias *b: aliases are not read; write the value here"},
    {{"name", "a: b: c"},
     "--set name: a second \": \" on this line; put the value in quotes, or "
     "each key on a line of its own"},
};

static void an_override_that_cannot_be_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        perebor_experiment *experiment = NULL;
        perebor_error error = {0};
        if (perebor_experiment_parse(&experiment, "e.yaml", text, sizeof text - 1,
                                     &faults[i].override, 1, &error) == PEREBOR_OK) {
            perebor_experiment_free(experiment);
            fail_msg("%s=%s is accepted", faults[i].override.key, faults[i].override.value);
        }
        assert_string_equal(error.message, faults[i].message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_override_is_as_if_the_file_said_so),
        cmocka_unit_test(the_text_on_record_is_the_files),
        cmocka_unit_test(the_last_override_counts),
        cmocka_unit_test(a_key_in_quotes_stays_a_text),
        cmocka_unit_test(an_override_that_cannot_be_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
