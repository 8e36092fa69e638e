// SPDX-License-Identifier: MIT
/**
 * @file comparability.h
 * What two searches have in common, and what cannot be compared for want of it.
 */
#ifndef PEREBOR_COMPARE_COMPARABILITY_H
#define PEREBOR_COMPARE_COMPARABILITY_H

#include "compare/comparison.h"

/** Fills the checks of a pair, whether it is one search, and whether its trials are independent
 * draws. */
void comparability_check(comparison_pair *pair, const comparison *comparison,
                         comparison_memory *memory);

#endif
