// SPDX-License-Identifier: MIT
#include "offer/plan_problem.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"

/** The budget in whole parts, so that what is spent adds up in any order; costs are rounded up. */
static const double budget_parts = 1125899906842624.0; // 2^50

/** Adds a limit. A capacity that all rows together cannot use up is none. */
static uint16_t add_limit(plan_limits *limits, uint64_t capacity, size_t n_rows) {
    if (capacity >= n_rows) {
        return KNAPSACK_NO_LIMIT;
    }
    limits->capacity[limits->n] = capacity;
    return (uint16_t)limits->n++;
}

static void find_limits(plan_limits *limits, const offer_plan *plan) {
    const offer_settings *settings = plan->settings;
    *limits = (plan_limits){.budget = KNAPSACK_NO_LIMIT};
    if (isfinite(settings->budget) && settings->budget > 0.0) {
        limits->capacity[0] = (uint64_t)budget_parts;
        limits->budget = 0;
        limits->n = 1;
    }
    for (size_t c = 0; c < settings->n_channels; c++) {
        limits->channels[c] = add_limit(limits, settings->channels[c].capacity, plan->n_rows);
    }
    for (size_t o = 0; o < settings->n_offers; o++) {
        limits->offers[o] = add_limit(limits, settings->offers[o].capacity, plan->n_rows);
    }
}

bool plan_option(knapsack_option *option, const offer_plan *plan, const plan_limits *limits,
                 size_t row, size_t offer, offer_uplift uplift) {
    double cost = offer_cost(plan, row, offer);
    double net = offer_gain(plan, row, offer, uplift) - cost;
    // By the uplift that the plan counts on, so that plans for others choose among the same.
    bool is_little =
        plan->settings->least_net > 0.0 &&
        offer_gain(plan, row, offer, plan->settings->uplift) - cost < plan->settings->least_net;
    if (!(net > 0.0) || is_little ||
        cost > plan->settings->budget) { // also where either is not known
        return false;
    }
    *option = (knapsack_option){
        .net = net,
        .amount = limits->budget == KNAPSACK_NO_LIMIT
                      ? 0
                      : (uint64_t)ceil(cost / plan->settings->budget * budget_parts),
        .limits = {limits->budget, limits->channels[plan->settings->offers[offer].channel],
                   limits->offers[offer]},
        .label = (uint16_t)offer};
    return true;
}

perebor_status plan_problem_make(plan_problem *problem, const offer_plan *plan, offer_uplift uplift,
                                 perebor_error *error) {
    size_t n_most = plan->first_allowed[plan->n_rows];
    uint32_t n = 0;
    find_limits(&problem->limits, plan);
    problem->first = calloc(plan->n_rows + 1, sizeof *problem->first);
    problem->options = malloc((n_most + 1) * sizeof *problem->options);
    if (problem->first == NULL || problem->options == NULL) {
        return perebor_no_memory(error, "for %zu offers to rows", n_most);
    }
    for (size_t row = 0; row < plan->n_rows; row++) {
        problem->first[row] = n;
        for (uint32_t i = plan->first_allowed[row];
             plan->held[row] == 0 && i < plan->first_allowed[row + 1]; i++) {
            n += plan_option(&problem->options[n], plan, &problem->limits, row, plan->allowed[i],
                             uplift)
                     ? 1
                     : 0;
        }
    }
    problem->first[plan->n_rows] = n;
    problem->knapsack = (knapsack){.n_rows = plan->n_rows,
                                   .first = problem->first,
                                   .options = problem->options,
                                   .n_limits = problem->limits.n,
                                   .capacity = problem->limits.capacity};
    return PEREBOR_OK;
}

double plan_price_of_budget(const offer_plan *plan, double price) {
    return price * budget_parts / plan->settings->budget;
}

void plan_problem_release(plan_problem *problem) {
    free(problem->first);
    free(problem->options);
    *problem = (plan_problem){0};
}
