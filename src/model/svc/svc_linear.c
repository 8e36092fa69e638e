// SPDX-License-Identifier: MIT
/*
 * Minimises 1/2 |w|^2 + sum C_i v_i subject to s_i (x_i.w + b) - 1 + v_i = z_i, v >= 0, z >= 0 by
 * Mehrotra's predictor-corrector method. With weights a_i and C_i - a_i as multipliers, eliminating
 * everything but (dw, db) from a Newton step leaves p + 1 normal equations,
 *
 *     (diag(1, .., 1, 0) + sum_i d_i (x_i, 1)(x_i, 1)') (dw, db)
 *         = -(w, 0) + sum_i s_i (a_i + d_i t_i) (x_i, 1),     1 / d_i = z_i / a_i + v_i / (C_i -
 * a_i)
 *
 * (after Woodsend and Gondzio, "Hybrid MPI/OpenMP parallel linear support vector machine training",
 * JMLR 10, 2009, section 3). As w is a variable and not a sum over the a_i, rounding in a step is
 * made good by the next. Columns are centred, which moves only b, and brought to unit variance,
 * which puts 1 / scale^2 in place of the ones, so that columns in any units are solved for alike.
 *
 * A row has one level l of a nominal column at most, so that the products of its levels' columns
 * are a diagonal, h_l = 1 + sum of d_i over the rows that have l. The largest block of levels, kept
 * as codes, is eliminated before the rest: with c_l = sum of d_i (x_i, 1) over these rows,
 *
 *     (N - sum_l c_l c_l' / h_l) dr = r - sum_l c_l r_l / h_l,    dw_l = (r_l - c_l.dr) / h_l,
 *
 * where N are the normal equations of the other columns and r the right-hand side. Other blocks are
 * dense columns.
 */
#include "model/svc/svc_linear.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/svc/svc_interior.h"
#include "model/svc/svc_points.h"

enum { row_arrays = 13, column_arrays = 6, iteration_cap = 200, patience = 20, most_extra = 6 };

static const double close_enough = 1e-11; // relative gap at which to stop
static const double closest = 1e-15;      // no gap is held to less
static const double much = 1024.0; // a factor that is 0 at the optimum is less than the other by
static const double acceptable = 1e-7; // and that is converged if no more can be had

typedef struct linear {
    const svc_interior *vector;
    const perebor_training *training;
    const double *bounds;
    perebor_matrix rows; /**< Dense columns, centred and scaled. */
    size_t *origins;     /**< [rows.n_columns] which of the training rows' columns they are. */
    perebor_indicators levels; /**< The block that stays codes; it may have no levels. */
    size_t size;               /**< rows.n_columns + 1 */
    size_t total;              /**< size + levels.n_levels */
    double *centres, *scales;  /**< [total] of the columns */
    double *penalties;         /**< [total] 1 / scale^2, 0 for the constant */
    double *weights;           /**< [total] of the scaled columns, the bias, and of the levels */
    double *best;              /**< [total] the weights of the smallest gap so far */
    double *step;              /**< [total] */
    double *factor;            /**< [size][size] */
    double *pivots;            /**< [n_levels] h_l */
    double *cross;             /**< [n_levels][size] c_l */
    double *weighted;          /**< [SVC_INTERIOR_SCRATCH] */
    svc_iterate at;
    double *arrays;
} linear;

static double sum_of(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += values[i];
    }
    return sum;
}

/** Centres a column and brings it to unit variance; a constant column becomes zeros. */
static void standardise(const double *from, size_t n, double *to, double *centre, double *scale) {
    double mean = sum_of(from, n) / (double)n;
    double squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i] - mean;
        squares += to[i] * to[i];
    }
    double deviation = sqrt(squares / (double)n);
    bool constant = !(deviation > 1e-13 * fabs(mean));
    for (size_t i = 0; i < n; i++) {
        to[i] = constant ? 0.0 : to[i] / deviation;
    }
    *centre = mean;
    *scale = constant ? 1.0 : deviation;
}

static void standardise_all(linear *linear) {
    const perebor_matrix *from = &linear->training->rows;
    for (size_t column = 0; column + 1 < linear->size && !perebor_deadline_passed(); column++) {
        double *scale = &linear->scales[column];
        double *to = perebor_matrix_column(&linear->rows, column);
        perebor_matrix_read(from, linear->origins[column], to);
        standardise(to, from->n_rows, to, &linear->centres[column], scale);
        linear->penalties[column] = 1.0 / (*scale * *scale);
    }
    for (size_t i = linear->size; i < linear->total; i++) {
        linear->scales[i] = 1.0;
        linear->penalties[i] = 1.0;
    }
}

/** Takes the largest block of levels out of the columns. @return whether there was memory */
static bool divide_columns(linear *linear, perebor_workspace *workspace) {
    const perebor_matrix *rows = &linear->training->rows;
    for (size_t block = 0; block < rows->n_indicators; block++) {
        if (rows->indicators[block].n_levels > linear->levels.n_levels) {
            linear->levels = rows->indicators[block];
        }
    }
    size_t n_columns = rows->n_columns - linear->levels.n_levels;
    linear->size = n_columns + 1;
    linear->total = linear->size + linear->levels.n_levels;
    linear->origins = perebor_workspace_take(workspace, n_columns, sizeof *linear->origins);
    for (size_t column = 0; linear->origins != NULL && column < n_columns; column++) {
        bool behind = linear->levels.n_levels > 0 && column >= linear->levels.first;
        linear->origins[column] = column + (behind ? linear->levels.n_levels : 0);
    }
    return linear->origins != NULL;
}

/** In the middle of the box, with slacks that agree with w = 0 and b = 0. */
static void start(linear *linear) {
    svc_iterate *at = &linear->at;
    for (size_t row = 0; row < at->n; row++) {
        bool pad = row >= linear->rows.n_rows;
        uint8_t label = pad ? 0 : linear->training->labels[row];
        double half = pad ? 1.0 : 0.5 * linear->bounds[label];
        at->sign[row] = pad ? 0.0 : label != 0 ? 1.0 : -1.0;
        at->weight[row] = half;
        at->room[row] = half;
        at->slack[row] = 1.0;
        at->loss[row] = pad ? 1.0 : 2.0;
    }
}

/** Gives each array its place in the memory taken. @param[in] n  Rows, padded. */
static void place_arrays(linear *linear, size_t n) {
    svc_iterate *at = &linear->at;
    double **const of_rows[row_arrays] = {
        &at->sign,        &at->weight,     &at->room,     &at->slack,  &at->loss,
        &at->decision,    &at->scaling,    &at->target,   &at->turned, &at->direction,
        &at->weight_step, &at->slack_step, &at->loss_step};
    double **const of_columns[column_arrays] = {&linear->centres,   &linear->scales,
                                                &linear->penalties, &linear->weights,
                                                &linear->best,      &linear->step};
    double *next = linear->arrays;
    for (size_t i = 0; i < row_arrays; i++, next += n) {
        *of_rows[i] = next;
    }
    linear->weighted = next;
    next += SVC_INTERIOR_SCRATCH;
    for (size_t i = 0; i < column_arrays; i++, next += linear->total) {
        *of_columns[i] = next;
    }
    linear->factor = next;
    linear->pivots = next + linear->size * linear->size;
    linear->cross = linear->pivots + linear->levels.n_levels;
    at->n = n;
}

static perebor_status linear_create(linear *solver, const perebor_training *training,
                                    const double bounds[2], perebor_workspace *workspace,
                                    perebor_error *error) {
    const perebor_matrix *rows = &training->rows;
    size_t n = rows->stride;
    linear result = {
        .vector = PEREBOR_KERNEL_PICK(svc_interior), .training = training, .bounds = bounds};
    if (!divide_columns(&result, workspace)) {
        (void)perebor_no_memory(error, "to solve for %zu columns", rows->n_columns);
        return PEREBOR_ERR_MEMORY;
    }
    size_t size = result.size;
    size_t n_levels = result.levels.n_levels;
    perebor_status status =
        perebor_matrix_create(&result.rows, rows->n_rows, size - 1, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    result.arrays = perebor_workspace_take_zeroed(workspace,
                                                  row_arrays * n + SVC_INTERIOR_SCRATCH +
                                                      column_arrays * result.total + size * size +
                                                      n_levels * (size + 1),
                                                  sizeof *result.arrays);
    if (result.arrays == NULL) {
        (void)perebor_no_memory(error, "to solve for %zu rows and %zu columns", rows->n_rows,
                                rows->n_columns);
        return PEREBOR_ERR_MEMORY;
    }
    place_arrays(&result, n);
    *solver = result;
    return PEREBOR_OK;
}

/** Products of all columns, levels too, with values. @param[out] sums  [total] */
static void project(const linear *linear, const double *values, double *sums) {
    const perebor_indicators *levels = &linear->levels;
    double *of_levels = sums + linear->size;
    linear->vector->project(&linear->rows, values, sums);
    memset(of_levels, 0, levels->n_levels * sizeof *of_levels);
    for (size_t row = 0; levels->n_levels > 0 && row < linear->rows.n_rows; row++) {
        if (levels->codes[row] < levels->n_levels) {
            of_levels[levels->codes[row]] += values[row];
        }
    }
}

/** The sum of all columns, levels too, by their weights. @param[in] weights  [total] */
static void combine(const linear *linear, const double *weights, double *decisions) {
    const perebor_indicators *levels = &linear->levels;
    const double *of_levels = weights + linear->size;
    linear->vector->combine(&linear->rows, weights, decisions);
    for (size_t row = 0; levels->n_levels > 0 && row < linear->rows.n_rows; row++) {
        if (levels->codes[row] < levels->n_levels) {
            decisions[row] += of_levels[levels->codes[row]];
        }
    }
}

/** Solves U'U x = x; breaks off at the deadline. */
static void solve(const double *factor, size_t size, double *x) {
    size_t worked = 0;
    for (size_t i = 0; i < size && !perebor_deadline_passed_after(&worked, size - i); i++) {
        const double *row = factor + i * size;
        x[i] /= row[i];
        for (size_t j = i + 1; j < size; j++) {
            x[j] -= row[j] * x[i];
        }
    }
    for (size_t i = size; i-- > 0 && !perebor_deadline_passed_after(&worked, size - i);) {
        const double *row = factor + i * size;
        for (size_t j = i + 1; j < size; j++) {
            x[i] -= row[j] * x[j];
        }
        x[i] /= row[i];
    }
}

/** h_l and c_l of every level. */
static void sum_levels(linear *linear) {
    const perebor_indicators *levels = &linear->levels;
    const perebor_matrix *rows = &linear->rows;
    size_t size = linear->size;
    for (size_t level = 0; level < levels->n_levels; level++) {
        linear->pivots[level] = 1.0;
    }
    memset(linear->cross, 0, levels->n_levels * size * sizeof *linear->cross);
    for (size_t row = 0; row < rows->n_rows; row++) {
        if (levels->codes[row] < levels->n_levels) {
            linear->pivots[levels->codes[row]] += linear->at.scaling[row];
            linear->cross[levels->codes[row] * size + size - 1] += linear->at.scaling[row];
        }
    }
    for (size_t column = 0; column + 1 < size && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < rows->n_rows; row++) {
            if (levels->codes[row] < levels->n_levels) {
                linear->cross[levels->codes[row] * size + column] +=
                    linear->at.scaling[row] * values[row];
            }
        }
    }
}

/** x = r - sum_l c_l r_l / h_l, of the columns but the levels. */
static void leave_levels(const linear *linear, double *x) {
    for (size_t level = 0; level < linear->levels.n_levels; level++) {
        const double *cross = linear->cross + level * linear->size;
        double share = x[linear->size + level] / linear->pivots[level];
        for (size_t i = 0; i < linear->size; i++) {
            x[i] -= cross[i] * share;
        }
    }
}

/** dw_l = (r_l - c_l.dr) / h_l */
static void return_levels(const linear *linear, double *x) {
    for (size_t level = 0; level < linear->levels.n_levels; level++) {
        const double *cross = linear->cross + level * linear->size;
        double *at = &x[linear->size + level];
        for (size_t i = 0; i < linear->size; i++) {
            *at -= cross[i] * x[i];
        }
        *at /= linear->pivots[level];
    }
}

/** The step of (w, b) for the targets of the rows, and its effect on their decisions. */
static void find_direction(linear *linear) {
    project(linear, linear->at.turned, linear->step);
    for (size_t i = 0; i < linear->total; i++) {
        linear->step[i] -= linear->penalties[i] * linear->weights[i];
    }
    leave_levels(linear, linear->step);
    solve(linear->factor, linear->size, linear->step);
    return_levels(linear, linear->step);
    combine(linear, linear->step, linear->at.direction);
}

static void prepare_normal(linear *linear) {
    linear->vector->normal(&linear->rows, linear->at.scaling, linear->weighted, linear->factor);
    for (size_t i = 0; i < linear->size; i++) {
        linear->factor[i * linear->size + i] += linear->penalties[i];
    }
    if (linear->levels.n_levels > 0) {
        sum_levels(linear);
        linear->vector->eliminate(linear->cross, linear->pivots, linear->levels.n_levels,
                                  linear->size, linear->factor);
    }
    linear->vector->factorise(linear->factor, linear->size);
}

/** One predictor and corrector step. @return how far it went. */
static double advance(linear *linear, double products) {
    const svc_interior *vector = linear->vector;
    double affine = 0.0;
    prepare_normal(linear);
    find_direction(linear);
    (void)vector->affine(&linear->at, &affine);
    double ratio = affine / products;
    double centre = ratio * ratio * ratio * products / (2.0 * (double)linear->rows.n_rows);
    vector->correct(&linear->at, centre);
    find_direction(linear);
    double step = 0.995 * vector->finish(&linear->at);
    vector->advance(&linear->at, step);
    for (size_t i = 0; i < linear->total; i++) {
        linear->weights[i] += step * linear->step[i];
    }
    return step;
}

/** The value of the dual: the sum of a_i - 1/2 |w|^2. */
static double dual_value(const linear *linear) {
    double norm = 0.0;
    for (size_t i = 0; i < linear->total; i++) {
        norm += linear->penalties[i] * linear->weights[i] * linear->weights[i];
    }
    return sum_of(linear->at.weight, linear->rows.n_rows) - 0.5 * norm;
}

/** What a gap is held against beside the dual value: 1, or where costs are small, their sum, which
 * is the loss of all points on the margin's wrong side by 1. */
static double least_value(const linear *linear) {
    double sum = 0.0;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        sum += linear->bounds[linear->training->labels[row]];
    }
    return fmin(sum, 1.0);
}

/**
 * At the optimum z or a is 0, and v or C - a. A row whose two factors, in their units, are not far
 * from equal may be where both are 0: on the margin, but nothing to the weights. In such rows z
 * falls with the root of the gap.
 */
static bool is_open(double factor, double other, double bound) {
    return factor * bound <= much * other && other <= much * (factor * bound);
}

static bool any_open(const linear *linear) {
    const svc_iterate *at = &linear->at;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        double bound = linear->bounds[linear->training->labels[row]];
        if (is_open(at->slack[row], at->weight[row], bound) ||
            is_open(at->loss[row], at->room[row], bound)) {
            return true;
        }
    }
    return false;
}

/** Whether a row may lie on the margin: neither z nor v is much greater than its factor. */
static bool may_be_on_margin(const linear *linear, size_t row) {
    const svc_iterate *at = &linear->at;
    double bound = linear->bounds[linear->training->labels[row]];
    return at->slack[row] * bound <= much * at->weight[row] &&
           at->loss[row] * bound <= much * at->room[row];
}

/**
 * The gap at which to stop. A gap g leaves decisions uncertain by up to about the root of g, so
 * where they span less than 1 it shrinks with the square of that.
 */
static double aim(const linear *linear) {
    double lowest = INFINITY;
    double highest = -INFINITY;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        lowest = fmin(lowest, linear->at.decision[row]);
        highest = fmax(highest, linear->at.decision[row]);
    }
    double range = fmin(highest - lowest, 1.0);
    return fmax(close_enough * range * range, closest);
}

/** Whether to stop. A few steps more settle rows that are open. */
static bool is_close(const linear *linear, double gap, uint32_t *extra) {
    if (gap > close_enough || gap > aim(linear)) {
        return false;
    }
    return gap <= closest || (*extra)++ >= most_extra || !any_open(linear);
}

/** Iterates until the gap closes, or no longer does. */
static void close_gap(linear *linear, uint64_t max_iterations, svc_hyperplane *plane) {
    double best = INFINITY;
    double infeasible = 1.0; // share of what violates sum a_i s_i x_i = w at the start
    double least = least_value(linear);
    uint32_t extra = 0;
    uint32_t since_best = 0;
    uint64_t cap = max_iterations < iteration_cap ? max_iterations : iteration_cap;
    for (plane->iterations = 0;; plane->iterations++) {
        combine(linear, linear->weights, linear->at.decision);
        double products = linear->vector->predict(&linear->at);
        double gap = products / (least + fabs(dual_value(linear))) + infeasible;
        if (!isfinite(gap)) {
            break;
        }
        since_best++;
        if (gap < best) {
            since_best = 0;
            best = gap;
            memcpy(linear->best, linear->weights, linear->total * sizeof *linear->best);
        }
        if (is_close(linear, gap, &extra) || plane->iterations >= cap || since_best > patience ||
            perebor_deadline_passed()) {
            break;
        }
        infeasible *= 1.0 - advance(linear, products);
    }
    plane->converged = best <= acceptable;
}

/**
 * The bias. With a free point, it is the one found. Without any, an interval of them is optimal;
 * as LIBSVM does, its middle is taken.
 */
static double choose_bias(linear *linear) {
    const svc_iterate *at = &linear->at;
    size_t p = linear->size - 1;
    double bias = linear->best[p];
    double least = -INFINITY;
    double greatest = INFINITY;
    combine(linear, linear->best, linear->at.decision);
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        uint8_t label = linear->training->labels[row];
        double bound = linear->bounds[label];
        bool at_zero = at->slack[row] * bound > at->weight[row];
        bool at_bound = at->loss[row] * bound > at->room[row];
        if (at_zero == at_bound) {
            return bias;
        }
        double error = at->sign[row] - (at->decision[row] - bias);
        if ((label != 0) == at_zero) {
            least = error > least ? error : least;
        } else {
            greatest = error < greatest ? error : greatest;
        }
    }
    return least < greatest ? 0.5 * (least + greatest) : bias;
}

/**
 * Without a free row every a_i is 0 or C, and w is the sum of C_i s_i x_i. @return how far
 * decisions are from those of that sum
 */
static double error_of_bounds(linear *linear) {
    svc_iterate *at = &linear->at;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        double bound = linear->bounds[linear->training->labels[row]];
        bool at_bound = at->slack[row] * bound <= at->weight[row];
        at->turned[row] = at_bound ? at->sign[row] * bound : 0.0;
    }
    project(linear, at->turned, linear->step);
    for (size_t i = 0; i < linear->total; i++) {
        bool constant = i + 1 == linear->size;
        linear->step[i] = constant ? 0.0 : linear->step[i] / linear->penalties[i] - linear->best[i];
    }
    combine(linear, linear->step, at->direction);
    double error = 0.0;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        error = fmax(error, fabs(at->direction[row]));
    }
    return error;
}

/** By how much a sum of weights[j] x[j] and the bias may be rounded. */
static double rounding_error(const linear *linear, const svc_hyperplane *plane) {
    double sum = fabs(plane->bias);
    for (size_t column = 0; column + 1 < linear->size; column++) {
        sum += fabs(plane->weights[linear->origins[column]]) *
               (fabs(linear->centres[column]) + linear->scales[column]);
    }
    for (size_t level = 0; level < linear->levels.n_levels; level++) {
        sum += fabs(plane->weights[linear->levels.first + level]);
    }
    return 0x1p-50 * sum;
}

/**
 * The rows that are free lie on the margin, s_i f(x_i) = 1, and show by how much decisions are off.
 * Decisions of the best weights are in place.
 *
 * @param bias  Of the scaled columns.
 */
static void find_precision(linear *linear, double bias, svc_hyperplane *plane) {
    const svc_iterate *at = &linear->at;
    double change = bias - linear->best[linear->size - 1];
    svc_precision found = {.lowest = INFINITY, .highest = -INFINITY};
    bool any_free = false;
    for (size_t row = 0; row < linear->rows.n_rows; row++) {
        double decision = at->decision[row] + change;
        found.lowest = fmin(found.lowest, decision);
        found.highest = fmax(found.highest, decision);
        if (may_be_on_margin(linear, row)) {
            any_free = true;
            found.error = fmax(found.error, fabs(at->sign[row] * decision - 1.0));
        }
    }
    found.error = any_free ? found.error : error_of_bounds(linear);
    found.error += rounding_error(linear, plane);
    plane->precision = found;
}

perebor_status svc_linear_solve(const perebor_training *training, const double bounds[2],
                                uint64_t max_iterations, perebor_workspace *workspace,
                                svc_hyperplane *plane, perebor_error *error) {
    linear linear = {.training = training, .bounds = bounds};
    svc_hyperplane result = {.weights = plane->weights};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    perebor_status status = linear_create(&linear, training, bounds, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    standardise_all(&linear);
    start(&linear);
    close_gap(&linear, max_iterations, &result);
    status = perebor_deadline_check(error);
    double bias = choose_bias(&linear);
    result.bias = bias;
    size_t too_large = SIZE_MAX; // A column whose squares overflow.
    for (size_t column = 0; column + 1 < linear.size; column++) {
        double *weight = &result.weights[linear.origins[column]];
        if (too_large == SIZE_MAX && !isfinite(linear.scales[column])) {
            too_large = linear.origins[column];
        }
        *weight = linear.best[column] / linear.scales[column];
        result.bias -= *weight * linear.centres[column];
    }
    for (size_t level = 0; level < linear.levels.n_levels; level++) {
        result.weights[linear.levels.first + level] = linear.best[linear.size + level];
    }
    find_precision(&linear, bias, &result);
    perebor_workspace_return(workspace, begin);
    if (status != PEREBOR_OK) {
        return status;
    }
    if (too_large != SIZE_MAX) {
        char name[PEREBOR_COLUMN_IN_MESSAGE];
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "the values of %s are too large to square: scale the column",
                            perebor_training_column(training, too_large, name));
    }
    if (!isfinite(result.bias)) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "the columns are too large to add up: scale them");
    }
    *plane = result;
    return PEREBOR_OK;
}
