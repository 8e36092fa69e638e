// SPDX-License-Identifier: MIT
/** Ensembles that are selected greedily, against a plain selection that counts pairs. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "left_out_rows.h"
#include "metric/delong.h"
#include "metric/ensemble_selection.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { n_trials = 7, n_rows = 60, n_repeats = 2, n_folds = 6, n_scores = n_repeats * n_rows };

/** A small search of two repeats of three folds. */
static uint8_t labels[n_rows];
static uint32_t fold_of[n_scores];
static double scores[n_trials][n_scores];
static const double *rows_of[n_trials];
static const perebor_search_scores search = {.n_trials = n_trials,
                                             .n_rows = n_rows,
                                             .n_repeats = n_repeats,
                                             .n_folds = n_folds,
                                             .labels = labels,
                                             .fold_of = fold_of,
                                             .scores = rows_of};

/** Probabilities of few steps tie; of 0 steps they do not. */
static void draw_search(size_t n_steps, uint64_t *random) {
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = draw_bits(random) % 3 == 0;
        fold_of[row] = (uint32_t)(row % 3);
        fold_of[n_rows + row] = (uint32_t)(3 + draw_bits(random) % 3);
    }
    for (size_t trial = 0; trial < n_trials; trial++) {
        rows_of[trial] = scores[trial];
        for (size_t i = 0; i < n_scores; i++) {
            double score = draw_normal(random) + 0.2 * (double)trial * labels[i % n_rows];
            double p = 1.0 / (1.0 + exp(-score));
            scores[trial][i] = n_steps > 0 ? floor(p * (double)n_steps) / (double)n_steps : p;
        }
    }
}

/** The mean over folds of the AUC of a blend, over all pairs of rows that count. */
static double brute_score(const uint32_t *weights, const size_t *counts) {
    double blend[n_scores], sum = 0.0, n = 0.0, n_members = 0.0;
    for (size_t trial = 0; trial < n_trials; trial++) {
        n_members += weights[trial];
    }
    for (size_t i = 0; i < n_scores; i++) {
        blend[i] = 0.0;
        for (size_t trial = 0; trial < n_trials; trial++) {
            blend[i] += (double)weights[trial] * rows_of[trial][i];
        }
        blend[i] /= n_members;
    }
    for (uint32_t fold = 0; fold < n_folds; fold++) {
        double right = 0.0, pairs = 0.0;
        for (size_t i = 0; i < n_scores; i++) {
            for (size_t j = 0; fold_of[i] == fold && labels[i % n_rows] && j < n_scores; j++) {
                if (fold_of[j] == fold && !labels[j % n_rows] && counts[i % n_rows] &&
                    counts[j % n_rows]) {
                    pairs += 1.0;
                    right += blend[i] > blend[j] ? 1.0 : blend[i] == blend[j] ? 0.5 : 0.0;
                }
            }
        }
        sum += pairs > 0.0 ? right / pairs : 0.0;
        n += pairs > 0.0;
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

/** What a plain greedy selection takes. */
typedef struct selected {
    uint32_t weights[n_trials];
    double score;
    size_t single;
    double single_score;
} selected;

static selected brute_select(size_t n_rounds, const size_t *counts) {
    selected best = {.score = -1.0};
    uint32_t weights[n_trials] = {0};
    for (size_t round = 0; round < n_rounds; round++) {
        size_t added = 0;
        double highest = -1.0;
        for (size_t trial = 0; trial < n_trials; trial++) {
            weights[trial]++;
            double score = brute_score(weights, counts);
            weights[trial]--;
            if (score > highest) {
                highest = score;
                added = trial;
            }
        }
        weights[added]++;
        if (round == 0) {
            best.single = added;
            best.single_score = highest;
        }
        if (highest > best.score) {
            best.score = highest;
            memcpy(best.weights, weights, sizeof weights);
        }
    }
    return best;
}

static void all_count(size_t *counts) {
    for (size_t row = 0; row < n_rows; row++) {
        counts[row] = 1;
    }
}

static void check_selection(size_t n_rounds) {
    size_t counts[n_rows];
    uint32_t weights[n_trials];
    double score;
    all_count(counts);
    selected expected = brute_select(n_rounds, counts);
    assert_int_equal(perebor_ensemble_select(&search, n_rounds, &workspace, weights, &score, NULL),
                     PEREBOR_OK);
    assert_memory_equal(weights, expected.weights, sizeof weights);
    assert_true(score == expected.score);
    assert_true(score == brute_score(weights, counts));
}

static void selections_are_what_a_plain_one_takes(void **state) {
    (void)state;
    uint64_t random = 5;
    for (size_t n_steps = 0; n_steps < 9; n_steps += 2) {
        draw_search(n_steps, &random);
        check_selection(1);
        check_selection(12);
    }
}

/** A fold of one class does not count, and neither do places that it would have. */
static void folds_without_a_class_are_left_out(void **state) {
    (void)state;
    uint64_t random = 15;
    draw_search(5, &random);
    for (size_t row = 0; row < n_rows; row += 3) { // the rows of fold 0
        labels[row] = 0;
    }
    check_selection(6);
    for (size_t row = 1; row < n_rows; row += 3) {
        labels[row] = 1;
    }
    check_selection(6);
}

static void one_trial_is_an_ensemble_of_itself(void **state) {
    (void)state;
    uint64_t random = 16;
    uint32_t weight = 0;
    double score, naive;
    perebor_selection *selection = NULL;
    draw_search(4, &random);
    perebor_search_scores one = search;
    one.n_trials = 1;
    assert_int_equal(perebor_ensemble_select(&one, 9, &workspace, &weight, &score, NULL),
                     PEREBOR_OK);
    assert_int_equal(weight, 1);
    assert_int_equal(perebor_selection_create(&selection, &one, NULL), PEREBOR_OK);
    (void)perebor_selection_winner(selection, &naive);
    assert_true(score == naive);
    perebor_selection_free(selection);
}

/** Rounds that gain nothing are not part of the ensemble, and equal trials are not told apart. */
static void the_shortest_beginning_and_the_first_of_equal_trials_win(void **state) {
    (void)state;
    uint64_t random = 7;
    uint32_t weights[n_trials];
    double score;
    draw_search(0, &random);
    for (size_t trial = 0; trial < n_trials; trial++) {
        rows_of[trial] = scores[3];
    }
    assert_int_equal(perebor_ensemble_select(&search, 20, &workspace, weights, &score, NULL),
                     PEREBOR_OK);
    for (size_t trial = 0; trial < n_trials; trial++) {
        assert_int_equal(weights[trial], trial == 0);
    }
}

/** More rounds are never worse on the rows that they are selected by, and begin with the fewer. */
static void more_rounds_continue_fewer(void **state) {
    (void)state;
    uint64_t random = 8;
    double before = 0.0;
    draw_search(0, &random);
    for (size_t n_rounds = 1; n_rounds <= 25; n_rounds++) {
        uint32_t weights[n_trials], sum = 0;
        double score;
        assert_int_equal(
            perebor_ensemble_select(&search, n_rounds, &workspace, weights, &score, NULL),
            PEREBOR_OK);
        for (size_t trial = 0; trial < n_trials; trial++) {
            sum += weights[trial];
        }
        assert_in_range(sum, 1, n_rounds);
        assert_true(score >= before);
        assert_true(score == before || sum == n_rounds); // longer only if better
        before = score;
    }
}

/** Folds of many rows are sorted, those of few compared pair by pair: ours are to be the same. */
static void large_folds_are_counted_as_small_ones_are(void **state) {
    (void)state;
    enum { n = 3000 };
    static uint8_t label[n];
    static uint32_t fold[n];
    static double p[3][n], blend[n];
    const double *of[3] = {p[0], p[1], p[2]};
    uint64_t random = 21;
    for (size_t i = 0; i < n; i++) {
        label[i] = draw_bits(&random) % 2 == 0;
        for (size_t trial = 0; trial < 3; trial++) {
            double x = draw_normal(&random) + label[i];
            p[trial][i] = floor(400.0 / (1.0 + exp(-x))) / 400.0;
        }
    }
    const perebor_search_scores large = {3, n, 1, 1, label, fold, of};
    uint32_t weights[3];
    double score;
    perebor_auc_interval interval;
    assert_int_equal(perebor_ensemble_select(&large, 5, &workspace, weights, &score, NULL),
                     PEREBOR_OK);
    perebor_ensemble_blend(blend, of, weights, 3, n);
    assert_int_equal(perebor_delong(&interval, label, blend, n, 0.95, NULL), PEREBOR_OK);
    assert_true(score == interval.auc);
    assert_true(weights[0] > 0 && weights[1] > 0 && weights[2] > 0);
}

static int same(double a, double b) {
    return a == b || (isnan(a) && isnan(b));
}

/** Against a plain selection without the rows that are left out. */
static void check_resample(uint64_t seed, uint64_t number, size_t n_rounds) {
    size_t counts[n_rows], n_members = 0;
    uint32_t single[n_trials] = {0};
    perebor_resampled_ensemble found;
    assert_int_equal(
        perebor_ensemble_resample(&search, n_rounds, seed, number, &workspace, &found, NULL),
        PEREBOR_OK);
    left_out_rows_draw(seed, number, labels, fold_of, n_rows, n_folds, counts);
    selected expected = brute_select(n_rounds, counts);
    for (size_t row = 0; row < n_rows; row++) {
        counts[row] = 1 - counts[row];
    }
    for (size_t trial = 0; trial < n_trials; trial++) {
        n_members += expected.weights[trial] > 0;
    }
    single[expected.single] = 1;
    assert_true(found.inside == expected.score);
    assert_true(same(found.outside, brute_score(expected.weights, counts)));
    assert_int_equal(found.single, expected.single);
    assert_true(found.single_inside == expected.single_score);
    assert_true(same(found.single_outside, brute_score(single, counts)));
    assert_int_equal(found.n_members, n_members);
}

static void resamples_are_what_a_plain_selection_takes(void **state) {
    (void)state;
    uint64_t random = 31;
    for (size_t n_steps = 0; n_steps < 9; n_steps += 4) {
        draw_search(n_steps, &random);
        for (uint64_t number = 0; number < 8; number++) {
            check_resample(17 + n_steps, number, 6);
        }
    }
}

/** The single trial is the one that the corrected selection takes on the same rows. */
static void resamples_are_paired_with_those_of_single_trials(void **state) {
    (void)state;
    uint64_t random = 32;
    for (size_t n_steps = 0; n_steps < 6; n_steps += 5) {
        perebor_selection *selection = NULL;
        draw_search(n_steps, &random);
        assert_int_equal(perebor_selection_create(&selection, &search, NULL), PEREBOR_OK);
        for (uint64_t number = 20; number-- > 0;) {
            perebor_resample one;
            perebor_resampled_ensemble many;
            assert_int_equal(
                perebor_selection_resample(selection, 3, number, &workspace, &one, NULL),
                PEREBOR_OK);
            assert_int_equal(
                perebor_ensemble_resample(&search, 4, 3, number, &workspace, &many, NULL),
                PEREBOR_OK);
            assert_int_equal(many.single, one.trial);
            assert_true(many.single_inside == one.inside);
            assert_true(same(many.single_outside, one.outside));
        }
        perebor_selection_free(selection);
    }
}

/** An ensemble is sure as its blend would be, were it a trial. */
static void the_interval_is_that_of_the_blend(void **state) {
    (void)state;
    uint64_t random = 33;
    size_t counts[n_rows];
    double blend[n_scores], naive;
    const double *of = blend;
    perebor_resampled_ensemble resample;
    perebor_corrected_ensemble ensemble;
    perebor_selection *selection = NULL;
    perebor_corrected_score score;
    draw_search(6, &random);
    left_out_rows_draw(4, 1, labels, fold_of, n_rows, n_folds, counts);
    selected expected = brute_select(7, counts);
    perebor_ensemble_blend(blend, rows_of, expected.weights, n_trials, n_scores);
    perebor_search_scores one = search;
    one.n_trials = 1;
    one.scores = &of;
    assert_int_equal(perebor_selection_create(&selection, &one, NULL), PEREBOR_OK);
    const perebor_resample alone = {0, 0.9, 0.7};
    assert_int_equal(perebor_selection_correct(selection, &alone, 1, 0.95, &score, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_ensemble_resample(&search, 7, 4, 1, &workspace, &resample, NULL),
                     PEREBOR_OK);
    resample.outside = 0.7;
    naive = perebor_selection_winner(selection, &naive) == 0 ? naive : (double)NAN;
    assert_int_equal(perebor_ensemble_correct(naive, &resample, 1, 0.95, &ensemble, NULL),
                     PEREBOR_OK);
    assert_true(ensemble.corrected == 0.7 && ensemble.naive == score.naive);
    assert_true(isnan(ensemble.standard_error) && isnan(score.standard_error));
    assert_true(ensemble.low == score.low && ensemble.high == score.high);
    assert_true(ensemble.low < 0.7 && 0.7 < ensemble.high);
    perebor_selection_free(selection);
}

static void figures_are_means_over_what_could_be_measured(void **state) {
    (void)state;
    const perebor_resampled_ensemble resamples[] = {
        {.9, .7, 3, .8, .6, .01, 2}, {.9, .8, 3, .8, .8, .02, 3}, {.9, NAN, 3, .8, NAN, .5, 9},
        {.9, .6, 3, .8, .7, .03, 7}, {.9, .9, 3, .8, .7, .04, 4},
    };
    perebor_corrected_ensemble ensemble;
    assert_int_equal(perebor_ensemble_correct(0.95, resamples, 5, 0.95, &ensemble, NULL),
                     PEREBOR_OK);
    assert_int_equal(ensemble.n_used, 4);
    assert_true(ensemble.naive == 0.95);
    assert_true(fabs(ensemble.corrected - 0.75) < 1e-15);
    assert_true(fabs(ensemble.single_corrected - 0.7) < 1e-15);
    // of 0.7, 0.8, 0.6, 0.9: sqrt(0.05 / (4 * 3))
    assert_true(fabs(ensemble.standard_error - sqrt(0.05 / 12.0)) < 1e-15);
    assert_true(ensemble.better == 0.5 && ensemble.equal == 0.25);
    assert_true(ensemble.n_members == 4.0);
    double half = 1.959963984540054 * sqrt(0.025) / (0.75 * 0.25), logit = log(3.0);
    assert_true(fabs(ensemble.low - 1.0 / (1.0 + exp(half - logit))) < 1e-12);
    assert_true(fabs(ensemble.high - 1.0 / (1.0 + exp(-half - logit))) < 1e-12);
    assert_int_equal(perebor_ensemble_correct(0.95, resamples + 2, 1, 0.95, &ensemble, NULL),
                     PEREBOR_ERR_NUMERIC);
}

static void what_cannot_be_selected_from_is_refused(void **state) {
    (void)state;
    uint64_t random = 9;
    uint32_t weights[n_trials] = {77};
    double score = 3.0;
    perebor_error error = {0};
    draw_search(0, &random);
    assert_int_equal(perebor_ensemble_select(&search, 0, &workspace, weights, &score, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "not in 0"));
    perebor_search_scores wrong = search;
    wrong.n_trials = 0;
    assert_int_equal(perebor_ensemble_select(&wrong, 3, &workspace, weights, &score, &error),
                     PEREBOR_ERR_ARGUMENT);
    const double bad[] = {1.5, -0.1, NAN, INFINITY};
    for (size_t i = 0; i < 4; i++) {
        double kept = scores[2][n_rows + 7];
        perebor_resampled_ensemble resample;
        scores[2][n_rows + 7] = bad[i];
        assert_int_equal(perebor_ensemble_select(&search, 3, &workspace, weights, &score, &error),
                         PEREBOR_ERR_ARGUMENT);
        assert_non_null(strstr(error.message, "row 7 of candidate 2"));
        assert_int_equal(perebor_ensemble_resample(&search, 3, 1, 0, &workspace, &resample, &error),
                         PEREBOR_ERR_ARGUMENT);
        scores[2][n_rows + 7] = kept;
    }
    memset(labels, 1, sizeof labels);
    assert_int_equal(perebor_ensemble_select(&search, 3, &workspace, weights, &score, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_true(weights[0] == 77 && score == 3.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selections_are_what_a_plain_one_takes),
        cmocka_unit_test(folds_without_a_class_are_left_out),
        cmocka_unit_test(one_trial_is_an_ensemble_of_itself),
        cmocka_unit_test(the_shortest_beginning_and_the_first_of_equal_trials_win),
        cmocka_unit_test(more_rounds_continue_fewer),
        cmocka_unit_test(large_folds_are_counted_as_small_ones_are),
        cmocka_unit_test(resamples_are_what_a_plain_selection_takes),
        cmocka_unit_test(resamples_are_paired_with_those_of_single_trials),
        cmocka_unit_test(the_interval_is_that_of_the_blend),
        cmocka_unit_test(figures_are_means_over_what_could_be_measured),
        cmocka_unit_test(what_cannot_be_selected_from_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
