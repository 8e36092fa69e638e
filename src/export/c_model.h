// SPDX-License-Identifier: MIT
/**
 * @file c_model.h
 * A fitted pipeline as one file of C source.
 */
#ifndef PEREBOR_EXPORT_C_MODEL_H
#define PEREBOR_EXPORT_C_MODEL_H

#include "export/c_text.h"
#include "perebor/fitted_pipeline.h"

/** struct @_row, @_score() and, where scores have probabilities, @_probability(). */
void c_model_put(c_text *text, const perebor_fitted_pipeline *pipeline);

#endif
