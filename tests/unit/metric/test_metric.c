// SPDX-License-Identifier: MIT
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "metric/roc_auc.h"
#include "perebor/metric.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static void assert_near(double value, double wanted, double tolerance) {
    assert_true(fabs(value - wanted) <= tolerance);
}

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { max_rows = 400 };

/** Rows with everything that a metric may look at. */
typedef struct rows {
    size_t n;
    uint8_t labels[max_rows], classes[max_rows];
    double scores[max_rows], probabilities[max_rows];
} rows;

static double score_by(const char *name, const rows *of) {
    const perebor_metric *metric = perebor_metric_find(name);
    assert_non_null(metric);
    perebor_predictions predictions = {.labels = of->labels,
                                       .n_rows = of->n,
                                       .scores = of->scores,
                                       .probabilities = of->probabilities,
                                       .classes = of->classes};
    double score = perebor_metric_score(metric, &predictions, &workspace);
    assert_null(perebor_workspace_here(&workspace).block);
    return score;
}

/** Both classes are there. Of few steps, scores and probabilities tie. */
static void draw_rows(rows *into, size_t n, size_t n_steps, uint64_t *random) {
    into->n = n;
    for (size_t row = 0; row < n; row++) {
        double share = (double)(draw_bits(random) % n_steps) / (double)(n_steps - 1);
        into->labels[row] = row < 2 ? (uint8_t)row : (uint8_t)(draw_uniform(random) < 0.3);
        into->probabilities[row] = share;
        into->scores[row] = share == 0.5 ? (row % 2 == 0 ? 0.0 : -0.0) : share - 0.5;
        into->classes[row] = share > 0.5;
    }
}

/** Straight from the definition: for every distinct score, by a pass over all rows. */
static double average_precision(const rows *of) {
    double sum = 0.0;
    double n_positive = 0.0;
    for (size_t row = 0; row < of->n; row++) {
        n_positive += of->labels[row];
    }
    for (size_t at = 0; at < of->n; at++) {
        double above = 0.0, true_above = 0.0;
        for (size_t row = 0; row < of->n; row++) {
            above += of->scores[row] >= of->scores[at];
            true_above += of->scores[row] >= of->scores[at] && of->labels[row];
        }
        // Each positive row adds its own step of recall times the precision at its score.
        sum += of->labels[at] ? true_above / above / n_positive : 0.0;
    }
    return sum;
}

static double log_loss(const rows *of) {
    double sum = 0.0;
    for (size_t row = 0; row < of->n; row++) {
        double p = fmin(fmax(of->probabilities[row], DBL_EPSILON), 1.0 - DBL_EPSILON);
        sum -= of->labels[row] ? log(p) : log1p(-p);
    }
    return sum / (double)of->n;
}

/** Pearson's correlation of two columns of 0 and 1, which Matthews' coefficient is. */
static double correlation(const uint8_t *x, const uint8_t *y, size_t n) {
    double mean_x = 0.0, mean_y = 0.0, xy = 0.0, xx = 0.0, yy = 0.0;
    for (size_t row = 0; row < n; row++) {
        mean_x += (double)x[row] / (double)n;
        mean_y += (double)y[row] / (double)n;
    }
    for (size_t row = 0; row < n; row++) {
        xy += ((double)x[row] - mean_x) * ((double)y[row] - mean_y);
        xx += ((double)x[row] - mean_x) * ((double)x[row] - mean_x);
        yy += ((double)y[row] - mean_y) * ((double)y[row] - mean_y);
    }
    return xx > 1e-12 && yy > 1e-12 ? xy / sqrt(xx * yy) : 0.0;
}

/** The share, among rows with one value of one column, that has one value of another. */
static double share(const uint8_t *given, uint8_t value, const uint8_t *of, uint8_t wanted,
                    size_t n) {
    double all = 0.0, found = 0.0;
    for (size_t row = 0; row < n; row++) {
        all += given[row] == value;
        found += given[row] == value && of[row] == wanted;
    }
    return all > 0.0 ? found / all : 0.0;
}

static void check_rows(const rows *of) {
    double precision = share(of->classes, 1, of->labels, 1, of->n);
    double recall = share(of->labels, 1, of->classes, 1, of->n);
    double specificity = share(of->labels, 0, of->classes, 0, of->n);
    double right = 0.0, brier = 0.0, both = 0.0;
    for (size_t row = 0; row < of->n; row++) {
        right += of->labels[row] == of->classes[row];
        brier += pow((double)of->labels[row] - of->probabilities[row], 2.0);
        both += of->labels[row] + of->classes[row];
    }
    double n = (double)of->n;
    assert_near(score_by("average_precision", of), average_precision(of), 1e-13);
    assert_near(score_by("neg_log_loss", of), -log_loss(of), 1e-13 * (1.0 + log_loss(of)));
    assert_near(score_by("neg_brier_score", of), -brier / n, 1e-14);
    assert_near(score_by("accuracy", of), right / n, 1e-15);
    assert_near(score_by("balanced_accuracy", of), (recall + specificity) / 2.0, 1e-15);
    assert_near(score_by("precision", of), precision, 1e-15);
    assert_near(score_by("recall", of), recall, 1e-15);
    double n_true = 0.0;
    for (size_t row = 0; row < of->n; row++) {
        n_true += of->labels[row] && of->classes[row];
    }
    assert_near(score_by("f1", of), 2.0 * n_true / both, 1e-15); // Dice's form of it
    assert_near(score_by("matthews_corrcoef", of), correlation(of->labels, of->classes, of->n),
                1e-12);
    double area = perebor_roc_auc(of->labels, of->scores, of->n, &workspace);
    assert_true(score_by("roc_auc", of) == area);
}

static void metrics_are_what_their_definitions_say(void **state) {
    (void)state;
    static rows drawn;
    static const size_t steps[] = {2, 3, 5, 41, 1000001};
    uint64_t random = 3;
    for (size_t n = 2; n <= max_rows; n += n < 12 ? 1 : 43) {
        for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
            draw_rows(&drawn, n, steps[i], &random);
            check_rows(&drawn);
        }
    }
}

static void precision_of_nobody_is_zero(void **state) {
    (void)state;
    rows none = {.n = 3, .labels = {1, 0, 0}, .classes = {0, 0, 0}};
    assert_true(score_by("precision", &none) == 0.0);
    assert_true(score_by("f1", &none) == 0.0);
    assert_true(score_by("recall", &none) == 0.0);
    assert_true(score_by("matthews_corrcoef", &none) == 0.0);
    assert_true(score_by("balanced_accuracy", &none) == 0.5);
}

static void a_class_that_is_absent_is_left_out(void **state) {
    (void)state;
    rows one_class = {.n = 2, .labels = {0, 0}, .classes = {0, 1}, .scores = {1.0, 2.0}};
    assert_true(score_by("balanced_accuracy", &one_class) == 0.5);
    assert_true(score_by("average_precision", &one_class) == 0.0);
    assert_true(isnan(score_by("roc_auc", &one_class)));
}

static void certain_and_wrong_is_not_infinitely_wrong(void **state) {
    (void)state;
    rows wrong = {.n = 2, .labels = {1, 0}, .probabilities = {0.0, 1.0}};
    assert_near(score_by("neg_log_loss", &wrong), log(DBL_EPSILON), 1e-12);
    rows right = {.n = 2, .labels = {0, 1}, .probabilities = {0.0, 1.0}};
    assert_near(score_by("neg_log_loss", &right), -DBL_EPSILON, 1e-16);
    assert_true(score_by("neg_brier_score", &right) == 0.0);
}

static void a_list_keeps_the_first_and_sorts_the_others(void **state) {
    (void)state;
    perebor_metric_list list = {0};
    static const char *const added[] = {"recall", "f1", "roc_auc", "accuracy", "f1", "recall"};
    static const char *const sorted[] = {"recall", "accuracy", "f1", "roc_auc"};
    const char *names[PEREBOR_MAX_METRICS];
    for (size_t i = 0; i < sizeof added / sizeof *added; i++) {
        perebor_metric_list_add(&list, perebor_metric_find(added[i]));
    }
    assert_int_equal(list.n, 4);
    perebor_metric_list_names(&list, names);
    for (size_t i = 0; i < list.n; i++) {
        assert_string_equal(names[i], sorted[i]);
    }
    assert_true(perebor_metric_list_needs(&list, PEREBOR_NEEDS_CLASSES));
    assert_true(perebor_metric_list_needs(&list, PEREBOR_NEEDS_SCORES));
    assert_false(perebor_metric_list_needs(&list, PEREBOR_NEEDS_PROBABILITIES));
    assert_null(perebor_metric_find("auc"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metrics_are_what_their_definitions_say),
        cmocka_unit_test(precision_of_nobody_is_zero),
        cmocka_unit_test(a_class_that_is_absent_is_left_out),
        cmocka_unit_test(certain_and_wrong_is_not_infinitely_wrong),
        cmocka_unit_test(a_list_keeps_the_first_and_sorts_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
