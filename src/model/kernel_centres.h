// SPDX-License-Identifier: MIT
/**
 * @file kernel_centres.h
 * Where distances to support vectors are taken from.
 *
 * |x - z|^2 = |x|^2 + |z|^2 - 2 x.z loses its digits where x and z are far from 0 and near to each
 * other, so both are taken from the means of the support vectors. Columns that are 0 or 1 in every
 * support vector lose nothing, and where they are many (the levels of nominal columns) most values
 * stay zeros if they are left as they are.
 */
#ifndef PEREBOR_MODEL_KERNEL_CENTRES_H
#define PEREBOR_MODEL_KERNEL_CENTRES_H

#include "perebor/matrix.h"

/** Columns of zeros and ones, levels included, up to which those are centred as all others are. */
enum { MODEL_FEW_FLAGS = 64 };

/**
 * Finds the point that distances are taken from.
 *
 * @param[in]  support  The support vectors, a row each.
 * @param[out] centres  [support->n_columns] Means, or 0 for levels, and for columns of zeros and
 * ones where these and levels are more than MODEL_FEW_FLAGS.
 */
void model_kernel_centres(const perebor_matrix *support, double *centres);

/** The same of some rows of a matrix: the support vectors. @param[in] chosen  [n], or NULL: the
 *  first n. */
void model_kernel_centres_of(const perebor_matrix *rows, const uint32_t *chosen, size_t n,
                             double *centres);

#endif
