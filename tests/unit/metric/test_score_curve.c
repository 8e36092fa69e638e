// SPDX-License-Identifier: MIT
/** Points of ROC curves, against scikit-learn's roc_curve (tests/golden/report). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "metric/score_curve.h"

enum { n_rows = 60 };

static uint64_t congruent(size_t i, size_t modulus) {
    return (i * i + 7919 * i) % modulus;
}

static void fill(uint8_t *labels, double *scores) {
    for (size_t i = 0; i < n_rows; i++) {
        scores[i] = (double)congruent(i, 23) / 23.0;
        labels[i] = congruent(i, 31) < 13;
    }
}

static void points_are_those_of_scikit_learn(void **state) {
    (void)state;
    uint8_t labels[n_rows];
    double scores[n_rows];
    char line[128];
    score_curve curve = {0};
    size_t n_read = 0;
    fill(labels, scores);
    assert_int_equal(score_curve_make(&curve, labels, scores, n_rows, 1000, NULL), PEREBOR_OK);
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/report/report.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        size_t at;
        double n_false, n_true;
        if (sscanf(line, "roc %zu %lf %lf", &at, &n_false, &n_true) == 3) {
            assert_true(at < curve.n);
            assert_true(fabs(curve.points[at].n_false_positive - n_false) < 1e-9);
            assert_true(fabs(curve.points[at].n_true_positive - n_true) < 1e-9);
            n_read++;
        }
    }
    (void)fclose(file);
    assert_int_equal(n_read, curve.n);
    assert_true(isinf(curve.points[0].threshold));
    score_curve_release(&curve);
}

static void thinned_curves_keep_their_ends_and_leave_no_gaps(void **state) {
    (void)state;
    enum { n = 5000, most = 100 };
    static uint8_t labels[n];
    static double scores[n];
    score_curve curve = {0};
    for (size_t i = 0; i < n; i++) {
        scores[i] = (double)((i * 7919) % 5003);
        labels[i] = (i * i) % 11 < 4;
    }
    assert_int_equal(score_curve_make(&curve, labels, scores, n, most, NULL), PEREBOR_OK);
    assert_true(curve.n <= most + 1 && curve.n > most / 2);
    const score_curve_point *last = &curve.points[curve.n - 1];
    double n_class[2] = {last->n_false_positive, last->n_true_positive};
    assert_true(n_class[0] + n_class[1] == n);
    for (size_t i = 1; i < curve.n; i++) {
        const score_curve_point *a = &curve.points[i - 1], *b = &curve.points[i];
        double apart = (b->n_false_positive - a->n_false_positive) / n_class[0] +
                       (b->n_true_positive - a->n_true_positive) / n_class[1];
        assert_true(apart < 2.0 / (most - 1) + 2.0 / fmin(n_class[0], n_class[1]));
    }
    score_curve_release(&curve);
}

static void one_class_has_no_curve(void **state) {
    (void)state;
    const uint8_t labels[2] = {1, 1};
    const double scores[2] = {0.5, 0.6};
    score_curve curve = {0};
    assert_int_equal(score_curve_make(&curve, labels, scores, 2, 10, NULL), PEREBOR_ERR_NUMERIC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_those_of_scikit_learn),
        cmocka_unit_test(thinned_curves_keep_their_ends_and_leave_no_gaps),
        cmocka_unit_test(one_class_has_no_curve),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
