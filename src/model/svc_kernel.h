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
    SVC_BATCH = 16, /**< Rows of kernel values that are computed together, in groups. */
    SVC_PAD = 32,   /**< Rows of kernel values and the solver's arrays are a multiple of this. */
};

/** Some points against which rows are held. */
typedef struct svc_group {
    double *values;           /**< [n_columns][SVC_POINTS]; zeros where a point is missing */
    double norms[SVC_POINTS]; /**< squared */
    size_t n_points;          /**< from 1 to SVC_POINTS */
} svc_group;

/** The functions compiled for each instruction set. Rows are those of a matrix up to its stride. */
struct svc_kernels {
    /** Dot products of the points of a group with all rows: element (point, row) goes to
     *  dots[point][row]. All SVC_POINTS are written. */
    void (*dots)(const svc_group *group, const perebor_matrix *rows,
                 double *const dots[SVC_POINTS]);

    /** Kernel values of one point from its dot products, rounded to float.
     *  @param[in] norms [n] squared norms of the rows, @p norm that of the point. */
    void (*entries)(const svc_kernel *kernel, const double *dots, const double *norms, double norm,
                    size_t n, float *entries);

    /**
     * Kernel values of the points of some groups, all full but perhaps the last, rounded to float.
     * Rows go by once for all groups.
     *
     * @param[out] entries  Point after point, [stride] each.
     */
    void (*group_entries)(const svc_kernel *kernel, const svc_group *groups, size_t n_groups,
                          const perebor_matrix *rows, const double *norms, float *const *entries);

    /** scores += coefficient * kernel values of one point, from its dot products. */
    void (*scores)(const svc_kernel *kernel, const double *dots, const double *norms, double norm,
                   double coefficient, size_t n, double *scores);

    /** scores += coefficients[point] * kernel values, point by point in their order. */
    void (*group_scores)(const svc_kernel *kernel, const svc_group *group,
                         const perebor_matrix *rows, const double *norms,
                         const double *coefficients, double *scores);
};

PEREBOR_KERNEL_DECLARE(struct svc_kernels, svc_kernels);

#endif
