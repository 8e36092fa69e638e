// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "run/time_limit.h"

static const double now = 1000000.0;

static void assert_limit(const char *end_time, double max_seconds, double timeout, double limit) {
    if (end_time == NULL) {
        assert_int_equal(unsetenv("SLURM_JOB_END_TIME"), 0);
    } else {
        assert_int_equal(setenv("SLURM_JOB_END_TIME", end_time, 1), 0);
    }
    double found = time_limit_seconds(max_seconds, timeout, now);
    if (found != limit) {
        fail_msg("%s, %g, %g: %.17g, not %.17g", end_time == NULL ? "-" : end_time, max_seconds,
                 timeout, found, limit);
    }
}

static void the_nearest_end_counts(void **state) {
    (void)state;
    assert_limit(NULL, 0.0, 0.0, INFINITY);
    assert_limit(NULL, 5.0, 0.0, 5.0);
    assert_limit(NULL, 0.0, 7.0, 7.0);
    assert_limit(NULL, 5.0, 7.0, 5.0);
    assert_limit(NULL, 7.0, 5.0, 5.0);
    assert_limit("1000600", 500.0, 400.0, 400.0);
    assert_limit("1000600", 600.0, 700.0, 540.0);
}

/** A minute for the end, or a tenth of what is left if that is less. */
static void the_end_of_an_allocation_leaves_time_to_finish(void **state) {
    (void)state;
    assert_limit("1007200", 0.0, 0.0, 7140.0);
    assert_limit("1000600", 0.0, 0.0, 540.0);
    assert_limit("1000100", 0.0, 0.0, 90.0);
    assert_limit("1000000", 0.0, 0.0, 0.0);
    assert_limit("1000050.5", 0.0, 0.0, 45.45);
    assert_limit("999999", 0.0, 0.0, 0.0); // over already
    assert_limit("1", 0.0, 9.0, 0.0);
}

static void an_end_that_is_no_time_is_not_minded(void **state) {
    (void)state;
    static const char *const texts[] = {"", "soon", "1000600s", "0", "-5", "nan", "12:30"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_limit(texts[i], 0.0, 0.0, INFINITY);
        assert_limit(texts[i], 3.0, 0.0, 3.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_end_counts),
        cmocka_unit_test(the_end_of_an_allocation_leaves_time_to_finish),
        cmocka_unit_test(an_end_that_is_no_time_is_not_minded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
