// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/row_scale.h"
#include "trial/trials_tree.h"

enum { max_name = 256, max_table_columns = 250 };

/** What columns are made of. */
typedef struct source {
    const perebor_trials *trials;
    const uint32_t *ranks;
} source;

static const perebor_fold_outcome *fold_of(const source *from, size_t trial, size_t fold) {
    return &from->trials->folds[trial * from->trials->n_folds + fold];
}

/** Whether the trial is complete, so that means over its folds are of something. */
static bool is_complete(const source *from, size_t trial) {
    return from->trials->state[trial] == PEREBOR_TRIAL_COMPLETE && from->trials->n_folds > 0;
}

static double mean_test_score(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_mean_test_score(from->trials, trial);
}

static double std_test_score(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_std_test_score(from->trials, trial);
}

static double mean_train_score(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_mean_train_score(from->trials, trial);
}

static double split_test_score(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->test_score;
}

static double split_train_score(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->train_score;
}

static double split_fit_time(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->fit_seconds;
}

static double split_score_time(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->score_seconds;
}

static double mean_fit_time(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_mean_fit_seconds(from->trials, trial);
}

static double mean_score_time(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_mean_score_seconds(from->trials, trial);
}

static double datetime_start(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->datetime_start[trial];
}

static double duration(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->duration[trial];
}

static int64_t number(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return (int64_t)(from->trials->first_trial + trial);
}

static int64_t state(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->state[trial];
}

static int64_t rank_test_score(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->ranks[trial];
}

static int64_t same_as(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return (int64_t)from->trials->same_as[trial];
}

static int64_t mpi_rank(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->mpi_rank[trial];
}

static int64_t n_threads(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->n_threads[trial];
}

static int64_t split_converged(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->converged;
}

static int64_t split_n_iter(const source *from, size_t trial, size_t fold) {
    return fold_of(from, trial, fold)->iterations;
}

static int64_t split_state(const source *from, size_t trial, size_t fold) {
    bool done = from->trials->fold_done[trial * from->trials->n_folds + fold];
    return done ? fold_of(from, trial, fold)->state : PEREBOR_TRIAL_WAITING;
}

static int64_t converged(const source *from, size_t trial, size_t fold) {
    int64_t all = is_complete(from, trial);
    for (fold = 0; fold < from->trials->n_folds && all; fold++) {
        all = split_converged(from, trial, fold) != 0;
    }
    return all;
}

static int64_t n_iter(const source *from, size_t trial, size_t fold) {
    int64_t most = 0;
    for (fold = 0; fold < from->trials->n_folds; fold++) {
        int64_t here = split_n_iter(from, trial, fold);
        most = here > most ? here : most;
    }
    return most;
}

/** A column of numbers: [n_trials], or [n_trials][n_folds] if per_split. */
typedef struct column {
    const char *name;
    h5_kind kind;
    bool per_split;
    double (*real)(const source *, size_t trial, size_t fold);
    int64_t (*integer)(const source *, size_t trial, size_t fold);
    const char *units;
    const char *const *flags;
    const char *long_name; /**< %s: the selecting metric. */
} column;

static const char *const no_or_yes[] = {"no", "yes", NULL};

static const column scores[] = {
    {.name = "state", .kind = H5_INT8, .integer = state, .flags = perebor_trial_state_names},
    {.name = "mean_test_score",
     .kind = H5_DOUBLE,
     .real = mean_test_score,
     .long_name = "mean %s on the validation parts"},
    {.name = "std_test_score",
     .kind = H5_DOUBLE,
     .real = std_test_score,
     .long_name = "standard deviation of split_test_score, ddof 0"},
    {.name = "rank_test_score",
     .kind = H5_INT32,
     .integer = rank_test_score,
     .long_name = "1 for the best; ties share the smallest"},
    {.name = "split_test_score",
     .kind = H5_DOUBLE,
     .per_split = true,
     .real = split_test_score,
     .long_name = "%s on the validation part of each fold"},
};

static const column train_scores[] = {
    {.name = "mean_train_score",
     .kind = H5_DOUBLE,
     .real = mean_train_score,
     .long_name = "mean %s on the training parts"},
    {.name = "split_train_score",
     .kind = H5_DOUBLE,
     .per_split = true,
     .real = split_train_score,
     .long_name = "%s on the training part of each fold"},
};

static const column circumstances[] = {
    {.name = "mean_fit_time", .kind = H5_DOUBLE, .real = mean_fit_time, .units = "s"},
    {.name = "mean_score_time", .kind = H5_DOUBLE, .real = mean_score_time, .units = "s"},
    {.name = "split_fit_time",
     .kind = H5_DOUBLE,
     .per_split = true,
     .real = split_fit_time,
     .units = "s"},
    {.name = "split_score_time",
     .kind = H5_DOUBLE,
     .per_split = true,
     .real = split_score_time,
     .units = "s"},
    {.name = "converged",
     .kind = H5_INT8,
     .integer = converged,
     .flags = no_or_yes,
     .long_name = "whether every fold's solver reached its tolerance"},
    {.name = "n_iter",
     .kind = H5_INT64,
     .integer = n_iter,
     .long_name = "iterations of the solver, the most of any fold"},
    {.name = "split_converged",
     .kind = H5_INT8,
     .per_split = true,
     .integer = split_converged,
     .flags = no_or_yes},
    {.name = "split_n_iter", .kind = H5_INT64, .per_split = true, .integer = split_n_iter},
    {.name = "split_state",
     .kind = H5_INT8,
     .per_split = true,
     .integer = split_state,
     .flags = perebor_trial_state_names},
    {.name = "datetime_start",
     .kind = H5_DOUBLE,
     .real = datetime_start,
     .units = "seconds since 1970-01-01T00:00:00Z"},
    {.name = "duration",
     .kind = H5_DOUBLE,
     .real = duration,
     .units = "s",
     .long_name = "CPU time over all folds"},
    {.name = "mpi_rank", .kind = H5_INT32, .integer = mpi_rank},
    {.name = "n_threads", .kind = H5_INT32, .integer = n_threads},
    {.name = "same_as",
     .kind = H5_INT64,
     .integer = same_as,
     .long_name = "first trial with the same active parameters"},
};

static void set_element(h5_array *array, size_t at, int64_t integer) {
    switch (array->kind) {
    case H5_INT8:
        ((int8_t *)array->data)[at] = (int8_t)integer;
        break;
    case H5_INT32:
        ((int32_t *)array->data)[at] = (int32_t)integer;
        break;
    default:
        ((int64_t *)array->data)[at] = integer;
        break;
    }
}

/** Says what a column is, with the name of the metric in the place of %s. */
static void set_long_name(h5_tree *tree, h5_node *node, const char *pattern,
                          const perebor_trials *trials) {
    char text[max_name];
    const char *place = strstr(pattern, "%s");
    if (place == NULL) {
        h5_set_text(tree, node, "long_name", pattern);
        return;
    }
    const char *metric =
        strcmp(trials->metric_names[0], "roc_auc") == 0 ? "ROC-AUC" : trials->metric_names[0];
    (void)snprintf(text, sizeof text, "%.*s%s%s", (int)(place - pattern), pattern, metric,
                   place + 2);
    h5_set_text(tree, node, "long_name", text);
}

static void add_column(h5_tree *tree, h5_node *group, const source *from, const column *column) {
    size_t n_trials = from->trials->n_trials;
    size_t n_folds = column->per_split ? from->trials->n_folds : 1;
    h5_node *node = h5_add_dataset(tree, group, column->name, column->kind,
                                   column->per_split ? 2 : 1, n_trials, n_folds);
    if (node == NULL) {
        return;
    }
    node->scales[0] = "trial";
    node->scales[1] = column->per_split ? "split" : NULL;
    for (size_t trial = 0; trial < n_trials; trial++) {
        for (size_t fold = 0; fold < n_folds; fold++) {
            size_t at = trial * n_folds + fold;
            if (column->real != NULL) {
                ((double *)node->array.data)[at] = column->real(from, trial, fold);
            } else {
                set_element(&node->array, at, column->integer(from, trial, fold));
            }
        }
    }
    if (column->long_name != NULL) {
        set_long_name(tree, node, column->long_name, from->trials);
    }
    if (column->units != NULL) {
        h5_set_text(tree, node, "units", column->units);
    }
    if (column->flags != NULL) {
        h5_set_flags(tree, node, column->flags);
    }
}

static void add_columns(h5_tree *tree, h5_node *group, const source *from, const column *columns,
                        size_t n_columns) {
    for (size_t i = 0; i < n_columns; i++) {
        add_column(tree, group, from, &columns[i]);
    }
}

static h5_node *add_text_column(h5_tree *tree, h5_node *group, const source *from,
                                const char *name) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_TEXT, 1, from->trials->n_trials, 0);
    if (node != NULL) {
        node->scales[0] = "trial";
    }
    return node;
}

/** The scales: numbers of trials and of splits. */
static void add_scales(h5_tree *tree, h5_node *group, const source *from) {
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_INT64, 1, from->trials->n_trials, 0);
    h5_node *split = h5_add_dataset(tree, group, "split", H5_INT32, 1, from->trials->n_folds, 0);
    if (trial == NULL || split == NULL) {
        return;
    }
    trial->scales[0] = "trial";
    split->scales[0] = "split";
    for (size_t i = 0; i < from->trials->n_trials; i++) {
        ((int64_t *)trial->array.data)[i] = number(from, i, 0);
    }
    for (size_t i = 0; i < from->trials->n_folds; i++) {
        ((int32_t *)split->array.data)[i] = (int32_t)i;
    }
    h5_set_text(tree, trial, "long_name", "number of the trial in the search");
    h5_set_text(tree, split, "long_name", "repeat * n_splits + fold");
}

static void add_texts(h5_tree *tree, h5_node *group, const source *from) {
    h5_node *error = add_text_column(tree, group, from, "error");
    h5_node *host = add_text_column(tree, group, from, "host");
    h5_node *digest = add_text_column(tree, group, from, "digest");
    for (size_t trial = 0; digest != NULL && trial < from->trials->n_trials; trial++) {
        uint8_t sha256[PEREBOR_SHA256_SIZE];
        char hex[PEREBOR_SHA256_HEX_SIZE];
        perebor_trials_digest_one(from->trials, trial, sha256);
        perebor_sha256_hex(sha256, hex);
        ((const char **)digest->array.data)[trial] = h5_keep_text(tree, hex);
        ((const char **)error->array.data)[trial] = h5_keep_text(tree, from->trials->error[trial]);
        ((const char **)host->array.data)[trial] = h5_keep_text(tree, from->trials->host[trial]);
    }
}

static int64_t best_n_estimators(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return from->trials->n_estimators[trial];
}

static const column paths[] = {
    {.name = "best_n_estimators",
     .kind = H5_INT64,
     .integer = best_n_estimators,
     .long_name = "what a path of n_estimators came to; 0 for a trial without one"},
};

static double mean_oob_score(const source *from, size_t trial, size_t fold) {
    (void)fold;
    return perebor_trials_mean_oob_score(from->trials, trial);
}

static double split_oob_score(const source *from, size_t trial, size_t fold) {
    return perebor_trials_has_oob(from->trials, trial, fold) ? fold_of(from, trial, fold)->oob_score
                                                             : (double)NAN;
}

static int64_t split_oob_lacking(const source *from, size_t trial, size_t fold) {
    return perebor_trials_has_oob(from->trials, trial, fold)
               ? (int64_t)fold_of(from, trial, fold)->oob_lacking
               : INT64_C(-1);
}

static const column oob_scores[] = {
    {.name = "mean_oob_score",
     .kind = H5_DOUBLE,
     .real = mean_oob_score,
     .long_name = "mean %s of the training rows out of bag"},
    {.name = "split_oob_score",
     .kind = H5_DOUBLE,
     .per_split = true,
     .real = split_oob_score,
     .long_name = "%s of each fold's training rows by the trees whose samples lack them"},
    {.name = "split_oob_lacking",
     .kind = H5_INT64,
     .per_split = true,
     .integer = split_oob_lacking,
     .long_name = "training rows that every tree has got, not in split_oob_score; -1: no score"},
};

static bool has_paths(const perebor_trials *trials) {
    bool found = false;
    for (size_t i = 0; i < trials->n_trials && !found; i++) {
        found = trials->n_estimators[i] > 0;
    }
    return found;
}

static bool has_train_scores(const perebor_trials *trials) {
    for (size_t i = 0; i < trials->n_trials * trials->n_folds; i++) {
        if (trials->fold_done[i] && !isnan(trials->folds[i].train_score)) {
            return true;
        }
    }
    return false;
}

static void set_digest(h5_tree *tree, h5_node *group, const perebor_trials *trials) {
    uint8_t digest[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_trials_digest(trials, digest);
    perebor_sha256_hex(digest, hex);
    h5_set_text(tree, group, "digest", hex);
}

/** A column for each fold, called as scikit-learn does: split0_test_score, split1_test_score … */
static void add_split_columns(h5_tree *tree, h5_node *table, const source *from, size_t metric,
                              const char *suffix) {
    for (size_t fold = 0; fold < from->trials->n_folds; fold++) {
        char name[max_name];
        (void)snprintf(name, sizeof name, "split%zu_test_%s", fold, suffix);
        h5_node *node = h5_add_dataset(tree, table, name, H5_DOUBLE, 1, from->trials->n_trials, 0);
        for (size_t trial = 0; node != NULL && trial < from->trials->n_trials; trial++) {
            ((double *)node->array.data)[trial] =
                perebor_trials_score(from->trials, trial, fold, metric, PEREBOR_TEST);
        }
    }
}

/** The same columns once more, side by side, unless they are too many for one record. */
static void add_table(h5_tree *tree, const h5_node *group, const source *from) {
    const perebor_trials *trials = from->trials;
    size_t n_named = perebor_trials_have_default_metric(trials) ? 0 : trials->n_metrics;
    size_t n_columns = trials->n_folds * (1 + n_named);
    for (const h5_node *column = group->children; column != NULL; column = column->next) {
        n_columns += column->array.n_dimensions == 1;
    }
    if (n_columns > max_table_columns || trials->n_trials == 0) {
        return;
    }
    h5_node *table = h5_add_table_of(tree, group, "trials", "split");
    add_split_columns(tree, table, from, 0, "score");
    for (size_t metric = 0; metric < n_named; metric++) {
        add_split_columns(tree, table, from, metric, trials->metric_names[metric]);
    }
}

perebor_status trials_to_tree(const perebor_trials *trials, h5_tree *tree, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_node *group = h5_add_group(tree, tree->root, "trials");
    uint32_t *ranks = calloc(trials->n_trials + 1, sizeof *ranks);
    source from = {trials, ranks};
    if (ranks == NULL) {
        return perebor_no_memory(error, "to rank the trials");
    }
    PEREBOR_TRY(done, perebor_trials_rank(trials, ranks, error));
    set_digest(tree, group, trials);
    add_scales(tree, group, &from);
    add_columns(tree, group, &from, scores, sizeof scores / sizeof scores[0]);
    PEREBOR_TRY(done, metrics_to_tree(trials, has_train_scores(trials), tree, group, error));
    parameters_to_tree(trials, tree, group);
    if (has_train_scores(trials)) {
        add_columns(tree, group, &from, train_scores, sizeof train_scores / sizeof train_scores[0]);
    }
    if (perebor_trials_have_oob(trials)) {
        add_columns(tree, group, &from, oob_scores, sizeof oob_scores / sizeof oob_scores[0]);
    }
    if (has_paths(trials)) {
        add_columns(tree, group, &from, paths, 1);
    }
    add_columns(tree, group, &from, circumstances, sizeof circumstances / sizeof circumstances[0]);
    add_texts(tree, group, &from);
    curves_to_tree(trials, tree);
    PEREBOR_TRY(done, h5_tree_check(tree, "the trials of a result file", error));
    add_table(tree, group, &from);
    PEREBOR_TRY(done, h5_tree_check(tree, "the table of trials", error));
done:
    free(ranks);
    return status;
}
