// SPDX-License-Identifier: MIT
/** Whatever allocation fails, a calibration is an error or right, and the workspace what it was. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "draw.h"
#include "failing_malloc.h"
#include "perebor/calibration.h"
#include "perebor/learners.h"

enum { n_rows = 60 };

static perebor_workspace workspace;
static uint8_t labels[n_rows];
static perebor_training training = {.labels = labels};
static perebor_value settings[PEREBOR_MAX_SETTINGS];

static int set_up(void **state) {
    (void)state;
    uint64_t random = 71;
    const perebor_learner *knn = perebor_learner_find("knn");
    for (size_t i = 0; i < knn->n_settings; i++) {
        settings[i] = knn->settings[i].default_value;
    }
    if (perebor_matrix_create(&training.rows, n_rows, 1, &workspace, NULL) != PEREBOR_OK) {
        return 1;
    }
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = draw_bits(&random) % 3 == 0;
        perebor_matrix_column(&training.rows, 0)[row] = draw_normal(&random) + labels[row];
    }
    return 0;
}

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    const perebor_learner *knn = perebor_learner_find("knn");
    for (int method = PEREBOR_CALIBRATE_BETA; method <= PEREBOR_CALIBRATE_BEST; method++) {
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 1;
        for (; status != PEREBOR_OK; n++) {
            perebor_calibration map = {0};
            perebor_error error = {0};
            perebor_workspace_mark begin = perebor_workspace_here(&workspace);
            failing_malloc_arm(n);
            status = perebor_calibrate_by(&map, (perebor_calibration_method)method, knn, &training,
                                          settings, &workspace, &error);
            bool failed = failing_malloc_disarm();
            assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
            assert_int_equal(error.status, status);
            perebor_workspace_mark end = perebor_workspace_here(&workspace);
            assert_true(map.n_knots > 0 || end.taken == begin.taken);
            perebor_workspace_return(&workspace, begin);
        }
        assert_true(n > 5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, set_up, give_back);
}
