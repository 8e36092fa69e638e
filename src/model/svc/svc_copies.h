// SPDX-License-Identifier: MIT
/**
 * @file svc_copies.h
 * Kernel values that are copied to where they are wanted together.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_COPIES_H
#define PEREBOR_MODEL_SVC_SVC_COPIES_H

#include <stddef.h>
#include <stdint.h>

#include "base/simd.h"

enum { SVC_MASK_BITS = 16 }; /**< Elements of a row that one mask is of. */

typedef struct svc_copies {
    /**
     * Copies SVC_PAD rows of a symmetric matrix to its columns.
     *
     * @param[in]     row         The first of the rows.
     * @param[in]     begin, end  The columns that are copied; begin a multiple of SVC_PAD.
     * @param[in,out] matrix      [at least end][length]
     */
    void (*mirror)(float *matrix, size_t length, size_t row, size_t begin, size_t end);

    /**
     * Copies some elements of a row, in ascending order.
     *
     * @param[in]  points  [n_points] which, and
     * @param[in]  masks   [n_masks] the same as bits, the lowest first, of the whole row.
     * @param[out] to      [n_points]
     */
    void (*pick)(const float *row, const size_t *points, size_t n_points, const uint16_t *masks,
                 size_t n_masks, float *to);
} svc_copies;

PEREBOR_KERNEL_DECLARE(svc_copies, svc_copies);

#endif
