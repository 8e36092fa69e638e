// SPDX-License-Identifier: MIT
#include "cli/gap_text.h"

#include <math.h>
#include <stdbool.h>

#include "store/test_looks.h"

/** Gaps below this are not worth a word: the folds' own scores scatter as much. */
static const double least_gap = 0.005;

static void write_training(double train, double folds, FILE *stream) {
    double gap = train - folds;
    if (isnan(gap)) {
        return; // cv.return_train_score was off
    }
    if (gap < least_gap) {
        fprintf(stream, ", no better in training (%.4f)", train);
    } else {
        fprintf(stream, ", overfits by %.3f (training %.4f)", gap, train);
    }
}

static void write_test(double test, double folds, FILE *stream) {
    double gap = test - folds;
    if (fabs(gap) < least_gap) {
        fprintf(stream, "; test part %.4f, as on the folds", test);
    } else {
        fprintf(stream, "; test part %.4f, %.3f %s the folds", test, fabs(gap),
                gap > 0.0 ? "above" : "below");
    }
}

perebor_status gap_text_write(const perebor_result *result, size_t row, FILE *stream,
                              perebor_error *error) {
    const perebor_trials *trials = result->trials;
    double folds = perebor_trials_mean_test_score(trials, row);
    test_look look;
    bool found = false;
    perebor_status status =
        test_looks_find(result, trials->first_trial + row, &look, &found, error);
    write_training(perebor_trials_mean_train_score(trials, row), folds, stream);
    if (status == PEREBOR_OK && found && !isnan(look.test_score)) {
        write_test(look.test_score, folds, stream);
    }
    return status;
}
