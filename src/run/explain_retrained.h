// SPDX-License-Identifier: MIT
/**
 * @file explain_retrained.h
 * Rows explained by the retrained game (explain/retrained_game.h): its coalitions as jobs of all
 * ranks, batch by batch.
 */
#ifndef PEREBOR_RUN_EXPLAIN_RETRAINED_H
#define PEREBOR_RUN_EXPLAIN_RETRAINED_H

#include "explain/explanation.h"
#include "perebor/ranks.h"
#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/explain_job.h"
#include "run/model_recipe.h"
#include "run/shared_model.h"

/** What the game is played with. */
typedef struct retrained_stage_source {
    const shared_model *shared; /**< On every rank. */
    const explanation_terms *terms;
    const uint32_t *background; /**< [n_background] kept with the explanation: what is usual. */
    size_t n_background;
    const explain_watch *watch; /**< Or NULL. */
    model_recipe recipe;        /**< What /model was fitted of: retrained_source_read(). */
} retrained_stage_source;

/** Reads what /model was fitted of into the source's recipe, which is to be released.
 * @retval others  As model_recipe_read(). */
PEREBOR_MUST_CHECK perebor_status retrained_source_read(retrained_stage_source *source,
                                                        const perebor_result *result,
                                                        const char *file, perebor_error *error);

/**
 * Explains every row, on all ranks; they agree on how it ended.
 *
 * @param      source       What rank 0 has read is told to the others; its recipe is taken.
 * @param[out] explanation  Rank 0; released with explanation_release().
 */
PEREBOR_MUST_CHECK perebor_status explain_retrained_all(perebor_ranks *ranks,
                                                        retrained_stage_source *source,
                                                        int n_threads, explanation *explanation,
                                                        perebor_error *error);

/** Explains one row here and now, with the same bits. */
PEREBOR_MUST_CHECK perebor_status explain_retrained_row(retrained_stage_source *source,
                                                        uint32_t row, explanation *explanation,
                                                        perebor_error *error);

#endif
