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

#include "base/draft.h"
#include "base/file.h"
#include "base/file_write.h"

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

/** Puts a file beside the one that is written, under the name of a draft. */
static int open_draft_of_another(const char *digits) {
    (void)snprintf(temporary, sizeof temporary, "%s/.result.h5.%s.tmp", folder, digits);
    int descriptor = open(temporary, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(descriptor, "half of something longer", 24), 24);
    return descriptor;
}

static void the_draft_of_a_crash_is_deleted(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(close(open_draft_of_another("0123abcd")), 0);
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_holds("one");
    assert_int_equal(access(temporary, F_OK), -1);
}

static void the_draft_that_another_is_writing_stays(void **state) {
    (void)state;
    perebor_error error = {0};
    int other = open_draft_of_another("0123abcd");
    assert_int_equal(flock(other, LOCK_EX), 0);
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    assert_int_equal(access(temporary, F_OK), 0);
    assert_int_equal(close(other), 0);
}

static void what_only_looks_like_a_draft_stays(void **state) {
    (void)state;
    perebor_error error = {0};
    static const char *const names[] = {"result.h5.tmp", ".result.h5.0123abcd.tmp~",
                                        ".result.h5.0123abc.tmp", ".result.h5.0123abcg.tmp"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(temporary, sizeof temporary, "%s/%s", folder, names[i]);
        assert_int_equal(close(open(temporary, O_WRONLY | O_CREAT, 0600)), 0);
        assert_int_equal(perebor_file_write(path, "one", 3, true, &error), PEREBOR_OK);
        assert_int_equal(access(temporary, F_OK), 0);
        assert_int_equal(unlink(temporary), 0);
    }
}

static void a_link_or_a_pipe_beside_the_file_is_not_written_through(void **state) {
    (void)state;
    perebor_error error = {0};
    char user[96];
    struct stat about;
    (void)snprintf(user, sizeof user, "%s/user.csv", folder);
    (void)snprintf(temporary, sizeof temporary, "%s/result.h5.tmp", folder);
    int descriptor = open(user, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(descriptor, "x", 1), 1);
    assert_int_equal(close(descriptor), 0);
    for (int kind = 0; kind < 3; kind++) {
        int made = kind == 0   ? link(user, temporary)
                   : kind == 1 ? symlink(user, temporary)
                               : mkfifo(temporary, 0600);
        assert_int_equal(made, 0);
        assert_int_equal(perebor_file_write(path, "one", 3, true, &error), PEREBOR_OK);
        assert_int_equal(stat(user, &about), 0);
        assert_int_equal(about.st_size, 1);
        assert_int_equal(unlink(temporary), 0);
    }
    assert_int_equal(unlink(user), 0);
}

static void a_pipe_is_not_replaced_and_not_waited_for(void **state) {
    (void)state;
    perebor_error error = {0};
    char *bytes = NULL;
    size_t size = 0;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(perebor_file_write(path, "one", 3, true, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "not a regular file"));
    assert_int_equal(perebor_file_read(path, 10, &bytes, &size, &error), PEREBOR_ERR_IO);
    assert_non_null(strstr(error.message, "not a regular file"));
}

static void of_two_writers_of_a_free_name_one_succeeds(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_draft first = {0}, second = {0};
    perebor_file_identity nothing = {0}, also_nothing = {0};
    assert_int_equal(perebor_draft_open(&first, path, &error), PEREBOR_OK);
    assert_int_equal(perebor_draft_open(&second, path, &error), PEREBOR_OK);
    assert_int_equal(perebor_draft_write(&first, "one", 3, &error), PEREBOR_OK);
    assert_int_equal(perebor_draft_publish(&first, &nothing, &error), PEREBOR_OK);
    assert_int_equal(perebor_draft_publish(&second, &also_nothing, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "exists, and is not overwritten"));
    perebor_draft_discard(&first);
    perebor_draft_discard(&second);
    assert_holds("one");
}

static void only_the_file_that_was_meant_is_replaced(void **state) {
    (void)state;
    perebor_error error = {0};
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    perebor_file_identity meant = perebor_file_identify(path);
    assert_int_equal(perebor_file_replace(path, "two", 3, &meant, &error), PEREBOR_OK);
    perebor_file_identity own = meant; // what was written is what may be replaced next
    assert_int_equal(perebor_file_write(path, "another's", 9, true, &error), PEREBOR_OK);
    assert_int_equal(perebor_file_replace(path, "three", 5, &own, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "was replaced by another process meanwhile"));
    assert_holds("another's");
}

static void a_symbolic_link_stays_and_what_it_leads_to_is_written(void **state) {
    (void)state;
    perebor_error error = {0};
    char link_path[96];
    struct stat about;
    (void)snprintf(link_path, sizeof link_path, "%s/latest.h5", folder);
    assert_int_equal(symlink("result.h5", link_path), 0);
    assert_int_equal(perebor_file_write(link_path, "one", 3, false, &error), PEREBOR_OK);
    assert_int_equal(perebor_file_write(link_path, "two", 3, true, &error), PEREBOR_OK);
    assert_holds("two");
    assert_int_equal(lstat(link_path, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(unlink(link_path), 0);
    assert_int_equal(symlink("latest.h5", link_path), 0);
    assert_int_equal(perebor_file_write(link_path, "one", 3, true, &error), PEREBOR_ERR_IO);
    assert_int_equal(unlink(link_path), 0);
}

static void permissions_stay_when_a_file_is_replaced(void **state) {
    (void)state;
    perebor_error error = {0};
    struct stat about;
    assert_int_equal(perebor_file_write(path, "one", 3, false, &error), PEREBOR_OK);
    static const mode_t modes[] = {0640, 0600, 0664, 0444};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        assert_int_equal(chmod(path, modes[i]), 0);
        assert_int_equal(perebor_file_write(path, "two", 3, true, &error), PEREBOR_OK);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_mode & 07777, modes[i]);
    }
}

/** HDF5 locks what it opens, and a reader that finds a lock is refused. */
static void no_lock_is_held_on_what_readers_open(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_draft draft = {0};
    perebor_file_identity nothing = {0};
    assert_int_equal(perebor_draft_open(&draft, path, &error), PEREBOR_OK);
    int kept = dup(draft.descriptor); // as if the writer were still before its close()
    assert_int_equal(perebor_draft_publish(&draft, &nothing, &error), PEREBOR_OK);
    int reader = open(path, O_RDONLY);
    assert_int_equal(flock(reader, LOCK_SH | LOCK_NB), 0);
    assert_int_equal(close(reader), 0);
    assert_int_equal(close(kept), 0);
    perebor_draft_discard(&draft);
}

static void a_long_name_is_written_too(void **state) {
    (void)state;
    perebor_error error = {0};
    char name[400];
    int length = snprintf(name, sizeof name, "%s/", folder);
    memset(name + length, 'x', 255);
    name[length + 255] = '\0';
    assert_int_equal(perebor_file_write(name, "one", 3, false, &error), PEREBOR_OK);
    assert_int_equal(unlink(name), 0);
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
    assert_non_null(strstr(error.message, "/nowhere/at/all.h5: No such file or directory"));
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
        cmocka_unit_test_setup_teardown(the_draft_of_a_crash_is_deleted, enter, leave),
        cmocka_unit_test_setup_teardown(the_draft_that_another_is_writing_stays, enter, leave),
        cmocka_unit_test_setup_teardown(what_only_looks_like_a_draft_stays, enter, leave),
        cmocka_unit_test_setup_teardown(a_link_or_a_pipe_beside_the_file_is_not_written_through,
                                        enter, leave),
        cmocka_unit_test_setup_teardown(a_pipe_is_not_replaced_and_not_waited_for, enter, leave),
        cmocka_unit_test_setup_teardown(of_two_writers_of_a_free_name_one_succeeds, enter, leave),
        cmocka_unit_test_setup_teardown(only_the_file_that_was_meant_is_replaced, enter, leave),
        cmocka_unit_test_setup_teardown(a_symbolic_link_stays_and_what_it_leads_to_is_written,
                                        enter, leave),
        cmocka_unit_test_setup_teardown(permissions_stay_when_a_file_is_replaced, enter, leave),
        cmocka_unit_test_setup_teardown(no_lock_is_held_on_what_readers_open, enter, leave),
        cmocka_unit_test_setup_teardown(a_long_name_is_written_too, enter, leave),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_named, enter, leave),
        cmocka_unit_test(a_missing_folder_is_an_error_with_its_reason),
        cmocka_unit_test_setup_teardown(a_refused_write_leaves_the_old_file_whole, enter, leave),
        cmocka_unit_test_setup_teardown(a_full_disk_leaves_the_old_file_whole, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
