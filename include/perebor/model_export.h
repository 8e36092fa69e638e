// SPDX-License-Identifier: MIT
/**
 * @file model_export.h
 * A fitted pipeline for programs that do not have this library.
 *
 * All formats but XGBoost's hold the whole pipeline, from the values of a row to its score and,
 * where scores have a meaning as such (calibration.h), its probability.
 * docs/how-to/take-a-model-elsewhere.md shows each in use, docs/reference/model-json.md lists the
 * fields of the first.
 */
#ifndef PEREBOR_MODEL_EXPORT_H
#define PEREBOR_MODEL_EXPORT_H

#include <stddef.h>

#include "perebor/fitted_pipeline.h"
#include "perebor/output.h"
#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

typedef enum perebor_model_format {
    PEREBOR_MODEL_JSON = 0,    /**< Every number in the fewest digits that read back to its bits. */
    PEREBOR_MODEL_C = 1,       /**< C99 without a library; gives the bits of
                                    perebor_fitted_pipeline_score(). */
    PEREBOR_MODEL_ONNX = 2,    /**< Operator sets 13 and ai.onnx.ml 3, computed in double. */
    PEREBOR_MODEL_XGBOOST = 3, /**< XGBoost's JSON of 1.7, of models of trees: from prepared columns
                                    before scaling to a probability, in single precision. */
} perebor_model_format;

/**
 * Writes a fitted pipeline.
 *
 * @param[in]  name   What the functions of C begin with: letters, digits and "_"; NULL for "model".
 *                    The other formats do not look at it.
 * @param[out] bytes  [size] and a zero after them; freed by the caller with free(). Equal pipelines
 *                    give equal bytes.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The name is none of C, or the model none that the format has:
 *                               XGBoost has no mean of the members of one that votes.
 * @retval PEREBOR_ERR_MEMORY    It does not fit.
 */
PEREBOR_MUST_CHECK perebor_status perebor_model_export(const perebor_fitted_pipeline *pipeline,
                                                       perebor_model_format format,
                                                       const char *name, char **bytes, size_t *size,
                                                       perebor_error *error);

/** What tells files of a format from others. */
const perebor_output_kind *perebor_model_export_kind(perebor_model_format format);

PEREBOR_END_DECLS

#endif
