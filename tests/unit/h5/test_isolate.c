// SPDX-License-Identifier: MIT
/* What the child that reads a file may do, whatever the file makes of it: H5Fopen() of this program
 * does what a file could at worst. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <hdf5.h>

#include "h5/isolate.h"

/** What the child told the test. */
typedef struct findings {
    int forking, writing; /**< errno, or 0: it succeeded. */
} findings;

static findings *found;

static int share(void **state) {
    (void)state;
    found = mmap(NULL, sizeof *found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return found == MAP_FAILED ? -1 : 0;
}

static int forget(void **state) {
    (void)state;
    return munmap(found, sizeof *found);
}

static int try_to_write(int file) {
    return write(file, "x", 1) == 1 ? 0 : errno;
}

static int try_to_fork(void) {
    const pid_t process = fork();
    if (process == 0) {
        _exit(0);
    }
    const int reason = errno;
    return process < 0 ? reason : waitpid(process, NULL, 0) != process;
}

/** In place of the one of HDF5, which is asked for in the child alone. */
hid_t H5Fopen(const char *path, unsigned flags, hid_t access) {
    enum { nobody = 65534 };
    (void)path, (void)flags, (void)access;
    FILE *file = tmpfile();
    (void)signal(SIGXFSZ, SIG_IGN);
    found->writing = file == NULL ? -1 : try_to_write(fileno(file));
    if (geteuid() == 0) { // whose processes have no limit
        (void)setuid(nobody);
    }
    found->forking = try_to_fork();
    return H5I_INVALID_HID;
}

static void the_child_starts_no_process_and_writes_no_file(void **state) {
    (void)state;
    static const char *const groups[] = {NULL};
    h5_tree *tree = NULL;
    perebor_error error = {0};
    *found = (findings){-1, -1};
    assert_int_equal(h5_read_isolated("/proc/self/exe", groups, &tree, &error), PEREBOR_ERR_FORMAT);
    assert_null(tree);
    assert_int_equal(found->forking, EAGAIN);
    assert_int_equal(found->writing, EFBIG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_child_starts_no_process_and_writes_no_file),
    };
    return cmocka_run_group_tests(tests, share, forget);
}
