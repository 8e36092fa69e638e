// SPDX-License-Identifier: MIT
// Drives the coordinator through random schedules. Every promise that breaks prints the seed that
// broke it; "simulate seed=S schedules=1 trace=1" plays that one again.
//
//   simulate [schedules=N] [seed=S] [workers=W] [units=U] [trace=1]
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "world.h"

static uint64_t mix(uint64_t x) {
    return perebor_mix(x + PEREBOR_MIX_STEP);
}

/** Draws a kind of world. Every trouble is absent from half of them. */
static climate draw_climate(uint64_t seed, size_t n_workers, size_t n_units) {
    uint64_t state = seed;
    double u[16];
    for (size_t i = 0; i < 16; i++) {
        state = mix(state);
        u[i] = (double)(state >> 11) * 0x1p-53;
    }
    climate weather = {.seed = seed,
                       .n_workers = n_workers > 0 ? n_workers : 1 + (size_t)(u[0] * u[0] * 24.0),
                       .n_units = n_units > 0 ? n_units : (size_t)(u[1] * u[1] * 300.0),
                       .unit_seconds = pow(10.0, 4.0 * u[2] - 4.0),
                       .latency = pow(10.0, 4.0 * u[3] - 5.0)};
    weather.slow_latency = u[4] < 0.5 ? weather.latency : weather.latency + 2.0 * u[4] * u[4];
    weather.loss = fmax(0.0, 0.6 * (u[5] - 0.5));
    weather.doubling = fmax(0.0, 0.6 * (u[6] - 0.5));
    weather.death = fmax(0.0, 2.0 * (u[7] - 0.5));
    weather.pause = fmax(0.0, 1.2 * (u[8] - 0.5));
    weather.late = fmax(0.0, 2.0 * (u[9] - 0.5));
    weather.poison = fmax(0.0, 0.2 * (u[10] - 0.5));
    weather.refusal = fmax(0.0, 0.2 * (u[11] - 0.5));
    weather.hanging = fmax(0.0, 0.2 * (u[15] - 0.5));
    weather.ordered = u[14] < 0.5;
    double work = 0.15 * weather.unit_seconds * (double)weather.n_units;
    weather.stop_at = u[12] < 0.8 ? INFINITY : 2.0 * u[13] * work / (double)weather.n_workers;
    return weather;
}

static uint64_t argument(int n, char **arguments, const char *name, uint64_t default_value) {
    size_t length = strlen(name);
    for (int i = 1; i < n; i++) {
        if (strncmp(arguments[i], name, length) == 0 && arguments[i][length] == '=') {
            return strtoull(arguments[i] + length + 1, NULL, 0);
        }
    }
    return default_value;
}

int main(int n, char **arguments) {
    uint64_t n_schedules = argument(n, arguments, "schedules", 1000);
    uint64_t seed = argument(n, arguments, "seed", 1);
    size_t n_workers = (size_t)argument(n, arguments, "workers", 0);
    size_t n_units = (size_t)argument(n, arguments, "units", 0);
    uint64_t n_broken = 0;
    verdict total = {.broken = NULL};
    for (uint64_t i = 0; i < n_schedules; i++) {
        climate weather = draw_climate(seed + i, n_workers, n_units);
        weather.trace = argument(n, arguments, "trace", 0) != 0;
        verdict outcome;
        world_run(&weather, &outcome);
        if (outcome.broken != NULL) {
            n_broken++;
            (void)printf("seed=%llu: %s (unit %u, %zu workers, %zu units, %.3f s)\n",
                         (unsigned long long)(seed + i), outcome.broken, outcome.unit,
                         weather.n_workers, weather.n_units, outcome.seconds);
        }
        total.n_events += outcome.n_events;
        total.n_delivered += outcome.n_delivered;
        total.n_given_up += outcome.n_given_up;
        total.n_fenced += outcome.n_fenced;
        total.n_retries += outcome.n_retries;
        total.n_deaths += outcome.n_deaths;
    }
    (void)printf("%llu schedules, %zu events, %zu deaths, %zu units delivered, %zu given up, "
                 "%zu retried, %zu answers fenced; %llu broken\n",
                 (unsigned long long)n_schedules, total.n_events, total.n_deaths, total.n_delivered,
                 total.n_given_up, total.n_retries, total.n_fenced, (unsigned long long)n_broken);
    return n_broken > 0;
}
