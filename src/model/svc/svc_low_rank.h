// SPDX-License-Identifier: MIT
/**
 * @file svc_low_rank.h
 * A kernel about which little is known but its first terms: U'U and a diagonal. It preconditions
 * conjugate gradients (svc_conjugate.c).
 */
#ifndef PEREBOR_MODEL_SVC_SVC_LOW_RANK_H
#define PEREBOR_MODEL_SVC_SVC_LOW_RANK_H

#include "model/svc/svc_rows.h"

enum { SVC_MOST_RANK = 64, SVC_MOST_PAIRED = 32 }; /**< Columns alone, and with their products. */

typedef struct svc_low_rank {
    const svc_gram *gram;
    size_t rank; /**< The rank for the points that were gathered; 0: the diagonal alone. */
    size_t first_rank, most_rank; /**< Without products of columns, and with them. */
    float *nearness;              /**< [gram->length] k(x, 0), of columns about their means. */
    float *factors;               /**< [rank][n] U of some points. */
    float *rests;                 /**< [n] the diagonal, above 0; 1 where there is no point. */
} svc_low_rank;

/** @param[in] capacity  Points that there will be at most, a multiple of SVC_PAD. With SVC_BLOCK
 *                       or fewer, the diagonal alone is kept. */
PEREBOR_MUST_CHECK perebor_status svc_low_rank_create(svc_low_rank *low, const svc_gram *gram,
                                                      size_t capacity, perebor_workspace *workspace,
                                                      perebor_error *error);

/** Takes U and the diagonal of some points. @param[in] n  Up to a multiple of SVC_PAD.
 * @param[in] n_free  How many of them are free. */
void svc_low_rank_gather(svc_low_rank *low, const size_t *points, size_t n_points, size_t n,
                         size_t n_free);

#endif
