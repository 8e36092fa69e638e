// SPDX-License-Identifier: MIT
/**
 * @file svc_kernel.h
 * Kernel functions of support vector machines, a row of values at a time.
 *
 * Every kernel is a function of dot products (and, for rbf, of squared norms). A dot product is
 * summed column by column, each pair of rows on its own, so that its bits depend neither on how
 * rows are grouped nor on which of the two comes first: dot products that are shared are those that
 * would have been computed again.
 */
#ifndef PEREBOR_MODEL_SVC_KERNEL_H
#define PEREBOR_MODEL_SVC_KERNEL_H

#include <stdint.h>

#include "base/simd.h"
#include "perebor/matrix.h"

typedef enum svc_kernel_kind {
    SVC_LINEAR,  /**< x.z */
    SVC_RBF,     /**< exp(-gamma |x - z|^2) */
    SVC_POLY,    /**< (gamma x.z + coef0)^degree */
    SVC_SIGMOID, /**< tanh(gamma x.z + coef0) */
} svc_kernel_kind;

typedef struct svc_kernel {
    svc_kernel_kind kind;
    int64_t degree; /**< At least 1; of poly. */
    double gamma;   /**< Above 0. */
    double coef0;
} svc_kernel;

enum {
    SVC_POINTS = 4, /**< Rows whose dot products are computed together. */
    SVC_PAD = 32,   /**< Rows of kernel values and the solver's arrays are a multiple of this. */
};

/** Points of a group, column by column: [n_columns][SVC_POINTS]. Missing points are zeros. */
typedef const double *svc_group;

/** The functions compiled for each instruction set. */
struct svc_kernels {
    /**
     * Dot products of the points of a group with rows [begin, end) of a matrix.
     *
     * @param[in]  begin, end  Multiples of 8, at most the stride.
     * @param[out] dots        Element (point, row) goes to dots[point][row].
     */
    void (*dots)(svc_group group, const perebor_matrix *rows, size_t begin, size_t end,
                 double *const dots[SVC_POINTS]);

    /** Dot products of one row of a matrix with all its rows. @param[out] dots [stride] */
    void (*dots_of_one)(const perebor_matrix *rows, size_t point, double *dots);

    /**
     * Kernel values from dot products, in double. @p values may be @p dots.
     *
     * @param[in] norms  [n] squared norms of the rows, @p norm that of the point.
     * @param[in] n      A multiple of 8.
     */
    void (*values)(const svc_kernel *kernel, const double *dots, const double *norms, double norm,
                   size_t n, double *values);

    /** The same rounded to float: entries of a Gram matrix. */
    void (*entries)(const svc_kernel *kernel, const double *dots, const double *norms, double norm,
                    size_t n, float *entries);

    /** sums += coefficient * values, for n a multiple of 8. */
    void (*accumulate)(double coefficient, const double *values, size_t n, double *sums);
};

PEREBOR_KERNEL_DECLARE(struct svc_kernels, svc_kernels);

/** Gathers rows first, first + 1, ... of a matrix into a group. @param[out] group [n_columns][4] */
void svc_group_gather(const perebor_matrix *rows, size_t first, double *group);

/** Gathers the first SVC_POINTS of a list of rows into a group. */
void svc_group_pick(const perebor_matrix *rows, const size_t *points, size_t n_points,
                    double *group);

#endif
