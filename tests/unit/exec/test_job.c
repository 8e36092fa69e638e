// SPDX-License-Identifier: MIT
// Jobs of one rank; those of several are in tests/mpi.
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/deadline.h"
#include "exec/job.h"

enum { most_units = 500, nowhere = 0xffff };

static perebor_ranks *ranks;

/** What a job does and what was seen of it. */
typedef struct watch {
    uint32_t refused;       /**< This unit is, everywhere. */
    uint32_t endless;       /**< This unit never ends unless it is told to. */
    uint32_t undeliverable; /**< This unit's delivery fails. */
    size_t stop_after;      /**< So many deliveries; 0: never. Units after them wait
                                 for the wish to stop. */
    atomic_bool stopping;
    atomic_size_t n_begun;
    atomic_uint n_executed[most_units]; /**< Attempts. */
    uint8_t n_delivered[most_units];
    uint8_t n_given_up[most_units];
    uint32_t sequence[most_units]; /**< Units as they were delivered. */
    size_t n;
    char reason[256];
    double seconds;
    int rank;
    perebor_job_progress last;
} watch;

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    watch *w = context;
    (void)thread;
    atomic_fetch_add(&w->n_executed[unit], 1);
    atomic_fetch_add(&w->n_begun, 1);
    if (unit == w->refused) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "unit %u is refused", unit);
    }
    while (unit == w->endless && !perebor_deadline_passed()) {
        clock_sleep(1e-3);
    }
    while (w->stop_after > 0 && atomic_load(&w->n_begun) > w->stop_after &&
           !atomic_load(&w->stopping)) {
        clock_sleep(1e-3);
    }
    perebor_status status = PEREBOR_OK;
    for (uint32_t i = 0; i < unit % 5 * 1000 && status == PEREBOR_OK; i++) {
        uint32_t value = unit + i;
        status = perebor_unit_result_append(result, &value, sizeof value, error);
    }
    return status;
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    watch *w = context;
    assert_int_equal(rank, 0);
    assert_int_equal(size, unit % 5 * 4000);
    for (uint32_t i = 0; i < unit % 5 * 1000; i++) {
        uint32_t value;
        memcpy(&value, (const char *)bytes + 4 * (size_t)i, sizeof value);
        assert_int_equal(value, unit + i);
    }
    w->n_delivered[unit]++;
    w->sequence[w->n++] = unit;
    return unit == w->undeliverable
               ? perebor_fail(error, PEREBOR_ERR_IO, "no space left for unit %u", unit)
               : PEREBOR_OK;
}

static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    watch *w = context;
    (void)error;
    w->n_given_up[unit]++;
    w->rank = rank;
    w->seconds = seconds;
    (void)snprintf(w->reason, sizeof w->reason, "%s", reason);
    return PEREBOR_OK;
}

static perebor_status tick(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error) {
    watch *w = context;
    (void)error;
    w->last = *progress;
    assert_int_equal(progress->n_delivered, w->n);
    *stop = w->stop_after > 0 && w->n >= w->stop_after;
    atomic_store(&w->stopping, *stop);
    return PEREBOR_OK;
}

static watch fresh(void) {
    return (watch){.refused = nowhere, .endless = nowhere, .undeliverable = nowhere};
}

static perebor_job job_of(watch *w, size_t n_units, int n_threads) {
    return (perebor_job){.n_units = n_units,
                         .n_threads = n_threads,
                         .context = w,
                         .execute = execute,
                         .deliver = deliver,
                         .give_up = give_up,
                         .tick = tick};
}

static void every_unit_is_delivered_once(void **state) {
    (void)state;
    for (int n_threads = 1; n_threads <= 3; n_threads += 2) {
        watch w = fresh();
        perebor_job job = job_of(&w, most_units, n_threads);
        perebor_rank_timings timings = {0};
        assert_int_equal(perebor_job_run(ranks, &job, &timings, NULL), PEREBOR_OK);
        for (size_t unit = 0; unit < most_units; unit++) {
            assert_int_equal(w.n_delivered[unit], 1);
            assert_int_equal(atomic_load(&w.n_executed[unit]), 1);
        }
        assert_int_equal(timings.n_units, most_units);
        assert_int_equal(timings.n_threads, n_threads);
        double inside = timings.compute + timings.wait;
        assert_true(inside > 0.0 && inside <= timings.wall * n_threads + 0.5);
        assert_int_equal(w.last.n_units, most_units);
        assert_int_equal(w.last.n_ranks_lost, 0);
        assert_false(perebor_job_hangs(ranks));
    }
}

static void one_thread_takes_units_in_the_given_order(void **state) {
    (void)state;
    uint32_t order[100];
    double cost[100];
    for (uint32_t i = 0; i < 100; i++) {
        order[i] = 7 * i % 100;
        cost[i] = 1.0 + i;
    }
    watch w = fresh();
    perebor_job job = job_of(&w, 100, 1);
    job.order = order;
    job.cost = cost;
    assert_int_equal(perebor_job_run(ranks, &job, NULL, NULL), PEREBOR_OK);
    assert_memory_equal(w.sequence, order, sizeof order);
}

static void a_job_without_units_is_done(void **state) {
    (void)state;
    watch w = fresh();
    perebor_job job = job_of(&w, 0, 0); // no threads count as one
    job.tick = NULL;
    assert_int_equal(perebor_job_run(ranks, &job, NULL, NULL), PEREBOR_OK);
    assert_int_equal(w.n, 0);
}

static void a_refused_unit_is_tried_three_times_and_given_up(void **state) {
    (void)state;
    watch w = fresh();
    w.refused = 17;
    perebor_job job = job_of(&w, 40, 2);
    assert_int_equal(perebor_job_run(ranks, &job, NULL, NULL), PEREBOR_OK);
    assert_int_equal(atomic_load(&w.n_executed[17]), 3);
    assert_int_equal(w.n_given_up[17], 1);
    assert_int_equal(w.n_delivered[17], 0);
    assert_string_equal(w.reason, "unit 17 is refused");
    assert_int_equal(w.rank, 0);
    assert_true(w.seconds == 0.0); // it did not run for too long
    assert_int_equal(w.n, 39);
}

static void a_unit_that_runs_too_long_is_given_up(void **state) {
    (void)state;
    watch w = fresh();
    w.endless = 3;
    perebor_job job = job_of(&w, 10, 1);
    job.unit_seconds = 0.1;
    assert_int_equal(perebor_job_run(ranks, &job, NULL, NULL), PEREBOR_OK);
    assert_int_equal(w.n_given_up[3], 1);
    assert_int_equal(atomic_load(&w.n_executed[3]), 1); // it would hang anywhere
    assert_true(w.seconds >= 0.1);
    assert_string_equal(w.reason, "it ran for more than 0.1 s on rank 0");
    assert_int_equal(w.n, 9);
    assert_false(perebor_job_hangs(ranks)); // it ended when it was told to
}

static void a_failed_delivery_ends_the_job_with_its_error(void **state) {
    (void)state;
    watch w = fresh();
    w.undeliverable = 5;
    perebor_job job = job_of(&w, most_units, 2);
    perebor_error error = {0};
    assert_int_equal(perebor_job_run(ranks, &job, NULL, &error), PEREBOR_ERR_IO);
    assert_string_equal(error.message, "no space left for unit 5");
    assert_int_equal(w.n_delivered[5], 1);
}

static void a_stop_delivers_what_runs_and_begins_nothing_more(void **state) {
    (void)state;
    watch w = fresh();
    w.stop_after = 20;
    perebor_job job = job_of(&w, most_units, 1);
    assert_int_equal(perebor_job_run(ranks, &job, NULL, NULL), PEREBOR_ERR_STOPPED);
    assert_in_range(w.n, 20, most_units - 1);
    for (size_t unit = 0; unit < most_units; unit++) {
        assert_int_equal(w.n_delivered[unit], atomic_load(&w.n_executed[unit]));
    }
}

static void bytes_are_appended_one_after_another(void **state) {
    (void)state;
    perebor_unit_result result = {0};
    uint8_t expected[5000];
    size_t size = 0;
    assert_int_equal(perebor_unit_result_append(&result, NULL, 0, NULL), PEREBOR_OK);
    assert_int_equal(result.size, 0);
    for (size_t n = 0; size + n < sizeof expected; n += 7) {
        for (size_t i = 0; i < n; i++) {
            expected[size + i] = (uint8_t)(size + 3 * i);
        }
        assert_int_equal(perebor_unit_result_append(&result, expected + size, n, NULL), PEREBOR_OK);
        size += n;
        assert_int_equal(result.size, size);
        assert_true(result.capacity >= size);
    }
    assert_memory_equal(result.bytes, expected, size);
    free(result.bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_delivered_once),
        cmocka_unit_test(one_thread_takes_units_in_the_given_order),
        cmocka_unit_test(a_job_without_units_is_done),
        cmocka_unit_test(a_refused_unit_is_tried_three_times_and_given_up),
        cmocka_unit_test(a_unit_that_runs_too_long_is_given_up),
        cmocka_unit_test(a_failed_delivery_ends_the_job_with_its_error),
        cmocka_unit_test(a_stop_delivers_what_runs_and_begins_nothing_more),
        cmocka_unit_test(bytes_are_appended_one_after_another),
    };
    perebor_error error = {0};
    if (perebor_ranks_open(&ranks, &error) != PEREBOR_OK) {
        (void)fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return perebor_ranks_close(ranks, cmocka_run_group_tests(tests, NULL, NULL));
}
