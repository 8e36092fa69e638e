// SPDX-License-Identifier: MIT
/**
 * @file tree_divide.h
 * The rows of a node while its tree grows, and how they are divided between its children.
 *
 * Training rows stand in the order of every column that is not yet known to be constant, rows to
 * score in any order. Children take over their parent's block in place, each a stretch of it,
 * unless another tree still needs the parent's rows as they are: then they get a block of their
 * own. Dividing keeps the order, so nothing is ever sorted again.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_DIVIDE_H
#define PEREBOR_MODEL_TREE_TREE_DIVIDE_H

#include "model/tree/tree_scan.h"

enum { TREE_MAX_PARTS = 2, TREE_BLOCK_KINDS = 64 };

/** Memory for the rows of nodes that are yet to be split: of one subtree, or of several that share
 * their rows. */
typedef struct tree_block {
    size_t n_nodes; /**< That still need it. */
    int kind;       /**< There is room for 2^kind bytes; TREE_BLOCK_KINDS: its entries are the
                         columns' own, and nobody else can have it. */
    struct tree_block *next_spare;
    size_t stride;
    tree_entry *entries;            /**< [n_slots][stride] */
    uint32_t *rows[TREE_MAX_PARTS]; /**< Rows of a part to score, by node. */
    uint32_t memory[];
} tree_block;

/** A stretch of an array that several nodes share or follow each other on. */
typedef struct tree_stretch {
    size_t start, n;
} tree_stretch;

/** The rows of one node. */
typedef struct tree_rows {
    tree_block *block;
    tree_stretch entries;               /**< The training rows, in every slot. */
    tree_stretch parts[TREE_MAX_PARTS]; /**< The rows to score. */
} tree_rows;

/** What dividing needs, allocated once. */
typedef struct tree_divider {
    const tree_columns *columns;        /**< Borrowed. */
    const tree_sample *sample;          /**< Borrowed. */
    const perebor_matrix *const *parts; /**< [TREE_MAX_PARTS] borrowed; NULL: none. */
    uint32_t n_slots;          /**< Slots of entries: sorted columns, and the rows as they are. */
    uint8_t *goes_left;        /**< [n_rows] */
    tree_entry *spare_entries; /**< [n_rows] borrowed */
    uint32_t *spare_rows;      /**< [most rows of a part] */
    perebor_workspace *workspace;
    tree_block *spare_blocks[TREE_BLOCK_KINDS]; /**< By kind, those that no node needs. */
} tree_divider;

/** Which children go on growing, and so need their training rows. */
typedef struct tree_growing {
    bool left, right;
} tree_growing;

/** @param[in] spare  [n_rows] to compute in while dividing. @return False if memory is short. */
PEREBOR_MUST_CHECK bool tree_divider_create(tree_divider *divider, const tree_columns *columns,
                                            const tree_sample *sample,
                                            const perebor_matrix *const parts[TREE_MAX_PARTS],
                                            tree_entry *spare, perebor_workspace *workspace);

/** A block for the rows of a node, to be filled; nobody needs it yet. NULL if memory is short. */
tree_block *tree_block_create(tree_divider *divider, const tree_rows *rows);

/** Keeps a block that no node needs for the next that asks for one of its kind. */
void tree_block_spare(tree_divider *divider, tree_block *block);

/** One node fewer needs the block; the last one spares it. */
void tree_block_leave(tree_divider *divider, tree_block *block);

/**
 * All rows of the sample, for a root.
 *
 * @param[in] last  The columns' entries may be divided where they are.
 * @return False if memory is short.
 */
PEREBOR_MUST_CHECK bool tree_rows_create(tree_rows *rows, tree_divider *divider, bool last);

/** The node's training rows in the order of a slot's column. */
PEREBOR_INLINE tree_entry *tree_rows_entries(const tree_rows *rows, uint32_t slot) {
    return rows->block->entries + slot * rows->block->stride + rows->entries.start;
}

/** Midway between the values of the split's column on its two sides. */
double tree_divide_threshold(const tree_divider *divider, const tree_rows *rows,
                             const tree_split *split);

/**
 * Says where the children's rows stand in @p block, and divides the rows to score.
 *
 * @param[in]  block     The parent's own, or another as large.
 * @param[out] children  Left and right.
 */
void tree_divide_parts(const tree_divider *divider, const tree_rows *rows, tree_block *block,
                       const tree_split *split, double threshold, tree_rows *const children[2]);

/** Marks which training rows of a node go left. */
void tree_divide_mark(const tree_divider *divider, const tree_rows *rows, const tree_split *split);

/**
 * Divides the training rows, as marked, in the order of each of the slots, once it is known who
 * needs them.
 *
 * @param[in] slots  [n_slots] the columns that may not be constant.
 * @param[in] left   The left child's rows, as tree_divide_parts() placed them; the right one's
 *                   follow.
 */
void tree_divide_columns(const tree_divider *divider, const tree_rows *rows, const tree_rows *left,
                         const uint32_t *slots, size_t n_slots, const tree_split *split,
                         tree_growing growing);

#endif
