// SPDX-License-Identifier: MIT
/**
 * @file plan_problem.h
 * The knapsack problem of a plan of offers.
 */
#ifndef PEREBOR_OFFER_PLAN_PROBLEM_H
#define PEREBOR_OFFER_PLAN_PROBLEM_H

#include "offer/knapsack.h"
#include "offer/offer_plan.h"

/** The limits of a plan: the budget, channels and offers that have a capacity. */
typedef struct plan_limits {
    uint16_t budget;                        /**< KNAPSACK_NO_LIMIT: any. */
    uint16_t channels[OFFER_MOST_CHANNELS]; /**< [n_channels] */
    uint16_t offers[OFFER_MOST_OFFERS];     /**< [n_offers] */
    uint64_t capacity[KNAPSACK_MOST_LIMITS];
    size_t n;
} plan_limits;

/** Starts as {0}; released with plan_problem_release(). */
typedef struct plan_problem {
    plan_limits limits;
    uint32_t *first;          /**< [n_rows + 1] */
    knapsack_option *options; /**< Labelled with their offers. */
    knapsack knapsack;
} plan_problem;

/** The rows that are not held out, with the offers that bring something at an uplift. */
PEREBOR_MUST_CHECK perebor_status plan_problem_make(plan_problem *problem, const offer_plan *plan,
                                                    offer_uplift uplift, perebor_error *error);

/**
 * An offer to a row as an option.
 *
 * @return False: it brings nothing, or alone costs more than the budget.
 */
bool plan_option(knapsack_option *option, const offer_plan *plan, const plan_limits *limits,
                 size_t row, size_t offer, offer_uplift uplift);

/** What a price of the budget is for a unit of money. */
double plan_price_of_budget(const offer_plan *plan, double price);

void plan_problem_release(plan_problem *problem);

#endif
