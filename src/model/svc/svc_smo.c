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
 * right what is left. Of very many rows a few dozen that violate optimality most are solved, whose
 * kernel values are computed together (decomposition; Osuna, Freund and Girosi, 1997). After a
 * round the errors of all points are brought up to date in double precision. Where the kernel is
 * not positive definite the end depends on the path, and pairs are taken from all points, as
 * LIBSVM does.
 */
#include "model/svc/svc_smo.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_block.h"
#include "model/svc/svc_rounding.h"

/** How far points are solved for, of the violation they start with: all of them, which are soon
 * fewer; the few worst; all that are not settled. */
static const double whole_share = 0.1;
static const double block_share = 0.01;
static const double unsettled_share = 0.001;

/** How far pairs are moved before it is taken for settled which points are free, and how far these
 * are solved for, of what is wanted. */
static const double settling_share = 0.05;
static const double free_share = 0.9;

/** Points of the last time are taken once more if so many quarters of them are still unsettled. */
enum { quarters = 3 };

/** Moves of pairs in a round, for each of its points: one that takes more has left out points that
 * belong in it, or kept many that have settled since, and points are chosen anew. */
enum { moves_a_point = 16 };

/** A share of the tolerance: a round that would leave less leaves nothing instead. */
enum { worth_a_round = 10 };

/** A share of the tolerance, so that a block in single precision ends below it when seen in double.
 */
static const double rounded_down = 0.99;

/** Errors near 1 are rounded to 2^-53, and there are some thousand moves. */
static const double least_tolerance = 0x1p-42;

/** How much smaller the error must become for the solver to begin again. */
static const double worth_reducing = 8.0;

typedef struct solver {
    const svc_problem *problem;
    const svc_steps *vector;
    const svc_gram *gram;
    svc_rows rows;
    svc_pairs all;
    svc_block block;
    svc_candidates candidates;
    double highest, lowest; /**< m(b) and M(b): b is optimal where highest <= lowest. */
    double tolerance;       /**< On their difference, for now. */
    bool *chosen;           /**< [n_rows] of the block at hand. */
    bool again;             /**< The block has the points of the last time. */
    bool settled;           /**< It is known about which points are free. */
} solver;

static const float *row_of_all(void *context, size_t point, size_t other) {
    solver *solver = context;
    const size_t points[2] = {point, other};
    const float *entries[2];
    svc_rows_get(&solver->rows, points, point == other ? 1 : 2, entries);
    return entries[0];
}

static void choose(solver *solver, size_t point) {
    svc_block *block = &solver->block;
    if (!solver->chosen[point]) {
        solver->chosen[point] = true;
        block->points[block->n_points++] = point;
    }
}

/**
 * The worst of each class of positions, if it violates optimality: of those that may go up with
 * e_t > M the greatest e_t, of those that may go down with e_t < m the least. The most violating
 * pair of all is among them, so that a round always moves one (Osuna and others).
 */
static void choose_block(solver *solver) {
    const svc_candidates *candidates = &solver->candidates;
    svc_block *block = &solver->block;
    block->n_points = 0;
    for (size_t class_index = 0; class_index < SVC_CLASSES; class_index++) {
        // e_t > M and b_t may go up
        if (candidates->highest[class_index] > solver->lowest) {
            choose(solver, (size_t)candidates->upward[class_index]);
        }
        // e_t < m and b_t may go down
        if (candidates->lowest[class_index] < solver->highest) {
            choose(solver, (size_t)candidates->downward[class_index]);
        }
    }
    for (size_t i = 0; i < block->n_points; i++) {
        solver->chosen[block->points[i]] = false;
    }
}

/**
 * Whether a point is at a bound where its error says that it belongs. One that cannot go up
 * stays if e_t > m: whatever may go up has a smaller error, so no pair with it violates optimality;
 * one that cannot go down likewise if e_t < M (Joachims, 1999, section 4).
 */
static bool stays(const solver *solver, size_t point) {
    const svc_pairs *all = &solver->all;
    // b_t = highest_t and e_t > m, or b_t = lowest_t and e_t < M
    return all->ceilings[point] < 0.0
               ? all->errors[point] > solver->highest
               : all->floors[point] > 0.0 && all->errors[point] < solver->lowest;
}

/** Whether the block has all unsettled points, and few others: their kernel values are there. */
static bool is_block_good(const solver *solver) {
    const svc_block *block = &solver->block;
    size_t n_unsettled = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        if (!stays(solver, point)) {
            if (!solver->chosen[point]) {
                return false;
            }
            n_unsettled++;
        }
    }
    return !block->whole && 4 * n_unsettled >= quarters * block->n_points;
}

/** Every point that does not stay where it is; those of the last time if that is about the same. */
static void choose_unsettled(solver *solver) {
    svc_block *block = &solver->block;
    solver->again = block->n_points > 0 && is_block_good(solver);
    if (solver->again) {
        return;
    }
    block->n_points = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        solver->chosen[point] = !stays(solver, point);
        block->points[block->n_points] = point;
        block->n_points += solver->chosen[point] ? 1 : 0;
    }
}

/** e_t -= sum over the changed i of db_i K_it, for all points t. */
static void spread_steps(solver *solver, const size_t *points, const double *steps, size_t n) {
    const float *rows[SVC_BLOCK];
    svc_rows_get(&solver->rows, points, n, rows);
    solver->vector->subtract(steps, rows, n, solver->all.n, solver->all.errors);
}

/** Brings coefficients and errors of all points up to date with those of the block. */
static void spread_block(solver *solver) {
    const svc_block *block = &solver->block;
    svc_pairs *all = &solver->all;
    double steps[SVC_BLOCK];
    size_t points[SVC_BLOCK];
    size_t n = 0;
    for (size_t i = 0; i < block->n_points; i++) {
        size_t point = block->points[i];
        double coefficient = block->coefficients[i];
        if (coefficient != all->coefficients[point]) {
            // db_i = b_i of the block - b_i
            steps[n] = coefficient - all->coefficients[point];
            points[n++] = point;
            all->coefficients[point] = coefficient;
            svc_pairs_bar(all, point);
        }
        if (n == SVC_BLOCK) {
            spread_steps(solver, points, steps, n);
            n = 0;
        }
    }
    spread_steps(solver, points, steps, n);
}

/** Finds the candidates, m(b) and M(b). @return whether all errors are finite */
static bool survey(solver *solver) {
    const svc_pairs *all = &solver->all;
    svc_candidates *candidates = &solver->candidates;
    solver->vector->candidates(all->errors, all->ceilings, all->floors, all->n, candidates);
    solver->highest = -INFINITY;
    solver->lowest = INFINITY;
    for (size_t class_index = 0; class_index < SVC_CLASSES; class_index++) {
        // m = max { e_t : may go up }, M = min { e_t : may go down }, class by class
        solver->highest = fmax(solver->highest, candidates->highest[class_index]);
        solver->lowest = fmin(solver->lowest, candidates->lowest[class_index]);
    }
    return candidates->finite;
}

/** m(b) - M(b) <= tolerance: then, D being convex, D(b) <= min D + tolerance sum_i C_i / 2. */
static bool is_optimal(const solver *solver) {
    return solver->highest - solver->lowest <= solver->tolerance;
}

/** How far to solve for the block: a share of the violation, or at once the tolerance where that is
 * less than ten of it. */
static double block_tolerance(const solver *solver) {
    double last = rounded_down * solver->tolerance;
    double share = !solver->problem->together                        ? block_share
                   : solver->block.n_points > solver->block.capacity ? whole_share
                                                                     : unsettled_share;
    double aim = share * (solver->highest - solver->lowest);
    return aim < worth_a_round * last ? last : aim;
}

/** Moves pairs until it is settled which points are free, if it is not, and solves for these.
 * @return how many moves that took */
static uint64_t solve_free(solver *solver, double tolerance, uint64_t max_moves) {
    double settling = settling_share * (solver->highest - solver->lowest);
    uint64_t moves = 0;
    if (!solver->settled) {
        moves = svc_block_descend(&solver->block, fmax(settling, tolerance), max_moves, true);
        solver->settled = true;
    }
    return moves + svc_block_solve_free(&solver->block, free_share * tolerance, max_moves - moves);
}

/** Solves the block for a share of the violation. @return whether values stayed finite */
static bool solve_part(solver *solver, svc_solution *solution) {
    svc_block *block = &solver->block;
    double tolerance = block_tolerance(solver);
    uint64_t left = solver->problem->max_iterations - solution->iterations;
    uint64_t most = solver->problem->together ? moves_a_point * block->n_points : UINT64_MAX;
    // Errors of the block are taken from the middle (m + M) / 2, so that rounding to single
    // precision is that of their differences, which alone matter as sum b does not change.
    double middle = 0.5 * (solver->highest + solver->lowest);
    svc_block_gather(block, &solver->all, middle, solver->again);
    uint64_t moves =
        solver->problem->together && !block->whole ? solve_free(solver, tolerance, left) : 0;
    // one move at least: rounded to single precision there may seem to be nothing to do
    most = left - moves < most ? left - moves : most;
    moves += svc_block_descend(block, tolerance, most, moves == 0);
    spread_block(solver);
    solution->iterations += moves;
    return survey(solver) && moves > 0; // the worst pair of all is in the block
}

/**
 * Solves part after part: all points that are not settled or, of very many, the worst of
 * them.
 *
 * @return whether values stayed finite
 */
static bool descend(solver *solver, svc_solution *solution) {
    const svc_problem *problem = solver->problem;
    bool finite = survey(solver);
    while (finite && !is_optimal(solver) && solution->iterations < problem->max_iterations &&
           !perebor_deadline_passed()) {
        if (problem->together) {
            choose_unsettled(solver);
        } else {
            choose_block(solver);
        }
        finite = solve_part(solver, solution);
    }
    return finite;
}

/**
 * beta = the mean of e_t over free points, all of which the optimum makes equal; without any,
 * the middle (m + M) / 2 of what optimality allows, as LIBSVM has it.
 */
static double find_bias(const solver *solver) {
    const svc_pairs *all = &solver->all;
    double sum = 0.0;
    size_t n_free = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        if (all->ceilings[point] == 0.0 && all->floors[point] == 0.0) {
            sum += all->errors[point];
            n_free++;
        }
    }
    return n_free > 0 ? sum / (double)n_free : 0.5 * (solver->highest + solver->lowest);
}

/** The least and the greatest decision: y_t - error_t and the bias. */
static void find_range(const solver *solver, double bias, svc_precision *precision) {
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

static double kernel_error(solver *solver) {
    const double *coefficients = solver->all.coefficients;
    return solver->gram->kernel.reduced ? svc_rounding_reduced(&solver->rows, coefficients, 0.0)
                                        : svc_rounding_whole(solver->gram, coefficients);
}

/** Whether decisions are told apart roughly, and what all kernel values have in common is why. */
static bool is_worth_reducing(solver *solver, const svc_precision *precision) {
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
static void find_precision(solver *solver, double bias, svc_precision *precision) {
    double violation = solver->highest - solver->lowest;
    find_range(solver, bias, precision);
    precision->error = 0.5 * fmax(violation, 0.0) + kernel_error(solver);
}

/**
 * b = 0, where e_t = y_t. Labels have LIBSVM's signs, as scikit-learn calls it: y_t = +1 is class
 * 0. solve() turns all signs around at the end, f being wanted positive for class 1.
 */
static void start(solver *solver) {
    const svc_problem *problem = solver->problem;
    svc_pairs *all = &solver->all;
    for (size_t point = 0; point < all->n; point++) {
        all->ceilings[point] = -INFINITY;
        all->floors[point] = INFINITY;
    }
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        bool negative = problem->labels[point] == 0;
        // e_t = y_t - sum_i 0 K_it;   0 <= b_t <= C_0  or  -C_1 <= b_t <= 0
        all->errors[point] = negative ? 1.0 : -1.0;
        all->highest[point] = negative ? problem->bounds[0] : 0.0;
        all->lowest[point] = negative ? 0.0 : -problem->bounds[1];
        svc_pairs_bar(all, point);
    }
}

/** Descends until the tolerance is met. @return whether values stayed finite */
static bool reach_tolerance(solver *solver, svc_solution *solution) {
    if (solver->problem->convex) {
        return descend(solver, solution);
    }
    uint64_t left = solver->problem->max_iterations - solution->iterations;
    solution->iterations += svc_pairs_descend(&solver->all, solver->tolerance, left);
    return survey(solver);
}

/**
 * Goes on where decisions span less than the margin (small costs or values of the kernel): what is
 * little to the margin may be all the difference between them. No further than their rounding.
 */
static bool refine(solver *solver, svc_solution *solution) {
    svc_precision precision;
    find_range(solver, 0.0, &precision);
    double range = precision.highest - precision.lowest;
    double finer = fmax(solver->tolerance * range, fmax(kernel_error(solver), least_tolerance));
    if (!(range < 1.0) || !(finer < solver->tolerance)) {
        return true;
    }
    solver->tolerance = finer;
    return reach_tolerance(solver, solution);
}

static perebor_status solve(solver *solver, svc_solution *solution, perebor_error *error) {
    perebor_status status;
    start(solver);
    bool finite = reach_tolerance(solver, solution);
    solution->converged = finite && is_optimal(solver);
    if (solution->converged) {
        finite = refine(solver, solution);
    }
    PEREBOR_TRY(done, perebor_deadline_check(error));
    if (!finite) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "kernel values left the finite numbers: scale the columns, or choose a "
                            "smaller gamma or degree");
    }
    // f of the caller is -(sum_i b_i k(x_i, x) + beta).
    solution->bias = -find_bias(solver);
    find_precision(solver, solution->bias, &solution->precision);
    solution->worth_reducing =
        solution->converged && is_worth_reducing(solver, &solution->precision);
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        solution->coefficients[point] = -solver->all.coefficients[point];
    }
done:
    return status;
}

/** Lays out the arrays of pairs in one piece of memory, [6 n]. */
static svc_pairs lay_out(double *arrays, size_t n, const double *diagonal, const float *rounded,
                         svc_pairs_row *row, void *context) {
    return (svc_pairs){.n = n,
                       .errors = arrays,
                       .ceilings = arrays + n,
                       .floors = arrays + 2 * n,
                       .coefficients = arrays + 3 * n,
                       .highest = arrays + 4 * n,
                       .lowest = arrays + 5 * n,
                       .diagonal = diagonal,
                       .rounded = rounded,
                       .row = row,
                       .context = context};
}

static perebor_status solver_create(solver *solver, perebor_workspace *workspace,
                                    perebor_error *error) {
    size_t length = solver->gram->length;
    size_t capacity = solver->problem->together ? svc_padded(length - length / 4) : 0;
    capacity = capacity < SVC_BLOCK ? SVC_BLOCK : capacity;
    solver->all =
        lay_out(perebor_workspace_take_zeroed(workspace, 6 * length, sizeof(double)), length,
                solver->gram->diagonal, solver->gram->rounded, row_of_all, solver);
    solver->chosen = perebor_workspace_take_zeroed(workspace, length, sizeof *solver->chosen);
    if (solver->all.errors == NULL || solver->chosen == NULL) {
        return perebor_no_memory(error, "to solve for %zu points", solver->gram->points.n_rows);
    }
    perebor_status status = svc_rows_create(&solver->rows, solver->gram, workspace, error);
    return status != PEREBOR_OK
               ? status
               : svc_block_create(&solver->block, &solver->rows, capacity, workspace, error);
}

perebor_status svc_smo_solve(const svc_gram *gram, const svc_problem *problem,
                             perebor_workspace *workspace, svc_solution *solution,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    svc_solution result = {.coefficients = solution->coefficients};
    solver solver = {.problem = problem,
                     .vector = PEREBOR_KERNEL_PICK(svc_steps),
                     .gram = gram,
                     .tolerance = problem->tolerance};
    PEREBOR_TRY(done, solver_create(&solver, workspace, error));
    PEREBOR_TRY(done, solve(&solver, &result, error));
    *solution = result;
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
