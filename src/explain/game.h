// SPDX-License-Identifier: MIT
/**
 * @file game.h
 * What is meant by a column being absent, and what is shared out among the columns.
 *
 * A game gives a value v(S) to every set S of players (players.h); what a player is worth is made
 * of these values. Which game is played must be said wherever a value is shown, because different
 * games have different answers. With x the row that is explained and f the model:
 *
 *     interventional   v(S) = mean over background rows z of f(x on S, z elsewhere)
 *     path-dependent   v(S) = f where, at a node of a tree that asks an absent player, both ways
 *                      are gone, in the shares in which the training rows went (trees only)
 *     retrained        v(S) = f fitted on the columns of S alone
 */
#ifndef PEREBOR_EXPLAIN_GAME_H
#define PEREBOR_EXPLAIN_GAME_H

/** Stored in files: never renumber. */
typedef enum explain_game {
    EXPLAIN_INTERVENTIONAL = 0,
    EXPLAIN_PATH_DEPENDENT = 1,
    EXPLAIN_RETRAINED = 2,
} explain_game;

/** "interventional", "path_dependent", "retrained", NULL: what files and lists call a game. */
extern const char *const explain_game_names[];

/** What f is. Stored in files: never renumber. */
typedef enum explain_scale {
    EXPLAIN_SCORE = 0,       /**< What the model computes: log-odds, a margin or a share. */
    EXPLAIN_PROBABILITY = 1, /**< The probability that the pipeline predicts. */
} explain_scale;

/** "score", "probability", NULL. */
extern const char *const explain_scale_names[];

#endif
