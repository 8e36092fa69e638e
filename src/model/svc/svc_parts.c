// SPDX-License-Identifier: MIT
/*
 * Where points are many, a row of kernel values is long: it comes from beyond the first levels of
 * cache, and most of it is of points that the bounds of their coefficients hold. So part of the
 * points are solved for as if there were no others, with kernel values between themselves alone,
 * and what that changed is taken off the errors of the others afterwards,
 *
 *     e_t -= sum over the changed i of db_i K_it,
 *
 * four points at a time over rows that stay in cache, and no value of it is kept. Parts are
 *
 *   1. a quarter of the points, roughly: where the others belong is nearly known then;
 *   2. points that are not at a bound where they belong by a wide margin, roughly, until few
 *      violate optimality;
 *   3. points that are not settled (svc_solver_stays()), to the tolerance wanted.
 *
 * The most violating pair is always in the part, so that every part lowers the dual, and the third
 * is taken again until nothing outside of it violates optimality: the optimum is that of all points
 * whatever the parts were (decomposition; Osuna, Freund and Girosi, 1997).
 */
#include "model/svc/svc_parts.h"

#include <math.h>

#include "base/deadline.h"
#include "base/try.h"

/** More points than these are solved for in parts. */
enum { few_points = 4096 };

/** The first part has one of so many points. */
enum { stride = 4 };

/** The violation that is left in the first two parts, and the most that the third begins with. */
static const double rough_violation = 0.2;
static const double fine_violation = 0.3;

/** How far beyond the bias the error of a point at its bound lies that is left out of the second.
 */
static const double wide_margin = 0.5;

/** A share of the tolerance, so that errors of the part end below it when those of all are seen. */
static const double rounded_down = 0.99;

/** Rows that errors are brought up to date of together. */
enum { tile_rows = 1024 };

typedef struct parts {
    svc_solver *solver;
    const svc_gram *gram;
    perebor_workspace *workspace;
    size_t *points, *others;   /**< [n_rows] that are in the part, and that are not. */
    size_t n_points, n_others; /**< How many. */
    size_t *changed;           /**< [n_changed] points that have moved, */
    double *steps;             /**< and by how much. */
    size_t n_changed;
} parts;

bool svc_parts_pay(size_t n_rows, const svc_problem *problem) {
    return problem->convex && problem->together && n_rows > few_points;
}

static void put(parts *parts, size_t point, bool inside) {
    if (inside) {
        parts->points[parts->n_points++] = point;
    } else {
        parts->others[parts->n_others++] = point;
    }
}

static void choose_some(parts *parts) {
    parts->n_points = 0;
    parts->n_others = 0;
    for (size_t point = 0; point < parts->gram->points.n_rows; point++) {
        put(parts, point, point % stride == 0);
    }
}

/** Whether the error of a point at its bound is far beyond the bias, on the side where it belongs.
 */
static bool is_far(const svc_pairs *all, size_t point, double bias) {
    return all->ceilings[point] < 0.0
               ? all->errors[point] > bias + wide_margin
               : all->floors[point] > 0.0 && all->errors[point] < bias - wide_margin;
}

static void choose_near(parts *parts) {
    double bias = svc_solver_bias(parts->solver);
    parts->n_points = 0;
    parts->n_others = 0;
    for (size_t point = 0; point < parts->gram->points.n_rows; point++) {
        put(parts, point, !is_far(&parts->solver->all, point, bias));
    }
}

static void choose_unsettled(parts *parts) {
    parts->n_points = 0;
    parts->n_others = 0;
    for (size_t point = 0; point < parts->gram->points.n_rows; point++) {
        put(parts, point, !svc_solver_stays(parts->solver, point));
    }
}

/** The state of the part's points, before they are solved for. */
static void hand_out(const parts *parts, svc_solver *part) {
    const svc_pairs *all = &parts->solver->all;
    for (size_t i = 0; i < parts->n_points; i++) {
        size_t point = parts->points[i];
        part->all.errors[i] = all->errors[point];
        part->all.coefficients[i] = all->coefficients[point];
        part->all.highest[i] = all->highest[point];
        part->all.lowest[i] = all->lowest[point];
        svc_pairs_bar(&part->all, i);
    }
}

/** The same, afterwards, and what has changed. */
static void take_back(parts *parts, const svc_solver *part) {
    svc_pairs *all = &parts->solver->all;
    parts->n_changed = 0;
    for (size_t i = 0; i < parts->n_points; i++) {
        size_t point = parts->points[i];
        double step = part->all.coefficients[i] - all->coefficients[point];
        if (step != 0.0) {
            parts->steps[parts->n_changed] = step;
            parts->changed[parts->n_changed++] = point;
        }
        all->coefficients[point] = part->all.coefficients[i];
        all->errors[point] = part->all.errors[i];
        svc_pairs_bar(all, point);
    }
}

/** The same sums from rows that are there; they are long enough for all points, and those of the
 * part have theirs already. */
static void take_off_rows(const parts *parts, double *errors) {
    const svc_gram *gram = parts->gram;
    for (size_t k = 0; k < parts->n_changed && !perebor_deadline_passed(); k += SVC_POINTS) {
        const float *rows[SVC_POINTS];
        size_t n = parts->n_changed - k < SVC_POINTS ? parts->n_changed - k : SVC_POINTS;
        for (size_t i = 0; i < n; i++) {
            rows[i] = gram->entries + parts->changed[k + i] * gram->length;
        }
        parts->solver->vector->subtract(parts->steps + k, rows, n, gram->length, errors);
    }
}

/** e_t -= db_i K_it of all changed points i, for the rows t of one tile. */
static void take_off_tile(const parts *parts, const svc_points *moved, const svc_points *rest,
                          size_t begin, size_t end, float *values, double *errors) {
    float *const to[SVC_POINTS] = {values, values + rest->length, values + 2 * rest->length,
                                   values + 3 * rest->length};
    for (size_t k = 0; k < parts->n_changed && !perebor_deadline_passed(); k += SVC_POINTS) {
        const size_t wanted[SVC_POINTS] = {k, k + 1, k + 2, k + 3};
        const float *rows[SVC_POINTS] = {to[0] + begin, to[1] + begin, to[2] + begin,
                                         to[3] + begin};
        size_t n = parts->n_changed - k < SVC_POINTS ? parts->n_changed - k : SVC_POINTS;
        svc_points_meet(moved, wanted, n, rest, &parts->gram->kernel, begin, end, to);
        parts->solver->vector->subtract(parts->steps + k, rows, n, end - begin, errors + begin);
    }
}

/** Brings the errors of points outside the part up to date. */
static perebor_status take_off(const parts *parts, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const svc_gram *gram = parts->gram;
    svc_points moved, rest;
    PEREBOR_TRY(done, svc_points_pick(&moved, &gram->points, gram->kernel.kind, parts->changed,
                                      parts->n_changed, parts->workspace, error));
    PEREBOR_TRY(done, svc_points_pick(&rest, &gram->points, gram->kernel.kind, parts->others,
                                      parts->n_others, parts->workspace, error));
    double *errors = perebor_workspace_take_zeroed(parts->workspace, rest.length, sizeof *errors);
    float *values =
        perebor_workspace_take(parts->workspace, SVC_POINTS * rest.length, sizeof *values);
    if (errors == NULL || values == NULL) {
        status = perebor_no_memory(error, "for the errors of %zu points", parts->n_others);
        goto done;
    }
    for (size_t i = 0; i < parts->n_others; i++) {
        errors[i] = parts->solver->all.errors[parts->others[i]];
    }
    for (size_t begin = 0; begin < rest.length; begin += tile_rows) {
        size_t end = rest.length - begin < tile_rows ? rest.length : begin + tile_rows;
        take_off_tile(parts, &moved, &rest, begin, end, values, errors);
    }
    for (size_t i = 0; i < parts->n_others; i++) {
        parts->solver->all.errors[parts->others[i]] = errors[i];
    }
done:
    return status;
}

/** Solves for the points of the part. @param[out] finite  whether values stayed so */
static perebor_status solve_part(parts *parts, svc_stage stage, double tolerance,
                                 uint64_t *iterations, bool *finite, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const svc_gram *gram = parts->gram;
    perebor_workspace_mark begin = perebor_workspace_here(parts->workspace);
    svc_gram own;
    svc_solver part = {.problem = parts->solver->problem,
                       .vector = parts->solver->vector,
                       .gram = &own,
                       .stage = stage,
                       .tolerance = tolerance};
    // a fine part keeps the rows that it asks for in its block
    PEREBOR_TRY(done,
                svc_gram_pick(&own, gram, parts->points, parts->n_points,
                              stage == SVC_FINELY ? 0 : gram->max_bytes, parts->workspace, error));
    PEREBOR_TRY(done, svc_solver_lay_out(&part, parts->workspace, error));
    PEREBOR_TRY(done, svc_solver_take_rounds(&part, parts->workspace, error));
    hand_out(parts, &part);
    *finite = svc_solver_descend(&part, iterations);
    take_back(parts, &part);
done:
    perebor_workspace_return(parts->workspace, begin);
    return status;
}

/** Solves for the points that were chosen, and brings the errors of the others up to date. */
static perebor_status go_on(parts *parts, svc_stage stage, double tolerance, uint64_t *iterations,
                            bool *finite, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(parts->workspace);
    PEREBOR_TRY(done, solve_part(parts, stage, tolerance, iterations, finite, error));
    if (parts->gram->entries == NULL) {
        PEREBOR_TRY(done, take_off(parts, error));
    } else {
        double *errors = parts->solver->all.errors;
        double *kept = perebor_workspace_take(parts->workspace, parts->n_points, sizeof *kept);
        if (kept == NULL) {
            status = perebor_no_memory(error, "for the errors of %zu points", parts->n_points);
            goto done;
        }
        for (size_t i = 0; i < parts->n_points; i++) {
            kept[i] = errors[parts->points[i]];
        }
        take_off_rows(parts, errors);
        for (size_t i = 0; i < parts->n_points; i++) {
            errors[parts->points[i]] = kept[i];
        }
    }
    *finite = svc_solver_survey(parts->solver) && *finite;
done:
    perebor_workspace_return(parts->workspace, begin);
    return status;
}

static perebor_status descend(parts *parts, uint64_t *iterations, bool *finite,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    svc_solver *solver = parts->solver;
    double rough = fmax(rough_violation, solver->tolerance);
    *finite = svc_solver_survey(solver);
    if (*finite && *iterations == 0 && solver->highest - solver->lowest > rough) {
        choose_some(parts);
        PEREBOR_TRY(done, go_on(parts, SVC_ROUGHLY, rough, iterations, finite, error));
    }
    while (*finite && !svc_solver_is_optimal(solver) &&
           *iterations < solver->problem->max_iterations && !perebor_deadline_passed()) {
        if (solver->highest - solver->lowest > fine_violation) {
            choose_near(parts);
            PEREBOR_TRY(done, go_on(parts, SVC_ROUGHLY, rough, iterations, finite, error));
        } else {
            choose_unsettled(parts);
            // a block of nearly all points would take as much memory again, and longer than moves
            bool nearly_all = 4 * parts->n_points > 3 * parts->gram->points.n_rows;
            PEREBOR_TRY(done, go_on(parts, nearly_all ? SVC_ALONE : SVC_FINELY,
                                    rounded_down * solver->tolerance, iterations, finite, error));
        }
    }
done:
    return status;
}

perebor_status svc_parts_descend(svc_solver *solver, const svc_gram *gram,
                                 perebor_workspace *workspace, uint64_t *iterations, bool *finite,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    size_t n_rows = gram->points.n_rows;
    parts parts = {.solver = solver, .gram = gram, .workspace = workspace};
    parts.points = perebor_workspace_take(workspace, 3 * n_rows, sizeof *parts.points);
    parts.steps = perebor_workspace_take(workspace, n_rows, sizeof *parts.steps);
    if (parts.points == NULL || parts.steps == NULL) {
        status = perebor_no_memory(error, "to solve for %zu points", n_rows);
        goto done;
    }
    parts.others = parts.points + n_rows;
    parts.changed = parts.points + 2 * n_rows;
    PEREBOR_TRY(done, descend(&parts, iterations, finite, error));
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
