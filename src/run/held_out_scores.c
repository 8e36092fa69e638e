// SPDX-License-Identifier: MIT
#include "run/held_out_scores.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "run/stored_study.h"
#include "trial/out_of_fold.h"

/** Trials being scored. */
typedef struct scoring_trials {
    held_out_scores *held_out;
    const perebor_study *study;
    const perebor_trials *trials;
    const select_ranked *chosen;
    bool probabilities;
    double **scratch; /* [n_threads] of two values for each row of the dataset */
} scoring_trials;

static perebor_status make_room(held_out_scores *held_out, const perebor_study *study,
                                size_t n_trials, perebor_error *error) {
    size_t n = study->split.n_train, n_repeats = study->folds.n_repeats;
    held_out->n_rows = n;
    held_out->n_repeats = n_repeats;
    held_out->n_folds = study->folds.n_folds;
    held_out->labels = calloc(n + 1, sizeof *held_out->labels);
    held_out->fold_of = calloc(n * n_repeats + 1, sizeof *held_out->fold_of);
    held_out->scores = (double **)calloc(n_trials + 1, sizeof *held_out->scores);
    bool whole = held_out->labels != NULL && held_out->fold_of != NULL && held_out->scores != NULL;
    for (size_t i = 0; whole && i < n_trials; i++) {
        held_out->scores[i] = calloc(n * n_repeats + 1, sizeof **held_out->scores);
        held_out->n_trials++;
        whole = held_out->scores[i] != NULL;
    }
    return whole ? PEREBOR_OK
                 : perebor_no_memory(error, "to score %zu trials out of fold", n_trials);
}

static void copy_rows(held_out_scores *held_out, const perebor_study *study) {
    size_t n = held_out->n_rows;
    for (size_t i = 0; i < n; i++) {
        held_out->labels[i] = study->dataset->labels[study->split.train[i]];
        for (size_t repeat = 0; repeat < held_out->n_repeats; repeat++) {
            held_out->fold_of[repeat * n + i] =
                (uint32_t)(repeat * study->folds.n_splits + study->folds.test_fold[repeat * n + i]);
        }
    }
}

/** Says which trial a message is of. */
static void name_trial(uint64_t trial, perebor_error *error) {
    char message[sizeof error->message];
    (void)snprintf(message, sizeof message, "trial %" PRIu64 ": %.900s", trial, error->message);
    memcpy(error->message, message, sizeof message);
}

/** Scores one trial out of fold, in every repeat. */
static perebor_status score_trial(void *context, uint64_t item, int thread, perebor_error *error) {
    perebor_status status;
    scoring_trials *scoring = context;
    const perebor_study *study = scoring->study;
    held_out_scores *held_out = scoring->held_out;
    perebor_candidate candidate;
    size_t n = held_out->n_rows, n_splits = study->folds.n_splits;
    double *scores = scoring->scratch[thread];
    double *probabilities = scoring->probabilities ? scores + study->dataset->n_rows : NULL;
    const double *wanted = scoring->probabilities ? probabilities : scores;
    PEREBOR_TRY(done, stored_study_candidate(
                          study, scoring->trials->first_trial + scoring->chosen[item].row,
                          &candidate, error));
    for (size_t repeat = 0; repeat < held_out->n_repeats; repeat++) {
        PEREBOR_TRY(done, out_of_fold(study->evaluator, &candidate, repeat * n_splits, n_splits,
                                      PEREBOR_CALIBRATE_USUALLY, scores, probabilities, error));
        for (size_t i = 0; i < n; i++) {
            held_out->scores[item][repeat * n + i] = wanted[study->split.train[i]];
        }
    }
    return PEREBOR_OK;
done:
    name_trial(scoring->trials->first_trial + scoring->chosen[item].row, error);
    return status;
}

static perebor_status score_on_threads(scoring_trials *scoring, int n_threads,
                                       perebor_error *error) {
    size_t n_rows = scoring->study->dataset->n_rows;
    bool whole = true;
    scoring->scratch = (double **)calloc((size_t)n_threads, sizeof *scoring->scratch);
    for (int i = 0; scoring->scratch != NULL && i < n_threads; i++) {
        scoring->scratch[i] = calloc(2 * n_rows + 1, sizeof **scoring->scratch);
        whole = whole && scoring->scratch[i] != NULL;
    }
    const perebor_sequence sequence = {.n_items = scoring->held_out->n_trials,
                                       .n_threads = n_threads,
                                       .context = scoring,
                                       .make = score_trial};
    perebor_status status = scoring->scratch != NULL && whole
                                ? perebor_sequence_run(&sequence, error)
                                : perebor_no_memory(error, "to score %zu rows", n_rows);
    for (int i = 0; scoring->scratch != NULL && i < n_threads; i++) {
        free(scoring->scratch[i]);
    }
    free((void *)scoring->scratch);
    return status;
}

perebor_status held_out_scores_make(held_out_scores *held_out, const perebor_study *study,
                                    const perebor_trials *trials, const select_ranked *chosen,
                                    size_t n_trials, bool probabilities, int n_threads,
                                    perebor_error *error) {
    perebor_status status;
    held_out_scores made = {0};
    scoring_trials scoring = {.held_out = &made,
                              .study = study,
                              .trials = trials,
                              .chosen = chosen,
                              .probabilities = probabilities};
    PEREBOR_TRY(done, make_room(&made, study, n_trials, error));
    copy_rows(&made, study);
    PEREBOR_TRY(done, score_on_threads(&scoring, n_threads, error));
    *held_out = made;
    made = (held_out_scores){0};
done:
    held_out_scores_release(&made);
    return status;
}

void held_out_scores_release(held_out_scores *held_out) {
    for (size_t i = 0; i < held_out->n_trials; i++) {
        free(held_out->scores[i]);
    }
    free((void *)held_out->scores);
    free(held_out->labels);
    free(held_out->fold_of);
    *held_out = (held_out_scores){0};
}

perebor_search_scores held_out_scores_view(const held_out_scores *held_out) {
    return (perebor_search_scores){.n_trials = held_out->n_trials,
                                   .n_rows = held_out->n_rows,
                                   .n_repeats = held_out->n_repeats,
                                   .n_folds = held_out->n_folds,
                                   .labels = held_out->labels,
                                   .fold_of = held_out->fold_of,
                                   .scores = (const double *const *)held_out->scores};
}
