// SPDX-License-Identifier: MIT
/**
 * @file logreg_curvature.h
 * The curvature of the loss over pairs of columns, H_jk = sum_i root_i^2 z_ij z_ik, where levels of
 * nominal columns are codes (logreg_levels.h).
 *
 * With r_i^2 = root_i^2, the sums over the rows of level j of r_i^2, of r_i^2 s_i z_ia and, of
 * those that have level k of another nominal column as well, of r_i^2,
 *
 *     W_j,  S_aj,  N_jk,   and W and T_a those of r_i^2 and r_i^2 s_i z_ia over all rows,
 *
 * are one addition a row each, and
 *
 *     H_aj = (S_aj - c_j T_a) / q_j                                  of a dense column a,
 *     H_jj = ((1 - c_j)^2 W_j + c_j^2 (W - W_j)) / q_j^2,
 *     H_jk = (N_jk - c_j W_k - c_k W_j + c_j c_k W) / (q_j q_k)      where j is not k;
 *
 * two levels of one nominal column have no row in common, N_jk = 0.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_CURVATURE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_CURVATURE_H

#include "model/logreg/logreg_problem.h"

/** Doubles that logreg_curvature_form() computes in, for so many columns listed at most. */
size_t logreg_curvature_scratch(const logreg_problem *problem, size_t most_listed);

/**
 * Forms the symmetric matrix of a list of columns; breaks off at the deadline. The bits of a pair
 * do not depend on what else is listed.
 *
 * @param[out] curvature  [n_listed rounded up to LOGREG_TILE][ld], ld at least as much.
 * @param[in]  list       [n_listed] the dense columns first.
 * @param[in]  root       [problem->stride]
 * @param[in]  roughly    Pairs of dense columns in single precision.
 * @param      scratch    [logreg_curvature_scratch()]
 */
void logreg_curvature_form(const logreg_problem *problem, double *curvature, size_t ld,
                           const size_t *list, size_t n_listed, const double *root, bool roughly,
                           double *scratch);

/**
 * Adds some rows to the matrix of dense columns: the first from row 0 on, up to the last; the bits
 * are those of logreg_curvature_form().
 *
 * @param[in] from  A multiple of LOGREG_SINGLE_BLOCK.
 */
void logreg_curvature_add(const logreg_problem *problem, double *curvature, size_t ld,
                          const size_t *list, size_t n_dense, const double *root, bool roughly,
                          size_t from, size_t to, double *scratch);

#endif
