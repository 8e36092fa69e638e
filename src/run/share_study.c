// SPDX-License-Identifier: MIT
#include "run/share_study.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/try.h"
#include "h5/file_tree_codec.h"
#include "pipeline/fitted_tree.h"

static void write_experiment(const perebor_experiment *experiment, byte_buffer *bytes) {
    bytes_put_text(bytes, experiment->file);
    bytes_put_u64(bytes, experiment->text_size);
    bytes_put(bytes, experiment->text, experiment->text_size);
    bytes_put_u64(bytes, experiment->n_overrides);
    for (size_t i = 0; i < experiment->n_overrides; i++) {
        bytes_put_text(bytes, experiment->overrides[i].key);
        bytes_put_text(bytes, experiment->overrides[i].value);
    }
}

static perebor_status read_experiment(perebor_experiment **experiment, bytes_cursor *cursor,
                                      perebor_error *error) {
    const char *file = bytes_get_text(cursor);
    size_t size = (size_t)bytes_get_u64(cursor);
    const char *text = bytes_get(cursor, size);
    size_t n = (size_t)bytes_get_u64(cursor);
    if (cursor->failed || n > cursor->left) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "rank 0 sent no experiment");
    }
    perebor_override *overrides = calloc(n + 1, sizeof *overrides);
    if (overrides == NULL) {
        return perebor_no_memory(error, "for the experiment");
    }
    for (size_t i = 0; i < n; i++) {
        overrides[i].key = bytes_get_text(cursor);
        overrides[i].value = bytes_get_text(cursor);
    }
    perebor_status status =
        perebor_experiment_parse(experiment, file, text, size, overrides, n, error);
    free(overrides);
    return status;
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
        h5_tree_encode(tree, bytes);
        status = bytes->failed ? perebor_no_memory(error, "to send a model") : PEREBOR_OK;
    }
    h5_tree_free(tree);
    return status;
}

static perebor_status read_model(perebor_fitted_pipeline **pipeline, bytes_cursor *cursor,
                                 perebor_error *error) {
    h5_tree *tree = NULL;
    perebor_status status = h5_tree_decode(&tree, cursor, error);
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

/** Makes the study and the pipeline of a rank that read no file. */
static perebor_status adopt(perebor_study **study, perebor_fitted_pipeline **pipeline,
                            const void *bytes, size_t size, const void *image, size_t image_size,
                            perebor_error *error) {
    perebor_status status;
    bytes_cursor cursor = {.at = bytes, .left = size};
    perebor_experiment *experiment = NULL;
    perebor_dataset *dataset = NULL;
    perebor_study *made = NULL;
    PEREBOR_TRY(done, read_experiment(&experiment, &cursor, error));
    PEREBOR_TRY(done, perebor_dataset_unpack(&dataset, image, image_size, error));
    status = perebor_study_create(&made, experiment, dataset, true, error);
    experiment = NULL; // both taken over
    dataset = NULL;
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, read_model(pipeline, &cursor, error));
    *study = made;
    made = NULL;
done:
    perebor_study_free(made);
    perebor_experiment_free(experiment);
    perebor_dataset_free(dataset);
    return status;
}

perebor_status share_study(perebor_ranks *ranks, perebor_study **study,
                           perebor_fitted_pipeline **pipeline, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer bytes = {0};
    void *image = NULL;
    size_t image_size = 0, shared_size = 0, data_size = 0;
    const void *shared = NULL, *data = NULL;
    if (ranks->size == 1) {
        return PEREBOR_OK;
    }
    if (ranks->rank == 0) {
        write_experiment((*study)->experiment, &bytes);
        status = write_model(*pipeline, &bytes, error);
        if (status == PEREBOR_OK) {
            status = perebor_dataset_pack((*study)->dataset, &image, &image_size, error);
        }
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done,
                perebor_ranks_share(ranks, bytes.data, bytes.size, &shared, &shared_size, error));
    PEREBOR_TRY(done, perebor_ranks_share(ranks, image, image_size, &data, &data_size, error));
    if (ranks->rank != 0) {
        status = adopt(study, pipeline, shared, shared_size, data, data_size, error);
    }
    status = perebor_ranks_agree(ranks, status, error);
done:
    bytes_release(&bytes);
    free(image);
    return status;
}
