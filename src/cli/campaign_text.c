// SPDX-License-Identifier: MIT
#include "cli/campaign_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { name_width = 30 };

static void print_estimate(const campaign_estimate *estimate, int width) {
    if (isnan(estimate->value)) {
        printf("%*s", width, "-");
        return;
    }
    printf("%+*.4f (%+.4f to %+.4f)", width, estimate->value, estimate->low, estimate->high);
}

/** How many there are, and the share of them with the outcome. */
static void print_group(size_t n, double share, int width) {
    printf(" %*zu", width, n);
    if (n > 0) {
        printf("  %.4f", share);
    } else {
        printf("  %6s", "-");
    }
}

static void print_line(const char *name, const campaign_effect *effect) {
    size_t width = perebor_text_width(name, strlen(name));
    printf("%s%*s", name, (int)(width < name_width ? name_width - width : 0), "");
    print_group(effect->n_treated, effect->treated.share, 8);
    print_group(effect->n_untreated, effect->untreated.share, 9);
    fputs("  ", stdout);
    print_estimate(&effect->difference, 7);
    puts("");
}

void campaign_text_print_measured(const campaign_effect *all, bool wanted) {
    if (isnan(all->ratio.value)) {
        return;
    }
    if (wanted) {
        printf("measured: the treated have the outcome %.2f times as often (%.2f to %.2f)\n",
               all->ratio.value, all->ratio.low, all->ratio.high);
    } else {
        printf("measured: an uplift of %.1f %% (%.1f to %.1f), in the catalogue's terms\n",
               100.0 * (1.0 - all->ratio.value), 100.0 * (1.0 - all->ratio.high),
               100.0 * (1.0 - all->ratio.low));
    }
}

/** Whether there is an effect at all. */
static void print_verdict(const campaign_estimate *adjusted, bool wanted) {
    if (isnan(adjusted->value)) {
        return;
    }
    bool positive = adjusted->low > 0.0, negative = adjusted->high < 0.0;
    puts(!positive && !negative ? "The interval has 0 in it: the campaign does not show an effect."
         : positive == wanted   ? "The treatment did what it was to do."
                                : "The treatment did the opposite of what it was to do.");
}

void campaign_text_print(const campaign_stage *stage, const campaign_settings *settings) {
    const campaign_log *log = &stage->log;
    const campaign_measures *measures = &stage->measures;
    printf("outcome: %s is %s, which the treatment is to %s; intervals of 95 %%\n",
           settings->outcome.column, settings->outcome.positive,
           settings->wanted ? "bring" : "prevent");
    printf("%*s %8s   share %9s   share  difference (Newcombe)\n", name_width, "", "treated",
           "untreated");
    print_line("all", &measures->all);
    for (size_t o = 0; o < log->n_offers; o++) {
        print_line(log->offers[o], &measures->offers[o]);
    }
    printf("adjusted by the %s (Lin 2013, HC2): ",
           settings->score == NULL ? "probability" : settings->score);
    print_estimate(&measures->all.adjusted, 0);
    puts("");
    for (size_t k = 0; k < settings->n_shares; k++) {
        printf("among the %g %% with the highest %s: ", 100.0 * settings->shares[k],
               settings->score == NULL ? "probability" : settings->score);
        print_estimate(&measures->curve.uplift[k], 0);
        puts("");
    }
    fputs("Qini, gain per customer above treating as many at random: ", stdout);
    print_estimate(&measures->curve.qini, 0);
    puts("");
    campaign_text_print_measured(&measures->all, settings->wanted);
    print_verdict(&measures->all.adjusted, settings->wanted);
}
