// SPDX-License-Identifier: MIT
#include "run/shared_model.h"

#include "base/bytes.h"
#include "base/try.h"
#include "exec/job.h"
#include "h5/file_tree_codec.h"
#include "pipeline/fitted_tree.h"
#include "run/distribute.h"
#include "run/refit_stage.h"
#include "store/stage.h"

perebor_status shared_model_load(shared_model *shared, const h5_node **model,
                                 const perebor_result *result, const char *file,
                                 perebor_error *error) {
    return shared->pipeline != NULL
               ? stage_require(result, "model", file, model, error)
               : refit_stage_load(&shared->pipeline, model, result, file, error);
}

static perebor_status write_model(const perebor_fitted_pipeline *pipeline, byte_buffer *bytes,
                                  perebor_error *error) {
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "to send a model");
    }
    fitted_to_tree(pipeline, tree, h5_add_group(tree, tree->root, "model"));
    perebor_status status = h5_tree_check(tree, "a model", error);
    if (status == PEREBOR_OK) {
        h5_tree_encode(tree, NULL, bytes);
        status = bytes->failed ? perebor_no_memory(error, "to send a model") : PEREBOR_OK;
    }
    h5_tree_free(tree);
    return status;
}

static perebor_status read_model(perebor_fitted_pipeline **pipeline, bytes_cursor *cursor,
                                 perebor_error *error) {
    h5_tree *tree = NULL;
    perebor_status status = h5_tree_decode(&tree, cursor, NULL, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    h5_reader reader = {.root = tree->root, .file = "rank 0's model", .error = error};
    perebor_fitted_pipeline *made = fitted_from_tree(&reader);
    if (reader.status == PEREBOR_OK) {
        *pipeline = made;
        made = NULL;
    }
    perebor_fitted_pipeline_free(made);
    h5_tree_free(tree);
    return reader.status;
}

static perebor_status share_pipeline(shared_model *shared, perebor_ranks *ranks,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer bytes = {0};
    const void *sent = NULL;
    size_t size = 0;
    if (ranks->rank == 0) {
        status = write_model(shared->pipeline, &bytes, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done, perebor_ranks_share(ranks, bytes.data, bytes.size, &sent, &size, error));
    if (ranks->rank != 0) {
        bytes_cursor cursor = {.at = sent, .left = size};
        status = read_model(&shared->pipeline, &cursor, error);
    }
    status = perebor_ranks_agree(ranks, status, error);
done:
    bytes_release(&bytes);
    return status;
}

perebor_status shared_model_share(shared_model *shared, perebor_ranks *ranks,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    if (ranks->size == 1 || shared->is_shared) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, distribute_to_others(ranks, true, &shared->study, error));
    PEREBOR_TRY(done, share_pipeline(shared, ranks, error));
    shared->is_shared = true;
done:
    return status;
}

void shared_model_release(shared_model *shared, const perebor_ranks *ranks) {
    if (perebor_job_hangs(ranks)) {
        return;
    }
    perebor_fitted_pipeline_free(shared->pipeline);
    if (ranks->rank != 0) {
        perebor_study_free(shared->study);
    }
    *shared = (shared_model){0};
}
