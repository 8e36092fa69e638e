// SPDX-License-Identifier: MIT
/**
 * @file predicting.h
 * Tables being scored, part by part, on the threads of all ranks: private to predicting.
 */
#ifndef PEREBOR_RUN_PREDICTING_H
#define PEREBOR_RUN_PREDICTING_H

#include "perebor/experiment.h"
#include "run/moved_sources.h"
#include "run/predict_tables.h"
#include "run/prediction_lines.h"
#include "run/prediction_rows.h"
#include "table/frozen_parts.h"

/** Rows of a block, where all are in memory. */
enum { PREDICTING_BLOCK_ROWS = 8192 };

/** What the bytes of a part begin with. */
typedef enum part_kind {
    PART_ROWS,     /**< Notes and rows follow. */
    PART_DOUBTFUL, /**< All of the table must be loaded. */
    PART_FAILED,   /**< A status and a message follow. */
} part_kind;

/** Tables being scored, on one rank. */
typedef struct predicting {
    const predict_request *request;
    prediction *prediction;
    predictor predictor;
    perebor_experiment *experiment;
    perebor_tables_spec spec;
    moved_sources moved;
    perebor_scratch piped; /**< What came through a pipe. */
    frozen_parts *parts;   /**< NULL: all rows are in the dataset. */
    perebor_dataset *dataset;
    perebor_tables_report report;
    size_t n_items; /**< Parts or blocks. */
    int n_threads;
    prediction_scratch *scratch; /**< [n_threads] */
    byte_buffer *made;           /**< [n_threads] */
    column_counts counts;        /**< Those of all rows, on rank 0. */
    uint64_t n_taken;            /**< Items that have come in. */
    uint64_t first_bad;          /**< The first that is doubtful or failed; n_items: none. */
    part_kind bad;
    perebor_error reason;
    uint8_t *taken;    /**< [n_items] */
    uint64_t n_before; /**< All items before this have come in. */
} predicting;

static inline const perebor_dataset *predicting_schema(const predicting *predicting) {
    return perebor_fitted_pipeline_schema(predicting->predictor.pipeline);
}

/** Makes all items on the threads of this rank. */
PEREBOR_MUST_CHECK perebor_status predicting_run_here(predicting *predicting, perebor_error *error);

/** Makes all items on all ranks, which all call; rank 0 takes them. */
PEREBOR_MUST_CHECK perebor_status predicting_run_on_ranks(predicting *predicting,
                                                          perebor_error *error);

#endif
