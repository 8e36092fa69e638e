// SPDX-License-Identifier: MIT
/**
 * @file fold_classes.h
 * Scores parted by fold and class, so that the AUC within each fold is a matter of counting.
 *
 * A place is where a score lies: fold by fold, in each the negative rows and then the positive
 * ones, each class filled up to whole vectors. Folds without a class have no places.
 */
#ifndef PEREBOR_METRIC_FOLD_CLASSES_H
#define PEREBOR_METRIC_FOLD_CLASSES_H

#include "metric/corrected_selection.h"

/** Lies in a workspace. */
typedef struct fold_classes {
    size_t n_folds;  /**< With both classes. */
    size_t n_places; /**< Whole vectors. */
    size_t *first;   /**< [2 n_folds] the place where class c of fold f begins: at 2 f + c. */
    size_t *n_class; /**< [2 n_folds] its rows. */
    uint32_t *score; /**< [n_places] which score of [n_repeats][n_rows] lies there; UINT32_MAX where
                        none does. */
} fold_classes;

/**
 * Parts the rows that count.
 *
 * @param[in] scores     Checked; of its scores nothing is read.
 * @param[in] weights    [n_rows] 0 for a row that does not count.
 * @param     workspace  Not returned to where it was.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status fold_classes_make(fold_classes *classes,
                                                    const perebor_search_scores *scores,
                                                    const uint64_t *weights,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/** Puts scores in their places; NaN where none lies. @param[out] places  [n_places]. */
void fold_classes_gather(const fold_classes *classes, const double *scores, double *places);

/**
 * The mean over folds of the AUC within the fold, added up in the order of the folds; NaN if there
 * is no fold.
 *
 * @param workspace  Left as it was.
 * @retval PEREBOR_ERR_MEMORY
 */
PEREBOR_MUST_CHECK perebor_status fold_classes_mean_auc(const fold_classes *classes,
                                                        const double *places, double *mean,
                                                        perebor_workspace *workspace);

#endif
