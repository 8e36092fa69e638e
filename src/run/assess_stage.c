// SPDX-License-Identifier: MIT
#include "run/assess_stage.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "run/assess_tree.h"
#include "run/held_out_scores.h"
#include "run/stored_study.h"
#include "store/stage.h"
#include "trial/out_of_fold.h"
#include "trial/select.h"

static const double level = 0.95;

/** Scores are summed up in another order than a search does it: they agree to this, not to a bit.
 */
static const double agreement = 1e-12;

/** Everything that is measured. */
typedef struct assess_work {
    const perebor_study *study;
    const perebor_trials *trials;
    const select_ranked *chosen; /**< [n_trials] */
    size_t n_trials;
    size_t n_rows; /**< Rows of the training part. */
    held_out_scores held_out;
    double *probability; /**< [n_rows] of the best trial, first repeat */
    perebor_selection *selection;
    perebor_resample *resamples;
    perebor_workspace *workspaces; /**< [n_threads] */
    uint64_t seed;
} assess_work;

static void release_work(assess_work *work, int n_threads) {
    for (int i = 0; work->workspaces != NULL && i < n_threads; i++) {
        perebor_workspace_release(&work->workspaces[i]);
    }
    held_out_scores_release(&work->held_out);
    free(work->workspaces);
    free(work->probability);
    free(work->resamples);
    perebor_selection_free(work->selection);
}

static perebor_status prepare(assess_work *work, const assess_options *options,
                              perebor_error *error) {
    work->n_rows = work->study->split.n_train;
    work->probability = calloc(work->n_rows + 1, sizeof *work->probability);
    work->resamples = calloc(options->n_resamples + 1, sizeof *work->resamples);
    work->workspaces = calloc((size_t)options->n_threads, sizeof *work->workspaces);
    return work->probability != NULL && work->resamples != NULL && work->workspaces != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "to assess the best trials");
}

static perebor_status take_resample(void *context, uint64_t item, int thread,
                                    perebor_error *error) {
    assess_work *work = context;
    return perebor_selection_resample(work->selection, work->seed, item, &work->workspaces[thread],
                                      &work->resamples[item], error);
}

/** The best trial's score without the luck of having been chosen. */
static perebor_status correct(assess_work *work, const assess_options *options,
                              assessment *assessment, perebor_error *error) {
    perebor_status status;
    const perebor_search_scores scores = held_out_scores_view(&work->held_out);
    const perebor_sequence sequence = {.n_items = options->n_resamples,
                                       .n_threads = options->n_threads,
                                       .context = work,
                                       .make = take_resample};
    PEREBOR_TRY(done, perebor_selection_create(&work->selection, &scores, error));
    PEREBOR_TRY(done, perebor_sequence_run(&sequence, error));
    PEREBOR_TRY(done,
                perebor_selection_correct(work->selection, work->resamples, options->n_resamples,
                                          level, &assessment->corrected, error));
    // Whoever scores other rows than the search did has another best trial, or another score of it.
    if (!(fabs(assessment->corrected.naive - work->chosen[0].score) <= agreement)) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "the best trial has %.17g out of fold, and %.17g in the file",
                              assessment->corrected.naive, work->chosen[0].score);
    }
done:
    return status;
}

/** How well the probabilities put positive rows first, by precision along recall. */
static perebor_status take_precision(assess_work *work, assessment *assessment,
                                     perebor_error *error) {
    const perebor_metric *metric = perebor_metric_find("average_precision");
    const perebor_predictions said = {
        .labels = work->held_out.labels, .n_rows = work->n_rows, .scores = work->probability};
    for (size_t i = 0; i < work->n_rows; i++) {
        assessment->n_positive += work->held_out.labels[i];
    }
    assessment->average_precision = perebor_metric_score(metric, &said, &work->workspaces[0]);
    return isnan(assessment->average_precision)
               ? perebor_no_memory(error, "to assess the best trials")
               : PEREBOR_OK; // both classes are there: DeLong has seen them
}

/** What the best trial's probabilities say. */
static perebor_status measure(assess_work *work, const assess_options *options,
                              assessment *assessment, perebor_error *error) {
    perebor_status status;
    const perebor_study *study = work->study;
    perebor_candidate candidate;
    perebor_calibration_method method;
    size_t n = work->n_rows;
    double *all = calloc(2 * study->dataset->n_rows + 1, sizeof *all);
    perebor_threshold_terms terms = options->terms;
    terms.budget = terms.budget == 0 ? n / 10 : terms.budget;
    if (all == NULL) {
        return perebor_no_memory(error, "to assess the best trials");
    }
    PEREBOR_TRY(done, stored_study_candidate(study, work->trials->first_trial + work->chosen[0].row,
                                             &candidate, error));
    PEREBOR_TRY(done,
                calibration_word_method(&method, options->calibrate, candidate.learner, error));
    PEREBOR_TRY(done, out_of_fold(study->evaluator, &candidate, 0, study->folds.n_splits, method,
                                  all + study->dataset->n_rows, all, error));
    for (size_t i = 0; i < n; i++) {
        work->probability[i] = all[study->split.train[i]];
    }
    assessment->n_rows = n;
    PEREBOR_TRY(done, perebor_delong(&assessment->pooled, work->held_out.labels, work->probability,
                                     n, level, error));
    PEREBOR_TRY(done, take_precision(work, assessment, error));
    PEREBOR_TRY(done,
                perebor_reliability_bins(assessment->bins, ASSESS_BINS, PEREBOR_BINS_EQUAL_COUNT,
                                         work->held_out.labels, work->probability, n, error));
    assessment->calibration = perebor_measure_calibration(
        assessment->bins, ASSESS_BINS, work->held_out.labels, work->probability, n);
    PEREBOR_TRY(done, perebor_thresholds(assessment->thresholds, work->held_out.labels,
                                         work->probability, n, &terms, error));
    PEREBOR_TRY(done, perebor_gain(assessment->gains, ASSESS_BINS, work->held_out.labels,
                                   work->probability, n, error));
done:
    free(all);
    return status;
}

/** Means of folds with their intervals. */
static perebor_status take_means(const assess_work *work, assessment *assessment,
                                 perebor_error *error) {
    const perebor_trials *trials = work->trials;
    double ratio = 1.0 / ((double)work->study->folds.n_splits - 1.0);
    double *scores = calloc(trials->n_folds + 1, sizeof *scores);
    assessment->trials = calloc(work->n_trials + 1, sizeof *assessment->trials);
    assessment->means = calloc(work->n_trials + 1, sizeof *assessment->means);
    if (scores == NULL || assessment->trials == NULL || assessment->means == NULL) {
        free(scores);
        return perebor_no_memory(error, "to assess the best trials");
    }
    assessment->n_trials = work->n_trials;
    for (size_t i = 0; i < work->n_trials; i++) {
        size_t row = work->chosen[i].row;
        for (size_t fold = 0; fold < trials->n_folds; fold++) {
            scores[fold] = perebor_trials_score(trials, row, fold, 0, PEREBOR_TEST);
        }
        assessment->trials[i] = trials->first_trial + row;
        assessment->means[i] = perebor_resampled_t(scores, trials->n_folds, ratio, level);
    }
    free(scores);
    return PEREBOR_OK;
}

perebor_status assess_stage_make(const perebor_study *study, perebor_result *result,
                                 const assess_options *options, assessment *assessment,
                                 perebor_error *error) {
    perebor_status status;
    struct assessment found = {0};
    select_ranked *chosen = NULL;
    assess_work work = {.study = study, .trials = result->trials, .seed = study->experiment->seed};
    if (strcmp(result->trials->metric_names[0], "roc_auc") != 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the search selected by %s; what chance adds to the best score is "
                            "known of roc_auc alone",
                            result->trials->metric_names[0]);
    }
    PEREBOR_TRY(done, select_top(result->trials, options->top, &chosen, &work.n_trials, error));
    work.chosen = chosen;
    if (work.n_trials == 0) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT, "there is no complete trial");
        goto done;
    }
    PEREBOR_TRY(done, prepare(&work, options, error));
    PEREBOR_TRY(done, held_out_scores_make(&work.held_out, study, result->trials, chosen,
                                           work.n_trials, false, options->n_threads, error));
    PEREBOR_TRY(done, correct(&work, options, &found, error));
    PEREBOR_TRY(done, take_means(&work, &found, error));
    PEREBOR_TRY(done, measure(&work, options, &found, error));
    const assess_arrays arrays = {.study = study,
                                  .scores = (const double *const *)work.held_out.scores,
                                  .probability = work.probability};
    PEREBOR_TRY(done, assess_put(result, &found, &arrays, options, error));
    *assessment = found;
    found = (struct assessment){0};
done:
    release_work(&work, options->n_threads);
    assess_release(&found);
    free(chosen);
    return status;
}

void assess_release(assessment *assessment) {
    free(assessment->trials);
    free(assessment->means);
    *assessment = (struct assessment){0};
}
