// SPDX-License-Identifier: MIT
/**
 * @file onnx_columns.h
 * The inputs of an ONNX graph and their preparation.
 */
#ifndef PEREBOR_EXPORT_ONNX_COLUMNS_H
#define PEREBOR_EXPORT_ONNX_COLUMNS_H

#include "export/onnx_graph.h"
#include "perebor/fitted_pipeline.h"

/**
 * Adds an input for every column that is used, under its name: double [rows][1], NaN where missing,
 * or of a nominal one string [rows][1], "" where missing.
 *
 * @param[in]     schema    What the rows were before preparation; its names are borrowed.
 * @param[in,out] declared  [schema->n_columns] Which are inputs already.
 *
 * @return  The prepared rows, [rows][n_columns].
 */
onnx_value onnx_columns_prepare(onnx_graph *graph, const perebor_dataset *schema,
                                const perebor_preparation *preparation, bool *declared);

#endif
