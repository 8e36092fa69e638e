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

/** The levels of the nominal columns that any of these takes, and @_level(), which looks them up;
 * nothing where there are none. @param[in] preparations  [n] of rows of the schema. */
void c_columns_put_levels(c_text *text, const perebor_dataset *schema,
                          const perebor_preparation *const *preparations, size_t n);

/** static void $_prepare(const struct @_row *row, double *x), and the codes that it needs. */
void c_columns_put_prepare(c_text *text, const perebor_dataset *schema,
                           const perebor_preparation *preparation);

#endif
