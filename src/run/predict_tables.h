// SPDX-License-Identifier: MIT
/**
 * @file predict_tables.h
 * Tables scored by the model that a result file keeps.
 */
#ifndef PEREBOR_RUN_PREDICT_TABLES_H
#define PEREBOR_RUN_PREDICT_TABLES_H

#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "perebor/tables.h"
#include "run/column_reference.h"

/** What the model knew of a row, by its identifier. */
typedef enum prediction_seen {
    PREDICTION_NEW = 0,     /**< It was not among the rows that the model was fitted on. */
    PREDICTION_TRAINED = 1, /**< It was, with the same values: it is scored out of fold. */
    PREDICTION_CHANGED = 2, /**< It was, with other values: it is scored as it is now. */
} prediction_seen;

/** "no", "same", "changed", NULL. */
extern const char *const prediction_seen_names[];

/** Rows and what is said of them. Starts as {0}; released with predict_release(). */
typedef struct prediction {
    perebor_fitted_pipeline *pipeline;
    perebor_dataset *dataset;
    perebor_tables_report tables;
    double *scores, *probabilities; /**< [n_rows] */
    double *lower, *upper;          /**< [n_rows] Venn and Abers, widened to the probability. */
    uint32_t *ranks;                /**< [n_rows] 1 for the highest probability; ties share it. */
    uint8_t *deciles;               /**< [n_rows] 1 for the highest tenth … 10. */
    uint8_t *seen;                  /**< [n_rows] prediction_seen */
    size_t n_trained, n_changed;
    column_drift *drifts; /**< [dataset->n_columns] */
} prediction;

/**
 * Loads tables as the experiment says, in the columns of the model, and scores their rows.
 *
 * Rows of training are known by their identifiers. Where the experiment has none they are known by
 * their number and values together, and a row of other values is new; where the tables lack it, no
 * row is.
 *
 * @param[in] file  The result file, which has a current /model.
 * @param[in] data  A folder with the experiment's tables under their names; or one table, if the
 *                  experiment has one. NULL: those of the experiment.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval others                As perebor_tables_load_frozen().
 */
PEREBOR_MUST_CHECK perebor_status predict_tables(prediction *prediction,
                                                 const perebor_result *result, const char *file,
                                                 const char *data, const char *folder,
                                                 perebor_error *error);

void predict_release(prediction *prediction);

/** A number for the values of a row in all columns: equal rows have one, others hardly ever. */
uint64_t predict_row_hash(const perebor_dataset *dataset, size_t row);

#endif
