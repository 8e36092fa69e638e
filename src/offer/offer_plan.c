// SPDX-License-Identifier: MIT
#include "offer/offer_plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/stream.h"
#include "base/try.h"
#include "offer/knapsack_dual.h"
#include "offer/plan_problem.h"
#include "segment/columns.h"
#include "statistics/two_proportions.h"

const char *const offer_outcome_names[] = {
    [OFFER_SENT] = "sent",
    [OFFER_HELD_OUT] = "held_out",
    [OFFER_NO_VALUE] = "no_value",
    [OFFER_NOT_ALLOWED] = "not_allowed",
    [OFFER_DOES_NOT_PAY] = "does_not_pay",
    [OFFER_NO_ROOM] = "no_room",
    NULL,
};

/** d: the discount of whoever buys. */
static double discount(const offer_plan *plan, size_t row, const offer_item *item) {
    if (!(item->cost_share > 0.0)) {
        return 0.0;
    }
    double revenue = plan->revenue->values[row] * plan->settings->revenue_unit;
    return item->cost_share * (revenue < 0.0 ? 0.0 : revenue);
}

double offer_gain(const offer_plan *plan, size_t row, size_t offer, offer_uplift uplift) {
    // u (E - d p)
    const offer_item *item = &plan->settings->offers[offer];
    return item->uplift[uplift] * (plan->rows->worth->at_risk[row] -
                                   discount(plan, row, item) * plan->rows->probabilities[row]);
}

double offer_cost(const offer_plan *plan, size_t row, size_t offer) {
    // message + offer + d (1 - p)
    const offer_item *item = &plan->settings->offers[offer];
    return plan->settings->channels[item->channel].cost + item->cost +
           discount(plan, row, item) * (1.0 - plan->rows->probabilities[row]);
}

bool offer_is_held_out(uint64_t seed, const char *name, double share) {
    uint8_t digest[PEREBOR_SHA256_SIZE];
    uint64_t key = 0;
    perebor_sha256_of(name, strlen(name), digest);
    for (size_t i = 0; i < 8; i++) {
        key |= (uint64_t)digest[i] << (8 * i);
    }
    perebor_stream stream = perebor_stream_make(seed, "offers hold-out");
    return perebor_stream_uniform(stream, key, 0) < share;
}

static perebor_status find_revenue(offer_plan *plan, const char *experiment, perebor_error *error) {
    const offer_settings *settings = plan->settings;
    if (settings->revenue == NULL) {
        return PEREBOR_OK;
    }
    plan->revenue = segment_find_column(plan->rows->dataset, settings->revenue);
    return plan->revenue != NULL && plan->revenue->n_levels == 0
               ? PEREBOR_OK
               : segment_fail_at(experiment, settings->revenue_at, error,
                                 "offers.revenue: %s \"%.100s\"; name one of the numeric "
                                 "features, or one of data.carry",
                                 plan->revenue == NULL ? "there is no column"
                                                       : "there are no numbers in",
                                 settings->revenue);
}

static perebor_status allocate(offer_plan *plan, perebor_error *error) {
    size_t n = plan->n_rows, n_offers = plan->settings->n_offers;
    plan->first_allowed = calloc(n + 1, sizeof *plan->first_allowed);
    plan->held = calloc(n + 1, sizeof *plan->held);
    plan->offer = malloc((n + 1) * sizeof *plan->offer);
    plan->outcome = calloc(n + 1, sizeof *plan->outcome);
    plan->offer_price = calloc(n_offers + 1, sizeof *plan->offer_price);
    plan->offers = calloc(n_offers + 1, sizeof *plan->offers);
    return plan->first_allowed == NULL || plan->held == NULL || plan->offer == NULL ||
                   plan->outcome == NULL || plan->offer_price == NULL || plan->offers == NULL
               ? perebor_no_memory(error, "for a plan of offers")
               : PEREBOR_OK;
}

/** Lists the offers that each row may get: counts, then fills. */
static perebor_status list_allowed(offer_plan *plan, perebor_error *error) {
    size_t n_offers = plan->settings->n_offers, n = 0;
    uint8_t *may = malloc(plan->n_rows * n_offers + 1);
    if (may == NULL) {
        return perebor_no_memory(error, "for a plan of offers");
    }
    for (size_t row = 0; row < plan->n_rows; row++) {
        plan->n_consenting += eligibility_consents(&plan->eligibility, row) ? 1 : 0;
        for (size_t o = 0; o < n_offers; o++) {
            uint8_t here = eligibility_ask(&plan->eligibility, row, o) == OFFER_MAY ? 1 : 0;
            may[row * n_offers + o] = here;
            plan->offers[o].n_may += here;
            n += here;
        }
    }
    plan->allowed = n >= UINT32_MAX ? NULL : malloc((n + 1) * sizeof *plan->allowed);
    if (plan->allowed == NULL) {
        free(may);
        return perebor_no_memory(error, "for %zu offers to rows", n);
    }
    n = 0;
    for (size_t row = 0; row < plan->n_rows; row++) {
        plan->first_allowed[row] = (uint32_t)n;
        for (size_t o = 0; o < n_offers; o++) {
            if (may[row * n_offers + o] != 0) {
                plan->allowed[n++] = (uint16_t)o;
            }
        }
    }
    plan->first_allowed[plan->n_rows] = (uint32_t)n;
    free(may);
    return PEREBOR_OK;
}

static void hold_out(offer_plan *plan) {
    char number[32];
    for (size_t row = 0; row < plan->n_rows; row++) {
        plan->held[row] = offer_is_held_out(plan->seed, offer_row_name(plan->rows, row, number),
                                            plan->settings->hold_out)
                              ? 1
                              : 0;
    }
}

/** Why a row has no offer. */
static offer_outcome why_none(const offer_plan *plan, const plan_limits *limits, size_t row) {
    knapsack_option option;
    bool pays = false;
    if (isnan(plan->rows->worth->at_risk[row])) {
        return OFFER_NO_VALUE;
    }
    if (plan->first_allowed[row] == plan->first_allowed[row + 1]) {
        return OFFER_NOT_ALLOWED;
    }
    for (uint32_t i = plan->first_allowed[row]; i < plan->first_allowed[row + 1]; i++) {
        pays = pays ||
               plan_option(&option, plan, limits, row, plan->allowed[i], plan->settings->uplift);
    }
    return pays ? OFFER_NO_ROOM : OFFER_DOES_NOT_PAY;
}

/** The offer that a row would have at the prices. */
static uint16_t wish(const offer_plan *plan, const plan_limits *limits, const double *price,
                     size_t row) {
    uint16_t wished = OFFER_NONE;
    double best = 0.0;
    for (uint32_t i = plan->first_allowed[row]; i < plan->first_allowed[row + 1]; i++) {
        knapsack_option option;
        if (plan_option(&option, plan, limits, row, plan->allowed[i], plan->settings->uplift)) {
            double reduced = knapsack_reduced(&option, price);
            wished = reduced > best ? option.label : wished;
            best = reduced > best ? reduced : best;
        }
    }
    return wished;
}

static void keep_prices(offer_plan *plan, const plan_limits *limits, const double *price) {
    const offer_settings *settings = plan->settings;
    plan->budget_price = limits->budget == KNAPSACK_NO_LIMIT
                             ? 0.0
                             : plan_price_of_budget(plan, price[limits->budget]);
    for (size_t c = 0; c < settings->n_channels; c++) {
        uint16_t limit = limits->channels[c];
        plan->channel_price[c] = limit == KNAPSACK_NO_LIMIT ? 0.0 : price[limit];
    }
    for (size_t o = 0; o < settings->n_offers; o++) {
        uint16_t limit = limits->offers[o];
        plan->offer_price[o] = limit == KNAPSACK_NO_LIMIT ? 0.0 : price[limit];
    }
}

/** Solves for the plan's uplift, and gives every row what becomes of it. */
static perebor_status choose(offer_plan *plan, perebor_error *error) {
    perebor_status status;
    plan_problem problem = {0};
    knapsack_plan solved = {0};
    PEREBOR_TRY(done, plan_problem_make(&problem, plan, plan->settings->uplift, error));
    PEREBOR_TRY(done, knapsack_solve(&solved, &problem.knapsack, error));
    plan->net = solved.net;
    plan->bound = solved.bound;
    plan->best = solved.best;
    keep_prices(plan, &problem.limits, solved.price);
    for (size_t row = 0; row < plan->n_rows; row++) {
        uint32_t chosen = solved.chosen[row];
        if (plan->held[row] != 0) {
            plan->offer[row] = wish(plan, &problem.limits, solved.price, row);
        } else {
            plan->offer[row] =
                chosen == KNAPSACK_NONE ? (uint16_t)OFFER_NONE : problem.options[chosen].label;
        }
        plan->outcome[row] =
            (uint8_t)(plan->offer[row] == OFFER_NONE ? why_none(plan, &problem.limits, row)
                      : plan->held[row] != 0         ? OFFER_HELD_OUT
                                                     : OFFER_SENT);
    }
done:
    knapsack_plan_release(&solved);
    plan_problem_release(&problem);
    return status;
}

static void add_figures(offer_figures *figures, const offer_figures *added) {
    figures->n_sent += added->n_sent;
    figures->n_held += added->n_held;
    figures->cost += added->cost;
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        figures->net[u] += added->net[u];
    }
}

/** Adds up what was chosen: by offer, then by channel. */
static void add_up(offer_plan *plan) {
    const offer_settings *settings = plan->settings;
    double gain = 0.0;
    for (size_t row = 0; row < plan->n_rows; row++) {
        uint16_t o = plan->offer[row];
        plan->n_outcomes[plan->outcome[row]] += 1;
        plan->all.n_may += plan->first_allowed[row] < plan->first_allowed[row + 1] ? 1 : 0;
        if (plan->outcome[row] == OFFER_HELD_OUT) {
            plan->offers[o].n_held += 1;
        } else if (plan->outcome[row] == OFFER_SENT) {
            double cost = offer_cost(plan, row, o);
            double p = plan->rows->probabilities[row];
            double u = settings->offers[o].uplift[settings->uplift];
            plan->offers[o].n_sent += 1;
            plan->offers[o].cost += cost;
            for (size_t level = 0; level < OFFER_N_UPLIFTS; level++) {
                plan->offers[o].net[level] += offer_gain(plan, row, o, (offer_uplift)level) - cost;
            }
            gain += offer_gain(plan, row, o, settings->uplift);
            plan->p_untreated += p;
            plan->p_treated += p * (1.0 - u);
        }
    }
    for (size_t o = 0; o < settings->n_offers; o++) {
        add_figures(&plan->channels[settings->offers[o].channel], &plan->offers[o]);
        add_figures(&plan->all, &plan->offers[o]);
    }
    // At the share s of the uplifts the plan brings s · gain - cost.
    plan->breaks_even = gain > 0.0 ? plan->all.cost / gain : (double)INFINITY;
}

/** The plans that other uplifts would have. */
static perebor_status replan(offer_plan *plan, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        offer_sensitivity *sensitivity = &plan->sensitivity[u];
        sensitivity->net = plan->all.net[u];
        if (u == plan->settings->uplift) {
            sensitivity->best_net = plan->net;
            sensitivity->best_sent = plan->all.n_sent;
            continue;
        }
        plan_problem problem = {0};
        knapsack_plan solved = {0};
        status = plan_problem_make(&problem, plan, (offer_uplift)u, error);
        if (status == PEREBOR_OK) {
            status = knapsack_solve(&solved, &problem.knapsack, error);
        }
        for (size_t row = 0; status == PEREBOR_OK && row < plan->n_rows; row++) {
            sensitivity->best_sent += solved.chosen[row] != KNAPSACK_NONE ? 1 : 0;
        }
        sensitivity->best_net = solved.net;
        knapsack_plan_release(&solved);
        plan_problem_release(&problem);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return status;
}

static const double test_level = 0.05, power_wanted = 0.8;

/** How sure a comparison of those sent and those held out would be. */
static void foretell_test(offer_plan *plan) {
    double sent = (double)plan->all.n_sent, held = (double)plan->all.n_held;
    plan->p_untreated = sent > 0.0 ? plan->p_untreated / sent : (double)NAN;
    plan->p_treated = sent > 0.0 ? plan->p_treated / sent : (double)NAN;
    plan->power =
        perebor_two_proportions_power(plan->p_treated, sent, plan->p_untreated, held, test_level);
    plan->size_needed =
        plan->settings->hold_out > 0.0 && sent > 0.0
            ? perebor_two_proportions_size(plan->p_treated, plan->p_untreated,
                                           1.0 - plan->settings->hold_out, test_level, power_wanted)
            : (double)INFINITY;
}

perebor_status offer_plan_make(offer_plan *plan, const offer_settings *settings,
                               const offer_rows *rows, uint64_t seed, const char *experiment,
                               perebor_error *error) {
    perebor_status status;
    plan->settings = settings;
    plan->rows = rows;
    plan->seed = seed;
    plan->n_rows = rows->dataset->n_rows;
    PEREBOR_TRY(done, allocate(plan, error));
    PEREBOR_TRY(done, find_revenue(plan, experiment, error));
    PEREBOR_TRY(done, eligibility_make(&plan->eligibility, settings, rows, experiment, error));
    PEREBOR_TRY(done, list_allowed(plan, error));
    hold_out(plan);
    PEREBOR_TRY(done, choose(plan, error));
    add_up(plan);
    PEREBOR_TRY(done, replan(plan, error));
    foretell_test(plan);
done:
    return status;
}

void offer_plan_release(offer_plan *plan) {
    eligibility_release(&plan->eligibility);
    free(plan->first_allowed);
    free(plan->allowed);
    free(plan->held);
    free(plan->offer);
    free(plan->outcome);
    free(plan->offer_price);
    free(plan->offers);
    *plan = (offer_plan){0};
}
