// SPDX-License-Identifier: MIT
/**
 * @file search_entries.h
 * The finished trials of a search that may be running, from its result file and its journal.
 *
 * Nothing is changed and nobody is held up. A journal has no points: which model a trial is of is
 * known from the file, as soon as a checkpoint has written one.
 */
#ifndef PEREBOR_RUN_SEARCH_ENTRIES_H
#define PEREBOR_RUN_SEARCH_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "perebor/metric.h"
#include "perebor/search_status.h"
#include "perebor/status.h"
#include "perebor/trials.h"

/** A finished trial. Texts belong to the list, and equal ones are one. */
typedef struct search_entry {
    uint64_t number;
    size_t order; /**< Where a trial has two records, the later one counts. */
    double score; /**< NaN of one that failed. */
    double begun; /**< Seconds since 1970; NaN if not known. */
    bool failed;
    int32_t rank, n_threads; /**< -1 and 0 if not known. */
    const char *host;        /**< "" if not known. */
    const char *model;       /**< Value of the parameter `model`; "" if not known. */
    const char *error;       /**< Why it failed; "" if it did not. */
} search_entry;

/** As many entries as there are records, so that a number that somebody made up takes no memory.
 * Starts as {0}; ended with search_entries_release(). */
typedef struct search_entries {
    search_entry *items; /**< [n] by number, each once. */
    size_t n, capacity;
    perebor_search_state state;
    uint64_t first_trial, n_trials; /**< Asked for; at least, where a journal was extended. */
    double begun;
    uint64_t n_torn_bytes;
    char metric[64]; /**< The selecting one. */

    perebor_arena texts;
    const char **words; /**< [n_words] different hosts and models */
    size_t n_words, words_capacity;
    const perebor_trials *points; /**< While they are read: of the file; NULL without one. */
    size_t model;                 /**< Which of its parameters. */
} search_entries;

/** Reads them. Errors are those of perebor_search_status_read(). Forks. */
PEREBOR_MUST_CHECK perebor_status search_entries_read(search_entries *entries, const char *path,
                                                      perebor_error *error);

void search_entries_release(search_entries *entries);

/** What they come to. */
void search_entries_count(const search_entries *entries, perebor_search_status *search_status);

#endif
