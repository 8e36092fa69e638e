// SPDX-License-Identifier: MIT
/** The best of n draws, against drawing in every possible way. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "statistics/expected_best.h"

static const double scores[] = {0.61, 0.70, 0.70, 0.93};
static const double others[] = {0.55, 0.70, 0.80};

/** The best of three draws from @p of, the draw numbered @p way of n^3. */
static double best_of_three(const double *of, size_t n, size_t way) {
    double best = -INFINITY;
    for (size_t draw = 0; draw < 3; draw++, way /= n) {
        best = fmax(best, of[way % n]);
    }
    return best;
}

static void the_best_of_three_is_that_of_all_sixty_four_ways(void **state) {
    (void)state;
    double sum = 0.0, squares = 0.0;
    for (size_t way = 0; way < 64; way++) {
        double best = best_of_three(scores, 4, way);
        sum += best / 64.0;
        squares += best * best / 64.0;
    }
    perebor_expected_best best = perebor_best_of(scores, 4, 3.0);
    assert_true(fabs(best.mean - sum) < 1e-14);
    assert_true(fabs(best.sd - sqrt(squares - sum * sum)) < 1e-13);
}

static void one_draw_is_the_mean_and_many_are_the_best(void **state) {
    (void)state;
    perebor_expected_best one = perebor_best_of(scores, 4, 1.0);
    perebor_expected_best many = perebor_best_of(scores, 4, 1e6);
    perebor_expected_best part = perebor_best_of(scores, 4, 1.5);
    assert_true(fabs(one.mean - 0.735) < 1e-14);
    assert_true(fabs(many.mean - 0.93) < 1e-14 && many.sd < 1e-7);
    assert_true(part.mean > one.mean && part.mean < perebor_best_of(scores, 4, 2.0).mean);
    assert_true(isnan(perebor_best_of(scores, 0, 3.0).mean));
}

/** The difference of the best of three, if the scores with these numbers are the first's. */
static double dealt_difference(unsigned of_first, double n_draws) {
    static const double all[] = {0.55, 0.61, 0.70, 0.70, 0.70, 0.80, 0.93};
    double first[7], second[7];
    size_t n_first = 0, n_second = 0;
    for (size_t i = 0; i < 7; i++) {
        if (of_first >> i & 1) {
            first[n_first++] = all[i];
        } else {
            second[n_second++] = all[i];
        }
    }
    return n_first != 4 ? NAN
                        : perebor_best_of(second, n_second, n_draws).mean -
                              perebor_best_of(first, n_first, n_draws).mean;
}

/** All 35 ways to deal seven scores, against many ways drawn. */
static void the_test_is_that_of_all_ways_to_deal(void **state) {
    (void)state;
    static const double draws[] = {1.0, 3.0, 20.0};
    for (size_t i = 0; i < 3; i++) {
        const perebor_best_pair pair = {
            .sorted = {scores, others}, .n_scores = {4, 3}, .n_draws = {draws[i], draws[i]}};
        double found =
            perebor_best_of(others, 3, draws[i]).mean - perebor_best_of(scores, 4, draws[i]).mean;
        size_t n_as_far = 0;
        for (unsigned way = 0; way < 128; way++) {
            n_as_far += fabs(dealt_difference(way, draws[i])) >= fabs(found) * (1.0 - 1e-12);
        }
        double p = NAN;
        assert_int_equal(perebor_best_test(&pair, 20000, 1, &p, NULL), PEREBOR_OK);
        if (!(fabs(p - (double)n_as_far / 35.0) < 0.015)) {
            fail_msg("p is %g, should be %g", p, (double)n_as_far / 35.0);
        }
    }
}

static void searches_that_do_not_meet_are_told_apart(void **state) {
    (void)state;
    double low[20], high[20], p = NAN;
    for (size_t i = 0; i < 20; i++) {
        low[i] = (double)i / 100.0;
        high[i] = 0.5 + (double)i / 100.0;
    }
    perebor_best_pair pair = {.sorted = {low, high}, .n_scores = {20, 20}, .n_draws = {8.0, 8.0}};
    assert_int_equal(perebor_best_test(&pair, 999, 1, &p, NULL), PEREBOR_OK);
    assert_true(p == 0.001);
    pair.sorted[1] = low;
    assert_int_equal(perebor_best_test(&pair, 999, 1, &p, NULL), PEREBOR_OK);
    assert_true(p > 0.9);
    // Ten times the draws from the same scores: better because of them, and well beyond the noise.
    pair.n_draws[1] = 80.0;
    pair.n_draws[0] = 1.0;
    assert_int_equal(perebor_best_test(&pair, 999, 1, &p, NULL), PEREBOR_OK);
    assert_true(p < 0.01);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_three_is_that_of_all_sixty_four_ways),
        cmocka_unit_test(one_draw_is_the_mean_and_many_are_the_best),
        cmocka_unit_test(the_test_is_that_of_all_ways_to_deal),
        cmocka_unit_test(searches_that_do_not_meet_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
