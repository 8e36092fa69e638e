// SPDX-License-Identifier: MIT
/**
 * @file knapsack_state.h
 * A plan while it is being made: who has what, and what is used of every limit.
 */
#ifndef PEREBOR_OFFER_KNAPSACK_STATE_H
#define PEREBOR_OFFER_KNAPSACK_STATE_H

#include "offer/knapsack.h"

/** Starts as {0}; released with knapsack_state_release(). */
typedef struct knapsack_state {
    const knapsack *problem;
    const double *price; /**< [n_limits] of the bound */
    double bound;
    uint32_t *chosen; /**< [n_rows] */
    uint64_t *used;   /**< [n_limits] */
} knapsack_state;

/** Every row has what it wishes at the prices, whatever the limits. */
PEREBOR_MUST_CHECK perebor_status knapsack_state_make(knapsack_state *state,
                                                      const knapsack *problem, const double *price,
                                                      double bound, perebor_error *error);

/** Net less what is used, at the prices; 0 for KNAPSACK_NONE. */
double knapsack_state_reduced(const knapsack_state *state, uint32_t option);

/** Net; 0 for KNAPSACK_NONE. */
double knapsack_state_net(const knapsack_state *state, uint32_t option);

/** What an option uses of a limit. */
uint64_t knapsack_use_of(const knapsack *problem, uint32_t option, size_t limit);

/** Whether a row may have another option: no limit but @p repaired is overdrawn by more than it
 * was. @param[in] repaired  SIZE_MAX: none. */
bool knapsack_state_fits(const knapsack_state *state, size_t row, uint32_t option, size_t repaired);

/** Gives a row another option. */
void knapsack_state_move(knapsack_state *state, size_t row, uint32_t option);

/** The net of everybody, row after row. */
double knapsack_state_total(const knapsack_state *state);

void knapsack_state_release(knapsack_state *state);

/** Makes the plan keep all limits: whoever loses least, at the prices, for what it frees gives way.
 */
PEREBOR_MUST_CHECK perebor_status knapsack_repair(knapsack_state *state, perebor_error *error);

/** Uses what is left of the limits: the moves that lose least at the prices, and gain, come first.
 * Nobody is left who could gain by moving alone. */
PEREBOR_MUST_CHECK perebor_status knapsack_fill(knapsack_state *state, perebor_error *error);

/**
 * Searches among the rows whose choice is close at the prices for a better plan, depth first, with
 * a limited number of steps.
 *
 * @param[out] best  Whether no plan is better: nothing was left out.
 */
PEREBOR_MUST_CHECK perebor_status knapsack_improve(knapsack_state *state, bool *best,
                                                   perebor_error *error);

#endif
