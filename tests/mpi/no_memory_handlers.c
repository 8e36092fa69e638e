// SPDX-License-Identifier: MIT
// That UCX, over which MPICH sends, is not asked to tell of memory that comes and goes while MPI
// starts and ends: the lock that this takes is sometimes never free. memory-handlers runs this
// twice: without the protection a handler must be seen here.
//
// Exit codes: 0 as it should be; 1 MPI does not start; 70 a handler was set.
#include <stdatomic.h>
#include <stdio.h>

#include "perebor/ranks.h"

enum { EXIT_BROKEN = 70, UCS_ERR_UNSUPPORTED = -22 };

static atomic_int n_set;

/** Stands for libucm's: a program's symbols come before those of libraries. */
int ucm_set_event_handler(int events, int priority, void (*handler)(void), void *argument);

int ucm_set_event_handler(int events, int priority, void (*handler)(void), void *argument) {
    (void)events;
    (void)priority;
    (void)handler;
    (void)argument;
    n_set++;
    return UCS_ERR_UNSUPPORTED;
}

int main(void) {
    perebor_ranks *ranks = NULL;
    perebor_error error;
    if (perebor_ranks_open(&ranks, &error) != PEREBOR_OK) {
        fprintf(stderr, "error: %s\n", error.message);
        return 1;
    }
    int code = perebor_ranks_close(ranks, 0);
    if (n_set > 0) {
        fprintf(stderr, "UCX was asked to tell of memory\n");
        return EXIT_BROKEN;
    }
    return code;
}
