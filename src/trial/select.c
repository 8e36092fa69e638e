// SPDX-License-Identifier: MIT
#include "trial/select.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/try.h"
#include "trial/path_choices.h"

static bool is_complete(const perebor_trials *trials, size_t row) {
    return trials->state[row] == PEREBOR_TRIAL_COMPLETE &&
           isfinite(perebor_trials_mean_test_score(trials, row));
}

size_t select_best(const perebor_trials *trials) {
    size_t best = SELECT_NONE;
    double score = -INFINITY;
    for (size_t row = 0; row < trials->n_trials; row++) {
        if (is_complete(trials, row) && perebor_trials_mean_test_score(trials, row) > score) {
            score = perebor_trials_mean_test_score(trials, row);
            best = row;
        }
    }
    return best;
}

static int by_mean(const void *left, const void *right) {
    const select_ranked *a = left, *b = right;
    return a->score != b->score ? (a->score > b->score ? -1 : 1)
                                : (a->row > b->row) - (a->row < b->row);
}

perebor_status select_top(const perebor_trials *trials, size_t most, select_ranked **ranked,
                          size_t *n, perebor_error *error) {
    size_t found = 0;
    select_ranked *all = calloc(trials->n_trials + 1, sizeof *all);
    if (all == NULL) {
        return perebor_no_memory(error, "to rank %zu trials", trials->n_trials);
    }
    for (size_t row = 0; row < trials->n_trials; row++) {
        bool first = trials->same_as[row] == trials->first_trial + row;
        double score = perebor_trials_mean_test_score(trials, row);
        if (first && trials->state[row] == PEREBOR_TRIAL_COMPLETE && isfinite(score)) {
            all[found++] = (select_ranked){score, row};
        }
    }
    qsort(all, found, sizeof *all, by_mean);
    *ranked = all;
    *n = found < most ? found : most;
    return PEREBOR_OK;
}

double select_standard_error(const perebor_trials *trials, size_t row) {
    double n = (double)trials->n_folds;
    // The table's deviation has ddof 0: sd^2 n / (n - 1) / n.
    return perebor_trials_std_test_score(trials, row) / sqrt(n - 1.0);
}

/** Columns kept; all of them is more than any number. */
static uint32_t n_columns(const perebor_candidate *candidate) {
    uint32_t k = candidate->preparation.select_k;
    return k == 0 ? UINT32_MAX : k;
}

int select_compare_simplicity(const perebor_candidate *a, const perebor_candidate *b) {
    if (a->learner->complexity != b->learner->complexity) {
        return a->learner->complexity < b->learner->complexity ? -1 : 1;
    }
    if (n_columns(a) != n_columns(b)) {
        return n_columns(a) < n_columns(b) ? -1 : 1;
    }
    for (size_t i = 0; a->learner == b->learner && i < a->learner->n_settings; i++) {
        int sign = perebor_setting_compare_simplicity(&a->learner->settings[i], a->settings[i],
                                                      b->settings[i]);
        if (sign != 0) {
            return sign;
        }
    }
    return 0;
}

static perebor_status resolve(const perebor_trials *trials, const perebor_pipeline *pipeline,
                              size_t row, perebor_candidate *candidate, perebor_error *error) {
    perebor_status status = perebor_pipeline_resolve(
        pipeline, trials->values + row * trials->n_parameters, candidate, error);
    if (status == PEREBOR_OK) {
        path_choice_settle(candidate, trials->n_estimators[row]);
    }
    return status;
}

perebor_status select_one_standard_error(const perebor_trials *trials,
                                         const perebor_pipeline *pipeline, size_t *row,
                                         perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_candidate simplest, candidate;
    size_t chosen = select_best(trials);
    if (chosen == SELECT_NONE) {
        *row = SELECT_NONE;
        return PEREBOR_OK;
    }
    double least = perebor_trials_mean_test_score(trials, chosen);
    double error_of_best = select_standard_error(trials, chosen);
    least -= isfinite(error_of_best) ? error_of_best : 0.0;
    PEREBOR_TRY(done, resolve(trials, pipeline, chosen, &simplest, error));
    for (size_t other = 0; other < trials->n_trials; other++) {
        if (!is_complete(trials, other) || perebor_trials_mean_test_score(trials, other) < least) {
            continue;
        }
        PEREBOR_TRY(done, resolve(trials, pipeline, other, &candidate, error));
        int sign = select_compare_simplicity(&candidate, &simplest);
        bool better = perebor_trials_mean_test_score(trials, other) >
                      perebor_trials_mean_test_score(trials, chosen);
        if (sign < 0 || (sign == 0 && better)) {
            chosen = other;
            simplest = candidate;
        }
    }
    *row = chosen;
done:
    return status;
}

static int by_score(const perebor_trials *trials, const select_model *a, const select_model *b) {
    double left = perebor_trials_mean_test_score(trials, a->row);
    double right = perebor_trials_mean_test_score(trials, b->row);
    return left != right ? (left > right ? -1 : 1) : (a->row > b->row) - (a->row < b->row);
}

/** A handful: sorted by insertion. */
static void sort_models(const perebor_trials *trials, select_model *models, size_t n) {
    for (size_t i = 1; i < n; i++) {
        select_model moved = models[i];
        size_t at = i;
        for (; at > 0 && by_score(trials, &moved, &models[at - 1]) < 0; at--) {
            models[at] = models[at - 1];
        }
        models[at] = moved;
    }
}

perebor_status select_per_model(const perebor_trials *trials, const perebor_pipeline *pipeline,
                                select_model **models, size_t *n_models, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_candidate candidate;
    select_model *found = NULL;
    size_t n = 0;
    for (size_t row = 0; row < trials->n_trials; row++) {
        if (!is_complete(trials, row)) {
            continue;
        }
        PEREBOR_TRY(done, resolve(trials, pipeline, row, &candidate, error));
        size_t at = 0;
        while (at < n && found[at].learner != candidate.learner) {
            at++;
        }
        if (at == n) {
            select_model *grown = realloc(found, (n + 1) * sizeof *grown);
            if (grown == NULL) {
                status = perebor_no_memory(error, "for %zu models", n + 1);
                goto done;
            }
            found = grown;
            found[n++] = (select_model){.learner = candidate.learner, .row = row};
        }
        found[at].n_complete++;
        if (perebor_trials_mean_test_score(trials, row) >
            perebor_trials_mean_test_score(trials, found[at].row)) {
            found[at].row = row;
        }
    }
    sort_models(trials, found, n);
    *models = found;
    *n_models = n;
    found = NULL;
done:
    free(found);
    return status;
}
