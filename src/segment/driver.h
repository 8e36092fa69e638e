// SPDX-License-Identifier: MIT
/**
 * @file driver.h
 * Why rows score as they do, by what can be done about it: each row's reason that weighs most among
 * those that the user can act upon.
 */
#ifndef PEREBOR_SEGMENT_DRIVER_H
#define PEREBOR_SEGMENT_DRIVER_H

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"

/** What columns add to the scores of rows. Borrowed. */
typedef struct segment_reasons {
    size_t n_columns;           /**< That the model looks at. */
    const char *const *columns; /**< [n_columns] */
    const double *values;       /**< [n_rows][n_columns] Shapley values */
} segment_reasons;

/** The column that adds most to a row's score, the one that adds second most, and so on.
 * @param[out] columns [n] @return How many of them add anything. */
size_t segment_reasons_rank(const segment_reasons *reasons, size_t row, size_t *columns, size_t n);

/**
 * Finds for each row whose probability is above @p mean the driver whose columns together add most
 * to its score; the others, and those to which no driver adds anything, have none.
 *
 * The model that is explained has seen rows of training, and one that knows them by heart has
 * another reason for those that came true than for the others. What came true in a segment of a
 * driver is thus to be looked up in the test part.
 *
 * @param[out] drivers        [dataset->n_rows] 1 for the first driver of the settings, …; 0: none.
 * @param[in]  probabilities  [dataset->n_rows] by models that had not seen the rows.
 * @param[in]  mean           Of the probabilities of the search.
 *
 * @retval PEREBOR_ERR_FORMAT  A driver names a column that the data does not have.
 */
PEREBOR_MUST_CHECK perebor_status
segment_drivers_find(uint32_t *drivers, const perebor_dataset *dataset, const double *probabilities,
                     double mean, const segment_reasons *reasons, const segment_settings *settings,
                     const char *experiment, perebor_error *error);

#endif
