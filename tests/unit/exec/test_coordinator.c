// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "exec/coordinator.h"

static const double SECOND_EACH[64] = {
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

static perebor_coordinator *start(size_t n_units, size_t n_workers, const double *cost) {
    perebor_coordinator_settings settings = {.n_units = n_units,
                                             .cost = cost,
                                             .n_workers = n_workers,
                                             .lease_seconds = 1.0,
                                             .reserve_seconds = 0.01,
                                             .attempts = 3,
                                             .unit_overhead_seconds = 1e-5};
    perebor_coordinator *c = NULL;
    perebor_error error;
    assert_int_equal(perebor_coordinator_create(&c, &settings, 0.0, &error), PEREBOR_OK);
    return c;
}

/** A sign of life of a worker that knows of every lease and holds those from oldest on. */
static void heartbeat(perebor_coordinator *c, double now, uint32_t worker, uint32_t epoch,
                      uint64_t oldest) {
    perebor_heartbeat payload = {
        .epoch = epoch, .n_threads = 1, .oldest_lease = oldest, .newest_lease = UINT64_MAX};
    perebor_coordinator_heartbeat(c, now, worker, &payload);
}

static perebor_command next(perebor_coordinator *c, double now) {
    perebor_command command;
    perebor_coordinator_next(c, now, &command);
    return command;
}

/** Takes all commands; keeps the last chunk for each worker. */
static void take_chunks(perebor_coordinator *c, double now, uint64_t lease[], uint32_t first[],
                        size_t n_units[]) {
    for (;;) {
        perebor_command command = next(c, now);
        if (command.kind == PEREBOR_COMMAND_NONE) {
            return;
        }
        if (command.kind == PEREBOR_COMMAND_CHUNK) {
            lease[command.worker] = command.lease;
            first[command.worker] = command.units[0];
            n_units[command.worker] = command.n_units;
        }
    }
}

static void units_go_out_in_the_given_order(void **state) {
    (void)state;
    const uint32_t order[3] = {2, 0, 1};
    perebor_coordinator_settings settings = {.n_units = 3,
                                             .order = order,
                                             .n_workers = 1,
                                             .lease_seconds = 1.0,
                                             .attempts = 3,
                                             .unit_overhead_seconds = 1e-5};
    perebor_coordinator *c = NULL;
    perebor_error error;
    assert_int_equal(perebor_coordinator_create(&c, &settings, 0.0, &error), PEREBOR_OK);
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    for (size_t i = 0; i < 3;) {
        perebor_command command = next(c, 0.0);
        assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
        for (size_t k = 0; k < command.n_units; k++, i++) {
            assert_in_range(i, 0, 2);
            assert_int_equal(command.units[k], order[i]);
        }
        assert_false(perebor_coordinator_finished(c));
        for (size_t k = command.n_units; k > 0; k--) {
            assert_true(perebor_coordinator_result(c, 0.0, 0, command.lease, order[i - k], 1.0));
        }
    }
    assert_true(perebor_coordinator_finished(c));
    perebor_coordinator_free(c);
}

static void a_worker_holds_its_next_unit_before_it_ends_the_present_one(void **state) {
    (void)state;
    perebor_coordinator *c = start(64, 2, SECOND_EACH);
    uint64_t lease[2] = {0, 0};
    uint32_t first[2];
    size_t n_units[2] = {0, 0};
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    heartbeat(c, 0.0, 1, 0, UINT64_MAX);
    take_chunks(c, 0.0, lease, first, n_units);
    assert_int_equal(n_units[0], 2);
    assert_int_equal(n_units[1], 2);
    perebor_coordinator_free(c);
}

static void nobody_hoards_near_the_end(void **state) {
    (void)state;
    perebor_coordinator *c = start(2, 2, SECOND_EACH);
    uint64_t lease[2] = {0, 0};
    uint32_t first[2];
    size_t n_units[2] = {0, 0};
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    heartbeat(c, 0.0, 1, 0, UINT64_MAX);
    take_chunks(c, 0.0, lease, first, n_units);
    assert_int_equal(n_units[0], 1);
    assert_int_equal(n_units[1], 1);
    perebor_coordinator_free(c);
}

static void short_units_travel_in_chunks(void **state) {
    (void)state;
    double cost[1000];
    for (size_t i = 0; i < 1000; i++) {
        cost[i] = 1e-4;
    }
    perebor_coordinator *c = start(1000, 1, cost);
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    perebor_command command = next(c, 0.0);
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_in_range(command.n_units, 90, 101); // 10 ms of work
    perebor_coordinator_free(c);
}

static void a_silent_worker_loses_its_units_to_others(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 2, NULL);
    uint64_t lease[2] = {0, 0};
    uint32_t first[2];
    size_t n_units[2] = {0, 0};
    heartbeat(c, 0.0, 1, 0, UINT64_MAX);
    take_chunks(c, 0.0, lease, first, n_units);
    uint64_t old = lease[1];
    assert_int_equal(n_units[1], 1);
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    perebor_coordinator_time(c, 0.9);
    take_chunks(c, 0.9, lease, first, n_units);
    assert_int_equal(n_units[0], 0); // Its lease still holds.
    perebor_coordinator_time(c, 1.1);
    take_chunks(c, 1.1, lease, first, n_units);
    assert_int_equal(n_units[0], 1);
    assert_false(perebor_coordinator_result(c, 1.2, 1, old, 0, 1.0)); // Fenced.
    assert_true(perebor_coordinator_result(c, 1.3, 0, lease[0], 0, 1.0));
    assert_false(perebor_coordinator_result(c, 1.3, 0, lease[0], 0, 1.0)); // Doubled.
    assert_true(perebor_coordinator_finished(c));
    perebor_coordinator_free(c);
}

static void worker_0_is_never_lost(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 1, NULL);
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    perebor_command command = next(c, 0.0);
    perebor_coordinator_time(c, 1000.0);
    perebor_coordinator_lost(c, 1000.0, 0);
    assert_int_equal(next(c, 1000.0).kind, PEREBOR_COMMAND_NONE);
    assert_true(perebor_coordinator_result(c, 1000.0, 0, command.lease, 0, 1000.0));
    perebor_coordinator_free(c);
}

static void a_lost_worker_is_told_so_until_it_answers_and_then_works_again(void **state) {
    (void)state;
    perebor_coordinator *c = start(64, 2, SECOND_EACH);
    heartbeat(c, 0.0, 1, 0, UINT64_MAX);
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_CHUNK);
    perebor_coordinator_time(c, 2.0);
    for (int i = 0; i < 3; i++) {
        perebor_command command = next(c, 2.0);
        assert_int_equal(command.kind, PEREBOR_COMMAND_REVOKE);
        assert_int_equal(command.worker, 1);
        assert_int_equal(command.epoch, 1);
        heartbeat(c, 2.0, 1, 0, 1); // It has not heard, or its answer was on its way before.
    }
    (void)next(c, 2.0);
    heartbeat(c, 2.1, 1, 1, UINT64_MAX);
    perebor_command command = next(c, 2.1);
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_int_equal(command.epoch, 1);
    perebor_coordinator_free(c);
}

static void a_lease_that_never_arrived_is_given_anew(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 2, NULL);
    perebor_heartbeat deaf = {.n_threads = 1, .oldest_lease = UINT64_MAX, .newest_lease = 0};
    perebor_coordinator_heartbeat(c, 0.0, 1, &deaf);
    perebor_command command = next(c, 0.0);
    uint64_t old = command.lease;
    perebor_coordinator_heartbeat(c, 0.1, 1, &deaf);
    assert_int_equal(next(c, 0.1).kind, PEREBOR_COMMAND_NONE); // It may yet arrive.
    perebor_coordinator_heartbeat(c, 0.7, 1, &deaf);
    command = next(c, 0.7);
    assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
    assert_true(command.lease > old);
    perebor_coordinator_free(c);
}

static void a_unit_that_kills_three_workers_is_given_up_and_no_other(void **state) {
    (void)state;
    perebor_coordinator *c = start(2, 5, SECOND_EACH);
    uint64_t lease[5];
    uint32_t first[5];
    size_t n_units[5] = {0};
    size_t n_given_up = 0;
    for (uint32_t worker = 1; worker < 5; worker++) {
        heartbeat(c, 0.0, worker, 0, UINT64_MAX);
    }
    take_chunks(c, 0.0, lease, first, n_units);
    for (uint32_t deaths = 0; deaths < 3; deaths++) {
        uint32_t victim = 1;
        while (n_units[victim] == 0 || first[victim] != 0) {
            victim++;
        }
        memset(n_units, 0, sizeof n_units);
        perebor_coordinator_lost(c, 0.1, victim);
        for (perebor_command command = next(c, 0.1); command.kind != PEREBOR_COMMAND_NONE;
             command = next(c, 0.1)) {
            if (command.kind == PEREBOR_COMMAND_CHUNK) {
                lease[command.worker] = command.lease;
                first[command.worker] = command.units[0];
                n_units[command.worker] = command.n_units;
            }
            if (command.kind == PEREBOR_COMMAND_GIVE_UP) {
                assert_int_equal(command.units[0], 0);
                assert_false(command.failed_here);
                n_given_up++;
            }
        }
    }
    assert_int_equal(n_given_up, 1);
    perebor_coordinator_free(c);
}

static void a_refused_unit_is_tried_three_times(void **state) {
    (void)state;
    perebor_coordinator *c = start(1, 1, NULL);
    heartbeat(c, 0.0, 0, 0, UINT64_MAX);
    for (int i = 0; i < 3; i++) {
        perebor_command command = next(c, 0.0);
        assert_int_equal(command.kind, PEREBOR_COMMAND_CHUNK);
        perebor_coordinator_refused(c, 0.0, 0, command.lease, 0);
    }
    perebor_command command = next(c, 0.0);
    assert_int_equal(command.kind, PEREBOR_COMMAND_GIVE_UP);
    assert_true(command.failed_here);
    assert_true(perebor_coordinator_finished(c));
    perebor_coordinator_free(c);
}

static void a_stop_is_repeated_until_obeyed_and_hands_out_nothing(void **state) {
    (void)state;
    perebor_coordinator *c = start(64, 2, SECOND_EACH);
    heartbeat(c, 0.0, 1, 0, UINT64_MAX);
    uint64_t lease = next(c, 0.0).lease;
    perebor_coordinator_stop(c);
    assert_int_equal(next(c, 0.0).kind, PEREBOR_COMMAND_STOP);
    heartbeat(c, 0.1, 1, 0, lease);
    assert_int_equal(next(c, 0.1).kind, PEREBOR_COMMAND_STOP);
    heartbeat(c, 0.2, 0, 0, UINT64_MAX); // One that comes late is told as well.
    assert_int_equal(next(c, 0.2).kind, PEREBOR_COMMAND_STOP);
    assert_false(perebor_coordinator_finished(c));
    assert_true(perebor_coordinator_result(c, 1.0, 1, lease, 0, 1.0)); // What runs is finished.
    perebor_heartbeat reply = {
        .n_threads = 1, .oldest_lease = UINT64_MAX, .newest_lease = lease, .stopped = 1};
    perebor_coordinator_heartbeat(c, 1.0, 1, &reply);
    assert_int_equal(next(c, 1.0).kind, PEREBOR_COMMAND_NONE);
    assert_true(perebor_coordinator_finished(c));
    perebor_coordinator_free(c);
}

static void no_units_is_a_finished_job(void **state) {
    (void)state;
    perebor_coordinator *c = start(0, 3, NULL);
    assert_true(perebor_coordinator_finished(c));
    perebor_coordinator_free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_go_out_in_the_given_order),
        cmocka_unit_test(a_worker_holds_its_next_unit_before_it_ends_the_present_one),
        cmocka_unit_test(nobody_hoards_near_the_end),
        cmocka_unit_test(short_units_travel_in_chunks),
        cmocka_unit_test(a_silent_worker_loses_its_units_to_others),
        cmocka_unit_test(worker_0_is_never_lost),
        cmocka_unit_test(a_lost_worker_is_told_so_until_it_answers_and_then_works_again),
        cmocka_unit_test(a_lease_that_never_arrived_is_given_anew),
        cmocka_unit_test(a_unit_that_kills_three_workers_is_given_up_and_no_other),
        cmocka_unit_test(a_refused_unit_is_tried_three_times),
        cmocka_unit_test(a_stop_is_repeated_until_obeyed_and_hands_out_nothing),
        cmocka_unit_test(no_units_is_a_finished_job),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
