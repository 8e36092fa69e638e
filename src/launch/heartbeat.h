// SPDX-License-Identifier: MIT
/**
 * @file heartbeat.h
 * What rank 0 tells its supervisor, in a small file that both have mapped.
 */
#ifndef PEREBOR_LAUNCH_HEARTBEAT_H
#define PEREBOR_LAUNCH_HEARTBEAT_H

#include <stdatomic.h>
#include <stdint.h>

/** Environment: the path of the file; when the first start was, in seconds since 1970, or 0 in it.
 */
#define HEARTBEAT_VARIABLE "PEREBOR_HEARTBEAT"
#define HEARTBEAT_AGAIN_VARIABLE "PEREBOR_STARTED_AGAIN"

typedef enum heartbeat_phase {
    HEARTBEAT_STARTING = 0,  /**< MPI has not started yet: watched, for it may hang. */
    HEARTBEAT_PREPARING = 1, /**< Tables are read; that may take any time. */
    HEARTBEAT_RUNNING = 2,   /**< Heartbeats come several times a second. */
    HEARTBEAT_FINISHING = 3, /**< The file is written; that may take any time. */
    HEARTBEAT_LEFT = 4,      /**< There is an exit code. */
} heartbeat_phase;

typedef struct heartbeat_state {
    _Atomic uint32_t phase;
    _Atomic int32_t exit_code;
    _Atomic uint64_t heartbeats;
    _Atomic uint64_t n_done; /**< Trials on the disk. */
} heartbeat_state;

#endif
