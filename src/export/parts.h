// SPDX-License-Identifier: MIT
/**
 * @file parts.h
 * What of a pipeline has a preparation and a form: its members where it votes, else it alone.
 */
#ifndef PEREBOR_EXPORT_PARTS_H
#define PEREBOR_EXPORT_PARTS_H

#include "perebor/fitted_pipeline.h"

/** Whether a score is the weighted mean of its parts' probabilities. */
static inline bool parts_vote(const perebor_fitted_pipeline *pipeline) {
    return perebor_fitted_pipeline_n_members(pipeline) > 0;
}

/** How many there are: 1 at least. */
static inline size_t parts_count(const perebor_fitted_pipeline *pipeline) {
    return parts_vote(pipeline) ? perebor_fitted_pipeline_n_members(pipeline) : 1;
}

/** One of them. @param[out] weight  Of its probabilities; 1 of a pipeline alone. */
static inline const perebor_fitted_pipeline *parts_at(const perebor_fitted_pipeline *pipeline,
                                                      size_t part, uint32_t *weight) {
    *weight = 1;
    return parts_vote(pipeline) ? perebor_fitted_pipeline_member(pipeline, part, weight) : pipeline;
}

#endif
