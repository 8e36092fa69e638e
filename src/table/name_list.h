// SPDX-License-Identifier: MIT
/**
 * @file name_list.h
 * A list of names and patterns of the experiment, ready to be asked about many columns.
 */
#ifndef PEREBOR_TABLE_NAME_LIST_H
#define PEREBOR_TABLE_NAME_LIST_H

#include <stdbool.h>

#include "perebor/tables.h"
#include "table/name_index.h"

/** Starts as {0}, which names nothing. */
typedef struct name_list {
    name_index names;
    const char **patterns; /**< [n_patterns] borrowed. */
    size_t n_patterns;
} name_list;

/** @param[in] texts  Borrowed. */
PEREBOR_MUST_CHECK perebor_status name_list_create(name_list *list, const perebor_texts *texts,
                                                   perebor_error *error);

/** Whether one of the names is the column's, or one of the patterns matches it. */
bool name_list_has(const name_list *list, const char *column);

void name_list_release(name_list *list);

#endif
