// SPDX-License-Identifier: MIT
/**
 * @file gap_text.h
 * How a trial does on rows that its models were fitted on, on rows that they were not, and on the
 * test part, in words.
 */
#ifndef PEREBOR_CLI_GAP_TEXT_H
#define PEREBOR_CLI_GAP_TEXT_H

#include <stddef.h>
#include <stdio.h>

#include "perebor/result_file.h"
#include "perebor/status.h"

enum { GAP_TEXT_SIZE = 48 };

/** "overfits by 0.040" or "no better"; "" without a score. */
void gap_text_of_training(double training, double folds, char text[GAP_TEXT_SIZE]);

/** "0.007 above the folds", "0.007 below the folds" or "as on the folds". */
void gap_text_of_test(double test, double folds, char text[GAP_TEXT_SIZE]);

/**
 * Goes on with a line: `, overfits by 0.040 (training 0.9586); test part 0.9260, 0.007 above the
 * folds`. Nothing of training where its scores were not kept and the trial never refitted, nor of
 * the test part unless the file remembers that the trial was scored on it: nobody looks at it for
 * this.
 *
 * @param[in] row  A complete trial.
 * @retval PEREBOR_ERR_FORMAT  What the file remembers of the test part cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status gap_text_write(const perebor_result *result, size_t row,
                                                 FILE *stream, perebor_error *error);

#endif
