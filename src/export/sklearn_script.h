// SPDX-License-Identifier: MIT
/**
 * @file sklearn_script.h
 * A trial as a few lines of Python: the same scores from scikit-learn, on the same rows and folds.
 */
#ifndef PEREBOR_EXPORT_SKLEARN_SCRIPT_H
#define PEREBOR_EXPORT_SKLEARN_SCRIPT_H

#include <stdio.h>

#include "perebor/dataset.h"
#include "perebor/pipeline.h"
#include "perebor/status.h"

/** What a script is made of. Texts and arrays are borrowed. */
typedef struct sklearn_trial {
    const char *file; /**< The result file that the trial is of. */
    uint64_t number;
    const perebor_candidate *candidate;
    const perebor_role *roles; /**< [n_columns] of the dataset. */
    size_t n_columns;
    size_t n_splits, n_repeats;
    const char *metric;   /**< The selecting one. */
    bool monotonic;       /**< Whether scores may not fall, or not rise, with some columns. */
    const double *scores; /**< [n_repeats * n_splits] of the trial's folds. */
} sklearn_trial;

/**
 * Writes the script. It reads data.csv, which `perebor export --what data` writes, fits every fold,
 * and prints both scores of each.
 *
 * @param[out] difference  What keeps scikit-learn from the same scores, which the script says too;
 *                         NULL: nothing.
 *
 * @retval PEREBOR_ERR_ARGUMENT  A metric of probabilities for a learner whose scores are margins.
 * @retval PEREBOR_ERR_IO        The stream refused.
 */
PEREBOR_MUST_CHECK perebor_status sklearn_script_write(const sklearn_trial *trial, FILE *stream,
                                                       const char **difference,
                                                       perebor_error *error);

#endif
