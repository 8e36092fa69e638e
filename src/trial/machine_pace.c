// SPDX-License-Identifier: MIT
#include "trial/machine_pace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "trial/machine_pace_kernels.h"

/** Runs of each kernel, and turns of a run: about 18 ms in all. */
enum { n_runs = 15, n_turns_counting = 6, n_turns_arithmetic = 60 };

/** Seconds of a run where the learners' costs were fitted: one core of an AMD EPYC (family 25,
 * model 17), not busy with anything else, with AVX-512. */
static const double reference[PEREBOR_N_WORKS] = {
    [PEREBOR_WORK_ARITHMETIC] = 6.24e-4,
    [PEREBOR_WORK_COUNTING] = 4.85e-4,
};

static const double least_pace = 1e-3;
static const double most_pace = 1e3;

/** Reads PEREBOR_PACE. @return Whether it is set; then @p value is 0 if it is no pace. */
static bool read_pin(double *value) {
    const char *text = getenv("PEREBOR_PACE");
    if (text == NULL || *text == '\0') {
        return false;
    }
    char *end;
    *value = strtod(text, &end);
    if (*end != '\0' || !(*value >= least_pace && *value <= most_pace)) {
        *value = 0.0;
    }
    return true;
}

perebor_status perebor_pace_check(perebor_error *error) {
    double value = 1.0;
    if (!read_pin(&value) || value > 0.0) {
        return PEREBOR_OK;
    }
    return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                        "PEREBOR_PACE is \"%.40s\"; it takes a number from 0.001 to 1000: how many "
                        "times as long as forecast work takes here",
                        getenv("PEREBOR_PACE"));
}

/** Fills a room with what is the same everywhere: Knuth's generator of MMIX. */
static void fill(pace_room *room) {
    uint64_t state = 1;
    for (size_t row = 0; row < PACE_ROWS; row++) {
        room->order[row] = (uint32_t)row;
        for (size_t c = 0; c < PACE_CODES; c++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            room->codes[row][c] = (uint8_t)(state >> 56);
        }
        room->gradients[row] = state >> 40;
    }
    for (size_t j = 0; j < PACE_COLUMNS; j++) {
        for (size_t i = 0; i < PACE_VALUES; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            room->values[j][i] = (double)(state >> 40) / (double)(1 << 29);
        }
    }
}

static int compare_seconds(const void *a, const void *b) {
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/** CPU seconds of a run of one kernel. */
static double time_run(void (*kernel)(pace_room *), size_t n_turns, pace_room *room) {
    const double start = perebor_cpu_seconds();
    for (size_t turn = 0; turn < n_turns; turn++) {
        kernel(room);
    }
    return perebor_cpu_seconds() - start;
}

/** The lower quartile: the machine as busy as it is for all the time, without bursts, which say
 * nothing of the minutes to come. */
static double quartile(double seconds[n_runs]) {
    qsort(seconds, n_runs, sizeof *seconds, compare_seconds);
    return seconds[n_runs / 4];
}

static double within_bounds(double pace) {
    return pace >= least_pace ? pace <= most_pace ? pace : most_pace : least_pace;
}

/** A room of zeros that begins a line of a cache, as what learners compute in does: across lines
 * vectors take 1.4 times as long. NULL if memory is short. */
static pace_room *create_room(void) {
    enum { line = 64 };
    pace_room *room = aligned_alloc(line, (sizeof *room + line - 1) / line * line);
    if (room != NULL) {
        memset(room, 0, sizeof *room);
    }
    return room;
}

static perebor_pace measure(void) {
    perebor_pace pace = {.of = {1.0, 1.0}};
    pace_room *room = create_room();
    if (room == NULL) {
        return pace;
    }
    const pace_kernels *kernels = PEREBOR_KERNEL_PICK(pace_kernels);
    fill(room);
    double seconds[PEREBOR_N_WORKS][n_runs];
    for (size_t run = 0; run < n_runs; run++) { // taking turns, so that both see the same
        seconds[PEREBOR_WORK_COUNTING][run] = time_run(kernels->count, n_turns_counting, room);
        seconds[PEREBOR_WORK_ARITHMETIC][run] =
            time_run(kernels->compute, n_turns_arithmetic, room);
    }
    for (size_t kind = 0; kind < PEREBOR_N_WORKS; kind++) {
        pace.of[kind] = within_bounds(quartile(seconds[kind]) / reference[kind]);
    }
    pace.measured = true;
    free(room);
    return pace;
}

bool perebor_pace_given(perebor_pace *pace) {
    double pin = 1.0;
    if (!read_pin(&pin)) {
        return false;
    }
    pin = pin > 0.0 ? pin : 1.0; // main() has refused it
    *pace = (perebor_pace){.of = {pin, pin}};
    return true;
}

perebor_pace perebor_pace_here(void) {
    static perebor_pace measured; // commands have one thread when they foretell
    perebor_pace given;
    if (perebor_pace_given(&given)) {
        return given;
    }
    if (!measured.measured) {
        measured = measure();
    }
    return measured;
}

perebor_plan_savings perebor_pace_apply(const perebor_pace *pace, const perebor_plan *plan) {
    perebor_plan_savings savings = perebor_plan_predict(plan);
    const double preparing = pace->of[PEREBOR_WORK_ARITHMETIC];
    savings.seconds *= preparing;
    savings.seconds_unshared *= preparing;
    size_t n_learners = 0;
    const perebor_learner_savings *learners = perebor_plan_learners(plan, &n_learners);
    for (size_t i = 0; i < n_learners; i++) {
        if (learners[i].n_trials > 0) {
            const double more = pace->of[learners[i].learner->work] - preparing;
            savings.seconds += more * learners[i].seconds;
            savings.seconds_unshared += more * learners[i].seconds_unshared;
        }
    }
    return savings;
}

double perebor_pace_unit_seconds(const perebor_pace *pace, const perebor_bundle *bundle) {
    double most = pace->of[0];
    for (size_t kind = 1; kind < PEREBOR_N_WORKS; kind++) {
        most = pace->of[kind] > most ? pace->of[kind] : most;
    }
    return most * perebor_bundle_unit_seconds(bundle);
}

void perebor_pace_write(const perebor_pace *pace, char *text, size_t size) {
    if (pace->measured) {
        (void)snprintf(text, size,
                       "this machine, measured just now: %.2f times (counting) and %.2f times "
                       "(arithmetic) as long as where forecasts were fitted",
                       pace->of[PEREBOR_WORK_COUNTING], pace->of[PEREBOR_WORK_ARITHMETIC]);
    } else {
        (void)snprintf(text, size,
                       "%.3g times as long as where forecasts were fitted, not measured",
                       pace->of[PEREBOR_WORK_COUNTING]);
    }
}
