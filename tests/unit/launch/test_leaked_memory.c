// SPDX-License-Identifier: MIT
// In a folder of its own: in /dev/shm the supervisors of searches that run beside this test would
// remove its files.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "launch/leaked_memory.h"
#include "scratch.h"

static const time_t began = 1700000000;
static char folder[SCRATCH_SIZE];

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL;
}

static int leave(void **state) {
    (void)state;
    return rmdir(folder); // nothing is left in it
}

/** "FOLDER/BEGINNING-test", last changed at a time. */
static const char *make(char path[128], const char *beginning, time_t changed) {
    (void)snprintf(path, 128, "%s/%s-test", folder, beginning);
    int descriptor = open(path, O_CREAT | O_EXCL | O_RDWR, 0600);
    const struct timespec times[2] = {{.tv_sec = changed}, {.tv_sec = changed}};
    assert_true(descriptor >= 0);
    assert_int_equal(ftruncate(descriptor, 4096), 0);
    assert_int_equal(futimens(descriptor, times), 0);
    assert_int_equal(close(descriptor), 0);
    return path;
}

static bool is_there(const char *path) {
    return access(path, F_OK) == 0;
}

static void what_mpi_leaves_is_removed(void **state) {
    (void)state;
    char paths[2][128];
    make(paths[0], "mpich_shar_tmp", began);
    make(paths[1], "ucx_shm_posix_", began + 5);
    assert_int_equal(leaked_memory_remove(folder, began), 2);
    assert_false(is_there(paths[0]));
    assert_false(is_there(paths[1]));
    assert_int_equal(leaked_memory_remove(folder, began), 0);
}

static void what_is_older_or_somebody_elses_stays(void **state) {
    (void)state;
    static const struct {
        const char *beginning;
        time_t offset;
    } cases[] = {{"mpich_shar_tmp", -1},
                 {"mpich_shar_tm", 0},
                 {"my_mpich_shar_tmp", 0},
                 {"ucx_shm_posix", 0},
                 {"sem.perebor", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[128];
        make(path, cases[i].beginning, began + cases[i].offset);
        assert_int_equal(leaked_memory_remove(folder, began), 0);
        assert_int_equal(unlink(path), 0); // it was there
    }
}

static void what_a_process_uses_stays(void **state) {
    (void)state;
    char path[128];
    make(path, "mpich_shar_tmp", began);
    int descriptor = open(path, O_RDWR);
    assert_true(descriptor >= 0);
    assert_int_equal(leaked_memory_remove(folder, began), 0); // open
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    assert_true(mapped != MAP_FAILED);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(leaked_memory_remove(folder, began), 0); // mapped, and no longer open
    assert_true(is_there(path));
    assert_int_equal(munmap(mapped, 4096), 0);
    assert_int_equal(leaked_memory_remove(folder, began), 1);
    assert_false(is_there(path));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_mpi_leaves_is_removed),
        cmocka_unit_test(what_is_older_or_somebody_elses_stays),
        cmocka_unit_test(what_a_process_uses_stays),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
