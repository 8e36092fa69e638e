// SPDX-License-Identifier: MIT
// Who gets which offer, what that is expected to bring, and what a campaign did.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "store/stage.h"
#include "story/chapter_offers.h"
#include "story/finding_codes.h"
#include "story/phrase.h"
#include "story/stored.h"

enum { SENT = 0, HELD_OUT = 1, N_OUTCOMES = 6, N_UPLIFTS = 3 };

/** What the stage has of the offers of its catalogue. */
typedef struct catalogue {
    size_t n, n_rows;
    const char *const *titles;
    const int64_t *channel_of, *may, *sent, *held, *capacity;
    const double *cost, *net[N_UPLIFTS], *uplift;
    const char *const *channels; /**< Titles; NULL: the file has none. */
    size_t n_channels;
    const int64_t *offer_of, *outcome_of; /**< [n_rows] of the customers */
    const double *net_of, *cost_of;       /**< [n_rows] */
    size_t level;                         /**< The uplift that the plan counts on. */
} catalogue;

/** The place of the uplift by which the plan was made. */
static size_t find_level(const h5_node *group) {
    static const char *const names[N_UPLIFTS] = {"low", "mid", "high"};
    const char *name = stored_text(group, "uplift");
    size_t level = 0;
    while (level + 1 < N_UPLIFTS && strcmp(names[level], name) != 0) {
        level++;
    }
    return level;
}

static bool read_catalogue(catalogue *read, story *story, const h5_node *group) {
    static const char *const offer_nets[] = {"offer/net_low", "offer/net_mid", "offer/net_high"};
    static const char *const nets[] = {"customers/net_low", "customers/net_mid",
                                       "customers/net_high"};
    size_t n = stored_length(group, "offer/name"), n_rows = stored_length(group, "customers/offer");
    size_t level = find_level(group);
    *read = (catalogue){.n = n,
                        .n_rows = n_rows,
                        .titles = stored_texts(group, "offer/title", n),
                        .channel_of = stored_integers(story, group, "offer/channel", n),
                        .may = stored_integers(story, group, "offer/n_may", n),
                        .sent = stored_integers(story, group, "offer/n_sent", n),
                        .held = stored_integers(story, group, "offer/n_held_out", n),
                        .capacity = stored_integers(story, group, "offer/capacity", n),
                        .cost = stored_reals(group, "offer/cost", n),
                        .uplift = stored_matrix(group, "offer/uplift", n, N_UPLIFTS),
                        .n_channels = stored_length(group, "channel/name"),
                        .offer_of = stored_integers(story, group, "customers/offer", n_rows),
                        .outcome_of = stored_integers(story, group, "customers/outcome", n_rows),
                        .net_of = stored_reals(group, nets[level], n_rows),
                        .cost_of = stored_reals(group, "customers/cost", n_rows),
                        .level = level};
    read->channels = stored_texts(group, "channel/title", read->n_channels);
    if (read->channels == NULL) { // of a file from before they were kept
        read->channels = stored_texts(group, "channel/name", read->n_channels);
    }
    bool whole = n > 0 && read->titles != NULL && read->channel_of != NULL && read->may != NULL &&
                 read->sent != NULL && read->held != NULL && read->capacity != NULL &&
                 read->cost != NULL && read->uplift != NULL && read->channels != NULL &&
                 read->offer_of != NULL && read->outcome_of != NULL && read->net_of != NULL &&
                 read->cost_of != NULL;
    for (size_t u = 0; u < N_UPLIFTS; u++) {
        read->net[u] = stored_reals(group, offer_nets[u], n);
        whole = whole && read->net[u] != NULL;
    }
    for (size_t i = 0; whole && i < n; i++) {
        whole = read->channel_of[i] >= 0 && (size_t)read->channel_of[i] < read->n_channels;
    }
    return whole;
}

/** Offers by what they bring, the greatest first. @return [n] places; NULL if memory is short. */
static size_t *order_offers(story *story, const catalogue *of) {
    size_t *order = story_allocate(story, of->n, sizeof *order);
    const double *net = of->net[of->level];
    for (size_t i = 0; order != NULL && i < of->n; i++) {
        size_t at = i;
        while (at > 0 && net[order[at - 1]] < net[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return order;
}

/** What each offer of the plan is expected to bring. */
static void show_offers(story *story, story_chapter *chapter, const catalogue *of) {
    static const story_text levels[N_UPLIFTS] = {
        {{"low", "слабом"}}, {{"middle", "среднем"}}, {{"high", "сильном"}}};
    size_t n = of->n;
    const size_t *order = order_offers(story, of);
    story_figure *figure = story_add_figure(story, chapter, "offers-plan", "bars", n);
    const char **title =
        story_add_terms(story, figure, "offer", "x", WORDS("offer", "предложение"));
    const char **channel = story_add_terms(story, figure, "channel", "", WORDS("channel", "канал"));
    double *net = story_add_numbers(story, figure, "net", "y", WORDS("net effect", "чистый эффект"),
                                    STORY_REAL, 1);
    double *low = story_add_numbers(story, figure, "low", "low",
                                    WORDS("if it works little", "если слабо"), STORY_REAL, 1);
    double *high = story_add_numbers(story, figure, "high", "high",
                                     WORDS("if it works well", "если сильно"), STORY_REAL, 1);
    double *sent =
        story_add_numbers(story, figure, "sent", "", WORDS("get it", "получат"), STORY_WHOLE, 0);
    double *held = story_add_numbers(story, figure, "held_out", "", WORDS("held out", "контроль"),
                                     STORY_WHOLE, 0);
    double *may = story_add_numbers(story, figure, "may", "", WORDS("may get it", "могли бы"),
                                    STORY_WHOLE, 0);
    double *most = story_add_numbers(story, figure, "capacity", "", WORDS("at most", "не больше"),
                                     STORY_WHOLE, 0);
    double *cost =
        story_add_numbers(story, figure, "cost", "", WORDS("cost", "затраты"), STORY_REAL, 2);
    double *uplift =
        story_add_numbers(story, figure, "uplift", "",
                          WORDS("uplift assumed", "предполагаемый эффект"), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    double n_all = 0.0, total = 0.0, spent = 0.0;
    for (size_t k = 0; k < n; k++) {
        size_t i = order[k];
        title[k] = story_keep(story, of->titles[i]);
        channel[k] = story_keep(story, of->channels[of->channel_of[i]]);
        net[k] = of->net[of->level][i];
        low[k] = of->net[0][i];
        high[k] = of->net[N_UPLIFTS - 1][i];
        sent[k] = (double)of->sent[i];
        held[k] = (double)of->held[i];
        may[k] = (double)of->may[i];
        most[k] = of->capacity[i] < 0 ? (double)NAN : (double)of->capacity[i];
        cost[k] = of->cost[i];
        uplift[k] = of->uplift[i * N_UPLIFTS + of->level];
        n_all += sent[k];
        total += net[k];
        spent += cost[k];
    }
    figure->title =
        PHRASE(story, "{n} {n:row gets an offer|rows get offers}: net effect {net} for {cost}",
               "{n} {n:строка получит|строки получат|строк получат} предложение: чистый эффект "
               "{net} при затратах {cost}",
               GAP_WHOLE("n", n_all), GAP_REAL("net", total, 0), GAP_REAL("cost", spent, 0));
    figure->note =
        PHRASE(story,
               "Value that stays less cost, at the {level} uplift of the catalogue; the line goes "
               "from the low to the high one. Uplift is assumed, not learned: the rows held out "
               "will tell",
               "Сохранённая ценность минус затраты при {level} эффекте каталога; линия — от "
               "слабого до сильного. Эффект предположен, не измерен: его покажет контроль",
               GAP_WORD("level", levels[of->level]));
}

/** What becomes of whom: who gets an offer, who is held out, and who has none, and why. */
static void count_outcomes(story *story, story_chapter *chapter, const catalogue *of) {
    static const story_text names[N_OUTCOMES] = {
        {{"gets an offer", "получит предложение"}},
        {{"held out, to compare with", "отложен для сравнения"}},
        {{"its value is not known", "ценность неизвестна"}},
        {{"no offer is for it", "для него ничего нет"}},
        {{"no offer brings enough", "ничто не окупается"}},
        {{"others bring more for the budget or a capacity", "бюджет и каналы нужнее другим"}}};
    double counts[N_OUTCOMES] = {0};
    for (size_t row = 0; row < of->n_rows; row++) {
        if (of->outcome_of[row] >= 0 && of->outcome_of[row] < N_OUTCOMES) {
            counts[of->outcome_of[row]] += 1.0;
        }
    }
    story_figure *figure = story_add_figure(story, chapter, "offers-outcomes", "bars", N_OUTCOMES);
    story_text *outcome =
        story_add_words(story, figure, "outcome", "x", WORDS("what becomes of a row", "что с кем"));
    double *rows =
        story_add_numbers(story, figure, "rows", "y", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *share =
        story_add_numbers(story, figure, "share", "", WORDS("share", "доля"), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < N_OUTCOMES; i++) {
        outcome[i] = names[i];
        rows[i] = counts[i];
        share[i] = counts[i] / (double)of->n_rows;
    }
    story_set_text(story, figure, "width", "half");
    double none = (double)of->n_rows - counts[SENT] - counts[HELD_OUT];
    figure->title =
        PHRASE(story, "{none} of {all} rows have no offer", "Без предложения {none} из {all} строк",
               GAP_WHOLE("none", none), GAP_WHOLE("all", of->n_rows));
    figure->note = PHRASE(story, "{held} are held out by their identifiers: the same in every plan",
                          "Отложены по идентификатору: {held}, в любом плане те же",
                          GAP_WHOLE("held", counts[HELD_OUT]));
}

/** How much of each channel is used, and what one more message would bring. */
static void list_channels(story *story, story_chapter *chapter, const h5_node *group,
                          const catalogue *of) {
    size_t n = of->n_channels;
    const int64_t *sent = stored_integers(story, group, "channel/n_sent", n);
    const int64_t *capacity = stored_integers(story, group, "channel/capacity", n);
    const int64_t *consent = stored_integers(story, group, "channel/requires_consent", n);
    const double *price = stored_reals(group, "channel/price", n);
    if (sent == NULL || capacity == NULL || consent == NULL || price == NULL) {
        return;
    }
    story_figure *figure = story_add_figure(story, chapter, "offers-channels", "", n);
    const char **name = story_add_terms(story, figure, "channel", "", WORDS("channel", "канал"));
    double *used = story_add_numbers(story, figure, "sent", "", WORDS("messages", "сообщений"),
                                     STORY_WHOLE, 0);
    double *most = story_add_numbers(story, figure, "capacity", "", WORDS("at most", "не больше"),
                                     STORY_WHOLE, 0);
    double *more =
        story_add_numbers(story, figure, "price", "",
                          WORDS("one more would bring", "ещё одно принесло бы"), STORY_REAL, 2);
    story_text *asks = story_add_words(story, figure, "consent", "", WORDS("consent", "согласие"));
    if (story->failed) {
        return;
    }
    double n_asked = 0.0, n_all = 0.0;
    for (size_t i = 0; i < n; i++) {
        name[i] = story_keep(story, of->channels[i]);
        used[i] = (double)sent[i];
        most[i] = capacity[i] < 0 ? (double)NAN : (double)capacity[i];
        more[i] = price[i];
        asks[i] = consent[i] != 0 ? WORDS("required", "нужно") : WORDS("not needed", "не нужно");
        n_asked += consent[i] != 0 ? used[i] : 0.0;
        n_all += used[i];
    }
    figure->title = PHRASE(story, "{n} of {all} messages go only to who has agreed to them",
                           "{n} из {all} сообщений — только тем, кто дал согласие",
                           GAP_WHOLE("n", n_asked), GAP_WHOLE("all", n_all));
}

/** Who gets what: the rows of a segment with an offer, counted. */
typedef struct tally {
    double n_sent, n_held, cost, net;
} tally;

static void list_tally(story *story, story_chapter *chapter, const h5_node *segments,
                       const catalogue *of) {
    size_t n_segments = stored_length(segments, "segment/name");
    const char *const *names = stored_texts(segments, "segment/name", n_segments);
    const int64_t *cells = stored_integers(story, segments, "customers/cell", of->n_rows);
    tally *tallies = story_allocate(story, n_segments * of->n, sizeof *tallies);
    const size_t *order = order_offers(story, of);
    if (names == NULL || cells == NULL || tallies == NULL || order == NULL) {
        return;
    }
    size_t n = 0;
    for (size_t row = 0; row < of->n_rows; row++) {
        int64_t o = of->offer_of[row], cell = cells[row];
        if (o < 0 || (size_t)o >= of->n || cell < 0 || (size_t)cell >= n_segments) {
            continue;
        }
        tally *at = &tallies[(size_t)cell * of->n + (size_t)o];
        n += at->n_sent + at->n_held == 0.0;
        at->n_held += of->outcome_of[row] == HELD_OUT;
        if (of->outcome_of[row] == SENT) {
            at->n_sent += 1.0;
            at->cost += of->cost_of[row];
            at->net += of->net_of[row];
        }
    }
    story_figure *figure = story_add_figure(story, chapter, "offers-table", "", n);
    const char **segment =
        story_add_terms(story, figure, "segment", "", WORDS("segment", "сегмент"));
    const char **offer = story_add_terms(story, figure, "offer", "", WORDS("offer", "предложение"));
    const char **channel = story_add_terms(story, figure, "channel", "", WORDS("channel", "канал"));
    double *sent =
        story_add_numbers(story, figure, "sent", "", WORDS("get it", "получат"), STORY_WHOLE, 0);
    double *held = story_add_numbers(story, figure, "held_out", "", WORDS("held out", "контроль"),
                                     STORY_WHOLE, 0);
    double *cost =
        story_add_numbers(story, figure, "cost", "", WORDS("cost", "затраты"), STORY_REAL, 2);
    double *net = story_add_numbers(story, figure, "net", "", WORDS("net effect", "чистый эффект"),
                                    STORY_REAL, 2);
    if (story->failed) {
        return;
    }
    size_t at = 0, n_rows_told = 0;
    for (size_t i = 0; i < n_segments * of->n; i++) {
        size_t o = order[i % of->n];
        const tally *here = &tallies[i / of->n * of->n + o];
        if (here->n_sent + here->n_held == 0.0) {
            continue;
        }
        segment[at] = i / of->n == 0 ? NULL : story_keep(story, names[i / of->n]);
        offer[at] = story_keep(story, of->titles[o]);
        channel[at] = story_keep(story, of->channels[of->channel_of[o]]);
        sent[at] = here->n_sent;
        held[at] = here->n_held;
        cost[at] = here->cost;
        net[at] = here->net;
        n_rows_told += (size_t)(here->n_sent + here->n_held);
        at++;
    }
    story_set_number(story, figure, "filter", 1);
    figure->title = WORDS("Who gets what: segments and offers", "Кому что: сегменты и предложения");
    figure->note =
        PHRASE(story, "{n} rows counted; every one of them, with its text: {command}",
               "Сосчитано строк: {n}; каждая, с текстом: {command}", GAP_WHOLE("n", n_rows_told),
               GAP_TERM("command", "perebor offers -o FOLDER"));
}

/** How far the plan is from the best that any could bring: less than rounding shows is nothing. */
static story_text say_bound(story *story, double bound, double found) {
    double gap = bound > 0.0 ? 100.0 * (bound - found) / bound : 0.0;
    return gap < 0.005
               ? WORDS("No plan could bring more.", "Ни один план не принёс бы больше.")
               : PHRASE(story, "No plan could bring more than {bound}: {gap} % more at most.",
                        "Ни один план не принёс бы больше {bound}: разница — не больше {gap} %.",
                        GAP_REAL("bound", bound, 1), GAP_REAL("gap", gap, 2));
}

static void say_budget(story *story, story_chapter *chapter, double budget, double cost,
                       double price) {
    story_add_paragraph(
        story, chapter,
        price < 0.005
            ? PHRASE(story,
                     "It spends {cost} of a budget of {budget}; more budget would bring nothing.",
                     "Из бюджета {budget} тратится {cost}; больший бюджет ничего не добавил бы.",
                     GAP_REAL("budget", budget, -1), GAP_REAL("cost", cost, -1))
            : PHRASE(story,
                     "It spends {cost} of a budget of {budget}; a budget larger by 1 would bring "
                     "{more} more.",
                     "Из бюджета {budget} тратится {cost}; бюджет, больший на 1, принёс бы ещё "
                     "{more}.",
                     GAP_REAL("budget", budget, -1), GAP_REAL("cost", cost, -1),
                     GAP_REAL("more", price, 2)));
}

/** What the plan rests upon, in sentences. */
static void tell_plan(story *story, story_chapter *chapter, const h5_node *group) {
    const double *net = stored_reals(group, "sensitivity/net", N_UPLIFTS);
    double bound = stored_number(group, "bound"), found = stored_number(group, "net");
    double budget = stored_number(group, "budget"), power = stored_number(group, "power");
    double needed = stored_number(group, "size_needed"), pays = stored_number(group, "breaks_even");
    if (net == NULL) {
        return;
    }
    story_add_paragraph(
        story, chapter,
        PHRASE(story,
               "The plan brings {mid} if offers do what the catalogue assumes, {low} if little, "
               "{high} if much; it pays from {pays} % of the assumed effect on. {best}",
               "План принесёт {mid}, если предложения подействуют как предположено в каталоге, "
               "{low}, если слабо, {high}, если сильно; он окупается с {pays} % "
               "предположенного. {best}",
               GAP_REAL("mid", found, 1), GAP_REAL("low", net[0], 1),
               GAP_REAL("high", net[N_UPLIFTS - 1], 1), GAP_REAL("pays", 100.0 * pays, 0),
               GAP_WORD("best", say_bound(story, bound, found))));
    if (isfinite(budget)) {
        say_budget(story, chapter, budget, stored_number(group, "cost"),
                   stored_number(group, "budget_price"));
    }
    if (isfinite(power) && isfinite(needed)) {
        story_add_paragraph(
            story, chapter,
            PHRASE(
                story,
                "A comparison with those held out would see the assumed effect with "
                "probability {power}; for 0.8 it takes {needed} {needed:row|rows} with an offer.",
                "Сравнение с контролем увидит предположенный эффект с вероятностью {power}; "
                "для 0,8 нужно {needed} {needed:строка|строки|строк} с предложением.",
                GAP_REAL("power", power, 2), GAP_WHOLE("needed", ceil(needed))));
    }
}

void tell_offers(telling *telling, story_chapter *chapter, const h5_node *segments) {
    story *story = telling->story;
    catalogue of;
    const h5_node *group = stage_find(telling->result, "offers");
    if (group != NULL) {
        group = telling_stage(telling, chapter, "offers", "offers",
                              WORDS("plans offers anew", "заново составит предложения"));
    }
    if (group == NULL || !read_catalogue(&of, story, group)) {
        story_add_command(story, chapter,
                          story_format(story, "perebor offers %s -o FOLDER", telling->file),
                          WORDS("adds who gets which offer, where the experiment has a catalogue",
                                "добавит, кому какое предложение, если в эксперименте есть "
                                "каталог"));
        return;
    }
    tell_plan(story, chapter, group);
    show_offers(story, chapter, &of);
    count_outcomes(story, chapter, &of);
    list_channels(story, chapter, group, &of);
    if (stored_length(segments, "customers/cell") == of.n_rows) {
        list_tally(story, chapter, segments, &of);
    }
    if (!stage_is_current(telling->result, "campaign")) {
        story_add_finding(
            story, FINDING_UPLIFT_ASSUMED, STORY_NOTE, "segments",
            story_format(story, "perebor campaign %s --log LOG.csv", telling->file),
            WORDS("What offers bring is an assumption of the catalogue: no campaign was measured",
                  "Эффект предложений предположен в каталоге: кампания не измерена"));
    }
    story_add_command(story, chapter,
                      story_format(story, "perebor offers %s -o FOLDER", telling->file),
                      WORDS("writes who gets what, with its text, as CSV",
                            "запишет в CSV, кому что предложить, с текстом"));
}
