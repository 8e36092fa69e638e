// SPDX-License-Identifier: MIT
#include "metric/ensemble_selection.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/try.h"
#include "metric/delong.h"
#include "metric/fold_classes.h"
#include "metric/selection_rows.h"
#include "metric/selection_variance.h"
#include "metric/weighted_mean.h"

/** The greedy selection on some of the rows. */
typedef struct greedy {
    const fold_classes *classes;
    size_t n_trials;
    const double *places;   /* [n_trials][n_places] probabilities, */
    double *below;          /* [n_places] the sum of w_k p_k of the trials before a candidate, */
    double *blend;          /* [n_places] and the blend with the candidate. */
    metric_weighted *terms; /* [n_trials] what is added to that. */
    uint32_t *weights;      /* [n_trials] after the last round, */
    uint32_t *best;         /* [n_trials] after the best, */
    double best_score;      /* and its score. */
    size_t single;          /* What the first round took. */
    double single_score;
} greedy;

static const double *places_of(const greedy *g, size_t trial) {
    return g->places + trial * g->classes->n_places;
}

/** sum += w p */
static void add_weighted(double *sum, double weight, const double *p, size_t n) {
    for (size_t i = 0; i < n; i++) {
        sum[i] += weight * p[i];
    }
}

/** The blend of the weights and one more of a candidate, from the sum of the trials before it. */
static void blend_with(const greedy *g, size_t candidate, double n_members) {
    size_t n_terms = 1;
    g->terms[0] = (metric_weighted){places_of(g, candidate), (double)g->weights[candidate] + 1.0};
    for (size_t trial = candidate + 1; trial < g->n_trials; trial++) {
        if (g->weights[trial] > 0) {
            g->terms[n_terms++] = (metric_weighted){places_of(g, trial), (double)g->weights[trial]};
        }
    }
    PEREBOR_KERNEL_PICK(metric_mean_kernels)
        ->mean(g->blend, g->below, g->terms, n_terms, n_members, g->classes->n_places);
}

/** Adds the trial with which the score is the highest, the first of equal ones. */
static perebor_status add_trial(greedy *g, size_t n_members, size_t *added, double *score,
                                perebor_workspace *workspace) {
    memset(g->below, 0, g->classes->n_places * sizeof *g->below);
    for (size_t trial = 0; trial < g->n_trials; trial++) {
        double mean;
        blend_with(g, trial, (double)n_members);
        if (fold_classes_mean_auc(g->classes, g->blend, &mean, workspace) != PEREBOR_OK) {
            return PEREBOR_ERR_MEMORY;
        }
        if (trial == 0 || mean > *score) {
            *score = mean;
            *added = trial;
        }
        if (g->weights[trial] > 0) {
            add_weighted(g->below, (double)g->weights[trial], places_of(g, trial),
                         g->classes->n_places);
        }
    }
    g->weights[*added]++;
    return PEREBOR_OK;
}

static perebor_status select_greedily(greedy *g, size_t n_rounds, perebor_workspace *workspace) {
    memset(g->weights, 0, g->n_trials * sizeof *g->weights);
    for (size_t n_members = 1; n_members <= n_rounds; n_members++) {
        size_t added = 0;
        double score = NAN;
        if (add_trial(g, n_members, &added, &score, workspace) != PEREBOR_OK) {
            return PEREBOR_ERR_MEMORY;
        }
        if (n_members == 1) {
            g->single = added;
            g->single_score = score;
        }
        if (n_members == 1 || score > g->best_score) {
            g->best_score = score;
            memcpy(g->best, g->weights, g->n_trials * sizeof *g->best);
        }
    }
    return PEREBOR_OK;
}

static perebor_status check_probabilities(const perebor_search_scores *scores, size_t n_rounds,
                                          perebor_error *error) {
    if (n_rounds == 0 || n_rounds >= UINT32_C(1) << 31) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "an ensemble is selected in 1 to 2147483647 rounds, not in %zu",
                            n_rounds);
    }
    for (size_t trial = 0; trial < scores->n_trials; trial++) {
        const double *p = scores->scores[trial];
        for (size_t i = 0; i < scores->n_repeats * scores->n_rows; i++) {
            if (!(p[i] >= 0.0 && p[i] <= 1.0)) {
                return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                    "score %g of row %zu of candidate %zu is no probability: only "
                                    "those may be averaged",
                                    p[i], i % scores->n_rows, trial);
            }
        }
    }
    return PEREBOR_OK;
}

/** Selects on the rows that count. @param workspace  Not returned to where it was. */
static perebor_status select_on(greedy *g, fold_classes *classes,
                                const perebor_search_scores *scores, const uint64_t *weights,
                                size_t n_rounds, perebor_workspace *workspace,
                                perebor_error *error) {
    size_t n_trials = scores->n_trials;
    perebor_status status = fold_classes_make(classes, scores, weights, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    size_t n_places = classes->n_places;
    double *places = perebor_workspace_take(workspace, n_trials * n_places, sizeof *places);
    *g = (greedy){.classes = classes,
                  .n_trials = n_trials,
                  .places = places,
                  .below = perebor_workspace_take(workspace, n_places, sizeof *g->below),
                  .blend = perebor_workspace_take(workspace, n_places, sizeof *g->blend),
                  .terms = perebor_workspace_take(workspace, n_trials, sizeof *g->terms),
                  .weights = perebor_workspace_take(workspace, n_trials, sizeof *g->weights),
                  .best = perebor_workspace_take(workspace, n_trials, sizeof *g->best)};
    bool ready = places != NULL && g->below != NULL && g->blend != NULL && g->terms != NULL &&
                 g->weights != NULL && g->best != NULL;
    for (size_t trial = 0; ready && trial < n_trials; trial++) {
        fold_classes_gather(classes, scores->scores[trial], places + trial * n_places);
    }
    ready = ready && select_greedily(g, n_rounds, workspace) == PEREBOR_OK;
    return ready ? PEREBOR_OK
                 : perebor_no_memory(error, "to select from %zu scores of %zu trials", n_places,
                                     n_trials);
}

perebor_status perebor_ensemble_select(const perebor_search_scores *scores, size_t n_rounds,
                                       perebor_workspace *workspace, uint32_t *weights,
                                       double *score, perebor_error *error) {
    perebor_status status;
    greedy g;
    fold_classes classes;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, selection_check_shape(scores, error));
    PEREBOR_TRY(done, check_probabilities(scores, n_rounds, error));
    uint64_t *all = perebor_workspace_take(workspace, scores->n_rows, sizeof *all);
    if (all == NULL) {
        status = perebor_no_memory(error, "for %zu rows", scores->n_rows);
        goto done;
    }
    memset(all, UINT8_MAX, scores->n_rows * sizeof *all);
    PEREBOR_TRY(done, select_on(&g, &classes, scores, all, n_rounds, workspace, error));
    if (classes.n_folds == 0) {
        status = perebor_fail(error, PEREBOR_ERR_NUMERIC,
                              "no fold has rows of both classes: there is no AUC to select by");
        goto done;
    }
    memcpy(weights, g.best, scores->n_trials * sizeof *weights);
    *score = g.best_score;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

void perebor_ensemble_blend(double *blend, const double *const *scores, const uint32_t *weights,
                            size_t n_trials, size_t n_scores) {
    double n_members = 0.0;
    memset(blend, 0, n_scores * sizeof *blend);
    for (size_t trial = 0; trial < n_trials; trial++) {
        if (weights[trial] > 0) {
            add_weighted(blend, (double)weights[trial], scores[trial], n_scores);
            n_members += (double)weights[trial];
        }
    }
    for (size_t i = 0; i < n_scores; i++) {
        blend[i] /= n_members;
    }
}

/** The scores of one trial, of which there may be others. */
static perebor_search_scores alone(const perebor_search_scores *scores, const double *const *of) {
    perebor_search_scores one = *scores;
    one.n_trials = 1;
    one.scores = of;
    return one;
}

/** DeLong's variance of the mean AUC of a score on all rows. */
static perebor_status find_variance(const perebor_search_scores *scores, const double *blend,
                                    double *variance, perebor_error *error) {
    perebor_status status;
    perebor_selection *order = NULL;
    selection_influence influence = {0};
    const perebor_search_scores one = alone(scores, &blend);
    PEREBOR_TRY(done, selection_order_make(&order, &one, error));
    assert(order != NULL);
    PEREBOR_TRY(done, selection_influence_make(&influence, order, error));
    *variance = selection_variance(&influence, 0);
done:
    selection_influence_free(&influence);
    perebor_selection_free(order);
    return status;
}

/** The mean AUC of a score on the rows that count. */
static perebor_status measure(const fold_classes *classes, const double *score, double *mean,
                              perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_ERR_MEMORY;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *places = perebor_workspace_take(workspace, classes->n_places, sizeof *places);
    if (places != NULL) {
        fold_classes_gather(classes, score, places);
        status = fold_classes_mean_auc(classes, places, mean, workspace);
    }
    perebor_workspace_return(workspace, begin);
    return status == PEREBOR_OK
               ? PEREBOR_OK
               : perebor_no_memory(error, "to measure %zu scores", classes->n_places);
}

/** Measures what was selected on the rows that were left out. */
static perebor_status measure_outside(const greedy *g, const perebor_search_scores *scores,
                                      const uint64_t *outside, perebor_workspace *workspace,
                                      perebor_resampled_ensemble *resample, perebor_error *error) {
    perebor_status status;
    fold_classes classes;
    size_t n_scores = scores->n_repeats * scores->n_rows;
    double *blend = perebor_workspace_take(workspace, n_scores, sizeof *blend);
    if (blend == NULL) {
        return perebor_no_memory(error, "to blend %zu scores", n_scores);
    }
    perebor_ensemble_blend(blend, scores->scores, g->best, scores->n_trials, n_scores);
    PEREBOR_TRY(done, fold_classes_make(&classes, scores, outside, workspace, error));
    PEREBOR_TRY(done, measure(&classes, blend, &resample->outside, workspace, error));
    PEREBOR_TRY(done, measure(&classes, scores->scores[g->single], &resample->single_outside,
                              workspace, error));
    PEREBOR_TRY(done, find_variance(scores, blend, &resample->variance, error));
done:
    return status;
}

static size_t count_members(const greedy *g) {
    size_t n = 0;
    for (size_t trial = 0; trial < g->n_trials; trial++) {
        n += g->best[trial] > 0;
    }
    return n;
}

/** Draws the rows by a selection of one trial: which rows are drawn depends on no score. */
static perebor_status take_resample(const perebor_search_scores *scores,
                                    const perebor_selection *rows, size_t n_rounds, uint64_t seed,
                                    uint64_t number, perebor_workspace *workspace,
                                    perebor_resampled_ensemble *resample, perebor_error *error) {
    greedy g;
    fold_classes classes;
    perebor_status status;
    uint32_t *strata = perebor_workspace_take(workspace, rows->n_rows, sizeof *strata);
    uint64_t *weights = perebor_workspace_take(workspace, rows->n_rows, sizeof *weights);
    if (strata == NULL || weights == NULL) {
        return perebor_no_memory(error, "to draw %zu rows", rows->n_rows);
    }
    selection_draw_rows(rows, seed, number, strata, weights);
    PEREBOR_TRY(done, select_on(&g, &classes, scores, weights, n_rounds, workspace, error));
    perebor_resampled_ensemble result = {.inside = g.best_score,
                                         .single = g.single,
                                         .single_inside = g.single_score,
                                         .n_members = count_members(&g)};
    selection_turn_over(rows, weights);
    PEREBOR_TRY(done, measure_outside(&g, scores, weights, workspace, &result, error));
    *resample = result;
done:
    return status;
}

perebor_status perebor_ensemble_resample(const perebor_search_scores *scores, size_t n_rounds,
                                         uint64_t seed, uint64_t number,
                                         perebor_workspace *workspace,
                                         perebor_resampled_ensemble *resample,
                                         perebor_error *error) {
    perebor_status status;
    perebor_selection *rows = NULL;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, selection_check_shape(scores, error));
    PEREBOR_TRY(done, check_probabilities(scores, n_rounds, error));
    const perebor_search_scores one = alone(scores, scores->scores);
    PEREBOR_TRY(done, selection_order_make(&rows, &one, error));
    assert(rows != NULL);
    PEREBOR_TRY(done,
                take_resample(scores, rows, n_rounds, seed, number, workspace, resample, error));
done:
    perebor_selection_free(rows);
    perebor_workspace_return(workspace, begin);
    return status;
}

/** s = sqrt(sum_i (x_i - mean)^2 / (n (n - 1))) of the n resamples that were measured. */
static double find_standard_error(const perebor_resampled_ensemble *resamples, size_t n,
                                  double mean, size_t n_used) {
    double squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        double from_mean = isnan(resamples[i].outside) ? 0.0 : resamples[i].outside - mean;
        squares += from_mean * from_mean;
    }
    return n_used > 1 ? sqrt(squares / ((double)n_used * (double)(n_used - 1))) : (double)NAN;
}

perebor_status perebor_ensemble_correct(double naive, const perebor_resampled_ensemble *resamples,
                                        size_t n, double level,
                                        perebor_corrected_ensemble *corrected,
                                        perebor_error *error) {
    perebor_corrected_ensemble sums = {.naive = naive};
    perebor_auc_interval interval = {0};
    for (size_t i = 0; i < n; i++) {
        const perebor_resampled_ensemble *r = &resamples[i];
        if (!isnan(r->outside)) {
            sums.corrected += r->outside;
            sums.single_corrected += r->single_outside;
            sums.better += r->outside > r->single_outside ? 1.0 : 0.0;
            sums.equal += r->outside == r->single_outside ? 1.0 : 0.0;
            sums.n_members += (double)r->n_members;
            interval.variance += r->variance;
            sums.n_used++;
        }
    }
    if (sums.n_used == 0) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "no resample left rows of both classes in a fold: there are too few "
                            "rows to correct an ensemble");
    }
    double n_used = (double)sums.n_used;
    sums.corrected /= n_used;
    sums.single_corrected /= n_used;
    sums.better /= n_used;
    sums.equal /= n_used;
    sums.n_members /= n_used;
    interval.auc = sums.corrected;
    interval.variance /= n_used;
    perebor_auc_bound(&interval, level);
    sums.low = interval.low;
    sums.high = interval.high;
    sums.standard_error = find_standard_error(resamples, n, sums.corrected, sums.n_used);
    *corrected = sums;
    return PEREBOR_OK;
}
