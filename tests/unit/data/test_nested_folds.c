// SPDX-License-Identifier: MIT
/** Inner folds see nothing of their outer fold, and are those of the other rows by themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "data/nested_folds.h"

enum { n_rows = 60, n_outer = 4 };

static uint8_t labels[n_rows];
static uint32_t groups[n_rows];

static int fill(void **state) {
    (void)state;
    for (size_t row = 0; row < n_rows; row++) {
        labels[row] = row % 7 < 3;
        groups[row] = (uint32_t)(1000 + 3 * (row % 20)); // numbers with gaps
    }
    return 0;
}

static nested_folds make(const perebor_folds_settings *inner) {
    nested_folds folds = {0};
    perebor_error error = {0};
    if (nested_folds_make(&folds, labels, perebor_folds_keep_groups(inner->method) ? groups : NULL,
                          n_rows, n_outer, inner, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return folds;
}

/** Marks the rows of a fold: 1 training, 2 validation, 0 neither. */
static void mark(const nested_folds *folds, size_t fold, uint8_t marks[n_rows]) {
    uint32_t train[n_rows], validation[n_rows];
    size_t n_train = 0, n_validation = 0;
    memset(marks, 0, n_rows);
    nested_folds_rows(folds, fold, train, &n_train, validation, &n_validation);
    for (size_t i = 0; i < n_train; i++) {
        assert_int_equal(marks[train[i]], 0);
        assert_true(i == 0 || train[i] > train[i - 1]);
        marks[train[i]] = 1;
    }
    for (size_t i = 0; i < n_validation; i++) {
        assert_int_equal(marks[validation[i]], 0);
        marks[validation[i]] = 2;
    }
}

/** Inner folds of one outer fold, against the folds of the rows outside of it. */
static void check_outer(const nested_folds *folds, const perebor_folds_settings *inner,
                        size_t outer) {
    uint8_t of_outer[n_rows], of_inner[n_rows], own_labels[n_rows];
    uint32_t own_groups[n_rows];
    size_t positions[n_rows], n = 0;
    perebor_folds alone = {0};
    mark(folds, nested_folds_outer(folds, outer), of_outer);
    for (size_t row = 0; row < n_rows; row++) {
        assert_int_not_equal(of_outer[row], 0);
        if (of_outer[row] == 1) {
            own_labels[n] = labels[row];
            own_groups[n] = groups[row];
            positions[n++] = row;
        }
    }
    bool grouped = perebor_folds_keep_groups(inner->method);
    assert_int_equal(
        perebor_folds_make(&alone, own_labels, grouped ? own_groups : NULL, n, inner, NULL),
        PEREBOR_OK);
    for (size_t fold = 0; fold < folds->n_inner; fold++) {
        mark(folds, outer * (folds->n_inner + 1) + fold, of_inner);
        for (size_t i = 0; i < n; i++) {
            size_t split = alone.test_fold[fold / alone.n_splits * n + i];
            assert_int_equal(of_inner[positions[i]], split == fold % alone.n_splits ? 2 : 1);
            of_inner[positions[i]] = 0;
        }
        for (size_t row = 0; row < n_rows; row++) { // nothing of the outer fold
            assert_int_equal(of_inner[row], 0);
        }
    }
    perebor_folds_release(&alone);
}

static void inner_folds_are_those_of_the_rows_outside(void **state) {
    (void)state;
    static const perebor_folds_settings settings[] = {
        {PEREBOR_KFOLD, 3, 1, false, 0},
        {PEREBOR_STRATIFIED_KFOLD, 3, 1, false, 0},
        {PEREBOR_STRATIFIED_KFOLD, 2, 3, true, 5},
        {PEREBOR_GROUP_KFOLD, 3, 1, false, 0},
        {PEREBOR_STRATIFIED_GROUP_KFOLD, 3, 1, true, 2},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        nested_folds folds = make(&settings[i]);
        uint8_t marks[n_rows], times[n_rows] = {0};
        assert_int_equal(folds.n_inner, settings[i].n_splits * settings[i].n_repeats);
        assert_int_equal(folds.n_folds, n_outer * (folds.n_inner + 1));
        for (size_t outer = 0; outer < n_outer; outer++) {
            check_outer(&folds, &settings[i], outer);
            mark(&folds, nested_folds_outer(&folds, outer), marks);
            for (size_t row = 0; row < n_rows; row++) {
                times[row] = (uint8_t)(times[row] + (marks[row] == 2));
            }
        }
        for (size_t row = 0; row < n_rows; row++) { // every row in one outer fold
            assert_int_equal(times[row], 1);
        }
        nested_folds_release(&folds);
    }
}

static void fingerprints_tell_folds_apart(void **state) {
    (void)state;
    perebor_folds_settings settings = {PEREBOR_STRATIFIED_KFOLD, 3, 1, true, 4};
    uint8_t first[32], again[32], other[32];
    nested_folds folds = make(&settings);
    nested_folds_fingerprint(&folds, first);
    nested_folds_release(&folds);
    folds = make(&settings);
    nested_folds_fingerprint(&folds, again);
    nested_folds_release(&folds);
    settings.n_splits = 2;
    folds = make(&settings);
    nested_folds_fingerprint(&folds, other);
    nested_folds_release(&folds);
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

static void rows_that_are_too_few_are_refused(void **state) {
    (void)state;
    nested_folds folds = {0};
    perebor_error error = {0};
    static const perebor_folds_settings settings = {PEREBOR_STRATIFIED_KFOLD, 20, 1, false, 0};
    // 27 positive rows: enough for 20 folds, but not what is left of them outside of an outer one.
    assert_int_equal(nested_folds_make(&folds, labels, NULL, n_rows, n_outer, &settings, &error),
                     PEREBOR_OK);
    nested_folds_release(&folds);
    assert_int_equal(nested_folds_make(&folds, labels, NULL, n_rows, 3, &settings, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "20 stratified folds cannot be cut from"));
    assert_int_equal(nested_folds_make(&folds, labels, NULL, n_rows, 30, &settings, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_non_null(strstr(error.message, "30 stratified folds cannot be cut from"));
    assert_null(folds.inner);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inner_folds_are_those_of_the_rows_outside),
        cmocka_unit_test(fingerprints_tell_folds_apart),
        cmocka_unit_test(rows_that_are_too_few_are_refused),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
