// SPDX-License-Identifier: MIT
/**
 * @file test_looks.h
 * Looks at the test part: the stage /test of a result, which remembers every trial that was scored
 * on it, and what the search was then.
 */
#ifndef PEREBOR_STORE_TEST_LOOKS_H
#define PEREBOR_STORE_TEST_LOOKS_H

#include <stddef.h>

#include "perebor/result_file.h"
#include "perebor/status.h"

/** What a file remembers of looks at its test part. */
typedef struct test_looks {
    size_t n;      /**< Trials that were scored on it, each at a stage of the search. */
    size_t n_then; /**< Of these, when the search was another than it is now. */
} test_looks;

test_looks test_looks_count(const perebor_result *result);

/**
 * Remembers that a trial was scored on the test part; once, as long as the search is the same.
 *
 * @param[in] row  Of result->trials.
 */
PEREBOR_MUST_CHECK perebor_status test_looks_add(perebor_result *result, size_t row,
                                                 double train_score, double test_score,
                                                 perebor_error *error);

/** Remembers the looks of another part of the search too, behind those that are known. */
PEREBOR_MUST_CHECK perebor_status test_looks_merge(perebor_result *into, const perebor_result *from,
                                                   perebor_error *error);

#endif
