// SPDX-License-Identifier: MIT
#include <inttypes.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "perebor/result_file.h"

/** The names of two results, for messages. */
struct names {
    const char *left, *right;
};

static perebor_status check_digest(const char *what, const uint8_t a[32], const uint8_t b[32],
                                   struct names names, perebor_error *error) {
    if (memcmp(a, b, PEREBOR_SHA256_SIZE) == 0) {
        return PEREBOR_OK;
    }
    char left[PEREBOR_SHA256_HEX_SIZE], right[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(a, left);
    perebor_sha256_hex(b, right);
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "not one search: %s of %s is %.12s…, of %s %.12s…", what, names.left, left,
                        names.right, right);
}

static perebor_status check_number(const char *what, uint64_t a, uint64_t b, struct names names,
                                   perebor_error *error) {
    return a == b ? PEREBOR_OK
                  : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                 "not one search: %s of %s is %" PRIu64 ", of %s %" PRIu64, what,
                                 names.left, a, names.right, b);
}

perebor_status perebor_result_check_same_search(const perebor_result *a, const char *left,
                                                const perebor_result *b, const char *right,
                                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    struct names names = {left, right};
    PEREBOR_TRY(done, check_number("seed", a->seed, b->seed, names, error));
    PEREBOR_TRY(done, check_digest("data/fingerprint", a->data_fingerprint, b->data_fingerprint,
                                   names, error));
    PEREBOR_TRY(done, check_number("folds/n_splits", a->n_splits, b->n_splits, names, error));
    PEREBOR_TRY(done, check_number("folds/n_repeats", a->n_repeats, b->n_repeats, names, error));
    PEREBOR_TRY(done, check_digest("folds/fingerprint", a->folds_fingerprint, b->folds_fingerprint,
                                   names, error));
    if (strcmp(a->space_json, b->space_json) != 0) {
        status =
            perebor_fail(error, PEREBOR_ERR_CONFLICT,
                         "not one search: search.parameters of %s and of %s differ", left, right);
        goto done;
    }
    PEREBOR_TRY(
        done, check_digest("experiment/sha256", a->config_sha256, b->config_sha256, names, error));
done:
    return status;
}

/** Trials that both have, and have finished, must have the same digests. */
static perebor_status check_agreement(const perebor_trials *a, const perebor_trials *b,
                                      perebor_error *error) {
    for (size_t i = 0; i < a->n_trials; i++) {
        uint64_t number = a->first_trial + i;
        size_t j = (size_t)(number - b->first_trial);
        if (number < b->first_trial || j >= b->n_trials || a->state[i] == PEREBOR_TRIAL_WAITING ||
            b->state[j] == PEREBOR_TRIAL_WAITING || a->state[i] == PEREBOR_TRIAL_RUNNING ||
            b->state[j] == PEREBOR_TRIAL_RUNNING) {
            continue;
        }
        uint8_t left[PEREBOR_SHA256_SIZE], right[PEREBOR_SHA256_SIZE];
        perebor_trials_digest_one(a, i, left);
        perebor_trials_digest_one(b, j, right);
        if (memcmp(left, right, sizeof left) != 0) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                                "trial %" PRIu64 " is in both, with different outcomes", number);
        }
    }
    return PEREBOR_OK;
}

/** Copies the points of @p from, by the names of the parameters. */
static perebor_status copy_points(perebor_trials *to, const perebor_trials *from,
                                  perebor_error *error) {
    if (from->n_parameters != to->n_parameters) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT, "searches of %zu and of %zu parameters",
                            to->n_parameters, from->n_parameters);
    }
    for (size_t i = 0; i < to->n_parameters; i++) {
        if (strcmp(to->parameter_names[i], from->parameter_names[i]) != 0) {
            return perebor_fail(error, PEREBOR_ERR_CONFLICT, "parameter %zu is %s here, %s there",
                                i, to->parameter_names[i], from->parameter_names[i]);
        }
    }
    size_t first = (size_t)(from->first_trial - to->first_trial) * to->n_parameters;
    for (size_t i = 0; i < from->n_trials * from->n_parameters; i++) {
        perebor_value value = from->values[i];
        if (value.kind == PEREBOR_VALUE_TEXT) {
            value.as.text = perebor_trials_intern(to, value.as.text);
            if (value.as.text == NULL) {
                return perebor_fail(error, PEREBOR_ERR_MEMORY, "out of memory to merge trials");
            }
        }
        to->values[first + i] = value;
    }
    return PEREBOR_OK;
}

perebor_status perebor_result_merge_trials(perebor_trials **trials, const perebor_trials *a,
                                           const perebor_trials *b, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *made = NULL;
    uint64_t first = a->first_trial < b->first_trial ? a->first_trial : b->first_trial;
    uint64_t end_a = a->first_trial + a->n_trials, end_b = b->first_trial + b->n_trials;
    size_t n_trials = (size_t)((end_a > end_b ? end_a : end_b) - first);
    PEREBOR_TRY(failed, check_agreement(a, b, error));
    PEREBOR_TRY(failed,
                perebor_trials_create_empty(&made, (const char *const *)a->parameter_names,
                                            a->n_parameters, first, n_trials, a->n_folds, error));
    PEREBOR_TRY(failed, copy_points(made, a, error));
    PEREBOR_TRY(failed, copy_points(made, b, error));
    PEREBOR_TRY(failed, perebor_trials_take(made, a, NULL, error));
    PEREBOR_TRY(failed, perebor_trials_take(made, b, NULL, error));
    PEREBOR_TRY(failed, perebor_trials_mark_same(made, error));
    *trials = made;
    return PEREBOR_OK;
failed:
    perebor_trials_free(made);
    return status;
}
