// SPDX-License-Identifier: MIT
/**
 * @file test_looks.h
 * What a result file remembers of looks at its test part: the stage /test.
 *
 * A trial that was scored on the test part is remembered once for each state of the search, and so
 * is each ensemble of other scores. Who goes on searching after that, or takes the best of several,
 * has no test part of unseen rows any more; that can only be told if no look is forgotten, when
 * files are merged neither.
 */
#ifndef PEREBOR_STORE_TEST_LOOKS_H
#define PEREBOR_STORE_TEST_LOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/result_file.h"
#include "perebor/status.h"

/** In place of a trial's number: an ensemble of trials. */
#define TEST_LOOK_ENSEMBLE UINT64_MAX

/** One look. */
typedef struct test_look {
    uint64_t trial;     /**< Its number, or TEST_LOOK_ENSEMBLE. */
    const char *search; /**< What stage_identify_search() said then. */
    double train_score, mean_test_score, test_score;
} test_look;

/** Remembers a look at the search as it is now. @param[in] look  Its search is not read. */
PEREBOR_MUST_CHECK perebor_status test_looks_note(perebor_result *result, const test_look *look,
                                                  perebor_error *error);

/** Adds the looks of another file that this one does not remember. */
PEREBOR_MUST_CHECK perebor_status test_looks_take(perebor_result *result,
                                                  const perebor_result *from, perebor_error *error);

/**
 * The last look at a trial, if there is one.
 *
 * @param[out] look  Borrows from the result.
 * @retval PEREBOR_ERR_FORMAT  What the file remembers cannot be read.
 */
PEREBOR_MUST_CHECK perebor_status test_looks_find(const perebor_result *result, uint64_t trial,
                                                  test_look *look, bool *found,
                                                  perebor_error *error);

/** How many there are. */
typedef struct test_looks {
    size_t n;      /**< Trials that were scored on it, each at a stage of the search. */
    size_t n_then; /**< How many of these were before the search went on to where it is now. */
} test_looks;

/** Counts them. @retval PEREBOR_ERR_FORMAT  What the file remembers cannot be read. */
PEREBOR_MUST_CHECK perebor_status test_looks_count(const perebor_result *result, test_looks *count,
                                                   perebor_error *error);

#endif
