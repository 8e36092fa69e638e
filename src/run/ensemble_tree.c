// SPDX-License-Identifier: MIT
#include "run/ensemble_tree.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree_reader.h"
#include "store/stage.h"

enum { stage_version = 1 };

static void add_members(const ensemble *made, h5_tree *tree, h5_node *group) {
    size_t n = made->n_members;
    h5_node *trial = h5_add_dataset(tree, group, "trial", H5_UINT64, 1, n, 0);
    h5_node *weight = h5_add_dataset(tree, group, "weight", H5_UINT64, 1, n, 0);
    h5_node *mean = h5_add_dataset(tree, group, "mean_test_score", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; mean != NULL && weight != NULL && trial != NULL && i < n; i++) {
        ((uint64_t *)trial->array.data)[i] = made->members[i].trial;
        ((uint64_t *)weight->array.data)[i] = made->members[i].weight;
        ((double *)mean->array.data)[i] = made->members[i].mean_test_score;
    }
}

static void add_rows(const ensemble *made, const perebor_study *study, h5_tree *tree,
                     h5_node *group) {
    size_t n = made->n_rows;
    h5_node *row = h5_add_dataset(tree, group, "row", H5_INT64, 1, n, 0);
    h5_node *target = h5_add_dataset(tree, group, "target", H5_INT8, 1, n, 0);
    h5_node *probability = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0; probability != NULL && target != NULL && row != NULL && i < n; i++) {
        uint32_t at = study->split.train[i];
        ((int64_t *)row->array.data)[i] = at;
        ((int8_t *)target->array.data)[i] = (int8_t)study->dataset->labels[at];
        ((double *)probability->array.data)[i] = made->probability[i];
    }
    h5_set_text(tree, probability, "long_name", "of the ensemble, out of fold");
}

static void add_figures(const ensemble *made, const ensemble_options *options, h5_tree *tree,
                        h5_node *group) {
    const perebor_corrected_ensemble *score = &made->score;
    h5_set_integer(tree, group, "version", stage_version);
    h5_set_integer(tree, group, "n_candidates", (int64_t)made->n_candidates);
    h5_set_integer(tree, group, "n_rounds", (int64_t)options->n_rounds);
    h5_set_integer(tree, group, "n_resamples", (int64_t)options->n_resamples);
    h5_set_integer(tree, group, "n_used", (int64_t)score->n_used);
    h5_set_real(tree, group, "naive", score->naive);
    h5_set_real(tree, group, "corrected", score->corrected);
    h5_set_real(tree, group, "corrected_low", score->low);
    h5_set_real(tree, group, "corrected_high", score->high);
    h5_set_unsigned(tree, group, "best_trial", made->best);
    h5_set_real(tree, group, "best_naive", made->best_score);
    h5_set_real(tree, group, "best_corrected", score->single_corrected);
    h5_set_real(tree, group, "share_better", score->better);
    h5_set_real(tree, group, "share_equal", score->equal);
    h5_set_real(tree, group, "mean_members", score->n_members);
}

perebor_status ensemble_put(perebor_result *result, const ensemble *made,
                            const ensemble_options *options, const perebor_study *study,
                            perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for an ensemble");
    }
    h5_node *group = h5_add_group(tree, tree->root, "ensemble");
    h5_set_text(tree, group, "scales", "trial row");
    add_members(made, tree, group);
    add_rows(made, study, tree, group);
    add_figures(made, options, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "an ensemble", error));
    status = stage_put(result, group, error);
done:
    h5_tree_free(tree);
    return status;
}

/** An attribute that is a real number; NaN, remembered, if it is none. */
static double read_real(h5_reader *reader, const char *name) {
    const h5_node *group = h5_find(reader->root, "ensemble");
    const h5_attribute *found = group == NULL ? NULL : h5_find_attribute(group, name);
    if (found == NULL || found->value.kind != H5_DOUBLE || found->value.n_dimensions != 0) {
        reader_fail(reader, "ensemble", "lacks one of its scores");
        return (double)NAN;
    }
    return *(const double *)found->value.data;
}

static void read_figures(h5_reader *reader, ensemble *loaded) {
    static const char group[] = "ensemble";
    loaded->n_candidates =
        (size_t)reader_integer_attribute(reader, group, "n_candidates", 1, INT64_MAX);
    loaded->best = reader_unsigned_attribute(reader, group, "best_trial");
    loaded->best_score = read_real(reader, "best_naive");
    loaded->n_rows = reader_length(reader, "ensemble/row");
    loaded->score = (perebor_corrected_ensemble){
        .naive = read_real(reader, "naive"),
        .corrected = read_real(reader, "corrected"),
        .low = read_real(reader, "corrected_low"),
        .high = read_real(reader, "corrected_high"),
        .single_corrected = read_real(reader, "best_corrected"),
        .better = read_real(reader, "share_better"),
        .equal = read_real(reader, "share_equal"),
        .n_members = read_real(reader, "mean_members"),
        .n_used = (size_t)reader_integer_attribute(reader, group, "n_used", 1, INT64_MAX)};
}

static void read_members(h5_reader *reader, const perebor_trials *trials, ensemble *loaded) {
    static const char trial_path[] = "ensemble/trial", weight_path[] = "ensemble/weight";
    static const char mean_path[] = "ensemble/mean_test_score";
    size_t n = reader_length(reader, trial_path);
    const h5_array *trial = reader_array(reader, trial_path, H5_INT64, 1, n, 0);
    const h5_array *weight = reader_array(reader, weight_path, H5_INT64, 1, n, 0);
    const h5_array *mean = reader_array(reader, mean_path, H5_DOUBLE, 1, n, 0);
    if (reader->status == PEREBOR_OK && (n == 0 || n > trials->n_trials)) {
        reader_fail(reader, trial_path, "is of no member, or of more than there are trials");
    }
    if (reader->status != PEREBOR_OK) {
        return;
    }
    loaded->members = calloc(n + 1, sizeof *loaded->members);
    if (loaded->members == NULL) {
        reader_fail_memory(reader);
        return;
    }
    loaded->n_members = n;
    int64_t first = (int64_t)trials->first_trial;
    int64_t last = first + (int64_t)trials->n_trials - 1;
    for (size_t i = 0; i < n; i++) {
        loaded->members[i] = (ensemble_member){
            .trial = (uint64_t)reader_integer_at(reader, trial_path, trial, i, first, last),
            .weight = (uint32_t)reader_integer_at(reader, weight_path, weight, i, 1, INT32_MAX),
            .mean_test_score = ((const double *)mean->data)[i]};
    }
}

/** What it says of the rows of the training part. */
static void read_rows(h5_reader *reader, const perebor_result *result, ensemble *loaded) {
    static const char path[] = "ensemble/probability", row_path[] = "ensemble/row";
    size_t n = loaded->n_rows;
    const h5_array *probability = reader_array(reader, path, H5_DOUBLE, 1, n, 0);
    const h5_array *row = reader_array(reader, row_path, H5_INT64, 1, n, 0);
    if (probability == NULL || row == NULL) {
        return;
    }
    loaded->probability = calloc(n + 1, sizeof *loaded->probability);
    loaded->rows = calloc(n + 1, sizeof *loaded->rows);
    if (loaded->probability == NULL || loaded->rows == NULL) {
        reader_fail_memory(reader);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        loaded->rows[i] =
            (uint32_t)reader_integer_at(reader, row_path, row, i, 0, (int64_t)result->n_rows - 1);
        loaded->probability[i] = ((const double *)probability->data)[i];
        if (!(loaded->probability[i] >= 0.0 && loaded->probability[i] <= 1.0)) {
            reader_fail(reader, path, "has what is no probability");
        }
    }
}

perebor_status ensemble_from_tree(ensemble *loaded, const perebor_result *result, const char *file,
                                  perebor_error *error) {
    h5_reader reader = {.root = result->stages->root, .file = file, .error = error};
    int64_t version = reader_integer_attribute(&reader, "ensemble", "version", 1, INT32_MAX);
    if (reader.status == PEREBOR_OK && version > stage_version) {
        reader_fail(&reader, "ensemble@version", "is of a later version of perebor");
    }
    read_figures(&reader, loaded);
    read_members(&reader, result->trials, loaded);
    read_rows(&reader, result, loaded);
    loaded->digest = reader_text_attribute(&reader, "ensemble", "digest");
    return reader.status;
}
