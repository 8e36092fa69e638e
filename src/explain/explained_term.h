// SPDX-License-Identifier: MIT
/**
 * @file explained_term.h
 * A term of what is explained: a pipeline, or members of one that votes, side by side.
 *
 * What votes scores s(x) = sum_k (w_k / W) p_k(x), W = sum_k w_k: a sum of its members'
 * probabilities, and of nothing else of them: log-odds and margins do not add up. So
 *
 *     v_s(S) = sum_k (w_k / W) v_k(S)     for every set S of players (game.h),
 *
 * and, as a Shapley value is linear in the game (Shapley, 1953), phi_i(s) = sum_k (w_k / W)
 * phi_i(p_k); a column that member k does not look at is worth nothing to p_k. So a member whose
 * values are exact on the scale of probabilities, because its scores are shares, is a term by
 * itself. All others are one term together: their prepared columns lie side by side, and a column
 * of the data takes along all that any of them made of it. Few columns' coalitions are all asked;
 * of more orders are drawn. As the same orders are drawn for their
 * sum, its standard errors are measured, whether or not the members err alike.
 */
#ifndef PEREBOR_EXPLAIN_EXPLAINED_TERM_H
#define PEREBOR_EXPLAIN_EXPLAINED_TERM_H

#include <stdbool.h>

#include "explain/shapley.h"
#include "perebor/fitted_pipeline.h"

typedef struct explained_term {
    const perebor_fitted_pipeline **members; /**< [n_members] none of which votes itself. */
    double *weights; /**< [n_members] of their scores or probabilities in the term's. */
    size_t n_members;
    bool is_sum; /**< Members are explained together: it has no form. */
    explain_scale scale;
    double factor; /**< What the term is multiplied by in what is explained. */
    explain_players players;
    explain_shapley *shapley;
    uint32_t *places; /**< [players.n_players] among the players of all terms; NULL: the same. */
} explained_term;

/** Whether a pipeline's probabilities are its scores: shares that were not calibrated. */
bool explained_term_is_share(const perebor_fitted_pipeline *pipeline);

/**
 * Makes a term ready, whose members, weights, scale and factor are given.
 *
 * @param[in,out] term  In place: its address is kept. Released with explained_term_release().
 * @param         workspace  Owns what the term refers to.
 * @retval others  As explain_shapley_create().
 */
PEREBOR_MUST_CHECK perebor_status explained_term_make(
    explained_term *term, const perebor_dataset *dataset, const uint32_t *background,
    size_t n_background, const explain_shapley_options *options, perebor_workspace *workspace,
    perebor_error *error);

void explained_term_release(explained_term *term);

/** Rows as the term's model takes them: dense, those of its members side by side. */
PEREBOR_MUST_CHECK perebor_status explained_term_prepare(
    const explained_term *term, const perebor_dataset *dataset, const uint32_t *rows, size_t n_rows,
    perebor_workspace *workspace, perebor_matrix *prepared, perebor_error *error);

/**
 * The players of a pipeline: the columns of the data that it, or any of its members, looks at.
 * Prepared columns are those of the members side by side.
 */
PEREBOR_MUST_CHECK perebor_status explained_players_of(explain_players *players,
                                                       const perebor_fitted_pipeline *pipeline,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

#endif
