// SPDX-License-Identifier: MIT
/**
 * @file players.h
 * Who takes part: the columns of the data as they were before preparation.
 *
 * A model sees prepared columns: scaled numbers, a column for each level of a nominal one. People
 * ask about the columns that they know. So the players of every game in this room are dataset
 * columns, and the prepared columns that come from one move together: a player who is absent
 * takes all of its prepared columns along. A dataset column from which no prepared column is kept
 * is no player: the model does not look at it, and whatever is explained by it is nothing.
 *
 * explain_players_group() makes one player of any columns that are to be explained together.
 */
#ifndef PEREBOR_EXPLAIN_PLAYERS_H
#define PEREBOR_EXPLAIN_PLAYERS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/preparation.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** The players of one model. Lives in a workspace. */
typedef struct explain_players {
    size_t n_players;
    size_t n_prepared;         /**< Columns of the prepared rows. */
    const uint32_t *sources;   /**< [n_players] the dataset column (of several merged ones the
                                    first), rising. */
    const uint32_t *first;     /**< [n_players + 1] where a player's columns begin in `prepared`. */
    const uint32_t *prepared;  /**< [n_prepared] prepared columns, player by player, rising. */
    const uint32_t *player_of; /**< [n_prepared] the player that a prepared column moves with. */
} explain_players;

/** Makes the players of a preparation: a dataset column each. */
PEREBOR_MUST_CHECK perebor_status explain_players_make(explain_players *players,
                                                       const perebor_preparation *preparation,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

/**
 * Makes players of given prepared columns.
 *
 * @param[in] groups  [n_prepared] any numbers: columns of equal ones are a player, and players are
 *                    in the order of these numbers, which become their sources.
 */
PEREBOR_MUST_CHECK perebor_status explain_players_group(explain_players *players,
                                                        const uint32_t *groups, size_t n_prepared,
                                                        perebor_workspace *workspace,
                                                        perebor_error *error);

#endif
