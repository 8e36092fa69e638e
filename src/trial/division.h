// SPDX-License-Identifier: MIT
/**
 * @file division.h
 * One division of rows into training and validation, with their labels side by side.
 */
#ifndef PEREBOR_TRIAL_DIVISION_H
#define PEREBOR_TRIAL_DIVISION_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Rows and labels of one division; owns its arrays. */
typedef struct division {
    uint32_t *training, *validation; /**< Row numbers of the dataset. */
    size_t n_training, n_validation;
    uint8_t *training_labels, *validation_labels;
} division;

/** Makes room for @p n_rows rows on either side. */
PEREBOR_MUST_CHECK perebor_status division_allocate(division *divided, size_t n_rows,
                                                    perebor_error *error);

/** Fills in the labels of the rows. @param[in] labels  Of the dataset. */
void division_copy_labels(division *divided, const uint8_t *labels);

void division_release(division *divided);

#endif
