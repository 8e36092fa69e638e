// SPDX-License-Identifier: MIT
/**
 * What is recorded of an experiment: every key, given or by default; and which of them make another
 * search.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/yaml_tree.h"
#include "perebor/experiment.h"

static const char full[] =
    "version: 1\n"
    "name: shop\n"
    "description: \"of \\\"text\\\"\\u2028\"\n"
    "seed: 5\n"
    "data:\n"
    "  tables:\n"
    "    a: {path: a.csv, key: id, delimiter: ';', decimal: ',', encoding: cp1251, skip: 2,\n"
    "        comment: '#', columns: [id, x]}\n"
    "    b: {path: b.db, table: t, key: id}\n"
    "  clean:\n"
    "    - {op: normalize, form: none, trim: false, case: upper, reason: loud}\n"
    "    - {op: replace, table: a, column: x, map: {u: null, v: w}}\n"
    "    - {op: sql, sql: delete from a, timeout: 1m}\n"
    "  pivot: [{table: b, columns: m, values: s}]\n"
    "  join: {base: b, how: left, by: id, tables: a, unmatched: allow}\n"
    "  filter: [{columns: ['s*', x], op: is_gap, match: any}]\n"
    "  id: id\n"
    "  target: {column: y, positive: 1}\n"
    "  features: {ordinal: {o: [l, m]}, boolean: {z: {true: j, false: n}}, drop: q}\n"
    "  carry: [c]\n"
    "  group: g\n"
    "  missing: {numeric: mean, nominal: constant, fill_value: 2}\n"
    "split: {test_size: 0.3, seed: 9}\n"
    "cv: {method: stratified_group_kfold, n_splits: 4, shuffle: true, seed: 8}\n"
    "search:\n"
    "  sampler: gridded\n"
    "  metrics: [f1]\n"
    "  run_cap: 20\n"
    "  timeout: 1h\n"
    "  trial_timeout: 2m\n"
    "  trial_memory: 1MB\n"
    "  max_failures: 50%\n"
    "  parameters: {model: {values: [knn, tree]}}\n"
    "assess: {trials: 50, resamples: 300}\n"
    "nested: {outer: 4}\n"
    "output: {file: out.h5, checkpoint: 7s}\n"
    "explain: {threshold: 30%, actionable: [o, {column: z, direction: decrease}]}\n";

static const char least[] = "version: 1\ndata: {table: t.csv, target: y}\n"
                            "search: {parameters: {model: {value: knn}}}\n";

static perebor_experiment *read_text(const char *file, const char *text,
                                     const perebor_override *override) {
    perebor_experiment *experiment = NULL;
    perebor_error error = {0};
    if (perebor_experiment_parse(&experiment, file, text, strlen(text), override,
                                 override != NULL ? 1 : 0, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return experiment;
}

/** The node at a path of keys and numbers. */
static const yaml_node *descend(const yaml_node *node, const char *path) {
    char keys[128];
    (void)snprintf(keys, sizeof keys, "%s", path);
    for (char *key = strtok(keys, "."); node != NULL && key != NULL; key = strtok(NULL, ".")) {
        if (node->kind == YAML_MAP) {
            node = yaml_find(node, key);
            continue;
        }
        node = node->first;
        for (long n = strtol(key, NULL, 10); node != NULL && n > 0; n--) {
            node = node->next;
        }
    }
    return node;
}

typedef struct recorded {
    const char *path, *value; /**< NULL: nothing is there. */
} recorded;

static void check_record(const perebor_experiment *experiment, const recorded *values, size_t n) {
    perebor_arena arena = {0};
    yaml_node *root = NULL;
    perebor_error error = {0};
    if (yaml_tree_parse(&root, &arena, "resolved", true, experiment->resolved,
                        strlen(experiment->resolved), &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    for (size_t i = 0; i < n; i++) {
        const yaml_node *node = descend(root, values[i].path);
        bool same = values[i].value == NULL ? node == NULL
                                            : node != NULL && node->kind == YAML_SCALAR &&
                                                  strcmp(node->text, values[i].value) == 0;
        if (!same) {
            fail_msg("%s is \"%s\", not \"%s\"", values[i].path, node != NULL ? node->text : "",
                     values[i].value);
        }
    }
    perebor_arena_release(&arena);
}

#define CHECK_RECORD(experiment, values)                                                           \
    check_record(experiment, values, sizeof(values) / sizeof *(values))

static const recorded given[] = {
    {"name", "shop"},
    {"description", "of \"text\"\xE2\x80\xA8"},
    {"data.tables.a.path", "f/a.csv"},
    {"data.tables.a.delimiter", ";"},
    {"data.tables.a.encoding", "windows-1251"},
    {"data.tables.a.skip", "2"},
    {"data.tables.a.comment", "#"},
    {"data.tables.a.columns.1", "x"},
    {"data.tables.b.table", "t"},
    {"data.tables.b.query", "null"},
    {"data.tables.b.skip", NULL},
    {"data.clean.0.op", "normalize"},
    {"data.clean.0.form", "null"},
    {"data.clean.0.trim", "false"},
    {"data.clean.0.case", "upper"},
    {"data.clean.0.reason", "loud"},
    {"data.clean.0.table", "*"},
    {"data.clean.1.from.0", "u"},
    {"data.clean.1.to.0", "null"},
    {"data.clean.1.to.1", "w"},
    {"data.clean.2.timeout_seconds", "60.0"},
    {"data.clean.2.table", NULL},
    {"data.pivot.0.prefix", ""},
    {"data.join.base", "b"},
    {"data.join.how", "left"},
    {"data.join.unmatched", "allow"},
    {"data.join.tables.0", "a"},
    {"data.filter.0.op", "is_gap"},
    {"data.filter.0.columns.1", "x"},
    {"data.filter.0.match", "any"},
    {"data.target.positive", "1"},
    {"data.features.ordinal.o.1", "m"},
    {"data.features.boolean.z.false.0", "n"},
    {"data.features.drop.0", "q"},
    {"data.features.detect", "true"},
    {"data.carry.0", "c"},
    {"data.group", "g"},
    {"data.missing.impute__numeric", "mean"},
    {"data.missing.impute__fill_value", "2.0"},
    {"split.test_size", "0.3"},
    {"split.by_group", "true"},
    {"split.stratify", "false"},
    {"split.seed", "9"},
    {"cv.method", "stratified_group_kfold"},
    {"cv.seed", "8"},
    {"search.sampler", "gridded"},
    {"search.metric", "roc_auc"},
    {"search.metrics.1", "f1"},
    {"search.run_cap", "20"},
    {"search.timeout_seconds", "3600.0"},
    {"search.trial_timeout_seconds", "120.0"},
    {"search.trial_memory_bytes", "1000000"},
    {"search.max_failures", "0.5"},
    {"assess.trials", "50"},
    {"assess.resamples", "300"},
    {"nested.outer", "4"},
    {"output.file", "f/out.h5"},
    {"output.checkpoint_seconds", "7.0"},
    {"explain.threshold", "0.3"},
    {"explain.actionable.0.column", "o"},
    {"explain.actionable.0.direction", "any"},
    {"explain.actionable.1.column", "z"},
    {"explain.actionable.1.direction", "decrease"},
};

static void every_key_is_on_record(void **state) {
    (void)state;
    perebor_experiment *experiment = read_text("f/e.yaml", full, NULL);
    CHECK_RECORD(experiment, given);
    perebor_experiment_free(experiment);
}

static const recorded defaults[] = {
    {"name", "e"},
    {"description", ""},
    {"seed", "0"},
    {"data.tables.table.path", "t.csv"},
    {"data.join", "null"},
    {"data.clean.0", NULL},
    {"data.id", "null"},
    {"data.target.positive", "null"},
    {"data.group", "null"},
    {"data.features.detect", "true"},
    {"split.seed", "0"},
    {"split.test_size", "0.25"},
    {"cv.shuffle", "false"},
    {"cv.method", "stratified_kfold"},
    {"cv.n_splits", "5"},
    {"search.sampler", "independent"},
    {"search.run_cap", "100"},
    {"search.metrics", NULL},
    {"assess.trials", "200"},
    {"assess.resamples", "1000"},
    {"nested.outer", "5"},
    {"output.file", "null"},
    {"output.checkpoint_seconds", "30.0"},
    {"explain.threshold", "0.5"},
    {"explain.actionable.0", NULL},
};

static void defaults_are_on_record_too(void **state) {
    (void)state;
    perebor_experiment *experiment = read_text("e.yaml", least, NULL);
    CHECK_RECORD(experiment, defaults);
    perebor_experiment_free(experiment);
}

/** An override, and whether what it changes is another search. */
static const struct {
    perebor_override override;
    bool bears;
} changes[] = {
    {{"data.tables.a.path", "z.csv"}, false},
    {{"data.tables.a.delimiter", "'|'"}, true},
    {{"data.tables.a.skip", "3"}, true},
    {{"data.tables.a.comment", "'%'"}, true},
    {{"data.tables.a.columns", "[id, z]"}, true},
    {{"data.tables.b.table", "other"}, true},
    {{"data.clean.0.case", "lower"}, true},
    {{"data.clean.1.map.v", "z"}, true},
    {{"data.clean.2.sql", "select 1"}, true},
    {{"data.clean.2.timeout", "2m"}, false},
    {{"data.pivot.0.prefix", "p"}, true},
    {{"data.join.how", "inner"}, true},
    {{"data.filter.0.match", "all"}, true},
    {{"data.filter.0.reason", "why"}, false},
    {{"data.features.ordinal.o", "[m, l]"}, true},
    {{"data.features.boolean.z.true", "k"}, true},
    {{"data.carry", "[d]"}, false},
    {{"data.group", "h"}, true},
    {{"data.missing.numeric", "median"}, true},
    {{"cv.seed", "7"}, true},
    {{"cv.n_splits", "3"}, true},
    {{"search.trial_timeout", "3m"}, false},
    {{"search.trial_memory", "2MB"}, true},
    {{"search.max_failures", "1%"}, false},
    {{"assess.trials", "9"}, false},
    {{"nested.outer", "3"}, false},
    {{"output.checkpoint", "9s"}, false},
    {{"explain.threshold", "0.4"}, false},
    {{"explain.actionable", "[z]"}, false},
};

static void what_bears_on_scores_makes_another_search(void **state) {
    (void)state;
    perebor_experiment *plain = read_text("f/e.yaml", full, NULL);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        perebor_experiment *changed = read_text("f/e.yaml", full, &changes[i].override);
        assert_string_not_equal(plain->resolved, changed->resolved);
        if ((memcmp(plain->sha256, changed->sha256, 32) != 0) != changes[i].bears) {
            fail_msg("%s", changes[i].override.key);
        }
        perebor_experiment_free(changed);
    }
    perebor_experiment_free(plain);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_is_on_record),
        cmocka_unit_test(defaults_are_on_record_too),
        cmocka_unit_test(what_bears_on_scores_makes_another_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
