// SPDX-License-Identifier: MIT
/**
 * @file segment_files.h
 * Segments as tables for people: customers.csv, a row each, the highest rank first; segments.csv, a
 * segment each; and segment_profiles.csv, a line for each column or level of each segment.
 */
#ifndef PEREBOR_CLI_SEGMENT_FILES_H
#define PEREBOR_CLI_SEGMENT_FILES_H

#include <stdbool.h>

#include "base/csv_sheet.h"
#include "perebor/output.h"
#include "perebor/status.h"
#include "segment/segmentation.h"

/** Where they go and what may be replaced. */
typedef struct segment_files {
    const char *folder; /**< Made if it is not there. */
    bool overwrite;     /**< Earlier files of the kind. */
    csv_form form;      /**< All tables are written so. */
} segment_files;

/** Refuses files that may not be written, before anything is computed. */
PEREBOR_MUST_CHECK perebor_status segment_files_check(const segment_files *files,
                                                      const perebor_input *inputs, size_t n_inputs,
                                                      perebor_error *error);

/** Writes all, each in one step. */
PEREBOR_MUST_CHECK perebor_status segment_files_write(const segment_files *files,
                                                      const segmentation *made,
                                                      const perebor_input *inputs, size_t n_inputs,
                                                      perebor_error *error);

#endif
