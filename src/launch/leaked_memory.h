// SPDX-License-Identifier: MIT
/**
 * @file leaked_memory.h
 * Shared memory that MPI leaves in /dev/shm when its processes are killed.
 */
#ifndef PEREBOR_LAUNCH_LEAKED_MEMORY_H
#define PEREBOR_LAUNCH_LEAKED_MEMORY_H

#include <stddef.h>
#include <time.h>

/**
 * Removes MPICH's and UCX's files in /dev/shm that are this user's, were made at or after @p since,
 * and that no process has open or mapped.
 *
 * @return How many were removed.
 */
size_t leaked_memory_remove(time_t since);

#endif
