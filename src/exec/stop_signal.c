// SPDX-License-Identifier: MIT
#include "exec/stop_signal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "launch/shim.h"

static const double echo_seconds = 0.5;
enum { EXIT_INTERRUPTED = 130 }; // As a shell reports SIGINT.

static atomic_bool arrived;
static atomic_bool awaiting; // Nothing has begun that a request could stop in good order.
static int awaiting_code;
static const char *awaiting_said;
static _Atomic double interrupted_at;

/** Writes as a signal handler may. */
static void say(const char *line) {
    ssize_t written = line != NULL ? write(STDERR_FILENO, line, strlen(line)) : 0;
    (void)written; // Who cannot be told is not.
}

/** Ends what was being prepared. */
static void leave(void) {
    if (perebor_shim_active()) {
        perebor_shim_stop(awaiting_code); // The parent does the rest.
        return;
    }
    say(awaiting_said);
    _exit(awaiting_code);
}

static void on_signal(int number) {
    atomic_store(&arrived, true);
    if (atomic_load(&awaiting)) {
        leave();
        return;
    }
    if (number != SIGINT) {
        return;
    }
    double now = clock_now();
    double before = atomic_load(&interrupted_at);
    if (before > 0.0 && now - before > echo_seconds) {
        say("\nperebor: ended at once; what was acknowledged is kept: --resume continues\n");
        _exit(EXIT_INTERRUPTED);
    }
    if (before == 0.0) {
        atomic_store(&interrupted_at, now);
    }
}

static void handle_signals(void) {
    const int numbers[] = {SIGTERM, SIGINT, SIGUSR1};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], &action, NULL);
    }
}

void stop_signal_await(const char *said, int exit_code) {
    awaiting_said = said;
    awaiting_code = exit_code;
    atomic_store(&awaiting, true);
    handle_signals();
}

void stop_signal_listen(void) {
    atomic_store(&awaiting, false);
    perebor_shim_stop(0);
    handle_signals();
}

bool stop_signal_arrived(void) {
    return atomic_load(&arrived);
}
