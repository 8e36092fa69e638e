// SPDX-License-Identifier: MIT
/**
 * @file fold_split.h
 * One split of rows into training and validation, with their labels side by side.
 */
#ifndef PEREBOR_TRIAL_FOLD_SPLIT_H
#define PEREBOR_TRIAL_FOLD_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Rows and labels of one fold split; owns its arrays. */
typedef struct fold_split {
    uint32_t *training, *validation; /**< Row numbers of the dataset. */
    size_t n_training, n_validation;
    uint8_t *training_labels, *validation_labels;
} fold_split;

/** Makes room for @p n_rows rows on either side. */
PEREBOR_MUST_CHECK perebor_status fold_split_allocate(fold_split *split, size_t n_rows,
                                                      perebor_error *error);

/** Fills in the labels of the rows. @param[in] labels  Of the dataset. */
void fold_split_copy_labels(fold_split *split, const uint8_t *labels);

/**
 * Refuses a fold that lacks a class on either side: there is nothing to fit, or no ROC-AUC.
 *
 * @retval PEREBOR_ERR_NUMERIC  The message says which side, and the remedy.
 */
PEREBOR_MUST_CHECK perebor_status fold_split_check_classes(const fold_split *split,
                                                           perebor_error *error);

void fold_split_release(fold_split *split);

#endif
