// SPDX-License-Identifier: MIT
/**
 * @file knapsack.h
 * Who is to get what: the multiple-choice knapsack problem with several limits.
 *
 *     maximise    Σ_i net(x_i)            x_i one of the options of row i, or none
 *     such that   Σ_i amount_k(x_i) <= capacity_k     for every limit k
 *
 * (Sinha and Zoltners, Operations Research 27, 1979, with more limits than one). The linear
 * relaxation has the value of the Lagrangian dual,
 *
 *     L(w) = Σ_k w_k capacity_k + Σ_i max(0, max_o net_o - Σ_k w_k amount_ko),    w >= 0,
 *
 * because a row's subproblem is solved by one option (Geoffrion, Mathematical Programming Study 2,
 * 1974). Every L(w) is a bound on the best plan, so that the gap of a plan that was found is known.
 *
 * Everything is computed by one thread in a fixed order with +, -, *, /, √ and base/arithmetic.h.
 * The plan is the same on any machine.
 */
#ifndef PEREBOR_OFFER_KNAPSACK_H
#define PEREBOR_OFFER_KNAPSACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

enum {
    KNAPSACK_MOST_USES = 3,     /**< Limits that one option may draw upon. */
    KNAPSACK_MOST_LIMITS = 512, /**< Limits that a problem may have. */
    KNAPSACK_NO_LIMIT = UINT16_MAX,
};

/** No option. */
#define KNAPSACK_NONE UINT32_MAX

/** What a row may get. */
typedef struct knapsack_option {
    double net;                          /**< Finite. */
    uint64_t amount;                     /**< That it takes of the first of its limits. */
    uint16_t limits[KNAPSACK_MOST_USES]; /**< Different ones, or KNAPSACK_NO_LIMIT; of each but the
                                              first it takes 1. */
    uint16_t label;                      /**< The caller's. */
} knapsack_option;

/** How much an option takes of its u-th limit. */
static inline uint64_t knapsack_amount(const knapsack_option *option, size_t u) {
    return u == 0 ? option->amount : 1;
}

/** Everything is borrowed. */
typedef struct knapsack {
    size_t n_rows;
    const uint32_t *first;          /**< [n_rows + 1] rising: options of row i are from first[i] to
                                         first[i + 1]. */
    const knapsack_option *options; /**< [first[n_rows]] each fits by itself. */
    size_t n_limits;                /**< At most KNAPSACK_MOST_LIMITS. */
    const uint64_t *capacity;       /**< [n_limits] below 2^62 */
} knapsack;

/** Starts as {0}; released with knapsack_plan_release(). */
typedef struct knapsack_plan {
    uint32_t *chosen; /**< [n_rows] which of the options, or KNAPSACK_NONE. */
    double net;       /**< What those chosen bring. */
    double bound;     /**< That of the linear relaxation: no plan has more. At least net. */
    double *price;    /**< [n_limits] w: what one more of a capacity is worth. */
    bool best;        /**< No plan has more than this one: all that could were looked at. */
} knapsack_plan;

/**
 * Finds a plan that keeps all limits.
 *
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status knapsack_solve(knapsack_plan *plan, const knapsack *problem,
                                                 perebor_error *error);

/** The option that a row would get at these prices, if nobody else did: of the greatest net less
 * what it uses, of equal ones the first; KNAPSACK_NONE where that is not above 0. */
uint32_t knapsack_wish(const knapsack *problem, const double *price, size_t row);

void knapsack_plan_release(knapsack_plan *plan);

#endif
