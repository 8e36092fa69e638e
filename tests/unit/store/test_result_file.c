// SPDX-License-Identifier: MIT
#include <math.h>
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
#include "base/file_write.h"
#include "h5/hdf5_write.h"
#include "h5/tree_checksums.h"
#include "sample_result.h"
#include "scratch.h"
#include "store/result_tree.h"
#include "trial/trials_tree.h"

static char folder[SCRATCH_SIZE], path[96], other[96];

static int enter(void **state) {
    (void)state;
    if (scratch_create(folder) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/result.h5", folder);
    (void)snprintf(other, sizeof other, "%s/other.h5", folder);
    return 0;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    (void)unlink(other);
    return rmdir(folder);
}

static void assert_written(const perebor_result *result, const char *to, bool overwrite) {
    perebor_error error = {0};
    if (perebor_result_write(result, to, overwrite, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static perebor_result *assert_read(const char *from) {
    perebor_result *result = NULL;
    perebor_error error = {0};
    if (perebor_result_read(&result, from, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return result;
}

static void assert_same_bytes(const char *a, const char *b) {
    char *left = NULL, *right = NULL;
    size_t left_size = 0, right_size = 0;
    assert_int_equal(perebor_file_read(a, 1 << 28, &left, &left_size, NULL), PEREBOR_OK);
    assert_int_equal(perebor_file_read(b, 1 << 28, &right, &right_size, NULL), PEREBOR_OK);
    assert_int_equal(left_size, right_size);
    assert_memory_equal(left, right, left_size);
    free(left);
    free(right);
}

static void assert_same_trials(const perebor_trials *a, const perebor_trials *b) {
    uint8_t left[32], right[32];
    assert_int_equal(a->first_trial, b->first_trial);
    assert_int_equal(a->n_trials, b->n_trials);
    assert_int_equal(a->n_parameters, b->n_parameters);
    perebor_trials_digest(a, left);
    perebor_trials_digest(b, right);
    assert_memory_equal(left, right, sizeof left);
    for (size_t i = 0; i < a->n_parameters; i++) {
        assert_string_equal(a->parameter_names[i], b->parameter_names[i]);
    }
    for (size_t i = 0; i < a->n_trials * a->n_parameters; i++) {
        assert_true(perebor_value_equal(a->values[i], b->values[i]));
    }
    assert_memory_equal(a->folds, b->folds, a->n_trials * a->n_folds * sizeof *a->folds);
    assert_memory_equal(a->fold_done, b->fold_done, a->n_trials * a->n_folds);
    assert_memory_equal(a->same_as, b->same_as, a->n_trials * sizeof *a->same_as);
    assert_memory_equal(a->mpi_rank, b->mpi_rank, a->n_trials * sizeof *a->mpi_rank);
    for (size_t i = 0; i < a->n_trials; i++) {
        assert_int_equal(a->error[i] == NULL, b->error[i] == NULL);
        if (a->error[i] != NULL) {
            assert_string_equal(a->error[i], b->error[i]);
        }
    }
}

static void what_was_written_is_what_is_read(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(300);
    assert_written(result, path, false);
    perebor_result *read = assert_read(path);
    assert_same_trials(result->trials, read->trials);
    assert_string_equal(read->title, result->title);
    assert_int_equal(read->status, PEREBOR_RESULT_STOPPED);
    assert_string_equal(read->config, result->config);
    assert_true(read->seed == UINT64_MAX - 1);
    assert_int_equal(read->n_sources, 2);
    assert_string_equal(read->sources[1].delimiter, ";");
    assert_memory_equal(read->sources[0].sha256, result->sources[0].sha256, 32);
    assert_int_equal(read->steps[0].n_cells, 10);
    assert_int_equal(read->columns[2].n_levels, 2);
    assert_string_equal(read->columns[2].levels[1], "да");
    assert_string_equal(read->ids[8], "ё");
    assert_int_equal(read->source_rows[11], 4000000000);
    assert_memory_equal(read->test_fold, result->test_fold, 12 * sizeof(int32_t));
    assert_string_equal(read->build[0].name, "compiler");
    assert_int_equal(read->hosts[1].n_threads, 8);
    assert_string_equal(read->parameters[1].when, result->parameters[1].when);
    assert_true(read->parameters[1].max == 1e3);
    perebor_result_free(read);
    perebor_result_free(result);
}

static void every_metric_is_written_and_read(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(70);
    assert_int_equal(sample_trials_add_metrics(result->trials), PEREBOR_OK);
    assert_written(result, path, false);
    perebor_result *read = assert_read(path);
    const perebor_trials *from = result->trials, *to = read->trials;
    assert_same_trials(from, to);
    assert_true(perebor_trials_same_metrics(from, to));
    assert_memory_equal(from->further, to->further,
                        from->n_trials * from->n_folds * 2 * 2 * sizeof *from->further);
    assert_written(read, other, false);
    assert_same_bytes(path, other);
    perebor_result_free(read);
    perebor_result_free(result);
}

static void learning_curves_are_written_and_read(void **state) {
    (void)state;
    uint8_t left[32], right[32];
    perebor_result *result = sample_result_create(70);
    const size_t n_folds = result->trials->n_folds;
    assert_int_equal(curves_digest(result->trials, path, left, NULL), PEREBOR_ERR_CONFLICT);
    assert_false(perebor_trials_digest_oob(result->trials, left));
    assert_int_equal(sample_trials_add_curves(result->trials), PEREBOR_OK);
    assert_written(result, path, false);
    perebor_result *read = assert_read(path);
    assert_same_trials(result->trials, read->trials);
    assert_int_equal(curves_digest(result->trials, path, left, NULL), PEREBOR_OK);
    assert_int_equal(curves_digest(read->trials, path, right, NULL), PEREBOR_OK);
    assert_memory_equal(left, right, sizeof left);
    assert_true(perebor_trials_digest_oob(result->trials, left) &&
                perebor_trials_digest_oob(read->trials, right));
    assert_memory_equal(left, right, sizeof left);
    read->trials->folds[n_folds].oob_lacking++; // of trial 1
    assert_true(perebor_trials_digest_oob(read->trials, right));
    assert_memory_not_equal(left, right, sizeof left);
    read->trials->folds[n_folds].oob_lacking--;
    assert_int_equal(curves_digest(result->trials, path, left, NULL), PEREBOR_OK);
    read->trials->curves[1]->scores[0] = nextafter(result->trials->curves[1]->scores[0], 2.0);
    assert_int_equal(curves_digest(read->trials, path, right, NULL), PEREBOR_OK);
    assert_memory_not_equal(left, right, sizeof left);
    read->trials->curves[1]->scores[0] = result->trials->curves[1]->scores[0];
    assert_written(read, other, false);
    assert_same_bytes(path, other);
    perebor_result_free(read);
    perebor_result_free(result);
}

static void equal_results_give_equal_bytes(void **state) {
    (void)state;
    perebor_result *first = sample_result_create(300), *second = sample_result_create(300);
    assert_written(first, path, false);
    assert_written(second, other, false);
    assert_same_bytes(path, other);
    perebor_result *read = assert_read(path);
    assert_written(read, other, true);
    assert_same_bytes(path, other);
    perebor_result_free(read);
    perebor_result_free(first);
    perebor_result_free(second);
}

static void a_result_without_trials_parameters_or_rows_is_a_file_too(void **state) {
    (void)state;
    perebor_result *result = NULL;
    assert_int_equal(perebor_result_create(&result, NULL), PEREBOR_OK);
    assert_int_equal(perebor_trials_create_empty(&result->trials, NULL, 0, 0, 0, 5, NULL),
                     PEREBOR_OK);
    result->owns_trials = true;
    assert_written(result, path, false);
    perebor_result *read = assert_read(path);
    assert_int_equal(read->trials->n_trials, 0);
    assert_int_equal(read->n_rows, 0);
    assert_string_equal(read->title, "");
    perebor_result_free(read);
    perebor_result_free(result);
}

static void an_existing_file_is_kept_unless_overwriting(void **state) {
    (void)state;
    perebor_error error = {0};
    perebor_result *result = sample_result_create(3);
    assert_written(result, path, false);
    result->title = "another";
    assert_int_equal(perebor_result_write(result, path, false, &error), PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "exists"));
    perebor_result *read = assert_read(path);
    assert_string_equal(read->title, "Кто купит меньше?");
    perebor_result_free(read);
    assert_written(result, path, true);
    read = assert_read(path);
    assert_string_equal(read->title, "another");
    perebor_result_free(read);
    perebor_result_free(result);
}

static void assert_refused(const char *from, perebor_status status, const char *reason) {
    perebor_result *result = NULL;
    perebor_error error = {0};
    assert_int_equal(perebor_result_read(&result, from, &error), status);
    assert_null(result);
    if (strstr(error.message, reason) == NULL || strstr(error.message, from) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, reason);
    }
}

static void what_is_not_a_result_file_is_refused_by_name(void **state) {
    (void)state;
    assert_refused(path, PEREBOR_ERR_IO, "No such file");
    assert_refused(folder, PEREBOR_ERR_IO, "not a regular file");
    assert_int_equal(perebor_file_write(path, "id,x\n1,2\n", 9, false, NULL), PEREBOR_OK);
    assert_refused(path, PEREBOR_ERR_FORMAT, "text and not a result");
    assert_int_equal(perebor_file_write(path, "", 0, true, NULL), PEREBOR_OK);
    assert_refused(path, PEREBOR_ERR_FORMAT, "empty, or not a file");
}

/** Replaces the only place of @p from by @p to, of the same length, in the file. */
static void replace_bytes(const char *from, const char *to) {
    char *bytes = NULL;
    size_t size = 0, length = strlen(from), n_places = 0;
    assert_int_equal(perebor_file_read(path, 1 << 28, &bytes, &size, NULL), PEREBOR_OK);
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(bytes + at, from, length) == 0) {
            memcpy(bytes + at, to, length);
            n_places++;
        }
    }
    assert_int_equal(n_places, 1);
    assert_int_equal(perebor_file_write(path, bytes, size, true, NULL), PEREBOR_OK);
    free(bytes);
}

static void damage_that_hdf5_cannot_see_is_found(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(3);
    result->title = "the title of it all";
    assert_written(result, path, false);
    replace_bytes("the title of it all", "the title\xff"
                                         "of it all");
    assert_refused(path, PEREBOR_ERR_FORMAT, "UTF-8");
    assert_written(result, path, true);
    replace_bytes("stopped", "sloppyy");
    assert_refused(path, PEREBOR_ERR_FORMAT, "status");
    perebor_result_free(result);
}

static void a_score_that_is_not_the_digests_is_found(void **state) {
    (void)state;
    perebor_result *result = sample_result_create(3);
    size_t at = 0;
    while (!result->trials->fold_done[at]) {
        at++;
    }
    double marked = 0.123456789;
    char from[9] = "", to[9] = "";
    result->trials->folds[at].test_score = marked;
    memcpy(from, &marked, 8);
    marked = nextafter(marked, 1.0);
    memcpy(to, &marked, 8);
    assert_written(result, path, false);
    char *bytes = NULL;
    size_t size = 0, n_places = 0;
    assert_int_equal(perebor_file_read(path, 1 << 28, &bytes, &size, NULL), PEREBOR_OK);
    for (size_t i = 0; i + 8 <= size; i++) {
        if (memcmp(bytes + i, from, 8) == 0) {
            memcpy(bytes + i, to, 8);
            n_places++;
        }
    }
    assert_true(n_places >= 1);
    assert_int_equal(perebor_file_write(path, bytes, size, true, NULL), PEREBOR_OK);
    free(bytes);
    assert_refused(path, PEREBOR_ERR_FORMAT, "digest");
    perebor_result_free(result);
}

/** Faults that were reported, as "path what" lines. */
static char faults[4000];

static void note_fault(void *context, const char *place, const char *what) {
    (void)context;
    size_t length = strlen(faults);
    (void)snprintf(faults + length, sizeof faults - length, "%s %s\n", place, what);
}

/** The tree of a result with what tells versions apart. */
static h5_tree *sample_tree(perebor_result **result) {
    h5_tree *tree = NULL;
    *result = sample_result_create(9);
    assert_int_equal(result_to_tree(*result, &tree, NULL), PEREBOR_OK);
    return tree;
}

static size_t compare(const h5_tree *tree) {
    size_t n_rows = 0;
    faults[0] = '\0';
    assert_int_equal(h5_checksums_compare(tree, note_fault, NULL, &n_rows, NULL), PEREBOR_OK);
    return n_rows;
}

/** Alters the first element; false if there is none. */
static bool alter(h5_array *array) {
    if (h5_array_length(array) == 0) {
        return false;
    }
    if (array->kind == H5_TEXT) {
        const char **texts = array->data;
        texts[0] = strcmp(texts[0], "altered") == 0 ? "again" : "altered";
    } else {
        ((unsigned char *)array->data)[0] ^= 1;
    }
    return true;
}

/** Alters everything below a node, one thing at a time, and sees each found. */
static size_t alter_each(h5_tree *tree, h5_node *node) {
    size_t n = 0;
    for (h5_attribute *at = node->attributes; at != NULL; at = at->next) {
        unsigned char kept[16];
        size_t size = h5_kind_size(at->value.kind);
        memcpy(kept, at->value.data, size);
        if (alter(&at->value)) {
            n++;
            (void)compare(tree);
            assert_string_not_equal(faults, "");
            memcpy(at->value.data, kept, size);
        }
    }
    if (node->type == H5_DATASET && h5_array_length(&node->array) > 0) {
        unsigned char kept[16];
        size_t size = h5_kind_size(node->array.kind);
        memcpy(kept, node->array.data, size);
        assert_true(alter(&node->array));
        n++;
        (void)compare(tree);
        assert_string_not_equal(faults, "");
        memcpy(node->array.data, kept, size);
    }
    for (h5_node *child = node->children; child != NULL; child = child->next) {
        n += alter_each(tree, child);
    }
    return n;
}

static void whatever_is_altered_is_found(void **state) {
    (void)state;
    perebor_result *result = NULL;
    h5_tree *tree = sample_tree(&result);
    size_t n_rows = compare(tree);
    assert_string_equal(faults, "");
    assert_true(n_rows > 80);
    assert_true(alter_each(tree, tree->root) > n_rows / 2);
    (void)compare(tree);
    assert_string_equal(faults, "");
    h5_tree_free(tree);
    perebor_result_free(result);
}

static void what_is_missing_or_added_is_found_and_a_note_is_let_be(void **state) {
    (void)state;
    perebor_result *result = NULL;
    h5_tree *tree = sample_tree(&result);
    h5_set_text(tree, tree->root, "note", "the run before the holidays");
    (void)compare(tree);
    assert_string_equal(faults, "");
    h5_node *trials = tree->root->children;
    while (strcmp(trials->name, "trials") != 0) {
        trials = trials->next;
    }
    (void)h5_add_dataset(tree, trials, "split_extra", H5_DOUBLE, 1, 9, 0);
    (void)compare(tree);
    assert_non_null(strstr(faults, "/trials/split_extra"));
    assert_non_null(strstr(faults, "has no checksum"));
    trials->children = trials->children->next;
    (void)compare(tree);
    assert_non_null(strstr(faults, " is missing\n"));
    h5_tree_free(tree);
    perebor_result_free(result);
}

/** Somebody who alters a copy and recomputes the checksums is found out by the source. */
static void a_copy_that_disagrees_with_its_source_is_found(void **state) {
    (void)state;
    perebor_result *result = NULL;
    h5_tree *derived = NULL, *tree = sample_tree(&result);
    static const char *const copies[] = {"tables/trials/mean_test_score",
                                         "tables/trials/split0_test_score",
                                         "trials/mean_test_score",
                                         "trials/std_test_score",
                                         "trials/rank_test_score",
                                         "trials/param_model",
                                         "trials/digest",
                                         "tables/trials/error"};
    assert_int_equal(result_to_tree(result, &derived, NULL), PEREBOR_OK);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        h5_node *node = (h5_node *)h5_find(tree->root, copies[i]);
        assert_non_null(node);
        h5_array kept = node->array;
        size_t size = h5_array_length(&kept) * h5_kind_size(kept.kind);
        node->array.data = malloc(size); // columns of the table share theirs with /trials
        memcpy(node->array.data, kept.data, size);
        assert_true(alter(&node->array));
        faults[0] = '\0';
        assert_int_equal(h5_checksums_compare_derived(tree, derived, note_fault, NULL, NULL),
                         PEREBOR_OK);
        assert_non_null(strstr(faults, copies[i]));
        assert_non_null(strstr(faults, "disagrees with what it is derived from"));
        free(node->array.data);
        node->array = kept;
    }
    h5_tree_free(tree);
    h5_tree_free(derived);
    perebor_result_free(result);
}

static void the_whole_file_is_compared_with_itself(void **state) {
    (void)state;
    perebor_result_check found = {0};
    perebor_result *result = sample_result_create(70); // long enough for chunks
    assert_written(result, path, false);
    faults[0] = '\0';
    assert_int_equal(perebor_result_check_file(path, note_fault, NULL, &found, NULL), PEREBOR_OK);
    assert_string_equal(faults, "");
    assert_true(found.has_checksums);
    assert_true(found.n_rows > 80);
    perebor_result_free(result);
    result = sample_result_create(3);
    result->title = "the title of it all";
    assert_written(result, path, true);
    replace_bytes("the title of it all", "the title_of it all");
    assert_int_equal(perebor_result_check_file(path, note_fault, NULL, &found, NULL), PEREBOR_OK);
    assert_string_equal(faults, "/@title is not what was written: its checksum differs\n");
    assert_refused(path, PEREBOR_ERR_FORMAT, "/@title is not what was written");
    perebor_result_free(result);
}

/** Format 1.0 had no checksums but the digest of trials. */
static void a_file_of_the_first_version_is_still_read(void **state) {
    (void)state;
    void *image = NULL;
    size_t size = 0;
    perebor_result *result = NULL;
    perebor_result_check found = {.has_checksums = true};
    h5_tree *tree = sample_tree(&result);
    for (h5_node *node = tree->root->children; node != NULL; node = node->next) {
        while (node->next != NULL && strcmp(node->next->name, "checksums") == 0) {
            node->next = node->next->next;
        }
    }
    h5_attribute *version = (h5_attribute *)h5_find_attribute(tree->root, "format_version");
    *(const char **)version->value.data = "1.0";
    assert_int_equal(hdf5_write(tree, &image, &size, NULL), PEREBOR_OK);
    assert_int_equal(perebor_file_write(path, image, size, false, NULL), PEREBOR_OK);
    perebor_result_free(assert_read(path));
    faults[0] = '\0';
    assert_int_equal(perebor_result_check_file(path, note_fault, NULL, &found, NULL), PEREBOR_OK);
    assert_string_equal(faults, "");
    assert_false(found.has_checksums);
    *(const char **)version->value.data = "1.1"; // whose checksums were taken away
    free(image);
    assert_int_equal(hdf5_write(tree, &image, &size, NULL), PEREBOR_OK);
    assert_int_equal(perebor_file_write(path, image, size, true, NULL), PEREBOR_OK);
    assert_refused(path, PEREBOR_ERR_FORMAT, "/checksums is not what was written");
    free(image);
    h5_tree_free(tree);
    perebor_result_free(result);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_what_is_read, enter, leave),
        cmocka_unit_test_setup_teardown(every_metric_is_written_and_read, enter, leave),
        cmocka_unit_test_setup_teardown(learning_curves_are_written_and_read, enter, leave),
        cmocka_unit_test_setup_teardown(equal_results_give_equal_bytes, enter, leave),
        cmocka_unit_test_setup_teardown(a_result_without_trials_parameters_or_rows_is_a_file_too,
                                        enter, leave),
        cmocka_unit_test_setup_teardown(an_existing_file_is_kept_unless_overwriting, enter, leave),
        cmocka_unit_test_setup_teardown(what_is_not_a_result_file_is_refused_by_name, enter, leave),
        cmocka_unit_test_setup_teardown(damage_that_hdf5_cannot_see_is_found, enter, leave),
        cmocka_unit_test_setup_teardown(a_score_that_is_not_the_digests_is_found, enter, leave),
        cmocka_unit_test(whatever_is_altered_is_found),
        cmocka_unit_test(what_is_missing_or_added_is_found_and_a_note_is_let_be),
        cmocka_unit_test(a_copy_that_disagrees_with_its_source_is_found),
        cmocka_unit_test_setup_teardown(the_whole_file_is_compared_with_itself, enter, leave),
        cmocka_unit_test_setup_teardown(a_file_of_the_first_version_is_still_read, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
