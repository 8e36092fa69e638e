// SPDX-License-Identifier: MIT
/** Whichever allocation of a segmentation fails, it says so and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "club_rows.h"
#include "failing_malloc.h"

enum { n_rows = 60 };

static const segment_rule rule = {
    .name = "weak", .where = "habit = 'weak' AND p > quantile('p', 0.1)", .note = ""};

static void any_allocation_of_a_segmentation_may_fail(void **state) {
    (void)state;
    perebor_dataset few = club_dataset;
    segment_rows rows = club_rows;
    segment_settings settings = club_settings;
    segment_clusters clusters = *club_settings.clusters;
    clusters.method = CLUSTER_MIXTURE;
    clusters.k_most = 2;
    clusters.n_resamples = 1;
    settings.clusters = &clusters;
    settings.rules = &rule;
    settings.n_axes = 1; // looking for a valley takes no memory but its own, and a while
    few.n_rows = n_rows;
    rows.dataset = &few;
    size_t n = 1;
    for (;; n++) {
        segmentation made = {0}, like = {0};
        perebor_error error = {0};
        failing_malloc_arm(n);
        perebor_status status = segmentation_make(&like, &rows, &settings, NULL, "club", &error);
        if (status == PEREBOR_OK) {
            status = segmentation_make(&made, &rows, &settings, &like, "club", &error);
        }
        bool failed = failing_malloc_disarm();
        if (failed) {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        } else {
            assert_int_equal(status, PEREBOR_OK);
        }
        segmentation_release(&made);
        segmentation_release(&like);
        if (!failed) {
            break;
        }
    }
    assert_true(n > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_segmentation_may_fail),
    };
    return cmocka_run_group_tests(tests, make_club, NULL);
}
