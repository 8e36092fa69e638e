// SPDX-License-Identifier: MIT
/**
 * @file comparison_differences.h
 * What two result files say differently of their configuration, tables, build and machines.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_DIFFERENCES_H
#define PEREBOR_COMPARE_COMPARISON_DIFFERENCES_H

#include "compare/comparison.h"

/** Fills the differences of a pair; none where a file is not a result file. */
PEREBOR_MUST_CHECK perebor_status comparison_find_differences(comparison_pair *pair,
                                                              const perebor_result *a,
                                                              const perebor_result *b,
                                                              comparison_memory *memory,
                                                              perebor_error *error);

#endif
