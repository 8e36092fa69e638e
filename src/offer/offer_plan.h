// SPDX-License-Identifier: MIT
/**
 * @file offer_plan.h
 * Who gets which offer.
 *
 * Made to a row with probability p and value at risk E = p · value · horizon · share lost, an offer
 * that lowers the probability by the share u
 *
 *     gains   u (E - d p)
 *     costs   message + offer + d (1 - p),   d = cost share · revenue
 *     brings  gain - cost, its net.
 *
 * Whoever would have bought anyway uses a discount too, hence d (1 - p); those who are won use it
 * as well, which lessens what they bring. What a plan costs does not depend on the uplift. The plan
 * maximises the sum of net under the budget and the capacities (knapsack.h), over the rows that are
 * not held out. Who is held out depends on the seed and the identifier alone. A row that is held
 * out has the offer that it would wish at the plan's prices, for the two groups to be alike, and
 * gets no message.
 *
 * The shares u are assumptions. Nothing in the data of a search says what an offer does.
 */
#ifndef PEREBOR_OFFER_OFFER_PLAN_H
#define PEREBOR_OFFER_OFFER_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "offer/eligibility.h"
#include "offer/offer_rows.h"
#include "offer/offer_settings.h"
#include "perebor/status.h"

/** What becomes of a row. Values are stored in result files: never renumber. */
typedef enum offer_outcome {
    OFFER_SENT = 0,         /**< It gets the offer. */
    OFFER_HELD_OUT = 1,     /**< It would, and is held out, to compare with. */
    OFFER_NO_VALUE = 2,     /**< Nobody knows what it is worth. */
    OFFER_NOT_ALLOWED = 3,  /**< No offer is for it. */
    OFFER_DOES_NOT_PAY = 4, /**< Offers are for it, and none brings enough. */
    OFFER_NO_ROOM = 5,      /**< One would, but others bring more for budget or capacity. */
} offer_outcome;

enum { OFFER_N_OUTCOMES = 6 };

/** "sent", "held_out", "no_value", "not_allowed", "does_not_pay", "no_room", NULL. */
extern const char *const offer_outcome_names[];

/** The figures of an offer, of a channel, or of all. */
typedef struct offer_figures {
    uint64_t n_may, n_sent, n_held;
    double cost, net[OFFER_N_UPLIFTS]; /**< What those sent cost and bring. */
} offer_figures;

/** What if the uplift is another. */
typedef struct offer_sensitivity {
    double net;      /**< What this plan brings then. */
    double best_net; /**< What a plan made for it brings. */
    uint64_t best_sent;
} offer_sensitivity;

/** Starts as {0}; released with offer_plan_release(). */
typedef struct offer_plan {
    const offer_settings *settings;
    const offer_rows *rows;
    eligibility eligibility;
    const perebor_column *revenue;
    uint64_t seed;
    size_t n_rows;
    uint32_t *first_allowed; /**< [n_rows + 1] */
    uint16_t *allowed;       /**< [first_allowed[n_rows]] offers that each row may get */
    uint8_t *held;           /**< [n_rows] 1: held out, whatever the plan. */
    uint16_t *offer;         /**< [n_rows] OFFER_NONE: none. */
    uint8_t *outcome;        /**< [n_rows] offer_outcome */
    double net, bound;       /**< What those sent bring; no plan has more than the bound. */
    bool best;               /**< No plan is better. */
    double budget_price;     /**< What one more unit of budget would bring; 0 without a limit. */
    double channel_price[OFFER_MOST_CHANNELS];                 /**< The same for a message. */
    double *offer_price;                                       /**< [n_offers] */
    offer_figures all, channels[OFFER_MOST_CHANNELS], *offers; /**< [n_offers] */
    uint64_t n_outcomes[OFFER_N_OUTCOMES];
    uint64_t n_consenting;
    offer_sensitivity sensitivity[OFFER_N_UPLIFTS];
    double breaks_even; /**< The share of the uplifts assumed from which on the plan pays. */
    double p_untreated, p_treated; /**< Mean probability of those sent: without and with it. */
    double power; /**< That of a test of the difference between those sent and those held out. */
    double
        size_needed; /**< Sent and held out together for a power of .8; infinite: none will do. */
} offer_plan;

/**
 * Makes a plan.
 *
 * @param[in] settings, rows  Outlive it.
 * @param[in] seed            Of who is held out.
 * @param[in] experiment      The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT    The settings name what the data does not have.
 * @retval PEREBOR_ERR_CONFLICT  See eligibility_make().
 */
PEREBOR_MUST_CHECK perebor_status offer_plan_make(offer_plan *plan, const offer_settings *settings,
                                                  const offer_rows *rows, uint64_t seed,
                                                  const char *experiment, perebor_error *error);

/** What an offer to a row gains at one of the uplifts, and what it costs. */
double offer_gain(const offer_plan *plan, size_t row, size_t offer, offer_uplift uplift);
double offer_cost(const offer_plan *plan, size_t row, size_t offer);

/** Whether a row is held out: of the seed and its name alone. */
bool offer_is_held_out(uint64_t seed, const char *name, double share);

void offer_plan_release(offer_plan *plan);

#endif
