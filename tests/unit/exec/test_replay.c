// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "exec/replay.h"

enum { n_units = 4000 };

static double seconds[n_units], even[n_units];

/** Units of 1 to 10 ms, predicted to be alike, and of 1 ms. */
static int make_units(void **state) {
    (void)state;
    for (size_t unit = 0; unit < n_units; unit++) {
        seconds[unit] = 1e-3 * (double)(1 + unit * 7 % 10);
        even[unit] = 1e-3;
    }
    return 0;
}

static replay_outcome replay(const double *unit_seconds, size_t n_ranks, uint32_t n_threads) {
    replay_settings settings = {.n_units = n_units,
                                .seconds = unit_seconds,
                                .n_ranks = n_ranks,
                                .n_threads = n_threads,
                                .bytes_of_result = 200.0,
                                .members_of_result = 1.0,
                                .costs = &replay_usual_costs};
    replay_outcome outcome = {0};
    perebor_error error;
    assert_int_equal(replay_run(&settings, &outcome, &error), PEREBOR_OK);
    return outcome;
}

static double sum(const double *values) {
    double total = 0.0;
    for (size_t i = 0; i < n_units; i++) {
        total += values[i];
    }
    return total;
}

static void one_rank_takes_what_its_units_take(void **state) {
    (void)state;
    double total = sum(seconds);
    replay_outcome outcome = replay(seconds, 1, 1);
    assert_true(outcome.seconds >= total);
    assert_true(outcome.seconds <= 1.01 * total);
    assert_int_equal(outcome.n_messages, 0);
}

static void ranks_and_threads_divide_the_work(void **state) {
    (void)state;
    static const size_t ranks[] = {2, 3, 4, 16, 5};
    static const uint32_t threads[] = {1, 1, 1, 1, 8};
    double total = sum(seconds);
    for (size_t i = 0; i < sizeof ranks / sizeof *ranks; i++) {
        double ideal = total / (double)(ranks[i] * threads[i]);
        replay_outcome outcome = replay(seconds, ranks[i], threads[i]);
        assert_true(outcome.seconds >= ideal);
        assert_true(outcome.seconds <=
                    1.05 * ideal + 0.02); // a longest unit and a few looks at the end
        assert_true(outcome.compute_seconds >= total * (1.0 - 1e-9)); // every unit once
        assert_true(outcome.compute_seconds <= 1.02 * total);
        assert_true(outcome.n_messages > 0);
    }
}

static void the_same_arguments_give_the_same_outcome(void **state) {
    (void)state;
    replay_outcome one = replay(seconds, 7, 3);
    replay_outcome other = replay(seconds, 7, 3);
    assert_memory_equal(&one, &other, sizeof one);
}

/** What rank 0 can take is the bound on what ten thousand ranks deliver. */
static void rank_0_saturates(void **state) {
    (void)state;
    static replay_costs slow;
    slow = replay_usual_costs;
    slow.result = 1e-3;
    replay_settings settings = {.n_units = n_units,
                                .seconds = even,
                                .n_ranks = 10000,
                                .n_threads = 1,
                                .bytes_of_result = 200.0,
                                .members_of_result = 1.0,
                                .costs = &slow};
    replay_outcome outcome = {0};
    perebor_error error;
    assert_int_equal(replay_run(&settings, &outcome, &error), PEREBOR_OK);
    double rate = n_units / outcome.seconds;
    assert_true(rate <= 1.1 * replay_most_results(&settings)); // its own results cost it less
    assert_true(outcome.leader_seconds > 0.9 * outcome.seconds);
}

static void nothing_takes_no_time(void **state) {
    (void)state;
    replay_settings settings = {.seconds = even,
                                .n_ranks = 3,
                                .n_threads = 1,
                                .bytes_of_result = 200.0,
                                .costs = &replay_usual_costs};
    replay_outcome outcome = {0};
    perebor_error error;
    assert_int_equal(replay_run(&settings, &outcome, &error), PEREBOR_OK);
    assert_true(outcome.seconds < 0.01);
    assert_true(outcome.compute_seconds == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rank_takes_what_its_units_take),
        cmocka_unit_test(ranks_and_threads_divide_the_work),
        cmocka_unit_test(the_same_arguments_give_the_same_outcome),
        cmocka_unit_test(rank_0_saturates),
        cmocka_unit_test(nothing_takes_no_time),
    };
    return cmocka_run_group_tests(tests, make_units, NULL);
}
