// SPDX-License-Identifier: MIT
/**
 * @file comparison_verdict.h
 * What a comparison comes to, in a sentence, and what a reader of it should bear in mind.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_VERDICT_H
#define PEREBOR_COMPARE_COMPARISON_VERDICT_H

#include "compare/comparison.h"

/**
 * Fills proof, verdict and warnings of a pair whose tests are made and adjusted. The test part goes
 * before the folds: its rows had no part in the search.
 */
PEREBOR_MUST_CHECK perebor_status comparison_conclude(comparison_pair *pair,
                                                      const comparison *comparison,
                                                      comparison_memory *memory,
                                                      perebor_error *error);

#endif
