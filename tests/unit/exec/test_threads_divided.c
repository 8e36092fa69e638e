// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "draw.h"
#include "exec/threads.h"

enum { most_ranks = 6, n_processors = 16 };

static bool may(const perebor_allocation *allocation, size_t p) {
    return (allocation->processors[p / 64] >> p % 64 & 1) != 0;
}

/** Every rank bound to processors at random, one at least. */
static void draw_allocations(perebor_allocation *allocations, size_t n, uint64_t *random) {
    double quota = draw_bits(random) % 3 == 0 ? 0.5 + (double)(draw_bits(random) % 20) : 0.0;
    for (size_t rank = 0; rank < n; rank++) {
        allocations[rank] = (perebor_allocation){.n_present = n_processors, .quota = quota};
        for (size_t p = 0; p < n_processors; p++) {
            allocations[rank].processors[0] |= (uint64_t)(draw_bits(random) % 2) << p;
        }
        allocations[rank].processors[0] |= UINT64_C(1) << draw_bits(random) % n_processors;
    }
}

/** A rank's part by the definition: every processor divided among those who may run on it. */
static double part_of(const perebor_allocation *allocations, size_t n, size_t rank) {
    double part = 0.0;
    for (size_t p = 0; p < n_processors; p++) {
        int n_users = 0;
        for (size_t other = 0; other < n; other++) {
            n_users += may(&allocations[other], p);
        }
        part += may(&allocations[rank], p) ? 1.0 / n_users : 0.0;
    }
    double quota = allocations[rank].quota;
    return quota > 0.0 ? fmin(part, quota / (double)n) : part;
}

static void a_node_is_divided_by_the_definition(void **state) {
    (void)state;
    uint64_t random = 5;
    for (int i = 0; i < 500; i++) {
        perebor_allocation allocations[most_ranks];
        size_t n = 1 + draw_bits(&random) % most_ranks;
        draw_allocations(allocations, n, &random);
        for (size_t rank = 0; rank < n; rank++) {
            int n_threads = 0;
            assert_int_equal(perebor_threads_choose(allocations, n, rank, true, &n_threads, NULL),
                             PEREBOR_OK);
            double part = part_of(allocations, n, rank);
            assert_int_equal(n_threads, part < 1.0 ? 1 : (int)floor(part + 1e-9));
        }
    }
}

/** What all get without asking is refused only where there are more ranks than processors. */
static void the_parts_of_a_node_fit_it(void **state) {
    (void)state;
    uint64_t random = 6;
    int n_refused = 0;
    for (int i = 0; i < 500; i++) {
        perebor_allocation allocations[most_ranks];
        size_t n = 1 + draw_bits(&random) % most_ranks;
        double total = 0.0, available = 0.0;
        draw_allocations(allocations, n, &random);
        for (size_t p = 0; p < n_processors; p++) {
            bool any = false;
            for (size_t rank = 0; rank < n; rank++) {
                any = any || may(&allocations[rank], p);
            }
            available += any;
        }
        available = allocations[0].quota > 0.0 ? fmin(available, allocations[0].quota) : available;
        for (size_t rank = 0; rank < n; rank++) {
            double part = part_of(allocations, n, rank);
            total += part < 1.0 ? 1.0 : floor(part + 1e-9);
        }
        int n_threads = 77;
        perebor_error error = {0};
        perebor_status status =
            perebor_threads_choose(allocations, n, 0, false, &n_threads, &error);
        bool fits = total <= fmax(available, 1.0) + 1e-9;
        assert_int_equal(status, fits ? PEREBOR_OK : PEREBOR_ERR_ARGUMENT);
        n_refused += !fits;
        assert_true(fits ? n_threads < 77 : n_threads == 77);
    }
    assert_in_range(n_refused, 1, 499);
}

static void what_is_asked_for_counts_for_the_node(void **state) {
    (void)state;
    perebor_allocation allocations[2] = {{.processors = {0xf}, .n_present = 8},
                                         {.processors = {0xf0}, .n_present = 8}};
    int n_threads = 0;
    perebor_error error = {0};
    allocations[0].asked = 4;
    assert_int_equal(perebor_threads_choose(allocations, 2, 0, false, &n_threads, NULL),
                     PEREBOR_OK);
    assert_int_equal(n_threads, 4);
    allocations[0].asked = 5;
    assert_int_equal(perebor_threads_choose(allocations, 2, 0, false, &n_threads, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "5 threads asked for, but this rank may run on 4 of the node's 8 "
                        "processors (the launcher bound it: try mpiexec -bind-to none, or srun "
                        "--cpus-per-task); --oversubscribe forces it");
    assert_int_equal(perebor_threads_choose(allocations, 2, 0, true, &n_threads, NULL), PEREBOR_OK);
    assert_int_equal(n_threads, 5);
    allocations[0].processors[0] = 0xff;
    allocations[0].asked = 9;
    assert_int_equal(perebor_threads_choose(allocations, 1, 0, false, &n_threads, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "9 threads asked for, but this rank may run on 8 of the "
                                       "node's 8 processors (ask for fewer threads); "
                                       "--oversubscribe forces it");
}

/** A number that is none, or beyond what a node can have, limits nothing. */
static void environments_limit_by_whole_numbers_alone(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int32_t expected;
    } cases[] = {{NULL, 0}, {"", 0},        {"4", 4},    {"4,2", 4},
                 {"0", 0},  {"-2", 0},      {"x", 0},    {" 7", 7},
                 {"4x", 4}, {"4096", 4096}, {"4097", 0}, {"99999999999999999999", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static const char *const names[] = {"SLURM_CPUS_PER_TASK", "OMP_NUM_THREADS"};
        for (size_t k = 0; k < 2; k++) {
            perebor_allocation allocation;
            (void)unsetenv(names[0]);
            (void)unsetenv(names[1]);
            if (cases[i].text != NULL) {
                assert_int_equal(setenv(names[k], cases[i].text, 1), 0);
            }
            perebor_allocation_read(&allocation);
            assert_int_equal(allocation.slurm, k == 0 ? cases[i].expected : 0);
            assert_int_equal(allocation.openmp, k == 1 ? cases[i].expected : 0);
            assert_int_equal(allocation.asked, 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_node_is_divided_by_the_definition),
        cmocka_unit_test(the_parts_of_a_node_fit_it),
        cmocka_unit_test(what_is_asked_for_counts_for_the_node),
        cmocka_unit_test(environments_limit_by_whole_numbers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
