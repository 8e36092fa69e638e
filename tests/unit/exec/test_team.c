// SPDX-License-Identifier: MIT
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
#include "exec/team.h"

enum { unit_count = 5000, thread_count = 4 };

typedef struct bench {
    atomic_int busy[thread_count]; // 1 while a call with that thread number runs.
    atomic_int n_clashes;
    atomic_bool hold; // Units wait while it is set,
    bool obedient;    // unless they are told to end.
} bench;

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    bench *b = context;
    if (atomic_fetch_add(&b->busy[thread], 1) != 0) {
        atomic_fetch_add(&b->n_clashes, 1);
    }
    while (atomic_load(&b->hold) && !(b->obedient && perebor_deadline_passed())) {
        clock_sleep(1e-4);
    }
    perebor_status status = PEREBOR_OK;
    for (uint32_t i = 0; i < unit % 7 && status == PEREBOR_OK; i++) {
        status = perebor_unit_result_append(result, &unit, sizeof unit, error);
    }
    if (unit % 1000 == 999) {
        status = perebor_fail(error, PEREBOR_ERR_MEMORY, "not %u", unit);
    }
    atomic_fetch_sub(&b->busy[thread], 1);
    return status;
}

/** Looks into an outbox; counts each unit. */
static size_t check_outbox(const team_outbox *outbox, uint8_t *seen) {
    size_t n = 0;
    for (size_t at = 0; at < outbox->size; n++) {
        team_outcome outcome;
        memcpy(&outcome, outbox->bytes + at, sizeof outcome);
        const uint8_t *bytes = outbox->bytes + at + sizeof outcome;
        assert_in_range(outcome.unit, 0, unit_count - 1);
        assert_int_equal(outcome.lease, 1 + outcome.unit / 100);
        assert_int_equal(outcome.refused, outcome.unit % 1000 == 999);
        if (outcome.refused) {
            char reason[16];
            (void)snprintf(reason, sizeof reason, "not %u", outcome.unit);
            assert_int_equal(outcome.size, strlen(reason));
            assert_memory_equal(bytes, reason, outcome.size);
        } else {
            assert_int_equal(outcome.size, 4 * (outcome.unit % 7));
            for (uint32_t i = 0; i < outcome.unit % 7; i++) {
                assert_memory_equal(bytes + 4 * (size_t)i, &outcome.unit, 4);
            }
        }
        seen[outcome.unit]++;
        at += sizeof outcome + ((size_t)outcome.size + 7) / 8 * 8;
    }
    return n;
}

static thread_team *start(bench *b, perebor_job *job) {
    *job = (perebor_job){.n_threads = thread_count, .context = b, .execute = execute};
    thread_team *team = NULL;
    perebor_error error;
    assert_int_equal(team_create(&team, job, &error), PEREBOR_OK);
    return team;
}

static void every_unit_is_computed_once_by_one_thread_at_a_time(void **state) {
    (void)state;
    static bench b;
    perebor_job job;
    perebor_error error;
    thread_team *team = start(&b, &job);
    uint8_t *seen = calloc(unit_count, 1);
    assert_non_null(seen);
    team_outbox outbox = {.bytes = NULL};
    size_t n_done = 0;
    for (uint32_t unit = 0; unit < unit_count; unit += 100) {
        uint32_t units[100];
        for (uint32_t i = 0; i < 100; i++) {
            units[i] = unit + i;
        }
        assert_int_equal(team_push(team, 1 + unit / 100, units, 100, &error), PEREBOR_OK);
        assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
        n_done += check_outbox(&outbox, seen);
    }
    double limit = clock_now() + 60.0;
    while (n_done < unit_count && clock_now() < limit) {
        team_wait(team, 1e-3);
        assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
        n_done += check_outbox(&outbox, seen);
    }
    for (size_t i = 0; i < unit_count; i++) {
        assert_int_equal(seen[i], 1);
    }
    assert_int_equal(atomic_load(&b.n_clashes), 0);
    perebor_rank_timings timings = {.wall = 0.0};
    team_account(team, &timings);
    assert_int_equal(timings.n_units, unit_count);
    assert_int_equal(timings.n_threads, thread_count);
    assert_true(timings.compute > 0.0);
    team_free(team);
    free(outbox.bytes);
    free(seen);
}

static void dropped_units_are_not_begun_and_running_ones_are_finished(void **state) {
    (void)state;
    static bench b;
    perebor_job job;
    perebor_error error;
    atomic_store(&b.hold, true);
    thread_team *team = start(&b, &job);
    uint32_t units[50];
    for (uint32_t i = 0; i < 50; i++) {
        units[i] = i;
    }
    assert_int_equal(team_push(team, 1, units, 50, &error), PEREBOR_OK);
    team_state at = {.n_running = 0};
    double limit = clock_now() + 60.0;
    while (at.n_running < thread_count && clock_now() < limit) {
        clock_sleep(1e-3);
        team_look(team, &at);
    }
    assert_int_equal(at.n_running, thread_count);
    assert_int_equal(at.n_queued, 50 - thread_count);
    assert_int_equal(at.oldest_lease, 1);
    team_drop_queue(team);
    atomic_store(&b.hold, false);
    while (at.n_running > 0 && clock_now() < limit) {
        clock_sleep(1e-3);
        team_look(team, &at);
    }
    uint8_t seen[unit_count] = {0};
    team_outbox outbox = {.bytes = NULL};
    assert_int_equal(at.oldest_lease, 1); // The results have not been collected.
    assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
    assert_int_equal(check_outbox(&outbox, seen), thread_count);
    team_look(team, &at);
    assert_true(at.oldest_lease == UINT64_MAX);
    team_free(team);
    free(outbox.bytes);
}

static void an_abandoned_unit_has_no_outcome_and_its_thread_may_come_back(void **state) {
    (void)state;
    static bench b;
    perebor_job job;
    perebor_error error;
    const uint32_t units[1] = {3};
    atomic_store(&b.hold, true);
    thread_team *team = start(&b, &job);
    assert_int_equal(team_push(team, 1, units, 1, &error), PEREBOR_OK);
    team_state at = {.n_running = 0};
    double limit = clock_now() + 60.0;
    while ((at.n_running < 1 || at.longest_seconds < 0.01) && clock_now() < limit) {
        clock_sleep(1e-3);
        team_look(team, &at);
    }
    assert_int_equal(at.longest_unit, 3);
    assert_int_equal(at.longest_lease, 1);
    team_abandon(team, at.longest_lease, at.longest_unit);
    team_look(team, &at);
    assert_int_equal(at.n_hanging, 1);
    assert_int_equal(at.n_running, 0);
    assert_true(at.oldest_lease == UINT64_MAX);
    atomic_store(&b.hold, false);
    while (at.n_hanging > 0 && clock_now() < limit) {
        clock_sleep(1e-3);
        team_look(team, &at);
    }
    assert_int_equal(at.n_hanging, 0);
    assert_true(at.outbox_empty);
    team_free(team);
}

static void all_that_runs_can_be_abandoned_and_what_has_ended_is_kept(void **state) {
    (void)state;
    static bench b = {.obedient = true};
    perebor_job job;
    perebor_error error;
    const uint32_t units[thread_count] = {1, 2, 3, 4};
    thread_team *team = start(&b, &job);
    assert_int_equal(team_push(team, 1, units, 1, &error), PEREBOR_OK); // Ends by itself.
    team_state at;
    do {
        clock_sleep(1e-3);
        team_look(team, &at);
    } while (at.outbox_empty);
    atomic_store(&b.hold, true);
    assert_int_equal(team_push(team, 1, units + 1, 3, &error), PEREBOR_OK);
    do {
        clock_sleep(1e-3);
        team_look(team, &at);
    } while (at.n_running < 3);
    team_abandon_all(team);
    team_look(team, &at);
    assert_int_equal(at.n_running, 0);
    do {
        clock_sleep(1e-3);
        team_look(team, &at);
    } while (at.n_hanging > 0); // They are still held, and end because they were told to.
    uint8_t seen[unit_count] = {0};
    team_outbox outbox = {.bytes = NULL};
    assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
    assert_int_equal(check_outbox(&outbox, seen), 1);
    assert_int_equal(seen[1], 1);
    assert_false(team_free(team));
    free(outbox.bytes);
}

static void a_unit_is_told_to_end_and_the_next_is_not(void **state) {
    (void)state;
    static bench b = {.obedient = true};
    perebor_job job = {.n_threads = 1, .context = &b, .execute = execute};
    perebor_error error;
    const uint32_t units[2] = {3, 5};
    thread_team *team = NULL;
    assert_int_equal(team_create(&team, &job, &error), PEREBOR_OK);
    for (int i = 0; i < 2; i++) {
        atomic_store(&b.hold, true);
        assert_int_equal(team_push(team, 1, &units[i], 1, &error), PEREBOR_OK);
        team_state at = {.n_running = 0};
        while (at.n_running < 1) {
            clock_sleep(1e-3);
            team_look(team, &at);
        }
        if (i == 0) {
            team_abandon(team, 1, units[0]);
            do {
                clock_sleep(1e-3);
                team_look(team, &at);
            } while (at.n_hanging > 0);
            assert_true(at.outbox_empty);
        }
        atomic_store(&b.hold, i == 1); // The second unit would end, were it told to.
    }
    atomic_store(&b.hold, false);
    team_outbox outbox = {.bytes = NULL};
    while (outbox.size == 0) {
        clock_sleep(1e-3);
        assert_int_equal(team_collect(team, &outbox, &error), PEREBOR_OK);
    }
    uint8_t seen[unit_count] = {0};
    assert_int_equal(check_outbox(&outbox, seen), 1);
    assert_int_equal(seen[5], 1);
    assert_false(team_free(team));
    free(outbox.bytes);
}

static void waiting_ends_when_a_thread_is_out_of_work(void **state) {
    (void)state;
    static bench b;
    perebor_job job;
    thread_team *team = start(&b, &job);
    double began = clock_now();
    team_wait(team, 30.0);
    assert_true(clock_now() - began < 20.0);
    team_free(team);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unit_is_computed_once_by_one_thread_at_a_time),
        cmocka_unit_test(dropped_units_are_not_begun_and_running_ones_are_finished),
        cmocka_unit_test(an_abandoned_unit_has_no_outcome_and_its_thread_may_come_back),
        cmocka_unit_test(all_that_runs_can_be_abandoned_and_what_has_ended_is_kept),
        cmocka_unit_test(a_unit_is_told_to_end_and_the_next_is_not),
        cmocka_unit_test(waiting_ends_when_a_thread_is_out_of_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
