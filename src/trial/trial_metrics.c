// SPDX-License-Identifier: MIT
#include "trial/trial_metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

static void free_names(char **names, size_t n) {
    for (size_t i = 0; names != NULL && i < n; i++) {
        free(names[i]);
    }
    free(names);
}

void trial_metrics_release(perebor_trials *trials) {
    free_names(trials->metric_names, trials->n_metrics);
    free(trials->further);
    trials->metric_names = NULL;
    trials->further = NULL;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Copies of the names in their order. */
static perebor_status copy_names(char ***copies, const char *const *names, size_t n,
                                 perebor_error *error) {
    char **copied = calloc(n, sizeof *copied);
    for (size_t i = 0; copied != NULL && i < n; i++) {
        copied[i] = strdup(names[i]);
        if (copied[i] == NULL) {
            free_names(copied, n);
            copied = NULL;
        }
    }
    if (copied == NULL) {
        return perebor_no_memory(error, "for the names of metrics");
    }
    qsort(copied + 1, n - 1, sizeof *copied, compare_names);
    *copies = copied;
    return PEREBOR_OK;
}

static perebor_status check_names(const char *const *names, size_t n, perebor_error *error) {
    if (n == 0 || n > PEREBOR_MAX_METRICS) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "trials have from 1 to %d metrics, not %zu", PEREBOR_MAX_METRICS, n);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t before = 0; before < i; before++) {
            if (strcmp(names[i], names[before]) == 0) {
                return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "the metric %s is named twice",
                                    names[i]);
            }
        }
    }
    return PEREBOR_OK;
}

/** Room for the scores by all metrics but the first, none of which is known. */
static perebor_status allocate_further(double **further, const perebor_trials *trials,
                                       size_t n_metrics, perebor_error *error) {
    size_t per_fold = 2 * (n_metrics - 1);
    size_t n_cells = trials->n_trials * trials->n_folds; // fits: folds have been allocated
    double *scores = NULL;
    if (per_fold > 0) {
        scores = n_cells < SIZE_MAX / sizeof *scores / per_fold
                     ? malloc((n_cells * per_fold + 1) * sizeof *scores)
                     : NULL;
        if (scores == NULL) {
            return perebor_no_memory(error, "for the scores of %zu trials by %zu metrics",
                                     trials->n_trials, n_metrics);
        }
        for (size_t i = 0; i < n_cells * per_fold; i++) {
            scores[i] = NAN;
        }
    }
    *further = scores;
    return PEREBOR_OK;
}

perebor_status perebor_trials_set_metrics(perebor_trials *trials, const char *const *names,
                                          size_t n_metrics, perebor_error *error) {
    perebor_status status;
    char **copies = NULL;
    double *further = NULL;
    PEREBOR_TRY(done, check_names(names, n_metrics, error));
    PEREBOR_TRY(done, copy_names(&copies, names, n_metrics, error));
    PEREBOR_TRY(failed, allocate_further(&further, trials, n_metrics, error));
    trial_metrics_release(trials);
    trials->metric_names = copies;
    trials->n_metrics = n_metrics;
    trials->further = further;
    return PEREBOR_OK;
failed:
    free_names(copies, n_metrics);
done:
    return status;
}

bool perebor_trials_have_default_metric(const perebor_trials *trials) {
    return trials->n_metrics == 1 && strcmp(trials->metric_names[0], TRIAL_DEFAULT_METRIC) == 0;
}

bool perebor_trials_same_metrics(const perebor_trials *a, const perebor_trials *b) {
    bool same = a->n_metrics == b->n_metrics;
    for (size_t i = 0; same && i < a->n_metrics; i++) {
        same = strcmp(a->metric_names[i], b->metric_names[i]) == 0;
    }
    return same;
}

void perebor_trials_set_fold(perebor_trials *trials, size_t trial, size_t fold,
                             const perebor_fold_outcome *outcome,
                             const perebor_further_scores *further) {
    size_t cell = trial * trials->n_folds + fold;
    trials->folds[cell] = *outcome;
    trials->fold_done[cell] = 1;
    for (size_t i = 0; i + 1 < trials->n_metrics; i++) {
        perebor_trials_further(trials, trial, fold, PEREBOR_TEST)[i] =
            further != NULL ? further->test[i] : (double)NAN;
        perebor_trials_further(trials, trial, fold, PEREBOR_TRAIN)[i] =
            further != NULL ? further->train[i] : (double)NAN;
    }
}

double perebor_trials_score(const perebor_trials *trials, size_t trial, size_t fold, size_t metric,
                            perebor_part part) {
    const perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
    if (metric > 0) {
        return perebor_trials_further(trials, trial, fold, part)[metric - 1];
    }
    return part == PEREBOR_TEST ? outcome->test_score : outcome->train_score;
}

void trial_metrics_copy(perebor_trials *to, size_t to_trial, const perebor_trials *from,
                        size_t from_trial) {
    size_t per_trial = to->n_folds * 2 * (to->n_metrics - 1);
    if (per_trial > 0) {
        memcpy(to->further + to_trial * per_trial, from->further + from_trial * per_trial,
               per_trial * sizeof *to->further);
    }
}
