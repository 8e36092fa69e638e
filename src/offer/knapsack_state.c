// SPDX-License-Identifier: MIT
#include "offer/knapsack_state.h"

#include <stdlib.h>

#include "offer/knapsack_dual.h"

double knapsack_state_reduced(const knapsack_state *state, uint32_t option) {
    return option == KNAPSACK_NONE
               ? 0.0
               : knapsack_reduced(&state->problem->options[option], state->price);
}

double knapsack_state_net(const knapsack_state *state, uint32_t option) {
    return option == KNAPSACK_NONE ? 0.0 : state->problem->options[option].net;
}

uint64_t knapsack_use_of(const knapsack *problem, uint32_t option, size_t limit) {
    for (size_t u = 0; option != KNAPSACK_NONE && u < KNAPSACK_MOST_USES; u++) {
        if (problem->options[option].limits[u] == limit) {
            return knapsack_amount(&problem->options[option], u);
        }
    }
    return 0;
}

bool knapsack_state_fits(const knapsack_state *state, size_t row, uint32_t option,
                         size_t repaired) {
    const knapsack *problem = state->problem;
    for (size_t u = 0; option != KNAPSACK_NONE && u < KNAPSACK_MOST_USES; u++) {
        uint16_t limit = problem->options[option].limits[u];
        if (limit == KNAPSACK_NO_LIMIT || limit == repaired) {
            continue;
        }
        uint64_t before = state->used[limit];
        uint64_t after = before - knapsack_use_of(problem, state->chosen[row], limit) +
                         knapsack_amount(&problem->options[option], u);
        if (after > problem->capacity[limit] && after > before) {
            return false;
        }
    }
    return true;
}

void knapsack_state_move(knapsack_state *state, size_t row, uint32_t option) {
    const uint32_t moved[] = {state->chosen[row], option};
    for (size_t side = 0; side < 2; side++) {
        for (size_t u = 0; moved[side] != KNAPSACK_NONE && u < KNAPSACK_MOST_USES; u++) {
            const knapsack_option *side_option = &state->problem->options[moved[side]];
            uint64_t amount = knapsack_amount(side_option, u);
            if (side_option->limits[u] != KNAPSACK_NO_LIMIT) {
                state->used[side_option->limits[u]] += side == 0 ? -amount : amount; // modulo 2^64
            }
        }
    }
    state->chosen[row] = option;
}

double knapsack_state_total(const knapsack_state *state) {
    double total = 0.0;
    for (size_t row = 0; row < state->problem->n_rows; row++) {
        total += knapsack_state_net(state, state->chosen[row]);
    }
    return total;
}

perebor_status knapsack_state_make(knapsack_state *state, const knapsack *problem,
                                   const double *price, double bound, perebor_error *error) {
    *state = (knapsack_state){.problem = problem, .price = price, .bound = bound};
    state->chosen = malloc((problem->n_rows + 1) * sizeof *state->chosen);
    state->used = calloc(problem->n_limits + 1, sizeof *state->used);
    if (state->chosen == NULL || state->used == NULL) {
        return perebor_no_memory(error, "for a plan of offers");
    }
    for (size_t row = 0; row < problem->n_rows; row++) {
        state->chosen[row] = KNAPSACK_NONE;
        knapsack_state_move(state, row, knapsack_wish(problem, price, row));
    }
    return PEREBOR_OK;
}

void knapsack_state_release(knapsack_state *state) {
    free(state->chosen);
    free(state->used);
    *state = (knapsack_state){0};
}
