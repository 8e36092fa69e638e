// SPDX-License-Identifier: MIT
/**
 * @file golden_statistics.h
 * The columns of tests/golden/statistics/customers.csv, and every line of associations.txt, which
 * make_associations.py wrote with scipy, scikit-learn and an independent derivation of phi_k.
 */
#ifndef PEREBOR_TEST_GOLDEN_STATISTICS_H
#define PEREBOR_TEST_GOLDEN_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

enum { row_count = 200, column_count = 19, n_numbers = 13, first_number = 1, target_column = 18 };

/** customers.csv: numbers, and levels by first appearance. */
extern char names[column_count][32];
extern double columns[column_count][row_count];
extern double sorted[column_count][row_count];
extern uint32_t levels[column_count][row_count]; /**< As phi_k sees them. */
extern uint8_t labels[row_count];

/** A golden line: what it is about, as a column, a pair of columns, or up to three numbers. */
typedef struct golden {
    char what[64];
    size_t one, other;
    double numbers[3];
    double value;
} golden;

typedef double statistic(const golden *golden);

/** Reads the columns: a set-up of cmocka's. */
int read_customers(void **state);

/** The place of the column of that name, of so many bytes. */
size_t column_of(const char *name, size_t length);

/** Compares every golden line of a key; relative and absolute tolerance. */
void check(const char *key, statistic *compute, double relative, double absolute);

/** The value of one golden line. */
double golden_value(const char *wanted, const char *what);

#endif
