// SPDX-License-Identifier: MIT
/*
 * The primal of a support vector machine, f(x) = w.phi(x) + bias with phi(x).phi(z) = k(x, z),
 *
 *     minimise   1/2 |w|^2 + sum_i C_i max(0, 1 - y_i f(x_i)),
 *
 * has the dual  maximise  sum_i a_i - 1/2 sum_ij a_i a_j y_i y_j K_ij  over  0 <= a_i <= C_i,
 * sum_i a_i y_i = 0  (Cortes and Vapnik, 1995). With f's coefficients b_i = y_i a_i,
 *
 *     minimise   D(b) = 1/2 b'Kb - b'y   subject to   sum_i b_i = 0,
 *     0 <= b_i <= C_i where y_i = +1,   -C_i <= b_i <= 0 where y_i = -1.
 *
 * The error of point t is minus the gradient:  e_t = -dD/db_t = y_t - sum_i b_i K_it.  With the
 * multiplier beta of sum b = 0, the conditions of Karush, Kuhn and Tucker are
 *
 *     e_t <= beta  if b_t may go up,   e_t >= beta  if it may go down,   so e_t = beta of free b_t,
 *
 * hence b is optimal if and only if (Keerthi and others, Neural Computation 13, 2001)
 *
 *     m(b) = max { e_t : b_t may go up }  <=  M(b) = min { e_t : b_t may go down },
 *
 * and m - M, the violation, is what the tolerance bounds. beta is f's bias.
 *
 * A step of sequential minimal optimisation (Platt, 1999) moves the most violating point, i of
 * e_i = m, and its best partner j: b_i += s and b_j -= s change D by
 *
 *     -s (e_i - e_j) + s^2 q_ij / 2,   with q_ij = K_ii + K_jj - 2 K_ij,
 *
 * which is least at s = (e_i - e_j) / q_ij, by (e_i - e_j)^2 / (2 q_ij) downwards, of which j makes
 * the most (second order working set selection; Fan, Chen and Lin, JMLR 6, 2005, WSS 2). A bound
 * may end s before that (svc_pairs.c).
 *
 * A step costs two passes over the points, so part of them is solved by itself and in single
 * precision: those that are not at a bound where they belong, which leaves fewer from round to
 * round (shrinking; Joachims, 1999). Once steps have settled which points are free, these are
 * solved for together (svc_conjugate.c), as far as a thousandth of the violation, and steps set
 * right what is left. With very many rows, the few dozen that violate optimality most are solved
 * for, whose kernel values are computed together (decomposition; Osuna, Freund and Girosi, 1997).
 * After a round the errors of all points are brought up to date in double precision. Where the
 * kernel is not positive definite the end depends on the path, and pairs are taken from all points,
 * as LIBSVM does.
 */
#include "model/svc/svc_smo.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_parts.h"
#include "model/svc/svc_rounding.h"
#include "model/svc/svc_solver.h"

/** Errors near 1 are rounded to 2^-53, and there are some thousand moves. */
static const double least_tolerance = 0x1p-42;

/** How much smaller the error must become for the solver to begin again. */
static const double worth_reducing = 8.0;

/** A solver, and how it goes about it. */
typedef struct machine {
    svc_solver *solver;
    const svc_gram *gram;
    bool in_parts; /**< Part of the points after the other: svc_parts.c. */
    perebor_workspace *workspace;
} machine;

/** The least and the greatest decision: y_t - error_t and the bias. */
static void find_range(const svc_solver *solver, double bias, svc_precision *precision) {
    const svc_pairs *all = &solver->all;
    precision->lowest = INFINITY;
    precision->highest = -INFINITY;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        double label = solver->problem->labels[point] == 0 ? 1.0 : -1.0;
        double decision = bias - (label - all->errors[point]);
        // No fmin and fmax: GCC 12 at -O3 for aarch64 breaks off where it vectorizes these.
        precision->lowest = decision < precision->lowest ? decision : precision->lowest;
        precision->highest = decision > precision->highest ? decision : precision->highest;
    }
}

static double kernel_error(svc_solver *solver) {
    const double *coefficients = solver->all.coefficients;
    return solver->gram->kernel.reduced ? svc_rounding_reduced(&solver->rows, coefficients, 0.0)
                                        : svc_rounding_whole(solver->gram, coefficients);
}

/** Whether decisions are told apart roughly, and what all kernel values have in common is why. */
static bool is_worth_reducing(svc_solver *solver, const svc_precision *precision) {
    const svc_gram *gram = solver->gram;
    return !gram->kernel.reduced && svc_precision_is_coarse(precision) &&
           worth_reducing * svc_rounding_reduced(&solver->rows, solver->all.coefficients,
                                                 svc_points_origin(&gram->points, &gram->kernel)) <
               svc_rounding_whole(gram, solver->all.coefficients);
}

/**
 * The decisions of points that are free differ from their labels by at most the violation, which
 * lies about the bias, so by half of it.
 */
static void find_precision(svc_solver *solver, double bias, svc_precision *precision) {
    double violation = solver->highest - solver->lowest;
    find_range(solver, bias, precision);
    precision->error = 0.5 * fmax(violation, 0.0) + kernel_error(solver);
}

/**
 * b = 0, where e_t = y_t. Labels have LIBSVM's signs, as scikit-learn calls it: y_t = +1 is class
 * 0. solve() turns all signs around at the end, f being wanted positive for class 1.
 */
static void start(svc_solver *solver) {
    const svc_problem *problem = solver->problem;
    svc_pairs *all = &solver->all;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        bool negative = problem->labels[point] == 0;
        // e_t = y_t - sum_i 0 K_it;   0 <= b_t <= C_0  or  -C_1 <= b_t <= 0
        all->errors[point] = negative ? 1.0 : -1.0;
        all->highest[point] = negative ? problem->bounds[0] : 0.0;
        all->lowest[point] = negative ? 0.0 : -problem->bounds[1];
        svc_pairs_bar(all, point);
    }
}

/** Descends until the tolerance is met. @param[out] finite  whether values stayed so */
static perebor_status reach_tolerance(const machine *machine, svc_solution *solution, bool *finite,
                                      perebor_error *error) {
    svc_solver *solver = machine->solver;
    const svc_problem *problem = solver->problem;
    if (machine->in_parts) {
        return svc_parts_descend(solver, machine->gram, machine->workspace, &solution->iterations,
                                 finite, error);
    }
    if (problem->convex) {
        *finite = svc_solver_descend(solver, &solution->iterations);
    } else {
        uint64_t left = problem->max_iterations - solution->iterations;
        solution->iterations += svc_pairs_descend(&solver->all, solver->tolerance, left);
        *finite = svc_solver_survey(solver);
    }
    return PEREBOR_OK;
}

/**
 * Goes on where decisions span less than the margin (small costs or values of the kernel): what is
 * little to the margin may be all the difference between them. No further than their rounding.
 */
static perebor_status refine(const machine *machine, svc_solution *solution, bool *finite,
                             perebor_error *error) {
    svc_solver *solver = machine->solver;
    svc_precision precision;
    find_range(solver, 0.0, &precision);
    double range = precision.highest - precision.lowest;
    double finer = fmax(solver->tolerance * range, fmax(kernel_error(solver), least_tolerance));
    if (!(range < 1.0) || !(finer < solver->tolerance)) {
        return PEREBOR_OK;
    }
    solver->tolerance = finer;
    return reach_tolerance(machine, solution, finite, error);
}

static perebor_status solve(const machine *machine, svc_solution *solution, perebor_error *error) {
    perebor_status status;
    svc_solver *solver = machine->solver;
    bool finite = false;
    start(solver);
    PEREBOR_TRY(done, reach_tolerance(machine, solution, &finite, error));
    solution->converged = finite && svc_solver_is_optimal(solver);
    if (solution->converged) {
        PEREBOR_TRY(done, refine(machine, solution, &finite, error));
    }
    PEREBOR_TRY(done, perebor_deadline_check(error));
    if (!finite) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "kernel values left the finite numbers: scale the columns, or choose a "
                            "smaller gamma or degree");
    }
    // f of the caller is -(sum_i b_i k(x_i, x) + beta).
    solution->bias = -svc_solver_bias(solver);
    find_precision(solver, solution->bias, &solution->precision);
    solution->worth_reducing =
        solution->converged && is_worth_reducing(solver, &solution->precision);
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        solution->coefficients[point] = -solver->all.coefficients[point];
    }
done:
    return status;
}

perebor_status svc_smo_solve(const svc_gram *gram, const svc_problem *problem,
                             perebor_workspace *workspace, svc_solution *solution,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    svc_solution result = {.coefficients = solution->coefficients};
    svc_gram narrow = *gram;
    svc_solver solver = {.problem = problem,
                         .vector = PEREBOR_KERNEL_PICK(svc_steps),
                         .gram = &narrow,
                         .tolerance = problem->tolerance};
    const machine machine = {.solver = &solver,
                             .gram = gram,
                             .in_parts = svc_parts_pay(gram->points.n_rows, problem),
                             .workspace = workspace};
    if (machine.in_parts) {
        narrow.max_bytes = 0; // parts have rows of their own
        PEREBOR_TRY(done, svc_rows_create(&solver.rows, &narrow, workspace, error));
    } else {
        PEREBOR_TRY(done, svc_solver_take_rounds(&solver, workspace, error));
    }
    PEREBOR_TRY(done, svc_solver_lay_out(&solver, workspace, error));
    PEREBOR_TRY(done, solve(&machine, &result, error));
    *solution = result;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
