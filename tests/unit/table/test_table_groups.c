// SPDX-License-Identifier: MIT
/**
 * Folds and splits are scikit-learn's, from the text of the table on.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/folds.h"
#include "perebor/split.h"
#include "table_scratch.h"
#include "table_specs.h"

enum { line_size = 8192 };

/** Four lines of golden/table/groups.txt. */
typedef struct golden_case {
    char method[64];
    size_t n_splits;
    uint32_t seed;
    char groups[line_size], labels[line_size], folds[line_size];
} golden_case;

static bool read_line(FILE *file, char *line) {
    if (fgets(line, line_size, file) == NULL) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool read_case(FILE *file, golden_case *golden) {
    char first[line_size];
    if (!read_line(file, first)) {
        return false;
    }
    assert_int_equal(sscanf(first, "%63s %zu %u", golden->method, &golden->n_splits, &golden->seed),
                     3);
    return read_line(file, golden->groups) && read_line(file, golden->labels) &&
           read_line(file, golden->folds);
}

/** Writes the rows as flat.csv. */
static void write_table(const golden_case *golden) {
    char *text = malloc(4 * line_size);
    assert_non_null(text);
    size_t used = (size_t)sprintf(text, "g,x,y\n");
    const char *group = golden->groups;
    for (size_t row = 0; golden->labels[row] != '\0'; row++) {
        size_t length = strcspn(group, "|");
        used += (size_t)sprintf(text + used, "%.*s,%zu,%s\n", (int)length, group, row,
                                golden->labels[row] == '1' ? "bad" : "good");
        group += length + (group[length] == '|');
    }
    scratch_write("flat.csv", text);
    free(text);
}

/** By group; or stratified, where scikit-learn is given y == "bad", which sorts first. */
static void expect_split(const golden_case *golden, const perebor_dataset *dataset) {
    bool stratify = strcmp(golden->method, "stratified") == 0;
    const perebor_split_settings settings = {
        .test_size = 0.3, .by_group = !stratify, .stratify = stratify, .seed = golden->seed};
    perebor_split split;
    assert_int_equal(perebor_split_make(&split, dataset->labels, dataset->groups, dataset->n_rows,
                                        &settings, NULL),
                     PEREBOR_OK);
    char found[line_size];
    memset(found, '0', dataset->n_rows);
    found[dataset->n_rows] = '\0';
    for (size_t i = 0; i < split.n_test; i++) {
        found[split.test[i]] = '1';
    }
    assert_string_equal(found, golden->folds);
    perebor_split_release(&split);
}

static void expect_folds(const golden_case *golden, const perebor_dataset *dataset) {
    bool plain = strcmp(golden->method, "group_kfold") == 0;
    const perebor_folds_settings settings = {
        .method = plain ? PEREBOR_GROUP_KFOLD : PEREBOR_STRATIFIED_GROUP_KFOLD,
        .n_splits = golden->n_splits,
        .n_repeats = 1,
        .shuffle = strcmp(golden->method, "stratified_group_kfold_shuffled") == 0,
        .seed = golden->seed};
    perebor_folds folds;
    assert_int_equal(perebor_folds_make(&folds, dataset->labels, dataset->groups, dataset->n_rows,
                                        &settings, NULL),
                     PEREBOR_OK);
    char found[line_size];
    for (size_t row = 0; row < dataset->n_rows; row++) {
        found[row] = (char)('0' + folds.test_fold[row]);
    }
    found[dataset->n_rows] = '\0';
    assert_string_equal(found, golden->folds);
    perebor_folds_release(&folds);
}

static void splits_and_folds_of_a_table_are_scikit_learns(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/table/groups.txt", "r");
    assert_non_null(file);
    golden_case golden;
    size_t n_cases = 0;
    for (; read_case(file, &golden); n_cases++) {
        write_table(&golden);
        perebor_table_source source;
        perebor_tables_spec spec = flat_spec(&source, "y", "bad");
        spec.roles.group = "g";
        loaded loaded = expect_loaded(&spec);
        if (strncmp(golden.method, "stratified_", 11) != 0 && golden.method[0] == 's') {
            expect_split(&golden, loaded.dataset);
        } else {
            expect_folds(&golden, loaded.dataset);
        }
        loaded_release(&loaded);
    }
    assert_int_equal(n_cases, 71);
    (void)fclose(file);
}

static void groups_that_are_equal_numbers_in_other_words_stay_apart(void **state) {
    (void)state;
    scratch_write("flat.csv", "g,x,y\n7,1,0\n10,2,1\n007,3,0\n-1,4,1\n7,5,1\n");
    perebor_table_source source;
    perebor_tables_spec spec = flat_spec(&source, "y", NULL);
    spec.roles.group = "g";
    loaded loaded = expect_loaded(&spec);
    const uint32_t wanted[] = {2, 3, 1, 0, 2};
    for (size_t row = 0; row < 5; row++) {
        assert_int_equal(loaded.dataset->groups[row], wanted[row]);
    }
    loaded_release(&loaded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_and_folds_of_a_table_are_scikit_learns),
        cmocka_unit_test(groups_that_are_equal_numbers_in_other_words_stay_apart),
    };
    return cmocka_run_group_tests(tests, scratch_open, scratch_close);
}
