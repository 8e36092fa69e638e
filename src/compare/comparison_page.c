// SPDX-License-Identifier: MIT
#include "compare/comparison_page.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "compare/page.h"
#include "statistics/quantile.h"

/** A page under way: cells of the table that is being made, and the memory of their texts. */
typedef struct page_writing {
    page page;
    const comparison *comparison;
    comparison_memory memory;
    const char **cells;
    size_t n_cells, capacity;
} page_writing;

static void put(page_writing *w, const char *text) {
    if (w->n_cells == w->capacity) {
        size_t capacity = w->capacity == 0 ? 128 : 2 * w->capacity;
        const char **grown = realloc(w->cells, capacity * sizeof *grown);
        w->memory.failed = w->memory.failed || grown == NULL;
        if (grown == NULL) {
            return;
        }
        w->cells = grown;
        w->capacity = capacity;
    }
    w->cells[w->n_cells++] = text;
}

static void put_row(page_writing *w, const char *const *texts, size_t n) {
    for (size_t i = 0; i < n; i++) {
        put(w, texts[i]);
    }
}

/** A score with four places, or a dash. */
static void put_score(page_writing *w, double score) {
    put(w, isnan(score) ? "-" : comparison_text(&w->memory, "%.4f", score));
}

/** The one of two texts that is in the page's language. */
static const char *choose(const page_writing *w, const char *english, const char *russian) {
    return w->comparison->options.language == COMPARISON_RUSSIAN ? russian : english;
}

/** A sentence in the page's language. */
static const char *in_language(const page_writing *w, comparison_sentence sentence) {
    return sentence.in[w->comparison->options.language];
}

/** The same for a sentence with numbers, none of which is from a text of the user's. */
static const char *with_numbers(page_writing *w, comparison_sentence sentence) {
    return in_language(w, comparison_commas(&w->memory, sentence));
}

/** "Left out: the folds differ." */
static const char *say_reason(page_writing *w, const char *english, const char *russian,
                              const comparison_sentence *reason) {
    return comparison_text(&w->memory, "%s: %s.", choose(w, english, russian),
                           in_language(w, *reason));
}

/** Numbers of a table, which stand at the right, as the page's language writes them. */
static void localise(page_writing *w, const char *alignment, size_t n_columns) {
    for (size_t i = n_columns; i < w->n_cells; i++) { // the first row is the header
        if (alignment[i % n_columns] == 'r') {
            w->cells[i] = with_numbers(w, COMPARISON_WORDS(w->cells[i], w->cells[i]));
        }
    }
}

/** Writes the table that was put together. */
static void end_table(page_writing *w, const char *alignment, size_t n_columns) {
    if (w->comparison->options.language == COMPARISON_RUSSIAN) {
        localise(w, alignment, n_columns);
    }
    const page_table table = {
        .alignment = alignment, .cells = w->cells, .n_rows = w->n_cells / n_columns};
    if (!w->memory.failed) {
        page_write_table(&w->page, &table);
    }
    w->n_cells = 0;
}

/** The heading of what holds for one pair. */
static void head(page_writing *w, const comparison_pair *pair, const char *what) {
    const comparison_summary *summaries = w->comparison->summaries;
    page_heading(
        &w->page,
        in_language(w, comparison_say(&w->memory, "%c against %c: %s", "%c против %c: %s",
                                      summaries[pair->b].label, summaries[pair->a].label, what)));
}

static const char *seconds_text(page_writing *w, double seconds, bool is_wall) {
    return isnan(seconds) ? "-"
                          : comparison_text(&w->memory, "%.3g %s%s", seconds, choose(w, "s", "с"),
                                            is_wall ? choose(w, " wall", " по часам") : "");
}

static void write_files(page_writing *w) {
    static const char *const header[][9] = {
        {"", "file", "trials", "failed", "seconds", "per trial", "best", "±", "trial"},
        {"", "файл", "испытаний", "неудач", "время", "на испыт.", "лучшее", "±", "номер"}};
    page_heading(&w->page, in_language(w, comparison_say(&w->memory, "the files, by %s",
                                                         "файлы, по %s", w->comparison->metric)));
    put_row(w, header[w->comparison->options.language], 9);
    for (size_t i = 0; i < w->comparison->n; i++) {
        const comparison_summary *summary = &w->comparison->summaries[i];
        const compared_search *search = &w->comparison->searches[i];
        bool is_wall = search->result == NULL;
        double half = 0.5 * (summary->folds.high - summary->folds.low);
        put(w, comparison_text(&w->memory, "%c", summary->label));
        put(w, search->path);
        put(w, comparison_text(&w->memory, "%zu", summary->n_finished));
        put(w, comparison_text(&w->memory, "%zu", summary->n_failed));
        put(w, seconds_text(w, summary->seconds, is_wall));
        put(w, seconds_text(w, summary->seconds_per_trial, false));
        put_score(w, summary->best_score);
        put_score(w, half);
        put(w, summary->best == COMPARISON_NONE
                   ? "-"
                   : comparison_text(&w->memory, "%" PRIu64,
                                     search->trials->first_trial + summary->best));
    }
    end_table(w, "lprrrrrrr", 9);
    page_paragraph(
        &w->page,
        choose(w,
               "Seconds are of processors, but for \"wall\"; ± is 95 %, corrected for "
               "what folds share (Nadeau and Bengio).",
               "Время — процессорное, если не сказано «по часам»; ± — 95 %, с поправкой на "
               "общие строки блоков (Надо и Бенжио)."));
}

/** Which trials those are: the parameters of each best. */
static void write_best(page_writing *w) {
    for (size_t i = 0; i < w->comparison->n; i++) {
        const comparison_summary *summary = &w->comparison->summaries[i];
        if (summary->best == COMPARISON_NONE) {
            continue;
        }
        char *params = compared_params(&w->comparison->searches[i], summary->best);
        w->memory.failed = w->memory.failed || params == NULL;
        page_item(&w->page,
                  in_language(w, comparison_say(&w->memory, "%c's best: %s", "лучшее в %c: %s",
                                                summary->label, params != NULL ? params : "")));
        free(params);
    }
}

static void write_corrected(page_writing *w) {
    for (size_t i = 0; i < w->comparison->n; i++) {
        const comparison_summary *summary = &w->comparison->summaries[i];
        if (summary->is_corrected) {
            page_item(&w->page,
                      with_numbers(
                          w, comparison_say(
                                 &w->memory,
                                 "%c's best without the luck of having been chosen: %.4f, 95 %% of "
                                 "resamples %.4f to %.4f",
                                 "лучшее в %c без везения выбора: %.4f, 95 %% перевыборок от %.4f "
                                 "до %.4f",
                                 summary->label, summary->corrected, summary->corrected_low,
                                 summary->corrected_high)));
        }
    }
}

/** The empirical distribution of the scores: what each share of the trials does not exceed. */
static void write_distribution(page_writing *w) {
    static const double shares[] = {0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0};
    static const char *const header[][8] = {
        {"", "worst", "10 %", "25 %", "half", "75 %", "90 %", "best"},
        {"", "худшее", "10 %", "25 %", "половина", "75 %", "90 %", "лучшее"}};
    page_heading(&w->page, choose(w, "distribution of the trials' scores: so many are up to",
                                  "распределение оценок: столько испытаний не лучше"));
    put_row(w, header[w->comparison->options.language], 8);
    for (size_t i = 0; i < w->comparison->n; i++) {
        const comparison_summary *summary = &w->comparison->summaries[i];
        put(w, comparison_text(&w->memory, "%c", summary->label));
        for (size_t j = 0; j < 7; j++) {
            put_score(w, summary->n_complete == 0
                             ? (double)NAN
                             : perebor_quantile(summary->scores, summary->n_complete, shares[j]));
        }
    }
    end_table(w, "lrrrrrrr", 8);
}

static void write_checks(page_writing *w, const comparison_pair *pair) {
    head(w, pair, choose(w, "what may be compared", "что можно сравнивать"));
    put(w, "");
    put(w, choose(w, "in both", "в обоих"));
    put(w, choose(w, "left out for it", "что поэтому опущено"));
    for (size_t i = 0; i < COMPARISON_N_ASPECTS; i++) {
        put(w, in_language(w, comparison_aspect_names[i]));
        put(w, in_language(w, comparison_agreement_names[pair->checks[i].agreement]));
        put(w, in_language(w, pair->checks[i].left_out));
    }
    end_table(w, "lll", 3);
    if (pair->is_one_search) {
        page_paragraph(&w->page,
                       in_language(w, comparison_say(&w->memory,
                                                     "They are one search: %zu of the %zu finished "
                                                     "trials that both have are equal to the bit.",
                                                     "Это один поиск: до бита равны %zu из %zu "
                                                     "законченных испытаний, что есть в обоих.",
                                                     pair->n_equal, pair->n_shared)));
    }
}

static void write_differences(page_writing *w, const comparison_pair *pair) {
    if (pair->n_differences == 0) {
        return;
    }
    const comparison_summary *summaries = w->comparison->summaries;
    head(w, pair, choose(w, "what differs", "что различается"));
    put(w, "");
    put(w, comparison_text(&w->memory, "%c", summaries[pair->a].label));
    put(w, comparison_text(&w->memory, "%c", summaries[pair->b].label));
    for (size_t i = 0; i < pair->n_differences; i++) {
        put(w, pair->differences[i].key);
        put(w, pair->differences[i].a[0] != '\0' ? pair->differences[i].a : "-");
        put(w, pair->differences[i].b[0] != '\0' ? pair->differences[i].b : "-");
    }
    end_table(w, "lll", 3);
}

static void put_expected(page_writing *w, perebor_expected_best best) {
    put(w, comparison_text(&w->memory, "%.4f ± %.4f", best.mean, best.sd));
}

static void write_budgets(page_writing *w, const comparison_pair *pair,
                          const comparison_budgets *budgets, const char *unit) {
    const comparison_summary *summaries = w->comparison->summaries;
    if (budgets->n == 0) {
        return;
    }
    char b = summaries[pair->b].label;
    put(w, unit);
    put(w, comparison_text(&w->memory, "%c", summaries[pair->a].label));
    put(w, comparison_text(&w->memory, "%c", b));
    put(w, comparison_text(&w->memory, "%c - %c", b, summaries[pair->a].label));
    put(w, "p");
    put(w, "");
    for (size_t i = 0; i < budgets->n; i++) {
        const comparison_budget *budget = &budgets->items[i];
        put(w, comparison_text(&w->memory, "%.4g", budget->budget));
        put_expected(w, budget->a);
        put_expected(w, budget->b);
        put(w, comparison_text(&w->memory, "%+.4f", budget->b.mean - budget->a.mean));
        put(w, isnan(budget->p) ? "-" : comparison_text(&w->memory, "%.2g", budget->p));
        put(w, budget->proved ? "" : "~");
    }
    end_table(w, "rrrrrl", 6);
}

static void write_draws(page_writing *w, const comparison_pair *pair) {
    char a = w->comparison->summaries[pair->a].label, b = w->comparison->summaries[pair->b].label;
    const comparison_draws *draws = &pair->draws;
    if (!pair->has_draws) {
        page_paragraph(&w->page, say_reason(w, "None of this is tested",
                                            "Ничто из этого не проверено", &pair->no_draws));
        return;
    }
    const char *unsure = draws->proved ? "" : "~ ";
    comparison_sentence said =
        isnan(draws->low)
            ? comparison_say(&w->memory,
                             "%sA trial of %c is better than one of %c with probability %.3f "
                             "(p %.2g).",
                             "%sИспытание %c лучше испытания %c с вероятностью %.3f (p %.2g).",
                             unsure, b, a, draws->b_better, draws->p)
            : comparison_say(&w->memory,
                             "%sA trial of %c is better than one of %c with probability %.3f "
                             "(95 %%: %.3f to %.3f).",
                             "%sИспытание %c лучше испытания %c с вероятностью %.3f "
                             "(95 %%: от %.3f до %.3f).",
                             unsure, b, a, draws->b_better, draws->low, draws->high);
    page_paragraph(&w->page, with_numbers(w, said));
}

static void write_searches(page_writing *w, const comparison_pair *pair) {
    head(w, pair, choose(w, "what the best of a budget is worth", "чего стоит лучшее из бюджета"));
    write_budgets(w, pair, &pair->by_trials, choose(w, "trials", "испытаний"));
    if (pair->by_trials.n > 0 && pair->by_seconds.n > 0) {
        fputc('\n', w->page.stream);
    }
    write_budgets(w, pair, &pair->by_seconds, choose(w, "seconds", "секунд"));
    page_paragraph(
        &w->page, choose(w,
                         "Expected best of so many draws from the scores, ± its standard deviation "
                         "(Dodge and others 2019); p by permutation, and Holm's over the budgets.",
                         "Ожидаемое лучшее из стольких выборок оценок, ± его стандартное "
                         "отклонение (Додж и др. 2019); p перестановкой, по Холму для бюджетов."));
    write_draws(w, pair);
}

/** The number of a trial, or that it is an ensemble. */
static void put_trial(page_writing *w, uint64_t trial) {
    put(w, trial == COMPARISON_ENSEMBLE ? choose(w, "ensemble", "ансамбль")
                                        : comparison_text(&w->memory, "%" PRIu64, trial));
}

static void put_test(page_writing *w, const comparison_test *test) {
    put_trial(w, test->trial_a);
    put_score(w, test->a);
    put_trial(w, test->trial_b);
    put_score(w, test->b);
    put(w, comparison_text(&w->memory, "%+.4f ± %.4f", test->difference,
                           0.5 * (test->high - test->low)));
    put(w, comparison_text(&w->memory, "%.2g", test->p_adjusted));
    put(w, test->better == 0 ? "~" : "");
}

static void write_test(page_writing *w, const comparison_pair *pair, const comparison_test *test,
                       const char *what) {
    const comparison_summary *summaries = w->comparison->summaries;
    char a = summaries[pair->a].label, b = summaries[pair->b].label;
    if (!test->is_tested) {
        head(w, pair, what);
        page_paragraph(&w->page, say_reason(w, "Left out", "Опущено", &test->why_not));
        return;
    }
    head(w, pair,
         test == &pair->test
             ? in_language(w, comparison_say(&w->memory, "%s, %zu rows, by roc_auc",
                                             "%s, строк %zu, по roc_auc", what, test->n))
             : in_language(w, comparison_say(&w->memory, "%s, %zu folds, by %s",
                                             "%s, блоков %zu, по %s", what, test->n,
                                             w->comparison->metric)));
    const char *trial = choose(w, "trial", "испытание");
    put(w, trial);
    put(w, comparison_text(&w->memory, "%c", a));
    put(w, trial);
    put(w, comparison_text(&w->memory, "%c", b));
    put(w, comparison_text(&w->memory, "%c - %c", b, a));
    put(w, "p");
    put(w, "");
    put_test(w, test);
    end_table(w, "rrrrrrl", 7);
}

/** What is usually printed of it. */
static void write_usual(page_writing *w, const comparison_test *test, const char *name) {
    const comparison_usual *usual = &test->usual;
    if (test->is_tested && usual->p < 1.0) {
        page_paragraph(
            &w->page,
            with_numbers(w, comparison_say(&w->memory,
                                           "For reference, %s, which can err more often than it "
                                           "says: ± %.4f, p %.2g.",
                                           "Для справки, %s, который может ошибаться чаще, чем "
                                           "обещает: ± %.4f, p %.2g.",
                                           name, 0.5 * (usual->high - usual->low), usual->p)));
    }
}

static void write_rope(page_writing *w, const comparison_pair *pair) {
    const comparison_summary *summaries = w->comparison->summaries;
    const perebor_rope_shares *rope = &pair->folds.rope;
    if (pair->folds.is_tested) {
        page_paragraph(
            &w->page,
            with_numbers(w, comparison_say(&w->memory,
                                           "With what probability: %c better by more than %g %.3f, "
                                           "no difference that matters %.3f, %c better %.3f "
                                           "(Bayesian correlated t).",
                                           "С какой вероятностью: %c лучше больше чем на %g — "
                                           "%.3f, различие не важно — %.3f, %c лучше — %.3f "
                                           "(байесовский t для связанных блоков).",
                                           summaries[pair->b].label, w->comparison->options.rope,
                                           rope->above, rope->within, summaries[pair->a].label,
                                           rope->below)));
    }
}

static void write_warnings(page_writing *w, const comparison_pair *pair) {
    if (pair->n_warnings == 0) {
        return;
    }
    head(w, pair, choose(w, "bear in mind", "что иметь в виду"));
    for (size_t i = 0; i < pair->n_warnings; i++) {
        page_item(&w->page, in_language(w, pair->warnings[i]));
    }
}

/** Why a part is left out. @return Whether it is. */
static bool write_left_out(page_writing *w, const comparison_sentence *why_not) {
    if (why_not->in[COMPARISON_ENGLISH] != NULL) {
        page_paragraph(&w->page, say_reason(w, "Left out", "Опущено", why_not));
    }
    return why_not->in[COMPARISON_ENGLISH] != NULL;
}

/** Whether the same columns matter. */
static void write_importance(page_writing *w, const comparison_pair *pair) {
    enum { n_told = 10 };
    const comparison_importance *importance = &pair->stages.importance;
    const comparison_summary *summaries = w->comparison->summaries;
    if (!importance->is_asked) {
        return;
    }
    head(w, pair, choose(w, "which columns matter", "какие столбцы важны"));
    if (write_left_out(w, &importance->why_not)) {
        return;
    }
    put(w, "");
    put(w, comparison_text(&w->memory, "%c, %%", summaries[pair->a].label));
    put(w, comparison_text(&w->memory, "%c, %%", summaries[pair->b].label));
    put(w, choose(w, "rank", "место"));
    put(w, choose(w, "rank", "место"));
    for (size_t i = 0; i < importance->n && i < n_told; i++) {
        const comparison_column *column = &importance->items[i];
        put(w, column->name);
        put(w, comparison_text(&w->memory, "%.1f", 100.0 * column->a));
        put(w, comparison_text(&w->memory, "%.1f", 100.0 * column->b));
        put(w, comparison_text(&w->memory, "%g", column->rank_a));
        put(w, comparison_text(&w->memory, "%g", column->rank_b));
    }
    end_table(w, "lrrrr", 5);
    page_paragraph(&w->page,
                   with_numbers(w, comparison_say(&w->memory,
                                                  "Shares of all that moves scores, by mean "
                                                  "absolute Shapley values; Spearman's "
                                                  "correlation over the %zu columns %.2f.",
                                                  "Доли всего, что двигает оценки, по средним "
                                                  "модулям вкладов Шепли; корреляция Спирмена по "
                                                  "столбцам (%zu) %.2f.",
                                                  importance->n, importance->spearman)));
}

/** Whether the same rows are together. */
static void write_partition(page_writing *w, const comparison_pair *pair,
                            const comparison_partition *partition, const char *what) {
    if (!partition->is_asked) {
        return;
    }
    head(w, pair, what);
    if (write_left_out(w, &partition->why_not)) {
        return;
    }
    double percent = 100.0 * (double)partition->n_changed / (double)partition->n;
    page_paragraph(
        &w->page,
        with_numbers(
            w, isnan(partition->adjusted_rand)
                   ? comparison_say(&w->memory, "Of %zu rows that both have %zu changed (%.1f %%).",
                                    "Из %zu строк, что есть в обоих, сменилось %zu (%.1f %%).",
                                    partition->n, partition->n_changed, percent)
                   : comparison_say(&w->memory,
                                    "Of %zu rows that both have %zu changed (%.1f %%); adjusted "
                                    "Rand index %.2f.",
                                    "Из %zu строк, что есть в обоих, сменилось %zu (%.1f %%); "
                                    "поправленный индекс Рэнда %.2f.",
                                    partition->n, partition->n_changed, percent,
                                    partition->adjusted_rand)));
    if (partition->n_moves == 0) {
        return;
    }
    put(w, choose(w, "from", "откуда"));
    put(w, choose(w, "to", "куда"));
    put(w, choose(w, "rows", "строк"));
    for (size_t i = 0; i < partition->n_moves; i++) {
        const comparison_move *move = &partition->moves[i];
        put(w, *move->from == '\0' ? choose(w, "(none)", "(нет)") : move->from);
        put(w, *move->to == '\0' ? choose(w, "(none)", "(нет)") : move->to);
        put(w, comparison_text(&w->memory, "%zu", move->n));
    }
    end_table(w, "llr", 3);
}

static void write_pair(page_writing *w, const comparison_pair *pair) {
    write_checks(w, pair);
    write_searches(w, pair);
    write_test(w, pair, &pair->folds,
               choose(w, "the best trials on the same folds", "лучшие испытания на тех же блоках"));
    write_usual(w, &pair->folds,
                choose(w, "the usual corrected resampled t", "обычный исправленный t"));
    write_rope(w, pair);
    write_test(
        w, pair, &pair->test,
        choose(w, "the refitted models on the test part", "обученные модели на проверочной части"));
    write_usual(w, &pair->test, choose(w, "DeLong's z", "z Делонга"));
    write_importance(w, pair);
    write_partition(w, pair, &pair->stages.segments,
                    choose(w, "who is in which segment", "кто в каком сегменте"));
    write_partition(w, pair, &pair->stages.offers,
                    choose(w, "who has which offer", "кому какое предложение"));
    write_differences(w, pair);
    write_warnings(w, pair);
}

perebor_status comparison_write_page(const comparison *comparison, bool is_markdown, FILE *stream,
                                     perebor_error *error) {
    page_writing w = {.page = {.stream = stream, .is_markdown = is_markdown},
                      .comparison = comparison};
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        page_paragraph(&w.page, in_language(&w, comparison->pairs[i].verdict));
    }
    write_files(&w);
    write_best(&w);
    write_corrected(&w);
    write_distribution(&w);
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        write_pair(&w, &comparison->pairs[i]);
    }
    w.page.failed = w.page.failed || w.memory.failed;
    free(w.cells);
    perebor_arena_release(&w.memory.arena);
    return page_end(&w.page, error);
}
