// SPDX-License-Identifier: MIT
/**
 * @file tree_growing.h
 * Random tables with everything that a tree may learn from, and trees grown on them: what forests
 * and boosting stand on.
 */
#ifndef TESTS_UNIT_MODEL_TREE_GROWING_H
#define TESTS_UNIT_MODEL_TREE_GROWING_H

#include <stddef.h>
#include <stdint.h>

#include "model/tree/tree_grow.h"

enum { GROWING_MOST_ROWS = 400, GROWING_CASES = 60, GROWING_VALIDATION = 30 };

/** Shared by every test of a program; given back by growing_give_back(), its teardown. */
extern perebor_workspace growing_workspace;
int growing_give_back(void **state);

/** A random table full of ties, with everything that a tree may learn from. */
typedef struct growing_table {
    perebor_training training;
    perebor_matrix validation;
    tree_columns columns;
    uint8_t labels[GROWING_MOST_ROWS];
    uint32_t counts[GROWING_MOST_ROWS];
    double weights[GROWING_MOST_ROWS], targets[GROWING_MOST_ROWS], gradients[GROWING_MOST_ROWS],
        hessians[GROWING_MOST_ROWS];
} growing_table;

/** A tree by itself, and what it scores. */
typedef struct grown {
    tree_nodes tree;
    double scores[TREE_MAX_PARTS][GROWING_MOST_ROWS];
} grown;

/** A number below @p n (xorshift64*, Marsaglia and Vigna), from where the last table or draw left
 * off. */
uint32_t growing_dice(uint32_t n);

/** A matrix of zeros. */
void growing_create_matrix(perebor_matrix *matrix, size_t n_rows, size_t n_columns);

/** Sorts the columns of the training rows, as they are now. */
void growing_sort_columns(growing_table *table);

/** Sums of its whole counts and dyadic targets are exact; of its gradients and hessians not. */
void growing_create_table(growing_table *table, uint64_t seed);

/** Settings of one of the trees that seeds stand for. */
tree_search_options growing_draw_search(uint64_t seed, tree_criterion criterion, size_t n_columns);
tree_member growing_draw_member(uint64_t seed, grown *grown);

/** Grows one tree and scores both parts with it. */
void growing_grow(const growing_table *table, const tree_sample *sample,
                  const tree_search_options *search, tree_member member, grown *own_grown);

/** Nodes and scores are equal to the bit. */
void growing_same_tree(const grown *a, const grown *b);

/** The same columns and labels, each row as often as it counts, in another order if asked. */
void growing_repeat_rows(const growing_table *output, const uint32_t *counts, bool backwards,
                         growing_table *repeated);

void growing_set_ones(uint32_t counts[GROWING_MOST_ROWS]);

/** Samples of a table, which must be accepted. @param[in] weights  NULL: 1 each. */
void growing_sample_counts(const growing_table *table, const uint32_t *counts, tree_sample *sample);
void growing_sample_weights(const growing_table *table, const double *weights, tree_sample *sample);
void growing_sample_targets(const growing_table *table, const double *weights, tree_sample *sample);
void growing_sample_gradients(const growing_table *table, tree_sample *sample);

#endif
