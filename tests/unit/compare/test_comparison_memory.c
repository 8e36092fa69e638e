// SPDX-License-Identifier: MIT
/** Whatever allocation fails, a comparison is an error or right, and nothing is left behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "compare/comparison.h"
#include "compare/comparison_json.h"
#include "compare/comparison_page.h"
#include "failing_malloc.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static const char *const files[] = {"a.csv", "b.csv", "c.csv"};

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    for (size_t i = 0; i < 3; i++) {
        FILE *file = fopen(files[i], "w");
        fputs("split0_test_score,split1_test_score,mean_test_score,mean_fit_time,param_C\n", file);
        for (int row = 0; row < 3; row++) {
            fprintf(file, "0.%d,0.%d,0.5,0.1,%d\n", 60 + row, 70 + row * (int)i, row);
        }
        fclose(file);
    }
    return 0;
}

static int leave(void **state) {
    (void)state;
    return unlink(files[0]) + unlink(files[1]) + unlink(files[2]) != 0 || chdir("/") != 0 ||
           rmdir(folder) != 0;
}

/** Compares, and writes in a way: 0 a page, 1 Markdown, 2 JSON. */
static perebor_status compare(int way, FILE *stream, perebor_error *error) {
    const comparison_options options = {.rope = 0.01, .same_folds = 2};
    comparison made = {0};
    perebor_status status = comparison_make(&made, files, 3, &options, error);
    if (status == PEREBOR_OK) {
        status = way == 2 ? comparison_write_json(&made, stream, error)
                          : comparison_write_page(&made, way == 1, stream, error);
    }
    comparison_release(&made);
    return status;
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    for (int way = 0; way < 3; way++) {
        static char whole[1 << 16], again[1 << 16];
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 1;
        memset(whole, 0, sizeof whole);
        FILE *stream = fmemopen(whole, sizeof whole, "w");
        assert_int_equal(compare(way, stream, NULL), PEREBOR_OK);
        fclose(stream);
        for (; status != PEREBOR_OK; n++) {
            perebor_error error = {0};
            memset(again, 0, sizeof again);
            stream = fmemopen(again, sizeof again, "w");
            failing_malloc_arm(n);
            status = compare(way, stream, &error);
            bool failed = failing_malloc_disarm();
            fclose(stream);
            assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
            assert_int_equal(error.status, status);
        }
        assert_true(n > 100);
        assert_string_equal(whole, again);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
