// SPDX-License-Identifier: MIT
/** Every single allocation of this room's own fails in turn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "made_trials.h"
#include "report/trial_list.h"

static perebor_trials *trials;
static FILE *nowhere;

static perebor_status write_all(perebor_error *error) {
    perebor_trial_list list = {0};
    perebor_status status =
        perebor_trial_list_choose(&list, trials, "rank>0", PEREBOR_BY_RANK, 0, error);
    if (status == PEREBOR_OK) {
        status = perebor_trial_list_merge_equal(&list, 0, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_trial_list_write_table(&list, 80, nowhere, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_trial_list_write_json(&list, nowhere, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_trial_list_write_csv(&list, nowhere, error);
    }
    perebor_trial_list_release(&list);
    return status;
}

static void every_allocation_that_fails_is_told(void **state) {
    (void)state;
    perebor_status status = PEREBOR_ERR_MEMORY;
    size_t n = 0;
    while (status != PEREBOR_OK) {
        perebor_error error = {0};
        failing_malloc_arm(++n);
        status = write_all(&error);
        assert_int_equal(failing_malloc_disarm(), status != PEREBOR_OK);
        assert_int_equal(status, status == PEREBOR_OK ? PEREBOR_OK : PEREBOR_ERR_MEMORY);
        assert_int_equal(error.status, status);
    }
    assert_in_range(n, 12, 1000);
}

static int enter(void **state) {
    (void)state;
    trials = made_trials();
    made_trials_add_metrics(trials);
    nowhere = fopen("/dev/null", "w");
    return nowhere == NULL ? -1 : 0;
}

static int leave(void **state) {
    (void)state;
    perebor_trials_free(trials);
    return fclose(nowhere);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation_that_fails_is_told)};
    return cmocka_run_group_tests(tests, enter, leave);
}
