// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "draw.h"
#include "h5/hdf5_kind.h"
#include "h5/hdf5_read.h"
#include "h5/isolate.h"
#include "made_tree.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE], path[96];

static const char *in_folder(const char *name) {
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL ? -1 : 0;
}

static int leave(void **state) {
    (void)state;
    return rmdir(folder);
}

/** Reading fails with "START FOLDER/NAME END". */
static void assert_unreadable(const char *name, perebor_status expected, const char *start,
                              const char *end) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    char message[512];
    assert_int_equal(h5_read_isolated(in_folder(name), made_groups, &tree, &error), expected);
    (void)snprintf(message, sizeof message, "%s%s%s", start, path, end);
    assert_string_equal(error.message, message);
    assert_int_equal(error.status, expected);
    assert_null(tree);
}

#define EMPTY "empty, or not a file; a result is an HDF5 file"
#define TEXT "text and not a result; give an HDF5 file that 'perebor run' wrote"
#define EXPERIMENT                                                                                 \
    "an experiment, it seems, and not a result; give the HDF5 file that 'perebor run' made of "    \
    "it, under results/ unless -o said otherwise"
#define DAMAGED "an HDF5 file that is damaged or cut off"
#define OTHER "not an HDF5 file; give one that 'perebor run' wrote"

static const struct {
    const char *name, *bytes;
    size_t size;
    const char *kind;
} files[] = {
    {"a.h5", "", 0, EMPTY},
    {"a.yaml", "", 0, EMPTY},
    {"a.yaml", "name: x\r\n\tvalue: 1\n", 19, EXPERIMENT},
    {"a.YML", "name: проба\n", 17, EXPERIMENT},
    {"a.yaml", "name\0x", 6, OTHER},
    {"a.h5", "name: x\n", 8, TEXT},
    {"yaml", "name: x\n", 8, TEXT}, // without a dot
    {"a.yaml.csv", "name: x\n", 8, TEXT},
    {"a.h5", "\x89HDF\r\n\x1a\n", 8, DAMAGED},
    {"a.h5", "\x89HDF\r\n\x1a", 7, OTHER},
    {"a.h5", "\x89HDF\r\n\x1a\r and more", 17, OTHER},
    {"a.h5", "\x1f\x8b\x08", 3, OTHER},
};

static void what_cannot_be_opened_is_told_from_its_first_bytes(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        char kind[200], end[220];
        made_write_bytes(in_folder(files[i].name), files[i].bytes, files[i].size);
        hdf5_describe_kind(path, kind, sizeof kind);
        assert_string_equal(kind, files[i].kind);
        (void)snprintf(end, sizeof end, ": %s", files[i].kind);
        assert_unreadable(files[i].name, PEREBOR_ERR_FORMAT, "", end);
        assert_int_equal(unlink(path), 0);
    }
}

/** A control byte after the first 512 bytes is not looked at. */
static void only_the_head_of_a_file_is_looked_at(void **state) {
    (void)state;
    char bytes[600], kind[200];
    for (size_t at = 510; at < 514; at++) {
        memset(bytes, 'x', sizeof bytes);
        bytes[at] = '\1';
        made_write_bytes(in_folder("a.csv"), bytes, sizeof bytes);
        hdf5_describe_kind(path, kind, sizeof kind);
        assert_string_equal(kind, at < 512 ? OTHER : TEXT);
    }
    assert_int_equal(unlink(path), 0);
}

static void a_description_is_cut_to_its_room(void **state) {
    (void)state;
    char kind[6];
    hdf5_describe_kind(in_folder("missing"), kind, sizeof kind);
    assert_string_equal(kind, "empty");
}

static void only_regular_files_are_read(void **state) {
    (void)state;
    assert_unreadable("missing.h5", PEREBOR_ERR_IO, "cannot open ", ": No such file or directory");
    assert_int_equal(mkdir(in_folder("a.h5"), 0700), 0);
    assert_unreadable("a.h5", PEREBOR_ERR_IO, "cannot read ", ": not a regular file");
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(in_folder("a.h5"), 0600), 0);
    assert_unreadable("a.h5", PEREBOR_ERR_IO, "cannot read ", ": not a regular file");
    char kind[200];
    hdf5_describe_kind(path, kind, sizeof kind); // does not wait for a writer
    assert_string_equal(kind, EMPTY);
    assert_int_equal(unlink(path), 0);
}

/** Any tree or any error, but an answer; @return whether it was a tree. */
static bool survives(const char *file) {
    h5_tree *tree = NULL;
    perebor_error error = {0};
    perebor_status status = h5_read_isolated(file, made_groups, &tree, &error);
    assert_true(status == PEREBOR_OK || status == PEREBOR_ERR_FORMAT);
    assert_int_equal(status == PEREBOR_OK, tree != NULL);
    if (status != PEREBOR_OK) {
        assert_memory_equal(error.message, file, strlen(file));
        assert_int_equal(error.message[strlen(file)], ':');
    } else {
        free(made_text(tree, false));
    }
    h5_tree_free(tree);
    return status == PEREBOR_OK;
}

static void a_file_that_is_cut_off_is_refused(void **state) {
    (void)state;
    h5_tree *tree = made_tree(5);
    char *bytes = NULL;
    size_t size = 0;
    made_write(tree, in_folder("cut.h5"));
    assert_int_equal(perebor_file_read(path, 1 << 24, &bytes, &size, NULL), PEREBOR_OK);
    for (size_t i = 1; i < 16; i++) {
        assert_int_equal(truncate(path, (off_t)(size * (16 - i) / 16)), 0);
        assert_false(survives(path));
    }
    made_write_bytes(path, bytes, size); // and is read when it is whole again
    assert_true(survives(path));
    assert_int_equal(unlink(path), 0);
    free(bytes);
    h5_tree_free(tree);
}

static void no_damage_takes_the_reader_down(void **state) {
    (void)state;
    h5_tree *tree = made_tree(8);
    char *bytes = NULL;
    size_t size = 0, n_read = 0;
    uint64_t random = 1;
    made_write(tree, in_folder("bent.h5"));
    assert_int_equal(perebor_file_read(path, 1 << 24, &bytes, &size, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 36; i++) {
        size_t at = draw_bits(&random) % (size < 4096 || i % 2 ? size : 4096);
        char before = bytes[at];
        bytes[at] = (char)draw_bits(&random);
        made_write_bytes(path, bytes, size);
        n_read += survives(path);
        bytes[at] = before;
    }
    assert_in_range(n_read, 1, 35); // some of it does no harm, some does
    assert_int_equal(unlink(path), 0);
    free(bytes);
    h5_tree_free(tree);
}

/** The child has limits, and no signal handler of the parent's; the parent keeps its own. */
static void the_reader_leaves_the_parent_as_it_is(void **state) {
    (void)state;
    h5_tree *tree = made_tree(9), *read = NULL;
    made_write(tree, in_folder("same.h5"));
    (void)printf("a line that is still to be written"); // once, by the parent
    assert_int_equal(h5_read_isolated(path, made_groups, &read, NULL), PEREBOR_OK);
    (void)printf("\n");
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    assert_int_equal(fputc('x', file), 'x'); // RLIMIT_FSIZE is the child's
    assert_int_equal(fclose(file), 0);
    assert_int_equal(unlink(path), 0);
    h5_tree_free(read);
    h5_tree_free(tree);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_opened_is_told_from_its_first_bytes),
        cmocka_unit_test(only_the_head_of_a_file_is_looked_at),
        cmocka_unit_test(a_description_is_cut_to_its_room),
        cmocka_unit_test(only_regular_files_are_read),
        cmocka_unit_test(a_file_that_is_cut_off_is_refused),
        cmocka_unit_test(no_damage_takes_the_reader_down),
        cmocka_unit_test(the_reader_leaves_the_parent_as_it_is),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
