// SPDX-License-Identifier: MIT
/*
 * The objective of weights w and intercept b, over rows with labels s_i = 1 or -1 that weigh
 * omega_i:
 *
 *     sum_i omega_i log(1 + exp(-s_i (x_i.w + b))) + sum_j l1 |w_j| + (l2 / 2) w_j^2.
 *
 * Columns are standardised and bear the sign (logreg_problem.h): z_ij = s_i (x_ij - c_j) / q_j and
 * z_i0 = s_i. With u_j = q_j w_j and u_0 = b + sum_j c_j w_j the same objective is F(u) = L + P,
 *
 *     L(u) = sum_i omega_i log(1 + exp(-m_i)),   margins m_i = sum_j z_ij u_j,
 *     P(u) = sum_j l1_j |u_j| + (l2_j / 2) u_j^2,   l1_j = l1 / q_j,   l2_j = l2 / q_j^2,
 *
 * where l1_0 = l2_0 = 0 if the intercept is free. L has, with p_i = 1 / (1 + exp(-m_i)),
 *
 *     g_j  = dL/du_j        = -sum_i z_ij pull_i,          pull_i   = omega_i (1 - p_i),
 *     H_jk = d2L/du_j du_k  =  sum_i root_i^2 z_ij z_ik,   root_i^2 = omega_i p_i (1 - p_i).
 *
 * F is convex, and u is optimal if and only if 0 is a subgradient:
 *
 *     g_j + l2_j u_j + l1_j sign(u_j) = 0  where u_j != 0,   |g_j| <= l1_j  where u_j = 0.
 *
 * A proximal Newton step (logreg_quadratic.h does it) goes from u towards u + d, the minimum of
 *
 *     g'd + d'Hd / 2 + P(u + d)   over d,
 *
 * with d_j = 0 outside the working set: the u_j that are not 0, and those that may not stay there.
 */
#include "model/logreg/logreg_solver.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"
#include "model/logreg/logreg_curvature.h"
#include "model/logreg/logreg_part.h"
#include "model/logreg/logreg_rank.h"
#include "model/logreg/logreg_state.h"

/** Newton steps before giving up: classes that can be told apart without error and without penalty
 * have no optimum, and every step moves the margins outwards by about one. */
enum { most_iterations = 300 };

/**
 * When to stop. The third derivative of log(1 + exp(-m)) is at most its second (generalized
 * self-concordance; Sun and Tran-Dinh, 2019, nu = 2). So where no margin has moved by more than D
 * since the curvature was formed, H is right up to a factor between exp(-D) and exp(D), and a full
 * step whose largest change of a margin is M = max_i |sum_j z_ij d_j| leaves margins within about
 * (D + M) M of the optimum's. That is as good as a duality gap, and comes for nothing.
 */
static const double enough = 1e-10;

/** The same where a part of the rows is solved for: its optimum is further than that from the one
 * over all. */
static const double enough_of_a_part = 1e-3;

/** The curvature serves further steps while margins have moved by no more than this. */
static const double most_drift = 0.01;

/** Up to this change of margins a full step is a contraction and needs no check. */
static const double safe_step = 0.5;

/**
 * A matrix of curvature in single precision is right to some 1e-6 of the columns' own curvature. As
 * long as every direction has as much as a share of its column's own left beside the others, steps
 * are right to that by the share, which counts as drift (logreg_form.c). Otherwise double precision
 * goes on; so it does where a direction that many columns share has less than any of them, which
 * shows in steps that do not become as short as they should.
 */
static const double rough_share = 1e-3;

static perebor_status create(logreg_solver **solver, const logreg_problem *problem,
                             logreg_solver *part, double precision, perebor_workspace *workspace,
                             perebor_error *error) {
    size_t n = problem->n_columns;
    size_t n_padded = (n + LOGREG_TILE - 1) / LOGREG_TILE * LOGREG_TILE;
    size_t ld = problem->ld;
    size_t stride = problem->stride;
    const size_t n_lanes = problem->n_dense * PEREBOR_LANES;
    const size_t n_ahead = problem->views != NULL ? n_padded * ld : 0;
    size_t n_doubles = 4 * stride + (11 + LOGREG_TILE) * ld + n_lanes + n_ahead +
                       logreg_curvature_scratch(problem, n) + (n_padded + n) * ld;
    logreg_solver *s = perebor_workspace_take(workspace, 1, sizeof *s);
    double *memory = perebor_workspace_take(workspace, n_doubles, sizeof *memory);
    size_t *list = perebor_workspace_take_zeroed(workspace, 3 * n, sizeof *list);
    bool *is_settled = perebor_workspace_take_zeroed(workspace, 2 * n, sizeof *is_settled);
    if (s == NULL || memory == NULL || list == NULL || is_settled == NULL) {
        return perebor_no_memory(error, "to solve a logistic regression of %zu columns", n);
    }
    double *vectors = memory + 4 * stride;
    double *matrices = vectors + (11 + LOGREG_TILE) * ld;
    memset(vectors, 0,
           ((11 + LOGREG_TILE) * ld + (n_padded + n) * ld + n_lanes + n_ahead) * sizeof *vectors);
    *s = (logreg_solver){
        .problem = problem,
        .part = part,
        .enough = precision,
        .quadratic_kernels = PEREBOR_KERNEL_PICK(logreg_quadratic_kernels),
        .at = {.problem = problem,
               .margins = memory,
               .direction = memory + stride,
               .pull = memory + 2 * stride,
               .root = memory + 3 * stride,
               .lanes = matrices + (n_padded + n) * ld,
               .gradient = vectors,
               .weights = vectors + ld,
               .l1 = vectors + 2 * ld,
               .l2 = vectors + 3 * ld},
        .ahead = n_ahead > 0 ? matrices + (n_padded + n) * ld + n_lanes : NULL,
        .scratch = matrices + (n_padded + n) * ld + n_lanes + n_ahead,
        .own = vectors + 10 * ld,
        .tile = vectors + 11 * ld,
        .list = list,
        .formed = list + 2 * n,
        .quadratic = {.ld = ld,
                      .l1 = vectors + 4 * ld,
                      .gradient = vectors + 5 * ld,
                      .values = vectors + 6 * ld,
                      .inverse = vectors + 7 * ld,
                      .step = vectors + 8 * ld,
                      .sign = vectors + 9 * ld,
                      .curvature = matrices,
                      .factor = matrices + n_padded * ld,
                      .active = list + n,
                      .is_settled = is_settled,
                      .is_dependent = is_settled + n},
    };
    *solver = s;
    return PEREBOR_OK;
}

static perebor_status create_with_part(logreg_solver **solver, const logreg_problem *problem,
                                       double precision, perebor_workspace *workspace,
                                       perebor_error *error) {
    perebor_status status;
    logreg_problem *rows;
    logreg_solver *part = NULL;
    if (logreg_problem_is_long(problem)) {
        PEREBOR_TRY(done, logreg_part_create(&rows, problem, workspace, error));
        PEREBOR_TRY(done, create_with_part(&part, rows, enough_of_a_part, workspace, error));
    }
    PEREBOR_TRY(done, create(solver, problem, part, precision, workspace, error));
done:
    return status;
}

perebor_status logreg_solver_create(logreg_solver **solver, const logreg_problem *problem,
                                    perebor_workspace *workspace, perebor_error *error) {
    const logreg_problem *written = problem;
    perebor_status status = PEREBOR_OK;
    if (problem->n_features > LOGREG_MANY) {
        status = logreg_problem_write_out(&written, problem, workspace, error);
    }
    return status == PEREBOR_OK ? create_with_part(solver, written, enough, workspace, error)
                                : status;
}

/**
 * Lists the columns that this step may change: those in use, and those that may come into use, with
 * |g_j| near l1_j, beyond which 0 is not optimal.
 */
static void choose_working_set(logreg_solver *s) {
    const double nearly = 0.7;
    s->n_listed = 0;
    for (size_t column = 0; column < s->problem->n_columns; column++) {
        if (s->at.weights[column] != 0.0 || s->at.l1[column] == 0.0 ||
            fabs(s->at.gradient[column]) > nearly * s->at.l1[column]) {
            s->list[s->n_listed++] = column;
        }
    }
}

static bool curvature_still_serves(const logreg_solver *s) {
    return s->drift <= most_drift && s->n_formed == s->n_listed &&
           memcmp(s->formed, s->list, s->n_listed * sizeof *s->list) == 0;
}

/**
 * The quadratic that the objective is near the present weights, over the working set:
 *
 *     sum_j (g_j + l2_j u_j) d_j + d'(H + diag l2) d / 2 + sum_j l1_j |u_j + d_j|.
 */
static void form_quadratic(logreg_solver *s) {
    logreg_quadratic *q = &s->quadratic;
    q->n = s->n_listed;
    if (!curvature_still_serves(s)) {
        logreg_solver_form_curvature(s, s->is_at_start);
    }
    bool any_l1 = false;
    for (size_t a = 0; a < q->n; a++) {
        size_t column = s->list[a];
        q->l1[a] = s->at.l1[column];
        q->values[a] = s->at.weights[column];
        q->gradient[a] = s->at.gradient[column] + s->at.l2[column] * s->at.weights[column];
        any_l1 = any_l1 || s->at.l1[column] > 0.0;
    }
    memset(q->gradient + q->n, 0, (q->ld - q->n) * sizeof *q->gradient);
    q->n_sweeps = !any_l1 ? 0 : q->n > 40 ? q->n / 2 : 10;
}

/**
 * Turns the quadratic's minimum u + d into steps d, and says by how much they promise to go down:
 *
 *     promise = -(g'd + P(u + d) - P(u)),   at least d'Hd (Lee, Sun and Saunders, 2014).
 */
static double plan_steps(logreg_solver *s, double *steps) {
    const logreg_quadratic *q = &s->quadratic;
    double promise = 0.0;
    for (size_t a = 0; a < q->n; a++) {
        size_t column = s->list[a];
        steps[a] = q->values[a] - s->at.weights[column];
        promise -= s->at.gradient[column] * steps[a] +
                   logreg_point_penalty(&s->at, column, q->values[a]) -
                   logreg_point_penalty(&s->at, column, s->at.weights[column]);
    }
    return promise;
}

static void change_weights(logreg_solver *s, const double *steps, double alpha) {
    for (size_t a = 0; a < s->n_listed; a++) {
        if (alpha == 1.0) {
            s->at.weights[s->list[a]] = s->quadratic.values[a]; // exact zeros stay exact
        } else {
            s->at.weights[s->list[a]] += alpha * steps[a];
        }
    }
}

/** Goes on in double precision. */
static void distrust(logreg_solver *s) {
    s->is_rough = false;
    s->drift = INFINITY; // the curvature serves no longer
}

/** Counts a step as drift, and holds it against what the one before promised: (D + M) M is left by
 * a full step, no more than twice that by a curvature as right as it is taken for. */
static void count_step(logreg_solver *s, double largest) {
    s->drift += largest;
    if (s->is_rough && largest > 2.0 * s->promised) {
        distrust(s);
    }
    s->promised = largest <= safe_step ? s->drift * largest : INFINITY;
}

/** Whether the next step will be so short that it is the last one, of which the length alone is
 * asked for: of what is promised a few hundredths come true. */
static bool expects_the_end(const logreg_solver *s) {
    const double likely = 0.05 * s->promised;
    return s->n_listed == s->problem->n_columns && (s->drift + likely) * likely <= s->enough;
}

/** Whether the step leads to where another curvature of all columns will be wanted. */
static bool wants_another(const logreg_solver *s) {
    return s->n_listed == s->problem->n_columns &&
           (s->promised > 1e3 || s->drift + 0.05 * s->promised > most_drift);
}

/** The direction, and where it may as well be read together with what comes after it, what there is
 * at the end of the whole step; the largest change of a margin. */
static double set_out(logreg_solver *s, const double *steps) {
    const logreg_problem *problem = s->problem;
    s->is_ahead = false;
    s->is_there = logreg_point_can_go(&s->at) && !expects_the_end(s);
    if (!s->is_there) {
        return logreg_problem_combine_listed(problem, s->at.direction, s->list, steps, s->n_listed);
    }
    double all[LOGREG_MANY + 1];
    logreg_problem_spread(problem, all, s->list, steps, s->n_listed);
    s->is_ahead = wants_another(s);
    s->ahead_rough = s->is_rough;
    return logreg_point_go(&s->at, all, &s->loss, s->is_ahead ? logreg_solver_add_ahead : NULL, s);
}

/**
 * Goes the full step if it is short or takes the objective down enough (a hundredth of the promise:
 * Armijo's condition), otherwise the part of it that is certain to. With M the largest change of a
 * margin, the curvature of L along the step is at most exp(t M) d'Hd; P is convex; hence
 *
 *     F(u + t d) <= F(u) - t promise + d'Hd (exp(t M) - 1 - t M) / M^2,
 *
 * whose right side, with promise >= d'Hd, falls until t = log(1 + M) / M at least (Sun and
 * Tran-Dinh, 2019).
 */
static void take_step(logreg_solver *s, const double *steps, double largest, double promise) {
    double before = s->at.objective;
    double loss = s->is_there ? s->loss : logreg_point_advance(&s->at, 1.0);
    change_weights(s, steps, 1.0);
    s->at.objective = loss + logreg_point_total_penalty(&s->at);
    if (largest <= safe_step || s->at.objective <= before - 0.01 * promise) {
        return;
    }
    double alpha = perebor_log1p(largest) / largest;
    loss = logreg_point_advance(&s->at, alpha - 1.0);
    s->is_there = false;
    s->is_ahead = false;
    for (size_t a = 0; a < s->n_listed; a++) {
        s->at.weights[s->list[a]] -= steps[a];
    }
    change_weights(s, steps, alpha);
    s->at.objective = loss + logreg_point_total_penalty(&s->at);
    if (s->is_rough && !(s->at.objective < before)) {
        distrust(s);
    }
}

/** Whether no column outside the working set wants a weight: |g_j| <= l1_j where u_j = 0. */
static bool others_agree(const logreg_solver *s) {
    for (size_t column = 0; column < s->problem->n_columns; column++) {
        if (s->at.weights[column] == 0.0 && s->at.l1[column] > 0.0 &&
            fabs(s->at.gradient[column]) > s->at.l1[column] * (1.0 + 1e-6)) {
            return false;
        }
    }
    return true;
}

/** Finds the minimum of the quadratic near the present weights. */
static void minimise_nearby(logreg_solver *s) {
    form_quadratic(s);
    s->quadratic_kernels->minimise(&s->quadratic);
    if (s->is_rough && logreg_rank_of_share(s, rough_share) < s->quadratic.n_active) {
        distrust(s);
        form_quadratic(s);
        s->quadratic_kernels->minimise(&s->quadratic);
    }
}

static perebor_status iterate(logreg_solver *s, uint32_t most_steps, logreg_solution *solution,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const logreg_problem *problem = s->problem;
    double *steps = s->quadratic.step; // free between two quadratics
    size_t rank_at_start = 0;
    solution->converged = false;
    for (solution->iterations = 1; solution->iterations <= most_steps; solution->iterations++) {
        choose_working_set(s);
        minimise_nearby(s);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        rank_at_start = solution->iterations == 1 ? logreg_rank(s) : rank_at_start;
        double promise = plan_steps(s, steps);
        double largest = set_out(s, steps);
        PEREBOR_TRY(done, perebor_deadline_check(error));
        if (!(largest <= 1e100) || !isfinite(promise)) {
            return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                                "logistic regression left the finite numbers in step %u",
                                (unsigned)solution->iterations);
        }
        count_step(s, largest); // D += M;  (D + M) M with D before this step
        bool is_last = s->drift * largest <= s->enough;
        if (is_last && s->n_listed == problem->n_columns) {
            change_weights(s, steps, 1.0);
            solution->converged = !logreg_ran_away(s, rank_at_start);
            break;
        }
        take_step(s, steps, largest, promise);
        s->is_at_start = false;
        if (!s->is_there) {
            logreg_problem_gradient(problem, s->at.gradient, s->at.pull);
        }
        PEREBOR_TRY(done, perebor_deadline_check(error));
        if (is_last && others_agree(s)) {
            solution->converged = !logreg_ran_away(s, rank_at_start);
            break;
        }
    }
    status = perebor_deadline_check(error);
done:
    return status;
}

static perebor_status begin(logreg_solver *s, logreg_penalty penalty, perebor_error *error);

/** Goes to weights 0, with no curvature. */
static void begin_at_zero(logreg_solver *s, logreg_penalty penalty) {
    logreg_point_start(&s->at, penalty);
    s->is_at_start = true;
    s->is_ahead = false;
    s->is_rough = logreg_problem_is_rough(s->problem);
    s->drift = INFINITY;
    s->promised = INFINITY;
}

/**
 * Goes to other weights than 0 where the objective is less there, and less than @p most.
 *
 * @retval false  It is not.
 */
static bool go_to(logreg_solver *s, const double *weights, double most) {
    const logreg_problem *problem = s->problem;
    double *steps = s->quadratic.step;
    for (size_t column = 0; column < problem->n_columns; column++) {
        steps[column] = weights[column] - s->at.weights[column];
    }
    const double before = s->at.objective;
    memcpy(s->list, problem->every, problem->n_columns * sizeof *s->list);
    s->n_listed = problem->n_columns;
    const double largest = set_out(s, steps);
    const double loss = s->is_there ? s->loss : logreg_point_advance(&s->at, 1.0);
    memcpy(s->at.weights, weights, problem->n_columns * sizeof *weights);
    s->at.objective = loss + logreg_point_total_penalty(&s->at);
    if (!(largest <= 1e100) || !(s->at.objective < fmin(before, most))) {
        return false;
    }
    if (!s->is_there) {
        logreg_problem_gradient(problem, s->at.gradient, s->at.pull);
    }
    s->is_at_start = false;
    return true;
}

/**
 * Goes to the optimum over a part of the rows, with penalties that are as weak as these rows are
 * few. A part that has none (all of one class, or told apart) may lead anywhere; and rows that the
 * weights of a part nearly told apart are sure and wrong of lose their curvature, so that the way
 * back is longer than that from 0. It shows in an objective that is more than the part's is for as
 * many rows. Begins at weights 0 then.
 */
static perebor_status begin_at_part(logreg_solver *s, logreg_penalty penalty,
                                    perebor_error *error) {
    const uint32_t most_steps = 20;
    const double about = 1.5;
    perebor_status status;
    logreg_solver *part = s->part;
    logreg_solution unused;
    perebor_error failure = {0};
    const double share = (double)part->problem->n_rows / (double)s->problem->n_rows;
    const logreg_penalty weaker = {share * penalty.l1, share * penalty.l2};
    PEREBOR_TRY(done, begin(part, weaker, error));
    status = iterate(part, most_steps, &unused, &failure);
    if (status != PEREBOR_OK && status != PEREBOR_ERR_NUMERIC) {
        *error = failure;
        goto done;
    }
    // Columns depend on each other there as here.
    const bool rough = !logreg_problem_is_rough(part->problem) || part->is_rough;
    s->is_rough = s->is_rough && rough;
    if (status == PEREBOR_ERR_NUMERIC ||
        !go_to(s, part->at.weights, about * part->at.objective / share)) {
        begin_at_zero(s, penalty);
        logreg_problem_gradient(s->problem, s->at.gradient, s->problem->start_pull);
        s->is_rough = s->is_rough && rough;
    }
    status = perebor_deadline_check(error);
done:
    return status;
}

static perebor_status begin(logreg_solver *s, logreg_penalty penalty, perebor_error *error) {
    begin_at_zero(s, penalty);
    return s->part != NULL ? begin_at_part(s, penalty, error) : PEREBOR_OK;
}

perebor_status logreg_solver_run(logreg_solver *solver, logreg_penalty penalty,
                                 logreg_solution *solution, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, begin(solver, penalty, error));
    PEREBOR_TRY(done, iterate(solver, most_iterations, solution, error));
    PEREBOR_TRY(done, logreg_point_finish(&solver->at, solution, error));
done:
    return status;
}
