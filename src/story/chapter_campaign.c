// SPDX-License-Identifier: MIT
// What a campaign did: the treated beside those held out.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/stage.h"
#include "story/chapter_offers.h"
#include "story/finding_codes.h"
#include "story/phrase.h"
#include "story/stored.h"

/** Value, low and high of an estimate, as the file has them in a row. */
enum { VALUE = 0, LOW = 1, HIGH = 2, N_ESTIMATE = 3 };

/** What the plan calls an offer of the log for people; its name where there is no such plan. */
static const char *title_of(const h5_node *plan, const char *name) {
    size_t n = stored_length(plan, "offer/name");
    const char *const *names = stored_texts(plan, "offer/name", n);
    const char *const *titles = stored_texts(plan, "offer/title", n);
    for (size_t i = 0; names != NULL && titles != NULL && i < n; i++) {
        if (strcmp(names[i], name) == 0) {
            return titles[i];
        }
    }
    return name;
}

/** The difference in the outcome, of all and by offer. */
static void show_differences(story *story, story_chapter *chapter, const h5_node *group,
                             const h5_node *plan) {
    size_t n_offers = stored_length(group, "offer/name");
    const char *const *names = stored_texts(group, "offer/name", n_offers);
    const double *all = stored_matrix(group, "all/difference", 1, N_ESTIMATE);
    const double *of_offers = stored_matrix(group, "offer/difference", n_offers, N_ESTIMATE);
    const int64_t *n_treated[2] = {stored_integers(story, group, "all/n_treated", 1),
                                   stored_integers(story, group, "offer/n_treated", n_offers)};
    const int64_t *n_untreated[2] = {stored_integers(story, group, "all/n_untreated", 1),
                                     stored_integers(story, group, "offer/n_untreated", n_offers)};
    bool by_offer = n_offers > 0 && names != NULL && of_offers != NULL && n_treated[1] != NULL &&
                    n_untreated[1] != NULL;
    const int64_t *n_positive[2] = {stored_integers(story, group, "all/positive_treated", 1),
                                    stored_integers(story, group, "all/positive_untreated", 1)};
    if (all == NULL || n_treated[0] == NULL || n_untreated[0] == NULL || n_positive[0] == NULL ||
        n_positive[1] == NULL) {
        return;
    }
    size_t n = 1 + (by_offer ? n_offers : 0);
    story_figure *figure = story_add_figure(story, chapter, "campaign-difference", "bars", n);
    story_text *offer = story_add_words(story, figure, "offer", "x", WORDS("offer", "предложение"));
    double *difference = story_add_numbers(story, figure, "difference", "y",
                                           WORDS("difference", "разность"), STORY_REAL, 3);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 3);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 3);
    double *treated = story_add_numbers(story, figure, "treated", "",
                                        WORDS("treated", "с предложением"), STORY_WHOLE, 0);
    double *untreated = story_add_numbers(story, figure, "untreated", "",
                                          WORDS("held out", "в контроле"), STORY_WHOLE, 0);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const double *estimate = i == 0 ? all : of_offers + (i - 1) * N_ESTIMATE;
        offer[i] =
            i == 0 ? WORDS("all", "все") : NAME(story_keep(story, title_of(plan, names[i - 1])));
        difference[i] = estimate[VALUE];
        low[i] = estimate[LOW];
        high[i] = estimate[HIGH];
        treated[i] = (double)(i == 0 ? n_treated[0][0] : n_treated[1][i - 1]);
        untreated[i] = (double)(i == 0 ? n_untreated[0][0] : n_untreated[1][i - 1]);
    }
    story_set_text(story, figure, "whiskers", "dot");
    const char *positive = story_keep(story, stored_text(group, "positive"));
    figure->title =
        PHRASE(story,
               "“{outcome}” is “{yes}” for {treated} % with an offer and {untreated} % held out: "
               "{difference} (95 %: {low} to {high})",
               "«{outcome}» — «{yes}» у {treated} % с предложением и у {untreated} % в контроле: "
               "{difference} (95 %: от {low} до {high})",
               GAP_TERM("outcome", story_keep(story, stored_text(group, "outcome"))),
               GAP_TERM("yes", positive),
               GAP_REAL("treated", 100.0 * (double)n_positive[0][0] / treated[0], 1),
               GAP_REAL("untreated", 100.0 * (double)n_positive[1][0] / untreated[0], 1),
               GAP_REAL("difference", all[VALUE], 3), GAP_REAL("low", all[LOW], 3),
               GAP_REAL("high", all[HIGH], 3));
    figure->note = WORDS("Share of the treated less share of the held out, with Newcombe's 95 %",
                         "Доля у получивших минус доля в контроле, с 95 % Ньюкомба");
}

/** The difference among those who come first by the model. */
static void show_uplift(story *story, story_chapter *chapter, const h5_node *group) {
    size_t n = stored_length(group, "curve/share");
    const double *share = stored_reals(group, "curve/share", n);
    const double *uplift = stored_matrix(group, "curve/uplift", n, N_ESTIMATE);
    const double *qini = stored_reals(group, "curve/qini", N_ESTIMATE);
    if (n == 0 || share == NULL || uplift == NULL || qini == NULL) {
        return;
    }
    story_figure *figure = story_add_figure(story, chapter, "campaign-uplift", "bars", n);
    const char **first = story_add_terms(story, figure, "first", "x",
                                         WORDS("of the rows that come first", "первые по модели"));
    double *difference = story_add_numbers(story, figure, "difference", "y",
                                           WORDS("difference", "разность"), STORY_REAL, 3);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 3);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        first[i] = story_format(story, "%g %%", 100.0 * share[i]);
        difference[i] = uplift[i * N_ESTIMATE + VALUE];
        low[i] = uplift[i * N_ESTIMATE + LOW];
        high[i] = uplift[i * N_ESTIMATE + HIGH];
    }
    story_set_text(story, figure, "whiskers", "dot");
    bool guides = qini[LOW] > 0.0, misguides = qini[HIGH] < 0.0;
    figure->title =
        guides      ? WORDS("Offers help most those who come first by the model",
                            "Предложения больше всего помогают тем, кто первый по модели")
        : misguides ? WORDS("Offers help least those who come first by the model",
                            "Предложения меньше всего помогают тем, кто первый по модели")
                    : WORDS("The model's order is not shown to say whom offers help",
                            "Не доказано, что порядок модели говорит, кому предложения помогают");
    figure->note = PHRASE(story, "Qini {qini} (95 %: {low} to {high}) above treating at random",
                          "Qini {qini} (95 %: от {low} до {high}) сверх случайного выбора",
                          GAP_REAL("qini", qini[VALUE], 4), GAP_REAL("low", qini[LOW], 4),
                          GAP_REAL("high", qini[HIGH], 4));
}

/** Whether it did what it was to do. */
static void judge(story *story, story_chapter *chapter, const h5_node *group) {
    const double *adjusted = stored_matrix(group, "all/adjusted", 1, N_ESTIMATE);
    const double *ratio = stored_matrix(group, "all/ratio", 1, N_ESTIMATE);
    bool wanted = stored_number(group, "wanted") != 0.0;
    if (adjusted == NULL || ratio == NULL || isnan(adjusted[VALUE])) {
        return;
    }
    bool proved = adjusted[LOW] > 0.0 || adjusted[HIGH] < 0.0;
    bool good = proved && (adjusted[LOW] > 0.0) == wanted;
    const phrase_gap gaps[] = {GAP_REAL("adjusted", adjusted[VALUE], 3),
                               GAP_REAL("low", adjusted[LOW], 3),
                               GAP_REAL("high", adjusted[HIGH], 3),
                               {.kind = PHRASE_END}};
    story_text sentence = phrase_fill(
        story,
        !proved ? WORDS("A campaign was measured and shows no effect: adjusted difference "
                        "{adjusted} (95 %: {low} to {high})",
                        "Кампания измерена, эффект не доказан: разность с поправкой {adjusted} "
                        "(95 %: от {low} до {high})")
        : good  ? WORDS("A campaign was measured: offers did what they were to do, adjusted "
                         "difference {adjusted} (95 %: {low} to {high})",
                        "Кампания измерена: предложения подействовали как надо, разность с "
                         "поправкой {adjusted} (95 %: от {low} до {high})")
                : WORDS("A campaign was measured: offers did the opposite of what they were to do, "
                         "adjusted difference {adjusted} (95 %: {low} to {high})",
                        "Кампания измерена: предложения подействовали наоборот, разность с "
                         "поправкой {adjusted} (95 %: от {low} до {high})"),
        gaps);
    story_add_paragraph(
        story, chapter,
        PHRASE(story, "{sentence}.", "{sentence}.", GAP_WORD("sentence", sentence)));
    story_add_finding(story, FINDING_CAMPAIGN, good ? STORY_NOTE : STORY_WARNING, "segments", "",
                      sentence);
    if (!wanted && isfinite(ratio[VALUE])) {
        story_add_paragraph(
            story, chapter,
            PHRASE(story,
                   "In the catalogue's terms that is an uplift of {uplift} % ({low} to {high}): "
                   "put it there instead of what was assumed.",
                   "В понятиях каталога это эффект {uplift} % (от {low} до {high}): впишите его "
                   "вместо предположенного.",
                   GAP_REAL("uplift", 100.0 * (1.0 - ratio[VALUE]), 1),
                   GAP_REAL("low", 100.0 * (1.0 - ratio[HIGH]), 1),
                   GAP_REAL("high", 100.0 * (1.0 - ratio[LOW]), 1)));
    }
}

void tell_campaign(telling *telling, story_chapter *chapter) {
    story *story = telling->story;
    const h5_node *group = stage_find(telling->result, "campaign");
    if (group != NULL) {
        group = telling_stage(telling, chapter, "campaign", "campaign --log LOG.csv",
                              WORDS("measures the campaign anew", "заново измерит кампанию"));
    }
    if (group != NULL) {
        judge(story, chapter, group);
        show_differences(story, chapter, group,
                         stage_is_current(telling->result, "offers")
                             ? stage_find(telling->result, "offers")
                             : NULL);
        show_uplift(story, chapter, group);
    }
}
