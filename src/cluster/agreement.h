// SPDX-License-Identifier: MIT
/**
 * @file agreement.h
 * How far two partitions of the same points agree.
 */
#ifndef PEREBOR_CLUSTER_AGREEMENT_H
#define PEREBOR_CLUSTER_AGREEMENT_H

#include "cluster/points.h"

/** The adjusted Rand index (Hubert and Arabie, Journal of Classification 2, 1985): 1 for the same
 * partition, 0 on average for unrelated ones. */
PEREBOR_MUST_CHECK perebor_status cluster_adjusted_rand(double *index, const uint32_t *first,
                                                        size_t n_first, const uint32_t *second,
                                                        size_t n_second, size_t n,
                                                        perebor_error *error);

/**
 * The greatest Jaccard coefficient of every cluster of the first partition with one of the second:
 * |A and B| / |A or B|. NaN for a cluster without points.
 *
 * @param[out] jaccard  [n_first]
 */
PEREBOR_MUST_CHECK perebor_status cluster_jaccard(double *jaccard, const uint32_t *first,
                                                  size_t n_first, const uint32_t *second,
                                                  size_t n_second, size_t n, perebor_error *error);

#endif
