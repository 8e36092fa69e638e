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

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static generated_table table;

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
                                settings, &workspace, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    return preparation;
}

static perebor_matrix transform(const perebor_preparation *preparation, const uint32_t *rows,
                                size_t n_rows) {
    perebor_matrix matrix = {0};
    perebor_error error;
    if (perebor_preparation_transform(preparation, &table.dataset, rows, n_rows, &workspace,
                                      &matrix, &error) != PEREBOR_OK) {
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
            perebor_sha256_update_double(&digest, perebor_matrix_value(&matrix, row, column) + 0.0);
        }
    }
    finish_digest(&digest, text);
}

/** Which of all columns are selected, found by their names. */
static void digest_selections(const perebor_preparation *all, char text[17]) {
    perebor_sha256 digest;
    perebor_sha256_init(&digest);
    size_t n_columns = perebor_preparation_n_columns(all);
    for (uint32_t k = 1; k <= n_columns; k++) {
        perebor_preparation *selected;
        perebor_error error;
        assert_int_equal(perebor_preparation_reselect(&selected, all, k, &workspace, &error),
                         PEREBOR_OK);
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
    }
    finish_digest(&digest, text);
}

/** One line of golden/prepare/preparations.csv. */
typedef struct golden_case {
    uint64_t row_seed;
    size_t n_rows, n_columns;
    unsigned missing_of_1000;
    char impute_numeric[32], impute_nominal[32], encode[32], scale[32];
    char training[17], validation[17], selected[17];
} golden_case;

static void check_case(const golden_case *golden, const char *line) {
    perebor_preparation_settings settings = {.fill_value = -1.5};
    char text[17];
    generate_table(&table, golden->row_seed, golden->n_rows, golden->missing_of_1000);
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
}

/** What is selected first of a constant, a column that tells little and one that tells nothing. */
static void check_first(double constant, double offset, const char *scale) {
    enum { N_ROWS = 300 };
    static double values[3][N_ROWS];
    static uint8_t labels[N_ROWS];
    uint32_t rows[N_ROWS];
    perebor_column columns[3];
    for (size_t row = 0; row < N_ROWS; row++) {
        labels[row] = row * 7919 % 300 < 135;
        values[0][row] = constant;
        values[1][row] = offset + (double)(row * 1009 % 300) / 256.0 + (labels[row] ? 0.25 : 0.0);
        values[2][row] = offset + (double)(row * 4241 % 300) / 256.0;
        rows[row] = (uint32_t)row;
    }
    for (size_t column = 0; column < 3; column++) {
        columns[column] = (perebor_column){.name = (const char *[]){"constant", "x", "w"}[column],
                                           .role = PEREBOR_ROLE_NUMERIC,
                                           .values = values[column]};
    }
    const perebor_dataset dataset = {
        .n_rows = N_ROWS, .n_columns = 3, .columns = columns, .labels = labels};
    perebor_preparation_settings settings = {.select_k = 1};
    perebor_preparation *preparation = NULL;
    perebor_error error;
    char name[16];
    set_text(&settings, "scale", "", scale);
    assert_int_equal(perebor_preparation_fit(&preparation, &dataset, rows, N_ROWS, &settings,
                                             &workspace, &error),
                     PEREBOR_OK);
    (void)perebor_preparation_column_name(preparation, 0, name, sizeof name);
    assert_string_equal(name, "x");
}

static void a_constant_column_is_selected_last(void **state) {
    (void)state;
    const char *const scales[] = {"none", "standard", "minmax", "robust", "maxabs"};
    const double constants[] = {3.7, 0.1, 7.3, 1.0 / 3.0, 1e5 + 0.1, 1.7e9};
    for (size_t scale = 0; scale < 5; scale++) {
        for (size_t constant = 0; constant < 6; constant++) {
            check_first(constants[constant], 0.0, scales[scale]);
            check_first(constants[constant], 0x1p30, scales[scale]);
        }
    }
}

static void every_bit_is_scikit_learns(void **state) {
    (void)state;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/prepare/preparations.csv", "r");
    assert_non_null(file);
    char line[256];
    assert_non_null(fgets(line, sizeof line, file));
    size_t n_cases = 0;
    for (; fgets(line, sizeof line, file) != NULL; n_cases++) {
        golden_case golden;
        assert_int_equal(sscanf(line,
                                "%lu,%zu,%u,%31[^,],%31[^,],%31[^,],%31[^,],%zu,%16[^,],%16[^,],"
                                "%16s",
                                &golden.row_seed, &golden.n_rows, &golden.missing_of_1000,
                                golden.impute_numeric, golden.impute_nominal, golden.encode,
                                golden.scale, &golden.n_columns, golden.training, golden.validation,
                                golden.selected),
                         11);
        check_case(&golden, line);
    }
    (void)fclose(file);
    assert_true(n_cases >= 150);
}

/** Generates a table of 300 rows, some missing values, and fits on it with the given settings. */
static perebor_preparation *fit_generated(const perebor_preparation_settings *settings) {
    generate_table(&table, 99, 300, 20);
    return fit(settings);
}

static void columns_are_named_for_where_they_come_from(void **state) {
    (void)state;
    const perebor_preparation_settings settings = {.impute_nominal = PEREBOR_IMPUTE_CONSTANT,
                                                   .encode_nominal = PEREBOR_ENCODE_ONEHOT_FIRST};
    perebor_preparation *preparation = fit_generated(&settings);
    const char *const expected[] = {"n9", "o0", "o1", "c0=level1", "c0=missing", "c1=level1"};
    const size_t sources[] = {9, 10, 11, 12, 12, 13};
    for (size_t i = 0; i < 6; i++) {
        char name[16];
        size_t length = perebor_preparation_column_name(preparation, 9 + i, name, sizeof name);
        assert_string_equal(name, expected[i]);
        assert_int_equal(length, strlen(expected[i]));
        assert_int_equal(perebor_preparation_source(preparation, 9 + i), sources[i]);
    }
    char cut[4];
    assert_int_equal(perebor_preparation_column_name(preparation, 12, cut, sizeof cut), 9);
    assert_string_equal(cut, "c0=");
}

static void reselecting_equals_fitting_anew(void **state) {
    (void)state;
    perebor_preparation_settings settings = {.impute_numeric = PEREBOR_IMPUTE_MEDIAN,
                                             .impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT,
                                             .scale = PEREBOR_SCALE_ROBUST};
    perebor_preparation *all = fit_generated(&settings);
    size_t n_columns = perebor_preparation_n_columns(all);
    for (uint32_t k = 1; k <= n_columns + 1; k++) {
        perebor_preparation *reselected;
        perebor_error error;
        char text[17];
        char expected[17];
        settings.select_k = k;
        perebor_preparation *fitted = fit(&settings);
        assert_int_equal(perebor_preparation_reselect(&reselected, all, k, &workspace, &error),
                         PEREBOR_OK);
        digest_rows(fitted, table.validation, table.n_validation, expected);
        digest_rows(reselected, table.validation, table.n_validation, text);
        assert_string_equal(text, expected);
    }
}

static void padding_rows_of_a_prepared_matrix_are_zero(void **state) {
    (void)state;
    const perebor_preparation_settings settings = {.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT,
                                                   .scale = PEREBOR_SCALE_MINMAX};
    perebor_preparation *preparation = fit_generated(&settings);
    perebor_matrix matrix = transform(preparation, table.training, 13);
    assert_int_equal(matrix.stride, 16);
    for (size_t column = 0; column < matrix.n_columns; column++) {
        for (size_t row = 13; row < 16; row++) {
            assert_true(perebor_matrix_value(&matrix, row, column) == 0.0);
        }
    }
}

/** Training rows without missing values, validation rows with: the statistic is found when needed.
 */
static void a_value_missing_only_in_validation_is_filled_from_training(void **state) {
    (void)state;
    const struct {
        perebor_imputer imputer;
        double expected;
    } cases[] = {{PEREBOR_IMPUTE_MEAN, 3.25},
                 {PEREBOR_IMPUTE_MEDIAN, 2.5},
                 {PEREBOR_IMPUTE_MOST_FREQUENT, 1.0},
                 {PEREBOR_IMPUTE_CONSTANT, -7.0}};
    const double values[] = {4.0, 1.0, 7.0, 1.0, NAN};
    const uint8_t labels[] = {0, 1, 0, 1, 0};
    const uint32_t training[] = {0, 1, 2, 3};
    const uint32_t validation[] = {4};
    const perebor_column column = {.name = "x", .role = PEREBOR_ROLE_NUMERIC, .values = values};
    const perebor_dataset dataset = {
        .n_rows = 5, .n_columns = 1, .columns = &column, .labels = labels};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const perebor_preparation_settings settings = {
            .fill_value = -7.0,
            .impute_numeric = (int32_t)cases[i].imputer,
            .impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT,
        };
        perebor_preparation *preparation;
        perebor_matrix matrix;
        perebor_error error;
        assert_int_equal(perebor_preparation_fit(&preparation, &dataset, training, 4, &settings,
                                                 &workspace, &error),
                         PEREBOR_OK);
        assert_int_equal(perebor_preparation_transform(preparation, &dataset, validation, 1,
                                                       &workspace, &matrix, &error),
                         PEREBOR_OK);
        assert_true(matrix.values[0] == cases[i].expected);
    }
}

static void a_column_of_missing_values_is_an_error_unless_a_constant_fills_it(void **state) {
    (void)state;
    const double values[] = {NAN, NAN, NAN};
    const uint8_t labels[] = {0, 1, 0};
    const uint32_t rows[] = {0, 1, 2};
    const char *const levels[] = {"a", "b"};
    const perebor_role roles[] = {PEREBOR_ROLE_NUMERIC, PEREBOR_ROLE_BOOLEAN, PEREBOR_ROLE_NOMINAL};
    for (size_t i = 0; i < 3; i++) {
        const perebor_column column = {"height", roles[i], values, levels, i == 0 ? 0 : 2, 0};
        const perebor_dataset dataset = {
            .n_rows = 3, .n_columns = 1, .columns = &column, .labels = labels};
        perebor_preparation_settings settings = {.impute_numeric = PEREBOR_IMPUTE_MEDIAN,
                                                 .impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT};
        perebor_preparation *preparation = NULL;
        perebor_error error;
        assert_int_equal(
            perebor_preparation_fit(&preparation, &dataset, rows, 3, &settings, &workspace, &error),
            PEREBOR_ERR_NUMERIC);
        assert_null(preparation);
        assert_string_equal(error.message,
                            "column \"height\" has no value in the 3 training rows to fill its "
                            "gaps from: drop the column or impute a constant");
        settings.impute_numeric = settings.impute_nominal = PEREBOR_IMPUTE_CONSTANT;
        assert_int_equal(
            perebor_preparation_fit(&preparation, &dataset, rows, 3, &settings, &workspace, &error),
            PEREBOR_OK);
    }
}

static void selected_columns_stay_monotonic(void **state) {
    (void)state;
    const double noise[] = {1, 2, 1, 2, 1, 2}, strong[] = {1, 2, 3, 7, 8, 9};
    const double codes[] = {0, 1, 1, 0, 0, 1};
    const char *const levels[] = {"a", "b"};
    const uint8_t labels[] = {0, 0, 0, 1, 1, 1};
    const uint32_t rows[] = {0, 1, 2, 3, 4, 5};
    perebor_column columns[] = {
        {.name = "noise", .role = PEREBOR_ROLE_NUMERIC, .values = noise, .monotonic = 1},
        {.name = "strong", .role = PEREBOR_ROLE_NUMERIC, .values = strong, .monotonic = -1},
        {.name = "kind", .role = PEREBOR_ROLE_NOMINAL, .values = codes, levels, 2, 0}};
    const perebor_dataset dataset = {
        .n_rows = 6, .n_columns = 3, .columns = columns, .labels = labels};
    const perebor_preparation_settings settings = {.scale = PEREBOR_SCALE_STANDARD};
    perebor_preparation *preparation, *selected;
    perebor_matrix matrix;
    perebor_error error;
    assert_int_equal(
        perebor_preparation_fit(&preparation, &dataset, rows, 6, &settings, &workspace, &error),
        PEREBOR_OK);
    assert_int_equal(
        perebor_preparation_transform(preparation, &dataset, rows, 6, &workspace, &matrix, &error),
        PEREBOR_OK);
    assert_int_equal(perebor_matrix_n_dense(&matrix), 2);
    assert_int_equal(matrix.monotonic[0], 1);
    assert_int_equal(matrix.monotonic[1], -1);
    assert_int_equal(perebor_preparation_reselect(&selected, preparation, 1, &workspace, &error),
                     PEREBOR_OK);
    assert_int_equal(
        perebor_preparation_transform(selected, &dataset, rows, 6, &workspace, &matrix, &error),
        PEREBOR_OK);
    assert_int_equal(matrix.n_columns, 1);
    assert_int_equal(matrix.monotonic[0], -1);
}

static void values_that_overflow_are_an_error(void **state) {
    (void)state;
    const double values[] = {1e308, 1e308, INFINITY};
    const uint8_t labels[] = {0, 1, 0};
    const uint32_t rows[] = {0, 1, 2};
    const perebor_column column = {.name = "x", .role = PEREBOR_ROLE_NUMERIC, .values = values};
    const perebor_dataset dataset = {
        .n_rows = 3, .n_columns = 1, .columns = &column, .labels = labels};
    const perebor_preparation_settings settings = {.scale = PEREBOR_SCALE_STANDARD};
    perebor_preparation *preparation = NULL;
    perebor_error error;
    assert_int_equal(
        perebor_preparation_fit(&preparation, &dataset, rows, 3, &settings, &workspace, &error),
        PEREBOR_ERR_NUMERIC);
    assert_non_null(strstr(error.message, "\"x\""));
    assert_int_equal(
        perebor_preparation_fit(&preparation, &dataset, rows, 0, &settings, &workspace, &error),
        PEREBOR_ERR_ARGUMENT);
}

static void other_data_must_have_the_same_columns(void **state) {
    (void)state;
    const perebor_preparation_settings settings = {.impute_nominal = PEREBOR_IMPUTE_MOST_FREQUENT};
    perebor_preparation *preparation = fit_generated(&settings);
    perebor_column columns[GENERATED_COLUMNS];
    perebor_dataset other = table.dataset;
    perebor_matrix matrix = {.n_rows = 77};
    perebor_error error;
    memcpy(columns, table.columns, sizeof columns);
    other.columns = columns;
    assert_int_equal(perebor_preparation_transform(preparation, &other, table.training, 3,
                                                   &workspace, &matrix, &error),
                     PEREBOR_OK);
    const char *const renamed[] = {"level0", "other"};
    matrix.n_rows = 77;
    columns[12].levels = renamed;
    assert_int_equal(perebor_preparation_transform(preparation, &other, table.training, 3,
                                                   &workspace, &matrix, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_non_null(strstr(error.message, "\"c0\""));
    other.n_columns--;
    assert_int_equal(perebor_preparation_transform(preparation, &other, table.training, 3,
                                                   &workspace, &matrix, &error),
                     PEREBOR_ERR_CONFLICT);
    assert_int_equal(matrix.n_rows, 77);
}

/** Every declared choice reaches the settings, and differs from the others. */
static void every_setting_is_taken_over(void **state) {
    (void)state;
    size_t n_steps;
    const perebor_preparation_step *steps = perebor_preparation_steps(&n_steps);
    assert_int_equal(n_steps, 4);
    for (size_t step = 0; step < n_steps; step++) {
        for (size_t i = 0; i < steps[step].n_settings; i++) {
            const perebor_setting *setting = &steps[step].settings[i];
            perebor_preparation_settings previous;
            memset(&previous, 0xFF, sizeof previous);
            for (size_t choice = 0; setting->choices != NULL && setting->choices[choice] != NULL;
                 choice++) {
                perebor_preparation_settings now = {0};
                set_text(&now, steps[step].name, setting->name, setting->choices[choice]);
                int order = perebor_preparation_settings_compare(&now, &previous);
                assert_int_not_equal(order, 0);
                assert_int_equal(order, -perebor_preparation_settings_compare(&previous, &now));
                assert_false(perebor_preparation_settings_share_fit(&now, &previous));
                previous = now;
            }
        }
    }
    perebor_preparation_settings settings = {0};
    perebor_preparation_set(&settings, "select", "k",
                            (perebor_value){.kind = PEREBOR_VALUE_INTEGER, .as.integer = 7});
    assert_int_equal(settings.select_k, 7);
    perebor_preparation_set(&settings, "select", "k", (perebor_value){PEREBOR_VALUE_NONE, {0}});
    assert_int_equal(settings.select_k, 0);
    perebor_preparation_set(&settings, "impute", "fill_value",
                            (perebor_value){.kind = PEREBOR_VALUE_REAL, .as.real = 2.5});
    assert_true(settings.fill_value == 2.5);
    set_text(&settings, "impute", "nominal", "constant");
    assert_int_equal(settings.impute_nominal, PEREBOR_IMPUTE_CONSTANT);
    set_text(&settings, "scale", "", "maxabs");
    assert_int_equal(settings.scale, PEREBOR_SCALE_MAXABS);
}

static void settings_that_differ_in_columns_kept_share_a_fit(void **state) {
    (void)state;
    const perebor_preparation_settings all = {.scale = PEREBOR_SCALE_ROBUST, .fill_value = 1.0};
    perebor_preparation_settings some = all;
    assert_int_equal(perebor_preparation_settings_compare(&all, &some), 0);
    some.select_k = 3;
    assert_true(perebor_preparation_settings_compare(&all, &some) < 0);
    assert_true(perebor_preparation_settings_share_fit(&all, &some));
    perebor_preparation_settings other = all;
    other.fill_value = 2.0; // apart by more than select_k: not between the two
    assert_true(perebor_preparation_settings_compare(&some, &other) < 0);
    assert_false(perebor_preparation_settings_share_fit(&some, &other));
    perebor_preparation_settings negative = all;
    other.fill_value = 0.0;
    negative.fill_value = -0.0;
    assert_false(perebor_preparation_settings_share_fit(&other, &negative));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit_is_scikit_learns),
        cmocka_unit_test(a_constant_column_is_selected_last),
        cmocka_unit_test(columns_are_named_for_where_they_come_from),
        cmocka_unit_test(reselecting_equals_fitting_anew),
        cmocka_unit_test(padding_rows_of_a_prepared_matrix_are_zero),
        cmocka_unit_test(a_value_missing_only_in_validation_is_filled_from_training),
        cmocka_unit_test(a_column_of_missing_values_is_an_error_unless_a_constant_fills_it),
        cmocka_unit_test(selected_columns_stay_monotonic),
        cmocka_unit_test(values_that_overflow_are_an_error),
        cmocka_unit_test(other_data_must_have_the_same_columns),
        cmocka_unit_test(every_setting_is_taken_over),
        cmocka_unit_test(settings_that_differ_in_columns_kept_share_a_fit),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
