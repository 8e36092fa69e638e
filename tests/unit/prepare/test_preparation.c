// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/digest.h"
#include "generated_table.h"
#include "perebor/preparation.h"

static struct generated_table table;

/** The text value of a setting, as if it had been accepted. */
static void set_text(perebor_preparation_settings *settings, const char *step, const char *setting,
                     const char *text) {
    perebor_preparation_set(settings, step, setting,
                            (perebor_value){.kind = PEREBOR_VALUE_TEXT, .as.text = text});
}

static perebor_preparation *fit(const perebor_preparation_settings *settings) {
    perebor_preparation *preparation = NULL;
    perebor_error error;
    if (perebor_preparation_fit(&preparation, &table.dataset, table.training, table.n_training,
                                settings, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return preparation;
}

static perebor_matrix transform(const perebor_preparation *preparation, const uint32_t *rows,
                                size_t n_rows) {
    perebor_matrix matrix = {0};
    perebor_error error;
    if (perebor_preparation_transform(preparation, &table.dataset, rows, n_rows, &matrix, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return matrix;
}

static void finish_digest(perebor_sha256 *digest, char text[17]) {
    uint8_t result[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_final(digest, result);
    perebor_sha256_hex(result, hex);
    memcpy(text, hex, 16);
    text[16] = '\0';
}

static void digest_rows(const perebor_preparation *preparation, const uint32_t *rows, size_t n_rows,
                        char text[17]) {
    perebor_matrix matrix = transform(preparation, rows, n_rows);
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    perebor_sha256_update_u64(&digest, n_rows);
    perebor_sha256_update_u64(&digest, matrix.n_columns);
    for (size_t column = 0; column < matrix.n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_sha256_update_double(&digest,
                                         perebor_matrix_column(&matrix, column)[row] + 0.0);
        }
    }
    finish_digest(&digest, text);
    perebor_matrix_release(&matrix);
}

/** Which of all columns are selected, found by their names. */
static void digest_selections(const perebor_preparation *all, char text[17]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    size_t n_columns = perebor_preparation_n_columns(all);
    for (uint32_t k = 1; k <= n_columns; k++) {
        perebor_preparation *selected;
        perebor_error error;
        assert_int_equal(perebor_preparation_reselect(&selected, all, k, &error), PEREBOR_OK);
        assert_int_equal(perebor_preparation_n_columns(selected), k);
        size_t next = 0;
        for (size_t column = 0; column < n_columns; column++) {
            char name[64];
            char selected_name[64] = "";
            (void)perebor_preparation_column_name(all, column, name, sizeof name);
            if (next < k) {
                (void)perebor_preparation_column_name(selected, next, selected_name,
                                                      sizeof selected_name);
            }
            uint8_t is_selected = strcmp(name, selected_name) == 0;
            next += is_selected;
            perebor_sha256_update(&digest, &is_selected, 1);
        }
        assert_int_equal(next, k);
        perebor_preparation_free(selected);
    }
    finish_digest(&digest, text);
}

/** One line of golden/prepare/preparations.csv. */
struct golden_case {
    uint64_t row_seed;
    size_t n_rows, n_columns;
    unsigned gaps_of_1000;
    char impute_numeric[32], impute_nominal[32], encode[32], scale[32];
    char training[17], validation[17], selected[17];
};

static void check_case(const struct golden_case *golden, const char *line) {
    perebor_preparation_settings settings = {.fill_value = -1.5};
    char text[17];
    generate_table(&table, golden->row_seed, golden->n_rows, golden->gaps_of_1000);
    set_text(&settings, "impute", "numeric", golden->impute_numeric);
    set_text(&settings, "impute", "nominal", golden->impute_nominal);
    set_text(&settings, "encode", "nominal", golden->encode);
    set_text(&settings, "scale", "", golden->scale);
    perebor_preparation *preparation = fit(&settings);
    assert_int_equal(perebor_preparation_n_columns(preparation), golden->n_columns);
    digest_rows(preparation, table.training, table.n_training, text);
    if (strcmp(text, golden->training) != 0) {
        fail_msg("training rows differ: %s", line);
    }
    digest_rows(preparation, table.validation, table.n_validation, text);
    if (strcmp(text, golden->validation) != 0) {
        fail_msg("validation rows differ: %s", line);
    }
    digest_selections(preparation, text);
    if (strcmp(text, golden->selected) != 0) {
        fail_msg("selected columns differ: %s", line);
    }
    perebor_preparation_free(preparation);
}

static void every_bit_is_scikit_learns(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/prepare/preparations.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    size_t n_cases = 0;
    for (; fgets(line, sizeof line, file) != NULL; n_cases++) {
        struct golden_case golden;
        assert_int_equal(sscanf(line,
                                "%lu,%zu,%u,%31[^,],%31[^,],%31[^,],%31[^,],%zu,%16[^,],%16[^,],"
                                "%16s",
                                &golden.row_seed, &golden.n_rows, &golden.gaps_of_1000,
                                golden.impute_numeric, golden.impute_nominal, golden.encode,
                                golden.scale, &golden.n_columns, golden.training, golden.validation,
                                golden.selected),
                         11);
        check_case(&golden, line);
    }
    (void)fclose(file);
    assert_true(n_cases >= 150);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_is_scikit_learns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
