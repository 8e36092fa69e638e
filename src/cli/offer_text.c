// SPDX-License-Identifier: MIT
#include "cli/offer_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { name_width = 30 };

/** A name in so many columns of the terminal, cut if it is longer. */
static void print_name(const char *name, size_t columns) {
    size_t length = strlen(name), end = 0;
    while (end < length && perebor_text_width(name, end + 1) < columns) {
        end += 1;
    }
    while (end < length && ((unsigned char)name[end] & 0xc0) == 0x80) {
        end++; // not in the middle of a character
    }
    bool whole = perebor_text_width(name, length) <= columns;
    int shown = (int)(whole ? length : end);
    size_t width = perebor_text_width(name, (size_t)shown) + (whole ? 0 : 1);
    printf("%.*s%s%*s", shown, name, whole ? "" : "…", (int)(width < columns ? columns - width : 0),
           "");
}

static void print_figures(const offer_figures *figures, offer_uplift level) {
    printf(" %8" PRIu64 " %9" PRIu64 "  %10.4g  %10.4g  (%.4g to %.4g)\n", figures->n_sent,
           figures->n_held, figures->cost, figures->net[level], figures->net[OFFER_UPLIFT_LOW],
           figures->net[OFFER_UPLIFT_HIGH]);
}

static void print_offers(const offer_plan *plan) {
    const offer_settings *settings = plan->settings;
    print_name("offer", name_width);
    fputs(" ", stdout);
    print_name("channel", 12);
    puts("  may get     sent  held out        cost         net  (low to high)");
    for (size_t i = 0; i < settings->n_offers; i++) {
        print_name(settings->offers[i].title, name_width);
        fputs(" ", stdout);
        print_name(settings->channels[settings->offers[i].channel].title, 12);
        printf(" %8" PRIu64, plan->offers[i].n_may);
        print_figures(&plan->offers[i], settings->uplift);
    }
    print_name("all", name_width + 13);
    printf(" %8" PRIu64, plan->all.n_may);
    print_figures(&plan->all, settings->uplift);
}

/** Prices are known to about a millionth of what the plan brings. */
static bool is_worth_telling(const offer_plan *plan, double worth) {
    return worth > 1e-5 * plan->bound;
}

/** What is used of a limit, and what one more would bring. */
static void print_limits(const offer_plan *plan) {
    const offer_settings *settings = plan->settings;
    if (isfinite(settings->budget)) {
        printf("budget: %.4g of %.4g spent", plan->all.cost, settings->budget);
        if (is_worth_telling(plan, plan->budget_price * settings->budget)) {
            printf("; one more would bring %.3g more", plan->budget_price);
        }
        puts("");
    }
    for (size_t c = 0; c < settings->n_channels; c++) {
        const offer_channel *channel = &settings->channels[c];
        printf("%s: %" PRIu64 " messages", channel->title, plan->channels[c].n_sent);
        if (channel->capacity < UINT64_MAX) {
            printf(" of %" PRIu64, channel->capacity);
        }
        if (is_worth_telling(plan, plan->channel_price[c])) {
            printf("; one more would bring %.3g more", plan->channel_price[c]);
        }
        puts(channel->requires_consent ? ", to those alone who have agreed" : "");
    }
}

/** Who gets nothing, and why. */
static void print_others(const offer_plan *plan) {
    static const char *const why[OFFER_N_OUTCOMES] = {
        [OFFER_NO_VALUE] = "nobody knows what they are worth",
        [OFFER_NOT_ALLOWED] = "no offer is for them",
        [OFFER_DOES_NOT_PAY] = "no offer for them brings more than it costs",
        [OFFER_NO_ROOM] = "others bring more for the budget or the capacity",
    };
    for (size_t i = 0; i < OFFER_N_OUTCOMES; i++) {
        if (i == OFFER_DOES_NOT_PAY && plan->settings->least_net > 0.0 && plan->n_outcomes[i] > 0) {
            printf("no offer: %" PRIu64 " rows; no offer for them brings %.4g more than it costs\n",
                   plan->n_outcomes[i], plan->settings->least_net);
        } else if (why[i] != NULL && plan->n_outcomes[i] > 0) {
            printf("no offer: %" PRIu64 " rows; %s\n", plan->n_outcomes[i], why[i]);
        }
    }
}

static void print_bound(const offer_plan *plan) {
    double gap = plan->bound > 0.0 ? (plan->bound - plan->net) / plan->bound : 0.0;
    printf("net: %.6g, of at most %.6g by the bound of the linear relaxation: a gap of %.2g %%%s\n",
           plan->net, plan->bound, 100.0 * gap,
           plan->best && gap > 0.0 ? "; no plan brings more" : "");
}

static void print_sensitivity(const offer_plan *plan) {
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        const offer_sensitivity *sensitivity = &plan->sensitivity[u];
        if (u != plan->settings->uplift) {
            printf("if the uplift is %s: this plan brings %.4g; one made for it would bring %.4g "
                   "with %" PRIu64 " offers\n",
                   offer_uplift_names[u], sensitivity->net, sensitivity->best_net,
                   sensitivity->best_sent);
        }
    }
    if (plan->all.n_sent > 0 && isfinite(plan->breaks_even)) {
        printf("the plan pays from %.0f %% of the uplifts assumed on\n", 100.0 * plan->breaks_even);
    }
}

static void print_test(const offer_plan *plan) {
    if (plan->all.n_sent == 0) {
        return;
    }
    printf("held out: %.3g %% by identifier, %" PRIu64 " of them would get an offer\n",
           100.0 * plan->settings->hold_out, plan->all.n_held);
    printf("an effect as assumed (%.3f instead of %.3f) would be seen", plan->p_treated,
           plan->p_untreated);
    if (!isnan(plan->power)) {
        printf(" with probability %.2f", plan->power);
    } else {
        printf(" never");
    }
    if (isfinite(plan->size_needed)) {
        printf("; a power of .8 at the 5 %% level takes %.0f rows with an offer, held out or not",
               ceil(plan->size_needed));
    }
    puts("");
}

void offer_text_print(const offer_stage *stage) {
    const offer_plan *plan = &stage->plan;
    print_offers(plan);
    print_limits(plan);
    print_others(plan);
    print_bound(plan);
    print_sensitivity(plan);
    print_test(plan);
}
