// SPDX-License-Identifier: MIT
/**
 * @file knn_levels.h
 * The levels of nominal columns of training rows, compared by code.
 *
 * Two rows of different levels differ by one in two columns of zeros and ones, a row that has none
 * of the levels in one; columns in which both have zero add nothing to a distance, to the bit. So
 * ones are added to the sum over the columns before the levels, one after the other, and that has
 * the bits of a sum over all columns, whatever the metric: |1|^p = 1.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_LEVELS_H
#define PEREBOR_MODEL_KNN_KNN_LEVELS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/knn/knn_kernel.h"
#include "perebor/matrix.h"

/** Codes by tiles: knn_kernel.h. */
typedef struct knn_levels {
    uint32_t *packed; /**< [n_rows up to KNN_FILTER_TILE][n_blocks] */
    uint32_t *none;   /**< [n_blocks] the code of a row that has none: how many levels there are. */
    size_t n_blocks;
} knn_levels;

PEREBOR_MUST_CHECK perebor_status knn_levels_create(knn_levels *levels, const perebor_matrix *rows,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/** Whether rows have blocks of as many levels, so that their codes can be compared. */
bool knn_levels_fit(const knn_levels *levels, const perebor_matrix *rows);

/** The code of a row. */
static inline uint32_t knn_levels_code(const knn_levels *levels, size_t row, size_t block) {
    size_t tile = row / KNN_FILTER_TILE;
    return levels
        ->packed[(tile * levels->n_blocks + block) * KNN_FILTER_TILE + row % KNN_FILTER_TILE];
}

/** The sum over the columns before the levels of one row and a query, continued.
 *  @param[in] codes  [n_blocks][KNN_QUERIES] */
double knn_levels_continue(const knn_levels *levels, double sum, size_t row, const uint32_t *codes,
                           size_t query);

#endif
