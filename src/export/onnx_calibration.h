// SPDX-License-Identifier: MIT
/**
 * @file onnx_calibration.h
 * The map from scores to probabilities as nodes of an ONNX graph.
 */
#ifndef PEREBOR_EXPORT_ONNX_CALIBRATION_H
#define PEREBOR_EXPORT_ONNX_CALIBRATION_H

#include "export/onnx_graph.h"
#include "perebor/calibration.h"

/** Probabilities of scores, [rows][1]. @param[in] share  Whether scores are shares. */
onnx_value onnx_calibration_put(onnx_graph *graph, const perebor_calibration *calibration,
                                bool share, onnx_value score);

#endif
