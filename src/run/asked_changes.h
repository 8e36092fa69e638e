// SPDX-License-Identifier: MIT
/**
 * @file asked_changes.h
 * What may be changed, and how low a probability is to become: as the options of a column stage
 * say, or else the experiment.
 */
#ifndef PEREBOR_RUN_ASKED_CHANGES_H
#define PEREBOR_RUN_ASKED_CHANGES_H

#include <stddef.h>

#include "explain/row_changes.h"
#include "perebor/actionable.h"
#include "run/column_stage.h"
#include "run/model_recipe.h"
#include "run/study.h"

/** The columns that may be changed; borrowed. */
const perebor_actionable *asked_actionable(const column_stage_options *options,
                                           const perebor_study *study, size_t *n);

/** Below it a probability is low enough. */
double asked_threshold(const column_stage_options *options, const perebor_study *study);

/** The values that they may take. @retval others  As change_space_make(). */
PEREBOR_MUST_CHECK perebor_status asked_space(change_space *space,
                                              const column_stage_options *options,
                                              const perebor_study *study, perebor_error *error);

/** The question that goes with them. Borrows everything. @param[in] recipe  Resolved. */
changes_question asked_changes(const column_stage_options *options, const perebor_study *study,
                               const perebor_fitted_pipeline *pipeline, const model_recipe *recipe,
                               const change_space *space);

#endif
