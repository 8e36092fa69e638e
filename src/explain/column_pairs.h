// SPDX-License-Identifier: MIT
/**
 * @file column_pairs.h
 * Which pairs of columns act together most (interaction.h): in two rounds, first the effect of each
 * column, then of pairs of those whose effects are largest.
 */
#ifndef PEREBOR_EXPLAIN_COLUMN_PAIRS_H
#define PEREBOR_EXPLAIN_COLUMN_PAIRS_H

#include <stddef.h>
#include <stdint.h>

#include "explain/explain_part.h"
#include "explain/interaction.h"

/** Columns whose pairs are looked at, at most: 120 pairs. */
enum { PAIRS_MOST_COLUMNS = 16 };

/** What is asked. Borrows everything. */
typedef struct pairs_question {
    const perebor_fitted_pipeline *pipeline;
    explain_scale scale;
    const perebor_dataset *dataset;
    const uint32_t *rows; /**< [n_rows] n_rows squared answers are asked a pair. */
    size_t n_rows;
    const uint32_t *tree_rows; /**< [n_tree_rows] for Shapley interactions, of trees. */
    size_t n_tree_rows;
} pairs_question;

/** One pair. */
typedef struct column_pair_interaction {
    uint32_t one, other; /**< Columns, one < other. */
    interaction found;
    double shapley; /**< Mean |Shapley interaction value| (tree_interaction.h) over the tree_rows,
                         on the scale of scores: of trees; NaN of other models, and where no tree
                         looks at either. */
} column_pair_interaction;

/** All of it; owns its arrays. */
typedef struct column_pairs {
    pairs_question question;
    size_t n_columns;
    double *effects;                /**< [n_columns][n_rows] of the first round. */
    column_pair_interaction *pairs; /**< [n_pairs] of the second. */
    size_t n_pairs;
} column_pairs;

/** @param[out] pairs  Stays where it is; released with column_pairs_release(). */
PEREBOR_MUST_CHECK perebor_status column_pairs_begin(column_pairs *pairs,
                                                     const pairs_question *question,
                                                     perebor_error *error);

void column_pairs_release(column_pairs *pairs);

/** The first round: a unit a column. */
explain_part column_pairs_effects(column_pairs *pairs);

/** Chooses the pairs of the columns whose effects scatter most. Between the rounds, where every
 * rank has all effects. */
PEREBOR_MUST_CHECK perebor_status column_pairs_choose(column_pairs *pairs, perebor_error *error);

/** The second round: a unit a pair. */
explain_part column_pairs_part(column_pairs *pairs);

/** Puts the strongest pairs first; of equal ones the first columns. */
void column_pairs_rank(column_pairs *pairs);

#endif
