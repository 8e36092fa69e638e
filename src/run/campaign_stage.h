// SPDX-License-Identifier: MIT
/**
 * @file campaign_stage.h
 * What a campaign did: the stage /campaign of a result file.
 */
#ifndef PEREBOR_RUN_CAMPAIGN_STAGE_H
#define PEREBOR_RUN_CAMPAIGN_STAGE_H

#include "campaign/campaign_measures.h"
#include "perebor/result_file.h"
#include "run/scored_study.h"
#include "run/study.h"

/** Starts as {0}; released with campaign_stage_release(). */
typedef struct campaign_stage {
    scored_study scored;
    const char **offers;  /**< [n_rows] that /offers has for each; NULL: there is none. */
    campaign_part *parts; /**< [n_rows] likewise. */
    campaign_log log;
    campaign_measures measures;
} campaign_stage;

/** What is measured, beside the result. */
typedef struct campaign_stage_source {
    const campaign_settings *settings; /**< Outlive the stage. */
    const char *log;                   /**< The CSV file. */
    const char *file;                  /**< What to call the result in messages. */
} campaign_stage_source;

/**
 * Measures a campaign upon the rows of a search, and puts the stage /campaign into the result in
 * memory.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_FORMAT    See campaign_log_read().
 */
PEREBOR_MUST_CHECK perebor_status campaign_stage_make(campaign_stage *stage,
                                                      const perebor_study *study,
                                                      perebor_result *result,
                                                      const campaign_stage_source *source,
                                                      perebor_error *error);

void campaign_stage_release(campaign_stage *stage);

#endif
