// SPDX-License-Identifier: MIT
/**
 * @file tree_sample.h
 * What a tree learns from: how much each training row weighs, and towards what.
 *
 * Presorted columns (tree_columns.h) know values alone, so one sorting serves every sample of the
 * same rows: a bootstrap of each tree of a forest, the gradients of each round of boosting. Growing
 * adds up two numbers over the rows of a node:
 *
 *     labels      weight of class 0                 weight of class 1
 *     targets     weight w                          weighted target w y
 *     gradients   hessian h                         gradient, its sign turned: -g
 *
 * A row that adds nothing to either is absent: it is in no node, no threshold lies beside it, and
 * min_samples_split and min_samples_leaf do not count it.
 *
 * Sums of labels by whole weights are exact, whatever their order. Others are taken over the rows
 * of a node in ascending order, so that a leaf's value depends on its rows alone and not on the
 * splits that led there.
 */
#ifndef PEREBOR_MODEL_TREE_TREE_SAMPLE_H
#define PEREBOR_MODEL_TREE_TREE_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/tree/tree_columns.h"

/** The rows of a node, added up. */
typedef struct tree_sums {
    double of[2];    /**< See above. */
    uint32_t n_rows; /**< A row that counts k times is k rows. */
    bool pure;       /**< One class, or one target. */
} tree_sums;

/** What a tree learns from. Borrows what it was made of. */
typedef struct tree_sample {
    uint32_t n_present;       /**< Rows that are not absent, each counted once. */
    tree_sums total;          /**< The sums of all of them. */
    uint32_t n_of_class[2];   /**< Rows of each class; 0 without labels. */
    bool exact;               /**< Sums are whole numbers below 2^53. */
    const double (*terms)[2]; /**< [n_rows] what a row adds; NULL: its label, and it counts once. */
    const uint32_t *counts;   /**< [n_rows] how often a row counts; NULL: once. */
    const double *targets;    /**< [n_rows], or NULL. */
} tree_sample;

/** Labels, every row once. */
void tree_sample_of_labels(tree_sample *sample, const tree_columns *columns);

/**
 * Labels, each row as often as it counts: the tree of rows repeated so often, bit for bit.
 *
 * @param[in] counts  [columns->n_rows]
 * @retval PEREBOR_ERR_ARGUMENT  No row counts, or 2^31 and more.
 */
PEREBOR_MUST_CHECK perebor_status tree_sample_of_counts(tree_sample *sample,
                                                        const tree_columns *columns,
                                                        const uint32_t *counts,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/**
 * Labels by weight, as scikit-learn's sample_weight: a row is one row however much it weighs.
 *
 * @param[in] weights  [columns->n_rows], not negative.
 * @retval PEREBOR_ERR_ARGUMENT  A weight is negative or not finite, all are 0, or they are too
 *         large to compute with.
 */
PEREBOR_MUST_CHECK perebor_status tree_sample_of_weights(tree_sample *sample,
                                                         const tree_columns *columns,
                                                         const double *weights,
                                                         perebor_workspace *workspace,
                                                         perebor_error *error);

/**
 * Real targets, for TREE_SQUARED.
 *
 * @param[in] targets  [columns->n_rows]
 * @param[in] weights  [columns->n_rows], not negative; NULL: 1 each.
 * @retval PEREBOR_ERR_ARGUMENT  As tree_sample_of_weights(), of both.
 */
PEREBOR_MUST_CHECK perebor_status
tree_sample_of_targets(tree_sample *sample, const tree_columns *columns, const double *targets,
                       const double *weights, perebor_workspace *workspace, perebor_error *error);

/**
 * First and second derivatives of a loss by a row's score, for TREE_SQUARED.
 *
 * @param[in] gradients  [columns->n_rows]
 * @param[in] hessians   [columns->n_rows], not negative.
 * @retval PEREBOR_ERR_ARGUMENT  As tree_sample_of_weights(), of both.
 */
PEREBOR_MUST_CHECK perebor_status tree_sample_of_gradients(
    tree_sample *sample, const tree_columns *columns, const double *gradients,
    const double *hessians, perebor_workspace *workspace, perebor_error *error);

/** Whether a row is not absent. */
PEREBOR_INLINE bool tree_sample_has(const tree_sample *sample, uint32_t row) {
    return sample->terms == NULL || sample->terms[row][0] != 0.0 || sample->terms[row][1] != 0.0;
}

/**
 * Adds up the rows of the entries, in their order, on two sides.
 *
 * @param[in]  goes_left  [columns->n_rows] by row, 1 or 0; NULL: all do.
 * @param[out] sides      Left and right.
 * @pre sample->terms is not NULL.
 */
void tree_sample_add(const tree_sample *sample, const tree_entry *entries, size_t n,
                     const uint8_t *goes_left, tree_sums sides[2]);

/** The sums of rows of labels. */
PEREBOR_INLINE tree_sums tree_sums_of(const double of[2], uint32_t n_rows) {
    return (tree_sums){
        .of = {of[0], of[1]}, .n_rows = n_rows, .pure = of[0] == 0.0 || of[1] == 0.0};
}

/** The other side of rows of labels whose sums are exact. */
PEREBOR_INLINE tree_sums tree_sums_rest(const tree_sums *all, const tree_sums *side) {
    const double rest[2] = {all->of[0] - side->of[0], all->of[1] - side->of[1]};
    return tree_sums_of(rest, all->n_rows - side->n_rows);
}

#endif
