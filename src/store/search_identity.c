// SPDX-License-Identifier: MIT
#include "store/search_identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

static void digest_names(const char *const *names, size_t n, uint8_t digest[32]) {
    perebor_sha256 names_digest;
    perebor_sha256_init(&names_digest);
    for (size_t i = 0; i < n; i++) {
        perebor_sha256_update_text(&names_digest, names[i]);
    }
    perebor_sha256_final(&names_digest, digest);
}

perebor_status perebor_search_identity_of_experiment(
    perebor_search_identity *identity, uint64_t seed, const perebor_space *space,
    const perebor_dataset *dataset, const perebor_folds *folds, const char *const *metrics,
    size_t n_metrics, uint64_t trial_memory, const uint8_t experiment[32], perebor_error *error) {
    char *json = perebor_space_json(space);
    if (json == NULL) {
        return perebor_no_memory(error, "to say which search this is");
    }
    identity->seed = seed;
    perebor_sha256_of(json, strlen(json), identity->space);
    free(json);
    perebor_dataset_fingerprint(dataset, identity->data);
    perebor_folds_fingerprint(folds, identity->folds);
    digest_names(metrics, n_metrics, identity->metrics);
    identity->trial_memory = trial_memory;
    memcpy(identity->experiment, experiment, sizeof identity->experiment);
    return PEREBOR_OK;
}

void perebor_search_identity_of_result(perebor_search_identity *identity,
                                       const perebor_result *result) {
    const char *json = result->space_json != NULL ? result->space_json : "";
    identity->seed = result->seed;
    perebor_sha256_of(json, strlen(json), identity->space);
    memcpy(identity->data, result->data_fingerprint, sizeof identity->data);
    memcpy(identity->folds, result->folds_fingerprint, sizeof identity->folds);
    digest_names((const char *const *)result->trials->metric_names, result->trials->n_metrics,
                 identity->metrics);
    identity->trial_memory = result->trial_memory_bytes;
    memcpy(identity->experiment, result->config_sha256, sizeof identity->experiment);
}

static unsigned flag(const uint8_t a[32], const uint8_t b[32], unsigned part) {
    return memcmp(a, b, PEREBOR_SHA256_SIZE) == 0 ? 0 : part;
}

unsigned perebor_search_identity_compare(const perebor_search_identity *a,
                                         const perebor_search_identity *b) {
    return (a->seed == b->seed ? 0 : PEREBOR_DIFFERS_IN_SEED) |
           flag(a->space, b->space, PEREBOR_DIFFERS_IN_SPACE) |
           flag(a->data, b->data, PEREBOR_DIFFERS_IN_DATA) |
           flag(a->folds, b->folds, PEREBOR_DIFFERS_IN_FOLDS) |
           flag(a->metrics, b->metrics, PEREBOR_DIFFERS_IN_METRICS) |
           (a->trial_memory == b->trial_memory ? 0 : PEREBOR_DIFFERS_IN_TRIAL_MEMORY) |
           flag(a->experiment, b->experiment, PEREBOR_DIFFERS_IN_EXPERIMENT);
}
