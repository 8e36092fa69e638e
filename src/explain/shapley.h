// SPDX-License-Identifier: MIT
/**
 * @file shapley.h
 * Shapley values: what each column adds to, or takes from, the score of a row.
 *
 * The value of player i is the mean, over all orders in which the players may come in, of what
 * v gains when i does; the values of a row add up to v(all) - v(none), its score less the baseline
 * (Shapley, "A value for n-person games", 1953). How they are found depends on the form of the
 * model, never on the learner that made it:
 *
 *     linear     phi_i = sum over the columns of i of w (x - mean of the background)
 *     trees      path-dependent: quadrature of the leaves' products (after Wettenstein, Mitchell
 *                and Yu, "Quadrature-TreeSHAP", 2026); interventional: the same integrals, once for
 *                every way in which background rows miss a leaf
 *     kernel     rbf: quadrature of products of Gaussians; poly: quadrature of truncated series, up
 *                to EXPLAIN_HIGHEST_POWER
 *     monomials  quadrature of products of powers
 *     neighbors  every coalition, up to EXPLAIN_MOST_ENUMERATED players
 *     no form    every coalition, up to EXPLAIN_MOST_ASKED players
 *     all else   and whatever on the scale of probabilities: drawn orders, with standard errors
 *
 * Shapes: rows are prepared rows; values are [n_rows][n_players].
 */
#ifndef PEREBOR_EXPLAIN_SHAPLEY_H
#define PEREBOR_EXPLAIN_SHAPLEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/game.h"
#include "explain/players.h"
#include "perebor/matrix.h"
#include "perebor/model_form.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

enum {
    EXPLAIN_HIGHEST_POWER = 32,
    EXPLAIN_MOST_ENUMERATED = 12, /**< 4096 coalitions. */
    EXPLAIN_MOST_ASKED = 7,       /**< 128, of models without a form. */
    EXPLAIN_BLOCK = 8,            /**< Rows that are explained together, a lane each. */
};

/** What is explained: a model and how it scores. */
typedef struct explain_model {
    const perebor_model_form *form; /**< NULL: it has none. */
    /** Scores prepared rows, on the scale of the game. Called by any number of threads. */
    perebor_status (*score)(const void *context, const perebor_matrix *rows,
                            perebor_workspace *workspace, double *scores, perebor_error *error);
    const void *context;
    /** Whether score() is the form's own f, but for rounding to its grain. */
    bool scores_form;
} explain_model;

typedef struct explain_shapley_options {
    explain_game game;
    bool sample;           /**< Even where an exact way is known. */
    double standard_error; /**< What is enough for every player where orders are drawn. */
    size_t most_rounds;    /**< No more are drawn, but 8 at least. */
    uint64_t seed;
} explain_shapley_options;

/** What came of a row. */
typedef struct explain_shapley_row {
    double *values;         /**< [n_players] */
    double *standard_error; /**< [n_players] of drawn orders; 0 where values are exact. */
    uint32_t n_rounds;      /**< Drawn; 0 where values are exact. */
} explain_shapley_row;

/** A model made ready to be explained. It never changes, so that any number of threads may use it.
 */
typedef struct explain_shapley explain_shapley;

/**
 * Makes a model ready.
 *
 * @param[out] shapley     Freed with explain_shapley_free(); borrows all that it is given.
 * @param[in]  background  [n][n_prepared], at least a row: what stands in for absent columns. Not
 *                         looked at by the path-dependent game.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The path-dependent game of what is no tree, or on another scale;
 *                               the retrained one, which is no model's.
 */
PEREBOR_MUST_CHECK perebor_status explain_shapley_create(
    explain_shapley **shapley, const explain_model *model, const explain_players *players,
    const perebor_matrix *background, const explain_shapley_options *options, perebor_error *error);

void explain_shapley_free(explain_shapley *shapley);

/** v(none): the mean score of the background, or of the training rows as a tree has them. */
double explain_shapley_baseline(const explain_shapley *shapley);

/** Whether values are exact: no orders are drawn. */
bool explain_shapley_is_exact(const explain_shapley *shapley);

/**
 * Explains a block of rows. The values of a row do not depend on the others.
 *
 * @param[in]  rows    [n_rows][n_prepared], at most EXPLAIN_BLOCK of them.
 * @param[in]  keys    [n_rows] what drawn orders depend on beside the seed.
 * @param      workspace  Left as it was.
 * @param[out] explained  [n_rows]
 *
 * @retval PEREBOR_ERR_NUMERIC  Scores leave the finite numbers.
 */
PEREBOR_MUST_CHECK perebor_status explain_shapley_rows(
    const explain_shapley *shapley, const perebor_matrix *rows, const uint64_t *keys,
    perebor_workspace *workspace, explain_shapley_row *explained, perebor_error *error);

#endif
