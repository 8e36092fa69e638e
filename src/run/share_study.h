// SPDX-License-Identifier: MIT
/**
 * @file share_study.h
 * The study of a result file, and its model, on every rank: rank 0 has read the file and loaded the
 * tables, the others get the experiment's text, the pipeline, and a view of their node's one image
 * of the data.
 */
#ifndef PEREBOR_RUN_SHARE_STUDY_H
#define PEREBOR_RUN_SHARE_STUDY_H

#include "perebor/fitted_pipeline.h"
#include "perebor/ranks.h"
#include "perebor/status.h"
#include "run/study.h"

/**
 * Gives both to all ranks. Called by all of them; they agree on how it ended. Does nothing where
 * there is one.
 *
 * @param[in,out] study     Of rank 0; made elsewhere, freed with perebor_study_free(). The image
 *                          lives until perebor_ranks_close().
 * @param[in,out] pipeline  Of rank 0; made elsewhere, freed with perebor_fitted_pipeline_free().
 */
PEREBOR_MUST_CHECK perebor_status share_study(perebor_ranks *ranks, perebor_study **study,
                                              perebor_fitted_pipeline **pipeline,
                                              perebor_error *error);

#endif
