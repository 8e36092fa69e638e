// SPDX-License-Identifier: MIT
/**
 * @file search_progress.h
 * How far a search is, shown while it runs: for perebor_search_options.progress.
 */
#ifndef PEREBOR_CLI_SEARCH_PROGRESS_H
#define PEREBOR_CLI_SEARCH_PROGRESS_H

#include <stdbool.h>

#include "cli/progress.h"
#include "perebor/search.h"

/** The line. Begun with perebor_progress_begin(). */
typedef struct search_shown {
    perebor_progress line;
    bool stop_announced;
} search_shown;

/** One line, now and then; and, once, that a stop has been heard. */
void search_progress_show(search_shown *shown, const perebor_search_progress *progress, bool last);

#endif
