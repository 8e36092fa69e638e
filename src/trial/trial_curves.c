// SPDX-License-Identifier: MIT
#include "trial/trial_curves.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t size_of(size_t n_folds, size_t n_points) {
    return sizeof(perebor_trial_curve) + n_folds * n_points * sizeof(double);
}

static perebor_trial_curve *allocate(size_t n_folds, uint32_t n_points) {
    perebor_trial_curve *curve = malloc(size_of(n_folds, n_points));
    if (curve != NULL) {
        curve->n_points = n_points;
        for (size_t i = 0; i < n_folds * n_points; i++) {
            curve->scores[i] = NAN;
        }
    }
    return curve;
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
    }
    free(to->curves[to_trial]);
    to->curves[to_trial] = copy;
    return PEREBOR_OK;
}

void trial_curves_release(perebor_trials *trials) {
    for (size_t trial = 0; trials->curves != NULL && trial < trials->n_trials; trial++) {
        free(trials->curves[trial]);
    }
    free(trials->curves);
    trials->curves = NULL;
}
