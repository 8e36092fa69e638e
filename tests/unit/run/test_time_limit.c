// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/time_limit.h"

static const double now = 1e9;

/** Seconds that a search may hand out work in an allocation that has so many left. */
static double in_allocation(const char *end) {
    assert_int_equal(setenv("SLURM_JOB_END_TIME", end, 1), 0);
    double seconds = time_limit_seconds(0.0, 0.0, now);
    assert_int_equal(unsetenv("SLURM_JOB_END_TIME"), 0);
    return seconds;
}

static void a_short_allocation_is_used_but_for_a_tenth(void **state) {
    (void)state;
    assert_true(in_allocation("1000000060") == 54.0);
    assert_true(in_allocation("1000000300") == 270.0);
    assert_true(in_allocation("1000000600") == 540.0);
}

static void a_long_allocation_is_used_but_for_a_minute(void **state) {
    (void)state;
    assert_true(in_allocation("1000007200") == 7140.0);
    assert_true(in_allocation("1000086400") == 86340.0);
}

static void an_end_that_has_passed_leaves_nothing(void **state) {
    (void)state;
    assert_true(in_allocation("1000000000") == 0.0);
    assert_true(in_allocation("999999999") == 0.0);
}

static void an_end_that_is_no_time_is_none(void **state) {
    (void)state;
    assert_true(isinf(in_allocation("")));
    assert_true(isinf(in_allocation("N/A")));
    assert_true(isinf(in_allocation("0")));
}

static void the_nearest_end_counts(void **state) {
    (void)state;
    assert_true(isinf(time_limit_seconds(0.0, 0.0, now)));
    assert_true(time_limit_seconds(30.0, 0.0, now) == 30.0);
    assert_true(time_limit_seconds(30.0, 20.0, now) == 20.0);
    assert_int_equal(setenv("SLURM_JOB_END_TIME", "1000000010", 1), 0);
    assert_true(time_limit_seconds(30.0, 20.0, now) == 9.0);
    assert_int_equal(unsetenv("SLURM_JOB_END_TIME"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_allocation_is_used_but_for_a_tenth),
        cmocka_unit_test(a_long_allocation_is_used_but_for_a_minute),
        cmocka_unit_test(an_end_that_has_passed_leaves_nothing),
        cmocka_unit_test(an_end_that_is_no_time_is_none),
        cmocka_unit_test(the_nearest_end_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
