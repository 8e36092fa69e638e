// SPDX-License-Identifier: MIT
/**
 * @file sequence.h
 * Making the items of a sequence on several threads, and handing them over in order.
 *
 * What is made is the same whatever the number of threads, if an item depends on its number alone;
 * and no more items are in memory than there are threads. Inside one process; the ranks of a run
 * know job.h.
 */
#ifndef PEREBOR_EXEC_SEQUENCE_H
#define PEREBOR_EXEC_SEQUENCE_H

#include <stdint.h>

#include "perebor/status.h"

/** Items numbered from 0. */
typedef struct perebor_sequence {
    uint64_t n_items;
    int n_threads; /**< At least 1. */
    void *context;

    /**
     * Makes an item. Called by up to n_threads threads at once.
     *
     * @param[in] thread  In [0, n_threads): what was made is kept by the caller under this number
     *                    until it has been handed over.
     */
    perebor_status (*make)(void *context, uint64_t item, int thread, perebor_error *error);

    /** Hands over what was made: one item at a time, in the order of their numbers. NULL: items
     * stay where they were made, and no thread waits for its turn. */
    perebor_status (*hand_over)(void *context, uint64_t item, int thread, perebor_error *error);
} perebor_sequence;

/**
 * Makes all items and hands them over, if that is wanted.
 *
 * @return How the first item, by its number, failed; nothing is handed over after it.
 */
PEREBOR_MUST_CHECK perebor_status perebor_sequence_run(const perebor_sequence *sequence,
                                                       perebor_error *error);

#endif
