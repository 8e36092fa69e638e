// SPDX-License-Identifier: MIT
/**
 * @file id_index.h
 * From an identifier, as text, to the row of a dataset that has it.
 */
#ifndef PEREBOR_DATA_ID_INDEX_H
#define PEREBOR_DATA_ID_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"

#define ID_INDEX_NONE UINT32_MAX

/** Starts as {0}; released with id_index_release(). Borrows the identifiers. */
typedef struct id_index {
    const perebor_dataset *dataset;
    uint32_t *rows; /**< [n_rows] by identifier */
} id_index;

/** Rows are known by their numbers, from 0, where the dataset has no identifiers. */
PEREBOR_MUST_CHECK perebor_status id_index_make(id_index *index, const perebor_dataset *dataset,
                                                perebor_error *error);

/** The first row of an identifier, or ID_INDEX_NONE. */
uint32_t id_index_find(const id_index *index, const char *id);

void id_index_release(id_index *index);

#endif
