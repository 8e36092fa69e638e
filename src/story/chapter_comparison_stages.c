// SPDX-License-Identifier: MIT
// Whether two files agree on columns, segments and offers.
#include <math.h>

#include "story/chapter_comparison.h"
#include "story/phrase.h"

enum { most_columns = 20 };

/** The letter of a file as a text. */
static const char *label_of(story *story, const comparison *compared, size_t at) {
    return story_format(story, "%c", compared->summaries[at].label);
}

static void show_importance(story *story, story_chapter *chapter, const comparison *compared,
                            const comparison_pair *pair) {
    const comparison_importance *importance = &pair->stages.importance;
    size_t n = importance->n < most_columns ? importance->n : most_columns;
    if (importance->why_not.in[COMPARISON_ENGLISH] != NULL || n == 0) {
        return;
    }
    const char *a = label_of(story, compared, pair->a), *b = label_of(story, compared, pair->b);
    story_figure *figure = story_add_figure(
        story, chapter, story_format(story, "compared-importance-%s", b), "bars", 2 * n);
    const char **column = story_add_terms(story, figure, "column", "x", WORDS("column", "столбец"));
    const char **file = story_add_terms(story, figure, "file", "group", WORDS("file", "файл"));
    double *share = story_add_numbers(story, figure, "share", "y",
                                      WORDS("share of importance", "доля важности"), STORY_REAL, 3);
    double *rank =
        story_add_numbers(story, figure, "rank", "", WORDS("rank", "место"), STORY_REAL, -1);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < 2 * n; i++) {
        const comparison_column *item = &importance->items[i / 2];
        column[i] = story_keep(story, item->name);
        file[i] = i % 2 == 0 ? a : b;
        share[i] = i % 2 == 0 ? item->a : item->b;
        rank[i] = i % 2 == 0 ? item->rank_a : item->rank_b;
    }
    figure->title =
        importance->spearman >= 0.9
            ? PHRASE(story, "{a} and {b} agree on which columns matter: rank correlation {r}",
                     "{a} и {b} согласны, какие столбцы важны: ранговая корреляция {r}",
                     GAP_TERM("a", a), GAP_TERM("b", b), GAP_REAL("r", importance->spearman, 2))
            : PHRASE(story,
                     "{a} and {b} do not quite agree on which columns matter: rank correlation {r}",
                     "{a} и {b} не вполне согласны, какие столбцы важны: ранговая корреляция {r}",
                     GAP_TERM("a", a), GAP_TERM("b", b), GAP_REAL("r", importance->spearman, 2));
    figure->note = WORDS("Shares of the mean absolute Shapley values; Spearman over all columns",
                         "Доли средних модулей значений Шепли; Спирмен по всем столбцам");
}

/** Where a row is: a name of the user's, or nowhere. */
static story_text name_place(story *story, const char *name) {
    return *name == '\0' ? WORDS("(none)", "(нет)") : NAME(story_keep(story, name));
}

/** Which rows are elsewhere in the other file. */
static void show_moves(story *story, story_chapter *chapter, const comparison *compared,
                       const comparison_pair *pair, const comparison_partition *partition,
                       const char *id, story_text changed) {
    if (partition->why_not.in[COMPARISON_ENGLISH] != NULL) {
        return;
    }
    const char *a = label_of(story, compared, pair->a), *b = label_of(story, compared, pair->b);
    story_figure *figure = story_add_figure(
        story, chapter, story_format(story, "compared-%s-%s", id, b), "", partition->n_moves);
    story_text *from = story_add_words(story, figure, "from", "", NAME(a));
    story_text *to = story_add_words(story, figure, "to", "", NAME(b));
    double *rows =
        story_add_numbers(story, figure, "rows", "", WORDS("rows", "строк"), STORY_WHOLE, 0);
    double *share =
        story_add_numbers(story, figure, "share", "", WORDS("share", "доля"), STORY_REAL, 3);
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < partition->n_moves; i++) {
        const comparison_move *move = &partition->moves[i];
        from[i] = name_place(story, move->from);
        to[i] = name_place(story, move->to);
        rows[i] = (double)move->n;
        share[i] = (double)move->n / (double)partition->n;
    }
    figure->title =
        PHRASE(story, "{n} of {all} rows ({share} %) {changed}",
               "{changed} {n} из {all} строк ({share} %)", GAP_WHOLE("n", partition->n_changed),
               GAP_WHOLE("all", partition->n),
               GAP_REAL("share", 100.0 * (double)partition->n_changed / (double)partition->n, 1),
               GAP_WORD("changed", changed));
    figure->note =
        isnan(partition->adjusted_rand)
            ? WORDS("Rows that both files have, by identifier; the greatest moves",
                    "Строки, что есть в обоих файлах, по идентификатору; самые частые переходы")
            : PHRASE(story,
                     "Rows that both files have, by identifier; the greatest moves; adjusted Rand "
                     "index {rand}",
                     "Строки, что есть в обоих файлах, по идентификатору; самые частые переходы; "
                     "поправленный индекс Рэнда {rand}",
                     GAP_REAL("rand", partition->adjusted_rand, 2));
}

void tell_compared_stages(story *story, story_chapter *chapter, const comparison *compared,
                          const comparison_pair *pair) {
    show_importance(story, chapter, compared, pair);
    show_moves(story, chapter, compared, pair, &pair->stages.segments, "segments",
               WORDS("are in another segment", "В другом сегменте"));
    show_moves(story, chapter, compared, pair, &pair->stages.offers, "offers",
               WORDS("have another offer", "Другое предложение у"));
}
