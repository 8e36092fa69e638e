// SPDX-License-Identifier: MIT
/**
 * @file logreg_state.h
 * What a solver knows on its way; for logreg_solver.c, logreg_form.c and logreg_rank.c. The
 * mathematics is that of logreg_solver.c.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_STATE_H
#define PEREBOR_MODEL_LOGREG_LOGREG_STATE_H

#include "model/logreg/logreg_quadratic.h"
#include "model/logreg/logreg_solver.h"

struct logreg_solver {
    const logreg_problem *problem;
    logreg_solver *part; /* over a part of the rows, whose optimum is where to begin; or NULL */
    double enough;
    const logreg_quadratic_kernels *quadratic_kernels;
    logreg_point at;
    double *scratch; /* of logreg_curvature_form() */
    double *tile;    /* [LOGREG_TILE][ld], the curvature of one column */
    double *own;     /* [ld], H_jj at weights 0 where it was formed in double precision; else 0 */
    size_t *list;    /* [n_columns], the working set */
    size_t n_listed;
    size_t *formed; /* [n_columns], the working set of the present curvature */
    size_t n_formed;
    double drift;     /* how far margins may have moved since it was formed */
    double promised;  /* what the next step moves a margin by at most, about */
    bool is_rough;    /* curvatures are formed in single precision */
    double *ahead;    /* [n_columns in whole tiles][ld], curvature at the end of a step, or NULL */
    bool is_ahead;    /* It is formed, at the present point, */
    bool ahead_rough; /* in single precision. */
    bool is_there;    /* margins, loss and gradient are those at the end of the whole step */
    double loss;      /* there */
    bool is_at_start; /* weights are 0: what the problem knows of the start serves */
    logreg_quadratic quadratic;
};

/**
 * Forms H_jk + l2_j [j = k] over the working set in the quadratic.
 *
 * @param[in] at_start  At weights 0 instead of the present ones.
 */
void logreg_solver_form_curvature(logreg_solver *s, bool at_start);

/** Adds the rows [from, to) to the curvature ahead. @param context  The logreg_solver. */
void logreg_solver_add_ahead(void *context, size_t from, size_t to);

#endif
