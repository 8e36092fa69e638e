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
 * Removes MPICH's and UCX's files in @p folder that are this user's, were made at or after @p
 * since, and that no process has open or mapped.
 *
 * @param folder An absolute path without symbolic links, as /proc tells it: "/dev/shm".
 * @return How many were removed.
 */
size_t leaked_memory_remove(const char *folder, time_t since);

#endif
