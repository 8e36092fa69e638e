// SPDX-License-Identifier: MIT
/**
 * @file forest_work.h
 * What growing a forest is foretold to be, and to take.
 *
 * Nodes are followed by their size, not one by one. Sizes are a geometric series from the root on;
 * of every size it is foretold how many nodes there are, how many columns they look at and what
 * their children's sizes are:
 *
 *   - A node looks at max_features columns, and further ones until one of them varies in it. Dense
 *     columns do; of a nominal column with L levels a given one does in r rows with probability
 *     1 - exp(-r / L).
 *   - If it looks at a dense column, that divides it, a fixed share of its rows from the others;
 *     otherwise a level does, whose rows are few, so that many such nodes follow one another.
 *   - Of r rows in a child, some differ in class with probability h (r - 1) / (1 + h (r - 1)).
 *     How well columns tell the classes is not known; h lies between what it is where they do and
 *     where they do not.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_WORK_H
#define PEREBOR_MODEL_FOREST_FOREST_WORK_H

#include "model/forest/forest.h"
#include "perebor/learner.h"

/** What is foretold of a tree; [0] of dense columns, [1] of levels. */
typedef struct forest_work {
    double nodes;        /**< That are searched. */
    double rows;         /**< Rows of all of them together. */
    double looks[2];     /**< At a column in a node, */
    double looked_at[2]; /**< and the rows of these. */
    double counted;      /**< Rows whose levels are counted, of each nominal column looked at. */
} forest_work;

forest_work forest_work_foresee(const forest_options *options, const perebor_table_shape *shape);

/** Seconds that a tree takes, with the scores of the validation rows. */
double forest_seconds_of_tree(const forest_options *options, const perebor_table_shape *shape);

/** Seconds that columns take to be made ready for all trees. */
double forest_seconds_of_columns(const forest_options *options, const perebor_table_shape *shape);

#endif
