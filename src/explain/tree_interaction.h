// SPDX-License-Identifier: MIT
/**
 * @file tree_interaction.h
 * Shapley interaction values of two players of a tree, path-dependent: what the two add to a row's
 * score together, beyond what either adds without the other (Grabisch and Roubens, "An axiomatic
 * approach to the concept of interaction among players in cooperative games", International Journal
 * of Game Theory 28, 1999),
 *
 *     I_ij = sum over S without i, j of |S|! (n - |S| - 2)! / (n - 1)!
 *            (v(S + i + j) - v(S + i) - v(S + j) + v(S)).
 *
 * A leaf of value v is worth v prod_j (a_j if j is present, else b_j) (shapley_tree_paths.c), whose
 * multilinear extension has the second derivative
 *
 *     I_ij = v (a_i - b_i) (a_j - b_j) int_0^1 prod_{k != i, j} (b_k + t (a_k - b_k)) dt,
 *
 * a polynomial in t of degree P - 2 where the path has P players: quadrature.h. XGBoost's
 * pred_interactions has half of it at [i][j] and half at [j][i].
 */
#ifndef PEREBOR_EXPLAIN_TREE_INTERACTION_H
#define PEREBOR_EXPLAIN_TREE_INTERACTION_H

#include <stddef.h>

#include "explain/players.h"
#include "perebor/matrix.h"
#include "perebor/model_form.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/**
 * Finds the interaction of two players in every row: the mean over the trees.
 *
 * @param[in]  one, other  Places of players, not the same.
 * @param[in]  rows        [n][n_prepared]
 * @param      workspace   Left as it was.
 * @param[out] values      [rows->n_rows]
 */
PEREBOR_MUST_CHECK perebor_status tree_interaction_find(const perebor_trees_form *trees,
                                                        const explain_players *players, size_t one,
                                                        size_t other, const perebor_matrix *rows,
                                                        perebor_workspace *workspace,
                                                        double *values, perebor_error *error);

#endif
