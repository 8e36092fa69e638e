// SPDX-License-Identifier: MIT
/**
 * @file svc_monomials.h
 * The features of a polynomial kernel. (gamma x.z + coef0)^degree is the dot product of as many
 * monomials of x and of z, each weighted by the root of its multinomial coefficient, gamma and
 * coef0: where these are few, a hyperplane over them is found sooner than coefficients of points.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_MONOMIALS_H
#define PEREBOR_MODEL_SVC_SVC_MONOMIALS_H

#include <stdint.h>

#include "model/svc/svc_kernel.h"
#include "perebor/status.h"

/** How many there are, a constant one left out; 0 if they are too many, or not real. */
size_t svc_monomials_count(const svc_kernel *kernel, size_t n_columns);

/** Moves of pairs of points that take as long as a hyperplane over so many monomials. */
uint64_t svc_monomials_worth(size_t n_monomials);

/**
 * Their values.
 *
 * @param[out] monomials  [rows->n_rows][count]
 */
PEREBOR_MUST_CHECK perebor_status svc_monomials_create(perebor_matrix *monomials,
                                                       const perebor_matrix *rows,
                                                       const svc_kernel *kernel,
                                                       perebor_workspace *workspace,
                                                       perebor_error *error);

#endif
