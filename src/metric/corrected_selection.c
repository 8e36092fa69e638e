// SPDX-License-Identifier: MIT
#include "metric/corrected_selection.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "metric/delong.h"
#include "metric/selection_order.h"
#include "metric/selection_rows.h"
#include "metric/selection_variance.h"

/** Which rows count, and what that makes of the folds. */
typedef struct weighting {
    uint64_t *of_row;  /* [n_rows] */
    uint64_t *n_pairs; /* [n_folds] Of weighted rows of the two classes. */
} weighting;

/** Every trial has the same rows in a fold: those of the first tell. */
static void count_pairs(const perebor_selection *s, const weighting *weights) {
    for (size_t fold = 0; fold < s->n_folds; fold++) {
        uint64_t sum = 0;
        for (size_t i = s->first[fold]; i < s->first[fold + 1]; i++) {
            sum += weights->of_row[s->order[i]];
        }
        weights->n_pairs[fold] = (sum >> selection_positive_shift) * (sum & UINT32_MAX);
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
        right += (weight >> selection_positive_shift) * below;
        below += weight & UINT32_MAX;
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
        pairs += (sum >> selection_positive_shift) * (sum & UINT32_MAX);
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
        selection_draw_rows(selection, seed, number, strata, weights.of_row);
        count_pairs(selection, &weights);
        resample->trial = select_trial(selection, &weights, &resample->inside);
        selection_turn_over(selection, weights.of_row);
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
        selection_turn_over(s, weights.of_row);
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

/** How sure the corrected score is, as far as the rows go: DeLong's variance of the mean AUC of
 * what resamples chose. NaN where a class has no more rows than folds. */
static perebor_status find_variance(const perebor_selection *s, const perebor_resample *resamples,
                                    size_t n, double n_used, double *variance,
                                    perebor_error *error) {
    perebor_status status;
    selection_influence of = {0};
    double sum = 0.0;
    double *times = calloc(s->n_trials + 1, sizeof *times);
    if (times == NULL) {
        return perebor_no_memory(error, "for %zu trials", s->n_trials);
    }
    PEREBOR_TRY(done, selection_influence_make(&of, s, error));
    for (size_t i = 0; i < n; i++) {
        times[resamples[i].trial] += isnan(resamples[i].outside) ? 0.0 : 1.0;
    }
    for (size_t trial = 0; trial < s->n_trials; trial++) {
        if (times[trial] > 0.0) {
            sum += times[trial] * selection_variance(&of, trial);
        }
    }
    *variance = sum / n_used;
done:
    selection_influence_free(&of);
    free(times);
    return status;
}

/** s = sqrt(sum_i (x_i - mean)^2 / (n (n - 1))) of the n resamples that were measured. */
static double find_standard_error(const perebor_resample *resamples, size_t n, double mean,
                                  size_t n_used) {
    double squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        double from_mean = isnan(resamples[i].outside) ? 0.0 : resamples[i].outside - mean;
        squares += from_mean * from_mean;
    }
    return n_used > 1 ? sqrt(squares / ((double)n_used * (double)(n_used - 1))) : (double)NAN;
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
            .standard_error = find_standard_error(resamples, n, interval.auc, n_used),
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
