// SPDX-License-Identifier: MIT
/**
 * @file onnx_form.h
 * A model form as nodes of an ONNX graph.
 */
#ifndef PEREBOR_EXPORT_ONNX_FORM_H
#define PEREBOR_EXPORT_ONNX_FORM_H

#include "export/onnx_graph.h"
#include "perebor/model_form.h"

/** The score of each prepared row, [rows][1]. @param[in] x  [rows][form->n_columns] */
onnx_value onnx_form_put(onnx_graph *graph, const perebor_model_form *form, onnx_value x);

#endif
