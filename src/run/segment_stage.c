// SPDX-License-Identifier: MIT
#include "run/segment_stage.h"

#include "base/try.h"
#include "h5/file_tree.h"
#include "segment/segments_tree.h"
#include "store/stage.h"

static perebor_status put(const segment_stage *stage, const segment_settings *settings,
                          perebor_result *result, perebor_error *error) {
    perebor_status status;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    h5_node *group = h5_add_group(tree, tree->root, "segments");
    const h5_node *model = stage_find(result, "model");
    h5_set_text(tree, group, "model", model == NULL ? "" : h5_find_text(model, "digest"));
    segments_to_tree(&stage->segmentation, &stage->rows, settings, tree, group);
    PEREBOR_TRY(done, h5_tree_check(tree, "segments", error));
    PEREBOR_TRY(done, stage_put(result, group, error));
done:
    h5_tree_free(tree);
    return status;
}

perebor_status segment_stage_make(segment_stage *stage, const perebor_study *study,
                                  perebor_result *result, const segment_settings *settings,
                                  const char *described, const char *file, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, scored_study_make(&stage->scored, study, result, file, error));
    stage->rows = (segment_rows){.dataset = study->dataset,
                                 .probabilities = stage->scored.probabilities,
                                 .lower = stage->scored.lower,
                                 .upper = stage->scored.upper};
    PEREBOR_TRY(done,
                segmentation_make(&stage->segmentation, &stage->rows, settings, described, error));
    PEREBOR_TRY(done, put(stage, settings, result, error));
done:
    return status;
}

void segment_stage_release(segment_stage *stage) {
    segmentation_release(&stage->segmentation);
    scored_study_release(&stage->scored);
    *stage = (segment_stage){0};
}
