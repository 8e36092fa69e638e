// SPDX-License-Identifier: MIT
/**
 * @file progress.h
 * One line on standard error that says how far things are.
 *
 * On a terminal the line is rewritten in place, at most ten times a second; elsewhere a new line is
 * written every 30 seconds. Nothing is coloured. A rank writes into its launcher's pipe, so there
 * the launcher's own standard error decides, if it runs on this machine.
 */
#ifndef PEREBOR_CLI_PROGRESS_H
#define PEREBOR_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/** The line. Zero-initialised by perebor_progress_begin(). */
typedef struct perebor_progress {
    bool live;           /**< On a terminal. */
    char terminal[64];   /**< The launcher's device; "" if it is our own. */
    bool shown;          /**< There is a line to clear. */
    double last_seconds; /**< Monotonic time of the last line. */
} perebor_progress;

/** Looks at where standard error goes. */
void perebor_progress_begin(perebor_progress *progress);

/** Whether a new line is due: ask before making its text. */
bool perebor_progress_due(const perebor_progress *progress);

/** Shows a line, cut to the terminal's width. */
void perebor_progress_show(perebor_progress *progress, const char *line);

/** Clears a live line, so that other output can follow. */
void perebor_progress_end(perebor_progress *progress);

/** Writes seconds as people do: "40 ms", "8.2 s", "2 min 05 s", "1 h 02 min". */
void perebor_progress_duration(double seconds, char *text, size_t size);

#endif
