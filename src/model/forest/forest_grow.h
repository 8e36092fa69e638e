// SPDX-License-Identifier: MIT
/**
 * @file forest_grow.h
 * Growing one tree of a forest after the other, each for several shapes at once.
 *
 * Shapes differ in max_depth, min_samples_split and min_samples_leaf. While two of them split alike
 * they are one tree, whose nodes are searched once. Sums of whole numbers do not depend on their
 * order, so the rows of a node need no order: children are stretches of their parent's list, and
 * shapes that part from one another use the same stretch, one after the other.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_GROW_H
#define PEREBOR_MODEL_FOREST_FOREST_GROW_H

#include "model/forest/forest_scan.h"
#include "model/tree/tree_nodes.h"

/** Rows to score. */
enum {
    FOREST_VALIDATION,
    FOREST_TRAINING,
    FOREST_OUT_OF_BAG, /**< The training rows that the sample of the tree lacks. */
    FOREST_MAX_PARTS
};

/** A tree among those grown together. */
typedef struct forest_shape {
    size_t max_depth, min_split, min_leaf;
    tree_nodes *nodes;              /**< Where to keep the tree, or NULL. */
    double *sums[FOREST_MAX_PARTS]; /**< [rows of a part]: leaves are added; NULL: they are not. */
} forest_shape;

/** Rows to score: a part of them. */
typedef struct forest_part {
    const perebor_matrix *matrix; /**< NULL: none. Borrowed. */
    uint32_t *rows;               /**< [n_rows] their numbers, by node. */
} forest_part;

/** A shape at a node of its tree. */
typedef struct forest_cursor {
    uint32_t shape;
    uint32_t node; /**< Its number in the tree, if that is kept. */
} forest_cursor;

typedef struct forest_task forest_task;

/** A stretch of an array. */
typedef struct forest_stretch {
    size_t start, n;
} forest_stretch;

/** Everything that growing needs, allocated once for all trees. */
typedef struct forest_grower {
    const forest_options *options; /**< What all shapes have in common. Borrowed. */
    const forest_columns *columns;
    const forest_kernels *kernels;
    const forest_dividers *dividers;
    perebor_workspace *workspace;
    forest_sample sample;
    forest_search search;
    forest_part parts[FOREST_MAX_PARTS];
    uint32_t *spare; /**< [most rows] */
    forest_task *tasks;
    size_t n_tasks, tasks_room;
    forest_cursor *cursors; /**< A stack. */
    size_t cursors_room;
    const forest_shape *shapes;
} forest_grower;

/**
 * @param[in]  parts    [FOREST_MAX_PARTS] rows to score; NULL: none. Borrowed.
 * @param[out] grower   Borrows @p columns and @p options.
 */
PEREBOR_MUST_CHECK perebor_status forest_grower_create(
    forest_grower *grower, const forest_columns *columns, const forest_options *options,
    const perebor_matrix *const parts[FOREST_MAX_PARTS], size_t most_shapes,
    perebor_workspace *workspace, perebor_error *error);

/**
 * Grows tree number @p tree.
 *
 * @param[in] shapes  [n_shapes] ascending by min_leaf.
 */
PEREBOR_MUST_CHECK perebor_status forest_grow(forest_grower *grower, size_t tree,
                                              const forest_shape *shapes, size_t n_shapes,
                                              perebor_error *error);

#endif
