// SPDX-License-Identifier: MIT
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char folder[64], path[96], temporary[96];

static int enter(void **state) {
    (void)state;
    (void)strcpy(folder, "/tmp/perebor-file-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    (void)snprintf(temporary, sizeof temporary, "%s/result.h5.tmp", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    (void)unlink(temporary);
    return rmdir(folder);
}

static void assert_holds(const char *text) {
    char *bytes = NULL;
    size_t size = 0;
    perebor_error error = {0};
    assert_int_equal(perebor_file_read(path, 100, &bytes, &size, &error), PEREBOR_OK);
    assert_int_equal(size, strlen(text));
    assert_string_equal(bytes, text);
    free(bytes);
}

static void what_is_written_is_read_and_nothing_else_is_left(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_holds("one");
    assert_int_equal(access(temporary, F_OK), -1);
    assert_int_equal(perebor_file_remove(path, &error), PEREBOR_OK);
    assert_int_equal(perebor_file_remove(path, &error), PEREBOR_OK);
    assert_int_equal(access(path, F_OK), -1);
}

static void an_existing_file_is_replaced_only_if_asked(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_int_equal(perebor_file_write(path, "two", 3, false, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "result.h5 exists, and is not overwritten"));
    assert_holds("one");
    assert_int_equal(access(temporary, F_OK), -1);
    assert_int_equal(perebor_file_write(path, "two", 3, true, &error), PEREBOR_OK);
    assert_holds("two");
}

static void the_temporary_file_of_a_crash_is_taken_over(void **state) {
    (void)state;
    perebor_error error = {0};
    int descriptor = open(temporary, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(descriptor, "half of something longer", 24), 24);
    assert_int_equal(close(descriptor), 0);
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_holds("one");
}

static void two_writers_of_one_name_are_told_apart(void **state) {
    (void)state;
    perebor_error error = {0};
    int other = open(temporary, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "another process is writing"));
    assert_int_equal(close(other), 0);
}

static void what_cannot_be_read_is_named(void **state) {
    (void)state;
    perebor_error error = {0};
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(perebor_file_read(path, 10, &bytes, &size, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, path));
    assert_non_null(strstr(error.message, "No such file"));
    assert_int_equal(perebor_file_read(folder, 10, &bytes, &size, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "not a regular file"));
    assert_int_equal(perebor_file_write(path, "0123456789a", 11, false, &error), PEREBOR_OK);
    assert_int_equal(perebor_file_read(path, 10, &bytes, &size, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "11 bytes, more than the 10"));
    assert_null(bytes);
}

static void a_missing_folder_is_an_error_with_its_reason(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(perebor_file_write("/nowhere/at/all.h5", "x", 1, false, &error),
                     PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "/nowhere/at/all.h5.tmp: No such file or directory"));
}

/** A refused write must leave the old file whole and no temporary one. */
static void assert_refused_write_keeps_the_old_file(const char *reason) {
    perebor_error error = {0};
    static char large[300000];
    assert_int_equal(perebor_file_write(path, large, sizeof large, true, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, reason));
    assert_holds("one");
    assert_int_equal(access(temporary, F_OK), -1);
}

static void a_refused_write_leaves_the_old_file_whole(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 100000, .rlim_max = before.rlim_max};
    assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_refused_write_keeps_the_old_file("File too large");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
}

static void a_full_disk_leaves_the_old_file_whole(void **state) {
    (void)state;
    perebor_error error = {0};
    if (mount("tmpfs", folder, "tmpfs", 0, "size=64k") != 0) {
        print_message("skipped: mounting a small tmpfs needs privileges\n");
        skip();
    }
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_refused_write_keeps_the_old_file("No space left on device");
    assert_int_equal(mount("tmpfs", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL), 0);
    assert_refused_write_keeps_the_old_file("Read-only file system");
    assert_int_equal(umount(folder), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read_and_nothing_else_is_left, enter,
                                        leave),
        cmocka_unit_test_setup_teardown(an_existing_file_is_replaced_only_if_asked, enter, leave),
        cmocka_unit_test_setup_teardown(the_temporary_file_of_a_crash_is_taken_over, enter, leave),
        cmocka_unit_test_setup_teardown(two_writers_of_one_name_are_told_apart, enter, leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, enter, leave),
        cmocka_unit_test(a_missing_folder_is_an_error_with_its_reason),
        cmocka_unit_test_setup_teardown(a_refused_write_leaves_the_old_file_whole, enter, leave),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_the_old_file_whole, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
