// SPDX-License-Identifier: MIT
/**
 * @file segment_lines.h
 * The lines of the tables of segments (segment_files.h).
 */
#ifndef PEREBOR_CLI_SEGMENT_LINES_H
#define PEREBOR_CLI_SEGMENT_LINES_H

#include "base/csv_sheet.h"
#include "perebor/status.h"
#include "segment/segmentation.h"

/** How the first line of each table begins. */
extern const char segment_customers_beginning[], segment_segments_beginning[],
    segment_profiles_beginning[];

/** Header and a line a row, by rank. */
PEREBOR_MUST_CHECK perebor_status segment_write_customers(csv_sheet *sheet,
                                                          const segmentation *made,
                                                          perebor_error *error);

/** Header and a line a segment. */
PEREBOR_MUST_CHECK perebor_status segment_write_segments(csv_sheet *sheet, const segmentation *made,
                                                         perebor_error *error);

/** Header and a line for every column, level and driver of every segment that has rows. */
PEREBOR_MUST_CHECK perebor_status segment_write_profiles(csv_sheet *sheet, const segmentation *made,
                                                         perebor_error *error);

#endif
