// SPDX-License-Identifier: MIT
/**
 * @file ensemble_sets.h
 * Scoring with trees of which nodes ask for sets of levels (perebor_trees_form).
 */
#ifndef PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_SETS_H
#define PEREBOR_MODEL_ENSEMBLE_ENSEMBLE_SETS_H

#include "model/ensemble/ensemble.h"

/** ensemble_score() of a model that has sets. The workspace grows. */
PEREBOR_MUST_CHECK perebor_status ensemble_sets_score(const perebor_model *model,
                                                      const perebor_matrix *rows,
                                                      perebor_workspace *workspace, double *scores,
                                                      perebor_error *error);

#endif
