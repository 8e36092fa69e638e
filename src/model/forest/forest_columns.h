// SPDX-License-Identifier: MIT
/**
 * @file forest_columns.h
 * Training columns in the form that forests are grown from.
 *
 * Each row has a whole number for each dense column, its code, which ascends with the values: so a
 * node's rows can be put in order, or compared with a threshold, by whole numbers. Where splits
 * are looked for between values, it is the place of the row's value among the values. Where
 * thresholds are drawn, it is
 *
 *     floor(65535 (x - min) / (max - min)),
 *
 * which no rounding puts out of order: whoever's code is not that of the threshold is surely on its
 * side, and for the others values are compared.
 *
 * Codes lie column by column, for nodes that most rows are in, and row by row, for all others. The
 * levels of a nominal column stay the codes of the matrix.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_COLUMNS_H
#define PEREBOR_MODEL_FOREST_FOREST_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/learner.h"

/** A column of the matrix. */
typedef struct forest_column {
    const double *numbers;  /**< [n_rows] of a dense one, borrowed; NULL: it is a level. */
    uint16_t *codes;        /**< [n_rows], or */
    uint32_t *wide_codes;   /**< [n_rows], of more than 2^16 values. */
    const uint32_t *levels; /**< [n_rows] of a level, borrowed: which level a row has. */
    uint32_t level;         /**< Which of them it is. */
    uint32_t block;         /**< And of which nominal column. */
    uint32_t n_values;      /**< 1: it cannot be split; 2 of a level. Where thresholds are drawn, 3
                                 stands for any more. */
    uint16_t *rows;         /**< [n_values] a row of each place, or */
    uint32_t *wide_rows;    /**< [n_values], of more than 2^16 rows; neither where thresholds are
                                 drawn. There are then: */
    double ends[2];         /**< The least and the greatest value. */
    double least, scale;    /**< The code of x is its place (x / 2 - least) scale, cut off. */
    bool even;              /**< Rounding a value moves its place by less than a 128th. */
} forest_column;

typedef struct forest_columns {
    const uint8_t *labels; /**< [n_rows] borrowed. */
    size_t n_rows, n_columns, n_dense;
    size_t most_values; /**< The most that a column has. */
    uint16_t
        *near_codes;    /**< [n_rows][near_stride] row by row; NULL: some column has wide codes. */
    size_t near_stride; /**< At least n_dense, so that few rows cross lines of the cache. */
    forest_column *columns;           /**< [n_columns] */
    size_t n_blocks;                  /**< Nominal columns. */
    const perebor_indicators *blocks; /**< [n_blocks] borrowed */
} forest_columns;

/**
 * @param[in]  random   Whether thresholds are drawn.
 * @param[out] columns  Borrows @p training.
 * @param      scratch  Holds what is of no use later; may be the workspace.
 */
PEREBOR_MUST_CHECK perebor_status forest_columns_create(forest_columns *columns,
                                                        const perebor_training *training,
                                                        bool random, perebor_workspace *workspace,
                                                        perebor_workspace *scratch,
                                                        perebor_error *error);

/**
 * Takes columns of the same rows, which are elsewhere now.
 *
 * @param[in]  made     Of these rows; what it borrowed need not be there any more.
 * @param[out] columns  Borrows @p made and @p training.
 */
PEREBOR_MUST_CHECK perebor_status forest_columns_borrow(forest_columns *columns,
                                                        const forest_columns *made,
                                                        const perebor_training *training,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

/** The code of a threshold of a column whose thresholds are drawn. */
static inline uint32_t forest_code(const forest_column *column, double threshold) {
    return (uint32_t)((0.5 * threshold - column->least) * column->scale);
}

/** The value of a place of a column whose thresholds are not drawn. */
static inline double forest_value(const forest_column *column, uint32_t place) {
    const uint32_t row = column->rows != NULL ? column->rows[place] : column->wide_rows[place];
    return column->numbers[row] + 0.0; // of -0, too
}

/** The threshold between two neighbouring values: midway, and below the higher one. */
double forest_middle(double lower, double higher);

/** How learners share columns: perebor/learner.h. */
extern const perebor_learner_layout forest_shared_columns;

#endif
