// SPDX-License-Identifier: MIT
#include "compare/comparison_tests.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "compare/comparison_summary.h"
#include "h5/file_tree.h"
#include "statistics/false_discovery.h"
#include "store/stage.h"

/** Permutations of a test, and of one with more scores than many_scores. */
enum { n_permutations = 999, n_few_permutations = 199, many_scores = 10000 };

/** The seed of the permutations: any will do, if it is the same for everybody. */
static const uint64_t permutation_seed = 2019;

/** Adds a budget that buys so many trials of each, unless it buys less than one. */
static void add_budget(comparison_budgets *budgets, double budget, const comparison_summary *a,
                       double draws_a, const comparison_summary *b, double draws_b) {
    if (budgets->n == COMPARISON_MOST_BUDGETS || !(draws_a >= 1.0) || !(draws_b >= 1.0)) {
        return;
    }
    budgets->items[budgets->n++] =
        (comparison_budget){.budget = budget,
                            .draws = {draws_a, draws_b},
                            .a = perebor_best_of(a->scores, a->n_complete, draws_a),
                            .b = perebor_best_of(b->scores, b->n_complete, draws_b),
                            .p = NAN};
}

/** 1, 4, 16 … trials, and as many as both have. */
static void list_trials(comparison_pair *pair, const comparison_summary *a,
                        const comparison_summary *b) {
    size_t most = a->n_complete < b->n_complete ? a->n_complete : b->n_complete;
    for (size_t n = 1; n < most; n *= 4) {
        add_budget(&pair->by_trials, (double)n, a, (double)n, b, (double)n);
    }
    add_budget(&pair->by_trials, (double)most, a, (double)most, b, (double)most);
}

/** All seconds that both have spent, and quarters of it as long as they buy a trial of each. */
static void list_seconds(comparison_pair *pair, const comparison_summary *a,
                         const comparison_summary *b) {
    double seconds = fmin(a->seconds, b->seconds);
    double cost = fmax(a->seconds_per_trial, b->seconds_per_trial);
    size_t n_quarters = 0;
    while (n_quarters < COMPARISON_MOST_BUDGETS - 1 &&
           ldexp(seconds, -2 * ((int)n_quarters + 1)) >= cost) {
        n_quarters++;
    }
    for (size_t i = n_quarters + 1; i-- > 0;) {
        double budget = ldexp(seconds, -2 * (int)i);
        add_budget(&pair->by_seconds, budget, a, budget / a->seconds_per_trial, b,
                   budget / b->seconds_per_trial);
    }
}

static perebor_status test_budgets(comparison_budgets *budgets, const comparison_summary *a,
                                   const comparison_summary *b, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double p[COMPARISON_MOST_BUDGETS] = {0}, adjusted[COMPARISON_MOST_BUDGETS];
    size_t n_dealt =
        a->n_complete + b->n_complete > many_scores ? n_few_permutations : n_permutations;
    for (size_t i = 0; i < budgets->n; i++) {
        const comparison_budget *budget = &budgets->items[i];
        const perebor_best_pair scores = {.sorted = {a->scores, b->scores},
                                          .n_scores = {a->n_complete, b->n_complete},
                                          .n_draws = {budget->draws[0], budget->draws[1]}};
        PEREBOR_TRY(done, perebor_best_test(&scores, n_dealt, permutation_seed, &p[i], error));
    }
    PEREBOR_TRY(done, perebor_holm_adjust(adjusted, p, budgets->n, error));
    for (size_t i = 0; i < budgets->n; i++) {
        budgets->items[i].p = adjusted[i];
        budgets->items[i].proved = adjusted[i] < 1.0 - comparison_level;
    }
done:
    return status;
}

perebor_status comparison_compare_budgets(comparison_pair *pair,
                                          const comparison_summary *summaries,
                                          perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const comparison_summary *a = &summaries[pair->a], *b = &summaries[pair->b];
    list_trials(pair, a, b);
    list_seconds(pair, a, b);
    if (pair->has_draws) {
        PEREBOR_TRY(done, test_budgets(&pair->by_trials, a, b, error));
        PEREBOR_TRY(done, test_budgets(&pair->by_seconds, a, b, error));
    }
done:
    return status;
}

/** P that all of A are on one side of all of B, by equal chances: 2 / (n choose n_a). */
static double all_on_one_side(size_t n_a, size_t n_b) {
    size_t fewer = n_a < n_b ? n_a : n_b;
    double p = 2.0;
    for (size_t i = 1; i <= fewer; i++) {
        p *= (double)i / (double)(n_a + n_b - fewer + i);
    }
    return fmin(p, 1.0);
}

perebor_status comparison_compare_draws(comparison_pair *pair, const comparison_summary *summaries,
                                        perebor_error *error) {
    const comparison_summary *a = &summaries[pair->a], *b = &summaries[pair->b];
    size_t n = a->n_complete + b->n_complete;
    if (!pair->has_draws) {
        return PEREBOR_OK;
    }
    // Mann and Whitney's statistic is an area under the ROC curve, whose rows are trials.
    uint8_t *of_b = calloc(n + 1, sizeof *of_b);
    double *scores = calloc(n + 1, sizeof *scores);
    perebor_status status = PEREBOR_OK;
    if (of_b == NULL || scores == NULL) {
        status = perebor_no_memory(error, "to compare %zu trials", n);
        goto done;
    }
    memset(of_b + a->n_complete, 1, b->n_complete);
    memcpy(scores, a->scores, a->n_complete * sizeof *scores);
    memcpy(scores + a->n_complete, b->scores, b->n_complete * sizeof *scores);
    perebor_auc_interval interval;
    PEREBOR_TRY(done, perebor_delong(&interval, of_b, scores, n, comparison_level, error));
    perebor_few_rows few = perebor_auc_of_few(&interval, comparison_level);
    bool apart = interval.auc == 0.0 || interval.auc == 1.0;
    double p = apart ? all_on_one_side(a->n_complete, b->n_complete) : few.p;
    pair->draws = (comparison_draws){.b_better = interval.auc,
                                     .low = few.low,
                                     .high = few.high,
                                     .p = p,
                                     .proved = p < 1.0 - comparison_level};
done:
    free(of_b);
    free(scores);
    return status;
}

static bool agrees(const comparison_pair *pair, comparison_aspect aspect) {
    return pair->checks[aspect].agreement == COMPARISON_SAME ||
           pair->checks[aspect].agreement == COMPARISON_TRUSTED;
}

/** Why the best trials cannot be tested on folds; nothing if they can. */
static comparison_sentence folds_reason(const comparison_pair *pair, const comparison *comparison,
                                        comparison_memory *memory) {
    const compared_search *searches[2] = {&comparison->searches[pair->a],
                                          &comparison->searches[pair->b]};
    const comparison_summary *summaries[2] = {&comparison->summaries[pair->a],
                                              &comparison->summaries[pair->b]};
    for (size_t i = 0; i < 2; i++) {
        if (summaries[i]->best == COMPARISON_NONE) {
            return comparison_say(memory, "no trial of %c is complete",
                                  "нет законченных испытаний у %c", summaries[i]->label);
        }
        if (!searches[i]->has_folds) {
            return comparison_say(memory, "%c has no scores of folds", "у %c нет оценок блоков",
                                  summaries[i]->label);
        }
    }
    for (size_t i = 0; i < 2; i++) {
        if (searches[i]->result == NULL && comparison->options.same_folds == 0) {
            return comparison_say(memory,
                                  "%c does not record its folds: --same-folds K trusts that they "
                                  "are the same K",
                                  "%c не записывает своих блоков: --same-folds K примет на веру, "
                                  "что это те же K",
                                  summaries[i]->label);
        }
    }
    if (!agrees(pair, COMPARISON_ROWS) || !agrees(pair, COMPARISON_FOLDS)) {
        return agrees(pair, COMPARISON_ROWS)
                   ? COMPARISON_WORDS("the folds differ", "блоки различаются")
                   : COMPARISON_WORDS("the rows differ", "строки различаются");
    }
    size_t n = searches[0]->trials->n_folds;
    if (searches[1]->trials->n_folds != n || n < 2) {
        return comparison_say(memory, "%c has scores of %zu folds, %c of %zu",
                              "у %c оценок блоков %zu, у %c — %zu", summaries[0]->label, n,
                              summaries[1]->label, searches[1]->trials->n_folds);
    }
    if (comparison_n_splits(searches[0], &comparison->options) == 2 ||
        comparison_n_splits(searches[1], &comparison->options) == 2) {
        return COMPARISON_WORDS("two folds say too little: the rows of each train the other; "
                                "cv.n_splits in both experiments makes them more",
                                "два блока говорят слишком мало: строки каждого обучают другой; "
                                "cv.n_splits в обоих экспериментах добавит");
    }
    return COMPARISON_WORDS(NULL, NULL);
}

/** Fold by fold, B - A. */
static void find_differences(double *differences, const comparison_pair *pair,
                             const comparison *comparison) {
    const compared_search *a = &comparison->searches[pair->a];
    const compared_search *b = &comparison->searches[pair->b];
    for (size_t fold = 0; fold < a->trials->n_folds; fold++) {
        differences[fold] = perebor_trials_score(b->trials, comparison->summaries[pair->b].best,
                                                 fold, b->metric, PEREBOR_TEST) -
                            perebor_trials_score(a->trials, comparison->summaries[pair->a].best,
                                                 fold, a->metric, PEREBOR_TEST);
    }
}

/** The folds of a repeat, which either of the two may know. */
static size_t find_n_splits(const comparison_pair *pair, const comparison *comparison) {
    size_t n = comparison_n_splits(&comparison->searches[pair->a], &comparison->options);
    return n > 0 ? n : comparison_n_splits(&comparison->searches[pair->b], &comparison->options);
}

perebor_status comparison_test_folds(comparison_pair *pair, const comparison *comparison,
                                     comparison_memory *memory, perebor_error *error) {
    const comparison_summary *a = &comparison->summaries[pair->a];
    const comparison_summary *b = &comparison->summaries[pair->b];
    comparison_test *test = &pair->folds;
    *test = (comparison_test){.p = NAN, .p_adjusted = NAN};
    test->why_not = folds_reason(pair, comparison, memory);
    if (test->why_not.in[0] != NULL) {
        return PEREBOR_OK;
    }
    size_t n = comparison->searches[pair->a].trials->n_folds;
    double *differences = calloc(n, sizeof *differences);
    if (differences == NULL) {
        return perebor_no_memory(error, "for %zu folds", n);
    }
    find_differences(differences, pair, comparison);
    size_t n_splits = find_n_splits(pair, comparison);
    double ratio = 1.0 / ((double)n_splits - 1.0);
    perebor_resampled_mean mean =
        perebor_conservative_t(differences, n, n_splits, comparison_level);
    perebor_resampled_mean usual = perebor_resampled_t(differences, n, ratio, comparison_level);
    free(differences);
    *test = (comparison_test){
        .is_tested = !isnan(mean.p),
        .why_not = isnan(mean.p) ? COMPARISON_WORDS("the difference is the same on every fold",
                                                    "разность одна и та же на каждом блоке")
                                 : COMPARISON_WORDS(NULL, NULL),
        .n = n,
        .trial_a = comparison->searches[pair->a].trials->first_trial + a->best,
        .trial_b = comparison->searches[pair->b].trials->first_trial + b->best,
        .a = a->best_score,
        .b = b->best_score,
        .difference = mean.mean,
        .low = mean.low,
        .high = mean.high,
        .p = mean.p,
        .p_adjusted = NAN,
        .usual = {usual.low, usual.high, usual.p},
        .rope = perebor_correlated_t(&mean, comparison->options.rope)};
    return PEREBOR_OK;
}

/** What a file's model says of its test rows. */
typedef struct test_scores {
    const int64_t *rows;
    const double *scores;
    size_t n;
    uint64_t trial;
} test_scores;

/** Reads them. @return Why there are none; nothing if there are. */
static comparison_sentence read_test_scores(test_scores *of, const compared_search *search,
                                            char label, comparison_memory *memory) {
    const perebor_result *result = search->result;
    if (result == NULL) {
        return comparison_say(memory, "%c has no scores of single rows", "у %c нет оценок строк",
                              label);
    }
    const h5_node *model = stage_find(result, "model");
    const h5_node *group = model == NULL ? NULL : h5_find(model, "test_part");
    const h5_node *first = group == NULL ? NULL : h5_find(group, "row");
    bool is_row = first != NULL && first->type == H5_DATASET && first->array.n_dimensions == 1;
    of->n = is_row ? first->array.dimensions[0] : 0;
    of->rows = is_row ? h5_row(group, "row", H5_INT64, of->n) : NULL;
    of->scores = is_row ? h5_row(group, "score", H5_DOUBLE, of->n) : NULL;
    const h5_attribute *trial = model == NULL ? NULL : h5_find_attribute(model, "trial");
    bool is_ensemble = model != NULL && h5_find_text(model, "ensemble") != NULL;
    bool numbered = trial != NULL && trial->value.n_dimensions == 0 &&
                    (trial->value.kind == H5_UINT64 || trial->value.kind == H5_INT64);
    if (of->rows == NULL || of->scores == NULL || !(numbered || is_ensemble)) {
        return comparison_say(memory,
                              "%c has no scores of its test part: 'perebor refit %s' adds them",
                              "у %c нет оценок проверочной части: их добавит «perebor refit %s»",
                              label, search->path);
    }
    of->trial = is_ensemble ? COMPARISON_ENSEMBLE : *(const uint64_t *)trial->value.data;
    if (!stage_is_current(result, "model")) {
        return comparison_say(
            memory,
            is_ensemble ? "the ensemble of %c was chosen before its search went on ('perebor "
                          "ensemble' chooses again), or before another was: 'perebor refit %s "
                          "--select ensemble' makes its model anew"
                        : "the model of %c was made before its search went on: 'perebor refit %s' "
                          "makes it anew",
            is_ensemble
                ? "ансамбль %c — от прежнего поиска («perebor ensemble» выберет снова) или после "
                  "него выбран другой: «perebor refit %s --select ensemble» сделает новую модель"
                : "модель %c — от прежнего поиска: «perebor refit %s» сделает новую",
            label, search->path);
    }
    return COMPARISON_WORDS(NULL, NULL);
}

/** Whether the scores are those of the rows of the test part, one each. */
static bool are_whole(const test_scores *of, const perebor_result *result) {
    if (of->n == 0 || of->rows == NULL || of->scores == NULL) {
        return false;
    }
    for (size_t i = 0; i < of->n; i++) {
        bool inside = of->rows[i] >= 0 && (uint64_t)of->rows[i] < result->n_rows &&
                      result->part[of->rows[i]] == 1 && isfinite(of->scores[i]);
        if (!inside) {
            return false;
        }
    }
    return true;
}

/** Why the models cannot be tested on the test part; nothing if they can. */
static comparison_sentence part_reason(const comparison_pair *pair, const comparison *comparison,
                                       test_scores of[2], comparison_memory *memory) {
    const size_t places[2] = {pair->a, pair->b};
    for (size_t i = 0; i < 2; i++) {
        comparison_sentence reason =
            read_test_scores(&of[i], &comparison->searches[places[i]],
                             comparison->summaries[places[i]].label, memory);
        if (reason.in[0] != NULL) {
            return reason;
        }
    }
    if (!agrees(pair, COMPARISON_ROWS) || !agrees(pair, COMPARISON_TEST_ROWS)) {
        return agrees(pair, COMPARISON_ROWS)
                   ? COMPARISON_WORDS("the test parts differ", "проверочные части различаются")
                   : COMPARISON_WORDS("the rows differ", "строки различаются");
    }
    bool whole = are_whole(&of[0], comparison->searches[pair->a].result) &&
                 are_whole(&of[1], comparison->searches[pair->b].result) && of[0].n == of[1].n;
    for (size_t i = 0; whole && i < of[0].n; i++) {
        whole = of[0].rows[i] == of[1].rows[i];
    }
    return whole ? COMPARISON_WORDS(NULL, NULL)
                 : COMPARISON_WORDS("the scores of the test part are not of the same rows",
                                    "оценки проверочной части не тех же строк");
}

static void take_areas(comparison_test *test, const perebor_auc_comparison *areas,
                       const test_scores of[2]) {
    perebor_few_rows few = perebor_auc_difference_of_few(areas, comparison_level);
    *test = (comparison_test){
        .is_tested = !isnan(few.p),
        .why_not = isnan(few.p) ? COMPARISON_WORDS("a class has one row", "в классе одна строка")
                                : COMPARISON_WORDS(NULL, NULL),
        .n = of[0].n,
        .trial_a = of[0].trial,
        .trial_b = of[1].trial,
        .a = areas->auc[1],
        .b = areas->auc[0],
        .difference = areas->difference,
        .low = few.low,
        .high = few.high,
        .p = few.p,
        .p_adjusted = NAN,
        .usual = {areas->low, areas->high, areas->p}};
}

perebor_status comparison_test_part(comparison_pair *pair, const comparison *comparison,
                                    comparison_memory *memory, perebor_error *error) {
    perebor_status status;
    test_scores of[2] = {{0}, {0}};
    perebor_auc_comparison areas;
    const perebor_result *result = comparison->searches[pair->a].result;
    pair->test = (comparison_test){.p = NAN, .p_adjusted = NAN};
    pair->test.why_not = part_reason(pair, comparison, of, memory);
    if (pair->test.why_not.in[0] != NULL) {
        return PEREBOR_OK;
    }
    uint8_t *labels = calloc(of[0].n + 1, sizeof *labels);
    if (labels == NULL) {
        return perebor_no_memory(error, "for %zu rows", of[0].n);
    }
    for (size_t i = 0; i < of[0].n; i++) {
        labels[i] = result->labels[of[0].rows[i]];
    }
    const double *const scores[2] = {of[1].scores, of[0].scores}; // B - A
    status = perebor_delong_compare(&areas, labels, scores, of[0].n, comparison_level, error);
    if (status == PEREBOR_ERR_NUMERIC) {
        pair->test.why_not = COMPARISON_WORDS("the test part has rows of one class",
                                              "в проверочной части строки одного класса");
        status = PEREBOR_OK;
    } else if (status == PEREBOR_OK) {
        take_areas(&pair->test, &areas, of);
    }
    free(labels);
    return status;
}

static comparison_test *test_of(comparison_pair *pair, bool of_part) {
    return of_part ? &pair->test : &pair->folds;
}

/** The p-value of a test, with the luck that the better of two had by having more trials. */
static double p_of(comparison_pair *pair, bool of_part, const comparison_summary *summaries) {
    const comparison_test *test = test_of(pair, of_part);
    bool b_ahead = test->difference > 0.0;
    size_t ahead = summaries[b_ahead ? pair->b : pair->a].n_complete;
    size_t behind = summaries[b_ahead ? pair->a : pair->b].n_complete;
    return of_part || !test->is_tested ? test->p : perebor_p_of_more_trials(test->p, ahead, behind);
}

perebor_status comparison_adjust(comparison_pair *pairs, size_t n_pairs,
                                 const comparison_summary *summaries, perebor_error *error) {
    double p[COMPARISON_MOST_FILES], adjusted[COMPARISON_MOST_FILES];
    perebor_status status = PEREBOR_OK;
    for (int kind = 0; kind < 2; kind++) {
        for (size_t i = 0; i < n_pairs; i++) {
            p[i] = p_of(&pairs[i], kind == 1, summaries);
        }
        PEREBOR_TRY(done, perebor_holm_adjust(adjusted, p, n_pairs, error));
        for (size_t i = 0; i < n_pairs; i++) {
            comparison_test *test = test_of(&pairs[i], kind == 1);
            test->p_adjusted = adjusted[i];
            bool proved = test->is_tested && adjusted[i] < 1.0 - comparison_level;
            test->better = !proved ? 0 : test->difference > 0.0 ? 1 : -1;
        }
    }
done:
    return status;
}
