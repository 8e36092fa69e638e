// SPDX-License-Identifier: MIT
#include "compare/comparison_verdict.h"

#include <math.h>
#include <string.h>

#include "base/try.h"
#include "store/test_looks.h"

enum { most_warnings = 24, enough_folds = 10, enough_of_a_class = 20 };

/** Searches whose numbers of trials differ by more than this have bests of different luck. */
static const double same_size = 1.1;

/** Where a test was made: "on the same 10 folds". */
static comparison_sentence place_of(const comparison_pair *pair, const comparison_test *test,
                                    comparison_memory *memory) {
    return test == &pair->test ? comparison_say(memory, "on the %zu rows of the test part",
                                                "на проверочной части (строк: %zu)", test->n)
                               : comparison_say(memory, "on the same %zu folds",
                                                "на тех же блоках (их %zu)", test->n);
}

/** A verdict whose place and figures have been said. */
static comparison_sentence decide(const comparison_pair *pair, const comparison *comparison,
                                  comparison_memory *memory) {
    char a = comparison->summaries[pair->a].label, b = comparison->summaries[pair->b].label;
    const comparison_test *test = pair->proof;
    const char *metric = test == &pair->test ? "roc_auc" : comparison->metric;
    comparison_sentence where = place_of(pair, test, memory), said;
    bool same = test->difference == 0.0 && test->low == test->high;
    comparison_sentence figures =
        same ? comparison_say(memory, "%s %.4f, the same everywhere", "%s %.4f, одинаково всюду",
                              metric, test->b)
             : comparison_say(memory, "%s %.4f against %.4f, %+.4f ± %.4f, p %.2g",
                              "%s %.4f против %.4f, %+.4f ± %.4f, p %.2g", metric, test->b, test->a,
                              test->difference, 0.5 * (test->high - test->low), test->p_adjusted);
    figures = comparison_commas(memory, figures);
    const char *const *at = where.in, *const *with = figures.in;
    const size_t english = COMPARISON_ENGLISH, russian = COMPARISON_RUSSIAN;
#define BOTH(first, second)                                                                        \
    COMPARISON_WORDS(comparison_text(memory, first, b, a, at[english], with[english]),             \
                     comparison_text(memory, second, b, a, at[russian], with[russian]))
    said = same ? BOTH("~ %c is as good as %c %s: %s", "~ %c не лучше и не хуже, чем %c, %s: %s")
           : test->better == 0
               ? BOTH("~ %c and %c are not told apart %s: %s", "~ %c и %c не различить %s: %s")
           : test->better > 0 ? BOTH("%c is better than %c %s: %s", "%c лучше, чем %c, %s: %s")
                              : BOTH("%c is worse than %c %s: %s", "%c хуже, чем %c, %s: %s");
#undef BOTH
    return said;
}

static comparison_sentence write_verdict(const comparison_pair *pair, const comparison *comparison,
                                         comparison_memory *memory) {
    char a = comparison->summaries[pair->a].label, b = comparison->summaries[pair->b].label;
    if (pair->proof != NULL) {
        return decide(pair, comparison, memory);
    }
    const comparison_sentence *why = &pair->folds.why_not;
    return COMPARISON_WORDS(
        comparison_text(memory, "~ %c and %c cannot be tested against each other: %s", b, a,
                        why->in[COMPARISON_ENGLISH]),
        comparison_text(memory, "~ %c и %c нельзя проверить друг против друга: %s", b, a,
                        why->in[COMPARISON_RUSSIAN]));
}

static void warn(comparison_pair *pair, comparison_sentence text) {
    if (pair->n_warnings < most_warnings) {
        pair->warnings[pair->n_warnings++] = text;
    }
}

/** What holds for one of the two. */
static perebor_status warn_of_search(comparison_pair *pair, const compared_search *search,
                                     const comparison_summary *summary, comparison_memory *memory,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    test_looks looks = {0};
    if (summary->n_finished < summary->n_trials) {
        warn(pair, comparison_say(memory, "%c is not at its end: %zu of %zu trials",
                                  "%c не закончен: испытаний %zu из %zu", summary->label,
                                  summary->n_finished, summary->n_trials));
    }
    if (summary->n_failed > 0) {
        warn(pair, comparison_say(memory, "%zu of %c's %zu trials failed",
                                  "неудачных испытаний %zu (у %c, из %zu)", summary->n_failed,
                                  summary->label, summary->n_finished));
    }
    if (search->kind == COMPARED_OPTUNA) {
        warn(pair, comparison_say(
                       memory,
                       "%c's trials may depend on each other: what its best of n is "
                       "worth holds for draws that do not",
                       "испытания %c могут зависеть друг от друга: чего стоит лучшее из n, верно "
                       "для независимых",
                       summary->label));
    }
    if (search->is_negated) {
        warn(pair,
             comparison_say(memory, "%c was minimised: its scores are its values times -1",
                            "%c минимизировали: оценки — его значения с минусом", summary->label));
    }
    if (search->result != NULL) {
        PEREBOR_TRY(done, test_looks_count(search->result, &looks, error));
    }
    if (looks.n_then > 0) {
        warn(pair, comparison_say(memory,
                                  "%c's search went on after its test part was looked at: its "
                                  "rows are not unseen any more",
                                  "поиск %c шёл и после взгляда на проверочную часть: её строки "
                                  "больше не незнакомы",
                                  summary->label));
    } else if (looks.n > 1) {
        warn(pair, comparison_say(
                       memory,
                       "%c's test part was looked at for %zu models: if the best of "
                       "them was taken, it is too good",
                       "на проверочную часть %c смотрели для %zu моделей: если взяли лучшую из "
                       "них, оценка завышена",
                       summary->label, looks.n));
    }
done:
    return status;
}

/** The best of many is too good, the more so the more there were. */
static void warn_of_winners(comparison_pair *pair, const comparison_summary *a,
                            const comparison_summary *b, bool are_results,
                            comparison_memory *memory) {
    size_t more = a->n_complete > b->n_complete ? a->n_complete : b->n_complete;
    size_t fewer = a->n_complete + b->n_complete - more;
    if (fewer == 0) {
        return;
    }
    if (!a->is_corrected || !b->is_corrected) {
        comparison_sentence help =
            are_results ? COMPARISON_WORDS("; 'perebor assess FILE' says by how much",
                                           "; насколько, скажет «perebor assess FILE»")
                        : COMPARISON_WORDS("", "");
        warn(pair,
             COMPARISON_WORDS(
                 comparison_text(memory,
                                 "winner's curse: %c's best is of %zu trials and %c's of %zu, "
                                 "and both are too good%s",
                                 a->label, a->n_complete, b->label, b->n_complete,
                                 help.in[COMPARISON_ENGLISH]),
                 comparison_text(memory,
                                 "проклятие победителя: лучшее у %c — из %zu испытаний, у %c — из "
                                 "%zu, и оба завышены%s",
                                 a->label, a->n_complete, b->label, b->n_complete,
                                 help.in[COMPARISON_RUSSIAN])));
    }
    if ((double)more > same_size * (double)fewer && pair->folds.is_tested) {
        bool is_a = a->n_complete > b->n_complete;
        warn(pair,
             comparison_say(
                 memory,
                 "%c has had %.3g times as many trials, and so as much more luck: if its best "
                 "is ahead on the folds, p is multiplied by that",
                 "у %c в %.3g раза больше испытаний, чтобы повезло: если на блоках впереди "
                 "оно, p умножено на это",
                 is_a ? a->label : b->label, (double)more / (double)fewer));
    }
}

/** Tests that are weak. */
static void warn_of_tests(comparison_pair *pair, const comparison *comparison,
                          comparison_memory *memory) {
    const comparison_test *folds = &pair->folds;
    if (folds->is_tested && folds->n < enough_folds) {
        warn(pair,
             comparison_commas(
                 memory, comparison_say(
                             memory,
                             "few folds: %zu tell apart no less than %.4f; cv.n_splits: 10 in both "
                             "experiments, or a test part, tells apart less",
                             "мало блоков: %zu различают не меньше %.4f; cv.n_splits: 10 в обоих "
                             "экспериментах или проверочная часть различат и меньшее",
                             folds->n, 0.5 * (folds->high - folds->low))));
    }
    if (pair->test.is_tested) {
        const perebor_result *result = comparison->searches[pair->a].result;
        size_t counts[2] = {0, 0};
        for (size_t row = 0; row < result->n_rows; row++) {
            counts[result->labels[row] != 0] += result->part[row] == 1;
        }
        size_t least = counts[counts[1] < counts[0]];
        if (least < enough_of_a_class) {
            warn(pair,
                 comparison_commas(
                     memory,
                     comparison_say(memory,
                                    "the test part has %zu rows of a class: it tells apart no less "
                                    "than %.4f",
                                    "в проверочной части строк одного класса %zu: она различает не "
                                    "меньше %.4f",
                                    least, 0.5 * (pair->test.high - pair->test.low))));
        }
    }
    size_t n_tests = 0;
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        const comparison_pair *other = &comparison->pairs[i];
        n_tests += pair->test.is_tested ? other->test.is_tested : other->folds.is_tested;
    }
    if (n_tests > 1) {
        warn(pair, comparison_say(memory, "p is Holm's, over %zu tests against %c",
                                  "p — по Холму, по всем проверкам (их %zu) против %c", n_tests,
                                  comparison->summaries[0].label));
    }
}

static void warn_of_sameness(comparison_pair *pair, const comparison_summary *a,
                             const comparison_summary *b, comparison_memory *memory) {
    if (pair->is_one_search && pair->n_equal < pair->n_shared) {
        warn(pair, comparison_say(memory,
                                  "%c and %c are one search, but %zu of the %zu trials that both "
                                  "have differ, %llu first: 'perebor verify' says which is right",
                                  "%c и %c — один поиск, но из испытаний, что есть у обоих, "
                                  "различаются %zu из %zu, первым %llu: "
                                  "кто прав, скажет «perebor verify»",
                                  a->label, b->label, pair->n_shared - pair->n_equal,
                                  pair->n_shared, (unsigned long long)pair->first_unequal));
    }
}

perebor_status comparison_conclude(comparison_pair *pair, const comparison *comparison,
                                   comparison_memory *memory, perebor_error *error) {
    perebor_status status;
    const comparison_summary *a = &comparison->summaries[pair->a];
    const comparison_summary *b = &comparison->summaries[pair->b];
    pair->proof = pair->test.is_tested ? &pair->test : pair->folds.is_tested ? &pair->folds : NULL;
    pair->verdict = write_verdict(pair, comparison, memory);
    pair->warnings = perebor_arena_allocate(&memory->arena, most_warnings, sizeof *pair->warnings);
    if (pair->warnings == NULL) {
        return perebor_no_memory(error, "to compare files");
    }
    warn_of_sameness(pair, a, b, memory);
    warn_of_winners(pair, a, b,
                    comparison->searches[pair->a].result != NULL &&
                        comparison->searches[pair->b].result != NULL,
                    memory);
    warn_of_tests(pair, comparison, memory);
    PEREBOR_TRY(done, warn_of_search(pair, &comparison->searches[pair->a], a, memory, error));
    PEREBOR_TRY(done, warn_of_search(pair, &comparison->searches[pair->b], b, memory, error));
done:
    return status;
}
