// SPDX-License-Identifier: MIT
/*
 * Coefficients b with sum(b) = 0, 0 <= b_i <= C for positive and -C <= b_i <= 0 for negative points
 * minimise 1/2 b'Kb - b'y. The error of point t, y_t - sum_i b_i K_it, is minus the gradient; at
 * the optimum no point that may go up has a greater error than one that may go down.
 *
 * A step of sequential minimal optimisation moves the most violating point and its best partner
 * (second order working set selection) as far as the objective falls. It costs two passes over the
 * points, so part of them is solved by itself and in single precision: those that are not at a
 * bound where they belong, as far as a hundredth of the violation, which leaves fewer from round to
 * round (shrinking; Joachims, 1999). Of very many rows a few dozen that violate optimality most are
 * solved, whose kernel values are computed together (decomposition; Osuna, Freund and Girosi,
 * 1997). After a round the errors of all points are brought up to date in double precision. Where
 * the kernel is not positive definite the end depends on the path, and pairs are taken from all
 * points, as LIBSVM does.
 */
#include "model/svc/svc_smo.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_block.h"

/** How far a block is solved, of the violation it starts with; all points are soon fewer. */
static const double block_share = 0.01;
static const double whole_share = 0.1;

/** Of the tolerance: a round that would leave less than so much leaves nothing instead. */
enum { worth_a_round = 10 };

/** Of the tolerance, so that a block in single precision ends below it when seen in double. */
static const double rounded_down = 0.99;

/** Errors near 1 are rounded to 2^-53, and there are some thousand moves. */
static const double least_tolerance = 0x1p-42;

typedef struct solver {
    const svc_problem *problem;
    const svc_steps *vector;
    const svc_gram *gram;
    svc_rows rows;
    svc_pairs all;
    svc_block block;
    svc_candidates candidates;
    double highest, lowest; /**< Extremes of errors: the condition of optimality. */
    double tolerance;       /**< On their difference, for now. */
    bool *chosen;           /**< [n_rows] for the block at hand. */
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

/** The worst of each class, if it violates optimality. */
static void choose_block(solver *solver) {
    const svc_candidates *candidates = &solver->candidates;
    svc_block *block = &solver->block;
    block->n_points = 0;
    for (size_t class_index = 0; class_index < SVC_CLASSES; class_index++) {
        if (candidates->highest[class_index] > solver->lowest) {
            choose(solver, (size_t)candidates->upward[class_index]);
        }
        if (candidates->lowest[class_index] < solver->highest) {
            choose(solver, (size_t)candidates->downward[class_index]);
        }
    }
    for (size_t i = 0; i < block->n_points; i++) {
        solver->chosen[block->points[i]] = false;
    }
}

/** Every point that is not at a bound where its error says that it belongs. */
static void choose_unsettled(solver *solver) {
    const svc_pairs *all = &solver->all;
    svc_block *block = &solver->block;
    block->n_points = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        bool stays = all->ceilings[point] < 0.0
                         ? all->errors[point] > solver->highest
                         : all->floors[point] > 0.0 && all->errors[point] < solver->lowest;
        block->points[block->n_points] = point;
        block->n_points += stays ? 0 : 1;
    }
}

/** Brings errors of all points up to date after coefficients of some changed. */
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

/** Finds the candidates and the extremes. @return whether all errors are finite */
static bool survey(solver *solver) {
    const svc_pairs *all = &solver->all;
    svc_candidates *candidates = &solver->candidates;
    solver->vector->candidates(all->errors, all->ceilings, all->floors, all->n, candidates);
    solver->highest = -INFINITY;
    solver->lowest = INFINITY;
    for (size_t class_index = 0; class_index < SVC_CLASSES; class_index++) {
        solver->highest = fmax(solver->highest, candidates->highest[class_index]);
        solver->lowest = fmin(solver->lowest, candidates->lowest[class_index]);
    }
    return candidates->finite;
}

static bool is_optimal(const solver *solver) {
    return solver->highest - solver->lowest <= solver->tolerance;
}

/** Solves the block for a share of the violation. @return whether values stayed finite */
static bool solve_part(solver *solver, svc_solution *solution) {
    double violation = solver->highest - solver->lowest;
    double last = rounded_down * solver->tolerance;
    bool whole = solver->block.n_points > solver->block.capacity;
    double aim = (whole ? whole_share : block_share) * violation;
    double tolerance = aim < worth_a_round * last ? last : aim;
    uint64_t left = solver->problem->max_iterations - solution->iterations;
    svc_block_gather(&solver->block, &solver->all, 0.5 * (solver->highest + solver->lowest));
    uint64_t moves = svc_block_descend(&solver->block, tolerance, left);
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

/** The mean error of free points; without any, the middle of what optimality allows. */
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
        precision->lowest = fmin(precision->lowest, decision);
        precision->highest = fmax(precision->highest, decision);
    }
}

/**
 * How far rounding kernel values to single precision moves a decision, sum_i b_i (K_it + d_it):
 * with independent d_it in proportion to K_it, and K_it^2 <= K_ii K_tt, about the root of sum_i
 * b_i^2 K_ii times the mean of K_tt. The proportion is 2^-24 where the argument is rounded, too, or
 * multiplied; measured on free points, whose decisions are known, no error is twice that. Values of
 * polynomials are mostly far below the bound: a quarter.
 */
static double kernel_error(const solver *solver) {
    const svc_pairs *all = &solver->all;
    size_t n = solver->gram->points.n_rows;
    double values = 0.0;
    double sum = 0.0;
    for (size_t point = 0; point < n; point++) {
        double coefficient = all->coefficients[point];
        double value = fabs(all->diagonal[point]);
        values += value;
        sum += coefficient * coefficient * value;
    }
    double unit = solver->gram->kernel.kind == SVC_POLY ? 0x1p-26 : 0x1p-24;
    return unit * sqrt(sum * (values / (double)n));
}

/**
 * The decisions of points that are free differ from their labels by at most the violation, which
 * lies about the bias, so by half of it.
 */
static void find_precision(const solver *solver, double bias, svc_precision *precision) {
    double violation = solver->highest - solver->lowest;
    find_range(solver, bias, precision);
    precision->error = 0.5 * fmax(violation, 0.0) + kernel_error(solver);
}

/** All coefficients 0. Labels have LIBSVM's signs, as scikit-learn calls it. */
static void start(solver *solver) {
    const svc_problem *problem = solver->problem;
    svc_pairs *all = &solver->all;
    for (size_t point = 0; point < all->n; point++) {
        all->ceilings[point] = -INFINITY;
        all->floors[point] = INFINITY;
    }
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        bool negative = problem->labels[point] == 0;
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
    solution->bias = -find_bias(solver);
    find_precision(solver, solution->bias, &solution->precision);
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
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to solve for %zu points",
                            solver->gram->points.n_rows);
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
