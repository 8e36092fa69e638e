// SPDX-License-Identifier: MIT
/**
 * @file model_recipe.h
 * What the /model of a result file was fitted of: a trial, or those of an ensemble.
 *
 * Rank 0 reads it, all ranks are told, and each resolves it by its study.
 */
#ifndef PEREBOR_RUN_MODEL_RECIPE_H
#define PEREBOR_RUN_MODEL_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/recipe.h"
#include "h5/file_tree.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/** Starts as {0}; released with model_recipe_release(). */
typedef struct model_recipe {
    bool votes;
    uint64_t n;                        /**< Trials; 1 where they do not vote. */
    uint64_t *trials;                  /**< [n] their numbers. */
    uint32_t *weights;                 /**< [n] by which they vote. */
    perebor_candidate *candidates;     /**< [n] once resolved. */
    perebor_calibration_method method; /**< That of the one that does not vote. */
} model_recipe;

/**
 * Reads it.
 *
 * @param[in] model     The current /model of the result, and @p pipeline what it is.
 * @param[in] file      What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  The ensemble that it was made of is not there, or not current.
 * @retval PEREBOR_ERR_FORMAT    /model does not say what it is of, or /ensemble is of others.
 */
PEREBOR_MUST_CHECK perebor_status model_recipe_read(model_recipe *recipe,
                                                    const perebor_result *result,
                                                    const h5_node *model,
                                                    const perebor_fitted_pipeline *pipeline,
                                                    const char *file, perebor_error *error);

/** Tells all ranks what rank 0 has read. Called by all of them; they agree on how it ended. */
PEREBOR_MUST_CHECK perebor_status model_recipe_share(model_recipe *recipe, perebor_ranks *ranks,
                                                     perebor_error *error);

/** Finds the candidates of the trials. */
PEREBOR_MUST_CHECK perebor_status model_recipe_resolve(model_recipe *recipe,
                                                       const perebor_study *study,
                                                       perebor_error *error);

/** What is fitted again. Borrows from the recipe, which is resolved. */
explain_recipe model_recipe_of(const model_recipe *recipe);

void model_recipe_release(model_recipe *recipe);

#endif
