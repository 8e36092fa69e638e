// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "perebor/experiment.h"

static void any_allocation_of_a_reading_may_fail(void **state) {
    (void)state;
    const char *path = PEREBOR_SOURCE_DIR "/experiments/one_click/experiment.yaml";
    const perebor_override overrides[] = {{"search.run_cap", "10"}, {"output.file", "x.h5"}};
    size_t n = 1;
    for (;; n++) {
        perebor_experiment *experiment = NULL;
        perebor_error error = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_experiment_read(&experiment, path, overrides, 2, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            perebor_experiment_free(experiment);
            break;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        assert_null(experiment);
    }
    assert_true(n > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_reading_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
