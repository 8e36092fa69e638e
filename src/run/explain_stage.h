// SPDX-License-Identifier: MIT
/**
 * @file explain_stage.h
 * Every row of a search's dataset explained by the model that refit keeps: the stage /explain of a
 * result file. Rank 0 has the file and the tables; all ranks explain.
 */
#ifndef PEREBOR_RUN_EXPLAIN_STAGE_H
#define PEREBOR_RUN_EXPLAIN_STAGE_H

#include "explain/explanation.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/explain_job.h"
#include "run/shared_model.h"
#include "run/study.h"

/** What rank 0 starts from. */
typedef struct explain_stage_source {
    perebor_result *result; /**< Gets the stage. */
    const char *file;       /**< For messages. */
} explain_stage_source;

/** Threads of a rank, and who hears how far it is. */
typedef struct explain_stage_threads {
    int asked; /**< 0: what was granted. */
    bool oversubscribe;
    const explain_watch *watch; /**< Or NULL. */
} explain_stage_threads;

/**
 * Explains, and puts the stage into the result in memory. One that is there, current and on the
 * same terms is taken as it is. Called by all ranks, which agree on how it ended.
 *
 * @param[in,out] shared    The study and the model; shared once something is to be computed.
 * @param[in]  source       Rank 0; NULL elsewhere.
 * @param[in]  terms        The same on every rank; the seed is the study's.
 * @param[in]  ready        Rank 0: PEREBOR_OK, or how it failed before, with @p error.
 * @param[out] explanation  Rank 0; released with explanation_release().
 * @param[out] made         Rank 0: whether the result is to be written.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no model, or it is not of the search as it is.
 * @retval PEREBOR_ERR_ARGUMENT  A game that cannot be played.
 * @retval PEREBOR_ERR_STOPPED   On request.
 */
PEREBOR_MUST_CHECK perebor_status explain_stage_make(
    perebor_ranks *ranks, shared_model *shared, const explain_stage_source *source,
    const explanation_terms *terms, perebor_status ready, const explain_stage_threads *threads,
    explanation *explanation, bool *made, perebor_error *error);

/** Reads the stage if it is there, current and on these terms. @param[out] found  Whether it is. */
PEREBOR_MUST_CHECK perebor_status explain_stage_find(const perebor_study *study,
                                                     const perebor_result *result,
                                                     const explanation_terms *terms,
                                                     explanation *explanation, bool *found,
                                                     perebor_error *error);

/**
 * Explains one row by the model of a file: takes it from the stage if that is there on these terms,
 * or makes it here and now, with the bits that the stage would have.
 *
 * @param[in] shared  Of one rank; loaded.
 */
PEREBOR_MUST_CHECK perebor_status explain_row_of_file(
    shared_model *shared, const perebor_result *result, const char *file,
    const explanation_terms *asked, uint32_t row, explanation *explanation, perebor_error *error);

/**
 * Explains some rows by a model, here and now, with the bits that the stage has. Not by the
 * retrained game.
 *
 * @param[in]  pipeline     Its scores can become probabilities.
 * @param[in]  rows         [n_rows] of the dataset; NULL: those of the background.
 * @param[out] explanation  Released with explanation_release().
 */
PEREBOR_MUST_CHECK perebor_status explain_some_rows(const perebor_study *study,
                                                    const perebor_fitted_pipeline *pipeline,
                                                    const explanation_terms *terms,
                                                    const uint32_t *rows, size_t n_rows,
                                                    explanation *explanation, perebor_error *error);

#endif
