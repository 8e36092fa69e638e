// SPDX-License-Identifier: MIT
#include "golden_statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "statistics/phik.h"
#include "statistics/quantile.h"

char names[column_count][32];
double columns[column_count][row_count];
double sorted[column_count][row_count];
uint32_t levels[column_count][row_count]; /* as phi_k sees them */
uint8_t labels[row_count];

static int is_number(size_t column) {
    return column < 15;
}

static uint32_t find_level(char seen[][96], size_t *n_seen, const char *text) {
    for (size_t i = 0; i < *n_seen; i++) {
        if (strcmp(seen[i], text) == 0) {
            return (uint32_t)i;
        }
    }
    (void)snprintf(seen[*n_seen], 96, "%s", text);
    return (uint32_t)(*n_seen)++;
}

int read_customers(void **state) {
    (void)state;
    static char seen[column_count][8][96];
    static double spare[row_count];
    size_t n_seen[column_count] = {0};
    char line[1024];
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/statistics/customers.csv", "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        return 1;
    }
    char *rest = line;
    for (size_t i = 0; i < column_count; i++) {
        (void)snprintf(names[i], sizeof names[i], "%s", strtok_r(rest, ",\r\n", &rest));
    }
    for (size_t row = 0; row < row_count && fgets(line, sizeof line, file) != NULL; row++) {
        rest = line;
        for (size_t i = 0; i < column_count; i++) {
            const char *field = strtok_r(rest, ",\r\n", &rest);
            if (is_number(i)) {
                columns[i][row] = strtod(field, NULL);
            } else {
                levels[i][row] = find_level(seen[i], &n_seen[i], field);
            }
            labels[row] = i == target_column ? *field == '1' : labels[row];
        }
    }
    (void)fclose(file);
    for (size_t i = 0; i < column_count; i++) {
        if (is_number(i)) {
            memcpy(sorted[i], columns[i], sizeof sorted[i]);
            perebor_values_sort(sorted[i], spare, row_count);
            perebor_phik_bin(levels[i], columns[i], row_count, PEREBOR_PHIK_BINS);
        }
    }
    return 0;
}

size_t column_of(const char *name, size_t length) {
    for (size_t i = 0; i < column_count; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) {
            return i;
        }
    }
    fail_msg("no column %.*s", (int)length, name);
    return 0;
}

static void parse_subject(golden *golden) {
    char *comma = strchr(golden->what, ',');
    size_t length = comma != NULL ? (size_t)(comma - golden->what) : strlen(golden->what);
    if (strspn(golden->what, "-0123456789") > 0) {
        char *rest = golden->what;
        for (size_t i = 0; i < 3 && *rest != '\0'; i++) {
            golden->numbers[i] = strtod(rest, &rest);
            rest += *rest == ',';
        }
        return;
    }
    golden->one = column_of(golden->what, length);
    if (comma != NULL && strspn(comma + 1, "0123456789") > 0) {
        golden->numbers[0] = strtod(comma + 1, NULL);
    } else if (comma != NULL) {
        golden->other = column_of(comma + 1, strlen(comma + 1));
    }
}

/** Compares every golden line of a key; relative and absolute tolerance. */
void check(const char *key, statistic *compute, double relative, double absolute) {
    char line[256];
    char found[64];
    char number[64];
    size_t n_lines = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/statistics/associations.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        golden golden = {0};
        if (sscanf(line, "%63s %63s %63s", found, golden.what, number) != 3 ||
            strcmp(found, key) != 0) {
            continue;
        }
        parse_subject(&golden);
        golden.value = strtod(number, NULL);
        double value = compute(&golden);
        if (!(fabs(value - golden.value) <= absolute + relative * fabs(golden.value))) {
            fail_msg("%s %s: %.17g, should be %.17g", key, golden.what, value, golden.value);
        }
        n_lines++;
    }
    (void)fclose(file);
    assert_true(n_lines > 0);
}

double golden_value(const char *wanted, const char *what) {
    char line[256];
    char key[64];
    char found[64];
    double value = NAN;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/statistics/associations.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        double number;
        if (sscanf(line, "%63s %63s %lf", key, found, &number) == 3 && strcmp(key, wanted) == 0 &&
            strcmp(found, what) == 0) {
            value = number;
        }
    }
    (void)fclose(file);
    assert_true(!isnan(value));
    return value;
}
