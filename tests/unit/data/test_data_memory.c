// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_malloc.h"
#include "metric/roc_auc.h"
#include "perebor/dataset.h"
#include "perebor/folds.h"
#include "perebor/matrix.h"
#include "perebor/split.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { row_count = 12, n_scores = 3000 };

static const uint8_t labels[row_count] = {1, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 1};
static const uint32_t groups[row_count] = {1, 1, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9};

static perebor_status copy_dataset(size_t kind, perebor_error *error) {
    (void)kind;
    const double values[2] = {1.0, 0.0};
    const char *const ids[2] = {"a", "b"};
    const uint32_t rows[2] = {0, 1};
    const char *const levels[2] = {"no", "yes"};
    const perebor_column column = {"x", PEREBOR_ROLE_BOOLEAN, values, levels, 2, 0};
    const perebor_dataset dataset = {
        .n_rows = 2,
        .n_columns = 1,
        .columns = &column,
        .labels = labels,
        .target_name = "y",
        .positive_name = "1",
        .negative_name = "0",
        .id_name = "",
        .ids = ids,
        .source_rows = rows,
    };
    perebor_dataset *copy = NULL;
    perebor_status status = perebor_dataset_copy(&copy, &dataset, error);
    perebor_dataset_free(copy);
    return status;
}

static perebor_status create_matrix(size_t kind, perebor_error *error) {
    perebor_matrix matrix = {0};
    perebor_status status = perebor_matrix_create(&matrix, kind, kind, &workspace, error);
    return status;
}

static perebor_status make_split(size_t kind, perebor_error *error) {
    const perebor_split_settings settings = {
        .test_size = 0.25, .stratify = kind == 0, .by_group = kind == 1, .seed = 3};
    perebor_split split = {0};
    perebor_status status = perebor_split_make(&split, labels, groups, row_count, &settings, error);
    perebor_split_release(&split);
    return status;
}

static perebor_status make_folds(size_t kind, perebor_error *error) {
    const perebor_folds_settings settings = {
        .method = (perebor_fold_method)kind, .n_splits = 3, .n_repeats = 1};
    perebor_folds folds = {0};
    perebor_status status = perebor_folds_make(&folds, labels, groups, row_count, &settings, error);
    perebor_folds_release(&folds);
    return status;
}

/** Calls again and again, another allocation failing each time, until none does. */
static void survives_every_failure(perebor_status (*call)(size_t kind, perebor_error *error),
                                   size_t n_kinds) {
    for (size_t kind = 0; kind < n_kinds; kind++) {
        perebor_status status = PEREBOR_ERR_MEMORY;
        size_t n = 1;
        for (; status != PEREBOR_OK; n++) {
            perebor_error error = {0};
            failing_malloc_arm(n);
            status = call(kind, &error);
            bool failed = failing_malloc_disarm();
            assert_int_equal(status, failed ? PEREBOR_ERR_MEMORY : PEREBOR_OK);
            assert_int_equal(error.status, status);
        }
        assert_true(n > 2);
    }
}

static void any_allocation_may_fail(void **state) {
    (void)state;
    survives_every_failure(copy_dataset, 1);
    survives_every_failure(create_matrix, 2);
    survives_every_failure(make_split, 3);
    survives_every_failure(make_folds, 3);
}

static void an_area_without_memory_is_not_a_number(void **state) {
    (void)state;
    static uint8_t many_labels[n_scores];
    static double scores[n_scores];
    const size_t positive_every[] = {2, 100}; // sorted, compared pair by pair
    for (size_t kind = 0; kind < 2; kind++) {
        for (size_t row = 0; row < n_scores; row++) {
            many_labels[row] = row % positive_every[kind] == 0;
            scores[row] = (double)(row * 7919 % n_scores);
        }
        failing_malloc_arm(1);
        double area = perebor_roc_auc(many_labels, scores, n_scores, &workspace);
        assert_true(failing_malloc_disarm());
        assert_true(isnan(area));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_allocation_may_fail),
        cmocka_unit_test(an_area_without_memory_is_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
