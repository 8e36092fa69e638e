// SPDX-License-Identifier: MIT
/**
 * @file trial_script.h
 * A trial of a result file as a script, from the file alone.
 */
#ifndef PEREBOR_CLI_TRIAL_SCRIPT_H
#define PEREBOR_CLI_TRIAL_SCRIPT_H

#include <stdio.h>

#include "perebor/result_file.h"

/**
 * Writes the script that computes a trial again with scikit-learn. Says on standard error what
 * keeps it from the same scores, if anything does.
 *
 * @param[in] file    The name of the result file.
 * @param[in] folder  Where the experiment's folder is now; NULL: where it was.
 * @param[in] row     Of the trial in result->trials.
 *
 * @retval PEREBOR_ERR_ARGUMENT  The trial is not finished, or its metric has no script.
 * @retval PEREBOR_ERR_FORMAT    The file's settings cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status trial_script_write(const perebor_result *result, const char *file,
                                                     const char *folder, size_t row, FILE *stream,
                                                     perebor_error *error);

/**
 * The same of the trials of /ensemble, voting.
 *
 * @retval PEREBOR_ERR_CONFLICT  There is no ensemble, or it is not of the search as it is.
 */
PEREBOR_MUST_CHECK perebor_status trial_script_write_ensemble(const perebor_result *result,
                                                              const char *file, const char *folder,
                                                              FILE *stream, perebor_error *error);

#endif
