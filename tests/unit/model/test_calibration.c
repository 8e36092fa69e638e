// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "model/calibration_folds.h"
#include "perebor/calibration.h"
#include "perebor/folds.h"
#include "perebor/learners.h"

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

enum { n_rows = 120, n_columns = 3 };

/** Two clouds that overlap. */
static void draw_training(perebor_training *training, uint8_t labels[n_rows]) {
    uint64_t random = 11;
    assert_int_equal(perebor_matrix_create(&training->rows, n_rows, n_columns, &workspace, NULL),
                     PEREBOR_OK);
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = draw_bits(&random) % 3 == 0;
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&training->rows, column)[row] =
                draw_uniform(&random) * 2.0 + 0.7 * labels[row];
        }
    }
    training->labels = labels;
}

/** The settings of a learner at their defaults. */
static void set_defaults(const perebor_learner *learner, perebor_value *settings) {
    for (size_t i = 0; i < learner->n_settings; i++) {
        settings[i] = learner->settings[i].default_value;
    }
}

static void folds_are_stratified_and_not_shuffled(void **state) {
    (void)state;
    uint64_t random = 4;
    uint8_t labels[50], fold_of[50];
    for (size_t n = 10; n <= 50; n++) {
        for (size_t n_folds = 2; n_folds <= PEREBOR_CALIBRATION_FOLDS; n_folds++) {
            perebor_folds folds = {0};
            perebor_folds_settings settings = {
                .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = n_folds, .n_repeats = 1};
            for (size_t row = 0; row < n; row++) {
                labels[row] = row < 5 || (row >= 10 && draw_bits(&random) % 4 == 0);
                labels[row] ^= n % 2 == 0;
            }
            assert_int_equal(perebor_folds_make(&folds, labels, NULL, n, &settings, NULL),
                             PEREBOR_OK);
            calibration_assign_folds(labels, n, n_folds, fold_of);
            for (size_t row = 0; row < n; row++) {
                assert_int_equal(fold_of[row], folds.test_fold[row]);
            }
            perebor_folds_release(&folds);
        }
    }
}

/** sum_i (t_i - p_i) (f_i, 1), which is 0 at the optimum. */
static void check_optimum(const double *scores, const uint8_t *labels, size_t n) {
    perebor_calibration fitted = perebor_calibration_fit(scores, labels, n);
    double n_positive = 0.0, by_slope = 0.0, by_offset = 0.0;
    for (size_t i = 0; i < n; i++) {
        n_positive += labels[i];
    }
    for (size_t i = 0; i < n; i++) {
        double target = labels[i] ? (n_positive + 1.0) / (n_positive + 2.0)
                                  : 1.0 / ((double)n - n_positive + 2.0);
        double p = 1.0 / (1.0 + exp(fitted.slope * scores[i] + fitted.offset));
        by_slope += (target - p) * scores[i];
        by_offset += target - p;
    }
    assert_near(by_slope, 0.0, 2e-5);
    assert_near(by_offset, 0.0, 2e-5);
}

static void the_sigmoid_is_the_likeliest(void **state) {
    (void)state;
    uint64_t random = 9;
    double scores[60];
    uint8_t labels[60];
    for (int time = 0; time < 50; time++) {
        for (size_t i = 0; i < 60; i++) {
            labels[i] = i < 2 ? (uint8_t)i : draw_bits(&random) % 3 == 0;
            // From separated to scores that mean nothing, of small and of large scale.
            scores[i] = (draw_uniform(&random) - 0.5 + (time % 4) * 0.5 * labels[i]) *
                        pow(10.0, time % 3 - 1);
        }
        check_optimum(scores, labels, 60);
    }
}

static void scores_without_meaning_give_the_share_of_a_class(void **state) {
    (void)state;
    double scores[8] = {0.0};
    uint8_t labels[8] = {1, 1, 0, 0, 0, 0, 0, 0};
    double probabilities[8];
    perebor_calibration fitted = perebor_calibration_fit(scores, labels, 8);
    perebor_calibration_apply(&fitted, perebor_learner_find("svc"), scores, 8, probabilities);
    // Platt's targets: 3 / 4 twice, 1 / 8 six times.
    assert_near(probabilities[0], (2 * 0.75 + 6 * 0.125) / 8.0, 1e-6);
}

static void extreme_scores_stay_probabilities(void **state) {
    (void)state;
    static const double scores[] = {-1e300, -800.0, -40.0, 0.0, 40.0, 800.0, 1e300};
    static const uint8_t labels[] = {0, 0, 1, 0, 1, 1, 1};
    double probabilities[7];
    const perebor_learner *svc = perebor_learner_find("svc");
    perebor_calibration fitted = perebor_calibration_fit(scores, labels, 7);
    for (int time = 0; time < 2; time++) {
        perebor_calibration_apply(&fitted, svc, scores, 7, probabilities);
        for (size_t i = 0; i < 7; i++) {
            assert_true(probabilities[i] >= 0.0 && probabilities[i] <= 1.0);
        }
        fitted = (perebor_calibration){.slope = -1.0};
    }
    assert_true(probabilities[0] == 0.0 && probabilities[3] == 0.5 && probabilities[6] == 1.0);
}

static void classes_are_cut_as_scikit_learn_cuts_them(void **state) {
    (void)state;
    static const double scores[] = {-0.1, -0.0, 0.0, 0.1, 0.5, 0.6};
    static const struct {
        const char *learner;
        uint8_t classes[6];
    } wanted[] = {{"logreg", {0, 0, 0, 1, 1, 1}},
                  {"svc", {0, 1, 1, 1, 1, 1}},
                  {"tree", {0, 0, 0, 0, 0, 1}},
                  {"knn", {0, 0, 0, 0, 0, 1}}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        uint8_t classes[6];
        perebor_learner_classes(perebor_learner_find(wanted[i].learner), scores, 6, classes);
        assert_memory_equal(classes, wanted[i].classes, sizeof classes);
    }
}

static void margins_are_calibrated_and_log_odds_are_not(void **state) {
    (void)state;
    uint8_t labels[n_rows];
    perebor_training training;
    perebor_value settings[PEREBOR_MAX_SETTINGS];
    perebor_calibration calibration;
    draw_training(&training, labels);
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    const perebor_learner *svc = perebor_learner_find("svc");
    set_defaults(svc, settings);
    assert_true(perebor_calibration_needed(svc));
    assert_int_equal(perebor_calibrate(&calibration, svc, &training, settings, &workspace, NULL),
                     PEREBOR_OK);
    assert_true(calibration.slope < -0.5 && calibration.slope > -10.0);
    perebor_workspace_mark end = perebor_workspace_here(&workspace);
    assert_memory_equal(&begin, &end, sizeof begin);
    const perebor_learner *logreg = perebor_learner_find("logreg");
    assert_false(perebor_calibration_needed(logreg));
    assert_int_equal(perebor_calibrate(&calibration, logreg, &training, NULL, &workspace, NULL),
                     PEREBOR_OK);
    assert_true(calibration.slope == -1.0 && calibration.offset == 0.0);
}

static void one_row_of_a_class_cannot_be_calibrated(void **state) {
    (void)state;
    uint8_t labels[n_rows];
    perebor_training training;
    perebor_value settings[PEREBOR_MAX_SETTINGS];
    perebor_calibration calibration;
    perebor_error error = {0};
    draw_training(&training, labels);
    memset(labels, 0, sizeof labels);
    labels[7] = 1;
    const perebor_learner *svc = perebor_learner_find("svc");
    set_defaults(svc, settings);
    assert_int_equal(perebor_calibrate(&calibration, svc, &training, settings, &workspace, &error),
                     PEREBOR_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "a class has 1"));
    labels[90] = 1; // two folds, then
    assert_int_equal(perebor_calibrate(&calibration, svc, &training, settings, &workspace, &error),
                     PEREBOR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_stratified_and_not_shuffled),
        cmocka_unit_test(the_sigmoid_is_the_likeliest),
        cmocka_unit_test(scores_without_meaning_give_the_share_of_a_class),
        cmocka_unit_test(extreme_scores_stay_probabilities),
        cmocka_unit_test(classes_are_cut_as_scikit_learn_cuts_them),
        cmocka_unit_test(margins_are_calibrated_and_log_odds_are_not),
        cmocka_unit_test(one_row_of_a_class_cannot_be_calibrated),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
