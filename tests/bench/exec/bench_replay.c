// SPDX-License-Identifier: MIT
// The units of tests/mpi/exercise with spread=1, replayed (exec/replay.h): seconds of the job.
//
//   bench_replay UNITS MICROSECONDS BYTES THREADS RANKS...
#include <stdio.h>
#include <stdlib.h>

#include "exec/replay.h"

static size_t number(const char *text) {
    return (size_t)strtoull(text, NULL, 10);
}

int main(int argc, char **argv) {
    if (argc < 6) {
        (void)fprintf(stderr, "usage: bench_replay UNITS MICROSECONDS BYTES THREADS RANKS...\n");
        return 64;
    }
    size_t n_units = number(argv[1]);
    double *seconds = calloc(n_units + 1, sizeof *seconds);
    for (size_t unit = 0; seconds != NULL && unit < n_units; unit++) {
        seconds[unit] =
            1e-6 * (double)(number(argv[2]) * (1 + unit % 10)); // as exercise's spread()
    }
    for (int i = 5; seconds != NULL && i < argc; i++) {
        replay_settings settings = {.n_units = n_units,
                                    .seconds = seconds,
                                    .n_ranks = number(argv[i]),
                                    .n_threads = (uint32_t)number(argv[4]),
                                    .bytes_of_result = (double)number(argv[3]),
                                    .members_of_result = 0.0,
                                    .costs = &replay_usual_costs};
        replay_outcome outcome;
        perebor_error error;
        if (replay_run(&settings, &outcome, &error) != PEREBOR_OK) {
            (void)fprintf(stderr, "bench_replay: %s\n", error.message);
            return 1;
        }
        printf("%zu %.6f %.6f\n", settings.n_ranks, outcome.seconds, outcome.leader_seconds);
    }
    free(seconds);
    return seconds == NULL;
}
