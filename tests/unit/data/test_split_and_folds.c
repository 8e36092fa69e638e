// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "perebor/folds.h"
#include "perebor/split.h"

enum { max_rows = 4096 };

/** One line of golden/data/splits.csv. */
typedef struct golden_case {
    char kind[32], digest[32];
    size_t n_rows, n_splits, n_repeats;
    uint64_t row_seed;
    unsigned positives_of_1000, n_groups, shuffle;
    double test_size;
    uint32_t seed;
} golden_case;

/** The rows that make_splits.py generates from the same seed. */
typedef struct rows {
    uint8_t labels[max_rows];
    uint32_t groups[max_rows];
} rows;

static uint64_t next_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void generate_rows(rows *rows, const golden_case *golden) {
    uint64_t state = golden->row_seed;
    assert_true(golden->n_rows <= max_rows);
    for (size_t row = 0; row < golden->n_rows; row++) {
        rows->labels[row] = next_random(&state) % 1000 < golden->positives_of_1000;
        uint64_t first = next_random(&state) % golden->n_groups;
        uint64_t second = next_random(&state) % golden->n_groups;
        rows->groups[row] = (uint32_t)(3 * (first < second ? first : second) + 7);
    }
}

static void digest_values(perebor_sha256 *digest, const uint32_t *values, size_t n_values) {
    perebor_sha256_update_u64(digest, n_values);
    for (size_t i = 0; i < n_values; i++) {
        const uint8_t bytes[4] = {(uint8_t)values[i], (uint8_t)(values[i] >> 8),
                                  (uint8_t)(values[i] >> 16), (uint8_t)(values[i] >> 24)};
        perebor_sha256_update(digest, bytes, sizeof bytes);
    }
}

static void finish_digest(perebor_sha256 *digest, char text[17]) {
    uint8_t result[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_final(digest, result);
    perebor_sha256_hex(result, hex);
    memcpy(text, hex, 16);
    text[16] = '\0';
}

static void digest_split(const golden_case *golden, const rows *rows, char text[17]) {
    const perebor_split_settings settings = {
        .test_size = golden->test_size,
        .stratify = strcmp(golden->kind, "stratified") == 0,
        .by_group = strcmp(golden->kind, "group") == 0,
        .seed = golden->seed,
    };
    perebor_split split;
    perebor_error error;
    if (perebor_split_make(&split, rows->labels, rows->groups, golden->n_rows, &settings, &error) !=
        PEREBOR_OK) {
        assert_int_equal(error.status, PEREBOR_ERR_ARGUMENT);
        memcpy(text, "refused", sizeof "refused");
        return;
    }
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    digest_values(&digest, split.train, split.n_train);
    digest_values(&digest, split.test, split.n_test);
    finish_digest(&digest, text);
    perebor_split_release(&split);
}

static void digest_folds(const golden_case *golden, const rows *rows, char text[17]) {
    const perebor_folds_settings settings = {
        .method = strcmp(golden->kind, "kfold") == 0         ? PEREBOR_KFOLD
                  : strcmp(golden->kind, "group_kfold") == 0 ? PEREBOR_GROUP_KFOLD
                  : strcmp(golden->kind, "stratified_group_kfold") == 0
                      ? PEREBOR_STRATIFIED_GROUP_KFOLD
                      : PEREBOR_STRATIFIED_KFOLD,
        .n_splits = golden->n_splits,
        .n_repeats = golden->n_repeats,
        .shuffle = golden->shuffle != 0,
        .seed = golden->seed,
    };
    perebor_folds folds;
    perebor_error error;
    if (perebor_folds_make(&folds, rows->labels, rows->groups, golden->n_rows, &settings, &error) !=
        PEREBOR_OK) {
        assert_int_equal(error.status, PEREBOR_ERR_ARGUMENT);
        memcpy(text, "refused", sizeof "refused");
        return;
    }
    size_t n_values = folds.n_repeats * folds.n_rows;
    uint32_t *values = malloc(n_values * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < n_values; i++) {
        values[i] = folds.test_fold[i];
    }
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    digest_values(&digest, values, n_values);
    finish_digest(&digest, text);
    free(values);
    perebor_folds_release(&folds);
}

static void splits_and_folds_are_scikit_learns(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/data/splits.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    size_t n_cases = 0;
    for (; fgets(line, sizeof line, file) != NULL; n_cases++) {
        golden_case golden;
        assert_int_equal(sscanf(line, "%31[^,],%zu,%lu,%u,%u,%lf,%u,%zu,%zu,%u,%31s", golden.kind,
                                &golden.n_rows, &golden.row_seed, &golden.positives_of_1000,
                                &golden.n_groups, &golden.test_size, &golden.seed, &golden.n_splits,
                                &golden.n_repeats, &golden.shuffle, golden.digest),
                         11);
        rows rows;
        char text[17];
        generate_rows(&rows, &golden);
        if (golden.n_splits == 0) {
            digest_split(&golden, &rows, text);
        } else {
            digest_folds(&golden, &rows, text);
        }
        if (strcmp(text, golden.digest) != 0) {
            fail_msg("%s gives %s", line, text);
        }
    }
    (void)fclose(file);
    assert_true(n_cases >= 500);
}

static void no_test_part_leaves_every_row_in_order(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 0, 1};
    const perebor_split_settings settings = {.test_size = 0.0, .stratify = true, .seed = 1};
    perebor_split split;
    perebor_error error;
    assert_int_equal(perebor_split_make(&split, labels, NULL, 3, &settings, &error), PEREBOR_OK);
    assert_int_equal(split.n_train, 3);
    assert_int_equal(split.n_test, 0);
    for (uint32_t row = 0; row < 3; row++) {
        assert_int_equal(split.train[row], row);
    }
    perebor_split_release(&split);
}

static void a_split_that_cannot_be_is_refused_with_its_figures(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 0, 0, 0, 0, 0, 0, 0};
    perebor_split split = {.n_train = 77};
    perebor_error error;
    perebor_split_settings settings = {.test_size = 0.25, .stratify = true};
    assert_int_equal(perebor_split_make(&split, labels, NULL, 8, &settings, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "1 positive and 7 other rows cannot be split into 6 to "
                                       "train and 2 to test with both classes in each");
    settings = (perebor_split_settings){.test_size = 1.0};
    assert_int_equal(perebor_split_make(&split, labels, NULL, 8, &settings, &error),
                     PEREBOR_ERR_ARGUMENT);
    settings = (perebor_split_settings){.test_size = 0.25, .by_group = true};
    assert_int_equal(perebor_split_make(&split, labels, NULL, 8, &settings, &error),
                     PEREBOR_ERR_ARGUMENT);
    assert_int_equal(split.n_train, 77);
}

static void folds_that_cannot_be_are_refused(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 0, 0, 0, 0, 1};
    const uint32_t groups[] = {5, 5, 5, 9, 9, 9};
    const perebor_folds_settings refused[] = {
        {.method = PEREBOR_KFOLD, .n_splits = 7, .n_repeats = 1},
        {.method = PEREBOR_KFOLD, .n_splits = 1, .n_repeats = 1},
        {.method = PEREBOR_KFOLD, .n_splits = 2, .n_repeats = 0},
        {.method = PEREBOR_KFOLD, .n_splits = 2, .n_repeats = 2},
        {.method = PEREBOR_STRATIFIED_KFOLD, .n_splits = 3, .n_repeats = 1},
        {.method = PEREBOR_GROUP_KFOLD, .n_splits = 3, .n_repeats = 1},
        {.method = PEREBOR_GROUP_KFOLD, .n_splits = 2, .n_repeats = 1, .shuffle = true},
        {.method = PEREBOR_STRATIFIED_GROUP_KFOLD, .n_splits = 3, .n_repeats = 1},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        perebor_folds folds = {.n_rows = 77};
        perebor_error error;
        assert_int_equal(perebor_folds_make(&folds, labels, groups, 6, &refused[i], &error),
                         PEREBOR_ERR_ARGUMENT);
        assert_int_equal(folds.n_rows, 77);
    }
}

static void rows_of_a_fold_are_complementary_and_in_order(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 0, 0, 1, 0, 1, 1};
    const perebor_folds_settings settings = {
        .method = PEREBOR_STRATIFIED_KFOLD, .n_splits = 3, .n_repeats = 2, .shuffle = true};
    perebor_folds folds;
    perebor_error error;
    assert_int_equal(perebor_folds_make(&folds, labels, NULL, 7, &settings, &error), PEREBOR_OK);
    assert_int_equal(folds.n_folds, 6);
    for (size_t fold = 0; fold < folds.n_folds; fold++) {
        uint32_t train[7];
        uint32_t validation[7];
        size_t n_train;
        size_t n_validation;
        unsigned seen = 0;
        perebor_folds_rows(&folds, fold, train, &n_train, validation, &n_validation);
        assert_int_equal(n_train + n_validation, 7);
        for (size_t i = 0; i < n_train; i++) {
            assert_true(i == 0 || train[i - 1] < train[i]);
            seen |= 1u << train[i];
        }
        for (size_t i = 0; i < n_validation; i++) {
            assert_true(i == 0 || validation[i - 1] < validation[i]);
            assert_int_equal(folds.test_fold[fold / 3 * 7 + validation[i]], fold % 3);
            seen |= 1u << validation[i];
        }
        assert_int_equal(seen, 0x7F);
    }
    perebor_folds_release(&folds);
}

static void the_fingerprint_of_folds_sees_every_row(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 0, 0, 1, 0, 1, 1};
    const perebor_folds_settings settings = {
        .method = PEREBOR_KFOLD, .n_splits = 3, .n_repeats = 1};
    perebor_folds folds;
    perebor_error error;
    uint8_t expected[32];
    uint8_t changed[32];
    assert_int_equal(perebor_folds_make(&folds, labels, NULL, 7, &settings, &error), PEREBOR_OK);
    perebor_folds_fingerprint(&folds, expected);
    for (size_t row = 0; row < 7; row++) {
        uint16_t kept = folds.test_fold[row];
        folds.test_fold[row] = (uint16_t)((kept + 1) % 3);
        perebor_folds_fingerprint(&folds, changed);
        assert_memory_not_equal(changed, expected, 32);
        folds.test_fold[row] = kept;
    }
    perebor_folds_release(&folds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_and_folds_are_scikit_learns),
        cmocka_unit_test(no_test_part_leaves_every_row_in_order),
        cmocka_unit_test(a_split_that_cannot_be_is_refused_with_its_figures),
        cmocka_unit_test(folds_that_cannot_be_are_refused),
        cmocka_unit_test(rows_of_a_fold_are_complementary_and_in_order),
        cmocka_unit_test(the_fingerprint_of_folds_sees_every_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
