// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "trial/trials_tree.h"

enum { max_name = 256 };

/** The columns of one metric. */
typedef struct named_metric {
    const perebor_trials *trials;
    size_t metric;
    h5_tree *tree;
    h5_node *group; /**< /trials */
} named_metric;

/** A column called kind_metric with what it is in words. */
static h5_node *add_column(const named_metric *of, const char *kind, h5_kind type, size_t n_columns,
                           const char *text) {
    char name[max_name], meaning[max_name];
    const char *metric = of->trials->metric_names[of->metric];
    (void)snprintf(name, sizeof name, "%s_%s", kind, metric);
    (void)snprintf(meaning, sizeof meaning, "%s%s", metric, text);
    h5_node *node = h5_add_dataset(of->tree, of->group, name, type, n_columns > 0 ? 2 : 1,
                                   of->trials->n_trials, n_columns);
    if (node != NULL) {
        node->scales[0] = "trial";
        node->scales[1] = n_columns > 0 ? "split" : NULL;
        h5_set_text(of->tree, node, "long_name", meaning);
    }
    return node;
}

static void add_means(const named_metric *of, perebor_part part, const char *kind,
                      const char *text) {
    h5_node *node = add_column(of, kind, H5_DOUBLE, 0, text);
    for (size_t trial = 0; node != NULL && trial < of->trials->n_trials; trial++) {
        ((double *)node->array.data)[trial] =
            perebor_trials_mean(of->trials, trial, of->metric, part);
    }
}

static void add_deviations(const named_metric *of) {
    h5_node *node =
        add_column(of, "std_test", H5_DOUBLE, 0, ", standard deviation over the folds, ddof 0");
    for (size_t trial = 0; node != NULL && trial < of->trials->n_trials; trial++) {
        ((double *)node->array.data)[trial] = perebor_trials_std(of->trials, trial, of->metric);
    }
}

static void add_splits(const named_metric *of, perebor_part part, const char *kind,
                       const char *text) {
    size_t n_folds = of->trials->n_folds;
    h5_node *node = add_column(of, kind, H5_DOUBLE, n_folds, text);
    for (size_t trial = 0; node != NULL && trial < of->trials->n_trials; trial++) {
        for (size_t fold = 0; fold < n_folds; fold++) {
            ((double *)node->array.data)[trial * n_folds + fold] =
                perebor_trials_score(of->trials, trial, fold, of->metric, part);
        }
    }
}

static perebor_status add_ranks(const named_metric *of, perebor_error *error) {
    size_t n = of->trials->n_trials;
    h5_node *node =
        add_column(of, "rank_test", H5_INT32, 0, ", 1 for the best; ties share the smallest");
    uint32_t *ranks = calloc(n + 1, sizeof *ranks);
    if (ranks == NULL) {
        return perebor_no_memory(error, "to rank the trials");
    }
    perebor_status status = perebor_trials_rank_by(of->trials, of->metric, ranks, error);
    for (size_t trial = 0; status == PEREBOR_OK && node != NULL && trial < n; trial++) {
        ((int32_t *)node->array.data)[trial] = (int32_t)ranks[trial];
    }
    free(ranks);
    return status;
}

/** The names: the selecting one first. */
static void set_names(const perebor_trials *trials, h5_tree *tree, h5_node *group) {
    h5_attribute *names = h5_add_attribute(tree, group, "metrics", H5_TEXT, 1, trials->n_metrics);
    for (size_t i = 0; names != NULL && i < trials->n_metrics; i++) {
        ((const char **)names->value.data)[i] = h5_keep_text(tree, trials->metric_names[i]);
    }
}

perebor_status metrics_to_tree(const perebor_trials *trials, bool train_scores, h5_tree *tree,
                               h5_node *group, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (perebor_trials_have_default_metric(trials)) {
        return PEREBOR_OK;
    }
    set_names(trials, tree, group);
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        named_metric of = {trials, metric, tree, group};
        add_means(&of, PEREBOR_TEST, "mean_test", ", mean on the validation parts");
        add_deviations(&of);
        PEREBOR_TRY(done, add_ranks(&of, error));
        add_splits(&of, PEREBOR_TEST, "split_test", " on the validation part of each fold");
        if (train_scores) {
            add_means(&of, PEREBOR_TRAIN, "mean_train", ", mean on the training parts");
            add_splits(&of, PEREBOR_TRAIN, "split_train", " on the training part of each fold");
        }
    }
done:
    return status;
}
