// SPDX-License-Identifier: MIT
/**
 * @file tree_columns.h
 * Training columns in the form that trees are grown from: sorted once, ready to be split.
 *
 * A column of two values is a byte of a packed word of each row, eight columns to a word, so that
 * one addition counts eight columns. A column of more values is a slot of entries in ascending
 * order. A column of one value cannot be split and is dropped.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_COLUMNS_H
#define PEREBOR_MODEL_TREE_TREE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tree/tree_entry.h"
#include "perebor/learner.h"

enum { TREE_COLUMNS_PER_WORD = 8 };

typedef struct tree_columns {
    perebor_matrix matrix; /**< Borrowed. */
    const uint8_t *labels; /**< Borrowed; 0 of every row where there are none. */
    uint32_t n_rows, n_ones;
    uint32_t n_sorted;
    uint32_t n_binary;
    uint32_t n_words;    /**< Packed words of a row. */
    uint32_t *sorted;    /**< [n_sorted] matrix column of a slot. */
    uint32_t *binary;    /**< [n_binary] matrix column of a packed byte. */
    double *middle;      /**< [n_binary] threshold between its two values. */
    tree_entry *entries; /**< [n_sorted + 1][n_rows]; the last slot lists the rows as they are. */
    uint64_t *words;     /**< [n_words][n_rows]; a byte is 1 for the higher value. */
} tree_columns;

/** Sorts. @param[out] columns  Borrows @p training, whose labels may be NULL. */
PEREBOR_MUST_CHECK perebor_status tree_columns_create(tree_columns *columns,
                                                      const perebor_training *training,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/** The threshold between two neighbouring values: midway, and below the higher one. */
double tree_columns_middle(double lower, double higher);

/** Whether the column kept in a slot, as tree_split has it, is one of two values. */
bool tree_columns_is_binary(const tree_columns *columns, uint32_t slot);

#endif
