// SPDX-License-Identifier: MIT
/**
 * @file retrained_model.h
 * What a trial says of rows that was fitted on some of its columns: v(S) of the retrained game.
 */
#ifndef PEREBOR_EXPLAIN_RETRAINED_MODEL_H
#define PEREBOR_EXPLAIN_RETRAINED_MODEL_H

#include <stdint.h>

#include "explain/retrained_game.h"

/** Asks a model on the scale of a game. @param[out] values  [n_rows] */
PEREBOR_MUST_CHECK perebor_status retrained_model_ask(const perebor_fitted_pipeline *pipeline,
                                                      explain_scale scale,
                                                      const perebor_dataset *dataset,
                                                      const uint32_t *rows, size_t n_rows,
                                                      perebor_workspace *workspace, double *values,
                                                      perebor_error *error);

/**
 * Fits the question's trial on some players' columns, and asks it about the question's rows.
 *
 * @param[in]  present    [players->n_players] who takes part; nobody: a constant takes their place.
 * @param      workspace  Left as it was.
 * @param[out] values     [question->n_rows] on the scale of the game.
 *
 * @retval others  As perebor_fitted_pipeline_fit_unsaved(); the message names the columns.
 */
PEREBOR_MUST_CHECK perebor_status retrained_model_score(const retrained_question *question,
                                                        const explain_players *players,
                                                        const uint8_t *present,
                                                        perebor_workspace *workspace,
                                                        double *values, perebor_error *error);

#endif
