// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "base/digest.h"
#include "perebor/trials.h"

static void add_value(perebor_sha256 *digest, perebor_value value) {
    perebor_sha256_update_u64(digest, value.kind);
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        break;
    case PEREBOR_VALUE_BOOLEAN:
        perebor_sha256_update_u64(digest, value.as.boolean);
        break;
    case PEREBOR_VALUE_INTEGER:
        perebor_sha256_update_u64(digest, (uint64_t)value.as.integer);
        break;
    case PEREBOR_VALUE_REAL:
        perebor_sha256_update_double(digest, value.as.real);
        break;
    case PEREBOR_VALUE_TEXT:
        perebor_sha256_update_text(digest, value.as.text);
        break;
    }
}

/** The active parameter whose name follows @p previous in the order of bytes, or n_parameters. */
static size_t next_by_name(const perebor_trials *trials, const perebor_value *point,
                           const char *previous) {
    size_t next = trials->n_parameters;
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        const char *name = trials->parameter_names[parameter];
        if (point[parameter].kind != PEREBOR_VALUE_NONE &&
            (previous == NULL || strcmp(name, previous) > 0) &&
            (next == trials->n_parameters || strcmp(name, trials->parameter_names[next]) < 0)) {
            next = parameter;
        }
    }
    return next;
}

static void add_point(perebor_sha256 *digest, const perebor_trials *trials, size_t trial) {
    const perebor_value *point = trials->values + trial * trials->n_parameters;
    uint64_t n_active = 0;
    for (size_t parameter = 0; parameter < trials->n_parameters; parameter++) {
        n_active += point[parameter].kind != PEREBOR_VALUE_NONE;
    }
    perebor_sha256_update_u64(digest, n_active);
    const char *previous = NULL;
    for (uint64_t i = 0; i < n_active; i++) {
        size_t parameter = next_by_name(trials, point, previous);
        previous = trials->parameter_names[parameter];
        perebor_sha256_update_text(digest, previous);
        add_value(digest, point[parameter]);
    }
}

/** The test scores by one metric. */
static void add_scores(perebor_sha256 *digest, const perebor_trials *trials, size_t trial,
                       size_t metric) {
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        bool done = trials->fold_done[trial * trials->n_folds + fold] != 0;
        perebor_sha256_update_double(
            digest,
            done ? perebor_trials_score(trials, trial, fold, metric, PEREBOR_TEST) : (double)NAN);
    }
}

/** The test scores by every metric, each with its name. */
static void add_metrics(perebor_sha256 *digest, const perebor_trials *trials, size_t trial) {
    perebor_sha256_update_u64(digest, trials->n_metrics);
    for (size_t metric = 0; metric < trials->n_metrics; metric++) {
        perebor_sha256_update_text(digest, trials->metric_names[metric]);
        add_scores(digest, trials, trial, metric);
    }
}

void perebor_trials_digest_one(const perebor_trials *trials, size_t trial, uint8_t digest[32]) {
    uint8_t state = trials->state[trial];
    bool named = !perebor_trials_have_default_metric(trials);
    perebor_sha256 hash;
    perebor_sha256_init(&hash);
    perebor_sha256_update_text(&hash, named ? "perebor trial 2" : "perebor trial 1");
    perebor_sha256_update_u64(&hash, trials->first_trial + trial);
    add_point(&hash, trials, trial);
    perebor_sha256_update_u64(&hash,
                              state == PEREBOR_TRIAL_RUNNING ? PEREBOR_TRIAL_WAITING : state);
    if (state == PEREBOR_TRIAL_COMPLETE || state == PEREBOR_TRIAL_FAIL) {
        perebor_sha256_update_u64(&hash, trials->n_folds);
        if (named) {
            add_metrics(&hash, trials, trial);
        } else {
            add_scores(&hash, trials, trial, 0);
        }
    }
    if (trials->n_estimators[trial] > 0) {
        perebor_sha256_update_text(&hash, "n_estimators");
        perebor_sha256_update_u64(&hash, trials->n_estimators[trial]);
    }
    perebor_sha256_final(&hash, digest);
}

bool perebor_trials_digest_oob(const perebor_trials *trials, uint8_t digest[32]) {
    perebor_sha256 hash;
    if (!perebor_trials_have_oob(trials)) {
        return false;
    }
    perebor_sha256_init(&hash);
    perebor_sha256_update_text(&hash, "perebor out of bag 1");
    for (size_t cell = 0; cell < trials->n_trials * trials->n_folds; cell++) {
        const size_t trial = cell / trials->n_folds;
        const perebor_fold_outcome *outcome = &trials->folds[cell];
        if (perebor_trials_has_oob(trials, trial, cell % trials->n_folds)) {
            perebor_sha256_update_u64(&hash, trials->first_trial + trial);
            perebor_sha256_update_u64(&hash, cell % trials->n_folds);
            perebor_sha256_update_double(&hash, outcome->oob_score);
            perebor_sha256_update_u64(&hash, outcome->oob_lacking);
        }
    }
    perebor_sha256_final(&hash, digest);
    return true;
}

void perebor_trials_digest(const perebor_trials *trials, uint8_t digest[32]) {
    perebor_sha256 hash;
    perebor_sha256_init(&hash);
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        uint8_t one[PEREBOR_SHA256_SIZE];
        perebor_trials_digest_one(trials, trial, one);
        perebor_sha256_update(&hash, one, sizeof one);
    }
    perebor_sha256_final(&hash, digest);
}
