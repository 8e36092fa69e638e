// SPDX-License-Identifier: MIT
/**
 * @file tree_columns.h
 * Training columns in the form that trees are grown from: sorted once, ready to be split.
 *
 * A column of two values is a byte of a packed word of each row, eight columns to a word, so that
 * one addition counts eight columns. A column of more values is a slot of entries in ascending
 * order. A column of one value cannot be split and is dropped.
 *
 * The levels of a nominal column are columns of two values. Where there are more than
 * TREE_PACKED_LEVELS, they are left as the codes of the matrix: one pass over the rows of a node
 * counts all of them, and only those that the node has are looked at.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_COLUMNS_H
#define PEREBOR_MODEL_TREE_TREE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tree/tree_entry.h"
#include "perebor/learner.h"

enum { TREE_COLUMNS_PER_WORD = 8, TREE_PACKED_LEVELS = 16 };

/** Levels that are kept as codes: the columns of two values first, first + 1, ... */
typedef struct tree_coded {
    const uint32_t *codes; /**< [n_rows] which of the levels, or n_levels. Borrowed. */
    uint32_t first, n_levels;
} tree_coded;

typedef struct tree_columns {
    perebor_matrix matrix; /**< Borrowed. */
    const uint8_t *labels; /**< Borrowed; 0 of every row where there are none. */
    uint32_t n_rows, n_ones;
    uint32_t n_sorted;
    uint32_t n_binary;   /**< Columns of two values, */
    uint32_t n_packed;   /**< of these the first, which are packed; the others are coded, and may
                              have one value alone. */
    uint32_t n_words;    /**< Packed words of a row. */
    uint32_t n_coded;    /**< Blocks of codes. */
    uint32_t *sorted;    /**< [n_sorted] matrix column of a slot. */
    bool *distinct;      /**< [n_sorted] of a slot: no two rows have one value. */
    uint32_t *binary;    /**< [n_binary] matrix column of a column of two values. */
    double *middle;      /**< [n_binary] threshold between its two values. */
    tree_coded *coded;   /**< [n_coded] */
    tree_entry *entries; /**< [n_sorted + 1][n_rows]; the last slot lists the rows as they are. A
                              vector more can be read. */
    uint64_t *words;     /**< [n_words][n_rows]; a byte is 1 for the higher value. */
} tree_columns;

/** Sorts. @param[out] columns  Borrows @p training, whose labels may be NULL. */
PEREBOR_MUST_CHECK perebor_status tree_columns_create(tree_columns *columns,
                                                      const perebor_training *training,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/**
 * Takes columns of the same rows, which are elsewhere now.
 *
 * @param[in]  made     Of these rows, with labels; what it borrowed need not be there any more.
 * @param[out] columns  Borrows @p made and @p training.
 */
PEREBOR_MUST_CHECK perebor_status tree_columns_borrow(tree_columns *columns,
                                                      const tree_columns *made,
                                                      const perebor_training *training,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

/** The threshold between two neighbouring values: midway, and below the higher one. */
double tree_columns_middle(double lower, double higher);

/** Whether the column kept in a slot, as tree_split has it, is one of two values. */
bool tree_columns_is_binary(const tree_columns *columns, uint32_t slot);

/** The block of codes that a column of two values is a level of; NULL: it is packed. */
const tree_coded *tree_columns_coded(const tree_columns *columns, uint32_t binary);

#endif
