// SPDX-License-Identifier: MIT
/**
 * @file fault_list.h
 * The faults put into dirty tables: what dirt.json says of each.
 */
#ifndef PEREBOR_GENERATE_FAULT_LIST_H
#define PEREBOR_GENERATE_FAULT_LIST_H

#include <stdint.h>

#include "base/json.h"

/** One fault. What is 0 or NULL does not apply to it. */
typedef struct fault {
    const char *kind;
    const char *file;     /**< The table's. */
    const char *column;   /**< The column of the cell. */
    const char *row;      /**< Label of the row of a long table. */
    const char *was, *is; /**< Texts of the cell. */
    uint64_t id;          /**< Whose; in a row written again, of the new row. */
    uint64_t of;          /**< Whose copy it is. */
} fault;

/** Faults as elements of a JSON array that is open, and how many there are. */
typedef struct fault_list {
    perebor_json json;
    uint64_t n;
} fault_list;

void fault_list_add(fault_list *faults, const fault *added);

#endif
