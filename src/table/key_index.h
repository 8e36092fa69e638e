// SPDX-License-Identifier: MIT
/**
 * @file key_index.h
 * From a cell that identifies something to a number: the row of a key, the place of a level.
 */
#ifndef PEREBOR_TABLE_KEY_INDEX_H
#define PEREBOR_TABLE_KEY_INDEX_H

#include "table/cells.h"

#define TABLE_NO_ROW UINT32_MAX

/** Zero-initialised when empty. Missing values are never in it. */
typedef struct table_key_index {
    table_cell *keys; /**< [n_slots] TABLE_MISSING where empty. */
    uint32_t *values; /**< [n_slots] */
    size_t n_slots, n_keys;
} table_key_index;

/** Makes room for @p n_keys keys in advance. */
PEREBOR_MUST_CHECK perebor_status table_key_index_reserve(table_key_index *index, size_t n_keys,
                                                          perebor_error *error);

/**
 * Finds the value of a key, or gives it @p value if it has none.
 *
 * @param[out] found  The value that the key had before, or TABLE_NO_ROW.
 */
PEREBOR_MUST_CHECK perebor_status table_key_index_add(table_key_index *index, table_cell key,
                                                      uint32_t value, uint32_t *found,
                                                      perebor_error *error);

/** The value of a key, or TABLE_NO_ROW. */
uint32_t table_key_index_find(const table_key_index *index, table_cell key);

void table_key_index_release(table_key_index *index);

#endif
