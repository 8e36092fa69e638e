// SPDX-License-Identifier: MIT
/**
 * @file svc_model.h
 * A fitted support vector machine: f(x) = sum_s coefficients[s] k(x_s, x) + bias over its support
 * vectors, or weights.x + bias where the kernel is linear, or where it is a polynomial of few
 * monomials, which then stand for x.
 */
#ifndef PEREBOR_MODEL_SVC_SVC_MODEL_H
#define PEREBOR_MODEL_SVC_SVC_MODEL_H

#include "model/svc/svc_options.h"
#include "model/svc/svc_rows.h"
#include "perebor/learner.h"

/** Moves of pairs of points that a polynomial kernel takes for each unit of C k(x, x), about. */
enum { SVC_MOVES_A_UNIT = 250 };

/** It has either coefficients, of support vectors, or weights. */
struct perebor_model {
    svc_kernel kernel;
    double bias;
    double grain; /**< Scores are multiples of it: svc_precision.h. */
    size_t n_columns;
    perebor_matrix support; /**< The support vectors, a row each; or, borrowed, all rows, */
    uint32_t *chosen;       /**< [n_support] of which these are; NULL: every row is one. */
    size_t n_support;
    double *coefficients; /**< [n_support]; NULL, and the three above empty: there are weights. */
    double *weights;      /**< [columns or monomials], or NULL. */
};

/** Whether a hyperplane over so many dense columns is solved for by its points, as kernels are, and
 * not by interior points. */
bool svc_model_plane_by_points(size_t n_rows, size_t n_dense);

/** Whether coefficients of points are asked for, at least at first: kernel values are needed. */
bool svc_model_needs_points(const perebor_training *training, const svc_options *options);

/** Solves for one member; support vectors are borrowed from the training rows. @p gram may be NULL
 * if it needs no points. */
PEREBOR_MUST_CHECK perebor_status svc_model_fit(perebor_model **model,
                                                const perebor_training *training,
                                                const svc_options *options, const svc_gram *gram,
                                                perebor_workspace *workspace,
                                                perebor_fit_report *report, perebor_error *error);

/**
 * Scores rows by their decisions, rounded to the grain. Leaves the workspace as it was.
 *
 * @param[out] scores  [rows->n_rows]
 */
PEREBOR_MUST_CHECK perebor_status svc_model_score(const perebor_model *model,
                                                  const perebor_matrix *rows,
                                                  perebor_workspace *workspace, double *scores,
                                                  perebor_error *error);

/** The learner's describe() and restore(): perebor/learner.h. */
PEREBOR_MUST_CHECK perebor_status svc_describe(const perebor_model *model,
                                               perebor_workspace *workspace,
                                               perebor_model_form *form, perebor_error *error);
PEREBOR_MUST_CHECK perebor_status svc_restore(perebor_model **model, const perebor_model_form *form,
                                              perebor_workspace *workspace, perebor_error *error);

#endif
