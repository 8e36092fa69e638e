// SPDX-License-Identifier: MIT
/**
 * @file process.h
 * Other processes of this machine, as /proc shows them.
 */
#ifndef PEREBOR_LAUNCH_PROCESS_H
#define PEREBOR_LAUNCH_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/** What /proc says of a process. */
typedef struct process_state {
    char name[32]; /**< The first 15 bytes of its program's. */
    char state;    /**< 'Z': it has ended, and nobody has waited for it. */
    pid_t parent;
} process_state;

/** @return Whether there is such a process. */
bool process_look(pid_t process, process_state *found);

#endif
