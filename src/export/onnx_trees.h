// SPDX-License-Identifier: MIT
/**
 * @file onnx_trees.h
 * Trees as nodes of an ONNX graph, with the bits of their scores.
 */
#ifndef PEREBOR_EXPORT_ONNX_TREES_H
#define PEREBOR_EXPORT_ONNX_TREES_H

#include "export/onnx_graph.h"
#include "perebor/model_form.h"

/** [rows][1] */
onnx_value onnx_trees_put(onnx_graph *graph, const perebor_trees_form *trees, size_t n_columns,
                          onnx_value x);

#endif
