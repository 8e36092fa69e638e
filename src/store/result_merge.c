// SPDX-License-Identifier: MIT
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/digest.h"
#include "base/try.h"
#include "base/version.h"
#include "store/search_identity.h"
#include "store/stage.h"
#include "store/test_looks.h"

/** As many as a run takes. */
enum { max_trials = UINT32_MAX / 64 };

/** The names of two results, for messages. */
typedef struct names {
    const char *left, *right;
} names;

/** Says that a digest differs, by its first figures. */
static perebor_status refuse_digest(const char *what, const uint8_t a[32], const uint8_t b[32],
                                    names names, perebor_error *error) {
    char left[PEREBOR_SHA256_HEX_SIZE], right[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_hex(a, left);
    perebor_sha256_hex(b, right);
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "not one search: %s of %s is %.12s…, of %s %.12s…", what, names.left, left,
                        names.right, right);
}

static perebor_status refuse_number(const char *what, uint64_t a, uint64_t b, names names,
                                    perebor_error *error) {
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "not one search: %s of %s is %" PRIu64 ", of %s %" PRIu64, what, names.left,
                        a, names.right, b);
}

static perebor_status refuse_metrics(const perebor_trials *a, const perebor_trials *b, names names,
                                     perebor_error *error) {
    if (strcmp(a->metric_names[0], b->metric_names[0]) != 0) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "not one search: search.metric of %s is %s, of %s %s", names.left,
                            a->metric_names[0], names.right, b->metric_names[0]);
    }
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "not one search: search.metrics of %s and of %s differ", names.left,
                        names.right);
}

perebor_status perebor_result_check_same_search(const perebor_result *a, const char *left,
                                                const perebor_result *b, const char *right,
                                                perebor_error *error) {
    perebor_search_identity ours, theirs;
    names names = {left, right};
    perebor_search_identity_of_result(&ours, a);
    perebor_search_identity_of_result(&theirs, b);
    unsigned found = perebor_search_identity_compare(&ours, &theirs);
    if ((found & PEREBOR_DIFFERS_IN_SEED) != 0) {
        return refuse_number("seed", a->seed, b->seed, names, error);
    }
    if ((found & PEREBOR_DIFFERS_IN_DATA) != 0) {
        return refuse_digest("data/fingerprint", ours.data, theirs.data, names, error);
    }
    if (a->n_splits != b->n_splits) {
        return refuse_number("folds/n_splits", a->n_splits, b->n_splits, names, error);
    }
    if (a->n_repeats != b->n_repeats) {
        return refuse_number("folds/n_repeats", a->n_repeats, b->n_repeats, names, error);
    }
    if ((found & PEREBOR_DIFFERS_IN_FOLDS) != 0) {
        return refuse_digest("folds/fingerprint", ours.folds, theirs.folds, names, error);
    }
    if ((found & PEREBOR_DIFFERS_IN_SPACE) != 0) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "not one search: search.parameters of %s and of %s differ", left,
                            right);
    }
    if ((found & PEREBOR_DIFFERS_IN_METRICS) != 0) {
        return refuse_metrics(a->trials, b->trials, names, error);
    }
    if ((found & PEREBOR_DIFFERS_IN_TRIAL_MEMORY) != 0) {
        return refuse_number("search.trial_memory in bytes", ours.trial_memory, theirs.trial_memory,
                             names, error);
    }
    if ((found & PEREBOR_DIFFERS_IN_EXPERIMENT) != 0) {
        return refuse_digest("experiment/sha256", ours.experiment, theirs.experiment, names, error);
    }
    return PEREBOR_OK;
}

/** Trials that both have, and have finished, must have the same digests. */
static perebor_status check_agreement(const perebor_trials *a, const perebor_trials *b,
                                      perebor_error *error) {
    for (size_t i = 0; i < a->n_trials; i++) {
        uint64_t number = a->first_trial + i;
        size_t j = (size_t)(number - b->first_trial);
        if (number < b->first_trial || j >= b->n_trials || !perebor_trials_finished(a, i) ||
            !perebor_trials_finished(b, j)) {
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
                return perebor_no_memory(error, "to merge trials");
            }
        }
        to->values[first + i] = value;
    }
    return PEREBOR_OK;
}

perebor_status perebor_result_merge_trials(perebor_trials **trials, const perebor_trials *a,
                                           const perebor_trials *b, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *result = NULL;
    uint64_t first = a->first_trial < b->first_trial ? a->first_trial : b->first_trial;
    uint64_t end_a = a->first_trial + a->n_trials, end_b = b->first_trial + b->n_trials;
    size_t n_trials = (size_t)((end_a > end_b ? end_a : end_b) - first);
    if (n_trials > max_trials) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "trials %" PRIu64 ":%" PRIu64 " and %" PRIu64 ":%" PRIu64
                            " are too far apart for one file",
                            a->first_trial, end_a, b->first_trial, end_b);
    }
    PEREBOR_TRY(failed, check_agreement(a, b, error));
    PEREBOR_TRY(failed,
                perebor_trials_create_empty(&result, (const char *const *)a->parameter_names,
                                            a->n_parameters, first, n_trials, a->n_folds, error));
    PEREBOR_TRY(failed, perebor_trials_set_metrics(result, (const char *const *)a->metric_names,
                                                   a->n_metrics, error));
    PEREBOR_TRY(failed, copy_points(result, a, error));
    PEREBOR_TRY(failed, copy_points(result, b, error));
    PEREBOR_TRY(failed, perebor_trials_take(result, a, NULL, error));
    PEREBOR_TRY(failed, perebor_trials_take(result, b, NULL, error));
    PEREBOR_TRY(failed, perebor_trials_mark_same(result, error));
    *trials = result;
    return PEREBOR_OK;
failed:
    perebor_trials_free(result);
    return status;
}

/** Appends the hosts of @p from that @p into does not have. */
static perebor_status merge_hosts(perebor_result *into, const perebor_result *from,
                                  perebor_error *error) {
    size_t n = into->n_hosts;
    perebor_result_host *hosts =
        perebor_result_allocate(into, n + from->n_hosts + 1, sizeof *hosts);
    if (hosts == NULL) {
        return perebor_no_memory(error, "for the merged file");
    }
    for (size_t i = 0; i < n; i++) {
        hosts[i] = into->hosts[i];
    }
    for (size_t i = 0; i < from->n_hosts; i++) {
        size_t host = 0;
        while (host < n && strcmp(hosts[host].name, from->hosts[i].name) != 0) {
            host++;
        }
        if (host < n) {
            continue;
        }
        hosts[n] = from->hosts[i];
        hosts[n].name = perebor_result_text(into, from->hosts[i].name);
        hosts[n].cpu = perebor_result_text(into, from->hosts[i].cpu);
        if (hosts[n].name == NULL || hosts[n].cpu == NULL) {
            return perebor_no_memory(error, "for the merged file");
        }
        n++;
    }
    into->hosts = hosts;
    into->n_hosts = n;
    return PEREBOR_OK;
}

/** The history of both, and a line that says that they were merged. */
static perebor_status merge_histories(perebor_result *into, const perebor_result *from,
                                      const char *name, perebor_error *error) {
    char now[32];
    time_t seconds = time(NULL);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    size_t size = strlen(into->history) + strlen(from->history) + strlen(name) +
                  strlen(perebor_version()) + 96;
    char *history = perebor_result_allocate(into, size, 1);
    if (history == NULL) {
        return perebor_no_memory(error, "for the merged file");
    }
    snprintf(history, size, "%s\n%s\n%s %s; merged with %s", into->history, from->history, now,
             perebor_version(), name);
    into->history = history;
    return PEREBOR_OK;
}

/** Takes over what later commands left in the other file, once @p into has the trials of both. */
static perebor_status merge_stages(perebor_result *into, const perebor_result *from,
                                   perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, test_looks_take(into, from, error));
    status = stage_take(into, from, error);
done:
    return status;
}

perebor_status perebor_result_merge(perebor_result *into, const char *into_name,
                                    const perebor_result *from, const char *from_name,
                                    perebor_error *error) {
    perebor_status status;
    perebor_trials *merged = NULL, *before = into->trials;
    PEREBOR_TRY(done, perebor_result_check_same_search(into, into_name, from, from_name, error));
    PEREBOR_TRY(done, perebor_result_merge_trials(&merged, before, from->trials, error));
    assert(merged != NULL);
    PEREBOR_TRY(done, merge_hosts(into, from, error));
    PEREBOR_TRY(done, merge_histories(into, from, from_name, error));
    into->trials = merged;
    status = merge_stages(into, from, error);
    if (status != PEREBOR_OK) {
        into->trials = before;
        goto done;
    }
    if (into->owns_trials) {
        perebor_trials_free(before);
    }
    into->owns_trials = true;
    into->status = perebor_trials_n_finished(merged) == merged->n_trials ? PEREBOR_RESULT_COMPLETE
                                                                         : PEREBOR_RESULT_STOPPED;
    merged = NULL;
done:
    perebor_trials_free(merged);
    return status;
}
