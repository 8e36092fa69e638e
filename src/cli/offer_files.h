// SPDX-License-Identifier: MIT
/**
 * @file offer_files.h
 * A plan of offers as tables for people: offers_plan.csv, a line for each customer that gets an
 * offer or is held out of one.
 */
#ifndef PEREBOR_CLI_OFFER_FILES_H
#define PEREBOR_CLI_OFFER_FILES_H

#include <stdbool.h>

#include "base/csv_sheet.h"
#include "perebor/output.h"
#include "perebor/status.h"
#include "run/offer_stage.h"

/** Where they go and what may be replaced. */
typedef struct offer_files {
    const char *folder; /**< Made if it is not there. */
    bool overwrite;     /**< Earlier files of the kind. */
    csv_form form;      /**< All tables are written so. */
} offer_files;

/** Refuses files that may not be written, before anything is computed. */
PEREBOR_MUST_CHECK perebor_status offer_files_check(const offer_files *files,
                                                    const perebor_input *inputs, size_t n_inputs,
                                                    perebor_error *error);

/** Writes them, each in one step. */
PEREBOR_MUST_CHECK perebor_status offer_files_write(const offer_files *files,
                                                    const offer_stage *stage,
                                                    const perebor_input *inputs, size_t n_inputs,
                                                    perebor_error *error);

#endif
