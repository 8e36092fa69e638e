// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/dataset.h"

enum { row_count = 5 };

static const double age[row_count] = {31.5, NAN, 40, -0.0, 22};
static const double grade[row_count] = {0, 1, 2, NAN, 1};
static const double city[row_count] = {1, 0, 0, 1, NAN};
static const double profit[row_count] = {1e300, 2, 3, 4, 5};
static const char *const grades[] = {"low", "middle", "high"};
static const char *const cities[] = {"Омск", "Томск"};
static const char *const ids[row_count] = {"a1", "", "b", "длинное имя", "e"};
static const uint8_t labels[row_count] = {1, 0, 1, 1, 0};
static const uint32_t source_rows[row_count] = {0, 2, 3, 7, 9};
static const uint32_t groups[row_count] = {4, 4, 0, 1, 1};
static const perebor_column columns[] = {
    {"age", PEREBOR_ROLE_NUMERIC, age, NULL, 0, -1},
    {"grade", PEREBOR_ROLE_ORDINAL, grade, grades, 3, 1},
    {"city", PEREBOR_ROLE_NOMINAL, city, cities, 2, 0},
};
static const perebor_column passthrough[] = {{"profit", PEREBOR_ROLE_NUMERIC, profit, NULL, 0, 0}};

static perebor_dataset sample(void) {
    return (perebor_dataset){
        .n_rows = row_count,
        .n_columns = 3,
        .columns = columns,
        .labels = labels,
        .target_name = "left",
        .positive_name = "yes",
        .negative_name = "rest",
        .id_name = "customer",
        .ids = ids,
        .source_rows = source_rows,
        .groups = groups,
        .n_passthrough = 1,
        .passthrough = passthrough,
    };
}

static void assert_column_equal(const perebor_column *a, const perebor_column *b, size_t n_rows) {
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->n_levels, b->n_levels);
    assert_int_equal(a->monotonic, b->monotonic);
    for (size_t level = 0; level < a->n_levels; level++) {
        assert_string_equal(a->levels[level], b->levels[level]);
    }
    assert_memory_equal(a->values, b->values, n_rows * sizeof(double));
}

static void assert_dataset_equal(const perebor_dataset *a, const perebor_dataset *b) {
    assert_int_equal(a->n_rows, b->n_rows);
    assert_int_equal(a->n_columns, b->n_columns);
    assert_int_equal(a->n_passthrough, b->n_passthrough);
    for (size_t column = 0; column < a->n_columns; column++) {
        assert_column_equal(&a->columns[column], &b->columns[column], a->n_rows);
    }
    for (size_t column = 0; column < a->n_passthrough; column++) {
        assert_column_equal(&a->passthrough[column], &b->passthrough[column], a->n_rows);
    }
    assert_string_equal(a->target_name, b->target_name);
    assert_string_equal(a->positive_name, b->positive_name);
    assert_string_equal(a->negative_name, b->negative_name);
    assert_string_equal(a->id_name, b->id_name);
    assert_memory_equal(a->labels, b->labels, a->n_rows);
    assert_memory_equal(a->source_rows, b->source_rows, a->n_rows * sizeof(uint32_t));
    assert_int_equal(a->groups == NULL, b->groups == NULL);
    if (a->groups != NULL) {
        assert_memory_equal(a->groups, b->groups, a->n_rows * sizeof(uint32_t));
    }
    for (size_t row = 0; row < a->n_rows; row++) {
        assert_string_equal(a->ids[row], b->ids[row]);
    }
}

static void a_copy_equals_its_original_and_outlives_it(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_dataset *first;
    perebor_dataset *second;
    perebor_error error;
    assert_int_equal(perebor_dataset_copy(&first, &original, &error), PEREBOR_OK);
    assert_int_equal(perebor_dataset_copy(&second, first, &error), PEREBOR_OK);
    perebor_dataset_free(first);
    assert_dataset_equal(second, &original);
    perebor_dataset_free(second);
    perebor_dataset_free(NULL);
}

static void a_dataset_without_groups_or_rows_is_copied(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_dataset *copy;
    perebor_error error;
    original.groups = NULL;
    original.n_passthrough = 0;
    assert_int_equal(perebor_dataset_copy(&copy, &original, &error), PEREBOR_OK);
    assert_dataset_equal(copy, &original);
    perebor_dataset_free(copy);
    original.n_rows = 0;
    assert_int_equal(perebor_dataset_copy(&copy, &original, &error), PEREBOR_OK);
    assert_dataset_equal(copy, &original);
    perebor_dataset_free(copy);
}

static void rows_that_are_only_to_be_scored_need_no_labels_and_no_ids(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_dataset *copy;
    uint8_t with_labels[32], without[32], copied[32];
    perebor_dataset_fingerprint(&original, with_labels);
    original.labels = NULL;
    original.ids = NULL;
    original.source_rows = NULL;
    perebor_dataset_fingerprint(&original, without);
    assert_memory_not_equal(with_labels, without, 32);
    assert_int_equal(perebor_dataset_copy(&copy, &original, NULL), PEREBOR_OK);
    assert_null(copy->labels);
    for (size_t row = 0; row < row_count; row++) {
        assert_string_equal(copy->ids[row], "");
        assert_int_equal(copy->source_rows[row], row);
    }
    perebor_dataset_fingerprint(copy, copied);
    assert_memory_equal(copied, without, 32);
    perebor_dataset_free(copy);
}

/** Copies the sample with another value in a column; a level that may not be is an error. */
static perebor_status copy_with(size_t column, double value) {
    perebor_dataset original = sample();
    perebor_column changed[3];
    double values[row_count];
    perebor_dataset *copy = NULL;
    memcpy(changed, columns, sizeof columns);
    memcpy(values, columns[column].values, sizeof values);
    values[1] = value;
    changed[column].values = values;
    original.columns = changed;
    perebor_status status = perebor_dataset_copy(&copy, &original, NULL);
    assert_true(status == PEREBOR_OK ? copy->columns[column].values[1] == value : copy == NULL);
    perebor_dataset_free(copy);
    return status;
}

static void only_a_nominal_value_may_be_the_unknown_level(void **state) {
    (void)state;
    assert_int_equal(copy_with(2, 3.0), PEREBOR_OK); // of two levels
    assert_int_equal(copy_with(2, 2.0), PEREBOR_ERR_FORMAT);
    assert_int_equal(copy_with(2, 4.0), PEREBOR_ERR_FORMAT);
    assert_int_equal(copy_with(2, -1.0), PEREBOR_ERR_FORMAT);
    assert_int_equal(copy_with(2, 0.5), PEREBOR_ERR_FORMAT);
    assert_int_equal(copy_with(1, 4.0), PEREBOR_ERR_FORMAT);
}

static void an_image_moved_in_memory_gives_the_same_dataset(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_dataset *view;
    perebor_error error;
    void *image;
    size_t size;
    assert_int_equal(perebor_dataset_pack(&original, &image, &size, &error), PEREBOR_OK);
    assert_int_equal((uintptr_t)image % 64, 0);
    void *moved = aligned_alloc(64, size);
    assert_non_null(moved);
    memcpy(moved, image, size);
    free(image);
    assert_int_equal(perebor_dataset_unpack(&view, moved, size, &error), PEREBOR_OK);
    assert_null(view->block);
    assert_dataset_equal(view, &original);
    perebor_dataset_free(view);
    free(moved);
}

/** Reads all that an accepted image points to, for the sanitizers to watch. */
static size_t read_everything(const perebor_dataset *dataset) {
    size_t sum = strlen(dataset->target_name) + strlen(dataset->positive_name) +
                 strlen(dataset->negative_name) + strlen(dataset->id_name);
    uint8_t fingerprint[32];
    perebor_dataset_fingerprint(dataset, fingerprint);
    for (size_t column = 0; column < dataset->n_passthrough; column++) {
        sum += strlen(dataset->passthrough[column].name);
        sum += dataset->passthrough[column].values[dataset->n_rows - 1] > 0;
    }
    return sum;
}

static void assert_survives(char *image, size_t size) {
    perebor_dataset *view = NULL;
    perebor_error error;
    if (perebor_dataset_unpack(&view, image, size, &error) != PEREBOR_OK) {
        assert_null(view);
        assert_int_equal(error.status, PEREBOR_ERR_FORMAT);
        return;
    }
    assert_true(read_everything(view) > 0);
    perebor_dataset_free(view);
}

static void no_damaged_byte_of_an_image_leads_outside_it(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_error error;
    void *packed;
    size_t size;
    assert_int_equal(perebor_dataset_pack(&original, &packed, &size, &error), PEREBOR_OK);
    char *image = packed;
    const char damages[] = {1, 2, 8, 64, (char)0x80, (char)0xFF};
    for (size_t byte = 0; byte < size; byte++) {
        for (size_t i = 0; i < sizeof damages; i++) {
            image[byte] = (char)(image[byte] ^ damages[i]);
            assert_survives(image, size);
            image[byte] = (char)(image[byte] ^ damages[i]);
        }
    }
    free(image);
}

static void a_truncated_or_foreign_image_is_refused(void **state) {
    (void)state;
    perebor_dataset original = sample();
    perebor_dataset *view;
    perebor_error error;
    void *image;
    size_t size;
    assert_int_equal(perebor_dataset_pack(&original, &image, &size, &error), PEREBOR_OK);
    for (size_t shorter = 0; shorter < size; shorter++) {
        assert_int_equal(perebor_dataset_unpack(&view, image, shorter, &error), PEREBOR_ERR_FORMAT);
    }
    uint64_t version = 99;
    memcpy((char *)image + 8, &version, sizeof version);
    assert_int_equal(perebor_dataset_unpack(&view, image, size, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "version 99"));
    free(image);
}

static void the_fingerprint_sees_every_part_but_passthrough_columns(void **state) {
    (void)state;
    uint8_t expected[32];
    uint8_t changed[32];
    perebor_dataset dataset = sample();
    perebor_dataset_fingerprint(&dataset, expected);

    dataset.n_passthrough = 0;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_equal(changed, expected, 32);

    const double other_age[row_count] = {31.5, NAN, 40, 0.0, 22};
    perebor_column other_columns[3];
    memcpy(other_columns, columns, sizeof columns);
    other_columns[0].values = other_age;
    dataset.columns = other_columns;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_not_equal(changed, expected, 32);

    memcpy(other_columns, columns, sizeof columns);
    other_columns[0].monotonic = 1;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_not_equal(changed, expected, 32);

    dataset = sample();
    dataset.groups = NULL;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_not_equal(changed, expected, 32);

    dataset = sample();
    dataset.positive_name = "no";
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_not_equal(changed, expected, 32);

    const uint32_t other_rows[row_count] = {0, 2, 3, 7, 10};
    dataset = sample();
    dataset.source_rows = other_rows;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_not_equal(changed, expected, 32);
}

static void missing_values_of_different_bits_are_one_to_the_fingerprint(void **state) {
    (void)state;
    double other_age[row_count];
    perebor_column other_columns[3];
    uint8_t expected[32];
    uint8_t changed[32];
    perebor_dataset dataset = sample();
    perebor_dataset_fingerprint(&dataset, expected);
    memcpy(other_age, age, sizeof age);
    memcpy(other_columns, columns, sizeof columns);
    uint64_t other_nan = UINT64_C(0xFFF8000000000001);
    memcpy(&other_age[1], &other_nan, sizeof other_nan);
    other_columns[0].values = other_age;
    dataset.columns = other_columns;
    perebor_dataset_fingerprint(&dataset, changed);
    assert_memory_equal(changed, expected, 32);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_equals_its_original_and_outlives_it),
        cmocka_unit_test(a_dataset_without_groups_or_rows_is_copied),
        cmocka_unit_test(rows_that_are_only_to_be_scored_need_no_labels_and_no_ids),
        cmocka_unit_test(only_a_nominal_value_may_be_the_unknown_level),
        cmocka_unit_test(an_image_moved_in_memory_gives_the_same_dataset),
        cmocka_unit_test(no_damaged_byte_of_an_image_leads_outside_it),
        cmocka_unit_test(a_truncated_or_foreign_image_is_refused),
        cmocka_unit_test(the_fingerprint_sees_every_part_but_passthrough_columns),
        cmocka_unit_test(missing_values_of_different_bits_are_one_to_the_fingerprint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
