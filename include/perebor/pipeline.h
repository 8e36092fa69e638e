// SPDX-License-Identifier: MIT
/**
 * @file pipeline.h
 * A space bound to the steps that it varies: which candidate is a point?
 *
 * The steps are those of preparation (impute, encode, scale, select) and the learners. A parameter
 * named step__setting sets one setting of a step, a parameter named just step the step's own value;
 * `model` chooses the learner. Settings that no parameter varies keep their fixed value or default.
 * Settings of learners other than the chosen one do not matter, with or without `when:`.
 */
#ifndef PEREBOR_PIPELINE_H
#define PEREBOR_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/learner.h"
#include "perebor/preparation.h"
#include "perebor/space.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** A point, resolved: everything that its scores depend on beside the data and the fold. */
typedef struct perebor_candidate {
    const perebor_learner *learner;
    perebor_value settings[PEREBOR_MAX_SETTINGS]; /**< [learner->n_settings]; the rest NONE. */
    perebor_preparation_settings preparation;     /**< scale NONE where the learner ignores it. */
} perebor_candidate;

/**
 * Orders candidates so that those that share most lie together; 0 if they are the same: by
 * preparation, as perebor_preparation_settings_compare() has it, learner, share key and settings.
 */
int perebor_candidate_compare(const perebor_candidate *a, const perebor_candidate *b);

/** A hash: the same for candidates that compare as 0. */
uint64_t perebor_candidate_hash(const perebor_candidate *candidate);

/** A setting with a value of its own outside the search, such as missing.numeric. */
typedef struct perebor_preset {
    const char *name; /**< step__setting, or step */
    perebor_value value;
    unsigned line, column; /**< Where the experiment file says so; 0 if nowhere. */
    const char *source;    /**< Where line is 0: what says it instead; may be NULL. */
} perebor_preset;

/** The binding. Immutable; borrows the space. */
typedef struct perebor_pipeline perebor_pipeline;

/**
 * Binds a space and checks every value that it can produce.
 *
 * @param[out] pipeline  Freed with perebor_pipeline_free().
 * @param[in]  file      The experiment file, for messages.
 * @param[in]  presets   [n_presets] copied.
 *
 * @retval PEREBOR_ERR_FORMAT  An unknown step or setting, or a value that it does not take; the
 *         message names file, line, column, the nearest right name or the right values.
 */
PEREBOR_MUST_CHECK perebor_status perebor_pipeline_create(perebor_pipeline **pipeline,
                                                          const perebor_space *space,
                                                          const char *file,
                                                          const perebor_preset *presets,
                                                          size_t n_presets, perebor_error *error);

void perebor_pipeline_free(perebor_pipeline *pipeline);

/**
 * Whether a parameter decides which trials can share work: the learner, preparation, and settings
 * that are part of a learner's share_key.
 */
bool perebor_pipeline_decides_sharing(const perebor_pipeline *pipeline, size_t parameter);

/**
 * The learner whose setting a parameter is, if the parameter is drawn for trials of other learners
 * too, where it does not matter; NULL otherwise.
 *
 * @param[out] never  Set if no trial has that learner.
 */
const perebor_learner *perebor_pipeline_idle_parameter(const perebor_space *space, size_t index,
                                                       bool *never);

/** A learner that trials may have and that does not keep to monotonic columns
 * (perebor_learner.keeps_monotonic), or NULL. */
const perebor_learner *perebor_pipeline_not_monotonic(const perebor_pipeline *pipeline,
                                                      const perebor_space *space);

/**
 * Resolves a point.
 *
 * @param[in] values  [n_parameters] as perebor_space_point() gave them.
 * @retval PEREBOR_ERR_ARGUMENT  A value that its setting does not take: none that the space gives,
 *         for every one was checked when it was bound.
 */
PEREBOR_MUST_CHECK perebor_status perebor_pipeline_resolve(const perebor_pipeline *pipeline,
                                                           const perebor_value *values,
                                                           perebor_candidate *candidate,
                                                           perebor_error *error);

PEREBOR_END_DECLS

#endif
