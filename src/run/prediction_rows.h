// SPDX-License-Identifier: MIT
/**
 * @file prediction_rows.h
 * Rows of a dataset scored by the model of a result file, as bytes that may go to another rank.
 */
#ifndef PEREBOR_RUN_PREDICTION_ROWS_H
#define PEREBOR_RUN_PREDICTION_ROWS_H

#include "base/bytes.h"
#include "metric/venn_abers.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/result_file.h"
#include "perebor/tables.h"
#include "run/column_reference.h"
#include "run/known_rows.h"

/** What scores rows: nothing in it changes while it does. Starts as {0}. */
typedef struct predictor {
    perebor_fitted_pipeline *pipeline;
    known_rows known;
    venn_abers *bounds;
    const h5_node *reference; /**< Of the result. */
} predictor;

/**
 * Begins with the pipeline of a current /model.
 *
 * @param[out] predictor  Borrows from the result; released with predictor_release(), also if this
 *                        fails.
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 */
PEREBOR_MUST_CHECK perebor_status predictor_begin(predictor *predictor,
                                                  const perebor_result *result, const char *file,
                                                  perebor_error *error);

void predictor_release(predictor *predictor);

/**
 * What becomes of some rows: the members in their order, then the arrays.
 *
 * Rows are not text yet: their ranks are not known, and numbers take less room.
 */
typedef struct prediction_rows {
    size_t n_rows, n_trained, n_changed, n_keys;
    size_t n_counts;
    size_t size;               /**< Of what is said of rows. */
    const void *counts;        /**< [n_counts] uint64_t, see column_counts */
    const void *probabilities; /**< [n_rows] double */
    const void *keys;          /**< [n_keys] uint64_t, see frozen_part */
    const void *said;          /**< [size] of each row: see prediction_saying */
} prediction_rows;

/** What is said of a row beside its probability: a prediction_saying, and its identifier with the
 * zero at its end. */
typedef struct prediction_saying {
    double score;
    uint32_t place; /**< See venn_abers_place(). */
    uint8_t seen;   /**< prediction_seen */
} prediction_saying;

/** Bytes of a prediction_saying. */
enum { PREDICTION_SAYING_BYTES = 8 + 4 + 1 };

/** What is needed to score, for one thread at a time. */
typedef struct prediction_scratch {
    perebor_workspace workspace;
    column_counts counts;
    double *scores, *probabilities; /**< [capacity] */
    uint32_t *rows;                 /**< [capacity] */
    uint8_t *seen;                  /**< [capacity] */
    size_t capacity;
    byte_buffer said;
} prediction_scratch;

void prediction_scratch_release(prediction_scratch *scratch);

/**
 * Scores rows first … end - 1 of a dataset, or none if it is NULL.
 *
 * @param[in]  keys   [n_keys] passed on.
 * @param[out] bytes  Gets a prediction_rows at its end.
 */
PEREBOR_MUST_CHECK perebor_status predict_rows(const predictor *predictor,
                                               const perebor_dataset *dataset, size_t first,
                                               size_t end, const uint64_t *keys, size_t n_keys,
                                               prediction_scratch *scratch, byte_buffer *bytes,
                                               perebor_error *error);

/** Rows as numbers. Starts as {0}; released with scored_rows_release(). */
typedef struct scored_rows {
    double *probabilities, *lower, *upper; /**< [n_rows] of the dataset */
    size_t n_trained, n_changed;
    prediction_scratch scratch; /**< While they are scored. */
} scored_rows;

/** Scores all rows of a dataset, with the probabilities and bounds that predict_rows() writes. */
PEREBOR_MUST_CHECK perebor_status scored_rows_make(scored_rows *scored, const predictor *predictor,
                                                   const perebor_dataset *dataset,
                                                   perebor_error *error);

void scored_rows_release(scored_rows *scored);

/** Reads it back, in place. @return false if the bytes are none. */
bool prediction_rows_get(prediction_rows *rows, bytes_cursor *cursor);

/** Reads what is said of the next row, and its identifier in place; NULL if the bytes are none. */
const char *prediction_saying_get(prediction_saying *saying, bytes_cursor *cursor);

#endif
