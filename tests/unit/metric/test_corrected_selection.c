// SPDX-License-Identifier: MIT
/** A selection made again without some rows, against one that leaves out the same and counts pairs.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "left_out_rows.h"
#include "metric/corrected_selection.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_trials = 7, n_rows = 60, n_repeats = 2, n_folds = 6 };

/** A small search of two repeats of three folds. */
static uint8_t labels[n_rows];
static uint32_t fold_of[n_repeats * n_rows];
static double scores[n_trials][n_repeats * n_rows];
static const double *rows_of[n_trials];
static const perebor_search_scores search = {.n_trials = n_trials,
                                             .n_rows = n_rows,
                                             .n_repeats = n_repeats,
                                             .n_folds = n_folds,
                                             .labels = labels,
                                             .fold_of = fold_of,
                                             .scores = rows_of};

/** Scores of few steps tie, of each fold on a scale of its own. */
static void draw_search(size_t n_steps, uint64_t *random) {
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = draw_bits(random) % 3 == 0;
        fold_of[row] = (uint32_t)(row % 3);
        fold_of[n_rows + row] = (uint32_t)(3 + draw_bits(random) % 3);
    }
    for (size_t trial = 0; trial < n_trials; trial++) {
        rows_of[trial] = scores[trial];
        for (size_t i = 0; i < (size_t)n_repeats * n_rows; i++) {
            double score = draw_normal(random) + 0.1 * (double)trial * labels[i % n_rows];
            score = n_steps > 0 ? floor(score * (double)n_steps) + 0.0 : score;
            scores[trial][i] = score * pow(10.0, fold_of[i]) - fold_of[i];
        }
    }
}

/** All pairs of rows that count. */
static double brute_auc(size_t trial, const size_t *times) {
    double sum = 0.0, n = 0.0;
    for (uint32_t fold = 0; fold < n_folds; fold++) {
        double right = 0.0, pairs = 0.0;
        const double *of = scores[trial] + (fold < 3 ? 0 : n_rows);
        const uint32_t *folds = fold_of + (fold < 3 ? 0 : n_rows);
        for (size_t i = 0; i < n_rows; i++) {
            for (size_t j = 0; folds[i] == fold && labels[i] && j < n_rows; j++) {
                if (folds[j] == fold && !labels[j]) {
                    double weight = (double)(times[i] * times[j]);
                    pairs += weight;
                    right += weight * (of[i] > of[j] ? 1.0 : of[i] == of[j] ? 0.5 : 0.0);
                }
            }
        }
        sum += pairs > 0.0 ? right / pairs : 0.0;
        n += pairs > 0.0;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

static void check_resample(const perebor_selection *selection, uint64_t seed, uint64_t number) {
    size_t times[n_rows], best = 0;
    perebor_resample found;
    assert_int_equal(perebor_selection_resample(selection, seed, number, &workspace, &found, NULL),
                     PEREBOR_OK);
    left_out_rows_draw(seed, number, labels, fold_of, n_rows, n_folds, times);
    for (size_t trial = 1; trial < n_trials; trial++) {
        best = brute_auc(trial, times) > brute_auc(best, times) ? trial : best;
    }
    assert_int_equal(found.trial, best);
    assert_true(found.inside == brute_auc(best, times));
    for (size_t row = 0; row < n_rows; row++) {
        times[row] = times[row] == 0;
    }
    double outside = brute_auc(best, times);
    assert_true(found.outside == outside || (isnan(found.outside) && isnan(outside)));
}

static void resamples_are_what_counting_pairs_gives(void **state) {
    (void)state;
    uint64_t random = 5;
    for (size_t n_steps = 0; n_steps < 4; n_steps++) {
        perebor_selection *selection = NULL;
        draw_search(n_steps, &random);
        assert_int_equal(perebor_selection_create(&selection, &search, NULL), PEREBOR_OK);
        for (uint64_t number = 0; number < 40; number++) {
            check_resample(selection, 17 + n_steps, number);
        }
        size_t once[n_rows], best = 0;
        double naive;
        for (size_t row = 0; row < n_rows; row++) {
            once[row] = 1;
        }
        for (size_t trial = 1; trial < n_trials; trial++) {
            best = brute_auc(trial, once) > brute_auc(best, once) ? trial : best;
        }
        assert_int_equal(perebor_selection_winner(selection, &naive), best);
        assert_true(naive == brute_auc(best, once));
        perebor_selection_free(selection);
    }
}

static void a_resample_depends_on_its_number_alone(void **state) {
    (void)state;
    uint64_t random = 6;
    perebor_selection *selection = NULL;
    perebor_resample forward[20], backward[20];
    draw_search(0, &random);
    assert_int_equal(perebor_selection_create(&selection, &search, NULL), PEREBOR_OK);
    for (uint64_t i = 0; i < 20; i++) {
        assert_int_equal(perebor_selection_resample(selection, 3, i, &workspace, &forward[i], NULL),
                         PEREBOR_OK);
    }
    for (uint64_t i = 20; i-- > 0;) {
        assert_int_equal(
            perebor_selection_resample(selection, 3, i, &workspace, &backward[i], NULL),
            PEREBOR_OK);
    }
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(forward[i].trial, backward[i].trial);
        assert_true(forward[i].inside == backward[i].inside);
        assert_true(i == 0 || forward[i].inside != forward[i - 1].inside);
    }
    perebor_selection_free(selection);
}

static void equal_trials_are_won_by_the_first(void **state) {
    (void)state;
    uint64_t random = 7;
    perebor_corrected_score score;
    draw_search(0, &random);
    for (size_t trial = 0; trial < n_trials; trial++) {
        rows_of[trial] = scores[3];
    }
    assert_int_equal(perebor_corrected_selection(&search, 50, 1, 0.95, &score, NULL), PEREBOR_OK);
    assert_int_equal(score.trial, 0);
    assert_true(score.same_winner == 1.0);
}

/** DeLong's variance of the mean of the folds' AUCs, where every row is in one fold of one repeat.
 */
static double brute_variance(const double *of) {
    double variance = 0.0, n[2] = {0.0, 0.0}, squares[2] = {0.0, 0.0};
    for (size_t i = 0; i < n_rows; i++) {
        double share = 0.0, others = 0.0, own = 0.0, auc = 0.0, pairs = 0.0;
        for (size_t j = 0; j < n_rows; j++) {
            own += fold_of[j] == fold_of[i] && labels[j] == labels[i];
            for (size_t k = 0; fold_of[j] == fold_of[i] && labels[j] && k < n_rows; k++) {
                if (fold_of[k] == fold_of[i] && !labels[k]) {
                    double right = of[j] > of[k] ? 1.0 : of[j] == of[k] ? 0.5 : 0.0;
                    auc += right;
                    pairs += 1.0;
                    if (i == j || i == k) {
                        share += right;
                        others += 1.0;
                    }
                }
            }
        }
        double effect = (share / others - auc / pairs) / own / 3.0;
        squares[labels[i]] += effect * effect;
        n[labels[i]] += 1.0;
    }
    for (size_t label = 0; label < 2; label++) {
        variance += squares[label] * n[label] / (n[label] - 3.0);
    }
    return variance;
}

static void figures_are_the_mean_outside_and_delongs_interval(void **state) {
    (void)state;
    uint64_t random = 8;
    for (size_t n_steps = 0; n_steps < 3; n_steps++) {
        perebor_corrected_score score;
        perebor_selection *selection = NULL;
        draw_search(n_steps, &random);
        perebor_search_scores once = search;
        once.n_repeats = 1;
        once.n_folds = 3;
        assert_int_equal(perebor_selection_create(&selection, &once, NULL), PEREBOR_OK);
        size_t winner = perebor_selection_winner(selection, &score.naive);
        size_t other = (winner + 1) % n_trials;
        const perebor_resample resamples[] = {{winner, .9, .5}, {winner, .9, .7}, {winner, .9, .9},
                                              {other, .9, .6},  {other, .9, NAN}, {winner, .9, .8}};
        assert_int_equal(perebor_selection_correct(selection, resamples, 6, 0.95, &score, NULL),
                         PEREBOR_OK);
        assert_int_equal(score.n_used, 5);
        assert_true(fabs(score.corrected - 0.7) < 1e-15);
        assert_true(fabs(score.same_winner - 4.0 / 6.0) < 1e-15);
        // of 0.5, 0.7, 0.9, 0.6, 0.8: sqrt(0.1 / (5 * 4))
        assert_true(fabs(score.standard_error - sqrt(0.005)) < 1e-15);
        double variance =
            (4.0 * brute_variance(scores[winner]) + brute_variance(scores[other])) / 5.0;
        double half = 1.959963984540054 * sqrt(variance) / (0.7 * 0.3), logit = log(0.7 / 0.3);
        assert_true(fabs(score.low - 1.0 / (1.0 + exp(half - logit))) < 1e-12);
        assert_true(fabs(score.high - 1.0 / (1.0 + exp(-half - logit))) < 1e-12);
        assert_int_equal(perebor_selection_correct(selection, resamples + 4, 1, 0.5, &score, NULL),
                         PEREBOR_ERR_NUMERIC);
        perebor_selection_free(selection);
    }
}

/** Repeats make no rows: the interval of the same folds twice is that of once. */
static void repeats_do_not_narrow_the_interval(void **state) {
    (void)state;
    uint64_t random = 11;
    perebor_corrected_score once, twice;
    draw_search(0, &random);
    for (size_t i = 0; i < n_rows; i++) {
        fold_of[n_rows + i] = 3 + fold_of[i];
        for (size_t trial = 0; trial < n_trials; trial++) {
            scores[trial][n_rows + i] = scores[trial][i];
        }
    }
    perebor_search_scores first = search;
    first.n_repeats = 1;
    first.n_folds = 3;
    assert_int_equal(perebor_corrected_selection(&first, 50, 1, 0.95, &once, NULL), PEREBOR_OK);
    assert_int_equal(perebor_corrected_selection(&search, 50, 1, 0.95, &twice, NULL), PEREBOR_OK);
    assert_true(fabs(once.corrected - twice.corrected) < 1e-14);
    assert_true(fabs(once.low - twice.low) < 1e-14 && fabs(once.high - twice.high) < 1e-14);
}

/** Draws, sums and bounds alike: figures of one machine, to be those of every other. */
static void figures_have_the_same_bits_everywhere(void **state) {
    (void)state;
    uint64_t random = 10;
    perebor_corrected_score score;
    draw_search(2, &random);
    assert_int_equal(perebor_corrected_selection(&search, 200, 77, 0.95, &score, NULL), PEREBOR_OK);
    assert_int_equal(score.trial, 4);
    assert_true(score.naive == 0x1.4969a5baf0a11p-1);
    assert_true(score.corrected == 0x1.234d3046a9363p-1);
    assert_true(score.low == 0x1.d8a441b86112ep-2 && score.high == 0x1.5726ca9e5eea5p-1);
}

static void what_cannot_be_selected_from_is_refused(void **state) {
    (void)state;
    uint64_t random = 9;
    perebor_selection *selection = NULL;
    perebor_error error = {0};
    draw_search(0, &random);
    perebor_search_scores wrong = search;
    wrong.n_trials = 0;
    assert_int_equal(perebor_selection_create(&selection, &wrong, &error), PEREBOR_ERR_ARGUMENT);
    wrong = search;
    wrong.n_folds = 5;
    assert_int_equal(perebor_selection_create(&selection, &wrong, &error), PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "is in fold 5, of 5"));
    memset(labels, 1, sizeof labels);
    assert_int_equal(perebor_selection_create(&selection, &search, &error), PEREBOR_ERR_NUMERIC);
    assert_null(selection);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resamples_are_what_counting_pairs_gives),
        cmocka_unit_test(a_resample_depends_on_its_number_alone),
        cmocka_unit_test(equal_trials_are_won_by_the_first),
        cmocka_unit_test(figures_are_the_mean_outside_and_delongs_interval),
        cmocka_unit_test(repeats_do_not_narrow_the_interval),
        cmocka_unit_test(figures_have_the_same_bits_everywhere),
        cmocka_unit_test(what_cannot_be_selected_from_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
