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

static void print_figures(const offer_figures *figures, offer_uplift level, language language) {
    printf(IN_LANGUAGE(language, " %8" PRIu64 " %9" PRIu64 "  %10.4g  %10.4g  (%.4g to %.4g)\n",
                       " %8" PRIu64 " %9" PRIu64 "  %10.4g  %10.4g  (%.4g – %.4g)\n"),
           figures->n_sent, figures->n_held, figures->cost, figures->net[level],
           figures->net[OFFER_UPLIFT_LOW], figures->net[OFFER_UPLIFT_HIGH]);
}

static void print_offers(const offer_plan *plan, language language) {
    const offer_settings *settings = plan->settings;
    print_name(IN_LANGUAGE(language, "offer", "предложение"), name_width);
    fputs(" ", stdout);
    print_name(IN_LANGUAGE(language, "channel", "канал"), 12);
    puts(IN_LANGUAGE(language,
                     "  may get     sent  held out        cost         net  (low to high)",
                     "   можно получат  контроль     затраты  чистый эфф.  (слабо–сильно)"));
    for (size_t i = 0; i < settings->n_offers; i++) {
        print_name(settings->offers[i].title, name_width);
        fputs(" ", stdout);
        print_name(settings->channels[settings->offers[i].channel].title, 12);
        printf(" %8" PRIu64, plan->offers[i].n_may);
        print_figures(&plan->offers[i], settings->uplift, language);
    }
    print_name(IN_LANGUAGE(language, "all", "все"), name_width + 13);
    printf(" %8" PRIu64, plan->all.n_may);
    print_figures(&plan->all, settings->uplift, language);
}

/** Prices are known to about a millionth of what the plan brings. */
static bool is_worth_telling(const offer_plan *plan, double worth) {
    return worth > 1e-5 * plan->bound;
}

/** What is used of a limit, and what one more would bring. */
static void print_limits(const offer_plan *plan, language language) {
    const offer_settings *settings = plan->settings;
    if (isfinite(settings->budget)) {
        printf(
            IN_LANGUAGE(language, "budget: %.4g of %.4g spent", "бюджет: потрачено %.4g из %.4g"),
            plan->all.cost, settings->budget);
        if (is_worth_telling(plan, plan->budget_price * settings->budget)) {
            printf(IN_LANGUAGE(language, "; one more would bring %.3g more",
                               "; ещё одна единица принесла бы %.3g"),
                   plan->budget_price);
        }
        puts("");
    }
    for (size_t c = 0; c < settings->n_channels; c++) {
        const offer_channel *channel = &settings->channels[c];
        printf(IN_LANGUAGE(language, "%s: %" PRIu64 " messages", "%s: сообщений %" PRIu64),
               channel->title, plan->channels[c].n_sent);
        if (channel->capacity < UINT64_MAX) {
            printf(IN_LANGUAGE(language, " of %" PRIu64, " из %" PRIu64), channel->capacity);
        }
        if (is_worth_telling(plan, plan->channel_price[c])) {
            printf(IN_LANGUAGE(language, "; one more would bring %.3g more",
                               "; ещё одно принесло бы %.3g"),
                   plan->channel_price[c]);
        }
        puts(!channel->requires_consent ? ""
                                        : IN_LANGUAGE(language, ", to those alone who have agreed",
                                                      ", только тем, кто дал согласие"));
    }
}

/** Who gets nothing, and why. */
static void print_others(const offer_plan *plan, language language) {
    static const struct {
        const char *english, *russian;
    } why[OFFER_N_OUTCOMES] = {
        [OFFER_NO_VALUE] = {"nobody knows what they are worth", "неизвестно, чего они стоят"},
        [OFFER_NOT_ALLOWED] = {"no offer is for them", "для них ничего нет"},
        [OFFER_DOES_NOT_PAY] = {"no offer for them brings more than it costs",
                                "ни одно не принесёт больше, чем стоит"},
        [OFFER_NO_ROOM] = {"others bring more for the budget or the capacity",
                           "бюджет и каналы нужнее другим"},
    };
    double least = plan->settings->least_net;
    for (size_t i = 0; i < OFFER_N_OUTCOMES; i++) {
        if (why[i].english == NULL || plan->n_outcomes[i] == 0) {
            continue;
        }
        printf(IN_LANGUAGE(language, "no offer: %" PRIu64 " row%s; ",
                           "без предложения: %" PRIu64 "%s; "),
               plan->n_outcomes[i],
               language == LANGUAGE_ENGLISH && plan->n_outcomes[i] != 1 ? "s" : "");
        if (i == OFFER_DOES_NOT_PAY && least > 0.0) {
            printf(IN_LANGUAGE(language, "no offer for them brings %.4g more than it costs\n",
                               "ни одно не принесёт на %.4g больше, чем стоит\n"),
                   least);
        } else {
            puts(IN_LANGUAGE(language, why[i].english, why[i].russian));
        }
    }
}

static void print_bound(const offer_plan *plan, language language) {
    double gap = plan->bound > 0.0 ? (plan->bound - plan->net) / plan->bound : 0.0;
    printf(IN_LANGUAGE(language,
                       "net: %.6g, of at most %.6g by the bound of the linear relaxation: a gap of "
                       "%.2g %%",
                       "чистый эффект: %.6g, не больше %.6g по границе линейной задачи: разрыв "
                       "%.2g %%"),
           plan->net, plan->bound, 100.0 * gap);
    puts(!plan->best || !(gap > 0.0)
             ? ""
             : IN_LANGUAGE(language, "; no plan brings more", "; больше не принесёт никакой план"));
}

static void print_sensitivity(const offer_plan *plan, language language) {
    static const char *const russian[] = {"слабый", "средний", "сильный"};
    for (size_t u = 0; u < OFFER_N_UPLIFTS; u++) {
        const offer_sensitivity *sensitivity = &plan->sensitivity[u];
        if (u != plan->settings->uplift) {
            printf(IN_LANGUAGE(language,
                               "if the uplift is %s: this plan brings %.4g; one made for it would "
                               "bring %.4g with %" PRIu64 " offers\n",
                               "если эффект %s: план принесёт %.4g; составленный под него — %.4g, "
                               "предложений %" PRIu64 "\n"),
                   IN_LANGUAGE(language, offer_uplift_names[u], russian[u]), sensitivity->net,
                   sensitivity->best_net, sensitivity->best_sent);
        }
    }
    if (plan->all.n_sent > 0 && isfinite(plan->breaks_even)) {
        printf(IN_LANGUAGE(language, "the plan pays from %.0f %% of the uplifts assumed on\n",
                           "план окупается с %.0f %% предположенного эффекта\n"),
               100.0 * plan->breaks_even);
    }
}

static void print_test(const offer_plan *plan, language language) {
    if (plan->all.n_sent == 0) {
        return;
    }
    printf(IN_LANGUAGE(language,
                       "held out: %.3g %% by identifier, %" PRIu64 " of them would get an offer\n",
                       "в контроле: %.3g %% по идентификатору, из них предложение получили бы "
                       "%" PRIu64 "\n"),
           100.0 * plan->settings->hold_out, plan->all.n_held);
    printf(IN_LANGUAGE(language, "an effect as assumed (%.3f instead of %.3f) would be seen",
                       "предположенный эффект (%.3f вместо %.3f) будет виден"),
           plan->p_treated, plan->p_untreated);
    if (!isnan(plan->power)) {
        printf(IN_LANGUAGE(language, " with probability %.2f", " с вероятностью %.2f"),
               plan->power);
    } else {
        fputs(IN_LANGUAGE(language, " never", ": никогда"), stdout);
    }
    if (isfinite(plan->size_needed)) {
        printf(IN_LANGUAGE(language,
                           "; a power of .8 at the 5 %% level takes %.0f rows with an offer, held "
                           "out or not",
                           "; для мощности 0.8 на уровне 5 %% нужно строк с предложением, вместе с "
                           "контролем: %.0f"),
               ceil(plan->size_needed));
    }
    puts("");
}

void offer_text_print(const offer_stage *stage, language language) {
    const offer_plan *plan = &stage->plan;
    print_offers(plan, language);
    print_limits(plan, language);
    print_others(plan, language);
    print_bound(plan, language);
    print_sensitivity(plan, language);
    print_test(plan, language);
}
