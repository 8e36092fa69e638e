// SPDX-License-Identifier: MIT
#include "exec/stop_signal.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"

static const double echo_seconds = 0.5;
enum { EXIT_INTERRUPTED = 130 }; // As a shell reports SIGINT.

static atomic_bool arrived;
static _Atomic double interrupted_at;

static void on_signal(int number) {
    atomic_store(&arrived, true);
    if (number != SIGINT) {
        return;
    }
    double now = clock_now();
    double before = atomic_load(&interrupted_at);
    if (before > 0.0 && now - before > echo_seconds) {
        _exit(EXIT_INTERRUPTED);
    }
    if (before == 0.0) {
        atomic_store(&interrupted_at, now);
    }
}

void stop_signal_listen(void) {
    const int numbers[] = {SIGTERM, SIGINT, SIGUSR1};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaction(numbers[i], &action, NULL);
    }
}

bool stop_signal_arrived(void) {
    return atomic_load(&arrived);
}
