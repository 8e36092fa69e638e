// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/experiment.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char five_lines[] =
    "version: 1\n"
    "data: {table: customers.csv, target: {column: churned, positive: \"yes\"}}\n"
    "search: {run_cap: 50, parameters: {model: {values: [logreg, knn, tree, svc]}}}\n";

static const char full[] =
    "version: 1\n"
    "name: shop\n"
    "seed: 4294967338\n" // 2^32 + 42
    "data:\n"
    "  root: data\n"
    "  tables:\n"
    "    file: {path: file.csv, key: id}\n"
    "    money: {path: /abs/money.csv, delimiter: tab, decimal: ','}\n"
    "    old: {path: old.db, query: 'select * from t'}\n"
    "  clean:\n"
    "    - {op: normalize, columns: '*', case: lower}\n"
    "    - {op: replace, column: [a, b], map: {x: y, 1: null}}\n"
    "    - {op: sql, sql: 'delete from money', reason: old}\n"
    "  pivot: [{table: money, columns: month, values: sum, prefix: sum_}]\n"
    "  join: {base: file, how: left, unmatched: allow}\n"
    "  filter:\n"
    "    - {column: 'sum_*', op: '>', value: 0, match: any}\n"
    "    - {column: kind, op: not_in, values: [a, b]}\n"
    "    - {columns: [kind], op: is_not_gap}\n"
    "  id: id\n"
    "  target: {column: left, positive: yes}\n"
    "  features:\n"
    "    ordinal: {size: [s, m, l]}\n"
    "    boolean: {consent: {true: [да], false: [нет, no]}}\n"
    "    nominal: [kind, place]\n"
    "    numeric: '*'\n"
    "    drop: junk\n"
    "  carry: [profit]\n"
    "  missing: {numeric: constant, nominal: most_frequent, fill_value: -1}\n"
    "split: {test_size: 20%, stratify: false}\n"
    "cv: {method: repeated_stratified_kfold, n_splits: 3, n_repeats: 2,\n"
    "     return_train_score: true}\n"
    "search:\n"
    "  metric: {name: roc_auc, goal: maximize}\n"
    "  run_cap: 500\n"
    "  timeout: 2h\n"
    "  trial_timeout: 1m30s\n"
    "  trial_memory: 1.5 GB\n"
    "  max_failures: 5%\n"
    "  parameters:\n"
    "    model: {values: [svc, knn], probabilities: [0.25, 0.75]}\n"
    "    svc__C: {distribution: log_uniform_values, min: 1e-3, max: 1000,\n"
    "             when: {model: svc}}\n"
    "    knn__n_neighbors: {min: 1, max: 60, when: {model: [knn]}}\n"
    "    svc__tol: {min: 0.1, max: 1, when: {model: svc}}\n"
    "    q: {distribution: q_uniform, min: 0, max: 10}\n"
    "    n: {distribution: q_normal, mu: 3}\n"
    "    c: {value: null}\n"
    "  enqueue: [{model: svc, svc__C: 1}]\n"
    "output: {file: ../out.h5, checkpoint: 5s}\n";

static perebor_experiment *read(const char *path, const char *text,
                                const perebor_override *overrides, size_t n_overrides) {
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    perebor_status status = perebor_experiment_parse(&experiment, path, text, strlen(text),
                                                     overrides, n_overrides, &error);
    assert_string_equal(error.message, "");
    assert_int_equal(status, PEREBOR_OK);
    return experiment;
}

static void five_lines_are_enough(void **state) {
    (void)state;
    perebor_experiment *experiment = read("some/churn.yaml", five_lines, NULL, 0);
    assert_string_equal(experiment->name, "churn");
    assert_string_equal(experiment->file, "some/churn.yaml");
    assert_int_equal(experiment->seed, 0);
    assert_int_equal(experiment->tables.n_sources, 1);
    assert_string_equal(experiment->tables.sources[0].name, "table");
    assert_string_equal(experiment->tables.sources[0].path, "some/customers.csv");
    assert_true(experiment->tables.roles.detect);
    assert_null(experiment->tables.roles.id);
    assert_string_equal(experiment->tables.roles.target, "churned");
    assert_string_equal(experiment->tables.roles.positive, "yes");
    assert_true(experiment->split.test_size == 0.25 && experiment->split.stratify);
    assert_int_equal(experiment->folds.method, PEREBOR_STRATIFIED_KFOLD);
    assert_int_equal(experiment->folds.n_splits, 5);
    assert_int_equal(experiment->folds.n_repeats, 1);
    assert_false(experiment->folds.shuffle);
    assert_int_equal(experiment->n_trials, 50);
    assert_true(experiment->max_failures == 0.1 && experiment->checkpoint_seconds == 30.0);
    assert_true(experiment->timeout_seconds == 0.0 && experiment->trial_timeout_seconds == 0.0);
    assert_int_equal(experiment->trial_memory_bytes, 0);
    assert_int_equal(experiment->n_fixed, 0);
    assert_null(experiment->output);
    assert_int_equal(experiment->text_size, strlen(five_lines));
    assert_string_equal(experiment->text, five_lines);
    perebor_experiment_free(experiment);
}

static void tables_and_steps_are_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read("a/b/e.yaml", full, NULL, 0);
    const perebor_tables_spec *spec = &experiment->tables;
    assert_int_equal(spec->n_sources, 3);
    assert_string_equal(spec->sources[0].path, "a/b/data/file.csv");
    assert_string_equal(spec->sources[0].key, "id");
    assert_int_equal(spec->sources[0].at.line, 7);
    assert_int_equal(spec->sources[0].at.column, 11);
    assert_string_equal(spec->sources[1].path, "/abs/money.csv");
    assert_string_equal(spec->sources[1].delimiter, "\t");
    assert_string_equal(spec->sources[2].sqlite_query, "select * from t");
    assert_int_equal(spec->n_clean, 3);
    assert_int_equal(spec->clean[0].kind, PEREBOR_STEP_NORMALIZE);
    assert_int_equal(spec->clean[0].columns.n, 0);
    assert_string_equal(spec->clean[0].form, "NFC");
    assert_string_equal(spec->clean[0].case_fold, "lower");
    assert_true(spec->clean[0].trim);
    assert_int_equal(spec->clean[1].columns.n, 2);
    assert_string_equal(spec->clean[1].from.items[1], "1");
    assert_null(spec->clean[1].to.items[1]);
    assert_string_equal(spec->clean[2].sql, "delete from money");
    assert_string_equal(spec->pivot[0].prefix, "sum_");
    assert_true(spec->join.left && spec->join.unmatched_allowed);
    assert_string_equal(spec->join.on, "id"); // the base's key
    assert_int_equal(spec->join.tables.n, 2); // all the others
    assert_string_equal(spec->join.tables.items[0], "money");
    assert_int_equal(spec->filter[0].comparison, PEREBOR_GREATER);
    assert_true(spec->filter[0].match_any);
    assert_string_equal(spec->filter[0].values.items[0], "0");
    assert_int_equal(spec->filter[1].values.n, 2);
    assert_int_equal(spec->filter[2].comparison, PEREBOR_IS_NOT_MISSING);
    perebor_experiment_free(experiment);
}

static void roles_are_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read("e.yaml", full, NULL, 0);
    const perebor_roles *roles = &experiment->tables.roles;
    assert_string_equal(roles->positive, "yes"); // not a boolean
    assert_false(roles->detect);
    assert_string_equal(roles->numeric.items[0], "*");
    assert_int_equal(roles->nominal.n, 2);
    assert_string_equal(roles->ordinal[0].levels.items[2], "l");
    assert_string_equal(roles->boolean[0].true_values.items[0], "да");
    assert_int_equal(roles->boolean[0].false_values.n, 2);
    assert_string_equal(roles->drop.items[0], "junk");
    assert_string_equal(roles->passthrough.items[0], "profit");
    assert_int_equal(experiment->n_fixed, 3);
    assert_string_equal(experiment->fixed[0].name, "impute__numeric");
    assert_string_equal(experiment->fixed[0].value.as.text, "constant");
    assert_string_equal(experiment->fixed[2].name, "impute__fill_value");
    assert_true(experiment->fixed[2].value.as.real == -1.0);
    perebor_experiment_free(experiment);
}

static void folds_and_search_are_read(void **state) {
    (void)state;
    perebor_experiment *experiment = read("dir/e.yaml", full, NULL, 0);
    assert_true(experiment->split.test_size == 0.2 && !experiment->split.stratify);
    assert_int_equal(experiment->split.seed, 42); // the lower half of the seed
    assert_int_equal(experiment->folds.seed, 42);
    assert_int_equal(experiment->folds.n_splits, 3);
    assert_int_equal(experiment->folds.n_repeats, 2);
    assert_true(experiment->folds.shuffle && experiment->return_train_score);
    assert_int_equal(experiment->n_trials, 500);
    assert_true(experiment->timeout_seconds == 7200.0);
    assert_true(experiment->trial_timeout_seconds == 90.0);
    assert_int_equal(experiment->trial_memory_bytes, 1500000000);
    assert_true(experiment->max_failures == 0.05 && experiment->checkpoint_seconds == 5.0);
    assert_string_equal(experiment->output, "dir/../out.h5");
    const perebor_space *space = experiment->space;
    assert_int_equal(perebor_space_n_parameters(space), 7);
    assert_int_equal(perebor_space_parameter(space, 1)->distribution, PEREBOR_LOG_UNIFORM_VALUES);
    assert_true(perebor_space_parameter(space, 1)->min == 1e-3);
    assert_int_equal(perebor_space_parameter(space, 1)->line, 42);
    assert_int_equal(perebor_space_parameter(space, 1)->column, 5);
    assert_int_equal(perebor_space_parameter(space, 2)->distribution, PEREBOR_INT_UNIFORM);
    assert_int_equal(perebor_space_parameter(space, 3)->distribution, PEREBOR_UNIFORM);
    assert_true(perebor_space_parameter(space, 4)->q == 1.0);
    assert_true(perebor_space_parameter(space, 5)->sigma == 1.0);
    perebor_value values[7];
    perebor_space_point(space, 0, values);
    assert_string_equal(values[0].as.text, "svc");
    assert_true(values[1].as.real == 1.0);
    perebor_experiment_free(experiment);
}

static void a_grid_runs_until_it_is_through(void **state) {
    (void)state;
    const perebor_override grid = {"search.method", "grid"};
    perebor_experiment *experiment = read("e.yaml", five_lines, &grid, 1);
    assert_int_equal(experiment->n_trials, 4);
    perebor_experiment_free(experiment);
}

static void ten_thousand_points_may_be_enqueued(void **state) {
    (void)state;
    enum { N = 10000, LINE = 80 };
    static const char head[] = "version: 1\n"
                               "data: {table: t.csv, target: {column: y, positive: 1}}\n"
                               "search:\n"
                               "  run_cap: 10000\n"
                               "  parameters:\n"
                               "    model: {values: [logreg, svc]}\n"
                               "    svc__C: {distribution: int_uniform, min: 0, max: 20000}\n"
                               "    scale: {values: [standard, none]}\n"
                               "    svc__kernel: {values: [rbf, linear]}\n"
                               "  enqueue:\n";
    char *text = malloc(sizeof head + (size_t)N * LINE);
    assert_non_null(text);
    char *end = text + sprintf(text, "%s", head);
    for (int i = 0; i < N; i++) {
        end +=
            snprintf(end, LINE, "  - {model: svc, svc__C: %d, scale: none, svc__kernel: rbf}\n", i);
    }
    perebor_experiment *experiment = read("e.yaml", text, NULL, 0);
    perebor_value values[4];
    perebor_space_point(experiment->space, N - 1, values);
    assert_int_equal(values[1].as.integer, N - 1);
    assert_string_equal(values[3].as.text, "rbf");
    perebor_experiment_free(experiment);
    free(text);
}

static void groups_change_the_defaults(void **state) {
    (void)state;
    const perebor_override group = {"data.group", "household"};
    perebor_experiment *experiment = read("e.yaml", five_lines, &group, 1);
    assert_true(experiment->split.by_group && !experiment->split.stratify);
    assert_int_equal(experiment->folds.method, PEREBOR_GROUP_KFOLD);
    perebor_experiment_free(experiment);
}

/** True if the override changes the hash of what bears on scores. */
static bool bears_on_scores(const char *key, const char *value) {
    const perebor_override override = {key, value};
    perebor_experiment *plain = read("e.yaml", full, NULL, 0);
    perebor_experiment *changed = read("elsewhere/e.yaml", full, &override, 1);
    assert_string_not_equal(plain->resolved, changed->resolved);
    bool same = memcmp(plain->sha256, changed->sha256, sizeof plain->sha256) == 0;
    perebor_experiment_free(plain);
    perebor_experiment_free(changed);
    return !same;
}

static void the_hash_covers_what_bears_on_scores(void **state) {
    (void)state;
    assert_true(bears_on_scores("seed", "43"));
    assert_true(bears_on_scores("split.test_size", "0.3"));
    assert_true(bears_on_scores("split.seed", "1"));
    assert_true(bears_on_scores("cv.n_splits", "4"));
    assert_true(bears_on_scores("cv.return_train_score", "false"));
    assert_true(bears_on_scores("data.clean.0.trim", "false"));
    assert_true(bears_on_scores("data.filter.0.value", "1"));
    assert_true(bears_on_scores("data.missing.fill_value", "0"));
    assert_true(bears_on_scores("data.features.drop", "other"));
    assert_true(bears_on_scores("search.parameters.svc__C.max", "999"));
    assert_true(bears_on_scores("search.enqueue.0.svc__C", "2"));
    assert_true(bears_on_scores("search.parameters.more", "{value: 1}"));
    assert_true(bears_on_scores("search.sampler", "gridded"));
    assert_true(bears_on_scores("search.metric", "f1"));
    assert_true(bears_on_scores("search.trial_memory", "1GB"));
    assert_true(bears_on_scores("search.metrics", "[roc_auc, f1]"));
}

static void check_metrics(const perebor_override *overrides, size_t n, const char *wanted) {
    perebor_experiment *experiment = read("e.yaml", five_lines, overrides, n);
    char found[256] = "";
    for (size_t i = 0; i < experiment->metrics.n; i++) {
        size_t used = strlen(found);
        (void)snprintf(found + used, sizeof found - used, "%s ",
                       experiment->metrics.items[i]->name);
    }
    assert_string_equal(found, wanted);
    perebor_experiment_free(experiment);
}

static void the_selecting_metric_is_always_among_the_metrics(void **state) {
    (void)state;
    const perebor_override both[] = {{"search.metrics", "[recall, f1, accuracy]"},
                                     {"search.metric", "f1"}};
    const perebor_override section = {"search.metric", "{name: neg_log_loss, goal: maximize}"};
    check_metrics(NULL, 0, "roc_auc ");
    check_metrics(both, 1, "roc_auc accuracy f1 recall ");
    check_metrics(both, 2, "f1 accuracy recall ");
    check_metrics(both + 1, 1, "f1 ");
    check_metrics(&section, 1, "neg_log_loss ");
}

static void the_hash_is_of_metrics_and_not_of_their_order(void **state) {
    (void)state;
    const perebor_override one[] = {{"search.metrics", "[roc_auc]"}, {"search.metric", "roc_auc"}};
    const perebor_override listed = {"search.metrics", "[f1, roc_auc]"};
    const perebor_override other = {"search.metrics", "[roc_auc, f1]"};
    perebor_experiment *plain = read("e.yaml", five_lines, NULL, 0);
    perebor_experiment *same = read("e.yaml", five_lines, one, 2);
    assert_string_equal(plain->resolved, same->resolved);
    perebor_experiment_free(same);
    same = read("e.yaml", five_lines, &listed, 1);
    assert_memory_not_equal(plain->sha256, same->sha256, 32);
    perebor_experiment_free(plain);
    plain = read("e.yaml", five_lines, &other, 1);
    assert_memory_equal(plain->sha256, same->sha256, 32);
    perebor_experiment_free(plain);
    perebor_experiment_free(same);
}

static void the_hash_leaves_out_what_does_not(void **state) {
    (void)state;
    assert_false(bears_on_scores("name", "other"));
    assert_false(bears_on_scores("description", "other"));
    assert_false(bears_on_scores("data.root", "moved"));
    assert_false(bears_on_scores("data.clean.2.reason", "other"));
    assert_false(bears_on_scores("search.run_cap", "1000"));
    assert_false(bears_on_scores("search.timeout", "3h"));
    assert_false(bears_on_scores("search.sampler", "independent"));
    assert_false(bears_on_scores("output.file", "x.h5"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_lines_are_enough),
        cmocka_unit_test(tables_and_steps_are_read),
        cmocka_unit_test(roles_are_read),
        cmocka_unit_test(folds_and_search_are_read),
        cmocka_unit_test(a_grid_runs_until_it_is_through),
        cmocka_unit_test(ten_thousand_points_may_be_enqueued),
        cmocka_unit_test(groups_change_the_defaults),
        cmocka_unit_test(the_selecting_metric_is_always_among_the_metrics),
        cmocka_unit_test(the_hash_is_of_metrics_and_not_of_their_order),
        cmocka_unit_test(the_hash_covers_what_bears_on_scores),
        cmocka_unit_test(the_hash_leaves_out_what_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
