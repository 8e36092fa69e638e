// SPDX-License-Identifier: MIT
/**
 * @file explain_packet.h
 * What every rank works from when rows are explained: the terms, the background, and, of ranks that
 * did not read the file, the model and the data.
 */
#ifndef PEREBOR_RUN_EXPLAIN_PACKET_H
#define PEREBOR_RUN_EXPLAIN_PACKET_H

#include "explain/explanation.h"
#include "perebor/ranks.h"
#include "run/study.h"

/** Starts as {0}; released with explain_packet_release(). */
typedef struct explain_packet {
    explanation_terms terms;
    uint32_t *background; /**< [n_background] rows of the dataset. */
    size_t n_background;
} explain_packet;

/** Rank 0: chooses the background among the training rows of the study. */
PEREBOR_MUST_CHECK perebor_status explain_packet_make(explain_packet *packet,
                                                      const perebor_study *study,
                                                      const explanation_terms *terms,
                                                      perebor_error *error);

/**
 * Gives the packet, the dataset and the pipeline to all ranks. Called by all of them; they agree on
 * how it ended.
 *
 * @param[in,out] packet    Of rank 0; filled elsewhere.
 * @param[in]     dataset   Rank 0; ignored elsewhere.
 * @param[out]    image     Elsewhere: a view of the data, freed with perebor_dataset_free().
 * @param[in,out] pipeline  Of rank 0; made elsewhere, freed with perebor_fitted_pipeline_free().
 */
PEREBOR_MUST_CHECK perebor_status explain_packet_share(explain_packet *packet, perebor_ranks *ranks,
                                                       const perebor_dataset *dataset,
                                                       perebor_dataset **image,
                                                       perebor_fitted_pipeline **pipeline,
                                                       perebor_error *error);

void explain_packet_release(explain_packet *packet);

#endif
