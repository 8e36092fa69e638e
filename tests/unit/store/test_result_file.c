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
#include "sample_result.h"
#include "scratch.h"

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
    assert_refused(path, PEREBOR_ERR_FORMAT, "not a readable HDF5 file");
    assert_int_equal(perebor_file_write(path, "", 0, true, NULL), PEREBOR_OK);
    assert_refused(path, PEREBOR_ERR_FORMAT, "not a readable HDF5 file");
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_what_is_read, enter, leave),
        cmocka_unit_test_setup_teardown(equal_results_give_equal_bytes, enter, leave),
        cmocka_unit_test_setup_teardown(a_result_without_trials_parameters_or_rows_is_a_file_too,
                                        enter, leave),
        cmocka_unit_test_setup_teardown(an_existing_file_is_kept_unless_overwriting, enter, leave),
        cmocka_unit_test_setup_teardown(what_is_not_a_result_file_is_refused_by_name, enter, leave),
        cmocka_unit_test_setup_teardown(damage_that_hdf5_cannot_see_is_found, enter, leave),
        cmocka_unit_test_setup_teardown(a_score_that_is_not_the_digests_is_found, enter, leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
