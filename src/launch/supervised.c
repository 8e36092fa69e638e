// SPDX-License-Identifier: MIT
#include "perebor/supervised.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "launch/pulse.h"

/** Mapped at the first call; stays so until the process ends. NULL: nobody supervises. */
static pulse_state *find_pulse(void) {
    static pulse_state *pulse;
    const char *path = getenv(PULSE_VARIABLE);
    if (pulse != NULL || path == NULL) {
        return pulse;
    }
    int descriptor = open(path, O_RDWR | O_CLOEXEC);
    if (descriptor < 0) {
        return NULL;
    }
    void *mapped = mmap(NULL, sizeof *pulse, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    (void)close(descriptor);
    pulse = mapped != MAP_FAILED ? mapped : NULL;
    return pulse;
}

bool perebor_supervised(void) {
    return getenv(PULSE_VARIABLE) != NULL;
}

time_t perebor_supervised_since(void) {
    const char *since = getenv(PULSE_AGAIN_VARIABLE);
    return perebor_supervised() && since != NULL ? (time_t)strtoll(since, NULL, 10) : 0;
}

static void enter(enum pulse_phase phase) {
    pulse_state *pulse = find_pulse();
    if (pulse != NULL) {
        atomic_store(&pulse->phase, phase);
    }
}

void perebor_supervised_started(void) {
    enter(PULSE_PREPARING);
}

void perebor_supervised_beat(uint64_t n_done) {
    pulse_state *pulse = find_pulse();
    if (pulse != NULL) {
        atomic_store(&pulse->n_done, n_done);
        atomic_fetch_add(&pulse->beats, 1);
        atomic_store(&pulse->phase, PULSE_RUNNING);
    }
}

void perebor_supervised_finishing(void) {
    enter(PULSE_FINISHING);
}

void perebor_supervised_leave(int exit_code) {
    pulse_state *pulse = find_pulse();
    if (pulse != NULL) {
        atomic_store(&pulse->exit_code, exit_code);
        atomic_store(&pulse->phase, PULSE_LEFT);
    }
}
