// SPDX-License-Identifier: MIT
/**
 * @file comparison_summary.h
 * What one search came to: counts, time, scores, and its best trial.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_SUMMARY_H
#define PEREBOR_COMPARE_COMPARISON_SUMMARY_H

#include "compare/comparison.h"

/** Fills a summary; its scores lie in the arena. */
PEREBOR_MUST_CHECK perebor_status comparison_summarize(comparison_summary *summary,
                                                       const compared_search *search, char label,
                                                       const comparison_options *options,
                                                       comparison_memory *memory,
                                                       perebor_error *error);

/** The folds of one repeat of a search's cross-validation; 0 if that is not known. */
size_t comparison_n_splits(const compared_search *search, const comparison_options *options);

#endif
