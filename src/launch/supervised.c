// SPDX-License-Identifier: MIT
#include "launch/supervised.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "launch/heartbeat.h"

/** Mapped at the first call; stays so until the process ends. NULL: nobody supervises. */
static heartbeat_state *find_heartbeat(void) {
    static heartbeat_state *heartbeat;
    const char *path = getenv(HEARTBEAT_VARIABLE);
    if (heartbeat != NULL || path == NULL) {
        return heartbeat;
    }
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        return NULL;
    }
    void *mapped = mmap(NULL, sizeof *heartbeat, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    (void)close(descriptor);
    heartbeat = mapped != MAP_FAILED ? mapped : NULL;
    return heartbeat;
}

bool perebor_supervised(void) {
    return getenv(HEARTBEAT_VARIABLE) != NULL;
}

time_t perebor_supervised_since(void) {
    const char *since = getenv(HEARTBEAT_AGAIN_VARIABLE);
    return perebor_supervised() && since != NULL ? (time_t)strtoll(since, NULL, 10) : 0;
}

static void enter(heartbeat_phase phase) {
    heartbeat_state *heartbeat = find_heartbeat();
    if (heartbeat != NULL) {
        atomic_store(&heartbeat->phase, phase);
    }
}

void perebor_supervised_started(void) {
    enter(HEARTBEAT_PREPARING);
}

void perebor_supervised_heartbeat(uint64_t n_done) {
    heartbeat_state *heartbeat = find_heartbeat();
    if (heartbeat != NULL) {
        atomic_store(&heartbeat->n_done, n_done);
        atomic_fetch_add(&heartbeat->heartbeats, 1);
        atomic_store(&heartbeat->phase, HEARTBEAT_RUNNING);
    }
}

void perebor_supervised_finishing(void) {
    enter(HEARTBEAT_FINISHING);
}

void perebor_supervised_leave(int exit_code) {
    heartbeat_state *heartbeat = find_heartbeat();
    if (heartbeat != NULL) {
        atomic_store(&heartbeat->exit_code, exit_code);
        atomic_store(&heartbeat->phase, HEARTBEAT_LEFT);
    }
}
