// SPDX-License-Identifier: MIT
/*
 * Coefficients b with sum(b) = 0, 0 <= b_i <= C for positive and -C <= b_i <= 0 for negative points
 * minimise 1/2 b'Kb - b'y. The error of point t, y_t - sum_i b_i K_it, is minus the gradient; at
 * the optimum no point that may go up has a greater error than one that may go down. Each iteration
 * moves the most violating point and its best partner (second order working set selection) as far
 * as the objective falls. Points stuck at a bound on the right side of both extremes are set aside
 * (shrinking; Joachims, 1999) and examined again before the end is declared.
 */
#include "model/svc_smo.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "model/svc_steps.h"

enum { FEW = 2 * SVC_POINTS, MANY_ROWS = 4000 };

/** The state of a solver; arrays over positions of active points unless said otherwise. */
struct solver {
    const svc_problem *problem;
    const struct svc_steps *vector;
    svc_gram *gram;
    svc_rows rows;
    svc_extremes extremes;
    double *coefficients;                                      /**< [n_rows] by point. */
    double *errors, *ceilings, *floors, *diagonal, *urgencies; /**< [length] */
    float *rounded;    /**< [length] the diagonal in single precision */
    size_t *positions; /**< [n_rows] scratch */
};

static double highest_coefficient(const struct solver *solver, size_t point) {
    return solver->problem->labels[point] == 0 ? solver->problem->bounds[0] : 0.0;
}

static double lowest_coefficient(const struct solver *solver, size_t point) {
    return solver->problem->labels[point] == 0 ? 0.0 : -solver->problem->bounds[1];
}

static void set_barriers(struct solver *solver, size_t position) {
    size_t point = solver->rows.points[position];
    double coefficient = solver->coefficients[point];
    bool may_rise = coefficient < highest_coefficient(solver, point);
    bool may_fall = coefficient > lowest_coefficient(solver, point);
    solver->ceilings[position] = may_rise ? 0.0 : -INFINITY;
    solver->floors[position] = may_fall ? 0.0 : INFINITY;
}

/** Finds the extremes without moving anything. */
static void find_extremes(struct solver *solver) {
    const float *any = solver->gram->zeros;
    solver->vector->move(0.0, any, any, solver->ceilings, solver->floors, solver->rows.length,
                         solver->errors, &solver->extremes);
}

/** How much a move of each point could gain, at first sight. */
static void find_urgencies(struct solver *solver) {
    double lowest = solver->extremes.lowest;
    double highest = solver->extremes.highest;
    for (size_t i = 0; i < solver->rows.length; i++) {
        double above = solver->errors[i] - lowest + solver->ceilings[i];
        double below = highest - solver->errors[i] - solver->floors[i];
        solver->urgencies[i] = above > below ? above : below;
    }
}

/** The most urgent points whose rows are not held, in no order. @return how many there are */
static size_t choose_company(struct solver *solver, size_t position, size_t most, size_t *chosen) {
    double least = -INFINITY;
    double urgencies[SVC_BATCH];
    find_urgencies(solver);
    size_t n = 0;
    size_t weakest = 0;
    for (size_t other = 0; other < solver->rows.n_active; other++) {
        double gain = solver->urgencies[other];
        if (gain <= least || other == position || svc_rows_holds(&solver->rows, other)) {
            continue;
        }
        size_t at = n < most ? n++ : weakest;
        chosen[at] = other;
        urgencies[at] = gain;
        if (n == most) {
            weakest = 0;
            for (size_t i = 1; i < most; i++) {
                weakest = urgencies[i] < urgencies[weakest] ? i : weakest;
            }
            least = urgencies[weakest];
        }
    }
    return n;
}

/**
 * The row of a point. Computing some rows at once costs little more than one, and the points that
 * violate optimality most are the next to be wanted: they are computed along with it.
 */
static const float *row_of(struct solver *solver, size_t position, size_t other) {
    svc_rows *rows = &solver->rows;
    if (!svc_rows_holds(rows, position)) {
        size_t wanted[SVC_BATCH] = {position};
        size_t most = rows->n_active < MANY_ROWS ? FEW : SVC_BATCH;
        bool alone = solver->gram->points->dots != NULL; // what is left to compute does not group
        size_t n = alone ? 1 : 1 + choose_company(solver, position, most - 1, wanted + 1);
        svc_rows_compute(rows, wanted, n, other);
    }
    return svc_rows_get(rows, position, other);
}

/** Minus the gradient before anything is subtracted. LIBSVM's signs, as scikit-learn calls it. */
static double first_error(const struct solver *solver, size_t point) {
    return solver->problem->labels[point] == 0 ? 1.0 : -1.0;
}

/** Makes all points active, with given errors. @param[in] errors [length] */
static void activate_all(struct solver *solver, const double *errors) {
    svc_rows_widen(&solver->rows);
    for (size_t point = 0; point < solver->gram->length; point++) {
        solver->errors[point] = errors[point];
        solver->ceilings[point] = -INFINITY;
        solver->floors[point] = INFINITY;
        solver->diagonal[point] = solver->gram->diagonal[point];
        solver->rounded[point] = (float)solver->gram->diagonal[point];
    }
    for (size_t point = 0; point < solver->gram->points->rows.n_rows; point++) {
        set_barriers(solver, point);
    }
    find_extremes(solver);
}

/** All points active and all coefficients 0. */
static void start(struct solver *solver) {
    for (size_t point = 0; point < solver->gram->points->rows.n_rows; point++) {
        solver->urgencies[point] = first_error(solver, point);
    }
    activate_all(solver, solver->urgencies);
}

/** Makes all points active; the errors of those set aside are computed from the coefficients. */
static perebor_status examine_all(struct solver *solver, perebor_error *error) {
    const svc_rows *rows = &solver->rows;
    double *errors = solver->urgencies;
    memset(errors, 0, solver->gram->length * sizeof *errors);
    for (size_t point = 0; point < solver->gram->points->rows.n_rows; point++) {
        errors[point] = first_error(solver, point);
    }
    perebor_status status = svc_rows_subtract_idle(rows, solver->coefficients, errors, error);
    if (status == PEREBOR_OK) {
        for (size_t i = 0; i < rows->n_active; i++) {
            errors[rows->points[i]] = solver->errors[i];
        }
        activate_all(solver, errors);
    }
    return status;
}

/** At a bound, and its error says that it belongs there. */
static bool is_settled(const struct solver *solver, size_t position) {
    if (solver->ceilings[position] < 0.0) {
        return solver->errors[position] > solver->extremes.highest;
    }
    return solver->floors[position] > 0.0 && solver->errors[position] < solver->extremes.lowest;
}

/** Sets settled points aside if that is worth moving the rest. */
static perebor_status narrow(struct solver *solver, perebor_error *error) {
    size_t n_active = solver->rows.n_active;
    size_t n_left = 0;
    for (size_t position = 0; position < n_active; position++) {
        solver->positions[n_left] = position;
        n_left += is_settled(solver, position) ? 0 : 1;
    }
    if (svc_padded(n_left) > n_active - n_active / 5) {
        return PEREBOR_OK;
    }
    perebor_status status = svc_rows_narrow(&solver->rows, solver->positions, n_left, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t i = 0; i < n_left; i++) {
        size_t from = solver->positions[i];
        solver->errors[i] = solver->errors[from];
        solver->ceilings[i] = solver->ceilings[from];
        solver->floors[i] = solver->floors[from];
        solver->diagonal[i] = solver->diagonal[from];
        solver->rounded[i] = solver->rounded[from];
    }
    for (size_t i = n_left; i < solver->rows.length; i++) {
        solver->errors[i] = 0.0;
        solver->ceilings[i] = -INFINITY;
        solver->floors[i] = INFINITY;
        solver->diagonal[i] = 1.0;
        solver->rounded[i] = 1.0f;
    }
    find_extremes(solver);
    return PEREBOR_OK;
}

/** Moves one pair: the coefficient of the one rises by what that of the other falls. */
static void iterate(struct solver *solver) {
    svc_rows *rows = &solver->rows;
    const svc_extremes *extremes = &solver->extremes;
    size_t i = extremes->at;
    const float *row_i = row_of(solver, i, i);
    size_t j = solver->vector->partner(extremes, row_i, solver->rounded[i], solver->rounded,
                                       solver->errors, solver->floors, rows->length);
    const float *row_j = row_of(solver, j, i);
    size_t point_i = rows->points[i];
    size_t point_j = rows->points[j];
    double highest_i = highest_coefficient(solver, point_i);
    double lowest_j = lowest_coefficient(solver, point_j);
    double entry = (double)row_i[j];
    double curvature = (solver->diagonal[i] + solver->diagonal[j]) - (entry + entry);
    double step = (extremes->highest - solver->errors[j]) / (curvature > 0.0 ? curvature : SVC_TAU);
    double room_i = highest_i - solver->coefficients[point_i];
    double room_j = solver->coefficients[point_j] - lowest_j;
    double room = room_i < room_j ? room_i : room_j;
    step = step < room ? step : room;
    solver->coefficients[point_i] =
        step == room_i ? highest_i : solver->coefficients[point_i] + step;
    solver->coefficients[point_j] =
        step == room_j ? lowest_j : solver->coefficients[point_j] - step;
    set_barriers(solver, i);
    set_barriers(solver, j);
    solver->vector->move(step, row_i, row_j, solver->ceilings, solver->floors, rows->length,
                         solver->errors, &solver->extremes);
}

static bool is_optimal(const struct solver *solver) {
    return solver->extremes.highest - solver->extremes.lowest <= solver->problem->tolerance;
}

/** Iterates to the optimum or the cap. All points are active afterwards. */
static perebor_status descend(struct solver *solver, svc_solution *solution, perebor_error *error) {
    size_t n_rows = solver->gram->points->rows.n_rows;
    uint64_t interval = n_rows < 2000 ? n_rows / 2 + 1 : 1000;
    uint64_t until_narrow = interval;
    perebor_status status = PEREBOR_OK;
    start(solver);
    for (solution->iterations = 0;; solution->iterations++) {
        if (is_optimal(solver) || solution->iterations >= solver->problem->max_iterations) {
            if (solver->rows.n_active < n_rows) {
                PEREBOR_TRY(done, examine_all(solver, error));
                until_narrow = interval;
            }
            solution->converged = is_optimal(solver);
            if (solution->converged || solution->iterations >= solver->problem->max_iterations) {
                break;
            }
        }
        if (solver->problem->shrinking && --until_narrow == 0) {
            until_narrow = interval;
            PEREBOR_TRY(done, narrow(solver, error));
        }
        iterate(solver);
        if (!isfinite(solver->extremes.highest) || !isfinite(solver->extremes.lowest)) {
            break;
        }
    }
    if (!isfinite(solver->extremes.highest) || !isfinite(solver->extremes.lowest)) {
        status =
            perebor_fail(error, PEREBOR_ERR_NUMERIC,
                         "kernel values left the finite numbers: scale the columns, or choose a "
                         "smaller gamma or degree");
    }
done:
    return status;
}

/** The mean error of free points; without any, the middle of what optimality allows. */
static double find_bias(const struct solver *solver) {
    size_t n_rows = solver->gram->points->rows.n_rows;
    double sum = 0.0;
    size_t n_free = 0;
    for (size_t point = 0; point < n_rows; point++) {
        if (solver->ceilings[point] == 0.0 && solver->floors[point] == 0.0) {
            sum += solver->errors[point];
            n_free++;
        }
    }
    return n_free > 0 ? sum / (double)n_free
                      : 0.5 * (solver->extremes.highest + solver->extremes.lowest);
}

perebor_status svc_smo_solve(svc_gram *gram, const svc_problem *problem, const svc_limits *limits,
                             svc_solution *solution, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = gram->points->rows.n_rows;
    size_t length = gram->length;
    svc_solution found = {.coefficients = solution->coefficients};
    struct solver solver = {
        .problem = problem, .vector = PEREBOR_KERNEL_PICK(svc_steps), .gram = gram};
    double *arrays = svc_array(6 * length, sizeof *arrays);
    solver.positions = svc_array(n_rows, sizeof *solver.positions);
    solver.rounded = svc_array(length, sizeof *solver.rounded);
    if (arrays == NULL || solver.positions == NULL || solver.rounded == NULL) {
        status =
            perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to solve for %zu points", n_rows);
        goto done;
    }
    solver.coefficients = arrays;
    solver.errors = arrays + length;
    solver.ceilings = arrays + 2 * length;
    solver.floors = arrays + 3 * length;
    solver.diagonal = arrays + 4 * length;
    solver.urgencies = arrays + 5 * length;
    PEREBOR_TRY(done, svc_rows_create(&solver.rows, gram, limits, error));
    PEREBOR_TRY(done, descend(&solver, &found, error));
    found.bias = -find_bias(&solver);
    for (size_t point = 0; point < n_rows; point++) {
        found.coefficients[point] = -solver.coefficients[point];
    }
    *solution = found;
done:
    svc_rows_release(&solver.rows);
    free(solver.positions);
    free(solver.rounded);
    free(arrays);
    return status;
}
