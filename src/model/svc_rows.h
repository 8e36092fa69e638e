// SPDX-License-Identifier: MIT
/**
 * @file svc_rows.h
 * Rows of a Gram matrix, computed when asked for and kept as memory allows.
 *
 * While everything fits, a row is computed once for all settings that have the kernel in common
 * (svc_gram). A solver sees it through svc_rows, which narrows it to the points that are still
 * active; beyond the limit of memory svc_rows is all there is, and drops rows not used lately.
 */
#ifndef PEREBOR_MODEL_SVC_ROWS_H
#define PEREBOR_MODEL_SVC_ROWS_H

#include <stdbool.h>

#include "model/svc_points.h"

/** A Gram matrix of which rows come into being one by one. */
typedef struct svc_gram {
    const svc_points *points;
    svc_kernel kernel;
    size_t length;    /**< Of a row, in floats: a multiple of SVC_PAD; the pad holds zeros. */
    double *diagonal; /**< [length]; the pad holds ones. */
    double *scratch;  /**< [n_columns][SVC_BATCH] */
    float *zeros;     /**< [length], a row of nothing. */
    float *entries;   /**< [n_rows][length], or NULL if beyond the limit. */
    bool *present;    /**< [n_rows], or NULL. */
} svc_gram;

PEREBOR_MUST_CHECK perebor_status svc_gram_create(svc_gram *gram, const svc_points *points,
                                                  const svc_kernel *kernel,
                                                  const svc_limits *limits, perebor_error *error);

void svc_gram_release(svc_gram *gram);

/** The rows of the points that are active, over the points that are active. */
typedef struct svc_rows {
    svc_gram *gram;
    size_t n_active;
    size_t length;       /**< n_active up to a multiple of SVC_PAD. */
    size_t *points;      /**< [n_active] in increasing order: point of a position. */
    svc_points narrowed; /**< The active rows alone, where whole rows do not fit. */
    perebor_matrix copy;
    float *slots; /**< [n_slots][length] */
    size_t n_slots;
    size_t room;         /**< Floats that slots has room for. */
    size_t *slot_of;     /**< [n_rows] slot of a position, or SIZE_MAX. */
    size_t *position_of; /**< [slots at most] position in a slot, or SIZE_MAX. */
    bool *used;          /**< [slots at most] used since the hand last passed. */
    size_t hand;
} svc_rows;

/** All points active. */
PEREBOR_MUST_CHECK perebor_status svc_rows_create(svc_rows *rows, svc_gram *gram,
                                                  const svc_limits *limits, perebor_error *error);

void svc_rows_release(svc_rows *rows);

/** Whether the row of an active point can be had without computing kernel values. */
bool svc_rows_holds(const svc_rows *rows, size_t position);

/**
 * Computes rows that are not held.
 *
 * @param[in] positions  [n_positions], SVC_BATCH at most, all different.
 * @param[in] other      A position whose row must stay valid.
 */
void svc_rows_compute(svc_rows *rows, const size_t *positions, size_t n_positions, size_t other);

/**
 * The row of an active point. @pre It is held.
 *
 * @param[in] other  A position whose row must stay valid; may be @p position.
 * @return [length], valid until rows of other positions are asked for or computed.
 */
const float *svc_rows_get(svc_rows *rows, size_t position, size_t other);

/**
 * Keeps some of the active points, whose positions are then 0, 1, 2, ...
 *
 * @param[in] positions  [n_positions] of what stays, increasing.
 */
PEREBOR_MUST_CHECK perebor_status svc_rows_narrow(svc_rows *rows, const size_t *positions,
                                                  size_t n_positions, perebor_error *error);

/**
 * values -= coefficient * row for every point that has a coefficient, over the points that are not
 * active. Values of active points are then unspecified.
 *
 * @param[in]     coefficients  [n_rows]
 * @param[in,out] values        [gram->length] by point
 * @pre Rows of points with coefficients are held, if whole rows fit.
 */
PEREBOR_MUST_CHECK perebor_status svc_rows_subtract_idle(const svc_rows *rows,
                                                         const double *coefficients, double *values,
                                                         perebor_error *error);

/** Makes all points active again. */
void svc_rows_widen(svc_rows *rows);

/** n up to a multiple of SVC_PAD. */
size_t svc_padded(size_t n);

#endif
