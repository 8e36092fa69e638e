// SPDX-License-Identifier: MIT
/**
 * @file row_list.h
 * The rows of a dataset as learners are given them, with their part and folds, written out.
 */
#ifndef PEREBOR_REPORT_ROW_LIST_H
#define PEREBOR_REPORT_ROW_LIST_H

#include <stdio.h>

#include "perebor/dataset.h"
#include "perebor/folds.h"
#include "perebor/split.h"
#include "perebor/status.h"

/**
 * CSV with a header line (RFC 4180): row, part (train or test), test_fold_<repeat> … (-1 for a row
 * of the test part), target (0 or 1), then the columns: numbers in the fewest digits that read back
 * to their bits, levels of nominal columns as texts, nothing where a value is missing. The rows of
 * the training part come first, in the order in which learners get them.
 *
 * @retval PEREBOR_ERR_IO  The stream refused.
 */
PEREBOR_MUST_CHECK perebor_status perebor_row_list_write_csv(const perebor_dataset *dataset,
                                                             const perebor_split *split,
                                                             const perebor_folds *folds,
                                                             FILE *stream, perebor_error *error);

#endif
