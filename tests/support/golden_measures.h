// SPDX-License-Identifier: MIT
/**
 * @file golden_measures.h
 * The rows and lines of tests/golden/measures, which make_measures.py wrote with scikit-learn.
 */
#ifndef PEREBOR_TEST_GOLDEN_MEASURES_H
#define PEREBOR_TEST_GOLDEN_MEASURES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { golden_rows = 240, golden_values = 4 };

typedef struct golden_table {
    uint8_t labels[golden_rows];
    double probabilities[golden_rows], margins[golden_rows];
} golden_table;

/** Reads rows.txt; 0 if it cannot. */
static inline int golden_read(golden_table *table) {
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/measures/rows.txt", "r");
    size_t n = 0;
    unsigned label;
    while (file != NULL && n < golden_rows &&
           fscanf(file, "%u %lf %lf", &label, &table->probabilities[n], &table->margins[n]) == 3) {
        table->labels[n++] = label != 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return n == golden_rows;
}

/** The values of the number-th line of a key, from 0; 0 if there is none. */
static inline size_t golden_line(const char *key, size_t number, double values[golden_values]) {
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/measures/measures.txt", "r");
    char line[256], name[64];
    size_t n_values = 0;
    while (file != NULL && n_values == 0 && fgets(line, sizeof line, file) != NULL) {
        int used = 0;
        if (sscanf(line, "%63s %n", name, &used) == 1 && strcmp(name, key) == 0 && number-- == 0) {
            for (const char *at = line + used;
                 n_values < golden_values && sscanf(at, "%lf %n", &values[n_values], &used) == 1;
                 at += used) {
                n_values++;
            }
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return n_values;
}

#endif
