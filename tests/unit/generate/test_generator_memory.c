// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "perebor/generator_file.h"
#include "scratch.h"

#define SHOP PEREBOR_SOURCE_DIR "/experiments/one_click/generator.yaml"

static void any_allocation_of_a_reading_may_fail(void **state) {
    (void)state;
    size_t n = 1;
    for (;; n++) {
        perebor_generator *generator = NULL;
        perebor_error error = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_generator_read(&generator, SHOP, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            perebor_generator_free(generator);
            break;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_null(generator);
    }
    assert_true(n > 5);
}

static void any_allocation_of_a_generation_may_fail(void **state) {
    (void)state;
    char folder[SCRATCH_SIZE];
    char path[2 * SCRATCH_SIZE];
    perebor_generator *generator = NULL;
    perebor_error error = {0};
    assert_non_null(scratch_create(folder));
    assert_int_equal(perebor_generator_read(&generator, SHOP, &error), PEREBOR_OK);
    const perebor_generate_options options = {.n_rows = 150,
                                              .seed = 11,
                                              .scenario = PEREBOR_SCENARIO_DIRT_EXTREME,
                                              .folder = folder,
                                              .overwrite = true};
    size_t n = 1;
    for (;; n++) {
        perebor_generate_summary summary = {0};
        failing_malloc_arm(n);
        perebor_status status = perebor_generate(generator, &options, &summary, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            assert_int_equal(summary.n_rows, 150);
            break;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(summary.n_rows, 0);
    }
    assert_true(n > 20);
    (void)snprintf(path, sizeof path, "%s/dirt.json", folder);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/truth.csv", folder);
    assert_int_equal(unlink(path), 0);
    for (size_t i = 0; i < generator->n_tables; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, generator->tables[i].file);
        assert_int_equal(unlink(path) == 0, !generator->tables[i].only_in_one);
    }
    assert_int_equal(rmdir(folder), 0); // nothing temporary is left
    perebor_generator_free(generator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_reading_may_fail),
        cmocka_unit_test(any_allocation_of_a_generation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
