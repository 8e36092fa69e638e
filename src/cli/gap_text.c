// SPDX-License-Identifier: MIT
#include "cli/gap_text.h"

#include <math.h>
#include <stdbool.h>

#include "store/test_looks.h"

/** Gaps below this are not worth a word: the folds' own scores scatter as much. */
static const double least_gap = 0.005;

void gap_text_of_training(double training, double folds, char text[GAP_TEXT_SIZE]) {
    double gap = training - folds;
    text[0] = '\0';
    if (gap >= least_gap) {
        (void)snprintf(text, GAP_TEXT_SIZE, "overfits by %.3f", gap);
    } else if (!isnan(gap)) {
        (void)snprintf(text, GAP_TEXT_SIZE, "no better");
    }
}

void gap_text_of_test(double test, double folds, char text[GAP_TEXT_SIZE]) {
    double gap = test - folds;
    if (fabs(gap) < least_gap) {
        (void)snprintf(text, GAP_TEXT_SIZE, "as on the folds");
    } else {
        (void)snprintf(text, GAP_TEXT_SIZE, "%.3f %s the folds", fabs(gap),
                       gap > 0.0 ? "above" : "below");
    }
}

perebor_status gap_text_write(const perebor_result *result, size_t row, FILE *stream,
                              perebor_error *error) {
    const perebor_trials *trials = result->trials;
    char text[GAP_TEXT_SIZE];
    double folds = perebor_trials_mean_test_score(trials, row);
    double training = perebor_trials_mean_train_score(trials, row);
    test_look look;
    bool found = false;
    perebor_status status =
        test_looks_find(result, trials->first_trial + row, &look, &found, error);
    found = found && status == PEREBOR_OK;
    training = isnan(training) && found ? look.train_score : training; // of the refit
    if (!isnan(training)) {
        gap_text_of_training(training, folds, text);
        fprintf(stream, ", %s (training %.4f)", text, training);
    }
    if (found && !isnan(look.test_score)) {
        gap_text_of_test(look.test_score, folds, text);
        fprintf(stream, "; test part %.4f, %s", look.test_score, text);
    }
    return status;
}
