// SPDX-License-Identifier: MIT
/**
 * @file boosting_book.h
 * The definition of boosting (model/boost/boost.h), written down as plainly as can be: every node
 * is searched by adding up its rows for every column, the leaves stand in a list.
 */
#ifndef TESTS_UNIT_MODEL_BOOSTING_BOOK_H
#define TESTS_UNIT_MODEL_BOOSTING_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boosting.h"
#include "model/boost/boost.h"

enum { BOOSTING_MOST_NODES = 1024, BOOSTING_MOST_CUTS = 256 };

/** A node of a tree, or a leaf yet to be split. */
typedef struct boosting_node {
    int64_t g, h;
    uint32_t *rows;
    size_t n, depth;
    bool open;
    double gain, threshold; /**< Its best split's. */
    size_t column, left;
    int64_t left_g, left_h;
} boosting_node;

/** A boosting by the book. */
typedef struct boosting_book {
    const boosting_table *table;
    boost_options options;
    double cuts[BOOSTING_MOST_COLUMNS][BOOSTING_MOST_CUTS];
    size_t n_cuts[BOOSTING_MOST_COLUMNS];
    double scores[BOOSTING_MOST_ROWS], test_scores[BOOSTING_TEST];
    int64_t g[BOOSTING_MOST_ROWS], h[BOOSTING_MOST_ROWS];
    bool active[BOOSTING_MOST_COLUMNS];
    double alpha, lambda, min_hessian, min_gain;
    boosting_node nodes[BOOSTING_MOST_NODES];
    size_t n_nodes, n_all_nodes;
} boosting_book;

/** The cuts of a column. */
void boosting_cut(boosting_book *book, size_t column);

/** Boosts by book->options on book->table; n_all_nodes and the scores are what comes out. */
void boosting_run(boosting_book *book);

#endif
