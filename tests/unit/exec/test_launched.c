// SPDX-License-Identifier: MIT
// What a process makes of the environment that a launcher gives it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "perebor/ranks.h"

static const char *const names[] = {
    "PMI_SIZE", "OMPI_COMM_WORLD_SIZE", "MV2_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS",
    "PMI_RANK", "OMPI_COMM_WORLD_RANK", "SLURM_PROCID",
};
enum { n_names = sizeof names / sizeof *names };

/** Sets NAME=VALUE … and nothing else that a launcher sets. @param[in] values  Ends with NULL. */
static void set_environment(const char *const *values) {
    for (size_t i = 0; i < n_names; i++) {
        assert_int_equal(unsetenv(names[i]), 0);
    }
    for (; values[0] != NULL; values += 2) {
        assert_int_equal(setenv(values[0], values[1], 1), 0);
    }
}

static int clean(void **state) {
    (void)state;
    set_environment((const char *const[]){NULL});
    return 0;
}

static void a_launcher_is_told_by_the_number_of_its_tasks(void **state) {
    (void)state;
    static const struct {
        const char *values[5];
        bool launched;
    } cases[] = {
        {{NULL}, false},
        {{"PMI_SIZE", "1"}, false},
        {{"PMI_SIZE", "2"}, true},
        {{"OMPI_COMM_WORLD_SIZE", "3"}, true},
        {{"MV2_COMM_WORLD_SIZE", "2"}, true},
        {{"SLURM_STEP_NUM_TASKS", "64"}, true},
        {{"SLURM_STEP_NUM_TASKS", "1"}, false},
        {{"SLURM_STEP_NUM_TASKS", "4", "PMI_SIZE", "1"}, false}, // mpiexec inside a step of Slurm
        {{"SLURM_STEP_NUM_TASKS", "1", "OMPI_COMM_WORLD_SIZE", "4"}, true},
        {{"PMI_SIZE", "many"}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_environment(cases[i].values);
        assert_int_equal(perebor_ranks_launched(), cases[i].launched);
    }
}

static void the_first_of_several_speaks(void **state) {
    (void)state;
    static const struct {
        const char *values[5];
        bool speaks;
    } cases[] = {
        {{NULL}, true},
        {{"PMI_RANK", "0"}, true},
        {{"PMI_RANK", "1"}, false},
        {{"OMPI_COMM_WORLD_RANK", "2"}, false},
        {{"SLURM_PROCID", "3"}, false},
        {{"SLURM_PROCID", "0", "PMI_RANK", "0"}, true},
        {{"SLURM_PROCID", "0", "PMI_RANK", "5"}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        set_environment(cases[i].values);
        assert_int_equal(perebor_ranks_speaks(NULL), cases[i].speaks);
    }
    set_environment((const char *const[]){"PMI_RANK", "7", NULL});
    perebor_ranks first = {.rank = 0}, second = {.rank = 1};
    assert_true(perebor_ranks_speaks(&first)); // who has joined the others knows
    assert_false(perebor_ranks_speaks(&second));
}

/** Each would write the same file: in a child, for MPI starts once in a process. */
static void several_worlds_of_one_are_refused(void **state) {
    (void)state;
    static const char expected[] =
        "the launcher started 4 tasks (SLURM_STEP_NUM_TASKS), but MPI sees a world of 1 in each: "
        "start with the mpiexec of the MPI this program was built with, or under Slurm with srun "
        "--mpi=pmi2";
    int status = 0;
    set_environment((const char *const[]){"SLURM_STEP_NUM_TASKS", "4", NULL});
    pid_t child = fork();
    if (child == 0) {
        perebor_ranks *ranks = NULL;
        perebor_error error = {0};
        perebor_status found = perebor_ranks_open(&ranks, &error);
        _exit(found == PEREBOR_ERR_CONFLICT && ranks == NULL && error.status == found &&
                      strcmp(error.message, expected) == 0
                  ? 0
                  : 99);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void the_library_is_told_in_a_line(void **state) {
    (void)state;
    const char *text = perebor_ranks_library();
    char version[128];
    assert_string_not_equal(text, "");
    assert_null(strpbrk(text, "\n\t"));
    perebor_ranks_mpi_version(version, sizeof version);
    assert_string_not_equal(version, "");
    assert_null(strpbrk(version, "\n\t"));
}

#define TEST(name) cmocka_unit_test_teardown(name, clean)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_launcher_is_told_by_the_number_of_its_tasks),
        TEST(the_first_of_several_speaks),
        TEST(several_worlds_of_one_are_refused),
        TEST(the_library_is_told_in_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
