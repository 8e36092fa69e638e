// SPDX-License-Identifier: MIT
/**
 * @file segment_stage.h
 * The rows of a search put into segments: the stage /segments of a result file.
 */
#ifndef PEREBOR_RUN_SEGMENT_STAGE_H
#define PEREBOR_RUN_SEGMENT_STAGE_H

#include "perebor/experiment.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/scored_study.h"
#include "run/study.h"
#include "segment/segmentation.h"

/** Starts as {0}; released with segment_stage_release(). */
typedef struct segment_stage {
    scored_study scored;
    segment_rows rows;
    segmentation segmentation;
} segment_stage;

/**
 * Puts the rows of a search into segments, by the probabilities of the model that refit keeps, and
 * the stage /segments into the result in memory.
 *
 * @param[in] study     Of the result's experiment. Outlives the stage.
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

#endif
