// SPDX-License-Identifier: MIT
/**
 * @file predict_tables.h
 * Tables scored by the model that a result file keeps, in bounded memory where they allow it.
 *
 * A flat CSV file is read, cleaned and scored in parts (table/frozen_parts.h): on every thread of
 * every rank. What stays of a row is 16 bytes, and its line in scratch. Where tables are joined or
 * pivoted, or SQL looks at them, rank 0 holds them, as perebor_tables_load_frozen() does, and
 * scores their rows on its threads. The bytes are the same either way.
 */
#ifndef PEREBOR_RUN_PREDICT_TABLES_H
#define PEREBOR_RUN_PREDICT_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "perebor/fitted_pipeline.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/column_reference.h"

/** What is to be predicted, and with what. */
typedef struct predict_request {
    const perebor_result *result; /**< Has a current /model. */
    const char *file;             /**< What to call it in messages. */
    /** A folder with the experiment's tables under their names; or one table, if the experiment has
     * one: a file, "-" for standard input, or a pipe. NULL: those of the experiment. */
    const char *data;
    const char *folder;   /**< Where the experiment's folder is now; NULL: where it was. */
    const char *beside;   /**< Where scratch goes: beside this file; NULL: $TMPDIR. */
    int n_threads;        /**< Threads of this rank. */
    perebor_ranks *ranks; /**< All of them call; NULL: this process is alone. */
} predict_request;

/** Values that training did not have. */
typedef struct prediction_unknown {
    char *column, *example; /**< The first of them. */
    uint64_t n_rows;
    uint64_t part; /**< That the example is of. */
} prediction_unknown;

/** Something to be said once. */
typedef struct prediction_note {
    char *text;
    uint64_t order; /**< By the first part that says it. */
} prediction_note;

typedef struct prediction_lines prediction_lines;

/** Rows and what is said of them; empty on ranks but 0. Starts as {0}; released with
 * predict_release(). */
typedef struct prediction {
    uint64_t n_rows, n_trained, n_changed;
    bool has_id;       /**< The experiment names one. */
    const char *whole; /**< Why tables were held in memory; NULL: they were not. */
    prediction_note *warnings, *missing; /**< [n_…] missing: columns that no table has. */
    size_t n_warnings, n_missing;
    prediction_unknown *unknown; /**< [n_unknown] by column */
    size_t n_unknown;
    size_t n_columns;
    char **names;         /**< [n_columns] */
    column_drift *drifts; /**< [n_columns] */
    char **paths;         /**< [n_paths] of the tables that were read. */
    size_t n_paths;
    int n_threads; /**< That write them. */
    prediction_lines *lines;
} prediction;

/**
 * Loads tables as the experiment says, in the columns of the model, and scores their rows.
 *
 * Rows of training are known by their identifiers. Where the experiment has none they are known by
 * their number and values together, and a row of other values is new; where the tables lack it, no
 * row is.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_STOPPED   On request.
 * @retval others                As perebor_tables_load_frozen().
 */
PEREBOR_MUST_CHECK perebor_status predict_tables(prediction *prediction,
                                                 const predict_request *request,
                                                 perebor_error *error);

/** Receives bytes, in their order. */
typedef perebor_status predict_sink(void *context, const void *bytes, size_t size,
                                    perebor_error *error);

/** The names of the columns of predictions. */
extern const char predict_header[];

/** Writes predictions as CSV, header and a line a row. */
PEREBOR_MUST_CHECK perebor_status predict_write(const prediction *prediction, predict_sink *sink,
                                                void *context, perebor_error *error);

void predict_release(prediction *prediction);

#endif
