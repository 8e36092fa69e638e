// SPDX-License-Identifier: MIT
#include "simulated_ensembles.h"

#include <string.h>

#include "metric/delong.h"
#include "metric/ensemble_selection.h"
#include "simulation.h"

/** No normal score that is drawn is as far from 0. */
static const double widest = 20.0;

/** What one search after another needs. */
typedef struct simulation {
    const ensemble_setting *setting;
    simulated_search search;
    size_t *candidates;     /* [n_candidates] trial numbers, ascending, */
    const double **rows_of; /* [n_candidates] and their scores. */
    double *own;            /* [n_trials] Their scores on all rows. */
    uint32_t *weights;      /* [n_candidates] */
    double *blend;          /* [n_rows] */
    perebor_resampled_ensemble *resamples;
    perebor_workspace workspace;
} simulation;

static void bring_into_unit(simulated_search *search) {
    size_t n = search->setting->n_trials * search->setting->n_rows;
    for (size_t i = 0; i < n; i++) {
        search->scores[i] = 0.5 + search->scores[i] / (2.0 * widest);
    }
}

/** How many trials are better, equal ones better if they are before. */
static size_t count_better(const double *own, size_t n_trials, size_t trial) {
    size_t n = 0;
    for (size_t other = 0; other < n_trials; other++) {
        n += own[other] > own[trial] || (own[other] == own[trial] && other < trial);
    }
    return n;
}

/** The best trials by all rows, as a search ranks them. */
static perebor_search_scores choose_candidates(simulation *of) {
    perebor_error error = {0};
    perebor_search_scores scores = simulated_search_scores(&of->search);
    const size_t n_trials = scores.n_trials;
    size_t n = 0;
    for (size_t trial = 0; trial < n_trials; trial++) {
        uint32_t weight;
        perebor_search_scores one = scores;
        one.n_trials = 1;
        one.scores = of->search.rows_of + trial;
        simulation_insist(
            perebor_ensemble_select(&one, 1, &of->workspace, &weight, &of->own[trial], &error),
            &error);
    }
    for (size_t trial = 0; trial < n_trials; trial++) {
        if (count_better(of->own, n_trials, trial) < of->setting->n_candidates) {
            of->rows_of[n] = of->search.rows_of[trial];
            of->candidates[n++] = trial;
        }
    }
    scores.n_trials = n;
    scores.scores = of->rows_of;
    return scores;
}

/** Phi(d / sqrt(2 v)) of the blend's distance d and variance v. */
static double blend_auc(const simulation *of) {
    const search_setting *setting = &of->setting->search;
    double n = 0.0, distance = 0.0, squares = 0.0;
    for (size_t i = 0; i < of->setting->n_candidates; i++) {
        double weight = (double)of->weights[i];
        n += weight;
        squares += weight * weight;
        distance += weight * simulation_distance(simulated_search_auc(setting, of->candidates[i]));
    }
    double variance = setting->correlation + (1.0 - setting->correlation) * squares / (n * n);
    return perebor_normal_cdf(distance / n / sqrt(2.0 * variance));
}

static perebor_corrected_ensemble correct(simulation *of, const perebor_search_scores *scores,
                                          double naive, uint64_t seed) {
    perebor_error error = {0};
    perebor_corrected_ensemble corrected;
    size_t n_resamples = of->setting->search.n_resamples;
    for (size_t i = 0; i < n_resamples; i++) {
        simulation_insist(perebor_ensemble_resample(scores, of->setting->n_rounds, seed, i,
                                                    &of->workspace, &of->resamples[i], &error),
                          &error);
    }
    simulation_insist(perebor_ensemble_correct(naive, of->resamples, n_resamples, simulation_level,
                                               &corrected, &error),
                      &error);
    return corrected;
}

static void count_search(ensemble_rates *sums, simulation *of, uint64_t seed) {
    perebor_error error = {0};
    double naive;
    perebor_auc_interval own;
    const search_setting *setting = &of->setting->search;
    const perebor_search_scores scores = choose_candidates(of);
    simulation_insist(perebor_ensemble_select(&scores, of->setting->n_rounds, &of->workspace,
                                              of->weights, &naive, &error),
                      &error);
    perebor_ensemble_blend(of->blend, scores.scores, of->weights, scores.n_trials, scores.n_rows);
    simulation_insist(
        perebor_delong(&own, scores.labels, of->blend, scores.n_rows, simulation_level, &error),
        &error);
    perebor_corrected_ensemble corrected = correct(of, &scores, naive, seed);
    double truth = blend_auc(of);
    double off = corrected.corrected - truth;
    sums->truth += truth;
    sums->naive += naive;
    sums->corrected += corrected.corrected;
    sums->corrected_sd += off * off;
    sums->covered += corrected.low <= truth && truth <= corrected.high;
    sums->naive_covered += own.low <= truth && truth <= own.high;
    sums->width += corrected.high - corrected.low;
    sums->single_corrected += corrected.single_corrected;
    for (size_t i = 0; i < scores.n_trials; i++) {
        sums->n_members += of->weights[i] > 0;
        if (count_better(of->own, setting->n_trials, of->candidates[i]) == 0) {
            sums->single_truth += simulated_search_auc(setting, of->candidates[i]);
        }
    }
}

static ensemble_rates average(const ensemble_rates *sums, double n) {
    double bias = (sums->corrected - sums->truth) / n;
    return (ensemble_rates){.truth = sums->truth / n,
                            .naive = sums->naive / n,
                            .corrected = sums->corrected / n,
                            .corrected_sd = sqrt(fmax(0.0, sums->corrected_sd / n - bias * bias)),
                            .covered = sums->covered / n,
                            .naive_covered = sums->naive_covered / n,
                            .width = sums->width / n,
                            .single_truth = sums->single_truth / n,
                            .single_corrected = sums->single_corrected / n,
                            .n_members = sums->n_members / n};
}

ensemble_rates simulate_ensembles(const ensemble_setting *setting, size_t n_searches,
                                  uint64_t seed) {
    ensemble_rates sums = {0};
    const search_setting *search = &setting->search;
    simulation of = {
        .setting = setting,
        .search = simulated_search_create(search),
        .candidates = simulation_allocate(setting->n_candidates, sizeof(size_t)),
        .rows_of = simulation_allocate(setting->n_candidates, sizeof(double *)),
        .own = simulation_allocate(search->n_trials, sizeof(double)),
        .weights = simulation_allocate(setting->n_candidates, sizeof(uint32_t)),
        .blend = simulation_allocate(search->n_rows, sizeof(double)),
        .resamples = simulation_allocate(search->n_resamples, sizeof *of.resamples),
    };
    uint64_t random = seed;
    for (size_t i = 0; i < n_searches; i++) {
        simulated_search_draw(&of.search, &random);
        bring_into_unit(&of.search);
        count_search(&sums, &of, seed + i);
    }
    perebor_workspace_release(&of.workspace);
    simulated_search_free(&of.search);
    free(of.candidates);
    free(of.rows_of);
    free(of.own);
    free(of.weights);
    free(of.blend);
    free(of.resamples);
    return average(&sums, (double)n_searches);
}
