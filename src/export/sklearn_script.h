// SPDX-License-Identifier: MIT
/**
 * @file sklearn_script.h
 * A trial, or trials that vote, as a few lines of Python: the same scores from scikit-learn, on the
 * same rows and folds.
 */
#ifndef PEREBOR_EXPORT_SKLEARN_SCRIPT_H
#define PEREBOR_EXPORT_SKLEARN_SCRIPT_H

#include <stdio.h>

#include "perebor/dataset.h"
#include "perebor/pipeline.h"
#include "perebor/status.h"

/** The search that scripts are of. Texts and arrays are borrowed. */
typedef struct sklearn_search {
    const char *file;          /**< Its result file. */
    const perebor_role *roles; /**< [n_columns] of the dataset. */
    size_t n_columns;
    size_t n_splits, n_repeats;
    const char *metric; /**< The selecting one. */
    bool monotonic;     /**< Whether scores may not fall, or not rise, with some columns. */
} sklearn_search;

/** What the script of a trial is made of. */
typedef struct sklearn_trial {
    sklearn_search search;
    uint64_t number;
    const perebor_candidate *candidate;
    const double *scores; /**< [n_repeats * n_splits] of the trial's folds. */
} sklearn_trial;

/** What that of trials that vote is made of. */
typedef struct sklearn_ensemble {
    sklearn_search search; /**< Its metric is roc_auc. */
    size_t n_members;
    const uint64_t *numbers; /**< [n_members] and so on. */
    const uint32_t *weights;
    const perebor_candidate *candidates;
    const double *scores; /**< [n_splits] of the folds of the first repeat. */
} sklearn_ensemble;

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

/**
 * The same of trials that vote: a VotingClassifier of a pipeline for each. Margins become
 * probabilities as Perebor's do, by CalibratedClassifierCV.
 *
 * @retval PEREBOR_ERR_IO  The stream refused.
 */
PEREBOR_MUST_CHECK perebor_status sklearn_ensemble_write(const sklearn_ensemble *ensemble,
                                                         FILE *stream, const char **difference,
                                                         perebor_error *error);

#endif
