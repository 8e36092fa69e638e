// SPDX-License-Identifier: MIT
/* From the scores of a model to the numbers of metrics, and the rows of a fold with their labels.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "perebor/learners.h"
#include "trial/fold_split.h"
#include "trial/scoring.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 60 };

static void scores_are_finite_if_every_one_is(void **state) {
    (void)state;
    const double wrong[] = {NAN, INFINITY, -INFINITY};
    double scores[most_rows];
    for (size_t row = 0; row < most_rows; row++) {
        scores[row] = row % 2 == 0 ? DBL_MAX : -DBL_MAX; // whose sum is not the question
    }
    assert_true(scoring_all_finite(scores, most_rows));
    assert_true(scoring_all_finite(scores, 0));
    for (size_t row = 0; row < most_rows; row++) {
        for (size_t i = 0; i < 3; i++) {
            double kept = scores[row];
            scores[row] = wrong[i];
            assert_false(scoring_all_finite(scores, most_rows));
            assert_true(scoring_all_finite(scores, row)); // not what lies beyond
            scores[row] = kept;
        }
    }
}

static perebor_metric_list make_list(const char *const *names, size_t n) {
    perebor_metric_list list = {.n = 0};
    for (size_t i = 0; i < n; i++) {
        assert_non_null(perebor_metric_find(names[i]));
        perebor_metric_list_add(&list, perebor_metric_find(names[i]));
    }
    return list;
}

/** Rows that no learner has seen: scores in (-1, 1), shares in [0, 1], some at the threshold. */
static void draw_part(scored_part *part, double *scores, uint8_t *labels, bool shares,
                      uint64_t *state) {
    size_t n = 4 + draw_bits(state) % (most_rows - 4);
    for (size_t row = 0; row < n; row++) {
        double place = (double)(draw_bits(state) % 9) / 8.0;
        scores[row] = shares ? place : 2.0 * place - 1.0;
        labels[row] = (uint8_t)(draw_bits(state) % 2);
    }
    labels[0] = 0;
    labels[1] = 1;
    *part = (scored_part){.labels = labels, .scores = scores, .n_rows = n};
}

/** What is needed is made, and nothing else. */
static void metrics_get_what_they_need_and_no_more(void **state) {
    (void)state;
    static const char *const names[] = {"roc_auc", "neg_brier_score", "accuracy"};
    uint64_t random = 1;
    for (unsigned chosen = 1; chosen < 8; chosen++) {
        const char *list_names[3];
        size_t n = 0;
        double scores[most_rows];
        uint8_t labels[most_rows];
        scored_part part;
        perebor_predictions predictions;
        const perebor_calibration none = {.slope = -1.0};
        for (size_t i = 0; i < 3; i++) {
            list_names[n] = names[i];
            n += chosen >> i & 1;
        }
        perebor_metric_list list = make_list(list_names, n);
        draw_part(&part, scores, labels, false, &random);
        assert_int_equal(scoring_predict(&predictions, &list, perebor_learner_find("logreg"), &none,
                                         &part, &workspace, NULL),
                         PEREBOR_OK);
        assert_ptr_equal(predictions.scores, scores);
        assert_ptr_equal(predictions.labels, labels);
        assert_int_equal(predictions.n_rows, part.n_rows);
        assert_int_equal(predictions.probabilities != NULL, chosen >> 1 & 1);
        assert_int_equal(predictions.classes != NULL, chosen >> 2 & 1);
    }
}

/** Shares are probabilities; log-odds and margins go through their calibration. */
static double probability(const char *learner, const perebor_calibration *calibration,
                          double score) {
    bool share = strcmp(learner, "knn") == 0 || strcmp(learner, "tree") == 0;
    return share ? score : 1.0 / (1.0 + exp(calibration->slope * score + calibration->offset));
}

/** A tie is class 0 of shares and log-odds, class 1 of margins. */
static bool is_positive(const char *learner, double score) {
    return strcmp(learner, "logreg") == 0 ? score > 0.0
           : strcmp(learner, "svc") == 0  ? score >= 0.0
                                          : score > 0.5;
}

static void values_are_those_of_probabilities_and_classes(void **state) {
    (void)state;
    static const char *const learners[] = {"logreg", "svc", "knn", "tree"};
    static const char *const names[] = {"accuracy", "neg_brier_score", "recall"};
    const perebor_calibration calibration = {.slope = -1.7, .offset = 0.3};
    perebor_metric_list list = make_list(names, 3); // the others by name: neg_brier_score, recall
    uint64_t random = 2;
    for (size_t round = 0; round < 80; round++) {
        const char *learner = learners[round % 4];
        double scores[most_rows], values[3], brier = 0.0;
        uint8_t labels[most_rows];
        scored_part part;
        perebor_predictions predictions;
        draw_part(&part, scores, labels, round % 4 >= 2, &random);
        assert_int_equal(scoring_predict(&predictions, &list, perebor_learner_find(learner),
                                         &calibration, &part, &workspace, NULL),
                         PEREBOR_OK);
        scoring_measure(values, &list, &predictions, &workspace);
        double n_right = 0.0, n_found = 0.0, n_positive = 0.0;
        for (size_t row = 0; row < part.n_rows; row++) {
            bool positive = is_positive(learner, scores[row]);
            double missed = probability(learner, &calibration, scores[row]) - labels[row];
            n_right += positive == (labels[row] == 1);
            n_found += positive && labels[row] == 1;
            n_positive += labels[row];
            brier += missed * missed;
        }
        assert_true(values[0] == n_right / (double)part.n_rows);
        assert_true(fabs(values[1] + brier / (double)part.n_rows) < 1e-14);
        assert_true(values[2] == n_found / n_positive);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void without_memory_nothing_is_predicted(void **state) {
    (void)state;
    static const char *const names[] = {"roc_auc", "neg_log_loss", "f1"};
    perebor_metric_list list = make_list(names, 3);
    uint64_t random = 3;
    double scores[most_rows];
    uint8_t labels[most_rows];
    scored_part part;
    const perebor_calibration none = {.slope = -1.0};
    draw_part(&part, scores, labels, true, &random);
    for (size_t bytes = 64;; bytes += 64) {
        perebor_predictions predictions = {.n_rows = 77};
        perebor_error error = {0};
        perebor_workspace_limit(&workspace, bytes);
        perebor_status status = scoring_predict(&predictions, &list, perebor_learner_find("knn"),
                                                &none, &part, &workspace, &error);
        bool refused = perebor_workspace_unlimit(&workspace);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
        assert_int_equal(refused, status != PEREBOR_OK);
        if (status == PEREBOR_OK) {
            assert_true(bytes > 64);
            return;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(strncmp(error.message, "no memory to predict ", 21), 0);
        assert_int_equal(predictions.n_rows, 77);
    }
}

/* Folds. */

static void fill_split(fold_split *split, const uint32_t *training, size_t n_training,
                       const uint32_t *validation, size_t n_validation) {
    assert_int_equal(fold_split_allocate(split, 10, NULL), PEREBOR_OK);
    memcpy(split->training, training, n_training * sizeof *training);
    memcpy(split->validation, validation, n_validation * sizeof *validation);
    split->n_training = n_training;
    split->n_validation = n_validation;
}

static void labels_stand_beside_their_rows(void **state) {
    (void)state;
    static const uint8_t labels[10] = {1, 0, 0, 1, 1, 0, 1, 0, 0, 1};
    static const uint32_t training[] = {9, 8, 0, 3}, validation[] = {2, 4, 1};
    static const uint8_t of_training[] = {1, 0, 1, 1}, of_validation[] = {0, 1, 0};
    fold_split split;
    fill_split(&split, training, 4, validation, 3);
    fold_split_copy_labels(&split, labels);
    assert_memory_equal(split.training_labels, of_training, 4);
    assert_memory_equal(split.validation_labels, of_validation, 3);
    assert_int_equal(fold_split_check_classes(&split, NULL), PEREBOR_OK);
    fold_split_release(&split);
    assert_null(split.training);
    assert_int_equal(split.n_training, 0);
}

/** Either side of either class, or of none; the training side is named first. */
static void a_fold_of_one_class_is_refused_by_its_side(void **state) {
    (void)state;
    static const uint32_t rows[] = {0, 1, 2};
    static const struct {
        uint8_t labels[3]; /* of the three rows */
        uint32_t n_training, n_validation;
        const char *side;
    } cases[] = {
        {{0, 0, 1}, 2, 3, "training"},   {{1, 1, 0}, 2, 3, "training"},
        {{0, 0, 1}, 3, 2, "validation"}, {{1, 1, 0}, 3, 2, "validation"},
        {{0, 1, 0}, 0, 3, "training"},   {{0, 1, 0}, 3, 0, "validation"},
        {{0, 0, 0}, 3, 3, "training"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        fold_split split;
        perebor_error error = {0};
        fill_split(&split, rows, cases[i].n_training, rows, cases[i].n_validation);
        fold_split_copy_labels(&split, cases[i].labels);
        assert_int_equal(fold_split_check_classes(&split, &error), PEREBOR_ERR_NUMERIC);
        assert_non_null(strstr(error.message, "rows of a fold are all of one class: stratify or "
                                              "shuffle the folds, or have fewer of them"));
        assert_int_equal(strncmp(error.message + 4, cases[i].side, strlen(cases[i].side)), 0);
        fold_split_release(&split);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_are_finite_if_every_one_is),
        cmocka_unit_test(metrics_get_what_they_need_and_no_more),
        cmocka_unit_test(values_are_those_of_probabilities_and_classes),
        cmocka_unit_test(without_memory_nothing_is_predicted),
        cmocka_unit_test(labels_stand_beside_their_rows),
        cmocka_unit_test(a_fold_of_one_class_is_refused_by_its_side),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
