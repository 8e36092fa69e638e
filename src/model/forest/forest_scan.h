// SPDX-License-Identifier: MIT
/**
 * @file forest_scan.h
 * The search for the best split of a node, and dividing its rows: the kernel of growing forests.
 *
 * With z and o the rows of class 0 and 1 on a side by weight, u and v the weights of the classes
 * and w = u z + v o, the cost of a split is the sum over both sides of
 *
 *     gini:     z o / w        (both sides over one denominator);
 *     entropy:  w log w - (u z) log(u z) - (v o) log(v o).
 *
 * z, o, u and v are whole numbers, so that numerator and denominator of the Gini cost are exact
 * below 2^53, and equal costs compare equal. Lower is better; on equal costs the column that was
 * looked at before, then the lower threshold.
 *
 * Few rows are compared with one another, each with all: what stands to the left of a value is the
 * sum over the rows whose code is at most its own. Many are first moved into buckets by their
 * codes, a few rows each, and compared with those of their bucket; where that is no use, they are
 * sorted, or counted into a cell for each code.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_SCAN_H
#define PEREBOR_MODEL_FOREST_FOREST_SCAN_H

#include "model/forest/forest_sample.h"

/** Arrays that a kernel reads are padded by so many. */
enum { FOREST_PADDING = 64 };

/** Columns of which codes are gathered at once, where thresholds are drawn. */
enum { FOREST_DRAWN_COLUMNS = 5 };

/** x log x is looked up for so many whole numbers, from 0 on. */
enum { FOREST_ENTROPY_TERMS = 4096 };

/** A split of a node, or none if its cost is infinite. */
typedef struct forest_split {
    double cost;
    double threshold; /**< If it was drawn, and does not wait. */
    uint64_t left;    /**< Sum of the rows on the left. */
    uint32_t column;
    uint32_t code; /**< Left are rows of this code and below; of a threshold that was drawn, those
                        of lower codes, and those of this one whose value is at most it. */
    uint32_t codes[2]; /**< If thresholds are drawn: the least and the greatest of the node. */
    bool waits;        /**< No row of the node has the code: the threshold is drawn on dividing. */
    uint32_t n_left;   /**< Rows on the left, each once. */
    uint32_t visit;    /**< When the column was looked at. */
} forest_split;

/** A node to search. */
typedef struct forest_node {
    const uint32_t *rows; /**< [n] */
    uint32_t n;
    uint64_t sum; /**< The sum of the rows. */
    uint64_t path;
} forest_node;

/** The rows of a node by the levels of a nominal column, if so many of its levels are looked at in
 * a node that counting all of them at once is quicker. */
typedef struct forest_level_counts {
    bool pays;        /**< It is. */
    bool counted;     /**< Done for the node at hand. */
    uint64_t *sums;   /**< [n_levels + 1] of the rows that have a level, zero between searches. */
    uint32_t *n_rows; /**< [n_levels + 1] how many these are; the same. */
} forest_level_counts;

/** Settings and memory of searching, for one node after the other. */
typedef struct forest_search {
    const forest_columns *columns;
    const forest_sample *sample;
    forest_criterion criterion;
    bool random;
    size_t max_features;
    double *entropy_terms; /**< [FOREST_ENTROPY_TERMS] x log x; NULL unless entropies of rows that
                                count as they are are wanted. */
    uint32_t *order;       /**< [n_columns] a permutation: any, before a search and after. */
    uint32_t *swapped;     /**< [n_columns] */
    forest_level_counts *level_counts; /**< [n_blocks] */
    // What is wanted.
    uint32_t *min_leaves; /**< [n_levels] ascending: the wanted fewest rows of a leaf. */
    uint32_t n_levels;
    forest_split *best; /**< [n_levels] the best split for each. */
    // Where thresholds are drawn: codes of the node's rows, [n + FOREST_PADDING], of some columns,
    // and of the one that is kept; and its terms in planes (forest_words.h).
    uint16_t *drawn_codes[FOREST_DRAWN_COLUMNS], *kept_drawn;
    uint64_t *planes;
    // Rows of the node, [n + FOREST_PADDING]: codes of one column, and terms; and in buckets.
    uint32_t *codes, *terms, *moved_codes, *moved_terms;
    // Codes of the column of the best split, where one level was searched, for dividing: of these
    // rows in their order, until any rows are divided.
    uint32_t *kept_codes;
    uint64_t kept_path;
    uint32_t kept_column;
    bool kept;
    // Where splits can be: terms in the parts of a cell, sums of cells, rows of a part of the
    // codes.
    uint64_t *wide_terms, *bucket_sums;
    uint32_t *cell_weights, *cell_ones;
    double *bounds;
    uint32_t *near_codes, *near_terms;
    uint64_t *keys[2]; /**< [n] to be sorted. */
    uint32_t *ends;    /**< [n / 2 + FOREST_PADDING] where buckets end. */
    // A cell a code, [most values + FOREST_PADDING], zero between searches.
    uint64_t *cells;
    uint32_t *counts;
    // Candidates, [n + FOREST_PADDING]: what is on the left, its last code, the cost.
    uint32_t *weights, *ones, *n_left, *left_codes;
    double *costs;
} forest_search;

/** What is compiled for each instruction set. */
typedef struct forest_kernels {
    /** Finds the best split of a node for every one of search->min_leaves, into search->best. */
    void (*find)(forest_search *search, const forest_node *node);
} forest_kernels;

/** The same for dividing. */
typedef struct forest_dividers {
    /**
     * Moves the rows that go left before the others. Nothing is kept of the last search then.
     *
     * @param[in]     path   Of the node.
     * @param[in,out] rows   [n]
     * @param         spare  [n]
     * @return The threshold: midway between the values on the two sides, or as it is drawn.
     */
    double (*divide)(forest_search *search, const forest_split *split, uint64_t path,
                     uint32_t *rows, uint32_t n, uint32_t *spare);
    /**
     * The same for rows to score.
     *
     * @return How many go left: those whose value is at most the threshold.
     */
    uint32_t (*divide_scored)(const perebor_matrix *matrix, uint32_t column, double threshold,
                              uint32_t *rows, uint32_t n, uint32_t *spare);
} forest_dividers;

PEREBOR_KERNEL_DECLARE(forest_kernels, forest_kernels);
PEREBOR_KERNEL_DECLARE(forest_dividers, forest_dividers);

/** Takes the memory. @param[in] most_levels  Most values of min_leaf at once. */
PEREBOR_MUST_CHECK perebor_status
forest_search_create(forest_search *search, const forest_columns *columns,
                     const forest_sample *sample, const forest_options *options, size_t most_levels,
                     perebor_workspace *workspace, perebor_error *error);

#endif
