// SPDX-License-Identifier: MIT
/**
 * @file stop_signal.h
 * SIGTERM, SIGINT and SIGUSR1 as a request to stop.
 */
#ifndef PEREBOR_EXEC_STOP_SIGNAL_H
#define PEREBOR_EXEC_STOP_SIGNAL_H

#include <stdbool.h>

/**
 * Until stop_signal_listen(), a request ends this process with @p exit_code, and where there is a
 * shim (perebor/shim.h) the job: what is being prepared is in nobody's hands yet.
 *
 * @param[in] said  A line for standard error, if this process is the one that speaks; else NULL.
 */
void stop_signal_await(const char *said, int exit_code);

/**
 * Begins to listen, for the rest of the process. A second SIGINT, if it is not an echo of the first
 * (a terminal's Ctrl-C reaches a rank directly and by way of its launcher), ends the process.
 */
void stop_signal_listen(void);

/** Whether one has arrived. */
bool stop_signal_arrived(void);

#endif
