// SPDX-License-Identifier: MIT
#include "offer/offers_tree.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static double *add_reals(h5_tree *tree, h5_node *group, const char *name, size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_DOUBLE, 1, n, 0);
    return node == NULL ? NULL : node->array.data;
}

static int64_t *add_counts(h5_tree *tree, h5_node *group, const char *name, size_t n) {
    h5_node *node = h5_add_dataset(tree, group, name, H5_INT64, 1, n, 0);
    return node == NULL ? NULL : node->array.data;
}

static void add_customer_names(const offer_plan *plan, h5_tree *tree, h5_node *group) {
    const perebor_dataset *dataset = plan->rows->dataset;
    if (dataset->ids != NULL) {
        (void)h5_add_texts(tree, group, "id", dataset->ids, plan->n_rows);
    }
}

/** What became of every row. */
static void add_choices(const offer_plan *plan, h5_tree *tree, h5_node *group) {
    h5_node *offer = h5_add_dataset(tree, group, "offer", H5_INT32, 1, plan->n_rows, 0);
    h5_node *outcome = h5_add_dataset(tree, group, "outcome", H5_INT8, 1, plan->n_rows, 0);
    h5_node *consent = h5_add_dataset(tree, group, "consent", H5_INT8, 1, plan->n_rows, 0);
    if (outcome != NULL) {
        h5_set_flags(tree, outcome, offer_outcome_names);
    }
    bool whole = offer != NULL && outcome != NULL && consent != NULL;
    for (size_t row = 0; whole && row < plan->n_rows; row++) {
        ((int32_t *)offer->array.data)[row] =
            plan->offer[row] == OFFER_NONE ? -1 : (int32_t)plan->offer[row];
        ((int8_t *)outcome->array.data)[row] = (int8_t)plan->outcome[row];
        ((int8_t *)consent->array.data)[row] =
            eligibility_consents(&plan->eligibility, row) ? 1 : 0;
    }
}

/** What the offer of every row gains, costs and brings; NaN where there is none. */
static void add_money(const offer_plan *plan, h5_tree *tree, h5_node *group) {
    static const char *const net_names[OFFER_N_UPLIFTS] = {"net_low", "net_mid", "net_high"};
    double *gain = add_reals(tree, group, "gain", plan->n_rows);
    double *cost = add_reals(tree, group, "cost", plan->n_rows);
    double *net[OFFER_N_UPLIFTS];
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        net[u] = add_reals(tree, group, net_names[u], plan->n_rows);
    }
    for (size_t row = 0; net[OFFER_N_UPLIFTS - 1] != NULL && row < plan->n_rows; row++) {
        uint16_t o = plan->offer[row];
        bool none = o == OFFER_NONE;
        offer_uplift level = plan->settings->uplift;
        gain[row] = none ? (double)NAN : offer_gain(plan, row, o, level);
        cost[row] = none ? (double)NAN : offer_cost(plan, row, o);
        for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
            net[u][row] =
                none ? (double)NAN : offer_gain(plan, row, o, (offer_uplift)u) - cost[row];
        }
    }
}

/** Reasons as places in reason_column, -1 behind the last. */
static void add_reasons(const offer_plan *plan, h5_tree *tree, h5_node *group) {
    const offer_rows *rows = plan->rows;
    if (rows->shapley == NULL) {
        return;
    }
    (void)h5_add_texts(tree, group, "reason_column", rows->reason_columns, rows->n_reason_columns);
    h5_node *node =
        h5_add_dataset(tree, group, "reason", H5_INT32, 2, plan->n_rows, OFFER_TOLD_REASONS);
    for (size_t row = 0; node != NULL && row < plan->n_rows; row++) {
        uint16_t reasons[OFFER_TOLD_REASONS];
        offer_reasons_of(rows, plan->settings, row, reasons);
        for (size_t i = 0; i < OFFER_TOLD_REASONS; i++) {
            ((int32_t *)node->array.data)[row * OFFER_TOLD_REASONS + i] =
                reasons[i] == OFFER_NONE ? -1 : (int32_t)reasons[i];
        }
    }
}

/** n_may, n_sent, n_held, cost and net of offers or channels. */
static void add_figures(const offer_figures *figures, size_t n, bool with_may, h5_tree *tree,
                        h5_node *group) {
    static const char *const net_names[OFFER_N_UPLIFTS] = {"net_low", "net_mid", "net_high"};
    int64_t *may = with_may ? add_counts(tree, group, "n_may", n) : NULL;
    int64_t *sent = add_counts(tree, group, "n_sent", n);
    int64_t *held = add_counts(tree, group, "n_held_out", n);
    double *cost = add_reals(tree, group, "cost", n), *net[OFFER_N_UPLIFTS];
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        net[u] = add_reals(tree, group, net_names[u], n);
    }
    for (size_t i = 0; net[OFFER_N_UPLIFTS - 1] != NULL && i < n; i++) {
        if (may != NULL) {
            may[i] = (int64_t)figures[i].n_may;
        }
        sent[i] = (int64_t)figures[i].n_sent;
        held[i] = (int64_t)figures[i].n_held;
        cost[i] = figures[i].cost;
        for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
            net[u][i] = figures[i].net[u];
        }
    }
}

/** A capacity; -1: any number. */
static int64_t capacity_of(uint64_t capacity) {
    return capacity > (uint64_t)INT64_MAX ? -1 : (int64_t)capacity;
}

static void add_offers(const offer_plan *plan, h5_tree *tree, h5_node *parent) {
    const offer_settings *settings = plan->settings;
    size_t n = settings->n_offers;
    h5_node *group = h5_add_group(tree, parent, "offer");
    h5_node *name = h5_add_dataset(tree, group, "name", H5_TEXT, 1, n, 0);
    h5_node *title = h5_add_dataset(tree, group, "title", H5_TEXT, 1, n, 0);
    h5_node *channel = h5_add_dataset(tree, group, "channel", H5_INT32, 1, n, 0);
    h5_node *consent = h5_add_dataset(tree, group, "requires_consent", H5_INT8, 1, n, 0);
    h5_node *uplift = h5_add_dataset(tree, group, "uplift", H5_DOUBLE, 2, n, OFFER_N_UPLIFTS);
    int64_t *capacity = add_counts(tree, group, "capacity", n);
    double *price = add_reals(tree, group, "price", n);
    for (size_t i = 0; price != NULL && i < n; i++) {
        const offer_item *offer = &settings->offers[i];
        ((const char **)name->array.data)[i] = h5_keep_text(tree, offer->name);
        ((const char **)title->array.data)[i] = h5_keep_text(tree, offer->title);
        ((int32_t *)channel->array.data)[i] = (int32_t)offer->channel;
        ((int8_t *)consent->array.data)[i] = offer_requires_consent(settings, i) ? 1 : 0;
        memcpy((double *)uplift->array.data + i * OFFER_N_UPLIFTS, offer->uplift,
               sizeof offer->uplift);
        capacity[i] = capacity_of(offer->capacity);
        price[i] = plan->offer_price[i];
    }
    add_figures(plan->offers, n, true, tree, group);
}

static void add_channels(const offer_plan *plan, h5_tree *tree, h5_node *parent) {
    const offer_settings *settings = plan->settings;
    size_t n = settings->n_channels;
    h5_node *group = h5_add_group(tree, parent, "channel");
    h5_node *name = h5_add_dataset(tree, group, "name", H5_TEXT, 1, n, 0);
    h5_node *title = h5_add_dataset(tree, group, "title", H5_TEXT, 1, n, 0);
    h5_node *consent = h5_add_dataset(tree, group, "requires_consent", H5_INT8, 1, n, 0);
    int64_t *capacity = add_counts(tree, group, "capacity", n);
    double *price = add_reals(tree, group, "price", n);
    for (size_t i = 0; price != NULL && i < n; i++) {
        ((const char **)name->array.data)[i] = h5_keep_text(tree, settings->channels[i].name);
        ((const char **)title->array.data)[i] = h5_keep_text(tree, settings->channels[i].title);
        ((int8_t *)consent->array.data)[i] = settings->channels[i].requires_consent ? 1 : 0;
        capacity[i] = capacity_of(settings->channels[i].capacity);
        price[i] = plan->channel_price[i];
    }
    add_figures(plan->channels, n, false, tree, group);
}

static void add_sensitivity(const offer_plan *plan, h5_tree *tree, h5_node *parent) {
    h5_node *group = h5_add_group(tree, parent, "sensitivity");
    (void)h5_add_texts(tree, group, "uplift", offer_uplift_names, OFFER_N_UPLIFTS);
    double *net = add_reals(tree, group, "net", OFFER_N_UPLIFTS);
    double *best = add_reals(tree, group, "best_net", OFFER_N_UPLIFTS);
    int64_t *sent = add_counts(tree, group, "best_n_sent", OFFER_N_UPLIFTS);
    for (size_t u = 0; sent != NULL && u < OFFER_N_UPLIFTS; u++) {
        net[u] = plan->sensitivity[u].net;
        best[u] = plan->sensitivity[u].best_net;
        sent[u] = (int64_t)plan->sensitivity[u].best_sent;
    }
}

void offers_to_tree(const offer_plan *plan, h5_tree *tree, h5_node *group) {
    const offer_settings *settings = plan->settings;
    h5_set_integer(tree, group, "version", OFFERS_VERSION);
    h5_set_real(tree, group, "budget", settings->budget);
    h5_set_real(tree, group, "least_net", settings->least_net);
    h5_set_text(tree, group, "uplift", offer_uplift_names[settings->uplift]);
    h5_set_real(tree, group, "hold_out", settings->hold_out);
    h5_set_unsigned(tree, group, "seed", plan->seed);
    h5_set_real(tree, group, "net", plan->net);
    h5_set_real(tree, group, "bound", plan->bound);
    h5_set_integer(tree, group, "best", plan->best ? 1 : 0);
    h5_set_real(tree, group, "cost", plan->all.cost);
    h5_set_real(tree, group, "budget_price", plan->budget_price);
    h5_set_real(tree, group, "breaks_even", plan->breaks_even);
    h5_set_real(tree, group, "p_untreated", plan->p_untreated);
    h5_set_real(tree, group, "p_treated", plan->p_treated);
    h5_set_real(tree, group, "power", plan->power);
    h5_set_real(tree, group, "size_needed", plan->size_needed);
    h5_node *customers = h5_add_group(tree, group, "customers");
    add_customer_names(plan, tree, customers);
    add_choices(plan, tree, customers);
    add_reasons(plan, tree, customers);
    add_money(plan, tree, customers);
    add_offers(plan, tree, group);
    add_channels(plan, tree, group);
    add_sensitivity(plan, tree, group);
}
