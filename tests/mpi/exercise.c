// SPDX-License-Identifier: MIT
// A job whose every result is known: run under mpiexec by the tests of this folder.
//
//   exercise [units=N] [microseconds=U] [bytes=B] [threads=T] [lease=S] [stop_after=N] [refuse=U]
//            [poison=U] [fail_delivery=N] [jobs=N] [timings=1] [oversubscribe=0] [share=B]
//            [spread=1] [hang=U] [obey=U] [limit=S] [leave=K] [fall=K] [signal=S] [within=MS]
//            [seed=N]
//
// spread=1: units do not compute but sleep, 1 to 10 times so many microseconds.
// hang=U: that unit never ends; obey=U: that one ends when it is told to.
// leave=K: rank K dies in MPI_Finalize.
// fall=K: ranks 1 to K send themselves the signal (9 if not given) at a moment drawn from the seed,
// within so many milliseconds of their first unit. 0 is a new seed every time.
//
// Exit codes: 0 every unit delivered once and right; 3 stopped; 1 an error of the library;
// 70 a promise of the library is broken.
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/deadline.h"
#include "base/mix.h"
#include "exec/job.h"
#include "exec/threads.h"
#include "launch/shim.h"

enum { none = -1, EXIT_STOPPED = 3, EXIT_BROKEN = 70 };

typedef struct exercise {
    long units, microseconds, bytes, threads, stop_after, refuse, poison, fail_delivery, jobs;
    long timings, oversubscribe, share, fall, signal, within, seed;
    long hang, obey, leave, spread;
    double lease, limit;
    perebor_ranks *ranks;
    uint8_t *seen; // [units] on rank 0: 1 delivered, 2 given up
    long n_delivered, n_given_up, n_broken;
    int n_lost;
} exercise;

/** Sends this process a signal after so many microseconds. */
static void strike_after(uint64_t microseconds, int number) {
    struct sigevent strike = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    struct itimerspec at = {.it_value = {.tv_sec = (time_t)(microseconds / 1000000),
                                         .tv_nsec = (long)(microseconds % 1000000) * 1000}};
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &strike, &timer) == 0) {
        (void)timer_settime(timer, 0, &at, NULL);
    }
}

static bool somebody_leaves, leaves;

int PMPI_Finalize(void);
int MPI_Finalize(void);

/**
 * Takes the place of the library's own, which goes by the other name as well: who leaves does so
 * while it waits in there for the others, who are late.
 */
int MPI_Finalize(void) {
    if (leaves) {
        strike_after(100000, SIGKILL);
    } else if (somebody_leaves) {
        (void)usleep(300000);
    }
    return PMPI_Finalize();
}

static uint64_t mix(uint64_t x) {
    return perebor_mix(x + PEREBOR_MIX_STEP);
}

/** Bytes of a unit's result: around `bytes`, and now and then none or many. */
static size_t size_of(const exercise *e, uint32_t unit) {
    if (unit % 97 == 0) {
        return 0;
    }
    return (size_t)e->bytes + (size_t)(mix(unit) % 64) + (unit % 50 == 7 ? 20000 : 0);
}

static void burn(long microseconds) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    int64_t end = now.tv_sec * 1000000000LL + now.tv_nsec + microseconds * 1000LL;
    while (now.tv_sec * 1000000000LL + now.tv_nsec < end) {
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    }
}

static void rest(long microseconds) {
    struct timespec left = {microseconds / 1000000, microseconds % 1000000 * 1000};
    while (nanosleep(&left, &left) != 0) {
    }
}

/** Sets the clock that will strike this rank down, once. */
static void await_fate(const exercise *e) {
    static atomic_flag set = ATOMIC_FLAG_INIT;
    if (e->ranks->rank == 0 || e->ranks->rank > e->fall || !perebor_shim_settled() ||
        atomic_flag_test_and_set(&set)) {
        return;
    }
    uint64_t seed = e->seed != 0 ? (uint64_t)e->seed : (uint64_t)getpid() + (uint64_t)time(NULL);
    uint64_t delay = mix(seed + 1000 * (uint64_t)e->ranks->rank) % (1000 * (uint64_t)e->within) + 1;
    strike_after(delay, (int)e->signal);
}

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    const exercise *e = context;
    (void)thread;
    await_fate(e);
    if ((long)unit == e->refuse) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "unit %u is refused everywhere", unit);
    }
    if ((long)unit == e->poison && e->ranks->rank != 0) {
        (void)raise(SIGKILL);
    }
    while ((long)unit == e->hang) {
        (void)sleep(1);
    }
    while ((long)unit == e->obey) {
        perebor_status status = perebor_deadline_check(error);
        if (status != PEREBOR_OK) {
            return status;
        }
        burn(100);
    }
    if (e->spread != 0) {
        rest(e->microseconds * (1 + (long)(unit % 10)));
    } else if (e->microseconds > 0) {
        burn(e->microseconds);
    }
    size_t size = size_of(e, unit);
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(mix(unit) + i);
        perebor_status status = perebor_unit_result_append(result, &byte, 1, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    return PEREBOR_OK;
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    exercise *e = context;
    const uint8_t *given = bytes;
    bool right = unit < e->units && size == size_of(e, unit) && e->seen[unit] == 0 && rank >= 0 &&
                 rank < e->ranks->size;
    for (size_t i = 0; right && i < size; i++) {
        right = given[i] == (uint8_t)(mix(unit) + i);
    }
    e->n_broken += !right;
    if (unit < e->units) {
        e->seen[unit] = 1;
    }
    e->n_delivered++;
    if (e->n_delivered == e->fail_delivery) {
        return perebor_fail(error, PEREBOR_ERR_IO, "no space left for unit %ld", e->fail_delivery);
    }
    return PEREBOR_OK;
}

static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    exercise *e = context;
    (void)rank;
    (void)seconds;
    (void)error;
    e->n_broken += e->seen[unit] != 0;
    e->seen[unit] = 2;
    e->n_given_up++;
    printf("unit %u given up: %s\n", unit, reason);
    return PEREBOR_OK;
}

static perebor_status tick(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error) {
    exercise *e = context;
    (void)error;
    e->n_lost = progress->n_ranks_lost;
    *stop = e->stop_after > 0 && (long)progress->n_delivered >= e->stop_after;
    return PEREBOR_OK;
}

static void print_all_timings(const exercise *e, const perebor_rank_timings *timings,
                              double seconds) {
    for (int i = 0; i < e->ranks->size; i++) {
        const perebor_rank_timings *own = &timings[i];
        printf("rank %d: wall %.4f compute %.4f wait %.4f protocol %.4f units %llu threads %d\n", i,
               own->wall, own->compute, own->wait, own->protocol, (unsigned long long)own->n_units,
               own->n_threads);
    }
    printf("%.1f units/s\n", (double)e->units / seconds);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static perebor_status run_job(exercise *e, int n_threads, perebor_error *error) {
    perebor_job job = {.n_units = (size_t)e->units,
                       .n_threads = n_threads,
                       .lease_seconds = e->lease,
                       .unit_seconds = e->limit,
                       .context = e,
                       .execute = execute,
                       .deliver = deliver,
                       .give_up = give_up,
                       .tick = tick};
    perebor_rank_timings *timings = calloc((size_t)e->ranks->size, sizeof *timings);
    e->seen = calloc((size_t)e->units, 1);
    e->n_delivered = e->n_given_up = 0;
    double began = now();
    perebor_status status = perebor_job_run(e->ranks, &job, timings, error);
    if (e->ranks->rank == 0) {
        if (status == PEREBOR_OK && e->n_delivered + e->n_given_up != e->units) {
            e->n_broken++;
        }
        printf("delivered %ld given up %ld of %ld, broken %ld, lost ranks %d\n", e->n_delivered,
               e->n_given_up, e->units, e->n_broken, e->n_lost);
        if (e->timings) {
            print_all_timings(e, timings, now() - began);
        }
    }
    free(timings);
    free(e->seen);
    return status;
}

/** Shares a block and checks that every rank reads the same. */
static perebor_status check_sharing(exercise *e, perebor_error *error) {
    size_t size = (size_t)e->share;
    uint8_t *bytes = e->ranks->rank == 0 ? malloc(size) : NULL;
    for (size_t i = 0; bytes != NULL && i < size; i++) {
        bytes[i] = (uint8_t)mix(i);
    }
    const void *shared = NULL;
    size_t shared_size = 0;
    perebor_status status =
        perebor_ranks_share(e->ranks, bytes, size, &shared, &shared_size, error);
    free(bytes);
    bool right = status == PEREBOR_OK && shared_size == size && (uintptr_t)shared % 64 == 0;
    for (size_t i = 0; right && i < size; i++) {
        right = ((const uint8_t *)shared)[i] == (uint8_t)mix(i);
    }
    if (status == PEREBOR_OK && !right) {
        status =
            perebor_fail(error, PEREBOR_ERR_NUMERIC, "rank %d reads other bytes", e->ranks->rank);
    }
    return perebor_ranks_agree(e->ranks, status, error);
}

static perebor_status run(exercise *e, perebor_error *error) {
    int n_threads = 1;
    perebor_status status = perebor_ranks_choose_threads(e->ranks, (int)e->threads,
                                                         e->oversubscribe != 0, &n_threads, error);
    if (status == PEREBOR_OK && e->share > 0) {
        status = check_sharing(e, error);
    }
    for (long i = 0; status == PEREBOR_OK && i < e->jobs; i++) {
        status = run_job(e, n_threads, error);
    }
    return status;
}

static void read_arguments(exercise *e, int n, char **arguments) {
    const struct {
        const char *name;
        long *value;
    } known[] = {{"units", &e->units},
                 {"microseconds", &e->microseconds},
                 {"spread", &e->spread},
                 {"bytes", &e->bytes},
                 {"threads", &e->threads},
                 {"stop_after", &e->stop_after},
                 {"refuse", &e->refuse},
                 {"poison", &e->poison},
                 {"fail_delivery", &e->fail_delivery},
                 {"jobs", &e->jobs},
                 {"timings", &e->timings},
                 {"oversubscribe", &e->oversubscribe},
                 {"share", &e->share},
                 {"hang", &e->hang},
                 {"obey", &e->obey},
                 {"leave", &e->leave},
                 {"fall", &e->fall},
                 {"signal", &e->signal},
                 {"within", &e->within},
                 {"seed", &e->seed}};
    for (int i = 1; i < n; i++) {
        size_t length = strcspn(arguments[i], "=");
        const char *value = arguments[i][length] == '=' ? arguments[i] + length + 1 : "";
        if (strncmp(arguments[i], "lease=", 6) == 0) {
            e->lease = strtod(value, NULL);
            continue;
        }
        if (strncmp(arguments[i], "limit=", 6) == 0) {
            e->limit = strtod(value, NULL);
            continue;
        }
        size_t k = 0;
        while (
            k < sizeof known / sizeof *known &&
            (strncmp(known[k].name, arguments[i], length) != 0 || known[k].name[length] != '\0')) {
            k++;
        }
        if (k == sizeof known / sizeof *known) {
            (void)fprintf(stderr, "unknown argument %s\n", arguments[i]);
            exit(64);
        }
        *known[k].value = strtol(value, NULL, 10);
    }
}

int main(int n, char **arguments) {
    perebor_shim_start();
    exercise e = {.units = 1000,
                  .bytes = 100,
                  .refuse = none,
                  .poison = none,
                  .hang = none,
                  .obey = none,
                  .leave = none,
                  .jobs = 1,
                  .signal = SIGKILL,
                  .within = 500,
                  .seed = 1,
                  .oversubscribe = 1};
    perebor_error error = {.status = PEREBOR_OK};
    read_arguments(&e, n, arguments);
    perebor_status status = perebor_ranks_open(&e.ranks, &error);
    bool speaks = perebor_ranks_speaks(e.ranks);
    if (status == PEREBOR_OK) {
        status = run(&e, &error);
    }
    if (status != PEREBOR_OK && speaks) {
        (void)fprintf(stderr, "error: %s\n", error.message);
    }
    int code = e.n_broken > 0                  ? EXIT_BROKEN
               : status == PEREBOR_ERR_STOPPED ? EXIT_STOPPED
                                               : status != PEREBOR_OK;
    somebody_leaves = e.leave != none;
    leaves = e.ranks != NULL && e.ranks->rank == e.leave;
    return perebor_ranks_close(e.ranks, code);
}
