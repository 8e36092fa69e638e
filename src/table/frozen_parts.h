// SPDX-License-Identifier: MIT
/**
 * @file frozen_parts.h
 * A table for prediction in parts, each of which is loaded alone: however long the table is, only
 * the parts at hand are in memory.
 *
 * That can be done where every row of the dataset comes from one record of one CSV file: there is
 * one table, nothing is pivoted or joined, and no SQL sees all rows. What
 * perebor_tables_load_frozen() judges by all of the file is checked part by part; where a part
 * raises a doubt that only the whole can settle (another decimal mark, text that is not UTF-8, the
 * header again), it says so.
 */
#ifndef PEREBOR_TABLE_FROZEN_PARTS_H
#define PEREBOR_TABLE_FROZEN_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "perebor/tables.h"
#include "table/part.h"

typedef struct frozen_parts frozen_parts;

/**
 * Looks through the file for where its records begin. The parts do not depend on anything but the
 * file and the specification.
 *
 * @param[out] parts   NULL if the tables must be loaded whole. Freed with frozen_parts_free().
 * @param[out] reason  Why that is so: "tables are joined"; NULL where it is not.
 * @param[in]  spec    Borrowed, as is @p schema.
 * @param[in]  beside  Where scratch goes; see perebor_scratch_begin(). What is compressed or UTF-16
 *                     is written there as text.
 *
 * @retval others  As perebor_tables_load_frozen(), of what the beginning of a table can have.
 */
PEREBOR_MUST_CHECK perebor_status frozen_parts_open(frozen_parts **parts, const char **reason,
                                                    const perebor_tables_spec *spec,
                                                    const perebor_dataset *schema,
                                                    const char *beside, perebor_error *error);

size_t frozen_parts_count(const frozen_parts *parts);

/** Whether other processes that open the same file find the same parts: it is no scratch. */
bool frozen_parts_are_shared(const frozen_parts *parts);

/** A number for where all parts begin. */
uint64_t frozen_parts_hash(const frozen_parts *parts);

/** Warnings about the beginning of the file: [n]. */
const char *const *frozen_parts_warnings(const frozen_parts *parts, size_t *n);

/** One part. Starts as {0}; released with frozen_part_release(). */
typedef struct frozen_part {
    bool is_doubtful;               /**< All of the table must be loaded; nothing else is set. */
    const perebor_dataset *dataset; /**< In @p rows; NULL: none of them is left. */
    table_part_rows rows;
    perebor_tables_report report;
    uint64_t *keys; /**< [n_keys] a number for what must not occur twice; see below. */
    size_t n_keys;
} frozen_part;

/**
 * Loads a part. Rows have the numbers and lines that they have in the file. Any number of threads
 * may load parts at once.
 *
 * @retval others  As perebor_tables_load_frozen().
 */
PEREBOR_MUST_CHECK perebor_status frozen_parts_load(const frozen_parts *parts, size_t i,
                                                    frozen_part *part, perebor_error *error);

void frozen_part_release(frozen_part *part);

/**
 * Fails if two rows have one identifier, when their keys are equal: of different ones they hardly
 * ever are.
 *
 * @param[in] i, k  Parts and which of their keys; the first is before the second.
 * @return PEREBOR_OK if they differ after all.
 */
PEREBOR_MUST_CHECK perebor_status frozen_parts_compare(const frozen_parts *parts, const size_t i[2],
                                                       const size_t k[2], perebor_error *error);

void frozen_parts_free(frozen_parts *parts);

#endif
