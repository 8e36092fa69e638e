// SPDX-License-Identifier: MIT
#include "compare/comparison_summary.h"

#include <math.h>
#include <stdlib.h>

#include "h5/file_tree.h"
#include "statistics/quantile.h"
#include "store/stage.h"

size_t comparison_n_splits(const compared_search *search, const comparison_options *options) {
    return search->result != NULL ? search->result->n_splits : options->same_folds;
}

/** A trial's mean; NaN unless it is complete and has one by the metric. */
static double score_of(const compared_search *search, size_t trial) {
    return perebor_trials_mean(search->trials, trial, search->metric, PEREBOR_TEST);
}

/** Counts trials, and keeps the scores in their order. */
static void count_trials(comparison_summary *summary, const compared_search *search) {
    const perebor_trials *trials = search->trials;
    summary->n_trials = trials->n_trials;
    summary->best = COMPARISON_NONE;
    summary->best_score = NAN;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        bool waits = trials->state[trial] == PEREBOR_TRIAL_WAITING ||
                     trials->state[trial] == PEREBOR_TRIAL_RUNNING;
        double score = score_of(search, trial);
        summary->n_finished += !waits;
        summary->n_failed += trials->state[trial] == PEREBOR_TRIAL_FAIL;
        summary->seconds += waits ? 0.0 : trials->duration[trial];
        if (isfinite(score)) {
            summary->scores[summary->n_complete++] = score;
        }
        if (isfinite(score) && !(score <= summary->best_score)) {
            summary->best = trial;
            summary->best_score = score;
        }
    }
    summary->seconds_per_trial = summary->n_complete > 0 && summary->seconds > 0.0
                                     ? summary->seconds / (double)summary->n_complete
                                     : (double)NAN;
}

/** The best trial's folds, with Nadeau and Bengio's interval. */
static void judge_best(comparison_summary *summary, const compared_search *search, size_t n_splits,
                       double *scores) {
    size_t n = search->trials->n_folds;
    for (size_t fold = 0; fold < n; fold++) {
        scores[fold] =
            perebor_trials_score(search->trials, summary->best, fold, search->metric, PEREBOR_TEST);
    }
    summary->folds =
        perebor_resampled_t(scores, n, 1.0 / ((double)n_splits - 1.0), comparison_level);
}

/** The score without its luck, where assess has left it and nothing has happened since. It is of
 * the selecting metric. */
static void read_corrected(comparison_summary *summary, const compared_search *search) {
    static const char *const names[] = {"corrected", "corrected_low", "corrected_high"};
    double *const values[] = {&summary->corrected, &summary->corrected_low,
                              &summary->corrected_high};
    summary->is_corrected = search->result != NULL && search->metric == 0 &&
                            stage_is_current(search->result, "predictions");
    const h5_node *group = summary->is_corrected ? stage_find(search->result, "predictions") : NULL;
    for (size_t i = 0; summary->is_corrected && i < 3; i++) {
        const h5_attribute *found = h5_find_attribute(group, names[i]);
        bool real =
            found != NULL && found->value.kind == H5_DOUBLE && found->value.n_dimensions == 0;
        *values[i] = real ? *(const double *)found->value.data : (double)NAN;
        summary->is_corrected = real;
    }
}

perebor_status comparison_summarize(comparison_summary *summary, const compared_search *search,
                                    char label, const comparison_options *options,
                                    comparison_memory *memory, perebor_error *error) {
    size_t n = search->trials->n_trials;
    size_t n_folds = search->trials->n_folds;
    size_t n_splits = comparison_n_splits(search, options);
    *summary = (comparison_summary){.label = label};
    summary->folds = perebor_resampled_t(NULL, 0, 0.0, comparison_level);
    summary->scores = perebor_arena_allocate(&memory->arena, n + 1, sizeof(double));
    double *spare = calloc(n + n_folds + 1, sizeof *spare);
    if (summary->scores == NULL || spare == NULL) {
        free(spare);
        return perebor_no_memory(error, "to compare %zu trials", n);
    }
    count_trials(summary, search);
    if (summary->best != COMPARISON_NONE && search->has_folds && n_splits > 1) {
        judge_best(summary, search, n_splits, spare);
    }
    perebor_values_sort(summary->scores, spare, summary->n_complete);
    read_corrected(summary, search);
    free(spare);
    return PEREBOR_OK;
}
