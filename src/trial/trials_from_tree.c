// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree_reader.h"
#include "trial/params_parse.h"
#include "trial/trials_tree.h"

/** A table being filled from the columns of /trials. */
typedef struct target {
    h5_reader *reader;
    perebor_trials *trials;
} target;

static const h5_array *column(target to, const char *path, h5_kind kind) {
    return reader_array(to.reader, path, kind, 1, to.trials->n_trials, 0);
}

static const h5_array *split_column(target to, const char *path, h5_kind kind) {
    return reader_array(to.reader, path, kind, 2, to.trials->n_trials, to.trials->n_folds);
}

static void take_states(target to) {
    const char *path = "trials/state";
    const h5_array *states = column(to, path, H5_INT64);
    const h5_array *same = column(to, "trials/same_as", H5_INT64);
    for (size_t i = 0; i < to.trials->n_trials; i++) {
        to.trials->state[i] =
            (uint8_t)reader_integer_at(to.reader, path, states, i, 0, PEREBOR_TRIAL_WAITING);
        to.trials->same_as[i] = (uint64_t)reader_integer_at(to.reader, "trials/same_as", same, i,
                                                            (int64_t)to.trials->first_trial,
                                                            (int64_t)(to.trials->first_trial + i));
    }
}

static void take_reals(target to, const char *path, double *values) {
    const h5_array *array = column(to, path, H5_DOUBLE);
    if (array != NULL) {
        memcpy(values, array->data, to.trials->n_trials * sizeof *values);
    }
}

/** What paths came to; files without any do not say. */
static void take_n_estimators(target to) {
    static const char path[] = "trials/best_n_estimators";
    if (h5_find(to.reader->root, path) == NULL) {
        return;
    }
    const h5_array *array = column(to, path, H5_INT64);
    for (size_t i = 0; i < to.trials->n_trials; i++) {
        to.trials->n_estimators[i] =
            (uint32_t)reader_integer_at(to.reader, path, array, i, 0, UINT32_MAX);
    }
}

static void take_places(target to) {
    const char *rank = "trials/mpi_rank", *threads = "trials/n_threads";
    const h5_array *ranks = column(to, rank, H5_INT64);
    const h5_array *n_threads = column(to, threads, H5_INT64);
    for (size_t i = 0; i < to.trials->n_trials; i++) {
        to.trials->mpi_rank[i] =
            (int32_t)reader_integer_at(to.reader, rank, ranks, i, -1, INT32_MAX);
        to.trials->n_threads[i] =
            (int32_t)reader_integer_at(to.reader, threads, n_threads, i, 0, INT32_MAX);
    }
}

/** Texts that are NULL in the table where the file has "". */
static void take_texts(target to, const char *path, const char **texts) {
    const h5_array *array = column(to, path, H5_TEXT);
    for (size_t i = 0; array != NULL && i < to.trials->n_trials; i++) {
        const char *text = ((const char *const *)array->data)[i];
        texts[i] = *text == '\0' ? NULL : perebor_trials_intern(to.trials, text);
        if (*text != '\0' && texts[i] == NULL) {
            reader_fail_memory(to.reader);
        }
    }
}

static void take_params(target to) {
    const h5_array *params = column(to, "trials/params", H5_TEXT);
    for (size_t i = 0; params != NULL && i < to.trials->n_trials; i++) {
        perebor_error reason = {0};
        const char *json = ((const char *const *)params->data)[i];
        perebor_status status = params_parse(to.trials, i, json, &reason);
        if (status == PEREBOR_ERR_MEMORY) {
            reader_fail_memory(to.reader);
            return;
        }
        if (status != PEREBOR_OK) {
            char what[300];
            (void)snprintf(what, sizeof what, "has %.250s", reason.message);
            reader_fail(to.reader, "trials/params", what);
            return;
        }
    }
}

/** Columns of what became of each fold. */
typedef struct fold_columns {
    const h5_array *test, *train, *fit, *score, *converged, *n_iter, *state;
    const h5_array *oob, *oob_lacking; /**< NULL: no trial has a score out of bag. */
} fold_columns;

static const char oob_lacking_path[] = "trials/split_oob_lacking";

static fold_columns find_fold_columns(target to) {
    fold_columns columns = {
        .test = split_column(to, "trials/split_test_score", H5_DOUBLE),
        .fit = split_column(to, "trials/split_fit_time", H5_DOUBLE),
        .score = split_column(to, "trials/split_score_time", H5_DOUBLE),
        .converged = split_column(to, "trials/split_converged", H5_INT64),
        .n_iter = split_column(to, "trials/split_n_iter", H5_INT64),
        .state = split_column(to, "trials/split_state", H5_INT64),
    };
    if (h5_find(to.reader->root, "trials/split_train_score") != NULL) {
        columns.train = split_column(to, "trials/split_train_score", H5_DOUBLE);
    }
    if (h5_find(to.reader->root, "trials/split_oob_score") != NULL) {
        columns.oob = split_column(to, "trials/split_oob_score", H5_DOUBLE);
        columns.oob_lacking = split_column(to, oob_lacking_path, H5_INT64);
    }
    return columns;
}

static double real_at(const h5_array *array, size_t at) {
    return ((const double *)array->data)[at];
}

static void take_fold(target to, const fold_columns *from, size_t at) {
    perebor_fold_outcome *fold = &to.trials->folds[at];
    int64_t state = reader_integer_at(to.reader, "trials/split_state", from->state, at,
                                      PEREBOR_TRIAL_COMPLETE, PEREBOR_TRIAL_WAITING);
    if (state != PEREBOR_TRIAL_COMPLETE && state != PEREBOR_TRIAL_FAIL) {
        return;
    }
    to.trials->fold_done[at] = 1;
    fold->state = (uint8_t)state;
    fold->test_score = real_at(from->test, at);
    if (from->train != NULL) {
        fold->train_score = real_at(from->train, at);
    }
    fold->fit_seconds = real_at(from->fit, at);
    fold->score_seconds = real_at(from->score, at);
    fold->converged =
        (uint8_t)reader_integer_at(to.reader, "trials/split_converged", from->converged, at, 0, 1);
    fold->iterations = (uint32_t)reader_integer_at(to.reader, "trials/split_n_iter", from->n_iter,
                                                   at, 0, UINT32_MAX);
    if (from->oob != NULL) {
        const int64_t lacking =
            reader_integer_at(to.reader, oob_lacking_path, from->oob_lacking, at, -1, UINT32_MAX);
        fold->has_oob = lacking >= 0;
        fold->oob_score = real_at(from->oob, at);
        fold->oob_lacking = lacking >= 0 ? (uint32_t)lacking : 0;
    }
}

static void take_folds(target to) {
    fold_columns from = find_fold_columns(to);
    size_t n = to.trials->n_trials * to.trials->n_folds;
    for (size_t at = 0; at < n && to.reader->status == PEREBOR_OK; at++) {
        take_fold(to, &from, at);
    }
}

/** The names of the metrics, or NULL in a file of roc_auc alone. */
static const h5_array *find_metric_names(h5_reader *reader) {
    const h5_node *group = h5_find(reader->root, "trials");
    const h5_attribute *names = group == NULL ? NULL : h5_find_attribute(group, "metrics");
    if (names == NULL) {
        return NULL;
    }
    if (names->value.kind != H5_TEXT || names->value.n_dimensions != 1 ||
        names->value.dimensions[0] == 0 || names->value.dimensions[0] > PEREBOR_MAX_METRICS) {
        reader_fail(reader, "trials", "has an attribute \"metrics\" that is no row of a few texts");
        return NULL;
    }
    return &names->value;
}

enum { max_path = 300 };

static const h5_array *metric_column(target to, perebor_part part, const char *name) {
    char path[max_path];
    (void)snprintf(path, sizeof path, "trials/split_%s_%.200s",
                   part == PEREBOR_TEST ? "test" : "train", name);
    if (part == PEREBOR_TRAIN && h5_find(to.reader->root, path) == NULL) {
        return NULL;
    }
    return split_column(to, path, H5_DOUBLE);
}

/** Gives the table its metrics, after their columns have been found. */
static perebor_status set_metrics(target to, const h5_array *names) {
    const char *const *texts = names->data;
    for (size_t i = 0; i < names->dimensions[0]; i++) {
        (void)metric_column(to, PEREBOR_TEST, texts[i]);
    }
    if (to.reader->status != PEREBOR_OK) {
        return to.reader->status;
    }
    perebor_error reason;
    perebor_status status =
        perebor_trials_set_metrics(to.trials, texts, names->dimensions[0], &reason);
    if (status == PEREBOR_ERR_MEMORY) {
        reader_fail_memory(to.reader);
    } else if (status != PEREBOR_OK) {
        reader_fail(to.reader, "trials", "names a metric twice in \"metrics\"");
    }
    return to.reader->status;
}

/** The scores by the metrics beside the first, of folds that are done. */
static void take_further(target to, perebor_part part) {
    size_t n_folds = to.trials->n_folds;
    for (size_t metric = 1; metric < to.trials->n_metrics; metric++) {
        const h5_array *from = metric_column(to, part, to.trials->metric_names[metric]);
        for (size_t at = 0; from != NULL && at < to.trials->n_trials * n_folds; at++) {
            if (to.trials->fold_done[at]) {
                perebor_trials_further(to.trials, at / n_folds, at % n_folds, part)[metric - 1] =
                    real_at(from, at);
            }
        }
    }
}

/** Numbers of trials follow one another; the first tells them all. */
static uint64_t take_first_trial(h5_reader *reader, size_t n_trials) {
    const char *path = "trials/trial";
    const h5_array *numbers = reader_array(reader, path, H5_INT64, 1, n_trials, 0);
    if (n_trials == 0) {
        return 0;
    }
    int64_t first =
        reader_integer_at(reader, path, numbers, 0, 0, INT64_MAX - (int64_t)(n_trials - 1));
    for (size_t i = 1; numbers != NULL && i < n_trials; i++) {
        int64_t expected = first + (int64_t)i;
        (void)reader_integer_at(reader, path, numbers, i, expected, expected);
    }
    return (uint64_t)first;
}

static const h5_array *find_parameter_names(h5_reader *reader) {
    const h5_node *group = reader_group(reader, "trials");
    const h5_attribute *names = group == NULL ? NULL : h5_find_attribute(group, "parameters");
    if (names == NULL || names->value.kind != H5_TEXT || names->value.n_dimensions != 1) {
        reader_fail(reader, "trials", "has no attribute \"parameters\" that is a row of texts");
        return NULL;
    }
    return &names->value;
}

/** What the digest says must be what the rows say: a bit that flipped in a score is found. */
static void check_digest(target to) {
    uint8_t stored[32] = {0}, computed[32];
    reader_digest(to.reader, "trials", reader_text_attribute(to.reader, "trials", "digest"),
                  stored);
    if (to.reader->status != PEREBOR_OK) {
        return;
    }
    perebor_trials_digest(to.trials, computed);
    if (memcmp(stored, computed, sizeof stored) != 0) {
        reader_fail(to.reader, "trials", "is damaged: its rows do not have the digest it states");
    }
}

perebor_status trials_from_tree(const h5_tree *tree, const char *path, perebor_trials **trials,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_reader reader = {.root = tree->root, .file = path, .error = error};
    size_t n_trials = reader_length(&reader, "trials/trial");
    size_t n_folds = reader_length(&reader, "trials/split");
    uint64_t first_trial = take_first_trial(&reader, n_trials);
    const h5_array *names = find_parameter_names(&reader);
    const h5_array *metrics = find_metric_names(&reader);
    // Before memory is taken for so many folds, the scores must be there.
    (void)reader_array(&reader, "trials/split_test_score", H5_DOUBLE, 2, n_trials, n_folds);
    target to = {&reader, NULL};
    PEREBOR_TRY(failed, reader.status);
    PEREBOR_TRY(failed, perebor_trials_create_empty(&to.trials, names->data, names->dimensions[0],
                                                    first_trial, n_trials, n_folds, error));
    if (metrics != NULL) {
        PEREBOR_TRY(failed, set_metrics(to, metrics));
    }
    take_states(to);
    take_params(to);
    take_folds(to);
    take_further(to, PEREBOR_TEST);
    take_further(to, PEREBOR_TRAIN);
    take_reals(to, "trials/datetime_start", to.trials->datetime_start);
    take_reals(to, "trials/duration", to.trials->duration);
    take_places(to);
    take_texts(to, "trials/error", to.trials->error);
    take_texts(to, "trials/host", to.trials->host);
    curves_from_tree(&reader, to.trials);
    take_n_estimators(to);
    check_digest(to);
    PEREBOR_TRY(failed, reader.status);
    *trials = to.trials;
    return PEREBOR_OK;
failed:
    perebor_trials_free(to.trials);
    return status;
}
