// SPDX-License-Identifier: MIT
/**
 * @file run_report.h
 * perebor run --report: when a search is through, the stages that a report tells of, and the
 * report.
 *
 * Each stage is its own command, started as a process by itself: MPI is over in this one, and what
 * a stage keeps in memory is gone with it.
 */
#ifndef PEREBOR_CLI_RUN_REPORT_H
#define PEREBOR_CLI_RUN_REPORT_H

#include <stdbool.h>

#include "perebor/search.h"
#include "perebor/status.h"

typedef struct run_report {
    bool wanted;
    const char *named; /**< NULL: beside the result file, .html instead of .h5. */
    char *result;      /**< The result file; freed by run_report_release(). */
    char *page;        /**< Where the report goes; freed likewise. */
    bool replaces, quiet;
} run_report;

/**
 * Says where result and report will be, and refuses a place that may not be written to, before the
 * search begins. Forks (output.h).
 *
 * @retval PEREBOR_ERR_CONFLICT  What is there stays.
 */
PEREBOR_MUST_CHECK perebor_status run_report_prepare(run_report *report,
                                                     const perebor_search_options *search,
                                                     perebor_error *error);

/** Makes what is missing or stale, and writes the report. @return An exit code: a stage that fails
 * is left out, and said. */
int run_report_make(const run_report *report);

void run_report_release(run_report *report);

#endif
