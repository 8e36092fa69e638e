// SPDX-License-Identifier: MIT
/**
 * @file looks_text.h
 * What is said where a score on the test part is shown that others were shown before.
 */
#ifndef PEREBOR_CLI_LOOKS_TEXT_H
#define PEREBOR_CLI_LOOKS_TEXT_H

#include <stdio.h>

#include "perebor/result_file.h"
#include "perebor/status.h"

/** A line if the file remembers other looks, or if the search went on after one. */
PEREBOR_MUST_CHECK perebor_status looks_text_write(const perebor_result *result, FILE *stream,
                                                   perebor_error *error);

#endif
