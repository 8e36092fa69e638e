// SPDX-License-Identifier: MIT
/**
 * @file model_json.h
 * A fitted pipeline as a JSON object; docs/reference/model-json.md says what its members are.
 */
#ifndef PEREBOR_EXPORT_MODEL_JSON_H
#define PEREBOR_EXPORT_MODEL_JSON_H

#include "base/json.h"
#include "perebor/fitted_pipeline.h"

/** Adds the object to @p json. */
void model_json_put(const perebor_fitted_pipeline *pipeline, perebor_json *json);

#endif
