// SPDX-License-Identifier: MIT
#include "run/explain_packet.h"

#include <stdlib.h>

#include "base/bytes.h"
#include "base/try.h"
#include "h5/file_tree_codec.h"
#include "pipeline/fitted_tree.h"

perebor_status explain_packet_make(explain_packet *packet, const perebor_study *study,
                                   const explanation_terms *terms, perebor_error *error) {
    size_t n_training = study->split.n_train;
    uint32_t *background = calloc(n_training + 1, sizeof *background);
    if (background == NULL) {
        return perebor_no_memory(error, "for %zu training rows", n_training);
    }
    *packet = (explain_packet){.terms = *terms, .background = background};
    packet->n_background = row_explainer_background(
        study->split.train, n_training, terms->n_background, terms->options.seed, background);
    return PEREBOR_OK;
}

void explain_packet_release(explain_packet *packet) {
    free(packet->background);
    *packet = (explain_packet){0};
}

/** Rank 0: everything but the data as bytes. */
static perebor_status write_packet(const explain_packet *packet,
                                   const perebor_fitted_pipeline *pipeline, byte_buffer *bytes,
                                   perebor_error *error) {
    const row_explainer_options *options = &packet->terms.options;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "to send a model");
    }
    bytes_put_u32(bytes, (uint32_t)options->game);
    bytes_put_u32(bytes, (uint32_t)options->scale);
    bytes_put_double(bytes, options->standard_error);
    bytes_put_u64(bytes, options->most_rounds);
    bytes_put_u64(bytes, options->seed);
    bytes_put_u64(bytes, packet->n_background);
    for (size_t i = 0; i < packet->n_background; i++) {
        bytes_put_u32(bytes, packet->background[i]);
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

/** The background and the terms. */
static perebor_status read_terms(explain_packet *packet, bytes_cursor *cursor,
                                 perebor_error *error) {
    row_explainer_options *options = &packet->terms.options;
    options->game = (explain_game)bytes_get_u32(cursor);
    options->scale = (explain_scale)bytes_get_u32(cursor);
    options->standard_error = bytes_get_double(cursor);
    options->most_rounds = (size_t)bytes_get_u64(cursor);
    options->seed = bytes_get_u64(cursor);
    size_t n = (size_t)bytes_get_u64(cursor);
    if (cursor->failed || n > cursor->left / sizeof(uint32_t)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT, "rank 0 sent no explanation's terms");
    }
    packet->background = calloc(n + 1, sizeof *packet->background);
    if (packet->background == NULL) {
        return perebor_no_memory(error, "for %zu background rows", n);
    }
    packet->n_background = n;
    for (size_t i = 0; i < n; i++) {
        packet->background[i] = bytes_get_u32(cursor);
    }
    return PEREBOR_OK;
}

static perebor_status read_packet(explain_packet *packet, perebor_fitted_pipeline **pipeline,
                                  const void *bytes, size_t size, perebor_error *error) {
    perebor_status status;
    bytes_cursor cursor = {.at = bytes, .left = size};
    h5_tree *tree = NULL;
    perebor_fitted_pipeline *made = NULL;
    PEREBOR_TRY(done, read_terms(packet, &cursor, error));
    PEREBOR_TRY(done, h5_tree_decode(&tree, &cursor, error));
    h5_reader reader = {.root = tree->root, .file = "rank 0's model", .error = error};
    made = fitted_from_tree(&reader);
    status = reader.status;
    if (status == PEREBOR_OK) {
        *pipeline = made;
        made = NULL;
    }
done:
    perebor_fitted_pipeline_free(made);
    h5_tree_free(tree);
    return status;
}

/** Rank 0's bytes of the packet and of the data. */
static perebor_status write_all(const explain_packet *packet, const perebor_dataset *dataset,
                                const perebor_fitted_pipeline *pipeline, byte_buffer *bytes,
                                void **image, size_t *size, perebor_error *error) {
    perebor_status status = write_packet(packet, pipeline, bytes, error);
    return status == PEREBOR_OK ? perebor_dataset_pack(dataset, image, size, error) : status;
}

perebor_status explain_packet_share(explain_packet *packet, perebor_ranks *ranks,
                                    const perebor_dataset *dataset, perebor_dataset **image,
                                    perebor_fitted_pipeline **pipeline, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    byte_buffer bytes = {0};
    void *packed = NULL;
    const void *shared = NULL, *data = NULL;
    size_t packed_size = 0, shared_size = 0, data_size = 0;
    if (ranks->rank == 0) {
        status = write_all(packet, dataset, *pipeline, &bytes, &packed, &packed_size, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done,
                perebor_ranks_share(ranks, bytes.data, bytes.size, &shared, &shared_size, error));
    PEREBOR_TRY(done, perebor_ranks_share(ranks, packed, packed_size, &data, &data_size, error));
    if (ranks->rank != 0) {
        status = read_packet(packet, pipeline, shared, shared_size, error);
        if (status == PEREBOR_OK) {
            status = perebor_dataset_unpack(image, data, data_size, error);
        }
    }
    status = perebor_ranks_agree(ranks, status, error);
done:
    bytes_release(&bytes);
    free(packed);
    return status;
}
