// SPDX-License-Identifier: MIT
/**
 * @file fold_list.h
 * The rows of a result with their part and the split in which each validates, written out.
 */
#ifndef PEREBOR_REPORT_FOLD_LIST_H
#define PEREBOR_REPORT_FOLD_LIST_H

#include <stdio.h>

#include "perebor/result_file.h"

/**
 * CSV with a header line (RFC 4180): row, source_row, part (train or test), test_fold_<repeat> …;
 * -1 for a row of the test part.
 *
 * @retval PEREBOR_ERR_IO  The stream refused.
 */
PEREBOR_MUST_CHECK perebor_status perebor_fold_list_write_csv(const perebor_result *result,
                                                              FILE *stream, perebor_error *error);

/** A JSON array with one object a row; the same names, with test_fold an array by repeat. */
PEREBOR_MUST_CHECK perebor_status perebor_fold_list_write_json(const perebor_result *result,
                                                               FILE *stream, perebor_error *error);

#endif
