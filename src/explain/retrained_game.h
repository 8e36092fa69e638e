// SPDX-License-Identifier: MIT
/**
 * @file retrained_game.h
 * Shapley values of the retrained game: v(S) is what the trial says of a row that was fitted on the
 * columns of S alone (Lipovetsky and Conklin, "Analysis of regression in game theory approach",
 * Applied Stochastic Models in Business and Industry 17, 2001).
 *
 * No column is ever asked for values that it does not have, so there is no background; what one
 * column can say in place of another is shared between them. Players are the columns that the model
 * looks at. v(all) is the score of the model itself, and all models are fitted on its training
 * rows. Where trials vote, v(S) is the weighted mean of their probabilities, each fitted on the
 * columns of S alone. v(none) is the score of a model that was fitted on a constant; for nearest
 * neighbours, to whom all rows are then equally near, the share of the positive class.
 *
 * Up to EXPLAIN_MOST_ENUMERATED players every coalition is fitted, once for all rows:
 *
 *     phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)).
 *
 * With more players, orders are drawn. A round is an order and the same backwards, for all rows; a
 * coalition that a former round has fitted is not fitted again. Rows stop, each for itself, where
 * none of its standard errors exceeds what is enough, so that a row's values do not depend on the
 * others.
 *
 * What is computed goes in batches: lay a batch, compute the units of its part, add it; until all
 * rows are done. Batches are the same on every rank.
 */
#ifndef PEREBOR_EXPLAIN_RETRAINED_GAME_H
#define PEREBOR_EXPLAIN_RETRAINED_GAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/explain_part.h"
#include "explain/players.h"
#include "explain/recipe.h"
#include "explain/row_explainer.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/pipeline.h"

/** What is asked. Borrows everything. */
typedef struct retrained_question {
    const perebor_dataset *dataset;
    const perebor_fitted_pipeline *pipeline; /**< The model: of all players. */
    explain_recipe recipe;                   /**< That it was fitted of. */
    const uint32_t *training;                /**< [n_training] that it was fitted on. */
    size_t n_training;
    perebor_calibration_method method; /**< How its scores become probabilities. */
    row_explainer_options options;     /**< game is not looked at. */
    const uint32_t *rows;              /**< [n_rows] to be explained. */
    size_t n_rows;                     /**< At most retrained_game_most_rows(). */
    bool draws;                        /**< Orders, even where every coalition could be fitted. */
} retrained_question;

/** One game of some rows; owns its arrays. */
typedef struct retrained_game {
    retrained_question question;
    perebor_workspace workspace; /**< Owns all that follows. */
    explain_players players;
    bool receives; /**< This rank adds up: the others have no values. */
    bool exact;
    double standard_error; /**< What is enough of drawn orders; 0 where this rank does not add up.
                            */
    size_t room;           /**< Coalitions that are remembered. */
    size_t n_known;        /**< So many are, those of the batch included. */
    size_t n_before;       /**< Those of before the batch. */
    uint8_t *coalitions;   /**< [room][n_players] who is present. */
    double *known;         /**< [room][n_rows] what they say. */
    size_t n_rounds;       /**< Drawn, without the batch's. */
    size_t n_batch;        /**< Rounds of the batch. */
    uint32_t *orders;      /**< [n_batch][n_players] */
    uint8_t *coalition;    /**< [n_players] scratch */
    size_t *places;        /**< [2][n_players] scratch */
    double baseline;       /**< v(none), once it has been received. */
    double *all, *probabilities, *scores; /**< [n_rows] of the model, on the scale of the game too.
                                           */
    double *means, *squares;              /**< [n_rows][n_players] */
    double *errors;                       /**< [n_rows][n_players] */
    uint32_t *row_rounds;                 /**< [n_rows] 0: not done yet, or exact. */
} retrained_game;

/** So many rows can be explained at once in a quarter of a gibibyte. */
size_t retrained_game_most_rows(const perebor_fitted_pipeline *pipeline);

/**
 * Makes ready.
 *
 * @param[out] game      Stays where it is; released with retrained_game_release().
 * @param[in]  receives  Whether this rank adds up.
 */
PEREBOR_MUST_CHECK perebor_status retrained_game_begin(retrained_game *game,
                                                       const retrained_question *question,
                                                       bool receives, perebor_error *error);

void retrained_game_release(retrained_game *game);

/** Lays the next batch: which coalitions are to be fitted. */
void retrained_game_lay(retrained_game *game);

/** The coalitions of the batch that are not known yet, a unit each. The game must outlive it. */
explain_part retrained_game_part(retrained_game *game);

/** Takes the batch, once every unit has been received. @return Whether all rows are done. */
bool retrained_game_add(retrained_game *game);

/** Ends the batch, on every rank. */
void retrained_game_go_on(retrained_game *game);

/** v(none), the same for every row, and the probability that it is. Once a batch has been added. */
double retrained_game_baseline(const retrained_game *game);
double retrained_game_baseline_probability(const retrained_game *game);

/** What came of a row; the arrays are the game's. */
row_explanation retrained_game_row(const retrained_game *game, size_t row);

#endif
