// SPDX-License-Identifier: MIT
/**
 * @file svc_rows.h
 * Rows of a Gram matrix. Where that is sooner, and all of it fits in memory, it is computed at
 * once, half of it and its mirror image (svc_gram); otherwise rows are computed when asked for, and
 * those not used lately are dropped (svc_rows). Which of the two makes no difference to any value.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_ROWS_H
#define PEREBOR_MODEL_SVC_SVC_ROWS_H

#include <stdbool.h>

#include "model/svc/svc_points.h"
#include "model/svc/svc_steps.h"

enum { SVC_BLOCK = 2 * SVC_CLASSES }; /**< Rows that are in use together, at most. */

/** Rows of more points than these are computed as they are asked for, unless that takes long. */
enum { SVC_FEW_POINTS = 1024 };

/** Bytes that kernel values of one solver may take. Scores do not depend on it. */
#define SVC_DEFAULT_BYTES ((size_t)1 << 30)

typedef struct svc_gram {
    svc_points points;
    const struct svc_gram *larger; /**< Has more points, and their values; NULL: there is none. */
    const size_t *which;           /**< [n_rows] its points that these are, ascending. */
    uint16_t *masks;               /**< The same as bits: svc_copies.h. */
    svc_kernel kernel;
    size_t length;    /**< How many floats a row has: a multiple of SVC_PAD. */
    double *diagonal; /**< [length]; the pad holds ones. */
    float *rounded;   /**< The same in single precision. */
    float *waste;     /**< [length] rows that nobody asked for: SVC_POINTS are computed together. */
    float *entries;   /**< [n_rows up to SVC_POINTS][length], or NULL if rows are computed as asked
                         for. */
    size_t max_bytes; /**< The limit. */
} svc_gram;

/** @param[in] n_solvers  How many will use it, one after the other. */
PEREBOR_MUST_CHECK perebor_status svc_gram_create(svc_gram *gram, const perebor_matrix *rows,
                                                  const svc_kernel *kernel, size_t n_solvers,
                                                  size_t max_bytes, perebor_workspace *workspace,
                                                  perebor_error *error);

/** One solver's view of a matrix. */
typedef struct svc_rows {
    const svc_gram *gram;
    float *slots; /**< [n_slots + 1][length], or NULL if the matrix is whole; the last is waste. */
    size_t n_slots;
    size_t *slot_of;  /**< [n_rows] or SIZE_MAX */
    size_t *point_of; /**< [n_slots] or SIZE_MAX */
    bool *used;       /**< [n_slots] used since the hand last passed. */
    bool *wanted;     /**< [n_slots] asked for together. */
    bool *resting;    /**< [n_rows] at a bound: not likely to be asked for again. */
    size_t n_taken;   /**< Slots that have been used at all. */
    size_t hand;
} svc_rows;

PEREBOR_MUST_CHECK perebor_status svc_rows_create(svc_rows *rows, const svc_gram *gram,
                                                  perebor_workspace *workspace,
                                                  perebor_error *error);

/**
 * Some of the points by themselves: values between them have the same bits, and are taken from
 * those of all points if these are there.
 *
 * @param[in] which      [n] ascending; stays the caller's, and has to stay.
 * @param[in] max_bytes  The limit.
 */
PEREBOR_MUST_CHECK perebor_status svc_gram_pick(svc_gram *part, const svc_gram *gram,
                                                const size_t *which, size_t n, size_t max_bytes,
                                                perebor_workspace *workspace, perebor_error *error);

/** Rows of SVC_POINTS points at most of a matrix that has no entries; at the deadline they hold
 * anything. @param[out] rows  [n], each [length] */
void svc_gram_rows(const svc_gram *gram, const size_t *points, size_t n, float *const *rows);

/**
 * The rows of some points.
 *
 * @param[in]  points   [n], SVC_BLOCK at most, all different.
 * @param[out] entries  [n], each [length], valid until the next call.
 */
void svc_rows_get(svc_rows *rows, const size_t *points, size_t n, const float **entries);

#endif
