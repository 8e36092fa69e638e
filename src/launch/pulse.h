// SPDX-License-Identifier: MIT
/**
 * @file pulse.h
 * What rank 0 tells its supervisor, in a small file that both have mapped.
 */
#ifndef PEREBOR_LAUNCH_PULSE_H
#define PEREBOR_LAUNCH_PULSE_H

#include <stdatomic.h>
#include <stdint.h>

/** Environment: the path of the file; when the first start was, in seconds since 1970, or 0 in it.
 */
#define PULSE_VARIABLE "PEREBOR_PULSE"
#define PULSE_AGAIN_VARIABLE "PEREBOR_STARTED_AGAIN"

enum pulse_phase {
    PULSE_STARTING = 0,  /**< MPI has not started yet: watched, for it may hang. */
    PULSE_PREPARING = 1, /**< Tables are read; that may take any time. */
    PULSE_RUNNING = 2,   /**< Beats come several times a second. */
    PULSE_FINISHING = 3, /**< The file is written; that may take any time. */
    PULSE_LEFT = 4,      /**< There is an exit code. */
};

typedef struct pulse_state {
    _Atomic uint32_t phase;
    _Atomic int32_t exit_code;
    _Atomic uint64_t beats;
    _Atomic uint64_t n_done; /**< Trials on the disk. */
} pulse_state;

#endif
