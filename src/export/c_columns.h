// SPDX-License-Identifier: MIT
/**
 * @file c_columns.h
 * The row that a C scorer takes, and its preparation.
 */
#ifndef PEREBOR_EXPORT_C_COLUMNS_H
#define PEREBOR_EXPORT_C_COLUMNS_H

#include "export/c_text.h"
#include "perebor/fitted_pipeline.h"

/** struct @_row: a double for each column that is a number, a string for each nominal one. */
void c_columns_put_row(c_text *text, const perebor_dataset *schema);

/** static void @_prepare(const struct @_row *row, double *x), and the levels that it needs. */
void c_columns_put_prepare(c_text *text, const perebor_fitted_pipeline *pipeline);

#endif
