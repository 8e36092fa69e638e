// SPDX-License-Identifier: MIT
// The stage /nested as the content of a file and back.
#include <string.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "run/nested_stage.h"
#include "store/stage.h"

/** The version of what is in the group, as docs/reference/result-file.md describes it. */
enum { VERSION = 1 };

static void add_numbers(h5_tree *tree, h5_node *group, const char *name, size_t n, uint64_t first) {
    h5_node *numbers = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    for (size_t i = 0; numbers != NULL && i < n; i++) {
        ((int64_t *)numbers->array.data)[i] = (int64_t)(first + i);
    }
}

static void add_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n, size_t n_outer) {
    h5_node *reals = h5_add_dataset(tree, group, name, H5_DOUBLE, 2, n, n_outer);
    if (reals != NULL && n * n_outer > 0) {
        memcpy(reals->array.data, values, n * n_outer * sizeof *values);
    }
}

/** The outer fold of every training row. */
static void add_rows(const perebor_study *study, h5_tree *tree, h5_node *parent) {
    const perebor_folds *outer = &study->nested->outer;
    h5_node *group = h5_add_group(tree, parent, "rows");
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, outer->n_rows, 0);
    h5_node *fold = h5_add_dataset(tree, group, "outer_fold", H5_INT32, 1, outer->n_rows, 0);
    h5_set_text(tree, group, "scales", "row");
    for (size_t i = 0; row != NULL && fold != NULL && i < outer->n_rows; i++) {
        ((int64_t *)row->array.data)[i] = study->split.train[i];
        ((int32_t *)fold->array.data)[i] = outer->test_fold[i];
    }
}

/** A row a rule. */
static void add_rules(const nested_outcome *outcome, h5_tree *tree, h5_node *parent) {
    size_t n = outcome->n_rules, n_outer = outcome->n_outer;
    h5_node *group = h5_add_group(tree, parent, "rules");
    h5_node *rule = h5_add_dataset(tree, group, "rule", H5_TEXT, 1, n, 0);
    add_numbers(tree, group, "outer_fold", n_outer, 0);
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_INT64, 2, n, n_outer);
    h5_node *inner = h5_add_dataset(tree, group, "inner_score", H5_DOUBLE, 2, n, n_outer);
    h5_node *outer = h5_add_dataset(tree, group, "outer_score", H5_DOUBLE, 2, n, n_outer);
    h5_node *mean_inner = h5_add_dataset(tree, group, "mean_inner_score", H5_DOUBLE, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_outer_score", H5_DOUBLE, 1, n, 0);
    h5_node *low = h5_add_dataset(tree, group, "mean_outer_score_low", H5_DOUBLE, 1, n, 0);
    h5_node *high = h5_add_dataset(tree, group, "mean_outer_score_high", H5_DOUBLE, 1, n, 0);
    h5_set_text(tree, group, "scales", "rule outer_fold");
    bool whole = rule != NULL && trial != NULL && inner != NULL && outer != NULL &&
                 mean_inner != NULL && mean != NULL && low != NULL && high != NULL;
    for (size_t i = 0; whole && i < n; i++) {
        const nested_rule *found = &outcome->rules[i];
        ((const char **)rule->array.data)[i] = found->name;
        memcpy((int64_t *)trial->array.data + i * n_outer, found->trials,
               n_outer * sizeof(int64_t));
        memcpy((double *)inner->array.data + i * n_outer, found->inner, n_outer * sizeof(double));
        memcpy((double *)outer->array.data + i * n_outer, found->outer, n_outer * sizeof(double));
        ((double *)mean_inner->array.data)[i] = found->mean_inner;
        ((double *)mean->array.data)[i] = found->mean_outer.mean;
        ((double *)low->array.data)[i] = found->mean_outer.low;
        ((double *)high->array.data)[i] = found->mean_outer.high;
    }
}

perebor_status nested_stage_put(perebor_result *result, const nested_outcome *outcome,
                                const perebor_study *study, const perebor_trials *trials,
                                perebor_error *error) {
    perebor_status status;
    size_t n = outcome->n_trials, n_outer = outcome->n_outer;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for nested cross-validation");
    }
    h5_node *group = h5_add_group(tree, tree->root, "nested");
    h5_set_integer(tree, group, "version", VERSION);
    h5_set_integer(tree, group, "n_outer", (int64_t)n_outer);
    h5_set_integer(tree, group, "n_inner", (int64_t)outcome->n_inner);
    h5_set_text(tree, group, "metric", trials->metric_names[0]);
    h5_set_text(tree, group, "scales", "trial outer_fold");
    add_numbers(tree, group, "trial", n, trials->first_trial);
    add_numbers(tree, group, "outer_fold", n_outer, 0);
    add_reals(tree, group, "inner_score", outcome->inner, n, n_outer);
    add_reals(tree, group, "inner_sd", outcome->inner_sd, n, n_outer);
    add_reals(tree, group, "outer_score", outcome->outer, n, n_outer);
    add_rules(outcome, tree, group);
    add_rows(study, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "nested cross-validation", error));
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}

bool nested_stage_figures(const perebor_result *result, const char *rule, nested_figures *figures) {
    const h5_node *group = stage_find(result, "nested");
    const h5_node *rules = group == NULL ? NULL : h5_find(group, "rules");
    const h5_node *names = rules == NULL ? NULL : h5_find(rules, "rule");
    const h5_node *folds = rules == NULL ? NULL : h5_find(rules, "outer_fold");
    if (names == NULL || folds == NULL || names->type != H5_DATASET ||
        names->array.n_dimensions != 1 || folds->type != H5_DATASET ||
        !stage_is_current(result, "nested")) {
        return false;
    }
    size_t n = names->array.dimensions[0];
    const char *const *name = h5_row(rules, "rule", H5_TEXT, n);
    const double *inner = h5_row(rules, "mean_inner_score", H5_DOUBLE, n);
    const double *mean = h5_row(rules, "mean_outer_score", H5_DOUBLE, n);
    const double *low = h5_row(rules, "mean_outer_score_low", H5_DOUBLE, n);
    const double *high = h5_row(rules, "mean_outer_score_high", H5_DOUBLE, n);
    bool whole = name != NULL && inner != NULL && mean != NULL && low != NULL && high != NULL;
    for (size_t i = 0; whole && i < n; i++) {
        if (strcmp(name[i], rule) == 0) {
            *figures =
                (nested_figures){folds->array.dimensions[0], inner[i], mean[i], low[i], high[i]};
            return true;
        }
    }
    return false;
}
