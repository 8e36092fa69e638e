// SPDX-License-Identifier: MIT
/**
 * @file onnx_rounding.h
 * Scores rounded to the grain of a model form, as nodes of an ONNX graph.
 */
#ifndef PEREBOR_EXPORT_ONNX_ROUNDING_H
#define PEREBOR_EXPORT_ONNX_ROUNDING_H

#include "export/onnx_graph.h"

/** To multiples of the grain, halves to even ones; as they are if it is 0. */
onnx_value onnx_round(onnx_graph *graph, onnx_value score, double grain);

/** The same of rbf, by the grain times a power of two for each row: the greatest that is not above
 * any of its kernel values. @param[in] values  [rows][n_support] */
onnx_value onnx_round_by_nearest(onnx_graph *graph, onnx_value score, double grain,
                                 onnx_value values);

#endif
