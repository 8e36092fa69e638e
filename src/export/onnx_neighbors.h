// SPDX-License-Identifier: MIT
/**
 * @file onnx_neighbors.h
 * Nearest neighbours as nodes of an ONNX graph.
 */
#ifndef PEREBOR_EXPORT_ONNX_NEIGHBORS_H
#define PEREBOR_EXPORT_ONNX_NEIGHBORS_H

#include "export/onnx_graph.h"
#include "perebor/model_form.h"

/** [rows][1] */
onnx_value onnx_neighbors_put(onnx_graph *graph, const perebor_neighbors_form *neighbors,
                              onnx_value x);

#endif
