// SPDX-License-Identifier: MIT
/**
 * Every key of an experiment with a value that it does not take: where it stood, what it was, what
 * would be right.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/experiment.h"

/** A key added to a section; its key begins at the column behind what the section has already. */
typedef struct key_fault {
    const char *section, *text, *message;
} key_fault;

static const struct {
    const char *name, *begin, *end;
} sections[] = {
    {"data", "data: {table: t.csv, target: y, ", "}\n"},
    {"split", "split: {", "}\n"},
    {"cv", "cv: {", "}\n"},
    {"search", "search: {parameters: {model: {values: [knn]}}, ", "}\n"},
    {"output", "output: {", "}\n"},
    {"explain", "explain: {", "}\n"},
};

/** Sections a line each, behind the version; one of them with a key more. */
static void write_experiment(char text[2048], const char *section, const char *key) {
    size_t length = (size_t)snprintf(text, 2048, "version: 1\n");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        bool chosen = strcmp(sections[i].name, section) == 0;
        length += (size_t)snprintf(text + length, 2048 - length, "%s%s%s", sections[i].begin,
                                   chosen ? key : "", sections[i].end);
    }
    assert_true(length < 2048);
}

static void check_faults(const key_fault *faults, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char text[2048];
        perebor_experiment *experiment = NULL;
        perebor_error error = {0};
        write_experiment(text, faults[i].section, faults[i].text);
        if (perebor_experiment_parse(&experiment, "e.yaml", text, strlen(text), NULL, 0, &error) ==
            PEREBOR_OK) {
            perebor_experiment_free(experiment);
            fail_msg("%s: %s is accepted", faults[i].section, faults[i].text);
        }
        if (strcmp(error.message, faults[i].message) != 0) {
            fail_msg("%s: %s\n  %s\nnot\n  %s", faults[i].section, faults[i].text, error.message,
                     faults[i].message);
        }
    }
}

#define CHECK_FAULTS(faults) check_faults(faults, sizeof(faults) / sizeof *(faults))

static const key_fault data_faults[] = {
    {"data", "root: [a]", "e.yaml:2:39: root is a list; it takes text"},
    {"data", "id: {a: b}", "e.yaml:2:37: id is a section; it takes text"},
    {"data", "group: ~", "e.yaml:2:40: group is \"~\"; it takes text"},
    {"data", "carry: {a: b}",
     "e.yaml:2:40: carry is a section; it takes one name or a list of "
     "them"},
    {"data", "carry: [a, [b]]", "e.yaml:2:44: this is a list; it takes text"},
    {"data", "carry: [a, null]", "e.yaml:2:44: this is \"null\"; it takes text"},
    {"data", "clean: {op: sql}",
     "e.yaml:2:40: clean is a section; it takes a list of cleaning "
     "steps"},
    {"data", "clean: [sql]",
     "e.yaml:2:41: a cleaning step needs the key op: normalize, replace or "
     "sql"},
    {"data", "clean: [{op: sort}]",
     "e.yaml:2:46: op is \"sort\"; it takes normalize, replace or "
     "sql"},
    {"data", "clean: [{op: normalise}]",
     "e.yaml:2:46: op cannot be \"normalise\"; did you mean "
     "normalize? It takes normalize, replace or sql"},
    {"data", "clean: [{op: normalize, form: NFD}]",
     "e.yaml:2:63: form cannot be \"NFD\"; did you mean NFC? It takes NFC, NFKC or none"},
    {"data", "clean: [{op: normalize, case: title}]",
     "e.yaml:2:63: case is \"title\"; it takes lower, upper or keep"},
    {"data", "clean: [{op: normalize, trim: yes}]",
     "e.yaml:2:63: trim is \"yes\"; it takes true or false"},
    {"data", "clean: [{op: normalize, sql: x}]",
     "e.yaml:2:57: normalize has no key sql; it takes op, table, columns, form, trim, case, "
     "reason"},
    {"data", "clean: [{op: replace, column: a, columns: b, map: {x: y}}]",
     "e.yaml:2:41: replace takes column or columns, not both"},
    {"data", "clean: [{op: replace, column: a}]", "e.yaml:2:41: replace needs the key map"},
    {"data", "clean: [{op: replace, column: a, map: {}}]",
     "e.yaml:2:71: map is a section; it takes a section of old and new values"},
    {"data", "clean: [{op: replace, column: a, map: {x: [y]}}]",
     "e.yaml:2:75: x is a list; it takes text"},
    {"data", "clean: [{op: sql}]", "e.yaml:2:41: sql needs the key sql"},
    {"data", "clean: [{op: sql, sql: x, timeout: 0}]",
     "e.yaml:2:68: timeout is \"0\"; it takes a time above 0, such as 90s, 30m, 2h or 1h30m"},
    {"data", "pivot: [{table: t, columns: a}]", "e.yaml:2:41: pivot needs the key values"},
    {"data", "pivot: x", "e.yaml:2:40: pivot is \"x\"; it takes a list of pivot steps"},
    {"data", "join: inner",
     "e.yaml:2:39: join is \"inner\"; it takes a section of keys and values"},
    {"data", "join: {on: a, how: outer}", "e.yaml:2:52: how is \"outer\"; it takes inner or left"},
    {"data", "join: {on: a, unmatched: drop}",
     "e.yaml:2:58: unmatched is \"drop\"; it takes error or allow"},
    {"data", "missing: {nominal: median}",
     "e.yaml:2:52: nominal is \"median\"; it takes most_frequent or constant"},
    {"data", "missing: {fill_value: none}",
     "e.yaml:2:55: fill_value is \"none\"; it takes a number"},
    {"data", "missing: {fill_value: 1e999}",
     "e.yaml:2:55: fill_value is 1e999, which is beyond the range of a double (about 1.8e308); it "
     "takes a number"},
};

static void keys_of_data_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(data_faults);
}

static const key_fault filter_faults[] = {
    {"data", "filter: x", "e.yaml:2:41: filter is \"x\"; it takes a list of row filters"},
    {"data", "filter: [{op: is_gap}]", "e.yaml:2:42: filter needs the key column or columns"},
    {"data", "filter: [{column: a, columns: b, op: is_gap}]",
     "e.yaml:2:42: filter takes column or columns, not both"},
    {"data", "filter: [{column: a, op: in, value: a, values: [b]}]",
     "e.yaml:2:42: filter takes value or values, not both"},
    {"data", "filter: [{column: a}]", "e.yaml:2:42: filter needs the key op"},
    {"data", "filter: [{column: a, op: in}]", "e.yaml:2:42: filter needs the key values"},
    {"data", "filter: [{column: a, op: not_in, values: []}]",
     "e.yaml:2:42: filter needs the key values"},
    {"data", "filter: [{column: a, op: '==', value: [1, 2]}]",
     "e.yaml:2:42: this comparison takes one value; in and not_in take several"},
    {"data", "filter: [{column: a, op: '<', value: 1, match: some}]",
     "e.yaml:2:80: match is \"some\"; it takes all or any"},
};

static void filters_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(filter_faults);
}

static const key_fault feature_faults[] = {
    {"data", "features: [a]",
     "e.yaml:2:43: features is a list; it takes a section of keys and "
     "values"},
    {"data", "features: {ordinal: [a]}",
     "e.yaml:2:53: ordinal is a list; it takes a section of "
     "columns and their levels, lowest first"},
    {"data", "features: {ordinal: {a: [x]}}",
     "e.yaml:2:57: a is a list; it takes a list of its levels, lowest first"},
    {"data", "features: {ordinal: {a: x}}",
     "e.yaml:2:57: a is \"x\"; it takes a list of its levels, lowest first"},
    {"data", "features: {boolean: a}",
     "e.yaml:2:53: boolean is \"a\"; it takes a list of columns, or a section such as {consent: "
     "{true: [yes], false: [no]}}"},
    {"data", "features: {boolean: [[a]]}", "e.yaml:2:54: this is a list; it takes text"},
    {"data", "features: {boolean: {a: {true: x}}}", "e.yaml:2:57: a needs the key false"},
    {"data", "features: {boolean: {a: {yes: x}}}",
     "e.yaml:2:58: a has no key yes; it takes true, false"},
    {"data", "features: {numerical: a}",
     "e.yaml:2:44: features has no key numerical; did you mean numeric?"},
};

static void features_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(feature_faults);
}

static const key_fault fold_faults[] = {
    {"split", "test_size: -0.1",
     "e.yaml:3:20: test_size is \"-0.1\"; it takes a share from 0 to "
     "1, such as 0.25 or 25%"},
    {"split", "test_size: 100%",
     "e.yaml:3:20: test_size is 100%, which leaves nothing to learn "
     "from; it must be below 1"},
    {"split", "seed: 4294967296",
     "e.yaml:3:15: seed is \"4294967296\"; it takes a whole number "
     "from 0 to 4294967295"},
    {"split", "by_group: 1", "e.yaml:3:19: by_group is \"1\"; it takes true or false"},
    {"split", "by_group: true",
     "e.yaml:3:19: by_group needs groups; name their column as "
     "data.group"},
    {"cv", "method: [kfold]",
     "e.yaml:4:14: method is a list; it takes kfold, stratified_kfold, "
     "repeated_kfold, repeated_stratified_kfold, group_kfold or "
     "stratified_group_kfold"},
    {"cv", "n_splits: 65536",
     "e.yaml:4:16: n_splits is \"65536\"; it takes a whole number from 1 "
     "to 65535"},
    {"cv", "method: repeated_kfold, n_repeats: 0",
     "e.yaml:4:41: n_repeats is \"0\"; it takes a whole number from 1 to 65535"},
    {"cv", "shuffle: 'true'", "e.yaml:4:15: shuffle is \"true\"; it takes true or false"},
    {"cv", "shuffle: true, seed: x",
     "e.yaml:4:27: seed is \"x\"; it takes a whole number from 0 "
     "to 4294967295"},
    {"cv", "return_train_score: 1",
     "e.yaml:4:26: return_train_score is \"1\"; it takes true or "
     "false"},
    {"cv", "folds: 5",
     "e.yaml:4:6: cv has no key folds; it takes method, n_splits, n_repeats, "
     "shuffle, seed, return_train_score"},
};

static void splits_and_folds_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(fold_faults);
}

static const key_fault search_faults[] = {
    {"search", "timeout: -5",
     "e.yaml:5:57: timeout is \"-5\"; it takes a time above 0, such as "
     "90s, 30m, 2h or 1h30m"},
    {"search", "trial_timeout: 1h1h",
     "e.yaml:5:63: trial_timeout is \"1h1h\"; it takes a time "
     "above 0, such as 90s, 30m, 2h or 1h30m"},
    {"search", "trial_memory: 5 XB",
     "e.yaml:5:62: trial_memory is \"5 XB\"; it takes a size of "
     "memory above 0, such as 500MB, 1.5GB or 64MiB"},
    {"search", "trial_memory: 0",
     "e.yaml:5:62: trial_memory is \"0\"; it takes a size of memory "
     "above 0, such as 500MB, 1.5GB or 64MiB"},
    {"search", "max_failures: 1.5",
     "e.yaml:5:62: max_failures is \"1.5\"; it takes a share from 0 "
     "to 1, such as 0.25 or 25%"},
    {"search", "run_cap: 9007199254740993",
     "e.yaml:5:57: run_cap is \"9007199254740993\"; it "
     "takes a whole number of at least 1"},
    {"search", "metric: {goal: maximize}", "e.yaml:5:56: metric needs the key name"},
    {"search", "metrics: {f1: 1}",
     "e.yaml:5:57: metrics is a section; it takes a list of metrics, "
     "such as [roc_auc, f1]"},
    {"search", "enqueue: {model: knn}",
     "e.yaml:5:57: enqueue is a section; it takes a list of "
     "points"},
    {"search", "enqueue: [{}]",
     "e.yaml:5:58: a point is a section of parameters and values, such "
     "as {model: knn}"},
    {"search", "enqueue: [{model: [knn]}]",
     "e.yaml:5:66: model is a list; it takes a single "
     "value"},
    {"output", "file: [a]", "e.yaml:6:16: file is a list; it takes text"},
    {"output", "checkpoint: 0s",
     "e.yaml:6:22: checkpoint is \"0s\"; it takes a time above 0, such "
     "as 90s, 30m, 2h or 1h30m"},
    {"output", "folder: x", "e.yaml:6:10: output has no key folder; it takes file, checkpoint"},
};

static const key_fault explain_faults[] = {
    {"explain", "threshold: 2",
     "e.yaml:7:22: threshold is \"2\"; it takes a share from 0 to 1, such as 0.25 or 25%"},
    {"explain", "actionable: pages",
     "e.yaml:7:23: actionable is \"pages\"; it takes a list of columns, such as [pages, {column: "
     "price, direction: decrease}]"},
    {"explain", "actionable: [{direction: any}]",
     "e.yaml:7:24: an actionable column needs the key column"},
    {"explain", "actionable: [{column: a, direction: up}]",
     "e.yaml:7:47: direction is \"up\"; it takes any, increase or decrease"},
};

static void explanations_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(explain_faults);
}

static void searches_and_outputs_say_what_they_take(void **state) {
    (void)state;
    CHECK_FAULTS(search_faults);
}

static void refuses_parameter(const char *parameter, const char *message) {
    char text[1024];
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    (void)snprintf(text, sizeof text,
                   "version: 1\ndata: {table: t.csv, target: y}\nsearch: {parameters: {C: %s}}\n",
                   parameter);
    assert_int_equal(
        perebor_experiment_parse(&experiment, "e.yaml", text, strlen(text), NULL, 0, &error),
        PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
}

static void parameters_say_what_they_take(void **state) {
    (void)state;
    refuses_parameter("{values: [1, 2], probabilities: 0.5}",
                      "e.yaml:3:58: probabilities is \"0.5\"; it takes a list of numbers");
    refuses_parameter("{values: [1, 2], probabilities: [0.5, 2]}",
                      "e.yaml:3:64: this is \"2\"; it takes a share from 0 to 1, such as 0.25 or "
                      "25%");
    refuses_parameter("{distribution: categorical_w_probabilities, values: [1, 2]}",
                      "e.yaml:3:26: C: categorical_w_probabilities needs the key probabilities");
    refuses_parameter("{value: [1]}", "e.yaml:3:34: value is a list; it takes a single value");
    refuses_parameter("{min: a, max: 2}", "e.yaml:3:32: min is \"a\"; it takes a number");
    refuses_parameter("{min: 1}", "e.yaml:3:26: C needs values, value, min and max, or a "
                                  "distribution");
    refuses_parameter("{value: 1, q: 2}", "e.yaml:3:37: C: constant has no use for q");
    refuses_parameter("{values: [[1]]}", "e.yaml:3:36: this is a list; it takes a single value");
    refuses_parameter("{value: 1, when: knn}",
                      "e.yaml:3:43: when is \"knn\"; it takes a section of "
                      "parameters and their values, such as {model: knn}");
    refuses_parameter("{value: 1, when: {model: []}}",
                      "e.yaml:3:51: when model is one of nothing; list a value at least");
    refuses_parameter("{value: 1, when: {model: {a: b}}}",
                      "e.yaml:3:51: model is a section; it takes one value or a list of them");
    refuses_parameter("{distribution: inv_log_uniform_values, min: 1, max: 2}",
                      "e.yaml:3:41: inv_log_uniform_values is the law of log_uniform_values; write "
                      "that, with the same min and max");
    refuses_parameter("{distribution: inv_log_uniform, min: 1, max: 2}",
                      "e.yaml:3:41: inv_log_uniform takes exponents in W&B; use "
                      "log_uniform_values with the values themselves as min and max");
}

static const key_fault group_faults[] = {
    {"data", "group: g}\ncv: {method: kfold",
     "e.yaml:3:14: kfold puts rows of one group into several folds, but data.group is \"g\"; take "
     "stratified_group_kfold or group_kfold, or leave out data.group"},
    {"data", "group: g}\ncv: {shuffle: true",
     "e.yaml:3:15: group_kfold, which data.group asks for, has no shuffle: it balances the groups "
     "by their sizes"},
    {"data", "group: g}\nsplit: {stratify: true",
     "e.yaml:3:19: a split by group cannot be stratified; say by_group: false or stratify: false"},
};

static void groups_rule_other_folds_out(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof group_faults / sizeof *group_faults; i++) {
        char text[1024];
        perebor_experiment *experiment = NULL;
        perebor_error error = {0};
        (void)snprintf(text, sizeof text,
                       "version: 1\ndata: {table: t.csv, target: y, %s}\n"
                       "search: {parameters: {model: {values: [knn]}}}\n",
                       group_faults[i].text);
        assert_int_equal(
            perebor_experiment_parse(&experiment, "e.yaml", text, strlen(text), NULL, 0, &error),
            PEREBOR_ERR_FORMAT);
        assert_string_equal(error.message, group_faults[i].message);
    }
}

static void an_experiment_has_a_size(void **state) {
    (void)state;
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    assert_int_equal(
        perebor_experiment_parse(&experiment, "e.yaml", "", (size_t)1 << 30, NULL, 0, &error),
        PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message,
                        "e.yaml: 1073741824 bytes; an experiment has at most 16777216");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_data_say_what_they_take),
        cmocka_unit_test(filters_say_what_they_take),
        cmocka_unit_test(features_say_what_they_take),
        cmocka_unit_test(splits_and_folds_say_what_they_take),
        cmocka_unit_test(searches_and_outputs_say_what_they_take),
        cmocka_unit_test(explanations_say_what_they_take),
        cmocka_unit_test(parameters_say_what_they_take),
        cmocka_unit_test(groups_rule_other_folds_out),
        cmocka_unit_test(an_experiment_has_a_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
