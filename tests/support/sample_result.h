// SPDX-License-Identifier: MIT
/**
 * @file sample_result.h
 * A result with something of everything, for tests of the store.
 */
#ifndef PEREBOR_SAMPLE_RESULT_H
#define PEREBOR_SAMPLE_RESULT_H

#include "perebor/result_file.h"

/** Numbers first … first + n - 1 of one endless sample search of five folds. NULL on failure. */
perebor_trials *sample_trials_create(uint64_t first, size_t n);

/** Gives trials of the sample three metrics, f1 the selecting one, and scores by all. */
perebor_status sample_trials_add_metrics(perebor_trials *trials);

/** Gives every third trial of the sample a learning curve, of many lengths, and every fourth one
 * scores out of bag, on one fold without a number. */
perebor_status sample_trials_add_curves(perebor_trials *trials);

/** A result of @p n trials that owns them. NULL on failure. */
perebor_result *sample_result_create(size_t n);

#endif
