// SPDX-License-Identifier: MIT
/**
 * @file made_trials.h
 * Six trials written by hand, numbered from 100, of two folds; their scores are sums of powers of
 * two, so that means and deviations are exact.
 *
 * | trial | point                            | came to      | scores     | mean   | sd    |
 * |-------|----------------------------------|--------------|------------|--------|-------|
 * | 100   | knn, k 5, scale "a,b"            | COMPLETE     | .75  .875  | .8125  | .0625 |
 * | 101   | logreg, C 0.1, flag true         | COMPLETE     | .5   .75   | .625   | .125  |
 * | 102   | logreg, C 1000, flag false       | FAIL         | .5   –     |        |       |
 * | 103   | knn, k 7                         | WAITING      |            |        |       |
 * | 104   | as 100                           | COMPLETE     | .75  .875  | .8125  | .0625 |
 * | 105   | tree, depth null                 | COMPLETE     | .25  .25   | .25    | 0     |
 */
#ifndef TESTS_REPORT_MADE_TRIALS_H
#define TESTS_REPORT_MADE_TRIALS_H

#include <stdio.h>

#include "perebor/trials.h"

enum { MADE_FIRST = 100, MADE_N = 6, MADE_FOLDS = 2 };

/** Its parameters, in this order. */
enum { MADE_MODEL, MADE_C, MADE_K, MADE_FLAG, MADE_SCALE, MADE_DEPTH, MADE_N_PARAMETERS };

perebor_trials *made_trials(void);

/** Gives them train scores, an eighth above the test scores. */
void made_trials_add_train(perebor_trials *trials);

/** Makes f1 the metric that selects, with accuracy beside it: 1 less the score by f1. */
void made_trials_add_metrics(perebor_trials *trials);

/** What a writer writes; the caller frees it. */
typedef perebor_status made_writer(const void *subject, FILE *stream, perebor_error *error);
char *made_written(made_writer *writer, const void *subject);

/** A stream that takes nothing makes the writer fail with this message. */
void assert_full_disk_is_told(made_writer *writer, const void *subject, const char *message);

#endif
