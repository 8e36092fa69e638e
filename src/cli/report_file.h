// SPDX-License-Identifier: MIT
/**
 * @file report_file.h
 * A report of result files, written to a file or to standard output.
 */
#ifndef PEREBOR_CLI_REPORT_FILE_H
#define PEREBOR_CLI_REPORT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"
#include "story/story.h"

/** Words of the command line, by the places of the enumerations. */
#define REPORT_FORMATS "html|json|md"
#define REPORT_LANGUAGES "en|ru"

typedef enum report_format { REPORT_HTML, REPORT_JSON, REPORT_MARKDOWN } report_format;

/** What is to be reported, and where to. */
typedef struct report_order {
    const char *const *files; /**< [n_files] */
    size_t n_files;
    const char *output; /**< NULL: standard output. */
    report_format format;
    story_language language;
    size_t n_customers; /**< As in story_options. */
    bool overwrite;     /**< A report that is there may be replaced, and nothing else. */
} report_order;

/** The format that the ending of a name stands for; false if it is none. */
bool report_format_of(const char *name, report_format *format);

/**
 * @retval PEREBOR_ERR_CONFLICT  What is at the output stays.
 * @retval others                A file cannot be read or written.
 */
PEREBOR_MUST_CHECK perebor_status report_file_write(const report_order *order,
                                                    perebor_error *error);

#endif
