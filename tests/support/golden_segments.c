// SPDX-License-Identifier: MIT
#include "golden_segments.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

size_t golden_segments(const char *key, size_t number, double *values, size_t most) {
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/segments/segments.txt", "r");
    char *line = NULL, *rest = NULL;
    size_t size = 0, n = 0, length = strlen(key);
    assert_non_null(file);
    while (getline(&line, &size, file) > 0) {
        if (strncmp(line, key, length) != 0 || line[length] != ' ' || number-- > 0) {
            continue;
        }
        for (const char *word = strtok_r(line + length, " \n", &rest); word != NULL && n < most;
             word = strtok_r(NULL, " \n", &rest)) {
            values[n++] = strtod(word, NULL);
        }
        break;
    }
    free(line);
    (void)fclose(file);
    return n;
}

void golden_column(const char *name, double *values) {
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/statistics/customers.csv", "r");
    char *line = NULL;
    size_t size = 0, column = SIZE_MAX, n = 0;
    assert_non_null(file);
    for (size_t row = 0; getline(&line, &size, file) > 0; row++) {
        char *rest = NULL;
        size_t at = 0;
        for (const char *word = strtok_r(line, ",\n", &rest); word != NULL;
             word = strtok_r(NULL, ",\n", &rest), at++) {
            if (row == 0 && strcmp(word, name) == 0) {
                column = at;
            } else if (row > 0 && at == column && n < GOLDEN_POINTS) {
                values[n++] = strtod(word, NULL);
            }
        }
    }
    free(line);
    (void)fclose(file);
    assert_int_equal(n, GOLDEN_POINTS);
}

cluster_points golden_points(void) {
    static const char *const names[GOLDEN_DIMENSIONS] = {"pages", "cats_visit", "min1", "min0",
                                                         "promo"};
    static double points[GOLDEN_POINTS * GOLDEN_DIMENSIONS];
    double values[GOLDEN_POINTS];
    for (size_t j = 0; j < GOLDEN_DIMENSIONS; j++) {
        double mean = 0.0, squares = 0.0;
        golden_column(names[j], values);
        for (size_t i = 0; i < GOLDEN_POINTS; i++) {
            mean += values[i] / GOLDEN_POINTS;
        }
        for (size_t i = 0; i < GOLDEN_POINTS; i++) {
            squares += (values[i] - mean) * (values[i] - mean);
        }
        for (size_t i = 0; i < GOLDEN_POINTS; i++) {
            points[i * GOLDEN_DIMENSIONS + j] =
                (values[i] - mean) / sqrt(squares / (GOLDEN_POINTS - 1));
        }
    }
    return (cluster_points){points, GOLDEN_POINTS, GOLDEN_DIMENSIONS};
}
