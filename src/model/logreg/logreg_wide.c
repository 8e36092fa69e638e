// SPDX-License-Identifier: MIT
/*
 * The mathematics is that of logreg_solver.c. A step is the minimum of the quadratic to a precision
 * that follows the steps: the next step's largest change of a margin is about the square of this
 * one's, so a precision of a hundredth of it costs no step. Where this one's is above 1, steps are
 * damped and lead to another quadratic altogether: a tenth will do. So far away single precision
 * will do, too, for margins and gradients, until steps are no longer damped.
 *
 * The last step asks for less: where margins are within m of the optimum's, so that the next step
 * moves none by more than m, it ends with (m + 10 e) m <= enough if e is no more than
 *
 *     (enough / m - m) / 10.
 */
#include "model/logreg/logreg_wide.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/logreg/logreg_implicit.h"

enum { most_iterations = 300 };

/** As in logreg_solver.c: margins are left within about (M + e) M of the optimum's, e for the
 * precision of the step. */
static const double enough = 1e-10;

/** Up to this change of margins a full step is a contraction and needs no check. */
static const double safe_step = 0.5;

/** Steps in single precision at most. */
enum { most_rough_steps = 30 };

/** Products after which dense columns are left to the solver that forms matrices, and those after
 * which the optimum counts as out of reach. */
enum { most_dense_products = 1000, most_products = 100000 };

/** A curvature that is less than this share of what it was is lost to rounding. */
static const double lost = 1e-9;

struct logreg_wide {
    logreg_point at;
    logreg_implicit *quadratic;
    double *steps; /* [ld] */
    bool is_rough; /* margins and gradients are in single precision */
    bool is_there; /* margins, loss and gradient are those at the end of the whole step */
    double loss;   /* there */
    double left;   /* what the step before leaves of margins at most, about */
};

bool logreg_wide_serves(const logreg_problem *problem, logreg_penalty penalty) {
    return problem->n_features > LOGREG_MANY &&
           (problem->n_dense < problem->n_columns || penalty.l1 > 0.0 || penalty.l2 > 0.0);
}

perebor_status logreg_wide_create(logreg_wide **solver, const logreg_problem *problem,
                                  perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    size_t ld = problem->ld;
    size_t stride = problem->stride;
    const size_t n_lanes = problem->n_dense * PEREBOR_LANES;
    logreg_wide *s = perebor_workspace_take_zeroed(workspace, 1, sizeof *s);
    double *memory =
        perebor_workspace_take_zeroed(workspace, 4 * stride + 5 * ld + n_lanes, sizeof *memory);
    if (s == NULL || memory == NULL) {
        return perebor_no_memory(error, "to solve a logistic regression of %zu columns",
                                 problem->n_columns);
    }
    double *vectors = memory + 4 * stride;
    s->at = (logreg_point){.problem = problem,
                           .margins = memory,
                           .direction = memory + stride,
                           .pull = memory + 2 * stride,
                           .root = memory + 3 * stride,
                           .gradient = vectors,
                           .weights = vectors + ld,
                           .l1 = vectors + 2 * ld,
                           .l2 = vectors + 3 * ld,
                           .lanes = vectors + 5 * ld};
    s->steps = vectors + 4 * ld;
    PEREBOR_TRY(done, logreg_implicit_create(&s->quadratic, &s->at, workspace, error));
    *solver = s;
done:
    return status;
}

/** The steps, and by how much they promise to take the objective down. */
static double plan_steps(logreg_wide *s) {
    const logreg_point *at = &s->at;
    double promise = 0.0;
    for (size_t column = 0; column < at->problem->n_columns; column++) {
        double value = s->quadratic->values[column];
        s->steps[column] = value - at->weights[column];
        promise -= at->gradient[column] * s->steps[column] +
                   logreg_point_penalty(at, column, value) -
                   logreg_point_penalty(at, column, at->weights[column]);
    }
    return promise;
}

/** u = (u + d) - (1 - alpha) d; exact zeros stay exact where alpha is 1. */
static void set_weights(logreg_wide *s, double alpha) {
    for (size_t column = 0; column < s->at.problem->n_columns; column++) {
        s->at.weights[column] =
            alpha == 1.0 ? s->quadratic->values[column]
                         : s->quadratic->values[column] - (1.0 - alpha) * s->steps[column];
    }
}

/**
 * Goes the full step if it is short or takes the objective down enough; otherwise the part of it
 * that is certain to if the quadratic was solved exactly (see logreg_solver.c), or half of that,
 * and so on.
 */
static void take_step(logreg_wide *s, double largest, double promise) {
    logreg_point *at = &s->at;
    double before = at->objective;
    double alpha = 1.0;
    double gone = 0.0;
    for (int turn = 0; turn < 50; turn++) {
        const bool is_there = turn == 0 && s->is_there;
        double loss = is_there ? s->loss : logreg_point_advance(at, alpha - gone);
        s->is_there = is_there;
        set_weights(s, alpha);
        at->objective = loss + logreg_point_total_penalty(at);
        gone = alpha;
        if (alpha * largest <= safe_step || at->objective <= before - 0.01 * alpha * promise) {
            break;
        }
        alpha = turn == 0 ? perebor_log1p(largest) / largest : 0.5 * alpha;
    }
}

/**
 * Whether rows have lost their curvature where no penalty to speak of would have stopped them:
 * then no finite weights are the best, or none that can be told from others.
 */
static bool ran_away(const logreg_wide *s) {
    const logreg_point *at = &s->at;
    const logreg_problem *problem = at->problem;
    bool is_held = true;
    for (size_t column = problem->free_intercept ? 1 : 0; column < problem->n_columns; column++) {
        is_held = is_held &&
                  (at->l1[column] > 0.0 || at->l2[column] > lost * s->quadratic->diagonal[column]);
    }
    if (is_held) {
        return false;
    }
    for (size_t row = 0; row < problem->stride; row++) {
        double start = problem->start_root[row];
        if (at->root[row] * at->root[row] < lost * (start * start)) {
            return true;
        }
    }
    return false;
}

static bool has_given_up(const logreg_wide *s) {
    const logreg_problem *problem = s->at.problem;
    bool all_dense = problem->n_dense == problem->n_columns;
    return s->quadratic->n_products > (all_dense ? most_dense_products : most_products);
}

/** Margins and the objective at the present weights, in double precision, and the gradient where
 * that is done by the way. */
static void evaluate_exactly(logreg_wide *s) {
    logreg_point *at = &s->at;
    const logreg_problem *problem = at->problem;
    const double *signs = problem->columns;
    for (size_t row = 0; row < problem->stride; row++) {
        at->margins[row] = problem->start_intercept * signs[row];
    }
    memcpy(s->steps, at->weights, problem->ld * sizeof *s->steps);
    s->steps[0] -= problem->start_intercept;
    double loss;
    if (logreg_point_can_go(at)) {
        (void)logreg_point_go(at, s->steps, &loss, NULL, NULL);
        s->is_there = true;
    } else {
        (void)logreg_problem_combine(problem, at->direction, s->steps);
        loss = logreg_point_advance(at, 1.0);
    }
    at->objective = loss + logreg_point_total_penalty(at);
}

/** Takes the planned steps, and evaluates the gradient where they lead. */
static void go_on(logreg_wide *s, double largest, double promise, bool stays_rough) {
    logreg_point *at = &s->at;
    take_step(s, largest, promise);
    if (s->is_rough && !stays_rough) {
        evaluate_exactly(s);
    }
    s->is_rough = stays_rough;
    if (stays_rough) {
        logreg_implicit_gradient(s->quadratic, at->gradient, at->pull);
    } else if (!s->is_there) {
        logreg_problem_gradient(at->problem, at->gradient, at->pull);
    }
}

/** Whether a step of that length is the last one. Residuals in single precision may be further off
 * than they say. */
static bool is_the_end(const logreg_wide *s, double largest) {
    const logreg_implicit *q = s->quadratic;
    const double doubtful = q->is_trusted ? 1e-3 : 0.0;
    return !s->is_rough && (largest + 10.0 * fmax(q->precision, doubtful)) * largest <= enough;
}

/**
 * The direction, and where it may as well be read together with what comes after it, what there is
 * at the end of the whole step; the largest change of a margin. Of a step that is likely to be the
 * last one the length alone is asked for, which single precision knows: a tenth of what was to be
 * left by the one before is.
 */
static double set_out(logreg_wide *s) {
    logreg_point *at = &s->at;
    const bool in_singles = s->quadratic->is_trusted;
    const bool is_likely_last = is_the_end(s, 0.1 * s->left);
    s->is_there = false;
    if (s->is_rough || (is_likely_last && in_singles)) {
        const double largest = logreg_implicit_combine(s->quadratic, at->direction, s->steps);
        if (s->is_rough || is_the_end(s, largest)) {
            return largest;
        }
    } else if (is_likely_last || !logreg_point_can_go(at)) {
        return logreg_problem_combine(at->problem, at->direction, s->steps);
    }
    if (!logreg_point_can_go(at)) {
        return logreg_problem_combine(at->problem, at->direction, s->steps);
    }
    s->is_there = true;
    return logreg_point_go(at, s->steps, &s->loss, NULL, NULL);
}

/** What the next step is to be solved for, after one that moved margins by so much at most. */
static double next_precision(const logreg_wide *s, double largest) {
    if (largest > 1.0) {
        return 0.1;
    }
    const double left = s->left;
    const double finishing = (enough / left - left) / 10.0;
    return fmax(fmax(1e-9, 0.01 * largest), fmin(0.1, finishing));
}

static perebor_status iterate(logreg_wide *s, logreg_solution *solution, bool *gave_up,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    logreg_point *at = &s->at;
    double precision = 0.1;
    double expected = INFINITY;
    s->left = INFINITY;
    solution->converged = false;
    for (solution->iterations = 1; solution->iterations <= most_iterations;
         solution->iterations++) {
        PEREBOR_TRY(
            done, logreg_implicit_minimise(s->quadratic, precision, expected, s->is_rough, error));
        double promise = plan_steps(s);
        double largest = set_out(s);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        if (!(largest <= 1e100) || !isfinite(promise)) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "logistic regression left the finite numbers in step %u",
                                (unsigned)solution->iterations);
        }
        if (is_the_end(s, largest)) {
            set_weights(s, 1.0);
            solution->converged = !ran_away(s);
            break;
        }
        if (has_given_up(s)) {
            *gave_up = at->problem->n_dense == at->problem->n_columns;
            break;
        }
        go_on(s, largest, promise,
              s->is_rough && largest > safe_step && solution->iterations < most_rough_steps);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        s->left = (largest + 10.0 * s->quadratic->precision) * largest;
        expected = fmax(largest, s->quadratic->precision);
        precision = next_precision(s, largest);
    }
done:
    return status;
}

perebor_status logreg_wide_run(logreg_wide *solver, logreg_penalty penalty,
                               logreg_solution *solution, bool *gave_up, perebor_error *error) {
    perebor_status status;
    const logreg_problem *problem = solver->at.problem;
    *gave_up = false;
    logreg_implicit_restart(solver->quadratic);
    logreg_point_start(&solver->at, penalty);
    solver->is_rough = logreg_implicit_may_be_rough(solver->quadratic);
    memcpy(solver->at.root, problem->start_root, problem->stride * sizeof *solver->at.root);
    memcpy(solver->at.pull, problem->start_pull, problem->stride * sizeof *solver->at.pull);
    PEREBOR_TRY(done, iterate(solver, solution, gave_up, error));
    if (!*gave_up) {
        PEREBOR_TRY(done, logreg_point_finish(&solver->at, solution, error));
    }
done:
    return status;
}
