// SPDX-License-Identifier: MIT
/**
 * Any bytes, taken for what the child that parses a result file hands back, give a result or an
 * error; so do its model, which then scores rows, and its ensemble. (HDF5 itself is kept from harm
 * by that child; see tests/unit/store/test_mutants.c.)
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "h5/file_tree_codec.h"
#include "pipeline/fitted_tree.h"
#include "run/ensemble_tree.h"
#include "store/result_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { n_scored = 40, most_columns = 64 };

/** Numbers, or codes of levels; every fifth is missing. */
static void fill(const perebor_column *column, double values[n_scored]) {
    for (size_t row = 0; row < n_scored; row++) {
        const double value = column->role == PEREBOR_ROLE_NUMERIC ? (double)row - 20.0
                             : column->n_levels > 0               ? (double)(row % column->n_levels)
                                                                  : (double)NAN;
        values[row] = row % 5 == 4 ? (double)NAN : value;
    }
}

/** Scores rows of a pipeline's columns. */
static void score_rows(const perebor_fitted_pipeline *pipeline) {
    static double values[most_columns][n_scored];
    static uint32_t rows[n_scored];
    static perebor_column columns[most_columns];
    double scores[n_scored];
    perebor_workspace workspace = {0};
    const perebor_dataset *schema = perebor_fitted_pipeline_schema(pipeline);
    if (schema->n_columns > most_columns) {
        return;
    }
    for (size_t column = 0; column < schema->n_columns; column++) {
        fill(&schema->columns[column], values[column]);
        columns[column] = schema->columns[column];
        columns[column].values = values[column];
    }
    for (size_t row = 0; row < n_scored; row++) {
        rows[row] = (uint32_t)row;
    }
    const perebor_dataset dataset = {
        .n_rows = n_scored, .n_columns = schema->n_columns, .columns = columns};
    if (perebor_fitted_pipeline_predict(pipeline, &dataset, rows, n_scored, &workspace, scores,
                                        NULL) != PEREBOR_OK) {
        scores[0] = 0.0; // of no use to anybody
    }
    perebor_workspace_release(&workspace);
}

static void read_model(const h5_tree *tree) {
    h5_reader reader = {.root = tree->root, .file = "fuzz.h5"};
    perebor_fitted_pipeline *pipeline = fitted_from_tree(&reader);
    if ((reader.status == PEREBOR_OK) != (pipeline != NULL)) {
        abort();
    }
    if (pipeline != NULL) {
        score_rows(pipeline);
    }
    perebor_fitted_pipeline_free(pipeline);
}

/** As if it were current, which changed trials would not let it be. */
static void read_ensemble(const perebor_result *result) {
    ensemble loaded = {0};
    if (result->stages != NULL &&
        ensemble_from_tree(&loaded, result, "fuzz.h5", NULL) == PEREBOR_OK &&
        (loaded.n_members == 0 || loaded.n_members > result->trials->n_trials)) {
        abort();
    }
    ensemble_release(&loaded);
    if (ensemble_stage_load(&loaded, result, "fuzz.h5", NULL) == PEREBOR_OK) {
        ensemble_release(&loaded);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    h5_tree *tree = NULL;
    perebor_result *result = NULL;
    bytes_cursor cursor = {.at = data, .left = size};
    if (h5_tree_decode(&tree, &cursor, NULL, NULL) != PEREBOR_OK) {
        return 0;
    }
    perebor_status status = result_from_tree(tree, "fuzz.h5", &result, NULL);
    if ((status == PEREBOR_OK) != (result != NULL)) {
        abort();
    }
    read_model(tree);
    if (result != NULL) {
        read_ensemble(result);
    }
    perebor_result_free(result);
    h5_tree_free(tree);
    return 0;
}
