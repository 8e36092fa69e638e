// SPDX-License-Identifier: MIT
/**
 * @file offer_stage.h
 * Who gets which offer: the stage /offers of a result file.
 */
#ifndef PEREBOR_RUN_OFFER_STAGE_H
#define PEREBOR_RUN_OFFER_STAGE_H

#include "offer/contacts.h"
#include "offer/offer_plan.h"
#include "perebor/result_file.h"
#include "run/segmented_rows.h"
#include "run/study.h"

/** Starts as {0}; released with offer_stage_release(). */
typedef struct offer_stage {
    segmented_rows segmented;
    contacts contacts;
    offer_plan plan;
    char *advice; /**< Markdown; NULL: the experiment names no templates. */
} offer_stage;

/** What a plan is made of, beside the result. */
typedef struct offer_stage_source {
    const offer_settings *settings; /**< Outlive the stage. */
    const char *described;          /**< In which file they are, for messages. */
    const char *contacts;           /**< A table of earlier messages; NULL: there were none. */
    const char *file;               /**< What to call the result in messages. */
} offer_stage_source;

/**
 * Makes a plan for the rows of a search, and puts the stage /offers into the result in memory.
 *
 * @param[in] study  Of the result's experiment; its seed says who is held out. Outlives the stage.
 *
 * @retval PEREBOR_ERR_CONFLICT  There are no segments, or an offer needs reasons that there are
 *                               not.
 * @retval PEREBOR_ERR_FORMAT    The settings name what the data does not have.
 */
PEREBOR_MUST_CHECK perebor_status offer_stage_make(offer_stage *stage, const perebor_study *study,
                                                   perebor_result *result,
                                                   const offer_stage_source *source,
                                                   perebor_error *error);

void offer_stage_release(offer_stage *stage);

#endif
