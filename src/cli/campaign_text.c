// SPDX-License-Identifier: MIT
#include "cli/campaign_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { name_width = 30 };

static void print_estimate(const campaign_estimate *estimate, int width, language language) {
    if (isnan(estimate->value)) {
        printf("%*s", width, "-");
        return;
    }
    printf(IN_LANGUAGE(language, "%+*.4f (%+.4f to %+.4f)", "%+*.4f (от %+.4f до %+.4f)"), width,
           estimate->value, estimate->low, estimate->high);
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

static void print_line(const char *name, const campaign_effect *effect, language language) {
    size_t width = perebor_text_width(name, strlen(name));
    printf("%s%*s", name, (int)(width < name_width ? name_width - width : 0), "");
    print_group(effect->n_treated, effect->treated.share, 8);
    print_group(effect->n_untreated, effect->untreated.share, 9);
    fputs("  ", stdout);
    print_estimate(&effect->difference, 7, language);
    puts("");
}

void campaign_text_print_measured(const campaign_effect *all, bool wanted, language language) {
    if (isnan(all->ratio.value)) {
        return;
    }
    if (wanted) {
        printf(IN_LANGUAGE(language,
                           "measured: the treated have the outcome %.2f times as often (%.2f to "
                           "%.2f)\n",
                           "измерено: у получивших исход чаще в %.2f раза (от %.2f до %.2f)\n"),
               all->ratio.value, all->ratio.low, all->ratio.high);
    } else {
        printf(IN_LANGUAGE(language,
                           "measured: an uplift of %.1f %% (%.1f to %.1f), in the catalogue's "
                           "terms\n",
                           "измерено: эффект %.1f %% (от %.1f до %.1f), в понятиях каталога\n"),
               100.0 * (1.0 - all->ratio.value), 100.0 * (1.0 - all->ratio.high),
               100.0 * (1.0 - all->ratio.low));
    }
}

/** Whether there is an effect at all. */
static void print_verdict(const campaign_estimate *adjusted, bool wanted, language language) {
    if (isnan(adjusted->value)) {
        return;
    }
    bool positive = adjusted->low > 0.0, negative = adjusted->high < 0.0;
    puts(!positive && !negative
             ? IN_LANGUAGE(language,
                           "The interval has 0 in it: the campaign does not show an effect.",
                           "В интервале есть 0: эффекта кампания не показывает.")
         : positive == wanted
             ? IN_LANGUAGE(language, "The treatment did what it was to do.",
                           "Предложения подействовали как надо.")
             : IN_LANGUAGE(language, "The treatment did the opposite of what it was to do.",
                           "Предложения подействовали наоборот."));
}

void campaign_text_print(const campaign_stage *stage, const campaign_settings *settings,
                         language language) {
    const campaign_log *log = &stage->log;
    const campaign_measures *measures = &stage->measures;
    const char *by = settings->score != NULL ? settings->score
                                             : IN_LANGUAGE(language, "probability", "вероятность");
    printf(IN_LANGUAGE(language,
                       "outcome: %s is %s, which the treatment is to %s; intervals of 95 %%\n",
                       "исход: %s — %s, предложения должны его %s; интервалы 95 %%\n"),
           settings->outcome.column, settings->outcome.positive,
           settings->wanted ? IN_LANGUAGE(language, "bring", "вызвать")
                            : IN_LANGUAGE(language, "prevent", "предотвратить"));
    printf("%*s %s\n", name_width, "",
           IN_LANGUAGE(language, " treated   share untreated   share  difference (Newcombe)",
                       "получили    доля  контроль    доля  разность (Ньюкомб)"));
    print_line(IN_LANGUAGE(language, "all", "все"), &measures->all, language);
    for (size_t o = 0; o < log->n_offers; o++) {
        print_line(log->offers[o], &measures->offers[o], language);
    }
    printf(IN_LANGUAGE(language,
                       "adjusted by the %s (Lin 2013, HC2): ", "с поправкой (%s; Лин 2013, HC2): "),
           by);
    print_estimate(&measures->all.adjusted, 0, language);
    puts("");
    for (size_t k = 0; k < settings->n_shares; k++) {
        printf(IN_LANGUAGE(language, "among the %g %% with the highest %s: ",
                           "среди %g %% тех, у кого больше всего %s: "),
               100.0 * settings->shares[k], by);
        print_estimate(&measures->curve.uplift[k], 0, language);
        puts("");
    }
    fputs(IN_LANGUAGE(language, "Qini, gain per customer above treating as many at random: ",
                      "Qini, выигрыш на клиента сверх такого же числа наугад: "),
          stdout);
    print_estimate(&measures->curve.qini, 0, language);
    puts("");
    campaign_text_print_measured(&measures->all, settings->wanted, language);
    print_verdict(&measures->all.adjusted, settings->wanted, language);
}
