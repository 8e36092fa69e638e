// SPDX-License-Identifier: MIT
#include "run/refit_stage.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "h5/file_tree.h"
#include "pipeline/fitted_tree.h"
#include "run/column_reference.h"
#include "run/predict_tables.h"
#include "run/stored_study.h"
#include "store/stage.h"
#include "trial/out_of_fold.h"

static perebor_status no_memory(perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the refitted model");
}

/** Scores of the training rows by models that have not seen them: of the first repeat's folds. */
static perebor_status add_out_of_fold(const perebor_study *study,
                                      const perebor_candidate *candidate, h5_tree *tree,
                                      h5_node *parent, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = study->dataset;
    size_t n = study->split.n_train;
    double *scores = calloc(dataset->n_rows + 1, sizeof *scores);
    double *probabilities = calloc(dataset->n_rows + 1, sizeof *probabilities);
    if (scores == NULL || probabilities == NULL) {
        status = no_memory(error);
        goto done;
    }
    PEREBOR_TRY(done, out_of_fold(study->evaluator, candidate, 0, study->folds.n_splits, scores,
                                  probabilities, error));
    h5_node *group = h5_add_group(tree, parent, "out_of_fold");
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, n, 0);
    h5_node *id = h5_add_dataset(tree, group, "id", H5_TEXT, 1, dataset->ids == NULL ? 0 : n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    h5_node *hash = h5_add_dataset(tree, group, "hash", H5_UINT64, 1, n, 0);
    h5_node *score = h5_add_dataset(tree, group, "score", H5_DOUBLE, 1, n, 0);
    h5_node *probability = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n, 0);
    h5_set_text(tree, group, "scales", "row");
    for (size_t i = 0; probability != NULL && i < n; i++) {
        uint32_t at = study->split.train[i];
        ((int64_t *)row->array.data)[i] = at;
        ((int8_t *)target->array.data)[i] = (int8_t)dataset->labels[at];
        ((uint64_t *)hash->array.data)[i] = predict_row_hash(dataset, at);
        ((double *)score->array.data)[i] = scores[at];
        ((double *)probability->array.data)[i] = probabilities[at];
        if (dataset->ids != NULL) {
            ((const char **)id->array.data)[i] = h5_keep_text(tree, dataset->ids[at]);
        }
    }
    status = h5_tree_check(tree, "a refitted model", error);
done:
    free(scores);
    free(probabilities);
    return status;
}

static perebor_status put_model(const perebor_study *study, perebor_result *result, size_t row,
                                const char *rule, const perebor_candidate *candidate,
                                const perebor_refit *refit, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return no_memory(error);
    }
    h5_node *group = h5_add_group(tree, tree->root, "model");
    fitted_to_tree(refit->pipeline, tree, group);
    h5_set_unsigned(tree, group, "trial", result->trials->first_trial + row);
    h5_set_text(tree, group, "select", rule);
    h5_set_real(tree, group, "mean_test_score",
                perebor_trials_mean_test_score(result->trials, row));
    h5_set_real(tree, group, "train_score", refit->train_score);
    h5_set_real(tree, group, "test_score", refit->test_score);
    PEREBOR_TRY(done, add_out_of_fold(study, candidate, tree, group, error));
    PEREBOR_TRY(done, column_reference_to_tree(study->dataset, study->split.train,
                                               study->split.n_train, tree, group, error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

/** One look: a trial, when the search was what `search` says. */
typedef struct look {
    uint64_t trial;
    const char *search;
    double train_score, mean_test_score, test_score;
} look;

/** A column of /test, if it is there and as long as the others. */
static const void *look_column(const h5_node *group, const char *name, h5_kind kind, size_t n) {
    const h5_node *node = h5_find(group, name);
    return node != NULL && node->type == H5_DATASET && node->array.kind == kind &&
                   node->array.n_dimensions == 1 && node->array.dimensions[0] == n
               ? node->array.data
               : NULL;
}

/** The looks that a file remembers. @param[out] looks  [*n + 1] room for another; freed by the
 * caller. */
static perebor_status read_looks(const perebor_result *result, look **looks, size_t *n,
                                 perebor_error *error) {
    const h5_node *group = stage_find(result, "test");
    const h5_node *first = group == NULL ? NULL : h5_find(group, "trial");
    size_t found = first == NULL || first->type != H5_DATASET ? 0 : first->array.dimensions[0];
    look *read = calloc(found + 1, sizeof *read);
    if (read == NULL) {
        return no_memory(error);
    }
    const uint64_t *trial = found == 0 ? NULL : look_column(group, "trial", H5_UINT64, found);
    const char *const *search = found == 0 ? NULL : look_column(group, "search", H5_TEXT, found);
    const double *train = found == 0 ? NULL : look_column(group, "train_score", H5_DOUBLE, found);
    const double *mean =
        found == 0 ? NULL : look_column(group, "mean_test_score", H5_DOUBLE, found);
    const double *test = found == 0 ? NULL : look_column(group, "test_score", H5_DOUBLE, found);
    bool whole = trial != NULL && search != NULL && train != NULL && mean != NULL && test != NULL;
    for (size_t i = 0; whole && i < found; i++) {
        read[i] = (look){trial[i], search[i], train[i], mean[i], test[i]};
    }
    *looks = read;
    *n = whole ? found : 0;
    return PEREBOR_OK;
}

static void looks_to_tree(const look *looks, size_t n, h5_tree *tree, h5_node *group) {
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n, 0);
    h5_node *search = h5_add_dataset(tree, group, "search", H5_TEXT, 1, n, 0);
    h5_node *train = h5_add_dataset(tree, group, "train_score", H5_DOUBLE, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n, 0);
    h5_node *test = h5_add_dataset(tree, group, "test_score", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; test != NULL && mean != NULL && train != NULL && search != NULL && i < n;
         i++) {
        ((uint64_t *)trial->array.data)[i] = looks[i].trial;
        ((const char **)search->array.data)[i] = h5_keep_text(tree, looks[i].search);
        ((double *)train->array.data)[i] = looks[i].train_score;
        ((double *)mean->array.data)[i] = looks[i].mean_test_score;
        ((double *)test->array.data)[i] = looks[i].test_score;
    }
}

/** Remembers that a trial was scored on the test part; once, as long as the search is the same. */
static perebor_status put_look(perebor_result *result, size_t row, const perebor_refit *refit,
                               perebor_error *error) {
    perebor_status status;
    char search[PEREBOR_SHA256_HEX_SIZE];
    look *looks = NULL;
    size_t n = 0;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return no_memory(error);
    }
    uint64_t trial = result->trials->first_trial + row;
    stage_identify_search(result, search);
    PEREBOR_TRY(done, read_looks(result, &looks, &n, error));
    for (size_t i = 0; i < n; i++) {
        if (looks[i].trial == trial && strcmp(looks[i].search, search) == 0) {
            goto done; // no news
        }
    }
    looks[n++] = (look){trial, search, refit->train_score,
                        perebor_trials_mean_test_score(result->trials, row), refit->test_score};
    h5_node *group = h5_add_group(tree, tree->root, "test");
    looks_to_tree(looks, n, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "looks at the test part", error));
    status = stage_put(result, group, error);
done:
    free(looks);
    h5_tree_free(tree);
    return status;
}

perebor_status refit_stage_make(const perebor_study *study, perebor_result *result, size_t row,
                                const char *rule, perebor_refit *refit, perebor_error *error) {
    perebor_status status;
    perebor_candidate candidate;
    perebor_refit fitted = {0};
    PEREBOR_TRY(
        done, stored_study_candidate(study, result->trials->first_trial + row, &candidate, error));
    PEREBOR_TRY(done, perebor_refit_candidate(study->evaluator, &candidate, true, &fitted, error));
    PEREBOR_TRY(done, put_model(study, result, row, rule, &candidate, &fitted, error));
    if (!isnan(fitted.test_score)) {
        PEREBOR_TRY(done, put_look(result, row, &fitted, error));
    }
    *refit = fitted;
    fitted = (perebor_refit){0};
done:
    perebor_refit_release(&fitted);
    return status;
}

test_looks test_looks_count(const perebor_result *result) {
    char search[PEREBOR_SHA256_HEX_SIZE];
    test_looks count = {0};
    look *looks = NULL;
    size_t n = 0;
    if (read_looks(result, &looks, &n, NULL) != PEREBOR_OK) {
        return count;
    }
    stage_identify_search(result, search);
    count.n = n;
    for (size_t i = 0; i < n; i++) {
        count.n_then += strcmp(looks[i].search, search) != 0;
    }
    free(looks);
    return count;
}
