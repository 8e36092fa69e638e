// SPDX-License-Identifier: MIT
/**
 * @file fisher_exact.h
 * Fisher's exact test of two by two counts (Journal of the Royal Statistical Society 85, 1922).
 */
#ifndef PEREBOR_STATISTICS_FISHER_EXACT_H
#define PEREBOR_STATISTICS_FISHER_EXACT_H

#include <stdint.h>

/**
 * P(X >= n_both) of the hypergeometric distribution: how often @p n_drawn of @p n_all rows, drawn
 * blindly, hold as many of the @p n_marked marked ones. The one-sided p of "more than by chance".
 *
 * @param[in] n_both  At most n_drawn and n_marked, which are at most n_all.
 */
double perebor_fisher_greater(uint64_t n_both, uint64_t n_drawn, uint64_t n_marked, uint64_t n_all);

#endif
