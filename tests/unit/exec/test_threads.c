// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "exec/threads.h"

/** A rank that may run on n processors from first on, of a node with 8. */
static perebor_allocation granted(int first, int n) {
    perebor_allocation allocation = {.n_present = 8};
    for (int p = first; p < first + n; p++) {
        allocation.processors[p / 64] |= UINT64_C(1) << (p % 64);
    }
    return allocation;
}

static int chosen(const perebor_allocation *allocations, size_t n_ranks, size_t place) {
    int n_threads = 0;
    perebor_error error;
    assert_int_equal(perebor_threads_choose(allocations, n_ranks, place, false, &n_threads, &error),
                     PEREBOR_OK);
    return n_threads;
}

static void one_rank_gets_all_it_was_granted(void **state) {
    (void)state;
    perebor_allocation allocation = granted(0, 8);
    assert_int_equal(chosen(&allocation, 1, 0), 8);
    allocation.quota = 2.5;
    assert_int_equal(chosen(&allocation, 1, 0), 2);
    allocation.slurm = 1;
    assert_int_equal(chosen(&allocation, 1, 0), 1);
}

static void ranks_that_are_not_bound_divide_the_node(void **state) {
    (void)state;
    perebor_allocation allocations[3] = {granted(0, 8), granted(0, 8), granted(0, 8)};
    for (size_t place = 0; place < 3; place++) {
        assert_int_equal(chosen(allocations, 3, place), 2);
    }
    allocations[0].quota = allocations[1].quota = allocations[2].quota = 3.0;
    assert_int_equal(chosen(allocations, 3, 1), 1);
}

static void ranks_that_are_bound_apart_keep_their_own(void **state) {
    (void)state;
    const perebor_allocation allocations[2] = {granted(0, 2), granted(2, 6)};
    assert_int_equal(chosen(allocations, 2, 0), 2);
    assert_int_equal(chosen(allocations, 2, 1), 6);
}

static void openmp_may_ask_for_less_but_not_for_more(void **state) {
    (void)state;
    perebor_allocation allocation = granted(0, 8);
    allocation.openmp = 3;
    assert_int_equal(chosen(&allocation, 1, 0), 3);
    allocation.openmp = 100;
    assert_int_equal(chosen(&allocation, 1, 0), 8);
}

static void more_than_a_bound_rank_has_is_refused_with_the_way_out(void **state) {
    (void)state;
    perebor_allocation allocation = granted(3, 1); // As Open MPI's mpirun binds by default.
    allocation.asked = 4;
    int n_threads = 77;
    perebor_error error;
    assert_int_equal(perebor_threads_choose(&allocation, 1, 0, false, &n_threads, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_int_equal(n_threads, 77);
    assert_string_equal(
        error.message, "4 threads asked for, but this rank may run on 1 of the node's 8 processors "
                       "(the launcher bound it: try mpiexec -bind-to none, or srun "
                       "--cpus-per-task); --oversubscribe forces it");
    assert_int_equal(perebor_threads_choose(&allocation, 1, 0, true, &n_threads, &error),
                     PEREBOR_OK);
    assert_int_equal(n_threads, 4);
}

static void more_than_the_node_has_over_its_ranks_is_refused_with_the_numbers(void **state) {
    (void)state;
    perebor_allocation allocations[3] = {granted(0, 8), granted(0, 8), granted(0, 8)};
    for (size_t i = 0; i < 3; i++) {
        allocations[i].asked = 4;
    }
    int n_threads = 0;
    perebor_error error;
    assert_int_equal(perebor_threads_choose(allocations, 3, 2, false, &n_threads, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message,
                        "12 threads over the 3 ranks of this node, but only 8 of its processors "
                        "are granted: start fewer ranks or threads; --oversubscribe forces it");
}

static void what_this_process_was_granted_can_be_read(void **state) {
    (void)state;
    perebor_allocation allocation;
    assert_int_equal(setenv("SLURM_CPUS_PER_TASK", "3", 1), 0);
    assert_int_equal(setenv("OMP_NUM_THREADS", "5,2", 1), 0);
    perebor_allocation_read(&allocation);
    assert_int_equal(allocation.slurm, 3);
    assert_int_equal(allocation.openmp, 5);
    assert_true(allocation.n_present >= 1);
    assert_true(chosen(&allocation, 1, 0) >= 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rank_gets_all_it_was_granted),
        cmocka_unit_test(ranks_that_are_not_bound_divide_the_node),
        cmocka_unit_test(ranks_that_are_bound_apart_keep_their_own),
        cmocka_unit_test(openmp_may_ask_for_less_but_not_for_more),
        cmocka_unit_test(more_than_a_bound_rank_has_is_refused_with_the_way_out),
        cmocka_unit_test(more_than_the_node_has_over_its_ranks_is_refused_with_the_numbers),
        cmocka_unit_test(what_this_process_was_granted_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
