// SPDX-License-Identifier: MIT
/**
 * @file folds.h
 * Which rows of the training part validate in which fold.
 *
 * Bit-identical to scikit-learn 1.2.1's KFold, StratifiedKFold, RepeatedKFold,
 * RepeatedStratifiedKFold, GroupKFold and StratifiedGroupKFold for the same settings. Folds are
 * numbered repeat * n_splits + split, as scikit-learn's split0_test_score, split1_test_score … are.
 */
#ifndef PEREBOR_FOLDS_H
#define PEREBOR_FOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

PEREBOR_BEGIN_DECLS

/** Values are stored in result files: never renumber. */
typedef enum perebor_fold_method {
    PEREBOR_KFOLD = 0,
    PEREBOR_STRATIFIED_KFOLD = 1,
    PEREBOR_GROUP_KFOLD = 2,
    PEREBOR_STRATIFIED_GROUP_KFOLD = 3,
} perebor_fold_method;

/** Whether a method keeps the rows of a group in one fold; it needs groups then. */
bool perebor_folds_keep_groups(perebor_fold_method method);

/** How to cut folds. More than one repeat needs shuffle. */
typedef struct perebor_folds_settings {
    perebor_fold_method method;
    size_t n_splits;  /**< At least 2. */
    size_t n_repeats; /**< At least 1. */
    bool shuffle;
    uint32_t seed; /**< random_state; used only when shuffling. */
} perebor_folds_settings;

/** The folds of one training part; owns its array. */
typedef struct perebor_folds {
    size_t n_rows;   /**< Rows of the training part. */
    size_t n_splits; /**< Folds of one repeat. */
    size_t n_repeats;
    size_t n_folds;      /**< n_splits * n_repeats */
    uint16_t *test_fold; /**< [n_repeats][n_rows] the split in which a row validates. */
} perebor_folds;

/**
 * Cuts the folds of a training part.
 *
 * @param[out] folds   Filled; released with perebor_folds_release().
 * @param[in]  labels  [n_rows] of the training part, in its order.
 * @param[in]  groups  [n_rows], or NULL unless the method keeps groups.
 *
 * @retval PEREBOR_ERR_ARGUMENT  More splits than rows, than groups, or than rows of a class.
 */
PEREBOR_MUST_CHECK perebor_status perebor_folds_make(perebor_folds *folds, const uint8_t *labels,
                                                     const uint32_t *groups, size_t n_rows,
                                                     const perebor_folds_settings *settings,
                                                     perebor_error *error);

/**
 * Lists the rows of one fold, in the order of the training part.
 *
 * @param[in]  fold        Below folds->n_folds.
 * @param[out] train       [n_rows] at least; receives positions in the training part.
 * @param[out] n_train     How many were written.
 * @param[out] validation  [n_rows] at least.
 */
void perebor_folds_rows(const perebor_folds *folds, size_t fold, uint32_t *train, size_t *n_train,
                        uint32_t *validation, size_t *n_validation);

/** SHA-256 over the assignment. */
void perebor_folds_fingerprint(const perebor_folds *folds, uint8_t fingerprint[32]);

/** Frees the array of the folds and zeroes them. */
void perebor_folds_release(perebor_folds *folds);

PEREBOR_END_DECLS

#endif
