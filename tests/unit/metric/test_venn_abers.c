// SPDX-License-Identifier: MIT
/** The two probabilities of Venn and Abers, against isotonic regression by its max-min formula. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "metric/venn_abers.h"

enum { max_rows = 40 };

/** Rows that are known; one more is added to ask of it. */
typedef struct rows {
    double scores[max_rows + 1];
    uint8_t labels[max_rows + 1];
    size_t n;
} rows;

/** The mean label of the rows whose scores lie in [low, high]; NaN of none. */
static double mean_between(const rows *known, double low, double high) {
    double n = 0.0, n_positive = 0.0;
    for (size_t i = 0; i < known->n; i++) {
        if (known->scores[i] >= low && known->scores[i] <= high) {
            n += 1.0;
            n_positive += known->labels[i];
        }
    }
    return n > 0.0 ? n_positive / n : NAN;
}

/**
 * The isotonic fit at a score: of all beginnings at or below it the greatest, of all ends at or
 * above it the least mean between (Barlow and others, 1972, equation 1.9).
 */
static double isotonic_at(const rows *known, double score) {
    double greatest = -INFINITY;
    for (size_t i = 0; i < known->n; i++) {
        double least = INFINITY;
        for (size_t k = 0; known->scores[i] <= score && k < known->n; k++) {
            if (known->scores[k] >= score) {
                least = fmin(least, mean_between(known, known->scores[i], known->scores[k]));
            }
        }
        greatest = known->scores[i] <= score ? fmax(greatest, least) : greatest;
    }
    return greatest;
}

static double added(rows known, double score, uint8_t label) {
    known.scores[known.n] = score;
    known.labels[known.n++] = label;
    return isotonic_at(&known, score);
}

static venn_abers *create(const rows *known) {
    venn_abers *made = NULL;
    perebor_error error = {0};
    assert_int_equal(venn_abers_create(&made, known->scores, known->labels, known->n, &error),
                     PEREBOR_OK);
    return made;
}

/** Every bit: both are one quotient of the same whole numbers. */
static void assert_same_bits(double value, double wanted) {
    if (memcmp(&value, &wanted, sizeof value) != 0) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

static void check_at(venn_abers *made, const rows *known, double score) {
    double lower = NAN, upper = NAN;
    venn_abers_interval(made, score, &lower, &upper);
    assert_same_bits(lower, added(*known, score, 0));
    assert_same_bits(upper, added(*known, score, 1));
    assert_true(0.0 <= lower && lower <= upper && upper <= 1.0);
}

/** At every known score, between any two, and beyond all; twice, for the second is remembered. */
static void check_everywhere(const rows *known) {
    venn_abers *made = create(known);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < known->n; i++) {
            check_at(made, known, known->scores[i]);
            check_at(made, known, nextafter(known->scores[i], -INFINITY));
            check_at(made, known, nextafter(known->scores[i], INFINITY));
        }
        check_at(made, known, -1e300);
        check_at(made, known, 1e300);
    }
    venn_abers_free(made);
}

/** @param[in] n_steps  Scores are rounded to so many steps a unit, and tie; 0: not. */
static void draw_rows(rows *drawn, size_t n, double n_steps, uint64_t *random) {
    drawn->n = n;
    for (size_t i = 0; i < n; i++) {
        double score = draw_normal(random);
        drawn->labels[i] = draw_normal(random) < score;
        drawn->scores[i] = n_steps > 0.0 ? floor(score * n_steps) / n_steps : score;
    }
}

static void bounds_are_those_of_isotonic_regression(void **state) {
    (void)state;
    uint64_t random = 20;
    for (size_t n = 1; n <= max_rows; n += n < 8 ? 1 : 8) {
        for (int repeat = 0; repeat < 6; repeat++) {
            rows drawn;
            draw_rows(&drawn, n, repeat % 3, &random);
            check_everywhere(&drawn);
        }
    }
}

static void order_of_the_known_rows_does_not_matter(void **state) {
    (void)state;
    uint64_t random = 3;
    rows drawn, turned = {.n = max_rows};
    draw_rows(&drawn, max_rows, 2.0, &random);
    for (size_t i = 0; i < max_rows; i++) {
        turned.scores[i] = drawn.scores[max_rows - 1 - i];
        turned.labels[i] = drawn.labels[max_rows - 1 - i];
    }
    venn_abers *one = create(&drawn), *other = create(&turned);
    for (double score = -3.0; score <= 3.0; score += 0.25) {
        double a, b, c, d;
        venn_abers_interval(one, score, &a, &b);
        venn_abers_interval(other, score, &c, &d);
        assert_same_bits(a, c);
        assert_same_bits(b, d);
    }
    venn_abers_free(one);
    venn_abers_free(other);
}

static void a_single_row_and_equal_scores_are_worked_out_by_hand(void **state) {
    (void)state;
    double lower, upper;
    const rows one = {.scores = {0.5}, .labels = {1}, .n = 1};
    venn_abers *made = create(&one);
    venn_abers_interval(made, 0.5, &lower, &upper); // {1, 0} and {1, 1} of one score
    assert_same_bits(lower, 0.5);
    assert_same_bits(upper, 1.0);
    venn_abers_interval(made, 0.0, &lower, &upper); // below it 0 stands, 1 pools with it
    assert_same_bits(lower, 0.0);
    assert_same_bits(upper, 1.0);
    venn_abers_interval(made, 1.0, &lower, &upper); // above it 0 pools with it
    assert_same_bits(lower, 0.5);
    assert_same_bits(upper, 1.0);
    venn_abers_free(made);
    const rows tied = {.scores = {2, 2, 2}, .labels = {1, 0, 0}, .n = 3};
    made = create(&tied);
    venn_abers_interval(made, 2.0, &lower, &upper);
    assert_same_bits(lower, 0.25);
    assert_same_bits(upper, 0.5);
    venn_abers_free(made);
}

static void nothing_known_says_nothing(void **state) {
    (void)state;
    const rows none = {.n = 0};
    double lower = NAN, upper = NAN;
    venn_abers *made = create(&none);
    venn_abers_interval(made, 0.25, &lower, &upper);
    assert_same_bits(lower, 0.0);
    assert_same_bits(upper, 1.0);
    venn_abers_free(made);
    venn_abers_free(NULL);
}

static void an_interval_encloses_the_share_of_equal_scores_and_narrows(void **state) {
    (void)state;
    double width = 2.0;
    for (size_t n = 10; n <= max_rows; n += 10) {
        rows drawn = {.n = n};
        for (size_t i = 0; i < n; i++) {
            drawn.scores[i] = 1.0;
            drawn.labels[i] = i % 2 == 0;
        }
        double lower, upper;
        venn_abers *made = create(&drawn);
        venn_abers_interval(made, 1.0, &lower, &upper);
        assert_true(lower < 0.5 && 0.5 < upper);
        assert_true(upper - lower < width);
        width = upper - lower;
        venn_abers_free(made);
    }
}

static void places_of_many_scores_are_those_of_each(void **state) {
    (void)state;
    for (size_t n = 0; n <= max_rows; n += n < 5 ? 1 : 37) {
        rows drawn = {.n = n};
        double scores[101];
        uint32_t places[101];
        for (size_t i = 0; i < n; i++) {
            drawn.scores[i] = (double)(i * i % 53) / 8.0;
            drawn.labels[i] = i % 3 == 0;
        }
        venn_abers *made = create(&drawn);
        for (size_t i = 0; i < 101; i++) {
            scores[i] = (double)(i * 7 % 101) / 16.0 - 0.5;
        }
        venn_abers_places(made, scores, 101, places);
        for (size_t i = 0; i < 101; i++) {
            assert_int_equal(places[i], venn_abers_place(made, scores[i]));
        }
        venn_abers_free(made);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_those_of_isotonic_regression),
        cmocka_unit_test(order_of_the_known_rows_does_not_matter),
        cmocka_unit_test(a_single_row_and_equal_scores_are_worked_out_by_hand),
        cmocka_unit_test(nothing_known_says_nothing),
        cmocka_unit_test(an_interval_encloses_the_share_of_equal_scores_and_narrows),
        cmocka_unit_test(places_of_many_scores_are_those_of_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
