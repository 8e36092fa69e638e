// SPDX-License-Identifier: MIT
#include "run/segment_stage.h"

#include <stdlib.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "segment/segments_tree.h"
#include "store/stage.h"

static perebor_status put(const segment_stage *stage, perebor_result *result,
                          perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    h5_node *group = h5_add_group(tree, tree->root, "segments");
    const h5_node *model = stage_find(result, "model");
    const h5_node *explained = stage->rows.reasons == NULL ? NULL : stage_find(result, "explain");
    h5_set_text(tree, group, "model", model == NULL ? "" : h5_find_text(model, "digest"));
    h5_set_text(tree, group, "game", explained == NULL ? "" : h5_find_text(explained, "game"));
    h5_set_text(tree, group, "scale", explained == NULL ? "" : h5_find_text(explained, "scale"));
    segments_to_tree(&stage->segmentation, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "segments", error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

/** What columns add to the scores of all rows, if the result has it. */
static void find_reasons(segment_stage *stage, const perebor_result *result, size_t n_rows) {
    const h5_node *group = stage_find(result, "explain");
    const h5_node *values = group == NULL ? NULL : h5_find(group, "value");
    const int64_t *rows = group == NULL ? NULL : h5_row(group, "row", H5_INT64, n_rows);
    bool is_whole = stage_is_current(result, "explain") && values != NULL && rows != NULL &&
                    values->type == H5_DATASET && values->array.kind == H5_DOUBLE &&
                    values->array.n_dimensions == 2 && values->array.dimensions[0] == n_rows;
    for (size_t row = 0; is_whole && row < n_rows; row++) {
        is_whole = rows[row] == (int64_t)row;
    }
    size_t n_columns = is_whole ? values->array.dimensions[1] : 0;
    const char *const *columns = is_whole ? h5_row(group, "column", H5_TEXT, n_columns) : NULL;
    if (columns != NULL) {
        stage->reasons = (segment_reasons){n_columns, columns, values->array.data};
        stage->rows.reasons = &stage->reasons;
    }
}

perebor_status segment_stage_make(segment_stage *stage, const perebor_study *study,
                                  perebor_result *result, const segment_settings *settings,
                                  const char *described, const char *file, perebor_error *error) {
    perebor_status status;
    const perebor_dataset *dataset = study->dataset;
    PEREBOR_TRY(done, scored_study_make(&stage->scored, study, result, file, error));
    stage->is_test = calloc(dataset->n_rows + 1, 1);
    if (stage->is_test == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t i = 0; i < study->split.n_test; i++) {
        stage->is_test[study->split.test[i]] = 1;
    }
    stage->rows = (segment_rows){.dataset = dataset,
                                 .probabilities = stage->scored.probabilities,
                                 .lower = stage->scored.lower,
                                 .upper = stage->scored.upper,
                                 .is_test = stage->is_test,
                                 .seed = study->experiment->seed};
    find_reasons(stage, result, dataset->n_rows);
    PEREBOR_TRY(done, segmentation_make(&stage->segmentation, &stage->rows, settings, NULL,
                                        described, error));
    PEREBOR_TRY(done, put(stage, result, error));
done:
    return status;
}

void segment_stage_release(segment_stage *stage) {
    segmentation_release(&stage->segmentation);
    scored_study_release(&stage->scored);
    free(stage->is_test);
    *stage = (segment_stage){0};
}

perebor_status segment_tables_make(segment_tables *tables, const segment_tables_source *source,
                                   const segment_stage *stage, const perebor_study *study,
                                   const perebor_result *result, perebor_error *error) {
    perebor_status status;
    perebor_tables_spec spec = study->experiment->tables;
    PEREBOR_TRY(done, predictor_begin(&tables->predictor, result, source->file, error));
    PEREBOR_TRY(done, moved_sources_find(&tables->moved, &spec, source->data, error));
    spec.sources = tables->moved.sources;
    spec.n_sources = tables->moved.n;
    PEREBOR_TRY(done, perebor_tables_load_frozen(
                          &tables->dataset, &tables->report, &spec,
                          perebor_fitted_pipeline_schema(tables->predictor.pipeline), error));
    PEREBOR_TRY(done,
                scored_rows_make(&tables->scored, &tables->predictor, tables->dataset, error));
    tables->rows = (segment_rows){.dataset = tables->dataset,
                                  .probabilities = tables->scored.probabilities,
                                  .lower = tables->scored.lower,
                                  .upper = tables->scored.upper,
                                  .seed = stage->rows.seed};
    if (source->explain) {
        PEREBOR_TRY(done, explained_tables_make(&tables->explained, result, study,
                                                tables->predictor.pipeline, tables->dataset,
                                                source->file, error));
        tables->rows.reasons = &tables->explained.reasons;
    }
    status = segmentation_make(&tables->segmentation, &tables->rows, stage->segmentation.settings,
                               &stage->segmentation, source->described, error);
done:
    return status;
}

void segment_tables_release(segment_tables *tables) {
    segmentation_release(&tables->segmentation);
    explained_tables_release(&tables->explained);
    scored_rows_release(&tables->scored);
    predictor_release(&tables->predictor);
    perebor_dataset_free(tables->dataset);
    perebor_tables_report_release(&tables->report);
    moved_sources_release(&tables->moved);
    *tables = (segment_tables){0};
}
