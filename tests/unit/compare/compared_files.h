// SPDX-License-Identifier: MIT
/**
 * @file compared_files.h
 * Result files with known scores, for tests of comparisons: 10 rows of training, 10 of the test
 * part, two repeats of five folds.
 */
#ifndef TESTS_COMPARED_FILES_H
#define TESTS_COMPARED_FILES_H

#include "perebor/result_file.h"

enum { COMPARED_FOLDS = 10, COMPARED_TEST_ROWS = 10 };

/** The scores of the folds of two trials, and of the rows of the test part by two models: the
 * worked examples of test_correlated_t.c and test_delong.c. */
extern const double compared_folds[2][COMPARED_FOLDS];
extern const double compared_scores[2][COMPARED_TEST_ROWS];

/**
 * A result of @p n trials that it owns: trial 0 has these folds, each further one .05 less on every
 * fold than the one before. Every trial took a second. Fails the test if memory is short.
 */
perebor_result *compared_result_create(const double folds[COMPARED_FOLDS], size_t n);

/** Gives it a refitted model, of trial 0, with these scores of the test part. */
void compared_result_refit(perebor_result *result, const double scores[COMPARED_TEST_ROWS]);

/** Writes a result to a file, and frees it. */
void compared_result_write(perebor_result *result, const char *path);

#endif
