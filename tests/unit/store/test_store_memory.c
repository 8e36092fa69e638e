// SPDX-License-Identifier: MIT
/**
 * Every single allocation of this room's own fails in turn (HDF5's own are not ours to fail: it
 * crashes).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "h5/file_tree_codec.h"
#include "sample_result.h"
#include "scratch.h"
#include "store/journal.h"
#include "store/result_tree.h"

enum { n_trials = 12 };

/** Something that allocates, and frees it all again; its outputs are untouched if it fails. */
typedef perebor_status (*attempt)(perebor_error *error);

static void fail_every_allocation(attempt try_it, long at_least) {
    perebor_status status = PEREBOR_ERR_MEMORY;
    long n = 0;
    for (; status != PEREBOR_OK; n++) {
        perebor_error error = {0};
        failing_malloc_arm((size_t)n + 1);
        status = try_it(&error);
        (void)failing_malloc_disarm();
        if (status != PEREBOR_OK) {
            assert_int_equal(status, PEREBOR_ERR_MEMORY);
            assert_int_equal(error.status, PEREBOR_ERR_MEMORY);
        }
    }
    assert_in_range(n, at_least, 100000);
}

static perebor_result *sample;
static byte_buffer encoded;
static char folder[SCRATCH_SIZE], path[96];
static const perebor_journal_field fields[] = {
    {.name = "data", .text = "0123", .must_match = true}};

static perebor_status make_tree(perebor_error *error) {
    h5_tree *tree = NULL;
    perebor_status status = result_to_tree(sample, &tree, error);
    assert_true((status == PEREBOR_OK) == (tree != NULL));
    h5_tree_free(tree);
    return status;
}

static perebor_status make_result(perebor_error *error) {
    h5_tree *tree = NULL;
    perebor_result *result = NULL;
    bytes_cursor cursor = {.at = encoded.data, .left = encoded.size};
    perebor_status status = h5_tree_decode(&tree, &cursor, NULL, error);
    if (status == PEREBOR_OK) {
        status = result_from_tree(tree, "sample.h5", &result, error);
        assert_true((status == PEREBOR_OK) == (result != NULL));
    }
    perebor_result_free(result);
    h5_tree_free(tree);
    return status;
}

static perebor_status merge(perebor_error *error) {
    perebor_trials *merged = NULL;
    perebor_status status =
        perebor_result_merge_trials(&merged, sample->trials, sample->trials, error);
    assert_true((status == PEREBOR_OK) == (merged != NULL));
    perebor_trials_free(merged);
    return status;
}

static perebor_status keep_journal(perebor_error *error) {
    perebor_journal *journal = NULL;
    perebor_status status = perebor_journal_create(&journal, path, fields, 1, true, error);
    for (size_t trial = 0; trial < n_trials && status == PEREBOR_OK; trial++) {
        status = perebor_journal_append(journal, sample->trials, trial, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_journal_commit(journal, error);
    }
    perebor_journal_close(journal);
    return status;
}

static perebor_status resume_journal(perebor_error *error) {
    perebor_trials *trials = NULL;
    perebor_journal *journal = NULL;
    perebor_status status = perebor_trials_create_empty(
        &trials, (const char *const *)sample->trials->parameter_names, sample->trials->n_parameters,
        0, n_trials, sample->trials->n_folds, error);
    if (status == PEREBOR_OK) {
        status =
            perebor_trials_set_metrics(trials, (const char *const *)sample->trials->metric_names,
                                       sample->trials->n_metrics, error);
    }
    if (status == PEREBOR_OK) {
        status = perebor_journal_resume(&journal, path, fields, 1, trials, NULL, error);
    }
    perebor_journal_close(journal);
    perebor_trials_free(trials);
    return status;
}

static perebor_status write_params(perebor_error *error) {
    char *json = perebor_trials_params_json(sample->trials, 0);
    free(json);
    return json != NULL ? PEREBOR_OK : perebor_fail(error, PEREBOR_ERR_MEMORY, "no params");
}

static void no_failing_allocation_is_overlooked(void **state) {
    (void)state;
    fail_every_allocation(make_tree, 20);
    fail_every_allocation(make_result, 20);
    fail_every_allocation(merge, 15);
    fail_every_allocation(keep_journal, 5);
    fail_every_allocation(resume_journal, 15);
    fail_every_allocation(write_params, 2);
}

static int enter(void **state) {
    (void)state;
    h5_tree *tree = NULL;
    sample = sample_result_create(n_trials);
    if (sample == NULL || sample_trials_add_metrics(sample->trials) != PEREBOR_OK ||
        sample_trials_add_curves(sample->trials) != PEREBOR_OK || scratch_create(folder) == NULL ||
        result_to_tree(sample, &tree, NULL) != PEREBOR_OK) {
        return -1;
    }
    h5_tree_encode(tree, NULL, &encoded);
    h5_tree_free(tree);
    (void)snprintf(path, sizeof path, "%s/journal", folder);
    return encoded.failed;
}

static int leave(void **state) {
    (void)state;
    (void)unlink(path);
    bytes_release(&encoded);
    perebor_result_free(sample);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_failing_allocation_is_overlooked),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
