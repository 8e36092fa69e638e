// SPDX-License-Identifier: MIT
/**
 * @file svc_kernel.h
 * Kernel functions of support vector machines, some rows of values at a time.
 *
 * Training works on kernel values in single precision, as LIBSVM's cache does. Those of rbf are
 * computed in single precision too, from squared differences, in which nothing cancels; the others
 * from dot products in double precision, because powers and small multiples of a sum magnify its
 * errors. Either is summed column by column, each pair of rows on its own, so that its bits depend
 * neither on how rows are grouped nor on which of the two comes first: a Gram matrix is symmetric
 * to the bit, and a value that is shared is the one that would have been computed again. Scores are
 * sums over double precision values.
 *
 * The levels of nominal columns, of which a row has one and another row has another, are compared
 * by their codes: two columns of a block differ, or none does. Nothing is left out by that but sums
 * with zeros, so that the bits are those of dense columns.
 *
 * Where gamma is small all values are next to one and the same, the kernel's *origin*: 1,
 * coef0^degree or tanh(coef0). Single precision is then spent on what they have in common.
 * *Reduced* values, k - origin, are rounded in proportion to their differences. They make the same
 * decisions, as sum_s b_s (k(x_s, x) - origin) is sum_s b_s k(x_s, x) where the coefficients b add
 * up to 0.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_KERNEL_H
#define PEREBOR_MODEL_SVC_SVC_KERNEL_H

#include <stdbool.h>
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
    bool reduced; /**< Values in single precision are less the origin. */
} svc_kernel;

enum {
    SVC_POINTS = 4, /**< Rows whose kernel values are computed together. */
    SVC_PAD = 32,   /**< Rows of kernel values and the solver's arrays are a multiple of this. */
};

/** A code that no row has: of a support vector without a level. */
#define SVC_NO_LEVEL UINT32_MAX

/** Rows in single precision, column after column; pads hold zeros. */
typedef struct svc_singles {
    float *values; /**< [n_columns][length] of dense columns. */
    size_t n_columns;
    size_t length;   /**< A multiple of SVC_PAD. */
    uint32_t *codes; /**< [n_blocks][length] which level a row has of a nominal column. */
    float *squares;  /**< [n_blocks][length] (1 - 0)^2 as it rounds in the level's column; 0 if the
                        row  has none. */
    size_t n_blocks;
} svc_singles;

/** Some of the rows, SVC_POINTS of them, side by side. */
typedef struct svc_single_group {
    float *values;   /**< [n_columns][SVC_POINTS] */
    uint32_t *codes; /**< [n_blocks][SVC_POINTS] */
    float *squares;  /**< [n_blocks][SVC_POINTS] */
} svc_single_group;

/** Some support vectors against which rows are held. */
typedef struct svc_group {
    double *values; /**< [dense columns][SVC_POINTS] less centres; zeros where a point is missing */
    const double *centres;    /**< [dense columns] to take off rows that are scored, or NULL. */
    uint32_t *codes;          /**< [n_indicators][SVC_POINTS]; SVC_NO_LEVEL where it has none */
    double norms[SVC_POINTS]; /**< squared */
    size_t n_points;          /**< from 1 to SVC_POINTS */
} svc_group;

/** The functions compiled for each instruction set. */
typedef struct svc_kernels {
    /**
     * Kernel values of SVC_POINTS points with some rows: of rbf, from squared differences in single
     * precision. Reduced if the kernel is.
     *
     * @param[in]  begin, end  The rows: multiples of SVC_PAD.
     * @param[out] entries     For each point, [end]: elements begin to end are written.
     */
    void (*radial)(const svc_kernel *kernel, const svc_single_group *points,
                   const svc_singles *rows, size_t begin, size_t end,
                   float *const entries[SVC_POINTS]);

    /** The same of the first of the points alone. @param[out] entries  [end] */
    void (*radial_row)(const svc_kernel *kernel, const svc_single_group *points,
                       const svc_singles *rows, size_t begin, size_t end, float *entries);

    /** The same of other kernels, from dot products in double precision, rounded at the end.
     *  @param[in] end  Not beyond the stride of @p rows. */
    void (*products)(const svc_kernel *kernel, const svc_group *group, const perebor_matrix *rows,
                     size_t begin, size_t end, float *const entries[SVC_POINTS]);

    /** The same of the first of the points alone. @param[out] entries  [end] */
    void (*product_row)(const svc_kernel *kernel, const svc_group *group,
                        const perebor_matrix *rows, size_t begin, size_t end, float *entries);

    /** Turns [n] dot products into kernel values, not reduced, of kernels other than rbf; n a
     *  multiple of 8. */
    void (*values)(const svc_kernel *kernel, double *dots, size_t n);

    /**
     * scores += coefficients[point] * kernel values, point by point in their order. For rbf,
     * nearest becomes the greatest kernel value if that is greater.
     */
    void (*group_scores)(const svc_kernel *kernel, const svc_group *group,
                         const perebor_matrix *rows, const double *norms,
                         const double *coefficients, double *scores, double *nearest);
} svc_kernels;

PEREBOR_KERNEL_DECLARE(svc_kernels, svc_kernels);

#endif
