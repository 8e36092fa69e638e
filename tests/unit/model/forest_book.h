// SPDX-License-Identifier: MIT
/**
 * @file forest_book.h
 * The definition of forests (model/forest/forest.h), written down as plainly as can be: every node
 * is searched by trying all thresholds of all its columns.
 */
#ifndef TESTS_UNIT_MODEL_FOREST_BOOK_H
#define TESTS_UNIT_MODEL_FOREST_BOOK_H

#include <stddef.h>
#include <stdint.h>

#include "forest_table.h"
#include "model/forest/forest.h"

/** A forest by the book. */
typedef struct forest_book {
    const forest_table *table;
    forest_options options;
    uint32_t counts[FOREST_MOST_ROWS];
    double class_weights[2];
    double test_sums[FOREST_TEST +
                     FOREST_MOST_ROWS]; /**< Of the test rows, then of training rows out of bag, */
    uint32_t n_lacking[FOREST_MOST_ROWS]; /**< and how many trees these are of. */
    size_t n_nodes;
} forest_book;

/** Draws how often a tree has each row, into counts. */
void forest_book_draw(forest_book *book, size_t tree);

/** Grows and scores a forest of a table and options. @pre All else is 0. */
void forest_book_grow(forest_book *book);

#endif
