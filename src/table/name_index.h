// SPDX-License-Identifier: MIT
/**
 * @file name_index.h
 * Which name has which number: names of columns are looked up in tables of a hundred thousand.
 */
#ifndef PEREBOR_TABLE_NAME_INDEX_H
#define PEREBOR_TABLE_NAME_INDEX_H

#include <stddef.h>

#include "perebor/status.h"

#define NAME_INDEX_NONE SIZE_MAX

/** Starts as {0}. */
typedef struct name_index {
    const char **names; /**< [n_slots] borrowed; NULL: empty. */
    size_t *values;     /**< [n_slots] */
    size_t n_slots;     /**< A power of two, or 0. */
    size_t n_names;
} name_index;

/**
 * Adds a name, unless it is there.
 *
 * @param[out] found  The number of the name that is there, or NAME_INDEX_NONE.
 */
PEREBOR_MUST_CHECK perebor_status name_index_add(name_index *index, const char *name, size_t value,
                                                 size_t *found, perebor_error *error);

/** The number of a name, or NAME_INDEX_NONE. */
size_t name_index_find(const name_index *index, const char *name);

void name_index_release(name_index *index);

#endif
