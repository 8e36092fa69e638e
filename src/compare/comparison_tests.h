// SPDX-License-Identifier: MIT
/**
 * @file comparison_tests.h
 * The tests of one search against another: trial against trial, on folds, on the test part.
 */
#ifndef PEREBOR_COMPARE_COMPARISON_TESTS_H
#define PEREBOR_COMPARE_COMPARISON_TESTS_H

#include "compare/comparison.h"

/** What the best of n trials is worth in both, at equal numbers of trials and equal seconds. */
PEREBOR_MUST_CHECK perebor_status comparison_compare_budgets(comparison_pair *pair,
                                                             const comparison_summary *summaries,
                                                             perebor_error *error);

/** The probability that a trial of B is better than one of A, if trials are independent draws. */
PEREBOR_MUST_CHECK perebor_status comparison_compare_draws(comparison_pair *pair,
                                                           const comparison_summary *summaries,
                                                           perebor_error *error);

/** The best trials of both on the same folds. */
PEREBOR_MUST_CHECK perebor_status comparison_test_folds(comparison_pair *pair,
                                                        const comparison *comparison,
                                                        comparison_memory *memory,
                                                        perebor_error *error);

/** The refitted models of both on the same test rows, by their areas under the ROC curve. */
PEREBOR_MUST_CHECK perebor_status comparison_test_part(comparison_pair *pair,
                                                       const comparison *comparison,
                                                       comparison_memory *memory,
                                                       perebor_error *error);

/** Holm's adjustment over all pairs, for each kind of test, on folds of p times the ratio of trials
 * if the search ahead had more; and who is better by it. */
PEREBOR_MUST_CHECK perebor_status comparison_adjust(comparison_pair *pairs, size_t n_pairs,
                                                    const comparison_summary *summaries,
                                                    perebor_error *error);

#endif
