// SPDX-License-Identifier: MIT
#include "model/svc/svc_solver.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"

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

static const float *row_of_all(void *context, size_t point, size_t other) {
    svc_solver *solver = context;
    const size_t points[2] = {point, other};
    const float *entries[2];
    svc_rows_get(&solver->rows, points, point == other ? 1 : 2, entries);
    return entries[0];
}

/** Whether nearly all points can be solved for together, too: what that takes does not depend on
 * how kernel values are come by. */
static bool has_room_for_all(const svc_solver *solver) {
    return solver->problem->together && solver->stage == SVC_ALONE &&
           solver->gram->points.n_rows <= SVC_FEW_POINTS;
}

static void choose(svc_solver *solver, size_t point) {
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
static void choose_block(svc_solver *solver) {
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

bool svc_solver_stays(const svc_solver *solver, size_t point) {
    const svc_pairs *all = &solver->all;
    // b_t = highest_t and e_t > m, or b_t = lowest_t and e_t < M
    return all->ceilings[point] < 0.0
               ? all->errors[point] > solver->highest
               : all->floors[point] > 0.0 && all->errors[point] < solver->lowest;
}

/** Whether the block has all unsettled points, and few others: their kernel values are there. */
static bool is_block_good(const svc_solver *solver) {
    const svc_block *block = &solver->block;
    size_t n_unsettled = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        if (!svc_solver_stays(solver, point)) {
            if (!solver->chosen[point]) {
                return false;
            }
            n_unsettled++;
        }
    }
    return block->n_points <= block->most && 4 * n_unsettled >= quarters * block->n_points;
}

/** Every point that does not stay where it is; those of the last time if that is about the same. */
static void choose_unsettled(svc_solver *solver) {
    svc_block *block = &solver->block;
    solver->again = block->n_points > 0 && is_block_good(solver);
    if (solver->again) {
        return;
    }
    block->n_points = 0;
    for (size_t point = 0; point < solver->gram->points.n_rows; point++) {
        solver->chosen[point] = !svc_solver_stays(solver, point);
        block->points[block->n_points] = point;
        block->n_points += solver->chosen[point] ? 1 : 0;
    }
}

/** e_t -= sum over the changed i of db_i K_it, for all points t. */
static void spread_steps(svc_solver *solver, const size_t *points, const double *steps, size_t n) {
    const float *rows[SVC_BLOCK];
    svc_block_rows(&solver->block, points, n, rows);
    solver->vector->subtract(steps, rows, n, solver->all.n, solver->all.errors);
}

/** Brings coefficients and errors of all points up to date with those of the block. */
static void spread_block(svc_solver *solver) {
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

bool svc_solver_survey(svc_solver *solver) {
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

bool svc_solver_is_optimal(const svc_solver *solver) {
    return solver->highest - solver->lowest <= solver->tolerance;
}

/** A share of the violation that the block is to be solved for. */
static double share_of_violation(const svc_solver *solver) {
    if (!solver->problem->together) {
        return block_share;
    }
    bool nearly_all = solver->block.n_points > solver->block.most;
    return nearly_all && (!solver->begun || !has_room_for_all(solver)) ? whole_share
                                                                       : unsettled_share;
}

/** How far to solve for the block: a share of the violation, or at once the tolerance where that is
 * less than ten of it. */
static double block_tolerance(const svc_solver *solver) {
    double last = rounded_down * solver->tolerance;
    if (solver->stage == SVC_ROUGHLY) {
        return last;
    }
    double aim = share_of_violation(solver) * (solver->highest - solver->lowest);
    return aim < worth_a_round * last ? last : aim;
}

/** Moves pairs until it is settled which points are free, if it is not, and solves for these.
 * @return how many moves that took */
static uint64_t solve_free(svc_solver *solver, double tolerance, uint64_t max_moves) {
    double settling = settling_share * (solver->highest - solver->lowest);
    uint64_t moves = 0;
    if (!solver->settled) {
        moves = svc_block_descend(&solver->block, fmax(settling, tolerance), max_moves, true);
        solver->settled = true;
    }
    return moves + svc_block_solve_free(&solver->block, free_share * tolerance, max_moves - moves);
}

/** Solves the block for a share of the violation. @return whether values stayed finite */
static bool solve_part(svc_solver *solver, uint64_t *iterations) {
    svc_block *block = &solver->block;
    double tolerance = block_tolerance(solver);
    uint64_t left = solver->problem->max_iterations - *iterations;
    uint64_t most = solver->problem->together ? moves_a_point * block->n_points : UINT64_MAX;
    // Errors of the block are taken from the middle (m + M) / 2, so that rounding to single
    // precision is that of their differences, which alone matter as sum b does not change.
    double middle = 0.5 * (solver->highest + solver->lowest);
    svc_block_gather(block, &solver->all, middle, solver->again, !solver->begun);
    solver->begun = true;
    uint64_t moves =
        solver->problem->together && block->there ? solve_free(solver, tolerance, left) : 0;
    // one move at least: rounded to single precision there may seem to be nothing to do
    most = left - moves < most ? left - moves : most;
    moves += svc_block_descend(block, tolerance, most, moves == 0);
    spread_block(solver);
    *iterations += moves;
    return svc_solver_survey(solver) && moves > 0; // the worst pair of all is in the block
}

bool svc_solver_descend(svc_solver *solver, uint64_t *iterations) {
    const svc_problem *problem = solver->problem;
    bool finite = svc_solver_survey(solver);
    while (finite && !svc_solver_is_optimal(solver) && *iterations < problem->max_iterations &&
           !perebor_deadline_passed()) {
        if (problem->together) {
            choose_unsettled(solver);
        } else {
            choose_block(solver);
        }
        finite = solve_part(solver, iterations);
    }
    return finite;
}

double svc_solver_bias(const svc_solver *solver) {
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

perebor_status svc_solver_lay_out(svc_solver *solver, perebor_workspace *workspace,
                                  perebor_error *error) {
    size_t length = solver->gram->length;
    double *arrays = perebor_workspace_take_zeroed(workspace, 6 * length, sizeof *arrays);
    if (arrays == NULL) {
        return perebor_no_memory(error, "to solve for %zu points", solver->gram->points.n_rows);
    }
    solver->all = (svc_pairs){.n = length,
                              .errors = arrays,
                              .ceilings = arrays + length,
                              .floors = arrays + 2 * length,
                              .coefficients = arrays + 3 * length,
                              .highest = arrays + 4 * length,
                              .lowest = arrays + 5 * length,
                              .diagonal = solver->gram->diagonal,
                              .rounded = solver->gram->rounded,
                              .row = row_of_all,
                              .context = solver};
    for (size_t point = 0; point < length; point++) {
        solver->all.ceilings[point] = -INFINITY;
        solver->all.floors[point] = INFINITY;
    }
    return PEREBOR_OK;
}

/** More than three quarters of the points are taken as all of them. Their kernel values are read
 * where they are, so that pairs are moved; all points of few are solved for together, which asks
 * for rows of the block's own where there is no matrix. */
static svc_block_size block_size(const svc_solver *solver) {
    size_t length = solver->gram->length;
    size_t most = !solver->problem->together || solver->stage == SVC_ROUGHLY ? 0
                  : solver->stage == SVC_FINELY                              ? length
                                                : svc_padded(length - length / 4);
    most = most < SVC_BLOCK ? SVC_BLOCK : most;
    if (!has_room_for_all(solver)) {
        return (svc_block_size){.most = most, .capacity = most, .most_free = most};
    }
    size_t own = solver->gram->entries == NULL ? length : most;
    return (svc_block_size){.most = most, .capacity = own, .most_free = length};
}

perebor_status svc_solver_take_rounds(svc_solver *solver, perebor_workspace *workspace,
                                      perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    solver->chosen =
        perebor_workspace_take_zeroed(workspace, solver->gram->length, sizeof *solver->chosen);
    if (solver->chosen == NULL) {
        return perebor_no_memory(error, "to solve for %zu points", solver->gram->points.n_rows);
    }
    PEREBOR_TRY(done, svc_rows_create(&solver->rows, solver->gram, workspace, error));
    PEREBOR_TRY(done, svc_block_create(&solver->block, &solver->rows, block_size(solver), workspace,
                                       error));
done:
    return status;
}
