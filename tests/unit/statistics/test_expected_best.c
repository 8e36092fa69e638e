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

static void who_is_ahead_is_that_of_all_pairs_of_ways(void **state) {
    (void)state;
    double ahead = 0.0;
    for (size_t way = 0; way < 64; way++) {
        for (size_t other = 0; other < 27; other++) {
            double a = best_of_three(scores, 4, way);
            double b = best_of_three(others, 3, other);
            ahead += (a > b ? 1.0 : a == b ? 0.5 : 0.0) / (64.0 * 27.0);
        }
    }
    assert_true(fabs(perebor_best_ahead(scores, 4, 3.0, others, 3, 3.0) - ahead) < 1e-13);
    assert_true(fabs(perebor_best_ahead(others, 3, 3.0, scores, 4, 3.0) - (1.0 - ahead)) < 1e-13);
    assert_true(fabs(perebor_best_ahead(scores, 4, 7.0, scores, 4, 7.0) - 0.5) < 1e-13);
    assert_true(isnan(perebor_best_ahead(scores, 0, 1.0, others, 3, 1.0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_three_is_that_of_all_sixty_four_ways),
        cmocka_unit_test(one_draw_is_the_mean_and_many_are_the_best),
        cmocka_unit_test(who_is_ahead_is_that_of_all_pairs_of_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
