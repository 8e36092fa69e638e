// SPDX-License-Identifier: MIT
#include "offer/knapsack.h"

#include <assert.h>
#include <stdlib.h>

#include "base/try.h"
#include "offer/knapsack_dual.h"
#include "offer/knapsack_state.h"

uint32_t knapsack_wish(const knapsack *problem, const double *price, size_t row) {
    uint32_t wish = KNAPSACK_NONE;
    double best = 0.0;
    for (uint32_t o = problem->first[row]; o < problem->first[row + 1]; o++) {
        double reduced = knapsack_reduced(&problem->options[o], price);
        if (reduced > best) {
            best = reduced;
            wish = o;
        }
    }
    return wish;
}

perebor_status knapsack_solve(knapsack_plan *plan, const knapsack *problem, perebor_error *error) {
    perebor_status status;
    knapsack_state state = {0};
    knapsack_plan made = {.price = calloc(problem->n_limits + 1, sizeof(double))};
    assert(problem->n_limits <= KNAPSACK_MOST_LIMITS);
    if (made.price == NULL) {
        return perebor_no_memory(error, "for a plan of offers");
    }
    PEREBOR_TRY(done, knapsack_prices(problem, made.price, &made.bound, error));
    PEREBOR_TRY(done, knapsack_state_make(&state, problem, made.price, made.bound, error));
    PEREBOR_TRY(done, knapsack_repair(&state, error));
    PEREBOR_TRY(done, knapsack_fill(&state, error));
    PEREBOR_TRY(done, knapsack_improve(&state, &made.best, error));
    made.net = knapsack_state_total(&state);
    // Rounding may put the bound below a plan that keeps the limits.
    made.bound = made.bound < made.net ? made.net : made.bound;
    made.chosen = state.chosen;
    state.chosen = NULL;
    *plan = made;
    made = (knapsack_plan){0};
done:
    knapsack_state_release(&state);
    knapsack_plan_release(&made);
    return status;
}

void knapsack_plan_release(knapsack_plan *plan) {
    free(plan->chosen);
    free(plan->price);
    *plan = (knapsack_plan){0};
}
