// SPDX-License-Identifier: MIT
#include "trial/trial_curves.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "perebor/learning_curve.h"

static size_t size_of(size_t n_folds, size_t n_points) {
    return sizeof(perebor_trial_curve) + n_folds * n_points * sizeof(double);
}

static perebor_trial_curve *allocate(size_t n_folds, uint32_t n_points) {
    perebor_trial_curve *curve = malloc(size_of(n_folds, n_points));
    if (curve != NULL) {
        curve->n_points = n_points;
        curve->path_end = 0;
        curve->path = NULL;
        for (size_t i = 0; i < n_folds * n_points; i++) {
            curve->scores[i] = NAN;
        }
    }
    return curve;
}

static void release(perebor_trial_curve *curve) {
    if (curve != NULL) {
        free(curve->path);
    }
    free(curve);
}

perebor_status perebor_trials_set_curve(perebor_trials *trials, size_t trial, size_t fold,
                                        const double *scores, uint32_t n_points,
                                        perebor_error *error) {
    assert(trial < trials->n_trials && fold < trials->n_folds);
    if (n_points == 0) {
        return PEREBOR_OK;
    }
    perebor_trial_curve *curve = trials->curves[trial];
    if (curve == NULL) {
        curve = allocate(trials->n_folds, n_points);
        if (curve == NULL) {
            return perebor_no_memory(error, "for a learning curve of %u points", n_points);
        }
        trials->curves[trial] = curve;
    }
    if (curve->n_points != n_points) {
        return perebor_fail(
            error, PEREBOR_ERR_FORMAT,
            "the learning curve of a trial has %u points on one fold, %u on another",
            curve->n_points, n_points);
    }
    memcpy(curve->scores + fold * n_points, scores, n_points * sizeof *scores);
    return PEREBOR_OK;
}

perebor_status trial_curves_copy(perebor_trials *to, size_t to_trial, const perebor_trials *from,
                                 size_t from_trial, perebor_error *error) {
    const perebor_trial_curve *curve = from->curves[from_trial];
    perebor_trial_curve *copy = NULL;
    if (curve != NULL) {
        copy = malloc(size_of(from->n_folds, curve->n_points));
        if (copy == NULL) {
            return perebor_no_memory(error, "for a learning curve of %u points", curve->n_points);
        }
        memcpy(copy, curve, size_of(from->n_folds, curve->n_points));
        copy->path_end = 0; // only of a trial that is not finished
        copy->path = NULL;
    }
    release(to->curves[to_trial]);
    to->curves[to_trial] = copy;
    return PEREBOR_OK;
}

void trial_curves_release(perebor_trials *trials) {
    for (size_t trial = 0; trials->curves != NULL && trial < trials->n_trials; trial++) {
        release(trials->curves[trial]);
    }
    free(trials->curves);
    trials->curves = NULL;
}

/** Points of a path below its end. */
static size_t path_points(uint32_t path_end) {
    return perebor_curve_n_points(path_end - 1);
}

perebor_status perebor_trials_set_path(perebor_trials *trials, size_t trial, size_t fold,
                                       uint32_t path_end, const double *scores,
                                       perebor_error *error) {
    perebor_trial_curve *curve = trials->curves[trial];
    size_t n_values = path_points(path_end) * PEREBOR_PATH_VALUES(trials->n_metrics);
    assert(curve != NULL && path_points(path_end) <= curve->n_points);
    if (curve->path_end == 0) {
        curve->path = malloc((trials->n_folds * n_values + 1) * sizeof *curve->path);
        if (curve->path == NULL) {
            return perebor_no_memory(error, "for a path of %u estimators", path_end);
        }
        curve->path_end = path_end;
    }
    if (n_values > 0) {
        memcpy(curve->path + fold * n_values, scores, n_values * sizeof *scores);
    }
    return PEREBOR_OK;
}

/** Gives a fold the scores of a point of its path. @param[in] scores  PEREBOR_PATH_VALUES() */
static void take_point(perebor_trials *trials, size_t trial, size_t fold, const double *scores) {
    size_t n_metrics = trials->n_metrics;
    perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
    outcome->test_score = scores[0];
    outcome->train_score = scores[n_metrics];
    for (size_t i = 1; i < n_metrics; i++) {
        perebor_trials_further(trials, trial, fold, PEREBOR_TEST)[i - 1] = scores[i];
        perebor_trials_further(trials, trial, fold, PEREBOR_TRAIN)[i - 1] = scores[n_metrics + i];
    }
    if (outcome->has_oob) {
        outcome->oob_score = scores[2 * n_metrics];
        outcome->oob_lacking = (uint32_t)scores[2 * n_metrics + 1];
    }
}

void perebor_trials_choose_n_estimators(perebor_trials *trials, size_t trial) {
    perebor_trial_curve *curve = trials->curves[trial];
    if (curve == NULL || curve->path_end == 0) {
        return;
    }
    if (trials->state[trial] == PEREBOR_TRIAL_COMPLETE) {
        const size_t n_points = path_points(curve->path_end);
        const size_t stride = PEREBOR_PATH_VALUES(trials->n_metrics);
        const size_t best = trial_curves_best(trials, trial, n_points);
        trials->n_estimators[trial] =
            best < n_points ? (uint32_t)perebor_curve_n_estimators(best) : curve->path_end;
        for (size_t fold = 0; best < n_points && fold < trials->n_folds; fold++) {
            take_point(trials, trial, fold, curve->path + (fold * n_points + best) * stride);
        }
    }
    free(curve->path);
    curve->path = NULL;
    curve->path_end = 0;
}

size_t trial_curves_best(const perebor_trials *trials, size_t trial, size_t n_points) {
    size_t best = n_points;
    double score = perebor_trials_mean_test_score(trials, trial);
    for (size_t point = n_points; point-- > 0;) {
        double mean = perebor_trials_mean_curve(trials, trial, point);
        if (mean >= score) { // false for NaN
            score = mean;
            best = point;
        }
    }
    return best;
}
