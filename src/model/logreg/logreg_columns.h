// SPDX-License-Identifier: MIT
/**
 * @file logreg_columns.h
 * The dense columns of a problem: written out standardised, or views of the training part.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_COLUMNS_H
#define PEREBOR_MODEL_LOGREG_LOGREG_COLUMNS_H

#include "model/logreg/logreg_problem.h"

/**
 * Sets the dense columns, of which column 0 has the signs already, and n_dense.
 *
 * @param[in] found  [n_features], whose sparse ones are passed over, or NULL.
 *
 * @retval PEREBOR_ERR_NUMERIC  A column's values are so large that their squares overflow.
 */
PEREBOR_MUST_CHECK perebor_status logreg_columns_set(logreg_problem *problem,
                                                     const perebor_training *training,
                                                     const logreg_sparse_column *found,
                                                     perebor_workspace *workspace,
                                                     perebor_error *error);

/**
 * Appends a column that has values to speak of.
 *
 * @retval PEREBOR_ERR_NUMERIC  Its scale is too large.
 */
PEREBOR_MUST_CHECK perebor_status logreg_columns_append(logreg_problem *problem,
                                                        const perebor_training *training,
                                                        size_t feature, double centre, double scale,
                                                        perebor_error *error);

/** Whether the levels of a nominal column are a block of codes. */
bool logreg_columns_is_coded(const perebor_matrix *rows, const perebor_indicators *levels);

#endif
