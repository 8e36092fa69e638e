// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>

#include "perebor/trials.h"

enum { n_lanes = 8, block_size = 128 };

/** The scores of one trial by one metric on one part, fold by fold. */
typedef struct fold_scores {
    const double *first;
    size_t stride; /**< In doubles. */
} fold_scores;

_Static_assert(sizeof(perebor_fold_outcome) % sizeof(double) == 0, "outcomes are whole doubles");

static fold_scores find_scores(const perebor_trials *trials, size_t trial, size_t metric,
                               perebor_part part) {
    if (metric > 0) {
        return (fold_scores){perebor_trials_further(trials, trial, 0, part) + metric - 1,
                             2 * (trials->n_metrics - 1)};
    }
    const perebor_fold_outcome *folds = trials->folds + trial * trials->n_folds;
    return (fold_scores){part == PEREBOR_TEST ? &folds->test_score : &folds->train_score,
                         sizeof *folds / sizeof(double)};
}

typedef double (*fold_value)(double score, double shift);

static double itself(double score, double shift) {
    (void)shift;
    return score;
}

static double squared_deviation(double score, double mean) {
    double deviation = score - mean;
    return deviation * deviation;
}

/**
 * numpy's order of summation: one by one below 8 folds, eight interleaved sums up to 128, halves
 * rounded down to a multiple of 8 above. Only so do means have the bits of scikit-learn's.
 */
static double sum_pairwise(fold_scores scores, size_t n_folds, fold_value value, double shift) {
    const double *first = scores.first;
    size_t stride = scores.stride;
    if (n_folds > block_size) {
        size_t half = n_folds / 2 - n_folds / 2 % n_lanes;
        return sum_pairwise(scores, half, value, shift) +
               sum_pairwise((fold_scores){first + half * stride, stride}, n_folds - half, value,
                            shift);
    }
    double sum = 0.0;
    size_t fold = 0;
    if (n_folds >= n_lanes) {
        double lanes[n_lanes];
        for (; fold < n_lanes; fold++) {
            lanes[fold] = value(first[fold * stride], shift);
        }
        for (; fold < n_folds - n_folds % n_lanes; fold++) {
            lanes[fold % n_lanes] += value(first[fold * stride], shift);
        }
        sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
              ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    for (; fold < n_folds; fold++) {
        sum += value(first[fold * stride], shift);
    }
    return sum;
}

double perebor_trials_mean(const perebor_trials *trials, size_t trial, size_t metric,
                           perebor_part part) {
    if (trials->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        return NAN;
    }
    fold_scores scores = find_scores(trials, trial, metric, part);
    return sum_pairwise(scores, trials->n_folds, itself, 0.0) / (double)trials->n_folds;
}

double perebor_trials_mean_curve(const perebor_trials *trials, size_t trial, size_t point) {
    if (trials->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        return NAN;
    }
    const perebor_trial_curve *curve = trials->curves[trial];
    fold_scores scores = {curve->scores + point, curve->n_points};
    return sum_pairwise(scores, trials->n_folds, itself, 0.0) / (double)trials->n_folds;
}

double perebor_trials_std(const perebor_trials *trials, size_t trial, size_t metric) {
    if (trials->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        return NAN;
    }
    double mean = perebor_trials_mean(trials, trial, metric, PEREBOR_TEST);
    fold_scores scores = find_scores(trials, trial, metric, PEREBOR_TEST);
    return sqrt(sum_pairwise(scores, trials->n_folds, squared_deviation, mean) /
                (double)trials->n_folds);
}

double perebor_trials_mean_test_score(const perebor_trials *trials, size_t trial) {
    return perebor_trials_mean(trials, trial, 0, PEREBOR_TEST);
}

double perebor_trials_std_test_score(const perebor_trials *trials, size_t trial) {
    return perebor_trials_std(trials, trial, 0);
}

double perebor_trials_mean_train_score(const perebor_trials *trials, size_t trial) {
    return perebor_trials_mean(trials, trial, 0, PEREBOR_TRAIN);
}

bool perebor_trials_has_oob(const perebor_trials *trials, size_t trial, size_t fold) {
    size_t cell = trial * trials->n_folds + fold;
    return trials->fold_done[cell] && trials->folds[cell].has_oob != 0;
}

bool perebor_trials_have_oob(const perebor_trials *trials) {
    bool found = false;
    for (size_t i = 0; i < trials->n_trials * trials->n_folds && !found; i++) {
        found = perebor_trials_has_oob(trials, i / trials->n_folds, i % trials->n_folds);
    }
    return found;
}

double perebor_trials_mean_oob_score(const perebor_trials *trials, size_t trial) {
    const perebor_fold_outcome *folds = trials->folds + trial * trials->n_folds;
    bool all = trials->state[trial] == PEREBOR_TRIAL_COMPLETE;
    for (size_t fold = 0; fold < trials->n_folds && all; fold++) {
        all = perebor_trials_has_oob(trials, trial, fold);
    }
    const fold_scores scores = {&folds->oob_score, sizeof *folds / sizeof(double)};
    return all ? sum_pairwise(scores, trials->n_folds, itself, 0.0) / (double)trials->n_folds
               : (double)NAN;
}

double perebor_trials_mean_fit_seconds(const perebor_trials *trials, size_t trial) {
    double sum = 0.0;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        sum += trials->folds[trial * trials->n_folds + fold].fit_seconds;
    }
    return trials->state[trial] == PEREBOR_TRIAL_COMPLETE ? sum / (double)trials->n_folds
                                                          : (double)NAN;
}

double perebor_trials_mean_score_seconds(const perebor_trials *trials, size_t trial) {
    double sum = 0.0;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        sum += trials->folds[trial * trials->n_folds + fold].score_seconds;
    }
    return trials->state[trial] == PEREBOR_TRIAL_COMPLETE ? sum / (double)trials->n_folds
                                                          : (double)NAN;
}

typedef struct scored {
    double score;
    size_t trial;
} scored;

/** Best first; trials without a score last. */
static int compare_scored(const void *left, const void *right) {
    double a = ((const scored *)left)->score, b = ((const scored *)right)->score;
    if (isnan(a) || isnan(b)) {
        return (int)isnan(a) - (int)isnan(b);
    }
    return (a < b) - (a > b);
}

perebor_status perebor_trials_rank_by(const perebor_trials *trials, size_t metric, uint32_t *ranks,
                                      perebor_error *error) {
    size_t n = trials->n_trials;
    scored *order = malloc((n > 0 ? n : 1) * sizeof *order);
    if (order == NULL) {
        return perebor_no_memory(error, "to rank %zu trials", n);
    }
    for (size_t trial = 0; trial < n; trial++) {
        order[trial] = (scored){perebor_trials_mean(trials, trial, metric, PEREBOR_TEST), trial};
    }
    qsort(order, n, sizeof *order, compare_scored);
    uint32_t rank = 1;
    for (size_t place = 0; place < n; place++) {
        if (place > 0 && compare_scored(&order[place - 1], &order[place]) != 0) {
            rank = (uint32_t)place + 1;
        }
        ranks[order[place].trial] = rank;
    }
    free(order);
    return PEREBOR_OK;
}

perebor_status perebor_trials_rank(const perebor_trials *trials, uint32_t *ranks,
                                   perebor_error *error) {
    return perebor_trials_rank_by(trials, 0, ranks, error);
}
