// SPDX-License-Identifier: MIT
/**
 * @file interaction.h
 * Whether two columns act together or each by itself: Friedman and Popescu's H ("Predictive
 * learning via rule ensembles", Annals of Applied Statistics 2, 2008, section 8.1).
 *
 * With F_jk the partial dependence on both columns, F_j and F_k on either, each centred over the
 * rows, H squared is sum (F_jk - F_j - F_k)^2 / sum F_jk^2 over the rows' own values: 0 if the
 * effects add up, 1 if there is nothing but the interaction. Where F_jk itself is small H is large
 * by chance, so pairs are ordered by the numerator: the strength, in units of the answer.
 */
#ifndef PEREBOR_EXPLAIN_INTERACTION_H
#define PEREBOR_EXPLAIN_INTERACTION_H

#include <stddef.h>

#include "explain/shape.h"
#include "perebor/status.h"

/** How one pair acts together. */
typedef struct interaction {
    double strength; /**< sqrt(mean (F_jk - F_j - F_k)^2) over the rows. */
    double h;        /**< 0 where F_jk is constant. */
} interaction;

/**
 * Partial dependence on one column at the rows' own values, centred.
 *
 * @param[in]  question  n_rows^2 answers are asked of it, n_rows at a time.
 * @param[out] effect    [n_rows]
 */
PEREBOR_MUST_CHECK perebor_status interaction_effect(const shape_question *question,
                                                     perebor_workspace *workspace, double *effect,
                                                     perebor_error *error);

/**
 * The interaction of question->column with another.
 *
 * @param[in] own, others  [n_rows] interaction_effect() of either.
 */
PEREBOR_MUST_CHECK perebor_status interaction_measure(const shape_question *question, size_t other,
                                                      const double *own, const double *others,
                                                      perebor_workspace *workspace,
                                                      interaction *result, perebor_error *error);

#endif
