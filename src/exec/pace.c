// SPDX-License-Identifier: MIT
#include "exec/pace.h"

#include <math.h>

static const double calm_poll_seconds = 4e-3;     // While everybody has work in reserve.
static const double hungry_poll_seconds = 5e-5;   // The first look of who waits.
static const double reserve_target_seconds = 0.1; // The work that each thread holds in advance,
static const double reserve_per_worker = 10e-6;   // more with many workers: fewer messages.

double pace_heartbeat(double lease_seconds) {
    return fmin(lease_seconds / 8.0, 0.5);
}

double pace_reserve(size_t n_ranks) {
    return fmax(reserve_target_seconds, reserve_per_worker * (double)n_ranks);
}

double pace_leader(double pause, bool in_tail, bool starved, bool heard) {
    if (in_tail) {
        return pace_hungry(pause, heard);
    }
    return starved ? fmin(PACE_POLL_SECONDS, pause) : fmin(calm_poll_seconds, 1.5 * pause);
}

double pace_hungry(double pause, bool heard) {
    return heard ? hungry_poll_seconds : fmin(PACE_POLL_SECONDS, 1.5 * pause);
}

double pace_calm(double lasts_seconds) {
    return fmin(calm_poll_seconds, fmax(PACE_POLL_SECONDS / 4.0, lasts_seconds / 4.0));
}
