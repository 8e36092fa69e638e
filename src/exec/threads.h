// SPDX-License-Identifier: MIT
/**
 * @file threads.h
 * How many threads a rank may compute with: what the launcher granted, shared fairly on a node.
 *
 * A processor that several ranks of a node may run on counts for each of them in part, so ranks
 * that are bound apart get their own processors and ranks that are not bound divide the node. A
 * cgroup's quota is divided likewise. SLURM_CPUS_PER_TASK and OMP_NUM_THREADS are upper bounds of
 * the default for one rank.
 */
#ifndef PEREBOR_EXEC_THREADS_H
#define PEREBOR_EXEC_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** Words of a processor mask: 4096 processors a node. */
enum { PEREBOR_MASK_WORDS = 64 };

/** What one process was granted. A plain value, sent between ranks. */
typedef struct perebor_allocation {
    uint64_t processors[PEREBOR_MASK_WORDS]; /**< Bit p: may run on processor p. */
    double quota;      /**< Processors' worth of time the cgroup allows; 0: no limit. */
    int32_t slurm;     /**< SLURM_CPUS_PER_TASK, 0 if unset. */
    int32_t openmp;    /**< First number of OMP_NUM_THREADS, 0 if unset. */
    int32_t n_present; /**< Processors of the machine, granted or not. */
    int32_t asked;     /**< Threads the user asked for, 0 to take the default. */
} perebor_allocation;

/** Reads what this process was granted. Never fails: what cannot be read does not limit. */
void perebor_allocation_read(perebor_allocation *allocation);

/**
 * Decides how many threads one rank of a node computes with.
 *
 * @param[in]  allocations         [n_ranks] of all ranks of the node.
 * @param[in]  place          Which of them to decide for.
 * @param[in]  oversubscribe  Allow more threads over all ranks than the node granted.
 * @param[out] n_threads      At least 1.
 *
 * @retval PEREBOR_ERR_ARGUMENT  More threads than processors, in this rank or over the node; the
 *                               message has the numbers and the way out.
 */
PEREBOR_MUST_CHECK perebor_status perebor_threads_choose(const perebor_allocation *allocations,
                                                         size_t n_ranks, size_t place,
                                                         bool oversubscribe, int *n_threads,
                                                         perebor_error *error);

/** Decides it for a process that is the only one. @param[in] asked  0 to take the default. */
PEREBOR_MUST_CHECK perebor_status perebor_threads_choose_alone(int asked, bool oversubscribe,
                                                               int *n_threads,
                                                               perebor_error *error);

#endif
