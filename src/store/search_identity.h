// SPDX-License-Identifier: MIT
/**
 * @file search_identity.h
 * What makes two searches one and the same: if these agree, so do the scores of every trial.
 *
 * A study has an identity, a result file records one; resuming, merging and verifying compare them.
 * Its parts are kept apart so that a refusal can name what a user may have changed.
 */
#ifndef PEREBOR_STORE_SEARCH_IDENTITY_H
#define PEREBOR_STORE_SEARCH_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/folds.h"
#include "perebor/result_file.h"
#include "perebor/space.h"
#include "perebor/status.h"

/** The parts; digests are SHA-256. */
typedef struct perebor_search_identity {
    uint64_t seed;
    uint8_t space[32];      /**< Digest of the parameters as JSON. */
    uint8_t data[32];       /**< perebor_dataset_fingerprint() */
    uint8_t folds[32];      /**< perebor_folds_fingerprint() */
    uint8_t metrics[32];    /**< Digest of their names, the selecting one first. */
    uint64_t trial_memory;  /**< Bytes that a fold of a trial may take; 0: any. */
    uint8_t experiment[32]; /**< Digest of all settings that bear on scores, also those above. */
} perebor_search_identity;

/** Which parts differ; to be combined. */
enum {
    PEREBOR_DIFFERS_IN_SEED = 1,
    PEREBOR_DIFFERS_IN_SPACE = 2,
    PEREBOR_DIFFERS_IN_DATA = 4,
    PEREBOR_DIFFERS_IN_FOLDS = 8,
    PEREBOR_DIFFERS_IN_EXPERIMENT = 16,
    PEREBOR_DIFFERS_IN_METRICS = 32,
    PEREBOR_DIFFERS_IN_TRIAL_MEMORY = 64,
};

/**
 * The identity of a search that is about to run.
 *
 * @param[in]  metrics       [n_metrics] names, the selecting one first.
 * @param[in]  trial_memory  Bytes; 0: any.
 * @param[in]  experiment    [32] SHA-256 of the settings: perebor_experiment.sha256.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status perebor_search_identity_of_experiment(
    perebor_search_identity *identity, uint64_t seed, const perebor_space *space,
    const perebor_dataset *dataset, const perebor_folds *folds, const char *const *metrics,
    size_t n_metrics, uint64_t trial_memory, const uint8_t experiment[32], perebor_error *error);

/** The identity that a result records. */
void perebor_search_identity_of_result(perebor_search_identity *identity,
                                       const perebor_result *result);

/** The parts in which two identities differ, PEREBOR_DIFFERS_IN_…; 0: one search. */
unsigned perebor_search_identity_compare(const perebor_search_identity *a,
                                         const perebor_search_identity *b);

#endif
