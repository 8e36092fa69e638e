// SPDX-License-Identifier: MIT
/**
 * @file comparison_page.h
 * A comparison for people: tables for a terminal of 80 columns, or Markdown.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_PAGE_H
#define PEREBOR_COMPARE_COMPARISON_PAGE_H

#include <stdbool.h>
#include <stdio.h>

#include "compare/comparison.h"

/**
 * Writes it: the verdicts first, then what they go by.
 *
 * @retval PEREBOR_ERR_IO  It could not be written.
 */
PEREBOR_MUST_CHECK perebor_status comparison_write_page(const comparison *comparison,
                                                        bool is_markdown, FILE *stream,
                                                        perebor_error *error);

#endif
