// SPDX-License-Identifier: MIT
// Which rows belong together: risk by worth, and the user's conditions.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "statistics/false_discovery.h"
#include "statistics/tail_probability.h"
#include "store/stage.h"
#include "story/chapter_offers.h"
#include "story/finding_codes.h"
#include "story/stored.h"
#include "story/telling.h"

/** Kinds of segments as the file has them; traits that are shown of each; rows of a crowd. */
enum { KIND_ALL = 0, KIND_CELL = 1, KIND_RULE = 2, KIND_N = 7, n_traits_shown = 3 };

/** Bands of risk by bands of worth, with what lies in each. */
static void show_map(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n_risk = stored_length(group, "risk/name"), n_worth = stored_length(group, "worth/name");
    size_t n_rows = stored_length(group, "customers/risk"),
           n_segments = stored_length(group, "segment/name");
    const char *const *risks = stored_texts(group, "risk/name", n_risk);
    const char *const *worths = stored_texts(group, "worth/name", n_worth);
    const char *const *names = stored_texts(group, "segment/name", n_segments);
    const int64_t *risk_of = stored_integers(telling->story, group, "customers/risk", n_rows);
    const int64_t *worth_of = stored_integers(telling->story, group, "customers/worth", n_rows);
    const int64_t *cell_of = stored_integers(telling->story, group, "customers/cell", n_rows);
    const double *at_risk = stored_reals(group, "customers/value_at_risk", n_rows);
    const double *p = stored_reals(group, "customers/probability", n_rows);
    if (n_risk * n_worth == 0 || risks == NULL || worths == NULL || names == NULL ||
        risk_of == NULL || worth_of == NULL || cell_of == NULL || at_risk == NULL || p == NULL) {
        return;
    }
    size_t n = n_risk * n_worth;
    story_figure *figure = story_add_figure(story, chapter, "segments-map", "heatmap", n);
    const char **worth = story_add_terms(story, figure, "worth", "x", WORDS("worth", "ценность"));
    const char **risk = story_add_terms(story, figure, "risk", "y", WORDS("risk", "риск"));
    double *sum = story_add_numbers(story, figure, "value_at_risk", "value",
                                    WORDS("value at risk", "ценность под риском"), STORY_REAL, 0);
    double *rows =
        story_add_numbers(story, figure, "rows", "note", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *mean =
        story_add_numbers(story, figure, "probability", "",
                          WORDS("mean probability", "средняя вероятность"), STORY_REAL, 3);
    const char **name =
        story_add_terms(story, figure, "segment", "label", WORDS("segment", "сегмент"));
    if (story->failed) {
        return;
    }
    double total = 0.0, most = 0.0;
    size_t greatest = 0;
    for (size_t i = 0; i < n; i++) {
        risk[i] = story_keep(story, risks[i / n_worth]);
        worth[i] = story_keep(story, worths[i % n_worth]);
        sum[i] = rows[i] = 0.0;
        mean[i] = 0.0;
    }
    for (size_t row = 0; row < n_rows; row++) {
        if (risk_of[row] < 0 || worth_of[row] < 0 || (size_t)risk_of[row] >= n_risk ||
            (size_t)worth_of[row] >= n_worth) {
            continue;
        }
        size_t at = (size_t)risk_of[row] * n_worth + (size_t)worth_of[row];
        rows[at] += 1.0;
        mean[at] += p[row];
        sum[at] += at_risk[row];
        total += at_risk[row];
        if (cell_of[row] > 0 && (size_t)cell_of[row] < n_segments) {
            name[at] = names[cell_of[row]];
        }
    }
    for (size_t i = 0; i < n; i++) {
        mean[i] = rows[i] > 0.0 ? mean[i] / rows[i] : (double)NAN;
        name[i] = name[i] == NULL ? NULL : story_keep(story, name[i]);
        if (sum[i] > most) {
            most = sum[i];
            greatest = i;
        }
    }
    figure->title =
        PHRASE(story, "“{name}” holds {share} % of the value at risk: {rows} rows",
               "«{name}» — {share} % ценности под риском, строк: {rows}",
               GAP_TERM("name", name[greatest] == NULL ? risk[greatest] : name[greatest]),
               GAP_REAL("share", total > 0.0 ? 100.0 * most / total : 0.0, 0),
               GAP_WHOLE("rows", rows[greatest]));
    figure->note =
        PHRASE(story,
               "Probability by {value}: value at risk is probability × {value} × "
               "{horizon} × share lost {lost}; out-of-fold probabilities of training rows",
               "Вероятность и {value}: ценность под риском — вероятность × {value} × "
               "{horizon} × потеря {lost}; у строк обучения вероятности вне блока",
               GAP_TERM("value", story_keep(story, stored_text(group, "value"))),
               GAP_REAL("horizon", stored_number(group, "horizon"), -1),
               GAP_REAL("lost", stored_number(group, "share_lost"), -1));
}

/** The traits in which a segment differs most from the rest, as a text in both languages. */
static story_text describe(telling *telling, const h5_node *group, size_t segment,
                           size_t n_segments, size_t n_traits) {
    story *story = telling->story;
    const char *const *columns = stored_texts(group, "traits/column", n_traits);
    const char *const *levels = stored_texts(group, "traits/level", n_traits);
    const double *in = stored_matrix(group, "mean_in", n_segments, n_traits);
    const double *out = stored_matrix(group, "mean_out", n_segments, n_traits);
    const double *effect = stored_matrix(group, "effect", n_segments, n_traits);
    const double *p = stored_matrix(group, "p_adjusted", n_segments, n_traits);
    story_text list = WORDS("", "");
    double before = INFINITY;
    if (columns == NULL || levels == NULL || in == NULL || out == NULL || effect == NULL ||
        p == NULL) {
        return list;
    }
    for (size_t shown = 0; shown < n_traits_shown; shown++) {
        size_t most = n_traits;
        for (size_t j = 0; j < n_traits; j++) {
            double size = fabs(effect[segment * n_traits + j]);
            bool proved = p[segment * n_traits + j] < 0.05;
            if (proved && size < before &&
                (most == n_traits || size > fabs(effect[segment * n_traits + most]))) {
                most = j;
            }
        }
        if (most == n_traits) {
            break;
        }
        size_t at = segment * n_traits + most;
        before = fabs(effect[at]);
        list = PHRASE(story, "{list}{and}{column}{is}{level} {in} (else {out})",
                      "{list}{and}{column}{is}{level} {in} (иначе {out})", GAP_WORD("list", list),
                      GAP_TERM("and", shown > 0 ? "; " : ""), GAP_TERM("column", columns[most]),
                      GAP_TERM("is", levels[most][0] != '\0' ? " = " : ""),
                      GAP_TERM("level", levels[most]), GAP_REAL("in", in[at], -1),
                      GAP_REAL("out", out[at], -1));
    }
    return list;
}

/** Segments that were missed by more than chance misses one of so many: the score test of each
 * share (Wilson's interval is its inverse), by Holm over all of them. */
static void find_missed(telling *telling, const char *const *names, const int64_t *kinds,
                        const int64_t *counts, const double *observed, const double *predicted,
                        size_t n) {
    double *p = story_allocate(telling->story, 2 * n, sizeof *p);
    for (size_t i = 0; p != NULL && i < n; i++) {
        double sd = sqrt(predicted[i] * (1.0 - predicted[i]) / (double)counts[i]);
        bool is_one = kinds[i] != KIND_ALL && counts[i] > 0 && sd > 0.0;
        p[i] =
            is_one ? 2.0 * perebor_normal_tail(fabs(observed[i] - predicted[i]) / sd) : (double)NAN;
    }
    if (p == NULL || perebor_holm_adjust(p + n, p, n, NULL) != PEREBOR_OK) {
        telling->story->failed = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (p[n + i] < 1.0 - telling_level) {
            story_add_finding(
                telling->story, FINDING_SEGMENT_MISSED, STORY_NOTE, "segments", "",
                PHRASE(telling->story,
                       "“{name}”: predicted {predicted}, observed {observed} (p {p})",
                       "«{name}»: предсказано {predicted}, на деле {observed} (p {p})",
                       GAP_TERM("name", story_keep(telling->story, names[i])),
                       GAP_REAL("predicted", predicted[i], 3), GAP_REAL("observed", observed[i], 3),
                       GAP_REAL("p", p[n + i], -1)));
        }
    }
}

static void list_segments(telling *telling, story_chapter *chapter, const h5_node *group) {
    story *story = telling->story;
    size_t n = stored_length(group, "segment/name"),
           n_traits = stored_length(group, "traits/column");
    const char *const *names = stored_texts(group, "segment/name", n);
    const char *const *notes = stored_texts(group, "segment/note", n);
    const int64_t *kinds = stored_integers(telling->story, group, "segment/kind", n);
    const int64_t *counts = stored_integers(telling->story, group, "segment/n", n);
    const double *observed = stored_reals(group, "segment/observed", n);
    const double *low = stored_reals(group, "segment/observed_low", n);
    const double *high = stored_reals(group, "segment/observed_high", n);
    const double *predicted = stored_reals(group, "segment/predicted", n);
    const double *value = stored_reals(group, "segment/mean_value", n);
    const double *at_risk = stored_reals(group, "segment/value_at_risk", n);
    if (n == 0 || names == NULL || notes == NULL || kinds == NULL || counts == NULL ||
        observed == NULL || low == NULL || high == NULL || predicted == NULL || value == NULL ||
        at_risk == NULL) {
        return;
    }
    story_figure *figure = story_add_figure(story, chapter, "segments-list", "cards", n);
    const char **name =
        story_add_terms(story, figure, "segment", "title", WORDS("segment", "сегмент"));
    story_text *kind = story_add_words(story, figure, "kind", "kind", WORDS("kind", "вид"));
    double *rows =
        story_add_numbers(story, figure, "rows", "fact", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *was = story_add_numbers(story, figure, "observed", "fact", WORDS("observed", "на деле"),
                                    STORY_REAL, 3);
    double *from =
        story_add_numbers(story, figure, "low", "", WORDS("95 % from", "95 % от"), STORY_REAL, 3);
    double *to = story_add_numbers(story, figure, "high", "", WORDS("to", "до"), STORY_REAL, 3);
    double *said = story_add_numbers(story, figure, "predicted", "fact",
                                     WORDS("predicted", "предсказано"), STORY_REAL, 3);
    double *mean = story_add_numbers(story, figure, "mean_value", "fact",
                                     WORDS("mean value", "средняя ценность"), STORY_REAL, 2);
    double *risk = story_add_numbers(story, figure, "value_at_risk", "fact",
                                     WORDS("value at risk", "ценность под риском"), STORY_REAL, 0);
    story_text *traits = story_add_words(story, figure, "traits", "text",
                                         WORDS("what is different", "чем отличается"));
    const char **note = story_add_terms(story, figure, "note", "text", WORDS("note", "заметка"));
    if (story->failed) {
        return;
    }
    static const story_text kind_words[KIND_N] = {{{"all rows", "все строки"}},
                                                  {{"risk × worth", "риск × ценность"}},
                                                  {{"rule", "правило"}},
                                                  {{"portrait", "портрет"}},
                                                  {{"main reason", "главная причина"}},
                                                  {{"cluster", "кластер"}},
                                                  {{"rule that was found", "найденное правило"}}};
    size_t n_rules = 0, n_cells = 0, n_found = 0;
    for (size_t i = 0; i < n; i++) {
        name[i] = kinds[i] == 0 ? NULL : story_keep(story, names[i]);
        kind[i] = kind_words[kinds[i] >= 0 && kinds[i] < KIND_N ? kinds[i] : 0];
        rows[i] = (double)counts[i];
        was[i] = observed[i];
        from[i] = low[i];
        to[i] = high[i];
        said[i] = predicted[i];
        mean[i] = value[i];
        risk[i] = at_risk[i];
        traits[i] = describe(telling, group, i, n, n_traits);
        note[i] = notes[i][0] == '\0' ? NULL : story_keep(story, notes[i]);
        n_cells += kinds[i] == KIND_CELL;
        n_rules += kinds[i] == KIND_RULE;
        n_found += kinds[i] > KIND_RULE;
    }
    find_missed(telling, names, kinds, counts, observed, predicted, n);
    figure->title = PHRASE(story,
                           "{cells} {cells:segment|segments} of risk and worth, {rules} "
                           "{rules:rule|rules} of the experiment, {found} found",
                           "{cells} {cells:сегмент|сегмента|сегментов} риска и ценности, {rules} "
                           "{rules:правило|правила|правил} эксперимента, найдено {found}",
                           GAP_WHOLE("cells", n_cells), GAP_WHOLE("rules", n_rules),
                           GAP_WHOLE("found", n_found));
    figure->note = WORDS("Observed share with Wilson's 95 %; what is different after Benjamini and "
                         "Hochberg, largest effects first",
                         "Доля на деле с 95 % Уилсона; отличия — после Бенджамини и Хохберга, "
                         "сильнейшие первыми");
}

void tell_segments(telling *telling) {
    story *story = telling->story;
    story_chapter *chapter = story_add_chapter(
        story, "segments", WORDS("Segments and offers", "Сегменты и предложения"));
    const h5_node *group = telling_stage(
        telling, chapter, "segments", "segment",
        WORDS("adds segments of risk and worth", "добавит сегменты по риску и ценности"));
    if (group == NULL) {
        if (chapter != NULL && chapter->state == STORY_PRESENT) {
            chapter->state = STORY_ABSENT;
        }
        return;
    }
    show_map(telling, chapter, group);
    list_segments(telling, chapter, group);
    tell_offers(telling, chapter, group);
    tell_campaign(telling, chapter);
    story_add_command(
        story, chapter, story_format(story, "perebor segment %s -o FOLDER", telling->file),
        WORDS("writes every row with its segments as CSV", "запишет строки с сегментами в CSV"));
}
