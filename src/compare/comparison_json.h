// SPDX-License-Identifier: MIT
/**
 * @file comparison_json.h
 * A comparison for programs: docs/reference/compare.md lists what is in it.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_JSON_H
#define PEREBOR_COMPARE_COMPARISON_JSON_H

#include <stdio.h>

#include "compare/comparison.h"

/** Writes one JSON object and a line feed: the same bytes for the same files, anywhere.
 * @retval PEREBOR_ERR_IO  It could not be written. */
PEREBOR_MUST_CHECK perebor_status comparison_write_json(const comparison *comparison, FILE *stream,
                                                        perebor_error *error);

#endif
