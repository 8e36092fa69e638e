// SPDX-License-Identifier: MIT
/**
 * @file frozen.h
 * From joined tables to a dataset of the columns that a schema has.
 */
#ifndef PEREBOR_TABLE_FROZEN_H
#define PEREBOR_TABLE_FROZEN_H

#include "perebor/dataset.h"
#include "table/joined.h"

/**
 * Types the columns of load->schema, and says in load->frozen how the tables differ from it.
 *
 * @param[out]    dataset  Everything it points to is in @p arena, the schema or the load's names.
 * @param[in,out] arena    Holds the arrays.
 * @param[in,out] joined   The cells of its features and passthrough columns are freed on the way.
 *
 * @retval others  As perebor_tables_load_frozen().
 */
PEREBOR_MUST_CHECK perebor_status table_type_frozen(perebor_dataset *dataset, perebor_arena *arena,
                                                    table_load *load, const table_joined *joined,
                                                    perebor_error *error);

#endif
