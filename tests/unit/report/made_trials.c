// SPDX-License-Identifier: MIT
#include "made_trials.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const names[MADE_N_PARAMETERS] = {
    "model", "logreg__C", "knn__n_neighbors", "logreg__flag", "scale", "tree__depth"};

static void set_point(perebor_trials *trials, size_t trial) {
    static const char *const models[MADE_N] = {"knn", "logreg", "logreg", "knn", "knn", "tree"};
    perebor_value *point = trials->values + trial * MADE_N_PARAMETERS;
    point[MADE_MODEL] = (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                                        .as.text = perebor_trials_intern(trials, models[trial])};
    if (trial == 1 || trial == 2) {
        point[MADE_C] =
            (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = trial == 1 ? 0.1 : 1000.0};
        point[MADE_FLAG] = (perebor_value){.kind = PEREBOR_VALUE_BOOLEAN, .as.boolean = trial == 1};
    } else if (trial == 5) {
        point[MADE_DEPTH] = (perebor_value){.kind = PEREBOR_VALUE_NULL};
    } else {
        point[MADE_K] =
            (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = trial == 3 ? 7 : 5};
    }
    if (trial == 0 || trial == 4) {
        point[MADE_SCALE] = (perebor_value){.kind = PEREBOR_VALUE_TEXT,
                                            .as.text = perebor_trials_intern(trials, "a,b")};
    }
}

static void set_fold(perebor_trials *trials, size_t trial, size_t fold, double score) {
    perebor_fold_outcome outcome = {.test_score = score,
                                    .train_score = NAN,
                                    .fit_seconds = 0.25,
                                    .score_seconds = fold == 0 ? 0.5 : 1.0,
                                    .state =
                                        isnan(score) ? PEREBOR_TRIAL_FAIL : PEREBOR_TRIAL_COMPLETE,
                                    .converged = trial != 1 || fold == 0};
    perebor_trials_set_fold(trials, trial, fold, &outcome, NULL);
}

perebor_trials *made_trials(void) {
    static const double scores[MADE_N][MADE_FOLDS] = {{0.75, 0.875}, {0.5, 0.75},   {0.5, NAN},
                                                      {0.0, 0.0},    {0.75, 0.875}, {0.25, 0.25}};
    perebor_trials *trials = NULL;
    assert_int_equal(perebor_trials_create_empty(&trials, names, MADE_N_PARAMETERS, MADE_FIRST,
                                                 MADE_N, MADE_FOLDS, NULL),
                     PEREBOR_OK);
    for (size_t trial = 0; trial < MADE_N; trial++) {
        set_point(trials, trial);
        for (size_t fold = 0; trial != 3 && fold < MADE_FOLDS; fold++) {
            set_fold(trials, trial, fold, scores[trial][fold]);
        }
        trials->state[trial] = trial == 2   ? PEREBOR_TRIAL_FAIL
                               : trial == 3 ? PEREBOR_TRIAL_WAITING
                                            : PEREBOR_TRIAL_COMPLETE;
    }
    trials->error[2] = perebor_trials_intern(trials, "fold 1 has one \"class\"");
    assert_int_equal(perebor_trials_mark_same(trials, NULL), PEREBOR_OK);
    return trials;
}

void made_trials_add_train(perebor_trials *trials) {
    for (size_t i = 0; i < MADE_N * MADE_FOLDS; i++) {
        trials->folds[i].train_score = trials->folds[i].test_score + 0.125;
    }
}

void made_trials_add_metrics(perebor_trials *trials) {
    static const char *const metrics[] = {"f1", "accuracy"};
    assert_int_equal(perebor_trials_set_metrics(trials, metrics, 2, NULL), PEREBOR_OK);
    for (size_t trial = 0; trial < MADE_N; trial++) {
        for (size_t fold = 0; fold < MADE_FOLDS; fold++) {
            size_t at = trial * MADE_FOLDS + fold;
            perebor_trials_further(trials, trial, fold, PEREBOR_TEST)[0] =
                1.0 - trials->folds[at].test_score;
        }
    }
}

char *made_written(made_writer *writer, const void *subject) {
    char *text = NULL;
    size_t size = 0;
    perebor_error error = {0};
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    if (writer(subject, stream, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(fclose(stream), 0);
    return text;
}

void assert_full_disk_is_told(made_writer *writer, const void *subject, const char *message) {
    perebor_error error = {0};
    FILE *stream = fopen("/dev/full", "w");
    if (stream == NULL) {
        skip();
    }
    assert_int_equal(writer(subject, stream, &error), PEREBOR_ERR_IO);
    assert_string_equal(error.message, message);
    (void)fclose(stream);
}
