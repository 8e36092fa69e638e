// SPDX-License-Identifier: MIT
/**
 * @file onnx_model.h
 * A fitted pipeline as an ONNX model: operator sets 13 and ai.onnx.ml 3, all in double.
 */
#ifndef PEREBOR_EXPORT_ONNX_MODEL_H
#define PEREBOR_EXPORT_ONNX_MODEL_H

#include "base/bytes.h"
#include "perebor/fitted_pipeline.h"

/** ModelProto; failed for want of memory, or if a tree has more than 2^24 leaves. */
byte_buffer onnx_model_message(const perebor_fitted_pipeline *pipeline);

#endif
