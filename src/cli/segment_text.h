// SPDX-License-Identifier: MIT
/**
 * @file segment_text.h
 * Segments for a reader at a terminal of 80 columns.
 */
#ifndef PEREBOR_CLI_SEGMENT_TEXT_H
#define PEREBOR_CLI_SEGMENT_TEXT_H

#include <stdio.h>

#include "cli/language.h"
#include "segment/segmentation.h"

/** A line a segment, kind by kind, and what is to be known of each kind. */
void segment_text_print(FILE *stream, const segmentation *made, language language);

/** One segment in depth: its figures, its drivers, and in what it differs from the rest. */
void segment_text_print_focus(FILE *stream, const segmentation *made, const segment *focus,
                              language language);

#endif
