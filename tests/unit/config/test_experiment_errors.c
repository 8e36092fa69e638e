// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/experiment.h"

static void refuses_text(const char *text, const char *message) {
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    assert_int_equal(
        perebor_experiment_parse(&experiment, "e.yaml", text, strlen(text), NULL, 0, &error),
        PEREBOR_ERR_FORMAT);
    assert_string_equal(error.message, message);
    assert_null(experiment);
}

/** Lines 1 and 2 are good, line 3 is data and line 4 the search. */
static void refuses(const char *data, const char *search, const char *more, const char *message) {
    char text[2048];
    (void)snprintf(text, sizeof text, "version: 1\nname: x\ndata: %s\nsearch: %s\n%s",
                   data != NULL ? data : "{table: t.csv, target: y}",
                   search != NULL ? search : "{parameters: {model: {values: [knn]}}}", more);
    refuses_text(text, message);
}

static void refuses_data(const char *data, const char *message) {
    refuses(data, NULL, "", message);
}

static void refuses_search(const char *search, const char *message) {
    refuses(NULL, search, "", message);
}

static void refuses_more(const char *more, const char *message) {
    refuses(NULL, NULL, more, message);
}

static void refuses_parameter(const char *parameter, const char *message) {
    char search[512];
    (void)snprintf(search, sizeof search, "{parameters: {C: %s}}", parameter);
    refuses(NULL, search, "", message);
}

static void keys_are_checked(void **state) {
    (void)state;
    refuses_text(
        "[1]\n",
        "e.yaml:1:1: an experiment is a section of keys and values, such as version: 1; a table is "
        "named in it, under data.table");
    refuses_text("program: train.py\nmethod: bayes\nparameters: {C: {min: 0, max: 1}}\n",
                 "e.yaml:1:1: this is a W&B sweep: put its method, run_cap and parameters under "
                 "search:, leave out the rest, and add version: 1 and data: with the table and its "
                 "target");
    refuses_text("version: 1\nparameters: {C: {min: 0, max: 1}}\n",
                 "e.yaml:2:1: this is a W&B sweep: put its method, run_cap and parameters under "
                 "search:, leave out the rest, and add version: 1 and data: with the table and its "
                 "target");
    refuses_text("name: x\n", "e.yaml:1:1: an experiment needs the key version");
    refuses_text("version: 2\n",
                 "e.yaml:1:10: version is 2; this program reads version 1 of the format");
    refuses_more("serach: {}\n",
                 "e.yaml:5:1: an experiment has no key serach; did you mean search?");
    refuses_more(
        "refit: {}\n",
        "e.yaml:5:1: an experiment has no key refit; it takes version, "
        "name, description, seed, data, split, cv, search, assess, nested, output, explain, "
        "segments, offers, campaign, report");
    refuses_more("name: y\n", "e.yaml:5:1: name is given twice; the first is on line 2");
    refuses_more("split: 3\n", "e.yaml:5:8: split is \"3\"; it takes a section of keys and values");
}

static void values_are_checked(void **state) {
    (void)state;
    refuses_more("seed: -1\n", "e.yaml:5:7: seed is \"-1\"; it takes a whole number from 0 to "
                               "18446744073709551615");
    refuses_more("seed: \"1\"\n", "e.yaml:5:7: seed is \"1\"; it takes a whole number from 0 to "
                                  "18446744073709551615");
    refuses_more("description: [a]\n", "e.yaml:5:14: description is a list; it takes text");
    refuses_more("split: {test_size: 1}\n", "e.yaml:5:20: test_size is 1, which leaves nothing to "
                                            "learn from; it must be below 1");
    refuses_more("split: {test_size: 120%}\n", "e.yaml:5:20: test_size is \"120%\"; it takes a "
                                               "share from 0 to 1, such as 0.25 or 25%");
    refuses_more("split: {stratify: yes}\n",
                 "e.yaml:5:19: stratify is \"yes\"; it takes true or false");
    refuses_more("output: {checkpoint: soon}\n", "e.yaml:5:22: checkpoint is \"soon\"; it takes a "
                                                 "time above 0, such as 90s, 30m, 2h or 1h30m");
}

static void folds_that_contradict_themselves_are_refused(void **state) {
    (void)state;
    refuses_more(
        "cv: {method: stratified}\n",
        "e.yaml:5:14: method is \"stratified\"; it takes kfold, stratified_kfold, "
        "repeated_kfold, repeated_stratified_kfold, group_kfold or stratified_group_kfold");
    refuses_more("cv: {n_splits: 1}\n",
                 "e.yaml:5:16: n_splits is \"1\"; it takes a whole number of at least 2");
    refuses_more("cv: {n_repeats: 2}\n", "e.yaml:5:6: n_repeats is of repeated_kfold and "
                                         "repeated_stratified_kfold; this method runs once");
    refuses_more("cv: {method: repeated_kfold, shuffle: false}\n",
                 "e.yaml:5:39: repeated folds are always shuffled; without it they would be the "
                 "same folds again");
    refuses_more("cv: {seed: 7}\n", "e.yaml:5:6: seed has no effect without shuffle; add shuffle: "
                                    "true, or leave it out");
    refuses_more("cv: {method: stratified_group_kfold}\n",
                 "e.yaml:5:14: stratified_group_kfold needs groups; name their column as "
                 "data.group");
    refuses_more("cv: {method: group_kfold}\n",
                 "e.yaml:5:14: group_kfold needs groups; name their column as data.group");
    refuses_more("split: {by_group: true}\n",
                 "e.yaml:5:19: by_group needs groups; name their column as data.group");
}

static void tables_that_contradict_themselves_are_refused(void **state) {
    (void)state;
    refuses_data("{target: y}", "e.yaml:3:7: data needs the key table (one file) or tables "
                                "(several by name)");
    refuses_data("{table: t.csv}", "e.yaml:3:7: data needs the key target");
    refuses_data("{table: a.csv, tables: {b: b.csv}, target: y}",
                 "e.yaml:3:8: give table (one file) or tables (several by name), not both");
    refuses_data("{tables: {a: a.csv, b: b.csv}, target: y}",
                 "e.yaml:3:8: there are 2 tables and no join, which says how they become one");
    refuses_data(
        "{tables: {a: a.csv, b: b.csv}, join: {how: left}, target: y}",
        "e.yaml:3:44: join needs the key by (or on): the column by which rows find each other");
    refuses_data("{tables: {a: a.csv, b: b.csv}, join: {true: id}, target: y}",
                 "e.yaml:3:45: join has no key true; tools of YAML 1.1 take on for true when they "
                 "write a file anew: write by, which means the same");
    refuses_data("{tables: {a: a.csv, b: b.csv}, join: {on: id, by: id}, target: y}",
                 "e.yaml:3:53: by is another word for on; give one of them");
    refuses_data("{tables: {a: {path: a.csv, delimiter: '||'}}, target: y}",
                 "e.yaml:3:45: delimiter is \"||\"; it takes one character such as \",\", \";\", "
                 "\"|\" or \":\", or tab");
    refuses_data("{tables: {a: {path: a.csv, delimiter: '5'}}, target: y}",
                 "e.yaml:3:45: delimiter is \"5\"; it takes one character such as \",\", \";\", "
                 "\"|\" or \":\", or tab");
    refuses_data(
        "{tables: {a: {path: a.csv, encoding: 'koi8'}}, target: y}",
        "e.yaml:3:44: encoding \"koi8\" is not known (did you mean \"koi8-r\"?); it takes "
        "utf-8, utf-16le, windows-1251, windows-1252, latin-1, koi8-r, cp866 and others like "
        "them");
    refuses_data(
        "{table: {path: a.csv, delimiter: ',', decimal: ','}, target: y}",
        "e.yaml:3:15: table table: delimiter and decimal are both \",\"; they must differ");
    refuses_data("{table: {path: a.db, table: t, query: q}, target: y}",
                 "e.yaml:3:15: table table: give table or query of the database, not both");
}

static void steps_are_checked(void **state) {
    (void)state;
    refuses_data("{table: t.csv, target: y, clean: [{columns: a}]}",
                 "e.yaml:3:41: a cleaning step needs the key op: normalize, replace or sql");
    refuses_data("{table: t.csv, target: y, clean: [{op: replace, map: {a: b}}]}",
                 "e.yaml:3:41: replace needs the key column or columns");
    refuses_data(
        "{table: t.csv, target: y, filter: [{column: a, op: like}]}",
        "e.yaml:3:58: op is \"like\"; it takes <, <=, >, >=, ==, !=, in, not_in, is_gap or "
        "is_not_gap");
    refuses_data("{table: t.csv, target: y, filter: [{column: a, op: '<'}]}",
                 "e.yaml:3:42: filter needs the key value");
    refuses_data("{table: t.csv, target: y, filter: [{column: a, op: is_gap, value: 1}]}",
                 "e.yaml:3:42: is_gap and is_not_gap take no value");
    refuses_data("{table: t.csv, target: y, filter: [{column: a, op: '<', value: [1, 2]}]}",
                 "e.yaml:3:42: this comparison takes one value; in and not_in take several");
    refuses_data("{table: t.csv, target: y, features: {ordinal: {size: [s, s]}}}",
                 "e.yaml:3:60: size lists the level s twice");
    refuses_data("{table: t.csv, target: y, missing: {numeric: mode}}",
                 "e.yaml:3:52: numeric is \"mode\"; it takes mean, median, most_frequent or "
                 "constant");
}

static void searches_are_checked(void **state) {
    (void)state;
    refuses_search("{}", "e.yaml:4:9: search needs the key parameters");
    refuses_search("{method: bayes}", "e.yaml:4:18: method is \"bayes\"; it takes random or grid");
    refuses_search("{sampler: lhs}",
                   "e.yaml:4:19: sampler is \"lhs\"; it takes independent or gridded");
    refuses_search("{method: grid, sampler: gridded, parameters: {model: {value: knn}}}",
                   "e.yaml:4:33: sampler: gridded draws at random; leave it out, or take method: "
                   "random");
    refuses_search("{metric: acuracy}",
                   "e.yaml:4:18: metric cannot be \"acuracy\"; did you mean accuracy? It takes "
                   "roc_auc, average_precision, neg_log_loss, neg_brier_score, f1, accuracy, "
                   "balanced_accuracy, precision, recall or matthews_corrcoef");
    refuses_search("{metrics: [f1, log_loss]}",
                   "e.yaml:4:24: there is no metric \"log_loss\"; here it is neg_log_loss");
    refuses_search("{metrics: [f1, recall, f1]}", "e.yaml:4:32: the metric f1 is named twice");
    refuses_search("{metrics: []}", "e.yaml:4:19: metrics is an empty list; leave it out");
    refuses_search(
        "{metric: {name: f1, goal: minimize}}",
        "e.yaml:4:35: goal of a metric cannot be \"minimize\"; did you mean maximize? It "
        "takes maximize");
    refuses_search("{run_cap: 0}",
                   "e.yaml:4:19: run_cap is \"0\"; it takes a whole number of at least 1");
    refuses_search("{method: grid, parameters: {C: {min: 0.1, max: 1}}}",
                   "e.yaml:4:37: C: a grid needs values that can be counted, and uniform has none; "
                   "list values, or search at random");
    refuses_search("{parameters: {C: {value: 1}}, enqueue: [{C: 2}]}",
                   "e.yaml:4:49: enqueue: C cannot be 2; the search takes it from: 1");
    refuses_search("{parameters: {C: {value: 1}}, enqueue: [knn]}",
                   "e.yaml:4:49: a point is a section of parameters and values, such as {model: "
                   "knn}");
}

static void parameters_are_checked(void **state) {
    (void)state;
    refuses_parameter("3", "e.yaml:4:26: C is \"3\"; it takes a section of keys and values");
    refuses_parameter("{}", "e.yaml:4:26: C needs values, value, min and max, or a distribution");
    refuses_parameter("{distribution: uniform, min: 1}", "e.yaml:4:26: C: uniform needs the key "
                                                         "max");
    refuses_parameter("{distribution: normal, min: 1}",
                      "e.yaml:4:49: C: normal has no use for min");
    refuses_parameter("{values: [1], min: 1}", "e.yaml:4:40: C: categorical has no use for min");
    refuses_parameter("{values: 1}",
                      "e.yaml:4:35: values is \"1\"; it takes a list; for a single value write "
                      "value");
    refuses_parameter("{values: [1, 2], probabilities: [1]}",
                      "e.yaml:4:58: C: there are 1 probabilities for 2 values");
    refuses_parameter("{distribution: loguniform_values, min: 1, max: 2}",
                      "e.yaml:4:41: distribution cannot be \"loguniform_values\"; did you mean "
                      "log_uniform_values? It takes categorical, categorical_w_probabilities, "
                      "constant, uniform, int_uniform, q_uniform, log_uniform_values, "
                      "q_log_uniform_values, normal, q_normal or log_normal");
    refuses_parameter("{min: 2, max: 1}", "e.yaml:4:23: C: min 2 is above max 1");
    refuses_parameter("{value: 99999999999999999999}",
                      "e.yaml:4:34: value is \"99999999999999999999\"; it takes a number that is "
                      "finite and not too large");
    refuses_parameter("{value: 1, when: {model: knn}}",
                      "e.yaml:4:23: C: when asks about model, which is not a parameter");
}

static void exponents_are_refused_with_the_remedy(void **state) {
    (void)state;
    refuses_parameter("{distribution: log_uniform, min: -4, max: 2}",
                      "e.yaml:4:41: log_uniform takes exponents in W&B: these mean values from "
                      "0.01832 to 7.389; use log_uniform_values with the values themselves as min "
                      "and max");
    refuses_parameter("{distribution: q_log_uniform, min: 1, max: 1e9}",
                      "e.yaml:4:41: q_log_uniform takes exponents in W&B; use q_log_uniform_values "
                      "with the values themselves as min and max");
}

static void a_file_that_is_not_there_is_named(void **state) {
    (void)state;
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_experiment_read(&experiment, "no/such.yaml", NULL, 0, &error),
                     PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "no/such.yaml"));
    assert_null(experiment);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_checked),
        cmocka_unit_test(values_are_checked),
        cmocka_unit_test(folds_that_contradict_themselves_are_refused),
        cmocka_unit_test(tables_that_contradict_themselves_are_refused),
        cmocka_unit_test(steps_are_checked),
        cmocka_unit_test(searches_are_checked),
        cmocka_unit_test(parameters_are_checked),
        cmocka_unit_test(exponents_are_refused_with_the_remedy),
        cmocka_unit_test(a_file_that_is_not_there_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
