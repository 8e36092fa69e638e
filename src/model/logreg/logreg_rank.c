// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_rank.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "model/logreg/logreg_curvature.h"
#include "model/logreg/logreg_state.h"

/** Shares of a column's own curvature: what a direction has for certain, and what it has lost it
 * with. What is left then is known to six digits at best, and margins are no better. */
static const double certain = 1e-7;
static const double lost = 1e-9;

/** A column's own curvature at weights 0, sum_i r_i^2 z_ij^2 with r_i^2 the curvature of row i. */
static double own_at_start(logreg_solver *s, size_t column) {
    if (s->own[column] == 0.0) { // to the bits that it has among other columns
        logreg_curvature_form(s->problem, s->tile, s->problem->ld, &column, 1,
                              s->problem->start_root, false, s->scratch);
        s->own[column] = s->tile[0];
    }
    return s->own[column];
}

size_t logreg_rank_of_share(const logreg_solver *s, double share) {
    const logreg_quadratic *q = &s->quadratic;
    size_t n = 0;
    for (size_t k = 0; k < q->n_active; k++) {
        double own = q->curvature[q->active[k] * (q->ld + 1)];
        n += !q->is_dependent[k] && q->inverse[k] * q->inverse[k] * (share * own) < 1.0;
    }
    return n;
}

size_t logreg_rank(const logreg_solver *s) {
    return logreg_rank_of_share(s, certain);
}

/** What no column's own curvature at weights 0 is more than: columns are standardised, sum_i z_ij^2
 * is the number of rows, and p (1 - p) at most 1/4. */
static double most_own_at_start(const logreg_problem *problem) {
    const logreg_class_weights weights = problem->weights;
    return 0.2501 * fmax(weights.positive, weights.negative) * (double)problem->n_rows;
}

/**
 * How many have not lost it. A column that is 0 but in rows that are told apart loses its own with
 * them, so that of the start counts, which is computed only where it can make a difference.
 */
static size_t rank_left(logreg_solver *s) {
    const logreg_quadratic *q = &s->quadratic;
    const double most = most_own_at_start(s->problem);
    size_t n = 0;
    for (size_t k = 0; k < q->n_active && !perebor_deadline_passed(); k++) {
        const double now = q->curvature[q->active[k] * (q->ld + 1)];
        const double share = q->inverse[k] * q->inverse[k] * lost;
        const bool for_certain = share * fmax(now, most) < 1.0;
        n += !q->is_dependent[k] &&
             (for_certain || share * fmax(now, own_at_start(s, s->list[q->active[k]])) < 1.0);
    }
    return n;
}

static bool has_l1(const logreg_solver *s) {
    for (size_t column = 0; column < s->problem->n_columns; column++) {
        if (s->at.l1[column] > 0.0) {
            return true;
        }
    }
    return false;
}

/** Sorts columns, of which there are few, by insertion. */
static void sort_columns(size_t *columns, size_t n) {
    for (size_t k = 1; k < n; k++) {
        const size_t column = columns[k];
        size_t place = k;
        for (; place > 0 && columns[place - 1] > column; place--) {
            columns[place] = columns[place - 1];
        }
        columns[place] = column;
    }
}

/** How many directions the columns in use had at weights 0. What the quadratic held is gone. */
static size_t active_rank_at_start(logreg_solver *s) {
    logreg_quadratic *q = &s->quadratic;
    size_t n = q->n_active;
    for (size_t k = 0; k < n; k++) {
        s->formed[k] = s->list[q->active[k]];
    }
    if (s->problem->n_blocks > 0) {
        sort_columns(s->formed, n);
    }
    memcpy(s->list, s->formed, n * sizeof *s->list);
    s->n_listed = n;
    s->is_rough = false;
    logreg_solver_form_curvature(s, true);
    // Without a gradient or an l1 the minimum is where it is: what is wanted is the factor.
    memset(q->l1, 0, q->ld * sizeof *q->l1);
    memset(q->gradient, 0, q->ld * sizeof *q->gradient);
    q->n = n;
    q->n_sweeps = 0;
    s->quadratic_kernels->minimise(q);
    return logreg_rank(s);
}

bool logreg_ran_away(logreg_solver *s, size_t rank_at_start) {
    size_t n = rank_left(s);
    if (has_l1(s) || s->part != NULL) {
        return n < s->quadratic.n_active && n < active_rank_at_start(s);
    }
    return n < rank_at_start;
}
