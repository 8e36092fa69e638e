// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/generator_file.h"
#include "failing_malloc.h"
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

static void remove_file(const char *folder, const char *name) {
    char path[2 * SCRATCH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(unlink(path), 0);
}

static void remove_files(const char *folder, const perebor_generator *generator) {
    remove_file(folder, "dirt.json");
    remove_file(folder, "truth.csv");
    for (size_t i = 0; i < generator->n_tables; i++) {
        if (!generator->tables[i].only_in_one) {
            remove_file(folder, generator->tables[i].file);
        }
    }
    assert_int_equal(rmdir(folder), 0); // nothing temporary is left
}

/** Fails every allocation of a step in turn, until it needs no more of them. */
static void exhaust(perebor_status (*step)(const perebor_generator *,
                                           const perebor_generate_options *,
                                           perebor_generate_summary *, perebor_error *),
                    const perebor_generator *generator, const perebor_generate_options *options) {
    perebor_error error = {0};
    size_t n = 1;
    for (;; n++) {
        perebor_generate_summary summary = {0};
        failing_malloc_arm(n);
        perebor_status status = step(generator, options, &summary, &error);
        bool failed = failing_malloc_disarm();
        if (!failed) {
            assert_int_equal(status, PEREBOR_OK);
            assert_true(summary.n_rows > 0);
            break;
        }
        assert_int_equal(status, PEREBOR_ERR_MEMORY);
        assert_int_equal(summary.n_rows, 0);
    }
    assert_true(n > 10);
}

static void any_allocation_of_a_generation_may_fail(void **state) {
    (void)state;
    const perebor_scenario scenarios[] = {PEREBOR_SCENARIO_DIRT_EXTREME, PEREBOR_SCENARIO_LEAK_ID};
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        char folder[SCRATCH_SIZE];
        perebor_generator *generator = NULL;
        perebor_error error = {0};
        assert_non_null(scratch_create(folder));
        assert_int_equal(perebor_generator_read(&generator, SHOP, &error), PEREBOR_OK);
        const perebor_generate_options options = {.n_rows = 150,
                                                  .seed = 11,
                                                  .scenario = scenarios[i],
                                                  .folder = folder,
                                                  .overwrite = true,
                                                  .n_threads = 1};
        exhaust(perebor_generate, generator, &options);
        remove_files(folder, generator);
        perebor_generator_free(generator);
    }
}

static void any_allocation_of_a_joining_may_fail(void **state) {
    (void)state;
    char folder[SCRATCH_SIZE];
    perebor_generator *generator = NULL;
    perebor_error error = {0};
    assert_non_null(scratch_create(folder));
    assert_int_equal(perebor_generator_read(&generator, SHOP, &error), PEREBOR_OK);
    perebor_generate_options options = {
        .n_rows = 1500, .folder = folder, .n_threads = 1, .n_parts = 2, .overwrite = true};
    exhaust(perebor_generate, generator, &options);
    options.part = 1;
    exhaust(perebor_generate, generator, &options);
    exhaust(perebor_generate_join, generator, &options);
    remove_files(folder, generator);
    perebor_generator_free(generator);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_of_a_reading_may_fail),
        cmocka_unit_test(any_allocation_of_a_generation_may_fail),
        cmocka_unit_test(any_allocation_of_a_joining_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
