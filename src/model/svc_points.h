// SPDX-License-Identifier: MIT
/**
 * @file svc_points.h
 * The training rows as a support vector machine sees them: their squared norms and, if memory
 * allows, all their dot products, which serve every kernel and every setting.
 */
#ifndef PEREBOR_MODEL_SVC_POINTS_H
#define PEREBOR_MODEL_SVC_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/svc_kernel.h"
#include "perebor/status.h"

/** How much memory one solver may take for what could be computed again. Scores do not depend on
 * it. */
typedef struct svc_limits {
    size_t dots_bytes; /**< For the dot products of all pairs of rows. */
    size_t gram_bytes; /**< For kernel values. */
} svc_limits;

extern const svc_limits svc_default_limits;

/** Without dot products: for one model alone, which does not need those of all pairs. */
extern const svc_limits svc_lone_limits;

typedef struct svc_points {
    perebor_matrix rows; /**< Borrowed from the training part. */
    const struct svc_kernels *vector;
    double *norms; /**< [stride] */
    double *dots;  /**< [n_rows][stride], or NULL if beyond the limit. */
} svc_points;

PEREBOR_MUST_CHECK perebor_status svc_points_create(svc_points *points, const perebor_matrix *rows,
                                                    const svc_limits *limits, perebor_error *error);

void svc_points_release(svc_points *points);

/**
 * Kernel values of some points with all rows of a matrix, rounded to float.
 *
 * @param[in]  rows, norms  Of the other side; those of @p points or a part of them.
 * @param[in]  wanted       [n_wanted] points, SVC_BATCH at most.
 * @param      scratch      [n_columns][SVC_BATCH]
 * @param[out] entries      [n_wanted][rows->stride]
 */
void svc_points_entries(const svc_points *points, const svc_kernel *kernel,
                        const perebor_matrix *rows, const double *norms, const size_t *wanted,
                        size_t n_wanted, double *scratch, float *const *entries);

/** Gathers rows of a matrix, SVC_POINTS at most, into a group whose values have room. */
void svc_group_pick(svc_group *group, const perebor_matrix *rows, const double *norms,
                    const size_t *points, size_t n_points);

/**
 * Dot products of all rows of one matrix with those of another.
 *
 * @param[out] dots  [from->n_rows up to a multiple of SVC_POINTS][to->stride]
 */
PEREBOR_MUST_CHECK perebor_status svc_dots_create(double **dots, const perebor_matrix *from,
                                                  const perebor_matrix *to, perebor_error *error);

/** k(x, x) of every row, in double. @param[out] diagonal [stride] */
void svc_points_diagonal(const svc_points *points, const svc_kernel *kernel, double *diagonal);

/** Squared norms of the rows of a matrix, summed in the order of dot products. @param[out] norms
 * [stride] */
void svc_norms(const perebor_matrix *rows, double *norms);

/** An array of 64-byte alignment, zeroed; NULL if there is no memory. */
void *svc_array(size_t n, size_t size);

/** The same, not zeroed. */
void *svc_array_unset(size_t n, size_t size);

#endif
