// SPDX-License-Identifier: MIT
/**
 * @file search_line.h
 * What is said of a search while it runs.
 */
#ifndef PEREBOR_CLI_SEARCH_LINE_H
#define PEREBOR_CLI_SEARCH_LINE_H

#include <stddef.h>

#include "perebor/search.h"

/** Enough for a line. */
enum { SEARCH_LINE_SIZE = 256 };

/**
 * How far a search is: trials, rate, best so far, time left. Before the first trial is finished,
 * which may take long, the units of work that are, and what the forecast was.
 */
void search_line_write(const perebor_search_progress *progress, char *line, size_t size);

/** What becomes of the units under way, when a stop has just been asked for. */
void search_line_write_stop(const perebor_search_progress *progress, char *line, size_t size);

#endif
