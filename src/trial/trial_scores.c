// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>

#include "perebor/trials.h"

enum { LANES = 8, BLOCK = 128 };

typedef double (*fold_value)(const perebor_fold_outcome *fold, double shift);

static double test_score(const perebor_fold_outcome *fold, double shift) {
    (void)shift;
    return fold->test_score;
}

static double train_score(const perebor_fold_outcome *fold, double shift) {
    (void)shift;
    return fold->train_score;
}

static double squared_deviation(const perebor_fold_outcome *fold, double mean) {
    double deviation = fold->test_score - mean;
    return deviation * deviation;
}

/**
 * numpy's order of summation: one by one below 8 folds, eight interleaved sums up to 128, halves
 * rounded down to a multiple of 8 above. Only so do means have the bits of scikit-learn's.
 */
static double sum_pairwise(const perebor_fold_outcome *folds, size_t n_folds, fold_value value,
                           double shift) {
    if (n_folds > BLOCK) {
        size_t half = n_folds / 2 - n_folds / 2 % LANES;
        return sum_pairwise(folds, half, value, shift) +
               sum_pairwise(folds + half, n_folds - half, value, shift);
    }
    double sum = 0.0;
    size_t fold = 0;
    if (n_folds >= LANES) {
        double lanes[LANES];
        for (; fold < LANES; fold++) {
            lanes[fold] = value(&folds[fold], shift);
        }
        for (; fold < n_folds - n_folds % LANES; fold++) {
            lanes[fold % LANES] += value(&folds[fold], shift);
        }
        sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
              ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
    }
    for (; fold < n_folds; fold++) {
        sum += value(&folds[fold], shift);
    }
    return sum;
}

static double mean_over_folds(const perebor_trials *trials, size_t trial, fold_value value,
                              double shift) {
    if (trials->state[trial] != PEREBOR_TRIAL_COMPLETE) {
        return NAN;
    }
    const perebor_fold_outcome *folds = trials->folds + trial * trials->n_folds;
    return sum_pairwise(folds, trials->n_folds, value, shift) / (double)trials->n_folds;
}

double perebor_trials_mean_test_score(const perebor_trials *trials, size_t trial) {
    return mean_over_folds(trials, trial, test_score, 0.0);
}

double perebor_trials_std_test_score(const perebor_trials *trials, size_t trial) {
    double mean = perebor_trials_mean_test_score(trials, trial);
    return sqrt(mean_over_folds(trials, trial, squared_deviation, mean));
}

double perebor_trials_mean_train_score(const perebor_trials *trials, size_t trial) {
    return mean_over_folds(trials, trial, train_score, 0.0);
}

struct scored {
    double score;
    size_t trial;
};

/** Best first; trials without a score last. */
static int compare_scored(const void *left, const void *right) {
    double a = ((const struct scored *)left)->score, b = ((const struct scored *)right)->score;
    if (isnan(a) || isnan(b)) {
        return (int)isnan(a) - (int)isnan(b);
    }
    return (a < b) - (a > b);
}

perebor_status perebor_trials_rank(const perebor_trials *trials, uint32_t *ranks,
                                   perebor_error *error) {
    size_t n = trials->n_trials;
    struct scored *order = malloc((n > 0 ? n : 1) * sizeof *order);
    if (order == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory to rank %zu trials", n);
    }
    for (size_t trial = 0; trial < n; trial++) {
        order[trial] = (struct scored){perebor_trials_mean_test_score(trials, trial), trial};
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
