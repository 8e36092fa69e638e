// SPDX-License-Identifier: MIT
#include "metric/corrected_selection.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"
#include "metric/delong.h"
#include "metric/selection_order.h"

/** By the class of its row, whether a row counts: positives in the upper half. */
enum { positive_shift = 32 };
static const uint64_t negative_mask = UINT32_MAX;

/** One row in so many is left out of a selection, to measure what was selected. */
enum { left_out_part = 3 };

/** Which rows count, and what that makes of the folds. */
typedef struct weighting {
    uint64_t *of_row;  /* [n_rows] */
    uint64_t *n_pairs; /* [n_folds] Of weighted rows of the two classes. */
} weighting;

static uint64_t unit_of(const perebor_selection *s, size_t row) {
    return s->labels[row] ? UINT64_C(1) << positive_shift : 1;
}

/** Every trial has the same rows in a fold: those of the first tell. */
static void count_pairs(const perebor_selection *s, const weighting *weights) {
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        uint64_t sum = 0;
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            sum += weights->of_row[s->order[i]];
        }
        weights->n_pairs[fold] = (sum >> positive_shift) * (sum & negative_mask);
    }
}

/**
 * Twice the weight of pairs in the right order, a tie counting half. The order has, within a tie,
 * the positive rows first, so that what a positive row meets before it lies strictly below.
 */
static uint64_t count_half_pairs(const uint32_t *order, size_t n, const uint64_t *of_row) {
    uint64_t below = 0;
    uint64_t right = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t weight = of_row[order[i]];
        right += (weight >> positive_shift) * below;
        below += weight & negative_mask;
    }
    return 2 * right;
}

/** The tied pairs of the two classes in one fold of one trial. */
static uint64_t count_tied(const perebor_selection *s, size_t trial, size_t fold,
                           const uint64_t *of_row) {
    const uint32_t *order = s->order + trial * s->n_scores;
    const size_t *first = s->first_tie + trial * s->n_folds + fold;
    uint64_t pairs = 0;
    for (size_t tie = first[0]; tie < first[1]; tie++) {
        uint64_t sum = 0;
        for (size_t i = s->ties[tie].begin; i < s->ties[tie].end; i++) {
            sum += of_row[order[i]];
        }
        pairs += (sum >> positive_shift) * (sum & negative_mask);
    }
    return pairs;
}

/** The mean over folds of a trial's AUC on weighted rows; NaN if no fold has both classes. */
static double mean_auc(const perebor_selection *s, size_t trial, const weighting *weights) {
    const uint32_t *order = s->order + trial * s->n_scores;
    double sum = 0.0;
    double n = 0.0;
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        size_t begin = s->first[fold];
        if (weights->n_pairs[fold] > 0) {
            uint64_t half_pairs =
                count_half_pairs(order + begin, s->first[fold + 1] - begin, weights->of_row) +
                count_tied(s, trial, fold, weights->of_row);
            sum += (double)half_pairs / (double)(2 * weights->n_pairs[fold]);
            n += 1.0;
        }
    }
    return n > 0.0 ? sum / n : (double)NAN;
}

/** The best trial; of equal ones the first. */
static size_t select_trial(const perebor_selection *s, const weighting *weights, double *score) {
    size_t best = 0;
    *score = mean_auc(s, 0, weights);
    for (size_t trial = 1; trial < s->n_trials; trial++) {
        double mean = mean_auc(s, trial, weights);
        if (mean > *score) {
            *score = mean;
            best = trial;
        }
    }
    return best;
}

/** How many rows of a stratum are left out: a third, but one at least, and not the only one. */
static size_t n_left_out(size_t n) {
    size_t share = (n + left_out_part / 2) / left_out_part;
    return share > 0 ? share : n > 1;
}

/** Every row once but for those left out: of each stratum, moved to its front by exchanges. */
static void draw_rows(const perebor_selection *s, uint64_t seed, uint64_t number, uint32_t *strata,
                      uint64_t *of_row) {
    perebor_stream stream = perebor_stream_make(seed, "corrected selection");
    memcpy(strata, s->strata, s->n_rows * sizeof *strata);
    for (size_t row = 0; row < s->n_rows; row++) {
        of_row[row] = unit_of(s, row);
    }
    for (size_t begin = 0, end; begin < s->n_rows; begin = end) {
        end = s->stratum_end[begin];
        size_t stop = begin + n_left_out(end - begin);
        for (size_t at = begin; at < stop; at++) {
            // The upper half of the bits, times how many are left, over 2^32.
            uint64_t bits = perebor_stream_bits(stream, number, at) >> 32;
            size_t other = at + (size_t)((bits * (end - at)) >> 32);
            uint32_t row = strata[other];
            strata[other] = strata[at];
            strata[at] = row;
            of_row[row] = 0;
        }
    }
}

/** The rows that were left out, and only they. */
static void turn_over(const perebor_selection *s, uint64_t *of_row) {
    for (size_t row = 0; row < s->n_rows; row++) {
        of_row[row] = of_row[row] == 0 ? unit_of(s, row) : 0;
    }
}

static bool take_weights(const perebor_selection *s, perebor_workspace *workspace,
                         weighting *weights) {
    weights->of_row = perebor_workspace_take(workspace, s->n_rows, sizeof *weights->of_row);
    weights->n_pairs = perebor_workspace_take(workspace, s->n_folds, sizeof *weights->n_pairs);
    return weights->of_row != NULL && weights->n_pairs != NULL;
}

perebor_status perebor_selection_resample(const perebor_selection *selection, uint64_t seed,
                                          uint64_t number, perebor_workspace *workspace,
                                          perebor_resample *resample, perebor_error *error) {
    weighting weights;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    uint32_t *strata = perebor_workspace_take(workspace, selection->n_rows, sizeof *strata);
    bool ready = strata != NULL && take_weights(selection, workspace, &weights);
    if (ready) {
        draw_rows(selection, seed, number, strata, weights.of_row);
        count_pairs(selection, &weights);
        resample->trial = select_trial(selection, &weights, &resample->inside);
        turn_over(selection, weights.of_row);
        count_pairs(selection, &weights);
        resample->outside = mean_auc(selection, resample->trial, &weights);
    }
    perebor_workspace_return(workspace, begin);
    return ready ? PEREBOR_OK : perebor_no_memory(error, "to draw %zu rows", selection->n_rows);
}

size_t perebor_selection_winner(const perebor_selection *selection, double *score) {
    *score = selection->winner_score;
    return selection->winner;
}

/** Selects on all rows, once and for all. */
static perebor_status find_winner(perebor_selection *s, perebor_error *error) {
    weighting weights;
    perebor_workspace workspace = {0};
    perebor_status status = PEREBOR_OK;
    if (take_weights(s, &workspace, &weights)) {
        memset(weights.of_row, 0, s->n_rows * sizeof *weights.of_row);
        turn_over(s, weights.of_row);
        count_pairs(s, &weights);
        s->winner = select_trial(s, &weights, &s->winner_score);
    } else {
        status = perebor_no_memory(error, "to select by %zu rows", s->n_rows);
    }
    perebor_workspace_release(&workspace);
    return status;
}

perebor_status perebor_selection_create(perebor_selection **selection,
                                        const perebor_search_scores *scores, perebor_error *error) {
    perebor_status status;
    perebor_selection *result = NULL;
    PEREBOR_TRY(done, selection_order_make(&result, scores, error));
    assert(result != NULL);
    PEREBOR_TRY(done, find_winner(result, error));
    if (isnan(result->winner_score)) {
        status = perebor_fail(error, PEREBOR_ERR_NUMERIC,
                              "no fold has rows of both classes: there is no AUC to select by");
        goto done;
    }
    *selection = result;
    result = NULL;
done:
    perebor_selection_free(result);
    return status;
}

/** How each row bears on the mean of the folds' AUCs of a trial. */
typedef struct influence {
    const perebor_selection *selection;
    double *effect; /* [n_rows] */
    double *share;  /* [n_rows] Of pairs in one fold that a row is right in. */
    double n_folds; /* With both classes. */
} influence;

/**
 * The share of pairs that each row of a fold is right in: of a positive row the negative ones below
 * it, of a negative one the positive ones above it, a tie counting half.
 */
static void place_rows(influence *of, size_t trial, size_t fold, const size_t n[2]) {
    const perebor_selection *s = of->selection;
    const uint32_t *order = s->order + trial * s->n_scores;
    size_t seen[2] = {0, 0};
    for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
        size_t label = s->labels[order[i]];
        seen[label]++;
        of->share[order[i]] =
            label ? (double)seen[0] / (double)n[0] : (double)(n[1] - seen[1]) / (double)n[1];
    }
    const size_t *first = s->first_tie + trial * s->n_folds + fold;
    for (size_t tie = first[0]; tie < first[1]; tie++) {
        double tied[2] = {0.0, 0.0};
        for (size_t i = s->ties[tie].begin; i < s->ties[tie].end; i++) {
            tied[s->labels[order[i]]] += 1.0;
        }
        // The order has positive rows first, which put all of a tie on the wrong side.
        for (size_t i = s->ties[tie].begin; i < s->ties[tie].end; i++) {
            size_t label = s->labels[order[i]];
            of->share[order[i]] += 0.5 * tied[1 - label] / (double)n[1 - label];
        }
    }
}

static void count_classes(const perebor_selection *s, size_t fold, size_t n[2]) {
    n[0] = n[1] = 0;
    for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
        n[s->labels[s->order[i]]]++;
    }
}

static void find_effects(influence *of, size_t trial) {
    const perebor_selection *s = of->selection;
    memset(of->effect, 0, s->n_rows * sizeof *of->effect);
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        size_t n[2];
        count_classes(s, fold, n);
        if (n[0] == 0 || n[1] == 0) {
            continue;
        }
        const uint32_t *order = s->order + trial * s->n_scores;
        double auc = 0.0;
        place_rows(of, trial, fold, n);
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            auc += s->labels[order[i]] ? of->share[order[i]] : 0.0;
        }
        auc /= (double)n[1];
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            double own = (of->share[order[i]] - auc) / (double)n[s->labels[order[i]]];
            of->effect[order[i]] += own / of->n_folds;
        }
    }
}

/**
 * The variance of a sum over independent rows, whose effects have mean 0 within each class of each
 * fold: a degree of freedom less for each stratum.
 */
static double sum_variance(const influence *of) {
    const perebor_selection *s = of->selection;
    double variance = 0.0;
    for (size_t label = 0; label < 2; label++) {
        double squares = 0.0, n = 0.0, n_strata = 0.0;
        for (size_t begin = 0; begin < s->n_rows; begin = s->stratum_end[begin]) {
            n_strata += s->labels[s->strata[begin]] == label;
        }
        for (size_t row = 0; row < s->n_rows; row++) {
            squares += s->labels[row] == label ? of->effect[row] * of->effect[row] : 0.0;
            n += s->labels[row] == label;
        }
        variance += n > n_strata ? squares * n / (n - n_strata) : (double)NAN;
    }
    return variance;
}

/** How sure the corrected score is, as far as the rows go: DeLong's variance of the mean AUC of
 * what resamples chose. NaN where a class has no more rows than folds. */
static perebor_status find_variance(const perebor_selection *s, const perebor_resample *resamples,
                                    size_t n, double n_used, double *variance,
                                    perebor_error *error) {
    influence of = {.selection = s,
                    .effect = calloc(s->n_rows + 1, sizeof *of.effect),
                    .share = calloc(s->n_rows + 1, sizeof *of.share)};
    double *times = calloc(s->n_trials + 1, sizeof *times);
    double sum = 0.0;
    bool ready = of.effect != NULL && of.share != NULL && times != NULL;
    if (ready) {
        for (size_t i = 0; i < n; i++) {
            times[resamples[i].trial] += isnan(resamples[i].outside) ? 0.0 : 1.0;
        }
        for (size_t fold = 0; fold < s->n_folds; fold++) {
            size_t of_class[2];
            count_classes(s, fold, of_class);
            of.n_folds += of_class[0] > 0 && of_class[1] > 0;
        }
        for (size_t trial = 0; trial < s->n_trials; trial++) {
            if (times[trial] > 0.0) {
                find_effects(&of, trial);
                sum += times[trial] * sum_variance(&of);
            }
        }
        *variance = sum / n_used;
    }
    free(of.effect);
    free(of.share);
    free(times);
    return ready ? PEREBOR_OK : perebor_no_memory(error, "for %zu rows", s->n_rows);
}

perebor_status perebor_selection_correct(const perebor_selection *selection,
                                         const perebor_resample *resamples, size_t n, double level,
                                         perebor_corrected_score *score, perebor_error *error) {
    double sum = 0.0, n_same = 0.0;
    size_t n_used = 0;
    for (size_t i = 0; i < n; i++) {
        bool used = !isnan(resamples[i].outside);
        sum += used ? resamples[i].outside : 0.0;
        n_used += used;
        n_same += resamples[i].trial == selection->winner ? 1.0 : 0.0;
    }
    if (n_used == 0) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "no resample left rows of both classes in a fold: there are too few "
                            "rows to correct a selection");
    }
    perebor_auc_interval interval = {.auc = sum / (double)n_used};
    perebor_status status =
        find_variance(selection, resamples, n, (double)n_used, &interval.variance, error);
    if (status == PEREBOR_OK) {
        perebor_auc_bound(&interval, level);
        *score = (perebor_corrected_score){
            .trial = selection->winner,
            .naive = selection->winner_score,
            .corrected = interval.auc,
            .low = interval.low,
            .high = interval.high,
            .same_winner = n_same / (double)n,
            .n_used = n_used,
        };
    }
    return status;
}

perebor_status perebor_corrected_selection(const perebor_search_scores *scores, size_t n_resamples,
                                           uint64_t seed, double level,
                                           perebor_corrected_score *score, perebor_error *error) {
    perebor_status status;
    perebor_selection *selection = NULL;
    perebor_workspace workspace = {0};
    perebor_resample *resamples = calloc(n_resamples + 1, sizeof *resamples);
    if (resamples == NULL) {
        return perebor_no_memory(error, "for %zu resamples", n_resamples);
    }
    PEREBOR_TRY(done, perebor_selection_create(&selection, scores, error));
    assert(selection != NULL);
    for (size_t i = 0; i < n_resamples; i++) {
        PEREBOR_TRY(
            done, perebor_selection_resample(selection, seed, i, &workspace, &resamples[i], error));
    }
    PEREBOR_TRY(done,
                perebor_selection_correct(selection, resamples, n_resamples, level, score, error));
done:
    perebor_selection_free(selection);
    perebor_workspace_release(&workspace);
    free(resamples);
    return status;
}
