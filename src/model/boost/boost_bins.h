// SPDX-License-Identifier: MIT
/**
 * @file boost_bins.h
 * Columns in the form that boosting reads: bins, a byte each, eight columns in a word.
 *
 * A dense column of at most max_bins values has a bin for each, cut midway between neighbours. One
 * of more is cut at max_bins - 1 places: with the values in ascending order, and k from 1 on, the
 * k-th is midway between those at floor and ceil of k (n - 1) / max_bins; equal cuts are one. A
 * value is in the first bin whose cut is at least the value, behind all cuts in the last one. What
 * is no number, where there is any in training, has a bin of its own behind all others: so it goes
 * right at every threshold, and a threshold of infinity sets it apart. Preparation always fills
 * such values in; a model takes them all the same.
 *
 * The levels of a nominal column are columns of zeros and ones, which one byte holds together: the
 * number of the level. Levels beyond the first BOOST_MOST_LEVELS go on in a further byte. What is
 * one byte is called a feature here. So a set of levels is one of those of a byte; rows of other
 * levels, and of none, have the last bin.
 */
#ifndef PEREBOR_MODEL_BOOST_BOOST_BINS_H
#define PEREBOR_MODEL_BOOST_BOOST_BINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

/** Bins of a feature at most, levels in one, features in a word. */
enum { BOOST_MOST_BINS = 256, BOOST_MOST_LEVELS = 255, BOOST_WORD = 8 };

/** A byte of the words. */
typedef struct boost_feature {
    uint32_t column;   /**< Its number in the matrix; the first of levels. */
    uint32_t n_bins;   /**< At least 2. With levels: how many, and one for none of these. */
    size_t first_cell; /**< Where its bins begin in a histogram; they are BOOST_WORD cells apart. */
    bool levels;       /**< A split sets one level apart, which goes right, */
    bool sets;         /**< or a set of them: boost_sets.h. */
    int8_t monotonic;  /**< As the matrix has it. */
    bool gaps;         /**< The last bin is what is no number. */
    const double *cuts; /**< [n_bins - 1] ascending, of a dense column; the last infinity if there
                             are gaps. */
} boost_feature;

/** What training rows say of the bins. Columns of one value have no feature. */
typedef struct boost_scheme {
    size_t n_columns, n_features;
    bool monotonic;          /**< Whether any feature is. */
    bool sets;               /**< Whether any feature is split by sets. */
    boost_feature *features; /**< [n_features] descending by bins, equal ones ascending by column */
    size_t n_cells;          /**< Size of a histogram: a multiple of eight. Those of a word lie
                                  together, its bins a multiple of two. */
} boost_scheme;

/** Rows as bins. */
typedef struct boost_rows {
    size_t n_rows, n_words;
    uint64_t *words; /**< [n_words, at least 1][n_rows]: feature f is byte f % 8 of word f / 8, from
                        the lowest one up. */
} boost_rows;

/** The bin of a row. */
static inline uint32_t boost_bin(const boost_rows *rows, size_t feature, size_t row) {
    uint64_t word = rows->words[feature / BOOST_WORD * rows->n_rows + row];
    return (uint32_t)(word >> 8 * (feature % BOOST_WORD)) & 255;
}

/**
 * Cuts the columns of training rows; @p rows are borrowed for the call.
 *
 * @param[in] max_onehot  Nominal columns of more levels are split by sets.
 * @param     workspace   Holds the scheme.
 * @param     scratch     Holds what is of no use later; may be the same.
 */
PEREBOR_MUST_CHECK perebor_status boost_scheme_create(
    boost_scheme *scheme, const perebor_matrix *rows, size_t max_bins, size_t max_onehot,
    perebor_workspace *workspace, perebor_workspace *scratch, perebor_error *error);

/** Puts rows of as many columns into bins. */
PEREBOR_MUST_CHECK perebor_status boost_rows_create(boost_rows *binned, const boost_scheme *scheme,
                                                    const perebor_matrix *rows,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

#endif
