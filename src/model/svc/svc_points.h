// SPDX-License-Identifier: MIT
/**
 * @file svc_points.h
 * The training rows as a kernel sees them while a support vector machine is solved.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_POINTS_H
#define PEREBOR_MODEL_SVC_SVC_POINTS_H

#include <stddef.h>
#include <stdint.h>

#include "model/svc/svc_kernel.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

typedef struct svc_points {
    const svc_kernels *vector;
    size_t n_rows;
    size_t length;       /**< That of a row of kernel values: n_rows up to a multiple of SVC_PAD. */
    perebor_matrix rows; /**< Borrowed. */
    svc_singles singles; /**< The rows with columns centred; for rbf alone. */
    svc_single_group single_group; /**< Scratch. */
    svc_group group;               /**< The same, of other kernels. */
} svc_points;

PEREBOR_MUST_CHECK perebor_status svc_points_create(svc_points *points, const perebor_matrix *rows,
                                                    svc_kernel_kind kind,
                                                    perebor_workspace *workspace,
                                                    perebor_error *error);

/**
 * Some of the points, as rows of their own: kernel values between them have the same bits.
 *
 * @param[in] wanted  [n_wanted]
 */
PEREBOR_MUST_CHECK perebor_status svc_points_pick(svc_points *part, const svc_points *points,
                                                  svc_kernel_kind kind, const size_t *wanted,
                                                  size_t n_wanted, perebor_workspace *workspace,
                                                  perebor_error *error);

/**
 * Kernel values of SVC_POINTS points at most with the rows from @p begin to @p end.
 *
 * @param[in]  wanted   [n_wanted]
 * @param[out] entries  [SVC_POINTS], each with room for [end]; those beyond n_wanted hold anything
 *                      afterwards and may be the same. Elements beyond n_rows are finite.
 */
void svc_points_entries(const svc_points *points, const svc_kernel *kernel, const size_t *wanted,
                        size_t n_wanted, size_t begin, size_t end,
                        float *const entries[SVC_POINTS]);

/** The same of points with the rows of others, which have the same columns and means. */
void svc_points_meet(const svc_points *points, const size_t *wanted, size_t n_wanted,
                     const svc_points *others, const svc_kernel *kernel, size_t begin, size_t end,
                     float *const entries[SVC_POINTS]);

/** What kernel values tend to as gamma goes to 0: what reduced ones are less by. */
double svc_points_origin(const svc_points *points, const svc_kernel *kernel);

/** k(x, x) of every row, reduced if the kernel is, in double; breaks off at the deadline.
 * @param[out] diagonal  [length]; the pad holds ones. */
void svc_points_diagonal(const svc_points *points, const svc_kernel *kernel, double *diagonal);

/** Makes room for a group of rows of a matrix. @return whether there was memory */
bool svc_group_create(svc_group *group, const perebor_matrix *rows, perebor_workspace *workspace);

/** Gathers rows of a matrix, SVC_POINTS at most, into a group that has room, less its centres. */
void svc_group_pick(svc_group *group, const perebor_matrix *rows, const size_t *points,
                    size_t n_points);

/**
 * Squared norms of the rows of a matrix; breaks off at the deadline.
 *
 * @param[in]  centres  [dense columns] taken off the rows first, or NULL.
 * @param[out] norms    [stride]
 */
void svc_norms(const perebor_matrix *rows, const double *centres, double *norms);

/** n up to a multiple of SVC_PAD. */
size_t svc_padded(size_t n);

#endif
