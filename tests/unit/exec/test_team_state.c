// SPDX-License-Identifier: MIT
// What is known of a team while it works: where its units are, how long they take, who hangs.
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "exec/team.h"

/** Units wait at a gate, which lets so many through. */
typedef struct gate {
    atomic_int n_entered, n_let;
} gate;

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    gate *g = context;
    (void)thread;
    int place = atomic_fetch_add(&g->n_entered, 1);
    while (atomic_load(&g->n_let) <= place) {
        clock_sleep(1e-4);
    }
    return perebor_unit_result_append(result, &unit, sizeof unit, error);
}

static thread_team *start(gate *g, int n_threads) {
    perebor_job job = {.n_threads = n_threads, .context = g, .execute = execute};
    thread_team *team = NULL;
    assert_int_equal(team_create(&team, &job, NULL), PEREBOR_OK);
    return team;
}

static void push(thread_team *team, uint64_t lease, uint32_t first, uint32_t n) {
    uint32_t units[2000];
    for (uint32_t i = 0; i < n; i++) {
        units[i] = first + i;
    }
    assert_int_equal(team_push(team, lease, units, n, NULL), PEREBOR_OK);
}

/** Waits until so many units were begun. */
static void wait_entered(gate *g, int n) {
    while (atomic_load(&g->n_entered) < n) {
        clock_sleep(1e-4);
    }
}

/** Waits until nothing runs or is queued. */
static team_state wait_idle(thread_team *team) {
    team_state found;
    do {
        clock_sleep(1e-4);
        team_look(team, &found);
    } while (found.n_running > 0 || found.n_queued > 0);
    return found;
}

static void a_team_without_units_holds_no_lease(void **state) {
    (void)state;
    gate g = {0};
    team_state found;
    thread_team *team = start(&g, 2);
    team_look(team, &found);
    assert_int_equal(found.n_queued, 0);
    assert_int_equal(found.n_running, 0);
    assert_true(found.oldest_lease == UINT64_MAX);
    assert_true(found.outbox_empty);
    assert_true(found.mean_seconds == 0.0);
    assert_true(found.longest_seconds == 0.0);
    assert_int_equal(found.n_hanging, 0);
    assert_false(team_free(team));
    assert_false(team_free(NULL));
}

/** A lease is held until its outcomes are collected. */
static void the_oldest_lease_is_that_of_what_is_queued_running_or_uncollected(void **state) {
    (void)state;
    gate g = {0};
    team_state found;
    team_outbox outbox = {0};
    thread_team *team = start(&g, 1);
    push(team, 5, 0, 1);
    wait_entered(&g, 1);
    push(team, 6, 1, 3);
    push(team, 7, 4, 1);
    team_look(team, &found);
    assert_int_equal(found.n_running, 1);
    assert_int_equal(found.n_queued, 4);
    assert_int_equal(found.oldest_lease, 5);
    assert_int_equal(found.longest_lease, 5);
    assert_int_equal(found.longest_unit, 0);
    assert_true(found.longest_seconds > 0.0);
    atomic_store(&g.n_let, 2);
    wait_entered(&g, 3);
    team_look(team, &found);
    assert_false(found.outbox_empty);
    assert_int_equal(found.oldest_lease, 5); // not collected yet
    assert_int_equal(team_collect(team, &outbox, NULL), PEREBOR_OK);
    team_look(team, &found);
    assert_int_equal(found.oldest_lease, 6);
    assert_int_equal(found.longest_unit, 2);
    atomic_store(&g.n_let, 5);
    found = wait_idle(team);
    assert_int_equal(found.oldest_lease, 6);
    assert_true(found.mean_seconds > 0.0);
    assert_int_equal(team_collect(team, &outbox, NULL), PEREBOR_OK);
    team_look(team, &found);
    assert_true(found.oldest_lease == UINT64_MAX);
    assert_true(found.outbox_empty);
    free(outbox.bytes);
    assert_false(team_free(team));
}

/** The queue grows while its front is somewhere in the middle. */
static void a_long_queue_keeps_its_order(void **state) {
    (void)state;
    gate g = {0};
    team_outbox outbox = {0};
    thread_team *team = start(&g, 1);
    push(team, 1, 0, 200);
    atomic_store(&g.n_let, 150);
    wait_entered(&g, 151);
    push(team, 2, 200, 1800);
    atomic_store(&g.n_let, 2000);
    (void)wait_idle(team);
    assert_int_equal(team_collect(team, &outbox, NULL), PEREBOR_OK);
    size_t at = 0;
    for (uint32_t unit = 0; unit < 2000; unit++) {
        team_outcome outcome;
        memcpy(&outcome, outbox.bytes + at, sizeof outcome);
        assert_int_equal(outcome.unit, unit);
        assert_int_equal(outcome.lease, unit < 200 ? 1 : 2);
        assert_int_equal(outcome.refused, 0);
        assert_int_equal(outcome.size, sizeof unit);
        assert_memory_equal(outbox.bytes + at + sizeof outcome, &unit, sizeof unit);
        at += sizeof outcome + 8;
    }
    assert_int_equal(at, outbox.size);
    free(outbox.bytes);
    assert_false(team_free(team));
}

static void who_hangs_is_counted_until_he_comes_back(void **state) {
    (void)state;
    gate g = {0};
    team_state found;
    thread_team *team = start(&g, 2);
    push(team, 3, 0, 2);
    wait_entered(&g, 2);
    team_abandon(team, 4, 0); // of another lease: nobody's
    team_look(team, &found);
    assert_int_equal(found.n_hanging, 0);
    team_abandon(team, 3, 0);
    team_look(team, &found);
    assert_int_equal(found.n_hanging, 1);
    assert_int_equal(found.n_running, 1);
    assert_true(found.all_hang_seconds == 0.0);
    team_abandon(team, 3, 1);
    clock_sleep(1e-3);
    team_look(team, &found);
    assert_int_equal(found.n_hanging, 2);
    assert_true(found.all_hang_seconds > 0.0);
    assert_true(found.oldest_lease == UINT64_MAX); // its leases are not held any more
    atomic_store(&g.n_let, 2);
    do {
        clock_sleep(1e-4);
        team_look(team, &found);
    } while (found.n_hanging > 0);
    assert_true(found.outbox_empty); // what came too late is dropped
    assert_false(team_free(team));
}

static void all_time_of_all_threads_is_accounted_for(void **state) {
    (void)state;
    gate g = {0};
    double begun = clock_now();
    perebor_rank_timings timings = {0};
    thread_team *team = start(&g, 3);
    double started = clock_now();
    push(team, 1, 0, 2);
    wait_entered(&g, 2);
    clock_sleep(0.05);
    double before = clock_now();
    team_account(team, &timings);
    double after = clock_now();
    double sum = timings.compute + timings.wait;
    assert_true(sum >= 3.0 * (before - started) - 1e-6 && sum <= 3.0 * (after - begun) + 1e-6);
    assert_true(timings.compute >= 0.1 - 1e-6); // two were at it
    assert_true(timings.wait >= 0.05 - 1e-6);   // one was not
    assert_int_equal(timings.n_units, 0);
    assert_int_equal(timings.n_threads, 3);
    atomic_store(&g.n_let, 2);
    (void)wait_idle(team);
    team_account(team, &timings); // added to what was there
    assert_int_equal(timings.n_units, 2);
    assert_int_equal(timings.n_threads, 6);
    assert_false(team_free(team));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_team_without_units_holds_no_lease),
        cmocka_unit_test(the_oldest_lease_is_that_of_what_is_queued_running_or_uncollected),
        cmocka_unit_test(a_long_queue_keeps_its_order),
        cmocka_unit_test(who_hangs_is_counted_until_he_comes_back),
        cmocka_unit_test(all_time_of_all_threads_is_accounted_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
