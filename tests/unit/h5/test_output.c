// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "made_tree.h"
#include "perebor/output.h"
#include "scratch.h"

static char folder[SCRATCH_SIZE];
static const perebor_output_kind result = {
    .name = "a result file", .format = "perebor result", .journal = ".journal"};
static const perebor_output_kind profile = {.name = "a profile", .beginning = "profile:"};

/** Works in a folder of its own, so that messages name files briefly. */
static int enter(void **state) {
    (void)state;
    return scratch_create(folder) == NULL || chdir(folder) != 0;
}

static int leave(void **state) {
    (void)state;
    return chdir("/") != 0 || rmdir(folder) != 0;
}

static void write_hdf5(const char *path, const char *format) {
    h5_tree *tree = h5_tree_create();
    if (format != NULL) {
        h5_set_text(tree, tree->root, "format", format);
    }
    made_write(tree, path);
    h5_tree_free(tree);
}

static void assert_refused(const char *path, const perebor_output_kind *kind, bool overwrite,
                           const char *message) {
    perebor_error error = {0};
    perebor_file_identity found = {.size = 12345};
    assert_int_equal(perebor_output_check(path, kind, overwrite, NULL, 0, &found, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_string_equal(error.message, message);
    assert_int_equal(found.size, 12345); // untouched
}

static void assert_allowed(const char *path, const perebor_output_kind *kind, bool overwrite,
                           bool exists) {
    perebor_error error = {0};
    perebor_file_identity found = {0};
    if (perebor_output_check(path, kind, overwrite, NULL, 0, &found, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(found.exists, exists);
}

static void where_nothing_is_anything_may_be_written(void **state) {
    (void)state;
    assert_allowed("new.h5", &result, false, false);
    assert_allowed("new.h5", &result, true, false);
    assert_allowed("new.txt", &profile, false, false);
}

static void what_is_there_is_replaced_only_if_asked_for(void **state) {
    (void)state;
    write_hdf5("a.h5", "perebor result");
    assert_refused("a.h5", &result, false,
                   "a.h5 exists; --overwrite replaces it, -o names another file");
    assert_allowed("a.h5", &result, true, true);
    assert_int_equal(unlink("a.h5"), 0);
}

static void a_file_of_another_kind_is_never_replaced(void **state) {
    (void)state;
    static const char not_result[] =
        "a is not a result file of perebor, or a damaged one: --overwrite does not replace it; "
        "name another file with -o, or delete it yourself";
    static const char not_profile[] =
        "a is not a profile of perebor, or a damaged one: --overwrite does not replace it; "
        "name another file with -o, or delete it yourself";
    static const struct {
        const char *format, *bytes; // one of them
        bool is_result, is_profile;
    } cases[] = {
        {"perebor result", NULL, true, false},
        {"perebor results", NULL, false, false},
        {"", NULL, false, false},
        {NULL, "profile:", false, true},
        {NULL, "profile: and more", false, true},
        {NULL, "profile", false, false}, // one letter short
        {NULL, "Profile:", false, false},
        {NULL, "\n", false, false},
        {NULL, "", true, true}, // holds nothing: of every kind
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].bytes == NULL) {
            write_hdf5("a", cases[i].format);
        } else {
            made_write_bytes("a", cases[i].bytes, strlen(cases[i].bytes));
        }
        if (cases[i].is_result) {
            assert_allowed("a", &result, true, true);
        } else {
            assert_refused("a", &result, true, not_result);
        }
        if (cases[i].is_profile) {
            assert_allowed("a", &profile, true, true);
        } else {
            assert_refused("a", &profile, true, not_profile);
        }
        assert_int_equal(unlink("a"), 0);
    }
}

static void an_hdf5_file_without_a_format_is_somebody_elses(void **state) {
    (void)state;
    write_hdf5("a", NULL);
    assert_refused("a", &result, true,
                   "a is not a result file of perebor, or a damaged one: --overwrite does not "
                   "replace it; name another file with -o, or delete it yourself");
    assert_int_equal(unlink("a"), 0);
}

static void what_is_no_file_is_never_replaced(void **state) {
    (void)state;
    static const char message[] =
        "a is not a profile of perebor, or a damaged one: --overwrite does not replace it; "
        "name another file with -o, or delete it yourself";
    assert_int_equal(mkdir("a", 0700), 0);
    assert_refused("a", &profile, true, message);
    assert_int_equal(rmdir("a"), 0);
    assert_int_equal(mkfifo("a", 0600), 0);
    assert_refused("a", &profile, true, message); // does not wait for its other end
    assert_int_equal(unlink("a"), 0);
}

static void a_file_that_is_read_is_never_written(void **state) {
    (void)state;
    static const perebor_input inputs[] = {{"missing.csv", "a table"},
                                           {"experiment.yaml", "the experiment"}};
    static const char *const spellings[] = {"experiment.yaml", "./experiment.yaml", "link", "hard"};
    made_write_bytes("experiment.yaml", "x", 1);
    assert_int_equal(symlink("experiment.yaml", "link"), 0);
    assert_int_equal(link("experiment.yaml", "hard"), 0);
    for (size_t i = 0; i < 4; i++) {
        char message[128];
        perebor_error error = {0};
        perebor_file_identity found = {0};
        (void)snprintf(message, sizeof message,
                       "%s is the experiment, which this command reads: name another file with -o",
                       spellings[i]);
        assert_int_equal(perebor_output_check_inputs(spellings[i], inputs, 2, &error),
                         PEREBOR_ERR_CONFLICT);
        assert_string_equal(error.message, message);
        // It is said before that the file exists, with or without leave to replace it.
        for (int overwrite = 0; overwrite < 2; overwrite++) {
            assert_int_equal(
                perebor_output_check(spellings[i], &result, overwrite, inputs, 2, &found, &error),
                PEREBOR_ERR_CONFLICT);
            assert_string_equal(error.message, message);
        }
        assert_int_equal(perebor_output_check_inputs(spellings[i], inputs, 1, NULL), PEREBOR_OK);
    }
    // Two paths that both name nothing are not the same file.
    assert_int_equal(perebor_output_check_inputs("missing.csv", inputs, 2, NULL), PEREBOR_OK);
    assert_int_equal(unlink("link") + unlink("hard") + unlink("experiment.yaml"), 0);
}

static void an_output_with_a_journal_belongs_to_its_search(void **state) {
    (void)state;
    made_write_bytes("a.h5.journal", "x", 1);
    assert_refused("a.h5", &result, true,
                   "a.h5 belongs to a search that runs or was interrupted: its trials are in "
                   "a.h5.journal; finish it with 'perebor run ... --resume', or name another file "
                   "with -o");
    perebor_output_kind other = result;
    other.journal = NULL;
    assert_allowed("a.h5", &other, true, false);
    assert_int_equal(unlink("a.h5.journal"), 0);
    assert_allowed("a.h5", &result, true, false);
}

/** The journal lies beside the file that a link leads to. */
static void a_link_is_followed_to_its_journal(void **state) {
    (void)state;
    static const char start[] = "link.h5 belongs to a search that runs or was interrupted: its "
                                "trials are in ";
    assert_int_equal(symlink("a.h5", "link.h5"), 0);
    write_hdf5("a.h5", "perebor result");
    assert_allowed("link.h5", &result, true, true);
    made_write_bytes("a.h5.journal", "", 0);
    perebor_error error = {0};
    perebor_file_identity found = {0};
    assert_int_equal(perebor_output_check("link.h5", &result, true, NULL, 0, &found, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_memory_equal(error.message, start, sizeof start - 1);
    assert_non_null(strstr(error.message, "a.h5.journal; finish it"));
    assert_int_equal(unlink("link.h5") + unlink("a.h5.journal") + unlink("a.h5"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_nothing_is_anything_may_be_written),
        cmocka_unit_test(what_is_there_is_replaced_only_if_asked_for),
        cmocka_unit_test(a_file_of_another_kind_is_never_replaced),
        cmocka_unit_test(an_hdf5_file_without_a_format_is_somebody_elses),
        cmocka_unit_test(what_is_no_file_is_never_replaced),
        cmocka_unit_test(a_file_that_is_read_is_never_written),
        cmocka_unit_test(an_output_with_a_journal_belongs_to_its_search),
        cmocka_unit_test(a_link_is_followed_to_its_journal),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
