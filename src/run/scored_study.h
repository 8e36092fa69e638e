// SPDX-License-Identifier: MIT
/**
 * @file scored_study.h
 * The rows of a search with the probabilities that may be told of them, as refitting keeps them:
 * rows of training by models that had not seen them, rows of the test part by the model.
 */
#ifndef PEREBOR_RUN_SCORED_STUDY_H
#define PEREBOR_RUN_SCORED_STUDY_H

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/study.h"

/** Starts as {0}; released with scored_study_release(). */
typedef struct scored_study {
    size_t n_rows;                         /**< Rows of the study's dataset. */
    double *probabilities, *lower, *upper; /**< [n_rows] with the bounds of Venn and Abers. */
} scored_study;

/**
 * @param[in] study  Of the result's experiment.
 * @param[in] file   What to call the result in messages.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_FORMAT    /model is not what refitting writes.
 */
PEREBOR_MUST_CHECK perebor_status scored_study_make(scored_study *scored,
                                                    const perebor_study *study,
                                                    const perebor_result *result, const char *file,
                                                    perebor_error *error);

void scored_study_release(scored_study *scored);

#endif
