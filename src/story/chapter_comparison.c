// SPDX-License-Identifier: MIT
#include "story/chapter_comparison.h"

#include <math.h>

#include "statistics/quantile.h"
#include "story/finding_codes.h"
#include "story/phrase.h"
#include "story/telling.h"

enum { n_shares = 101 };

static const char *label_of(story *story, const comparison *compared, size_t i) {
    return story_format(story, "%c", compared->summaries[i].label);
}

static void list_files(story *story, story_chapter *chapter, const comparison *compared) {
    size_t n = compared->n;
    story_figure *figure = story_add_figure(story, chapter, "compared-files", "bars", n);
    const char **label = story_add_terms(story, figure, "label", "x", WORDS("file", "файл"));
    double *trials = story_add_numbers(story, figure, "trials", "", WORDS("trials", "испытаний"),
                                       STORY_WHOLE, 0);
    double *seconds =
        story_add_numbers(story, figure, "seconds", "", WORDS("seconds", "секунд"), STORY_REAL, -1);
    double *best = story_add_numbers(story, figure, "best", "y",
                                     NAME(telling_metric(compared->metric)), STORY_REAL, 4);
    double *low = story_add_numbers(story, figure, "low", "low", WORDS("95 % from", "95 % от"),
                                    STORY_REAL, 4);
    double *high =
        story_add_numbers(story, figure, "high", "high", WORDS("to", "до"), STORY_REAL, 4);
    if (story->failed) {
        return;
    }
    size_t first = 0;
    for (size_t i = 0; i < n; i++) {
        const comparison_summary *summary = &compared->summaries[i];
        label[i] = story_format(story, "%c: %s", summary->label, compared->searches[i].path);
        trials[i] = (double)summary->n_finished;
        seconds[i] = summary->seconds;
        best[i] = summary->best_score;
        low[i] = summary->folds.low;
        high[i] = fmin(summary->folds.high, telling_limit(compared->metric));
        first = best[i] > best[first] ? i : first;
    }
    story_set_text(story, figure, "whiskers", "dot");
    figure->title = PHRASE(story, "{file} has the best trial: {metric} {score}",
                           "Лучшее испытание — в файле {file}: {metric} {score}",
                           GAP_TERM("file", label_of(story, compared, first)),
                           GAP_TERM("metric", telling_metric(compared->metric)),
                           GAP_REAL("score", best[first], 4));
    figure->note =
        WORDS("Best trial of each file, with the letter that stands for it below; 95 % corrected "
              "for what folds share",
              "Лучшее испытание каждого файла, с буквой, которой он дальше назван; 95 % с "
              "поправкой на общие строки блоков");
}

/** A sentence of the comparison as one of the story. */
static story_text keep_sentence(story *story, const comparison_sentence *sentence) {
    return WORDS(story_keep(story, sentence->in[COMPARISON_ENGLISH]),
                 story_keep(story, sentence->in[COMPARISON_RUSSIAN]));
}

static void list_checks(story *story, story_chapter *chapter, const comparison *compared,
                        const comparison_pair *pair) {
    story_figure *figure = story_add_figure(
        story, chapter,
        story_format(story, "compared-checks-%s", label_of(story, compared, pair->b)), "",
        COMPARISON_N_ASPECTS);
    story_text *aspect = story_add_words(story, figure, "aspect", "", WORDS("what", "что"));
    story_text *agreement =
        story_add_words(story, figure, "agreement", "", WORDS("in both", "в обоих"));
    story_text *left_out = story_add_words(story, figure, "left_out", "",
                                           WORDS("left out for it", "что поэтому опущено"));
    if (story->failed) {
        return;
    }
    size_t n_different = 0;
    for (size_t i = 0; i < COMPARISON_N_ASPECTS; i++) {
        aspect[i] = keep_sentence(story, &comparison_aspect_names[i]);
        agreement[i] = keep_sentence(story, &comparison_agreement_names[pair->checks[i].agreement]);
        left_out[i] = keep_sentence(story, &pair->checks[i].left_out);
        n_different += pair->checks[i].agreement == COMPARISON_DIFFERENT;
    }
    figure->title = n_different == 0 ? WORDS("Nothing stands against the comparison",
                                             "Сравнению ничто не мешает")
                                     : PHRASE(story, "{n} {n:thing differs|things differ}",
                                              "Различий: {n}", GAP_WHOLE("n", n_different));
}

static void show_distributions(story *story, story_chapter *chapter, const comparison *compared) {
    story_figure *figure = story_add_figure(story, chapter, "compared-edf", "line", n_shares);
    double *share = story_add_numbers(story, figure, "share", "y",
                                      WORDS("share of trials", "доля испытаний"), STORY_REAL, 2);
    if (share == NULL) {
        return;
    }
    for (size_t i = 0; i < n_shares; i++) {
        share[i] = (double)i / (n_shares - 1);
    }
    for (size_t k = 0; k < compared->n; k++) {
        const comparison_summary *summary = &compared->summaries[k];
        const char *label = label_of(story, compared, k);
        double *own = story_add_numbers(story, figure, label, "x", NAME(label), STORY_REAL, 4);
        for (size_t i = 0; own != NULL && summary->n_complete > 0 && i < n_shares; i++) {
            own[i] = perebor_quantile(summary->scores, summary->n_complete, share[i]);
        }
    }
    story_set_text(story, figure, "x", telling_metric(compared->metric));
    figure->title = WORDS("The trials' scores side by side", "Оценки испытаний рядом");
    figure->note =
        WORDS("Empirical distributions: so large a share of the trials scores up to this",
              "Эмпирические распределения: такая доля испытаний не лучше этой оценки");
}

static void show_budgets(story *story, story_chapter *chapter, const comparison *compared,
                         const comparison_pair *pair, const comparison_budgets *budgets,
                         const char *unit, story_text unit_words) {
    const char *a = label_of(story, compared, pair->a), *b = label_of(story, compared, pair->b);
    if (budgets->n == 0) {
        return;
    }
    story_figure *figure = story_add_figure(
        story, chapter, story_format(story, "compared-%s-%s", unit, b), "line", budgets->n);
    double *budget = story_add_numbers(story, figure, unit, "x", unit_words, STORY_REAL, -1);
    double *first = story_add_numbers(story, figure, "a", "y", NAME(a), STORY_REAL, 4);
    double *second = story_add_numbers(story, figure, "b", "y", NAME(b), STORY_REAL, 4);
    double *p =
        story_add_numbers(story, figure, "p", "", WORDS("p (Holm)", "p (Холм)"), STORY_REAL, -1);
    if (story->failed) {
        return;
    }
    size_t n_proved = 0;
    for (size_t i = 0; i < budgets->n; i++) {
        const comparison_budget *at = &budgets->items[i];
        budget[i] = at->budget;
        first[i] = at->a.mean;
        second[i] = at->b.mean;
        p[i] = at->p;
        n_proved += at->proved;
    }
    story_set_text(story, figure, "x_scale", "log");
    story_set_text(story, figure, "y", telling_metric(compared->metric));
    figure->title =
        PHRASE(story, "At {n} of {all} budgets of {unit} {b} and {a} are proved to differ",
               "Различие {b} и {a} доказано при {n} из {all} бюджетов ({unit})",
               GAP_WHOLE("n", n_proved), GAP_WHOLE("all", budgets->n), GAP_TERM("a", a),
               GAP_TERM("b", b), GAP_WORD("unit", unit_words));
    figure->note = WORDS("Expected best of so many draws (Dodge and others 2019); p by permutation",
                         "Ожидаемое лучшее из стольких попыток (Додж и др. 2019); p перестановкой");
}

static void list_tests(story *story, story_chapter *chapter, const comparison *compared,
                       const comparison_pair *pair) {
    const comparison_test *tests[2] = {&pair->folds, &pair->test};
    static const story_text names[2] = {
        {{"best trials on the same folds", "лучшие испытания на тех же блоках"}},
        {{"refitted models on the test part", "обученные модели на проверочной части"}}};
    story_figure *figure = story_add_figure(
        story, chapter,
        story_format(story, "compared-tests-%s", label_of(story, compared, pair->b)), "", 2);
    story_text *test = story_add_words(story, figure, "test", "", WORDS("test", "сравнение"));
    double *a = story_add_numbers(story, figure, "a", "", NAME(label_of(story, compared, pair->a)),
                                  STORY_REAL, 4);
    double *b = story_add_numbers(story, figure, "b", "", NAME(label_of(story, compared, pair->b)),
                                  STORY_REAL, 4);
    double *difference = story_add_numbers(story, figure, "difference", "",
                                           WORDS("difference", "разность"), STORY_REAL, 4);
    double *low =
        story_add_numbers(story, figure, "low", "", WORDS("95 % from", "95 % от"), STORY_REAL, 4);
    double *high = story_add_numbers(story, figure, "high", "", WORDS("to", "до"), STORY_REAL, 4);
    double *p =
        story_add_numbers(story, figure, "p", "", WORDS("p (Holm)", "p (Холм)"), STORY_REAL, -1);
    story_text *why = story_add_words(story, figure, "left_out", "",
                                      WORDS("left out because", "опущено, потому что"));
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        test[i] = names[i];
        if (!tests[i]->is_tested) {
            why[i] = keep_sentence(story, &tests[i]->why_not);
            continue;
        }
        a[i] = tests[i]->a;
        b[i] = tests[i]->b;
        difference[i] = tests[i]->difference;
        low[i] = tests[i]->low;
        high[i] = tests[i]->high;
        p[i] = tests[i]->p_adjusted;
    }
    figure->title = keep_sentence(story, &pair->verdict);
    figure->note = WORDS("Resampled t, corrected for what folds share; paired DeLong by t",
                         "t с поправкой на общее у блоков; парный Делонг по t");
}

static void list_differences(story *story, story_chapter *chapter, const comparison *compared,
                             const comparison_pair *pair) {
    const char *label = label_of(story, compared, pair->b);
    story_figure *figure =
        story_add_figure(story, chapter, story_format(story, "compared-settings-%s", label), "",
                         pair->n_differences);
    const char **key = story_add_terms(story, figure, "key", "", WORDS("setting", "настройка"));
    const char **a =
        story_add_terms(story, figure, "a", "", NAME(label_of(story, compared, pair->a)));
    const char **b = story_add_terms(story, figure, "b", "", NAME(label));
    if (story->failed) {
        return;
    }
    for (size_t i = 0; i < pair->n_differences; i++) {
        key[i] = story_keep(story, pair->differences[i].key);
        a[i] = story_keep(story, pair->differences[i].a);
        b[i] = story_keep(story, pair->differences[i].b);
    }
    figure->title = PHRASE(story, "{n} {n:setting differs|settings differ}",
                           "Настроек различается: {n}", GAP_WHOLE("n", pair->n_differences));
}

static void find_in_pair(story *story, const comparison *compared, const comparison_pair *pair) {
    const char *b = compared->searches[pair->b].path;
    if (pair->proof == NULL) {
        story_add_finding(story, FINDING_NOT_COMPARABLE, STORY_WARNING, "compared", "",
                          PHRASE(story, "{b} cannot be tested against {a}: {why}",
                                 "{b} нельзя проверить против {a}: {why}", GAP_TERM("b", b),
                                 GAP_TERM("a", compared->searches[pair->a].path),
                                 GAP_WORD("why", keep_sentence(story, &pair->folds.why_not))));
    } else if (pair->proof->better == 0) {
        story_add_finding(story, FINDING_NOTHING_PROVED, STORY_NOTE, "compared", "",
                          PHRASE(story, "No difference is proved between {b} and {a}",
                                 "Различие между {b} и {a} не доказано", GAP_TERM("b", b),
                                 GAP_TERM("a", compared->searches[pair->a].path)));
    } else if (pair->proof->better < 0) {
        story_add_finding(story, FINDING_PROVED_WORSE, STORY_SERIOUS, "compared", "",
                          PHRASE(story, "{b} is worse than {a}", "{b} хуже, чем {a}",
                                 GAP_TERM("b", b),
                                 GAP_TERM("a", compared->searches[pair->a].path)));
    }
}

void tell_comparison(story *story, const comparison *compared) {
    const char *files = "";
    story->title =
        story_keep(story, compared->searches[0].result != NULL ? compared->searches[0].result->title
                                                               : compared->searches[0].path);
    story_chapter *verdict = story_add_chapter(story, "verdict", WORDS("Verdict", "Вывод"));
    story->headline = keep_sentence(story, &compared->pairs[0].verdict);
    for (size_t i = 0; i < compared->n; i++) {
        files = story_format(story, "%s %s", files,
                             telling_shell_word(story, compared->searches[i].path));
    }
    for (size_t i = 0; i + 1 < compared->n; i++) {
        const comparison_pair *pair = &compared->pairs[i];
        if (i > 0) {
            story_add_paragraph(story, verdict, keep_sentence(story, &pair->verdict));
        }
        for (size_t k = 0; k < pair->n_warnings; k++) {
            story_add_paragraph(story, verdict, keep_sentence(story, &pair->warnings[k]));
        }
        find_in_pair(story, compared, pair);
    }
    list_files(story, verdict, compared);
    story_chapter *chapter = story_add_chapter(story, "compared", WORDS("Side by side", "Рядом"));
    show_distributions(story, chapter, compared);
    for (size_t i = 0; i + 1 < compared->n; i++) {
        const comparison_pair *pair = &compared->pairs[i];
        list_checks(story, chapter, compared, pair);
        list_tests(story, chapter, compared, pair);
        show_budgets(story, chapter, compared, pair, &pair->by_trials, "trials",
                     WORDS("trials", "испытаний"));
        show_budgets(story, chapter, compared, pair, &pair->by_seconds, "seconds",
                     WORDS("seconds", "секунд"));
        tell_compared_stages(story, chapter, compared, pair);
        list_differences(story, chapter, compared, pair);
    }
    story_add_command(story, chapter, story_format(story, "perebor compare%s", files),
                      WORDS("the same in the terminal", "то же в терминале"));
}
