// SPDX-License-Identifier: MIT
/**
 * @file segment_stage.h
 * The rows of a search put into segments: the stage /segments of a result file; and rows of other
 * tables put into the same ones.
 */
#ifndef PEREBOR_RUN_SEGMENT_STAGE_H
#define PEREBOR_RUN_SEGMENT_STAGE_H

#include "perebor/experiment.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/explained_tables.h"
#include "run/moved_sources.h"
#include "run/prediction_rows.h"
#include "run/scored_study.h"
#include "run/study.h"
#include "segment/segmentation.h"

/** Starts as {0}; released with segment_stage_release(). */
typedef struct segment_stage {
    scored_study scored;
    uint8_t *is_test;        /**< [n_rows] */
    segment_reasons reasons; /**< Those of the stage /explain, if it is current. */
    segment_rows rows;
    segmentation segmentation;
} segment_stage;

/**
 * Puts the rows of a search into segments, by the probabilities of the model that refit keeps and
 * the explanations of the stage /explain, and the stage /segments into the result in memory.
 *
 * @param[in] study     Of the result's experiment. Outlives the stage, as the result does.
 * @param[in] settings  Of the experiment that describes the segments. Outlive the stage.
 * @param[in] described In which file they are, for messages.
 * @param[in] file      What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_FORMAT    The settings name what the data does not have.
 */
PEREBOR_MUST_CHECK perebor_status segment_stage_make(segment_stage *stage,
                                                     const perebor_study *study,
                                                     perebor_result *result,
                                                     const segment_settings *settings,
                                                     const char *described, const char *file,
                                                     perebor_error *error);

void segment_stage_release(segment_stage *stage);

/** Rows of other tables. Starts as {0}; released with segment_tables_release(). */
typedef struct segment_tables {
    moved_sources moved;
    perebor_dataset *dataset;
    perebor_tables_report report;
    predictor predictor;
    scored_rows scored;
    explained_tables explained;
    segment_rows rows;
    segmentation segmentation;
} segment_tables;

/** What is asked of them. */
typedef struct segment_tables_source {
    const char *data;      /**< As predict_request has it, but no stream. */
    const char *described; /**< In which file the settings are, for messages. */
    const char *file;      /**< What to call the result in messages. */
    bool explain;          /**< The rows, so that they have drivers: explained_tables.h. */
} segment_tables_source;

/**
 * Loads tables as the experiment of a search says, scores their rows with its model, and puts them
 * into the segments of a stage: bands, quantiles, clusters and found rules are as the rows of the
 * search have them.
 *
 * @param[in] stage  Outlives the tables.
 *
 * @retval others  As perebor_tables_load_frozen() and explained_tables_make().
 */
PEREBOR_MUST_CHECK perebor_status segment_tables_make(
    segment_tables *tables, const segment_tables_source *source, const segment_stage *stage,
    const perebor_study *study, const perebor_result *result, perebor_error *error);

void segment_tables_release(segment_tables *tables);

#endif
