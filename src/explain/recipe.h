// SPDX-License-Identifier: MIT
/**
 * @file recipe.h
 * What a model is fitted of, so that it can be fitted again: on the rows of a fold, without a
 * column.
 */
#ifndef PEREBOR_EXPLAIN_RECIPE_H
#define PEREBOR_EXPLAIN_RECIPE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/fitted_pipeline.h"
#include "perebor/pipeline.h"

/** A candidate, or several that vote. Borrows both arrays. */
typedef struct explain_recipe {
    const perebor_candidate *candidates; /**< [n] */
    const uint32_t *weights;             /**< [n] by which they vote; NULL: one, which does not. */
    size_t n;
} explain_recipe;

/**
 * Fits it, not to be saved.
 *
 * @param[in] method  How a candidate is calibrated; NULL: not at all. Those that vote are always
 *                    calibrated as usual: it is their probabilities that are averaged.
 * @retval others     As perebor_fitted_pipeline_fit_unsaved().
 */
PEREBOR_MUST_CHECK perebor_status explain_recipe_fit(perebor_fitted_pipeline **pipeline,
                                                     const explain_recipe *recipe,
                                                     const perebor_dataset *dataset,
                                                     const uint32_t *rows, size_t n_rows,
                                                     const perebor_calibration_method *method,
                                                     perebor_error *error);

#endif
