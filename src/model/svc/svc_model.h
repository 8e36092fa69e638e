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

struct perebor_model {
    svc_kernel kernel;
    double bias;
    double grain; /**< Scores are multiples of it: svc_precision.h. */
    size_t n_columns;
    size_t n_support;
    double *coefficients; /**< [n_support] */
    double *norms;        /**< [n_support]; of rbf, less the centres */
    double *centres;      /**< [n_columns] means of the support vectors; NULL but for rbf. */
    double *groups;       /**< [n_support / 4 up][n_columns][SVC_POINTS] the support vectors. */
    double *weights;      /**< Of columns or monomials; the three above are then NULL. */
};

/** Whether coefficients of points are asked for, at least at first: kernel values are needed. */
bool svc_model_needs_points(const perebor_training *training, const svc_options *options);

/** Solves for one member. @p gram may be NULL if it needs no points. */
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

/** A value of a support vector in its group. */
static inline double *svc_model_support(const perebor_model *model, size_t point, size_t column) {
    double *group = model->groups + point / SVC_POINTS * SVC_POINTS * model->n_columns;
    return group + column * SVC_POINTS + point % SVC_POINTS;
}

/**
 * Finds the centres and norms of a model that has its support vectors. |x - z|^2 = |x|^2 + |z|^2 -
 * 2 x.z loses its digits where x and z are far from 0 and near to each other, so both are taken
 * from the means of the support vectors, which a saved model has as well.
 */
PEREBOR_MUST_CHECK perebor_status svc_model_centre(perebor_model *model,
                                                   perebor_workspace *workspace,
                                                   perebor_error *error);

#endif
