// SPDX-License-Identifier: MIT
/**
 * @file verdict.h
 * What a search came to, in a few lines for a person.
 */
#ifndef PEREBOR_CLI_VERDICT_H
#define PEREBOR_CLI_VERDICT_H

#include <stdio.h>

#include "perebor/result_file.h"
#include "perebor/status.h"

/**
 * The best trial of every model with the gap between training and validation, the simplest within
 * one standard error of the best, and whether the test part was looked at. Nothing if no trial is
 * complete, or if the file does not say where its experiment was.
 */
PEREBOR_MUST_CHECK perebor_status verdict_write(const perebor_result *result, const char *file,
                                                FILE *stream, perebor_error *error);

#endif
