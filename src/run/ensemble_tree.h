// SPDX-License-Identifier: MIT
/**
 * @file ensemble_tree.h
 * An ensemble as the content of a file and back: private to its stage.
 */
#ifndef PEREBOR_RUN_ENSEMBLE_TREE_H
#define PEREBOR_RUN_ENSEMBLE_TREE_H

#include "h5/file_tree.h"
#include "run/ensemble_stage.h"

/** Puts /ensemble into the result in memory. */
PEREBOR_MUST_CHECK perebor_status ensemble_put(perebor_result *result, const ensemble *made,
                                               const ensemble_options *options,
                                               const perebor_study *study, perebor_error *error);

/**
 * Reads its members and scores.
 *
 * @param[out] loaded  Released by the caller, whatever comes of it.
 * @retval PEREBOR_ERR_FORMAT  The group is not what ensemble_put() writes, or names trials that
 *                             the result does not have.
 */
PEREBOR_MUST_CHECK perebor_status ensemble_from_tree(ensemble *loaded, const perebor_result *result,
                                                     const char *file, perebor_error *error);

#endif
