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
static const char *place_of(const comparison_pair *pair, const comparison_test *test,
                            comparison_memory *memory) {
    return test == &pair->test
               ? comparison_text(memory, "on the %zu rows of the test part", test->n)
               : comparison_text(memory, "on the same %zu folds", test->n);
}

static const char *write_verdict(const comparison_pair *pair, const comparison *comparison,
                                 comparison_memory *memory) {
    const comparison_summary *a = &comparison->summaries[pair->a];
    const comparison_summary *b = &comparison->summaries[pair->b];
    const comparison_test *test = pair->proof;
    if (test == NULL) {
        return comparison_text(memory, "~ %c and %c cannot be tested against each other: %s",
                               b->label, a->label, pair->folds.why_not);
    }
    const char *where = place_of(pair, test, memory);
    const char *metric = test == &pair->test ? "roc_auc" : comparison->metric;
    if (test->difference == 0.0 && test->low == test->high) {
        return comparison_text(memory, "~ %c is as good as %c %s: %s %.4f, the same everywhere",
                               b->label, a->label, where, metric, test->b);
    }
    const char *figures = comparison_text(memory, "%s %.4f against %.4f, %+.4f ± %.4f, p %.2g",
                                          metric, test->b, test->a, test->difference,
                                          0.5 * (test->high - test->low), test->p_adjusted);
    return test->better == 0
               ? comparison_text(memory, "~ %c and %c are not told apart %s: %s", b->label,
                                 a->label, where, figures)
               : comparison_text(memory, "%c is %s than %c %s: %s", b->label,
                                 test->better > 0 ? "better" : "worse", a->label, where, figures);
}

static void warn(comparison_pair *pair, const char *text) {
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
        warn(pair, comparison_text(memory, "%c is not at its end: %zu of %zu trials",
                                   summary->label, summary->n_finished, summary->n_trials));
    }
    if (summary->n_failed > 0) {
        warn(pair, comparison_text(memory, "%zu of %c's %zu trials failed", summary->n_failed,
                                   summary->label, summary->n_finished));
    }
    if (search->kind == COMPARED_OPTUNA) {
        warn(pair, comparison_text(memory,
                                   "%c's trials may depend on each other: what its best of n is "
                                   "worth holds for draws that do not",
                                   summary->label));
    }
    if (search->is_negated) {
        warn(pair, comparison_text(memory, "%c was minimised: its scores are its values times -1",
                                   summary->label));
    }
    if (search->result != NULL) {
        PEREBOR_TRY(done, test_looks_count(search->result, &looks, error));
    }
    if (looks.n_then > 0) {
        warn(pair, comparison_text(memory,
                                   "%c's search went on after its test part was looked at: its "
                                   "rows are not unseen any more",
                                   summary->label));
    } else if (looks.n > 1) {
        warn(pair, comparison_text(memory,
                                   "%c's test part was looked at for %zu trials: if the best of "
                                   "them was taken, it is too good",
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
        warn(pair, comparison_text(memory,
                                   "winner's curse: %c's best is of %zu trials and %c's of %zu, "
                                   "and both are too good%s",
                                   a->label, a->n_complete, b->label, b->n_complete,
                                   are_results ? "; 'perebor assess FILE' says by how much" : ""));
    }
    if ((double)more > same_size * (double)fewer && pair->folds.is_tested) {
        warn(pair, comparison_text(memory,
                                   "%c has had more trials to be lucky with: on folds that both "
                                   "were chosen on it has an advantage",
                                   a->n_complete > b->n_complete ? a->label : b->label));
    }
}

/** Tests that are weak, or too bold. */
static void warn_of_tests(comparison_pair *pair, const comparison *comparison,
                          comparison_memory *memory) {
    const comparison_test *folds = &pair->folds;
    if (folds->is_tested && folds->n < enough_folds) {
        warn(pair, comparison_text(memory,
                                   "few folds: %zu tell apart no less than %.4f; cv.n_repeats in "
                                   "both experiments makes them more",
                                   folds->n, 0.5 * (folds->high - folds->low)));
    }
    if (pair->test.is_tested) {
        const perebor_result *result = comparison->searches[pair->a].result;
        size_t counts[2] = {0, 0};
        for (size_t row = 0; row < result->n_rows; row++) {
            counts[result->labels[row] != 0] += result->part[row] == 1;
        }
        size_t least = counts[counts[1] < counts[0]];
        if (least < enough_of_a_class) {
            warn(pair, comparison_text(memory,
                                       "the test part has %zu rows of a class: DeLong's test is "
                                       "too bold with fewer than %d",
                                       least, enough_of_a_class));
        }
    }
    size_t n_tests = 0;
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        const comparison_pair *other = &comparison->pairs[i];
        n_tests += pair->test.is_tested ? other->test.is_tested : other->folds.is_tested;
    }
    if (n_tests > 1) {
        warn(pair, comparison_text(memory, "p is Holm's, over %zu tests against %c", n_tests,
                                   comparison->summaries[0].label));
    }
}

static void warn_of_sameness(comparison_pair *pair, const comparison_summary *a,
                             const comparison_summary *b, comparison_memory *memory) {
    if (pair->is_one_search && pair->n_equal < pair->n_shared) {
        warn(pair, comparison_text(memory,
                                   "%c and %c are one search, but %zu of the %zu trials that both "
                                   "have differ, %llu first: 'perebor verify' says which is right",
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
