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
    const h5_node *reference; /**< The result's. */
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
 * Rows are not text yet: their ranks are not known, and numbers take less room. Identifiers are:
 * each as a field of CSV, one after the other.
 */
typedef struct prediction_rows {
    size_t n_rows, n_trained, n_changed, n_keys;
    size_t n_counts;
    size_t size;               /**< Bytes of all identifiers. */
    const void *counts;        /**< [n_counts] uint64_t, see column_counts */
    const void *probabilities; /**< [n_rows] double */
    const void *keys;          /**< [n_keys] uint64_t, see frozen_part */
    const void *said;          /**< [prediction_said_size()] of each row, see prediction_said */
} prediction_rows;

/** What is said of rows beside their probabilities, one array behind the other. */
typedef struct prediction_said {
    const double *scores;    /**< [n_rows] */
    const uint32_t *places;  /**< [n_rows] see venn_abers_place() */
    const uint32_t *lengths; /**< [n_rows] of the identifiers */
    const uint8_t *seen;     /**< [n_rows] prediction_seen */
    const char *ids;         /**< [size] */
} prediction_said;

/** Bytes that are said of rows whose identifiers take @p size. */
size_t prediction_said_size(size_t n_rows, size_t size);

/** Finds the arrays in such bytes. @return false if they are none. */
bool prediction_said_find(prediction_said *said, const void *bytes, size_t n_rows, size_t size);

/** What is needed to score, for one thread at a time. */
typedef struct prediction_scratch {
    perebor_workspace workspace;
    column_counts counts;
    double *scores, *probabilities; /**< [capacity] */
    uint32_t *rows;                 /**< [capacity] */
    uint32_t *places, *lengths;     /**< [capacity] */
    uint8_t *seen;                  /**< [capacity] */
    size_t capacity;
    byte_buffer ids;
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

#endif
