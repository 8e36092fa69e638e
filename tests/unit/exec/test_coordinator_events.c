// SPDX-License-Identifier: MIT
// Single events and what they change; whole runs by a virtual clock are in tests/sim.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "exec/coordinator.h"

static perebor_coordinator *start(size_t n_units, size_t n_workers) {
    perebor_coordinator_settings settings = {.n_units = n_units,
                                             .n_workers = n_workers,
                                             .lease_seconds = 1.0,
                                             .reserve_seconds = 0.01,
                                             .attempts = 3,
                                             .unit_overhead_seconds = 1e-5};
    perebor_coordinator *c = NULL;
    assert_int_equal(perebor_coordinator_create(&c, &settings, 0.0, NULL), PEREBOR_OK);
    return c;
}

/** A sign of life of a worker that has no thread to spare and forgets nothing. */
static void appear(perebor_coordinator *c, double now, uint32_t worker, uint32_t n_threads) {
    perebor_heartbeat payload = {.n_threads = n_threads, .newest_lease = UINT64_MAX};
    perebor_coordinator_heartbeat(c, now, worker, &payload);
}

static perebor_command next(perebor_coordinator *c, double now) {
    perebor_command command;
    perebor_coordinator_next(c, now, &command);
    return command;
}

static perebor_coordinator_counts count(const perebor_coordinator *c) {
    perebor_coordinator_counts counts;
    perebor_coordinator_count(c, &counts);
    return counts;
}

static void settings_that_cannot_be_are_refused(void **state) {
    (void)state;
    static const struct {
        size_t n_units, n_workers;
        const char *message;
    } cases[] = {
        {UINT32_MAX, 1, "4294967295 units on 1 workers: at most 2^32 - 2 of each, and a worker"},
        {5, 0, "5 units on 0 workers: at most 2^32 - 2 of each, and a worker"},
        {5, UINT32_MAX, "5 units on 4294967295 workers: at most 2^32 - 2 of each, and a worker"},
    };
    for (size_t i = 0; i < 3; i++) {
        perebor_coordinator_settings settings = {.n_units = cases[i].n_units,
                                                 .n_workers = cases[i].n_workers};
        perebor_coordinator *c = NULL;
        perebor_error error = {0};
        assert_int_equal(perebor_coordinator_create(&c, &settings, 0.0, &error),
                         PEREBOR_ERR_ARGUMENT);
        assert_string_equal(error.message, cases[i].message);
        assert_null(c);
    }
    perebor_coordinator_free(NULL);
}

static void nobody_is_told_anything_before_he_is_heard_of(void **state) {
    (void)state;
    perebor_coordinator *c = start(3, 2);
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_NONE);
    assert_false(perebor_coordinator_finished(c));
    assert_int_equal(count(c).n_active, 0);
    perebor_coordinator_free(c);
}

static void a_worker_without_threads_is_given_nothing(void **state) {
    (void)state;
    perebor_coordinator *c = start(3, 1);
    appear(c, 0.0, 0, 0);
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_NONE);
    assert_int_equal(count(c).n_active, 1);
    appear(c, 0.1, 0, 2); // its threads came back
    perebor_command command = next(c, 0.1);
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_in_range(command.n_units, 2, 3);
    perebor_coordinator_free(c);
}

static void a_unit_that_hangs_is_given_up_at_once(void **state) {
    (void)state;
    perebor_coordinator *c = start(2, 1);
    appear(c, 0.0, 0, 1);
    perebor_command command = next(c, 0.0);
    uint64_t lease = command.lease;
    uint32_t unit = command.units[0];
    perebor_coordinator_overdue(c, 0.1, 0, lease + 1, unit); // of another lease: nothing
    assert_int_equal(count(c).n_given_up, 0);
    assert_int_equal(count(c).n_fenced, 1);
    perebor_coordinator_overdue(c, 0.2, 0, lease, unit);
    assert_int_equal(count(c).n_given_up, 1);
    command = next(c, 0.2);
    assert_int_equal(command.kind, PEREBOR_COMMAND_GIVE_UP);
    assert_int_equal(command.units[0], unit);
    assert_int_equal(command.n_units, 1);
    assert_true(command.failed_here);
    assert_false(perebor_coordinator_result(c, 0.3, 0, lease, unit, 1.0)); // too late
    assert_int_equal(next(c, 0.3).kind, PEREBOR_COMMAND_CHUNK);            // the other one
    perebor_coordinator_free(c);
}

static void answers_to_what_was_never_asked_are_fenced(void **state) {
    (void)state;
    perebor_coordinator *c = start(2, 2);
    appear(c, 0.0, 1, 1);
    perebor_command command = next(c, 0.0);
    uint32_t held = command.units[0], other = held == 0 ? 1 : 0;
    const struct {
        uint64_t lease;
        uint32_t unit;
    } cases[] = {{0, other}, {command.lease, other}, {command.lease + 1, held},
                 {0, held},  {command.lease, 2},     {command.lease, UINT32_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(perebor_coordinator_result(c, 0.1, 1, cases[i].lease, cases[i].unit, 1.0));
        perebor_coordinator_refused(c, 0.1, 1, cases[i].lease, cases[i].unit);
        assert_int_equal(count(c).n_fenced, 2 * i + 2);
    }
    assert_true(perebor_coordinator_result(c, 0.1, 1, command.lease, held, 1.0));
    assert_int_equal(count(c).n_delivered, 1);
    perebor_coordinator_free(c);
}

/** The answer of a worker that was thought dead counts if nobody else has begun the unit. */
static void a_late_answer_counts_while_the_unit_waits(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 2);
    appear(c, 0.0, 1, 1);
    perebor_command command = next(c, 0.0);
    uint64_t lease = command.lease;
    perebor_coordinator_lost(c, 0.5, 1);
    assert_int_equal(count(c).n_lost, 1);
    assert_int_equal(count(c).n_retries, 1);
    assert_true(perebor_coordinator_result(c, 0.6, 1, lease, 0, 0.6));
    assert_true(perebor_coordinator_finished(c));
    assert_int_equal(count(c).n_leased, 0);
    perebor_coordinator_free(c);
}

static void a_refused_unit_goes_to_others_first(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 3);
    appear(c, 0.0, 1, 1);
    perebor_command command = next(c, 0.0);
    assert_int_equal(command.worker, 1);
    uint64_t lease = command.lease;
    appear(c, 0.0, 2, 1); // which waits for work that there is none of
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_NONE);
    assert_true(perebor_coordinator_in_tail(c));
    perebor_coordinator_refused(c, 0.1, 1, lease, 0);
    command = next(c, 0.1);
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_int_equal(command.worker, 2);
    perebor_coordinator_free(c);
}

/** Units that killed somebody are for worker 0 only when it is the last. */
static void worker_0_is_spared_what_kills(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 3);
    appear(c, 0.0, 1, 1);
    assert_int_equal(next(c, 0.0).worker, 1);
    appear(c, 0.0, 0, 1);
    appear(c, 0.0, 2, 0); // is there, but cannot compute
    perebor_coordinator_lost(c, 0.1, 1);
    perebor_command command = next(c, 0.1);
    assert_int_equal(command.kind, PEREBOR_COMMAND_REVOKE);
    assert_int_equal(command.worker, 1);
    assert_int_equal(next(c, 0.1).kind, PEREBOR_COMMAND_NONE);
    perebor_coordinator_lost(c, 0.2, 2);
    command = next(c, 0.2);
    command = command.kind == PEREBOR_COMMAND_REVOKE ? next(c, 0.2) : command;
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_int_equal(command.worker, 0);
    perebor_coordinator_free(c);
}

static void a_worker_of_another_job_is_not_heard(void **state) {
    (void)state;
    perebor_coordinator *c = start(3, 2);
    perebor_heartbeat later = {.epoch = 7, .n_threads = 1, .newest_lease = UINT64_MAX};
    perebor_coordinator_heartbeat(c, 0.0, 1, &later);
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_NONE);
    assert_int_equal(count(c).n_active, 0);
    perebor_coordinator_free(c);
}

static void silence_is_measured_from_the_last_word(void **state) {
    (void)state;
    perebor_coordinator *c = start(2, 3);
    appear(c, 0.0, 1, 1);
    appear(c, 0.0, 2, 1);
    uint64_t lease = 0;
    for (int i = 0; i < 2; i++) {
        perebor_command command = next(c, 0.0);
        lease = command.worker == 2 ? command.lease : lease;
    }
    assert_false(perebor_coordinator_result(c, 0.9, 2, lease + 9, 0, 1.0)); // any word will do
    perebor_coordinator_time(c, 1.0); // not longer than a lease
    assert_int_equal(count(c).n_active, 2);
    perebor_coordinator_time(c, 1.07);
    assert_int_equal(count(c).n_active, 1);
    assert_int_equal(count(c).n_lost, 1);
    perebor_coordinator_time(c, 1.89);
    assert_int_equal(count(c).n_active, 1);
    perebor_coordinator_time(c, 2.0);
    assert_int_equal(count(c).n_active, 0);
    appear(c, 2.0, 1, 1); // in the old epoch: it has not heard yet that it is lost
    assert_int_equal(count(c).n_active, 0);
    perebor_coordinator_free(c);
}

static void a_chunk_fits_a_message(void **state) {
    (void)state;
    perebor_coordinator *c = start(5000, 1);
    appear(c, 0.0, 0, 2000);
    size_t total = 0, sizes[3];
    for (size_t i = 0; i < 3; i++) {
        perebor_command command = next(c, 0.0);
        assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
        sizes[i] = command.n_units;
        total += command.n_units;
    }
    assert_int_equal(sizes[0], PEREBOR_CHUNK_MAX);
    assert_int_equal(sizes[1], PEREBOR_CHUNK_MAX);
    assert_true(total >= 2000); // a unit for each thread at least
    assert_int_equal(count(c).n_leased, total);
    perebor_coordinator_free(c);
}

static void a_stop_leaves_what_waits(void **state) {
    (void)state;
    perebor_coordinator *c = start(5, 1);
    perebor_coordinator_stop(c);
    assert_true(perebor_coordinator_finished(c));
    appear(c, 0.0, 0, 1);
    perebor_command command = next(c, 0.0);
    assert_int_equal(command.kind, PEREBOR_COMMAND_STOP);
    perebor_coordinator_stop(c); // once more is no more
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_NONE);
    assert_int_equal(count(c).n_leased, 0);
    perebor_coordinator_free(c);
}

enum { world_units = 40, world_workers = 4 };

/** What a test of random events remembers. */
typedef struct world {
    perebor_coordinator *c;
    uint64_t lease[world_units]; /**< The last under which a unit was handed out. */
    uint32_t worker[world_units], epoch[world_workers];
    uint8_t n_done[world_units]; /**< Delivered or given up. */
    double now;
} world;

static void obey(world *w) {
    perebor_command command;
    while (perebor_coordinator_next(w->c, w->now, &command), command.kind != PEREBOR_COMMAND_NONE) {
        for (size_t i = 0; i < command.n_units; i++) {
            uint32_t unit = command.units[i];
            assert_int_equal(w->n_done[unit], 0); // nothing done is handed out or given up again
            if (command.kind == PEREBOR_COMMAND_GIVE_UP) {
                w->n_done[unit]++;
            } else {
                assert_true(command.lease > w->lease[unit]);
                w->lease[unit] = command.lease;
                w->worker[unit] = command.worker;
            }
        }
        if (command.kind == PEREBOR_COMMAND_REVOKE) {
            w->epoch[command.worker] = command.epoch;
        }
    }
}

static void answer(world *w, uint32_t unit, uint64_t lease) {
    bool taken = perebor_coordinator_result(w->c, w->now, w->worker[unit], lease, unit, 0.01);
    w->n_done[unit] += taken;
    assert_in_range(w->n_done[unit], 0, 1);
}

static void happen(world *w, uint64_t *random) {
    uint32_t unit = (uint32_t)(draw_bits(random) % world_units);
    uint32_t worker = (uint32_t)(draw_bits(random) % world_workers);
    uint64_t old = draw_bits(random) % 3;
    uint64_t lease = w->lease[unit] > old ? w->lease[unit] - old : 0;
    perebor_heartbeat payload = {.epoch = w->epoch[worker],
                                 .n_threads = (uint32_t)(draw_bits(random) % 3),
                                 .oldest_lease = draw_bits(random) % 2 ? UINT64_MAX : 0,
                                 .newest_lease = draw_bits(random) % 2 ? UINT64_MAX : 0};
    switch (draw_bits(random) % 8) {
    case 0:
        perebor_coordinator_lost(w->c, w->now, worker);
        break;
    case 1:
        perebor_coordinator_refused(w->c, w->now, worker, lease, unit);
        break;
    case 2:
        perebor_coordinator_overdue(w->c, w->now, worker, lease, unit);
        break;
    case 3:
        perebor_coordinator_time(w->c, w->now += 0.4);
        break;
    case 4:
    case 5:
        answer(w, unit, lease);
        break;
    default:
        perebor_coordinator_heartbeat(w->c, w->now, worker, &payload);
        break;
    }
}

/** Whatever happens, worker 0 finishes in the end, and every unit is done once. */
static void every_unit_is_done_once_whatever_happens(void **state) {
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        uint64_t random = seed;
        world w = {.c = start(world_units, world_workers)};
        for (int i = 0; i < 150; i++) {
            happen(&w, &random);
            obey(&w);
        }
        for (int i = 0; i < 300 && !perebor_coordinator_finished(w.c); i++) {
            w.now += 2.0; // all others are silent
            perebor_coordinator_time(w.c, w.now);
            appear(w.c, w.now, 0, 1);
            obey(&w);
            for (uint32_t unit = 0; unit < world_units; unit++) {
                answer(&w, unit, w.worker[unit] == 0 ? w.lease[unit] : 0);
            }
        }
        assert_true(perebor_coordinator_finished(w.c));
        for (uint32_t unit = 0; unit < world_units; unit++) {
            assert_int_equal(w.n_done[unit], 1);
        }
        perebor_coordinator_counts counts = count(w.c);
        assert_int_equal(counts.n_delivered + counts.n_given_up, world_units);
        assert_int_equal(counts.n_leased, 0);
        perebor_coordinator_free(w.c);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_that_cannot_be_are_refused),
        cmocka_unit_test(nobody_is_told_anything_before_he_is_heard_of),
        cmocka_unit_test(a_worker_without_threads_is_given_nothing),
        cmocka_unit_test(a_unit_that_hangs_is_given_up_at_once),
        cmocka_unit_test(answers_to_what_was_never_asked_are_fenced),
        cmocka_unit_test(a_late_answer_counts_while_the_unit_waits),
        cmocka_unit_test(a_refused_unit_goes_to_others_first),
        cmocka_unit_test(worker_0_is_spared_what_kills),
        cmocka_unit_test(a_worker_of_another_job_is_not_heard),
        cmocka_unit_test(silence_is_measured_from_the_last_word),
        cmocka_unit_test(a_chunk_fits_a_message),
        cmocka_unit_test(a_stop_leaves_what_waits),
        cmocka_unit_test(every_unit_is_done_once_whatever_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
