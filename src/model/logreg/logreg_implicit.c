// SPDX-License-Identifier: MIT
/*
 * With W the diagonal matrix of the curvature (second derivatives by the margins) and Z the
 * columns, a product with the curvature of the quadratic is
 *
 *     (H + diag l2) p = Z'(W (Z p)) + diag(l2) p:
 *
 * as many operations as Z has values, twice. Let r_j be the gradient of the smooth part at u + d,
 * h_j = H_jj + l2_j. How far from optimal u + d is, is measured by
 *
 *     sum_j e_j^2 / h_j,   e_j = r_j + l1_j sign(u_j + d_j)  where u_j + d_j != 0 or l1_j = 0,
 *                          e_j = max(0, |r_j| - l1_j)        elsewhere.
 *
 * Conjugate gradients keep e'diag(h)^-1 e anyway.
 */
#include "model/logreg/logreg_implicit.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "model/logreg/logreg_packing.h"
#include "model/logreg/logreg_sweep.h"
#include "model/logreg/logreg_vectors.h"

/** What residuals in single precision are good for, taken at their word. */
static const double trusted_precision = 1e-4;

/** Steps of conjugate gradients in one run, and turns of sweeps and runs. */
enum { most_steps = 2000, most_turns = 100 };

/** Lists the sparse columns in use: the others keep products of 0. */
static void list_sparse(logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    q->used.n_sparse = 0;
    for (size_t column = problem->n_dense; column < problem->n_columns; column++) {
        q->product[column] = 0.0;
        if (q->scale[column] != 0.0) {
            q->used.sparse[q->used.n_sparse++] = column;
        }
    }
}

perebor_status logreg_implicit_create(logreg_implicit **quadratic, const logreg_point *at,
                                      perebor_workspace *workspace, perebor_error *error) {
    size_t ld = at->problem->ld;
    size_t stride = at->problem->stride;
    logreg_implicit *q = perebor_workspace_take_zeroed(workspace, 1, sizeof *q);
    double *memory = perebor_workspace_take_zeroed(workspace, 3 * stride + 11 * ld, sizeof *memory);
    if (q == NULL || memory == NULL) {
        return perebor_no_memory(error, "to solve a logistic regression of %zu columns",
                                 at->problem->n_columns);
    }
    double *vectors = memory + 3 * stride;
    *q = (logreg_implicit){.at = at,
                           .workspace = workspace,
                           .curvature = memory,
                           .moves = memory + stride,
                           .drag = memory + 2 * stride,
                           .values = vectors,
                           .diagonal = vectors + ld,
                           .slope = vectors + 2 * ld,
                           .scale = vectors + 3 * ld,
                           .residual = vectors + 4 * ld,
                           .search = vectors + 5 * ld,
                           .product = vectors + 6 * ld,
                           .correction = vectors + 7 * ld,
                           .given = vectors + 8 * ld,
                           .squares = vectors + 9 * ld,
                           .inverse = vectors + 10 * ld};
    perebor_status status = logreg_packing_begin(q, workspace, error);
    if (status == PEREBOR_OK) {
        *quadratic = q;
    }
    return status;
}

/**
 * H_jj of the dense columns at the present point. Without l1 they are a measure and a
 * preconditioner alone: those of another point will do as long as the curvature is about as much in
 * all.
 */
static void form_squares(logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    double total = 0.0;
    for (size_t row = 0; row < problem->stride; row++) {
        total += q->curvature[row];
    }
    bool is_even = !q->any_l1;
    for (size_t row = 1; is_even && row < problem->n_rows; row++) {
        is_even = q->curvature[row] == q->curvature[0];
    }
    if (is_even) { // columns have a root mean square of 1
        for (size_t column = 0; column < problem->n_dense; column++) {
            q->squares[column] = total;
        }
        q->formed_at = total;
        return;
    }
    if (!q->any_l1 && total >= 0.5 * q->formed_at && total <= 2.0 * q->formed_at) {
        return;
    }
    q->formed_at = total;
    problem->view_kernels->weighted_squares(q->squares, problem->views, problem->stride,
                                            problem->n_dense, q->curvature);
}

/** W and h at the present point; u + d = u. */
static void form(logreg_implicit *q) {
    const logreg_point *at = q->at;
    const logreg_problem *problem = at->problem;
    q->any_l1 = false;
    for (size_t column = 0; column < problem->n_columns; column++) {
        q->slope[column] = at->gradient[column] + at->l2[column] * at->weights[column];
        q->any_l1 = q->any_l1 || at->l1[column] > 0.0;
    }
    logreg_multiply(q->curvature, at->root, at->root, problem->stride);
    form_squares(q);
    for (size_t column = 0; column < problem->n_dense; column++) {
        q->diagonal[column] = q->squares[column] + at->l2[column];
    }
    for (size_t column = problem->n_dense; column < problem->n_columns; column++) {
        const logreg_sparse_column *sparse = logreg_problem_sparse(problem, column);
        double sum = 0.0;
        for (size_t k = 0; k < sparse->n_values; k++) {
            sum += q->curvature[sparse->rows[k]] * (sparse->values[k] * sparse->values[k]);
        }
        q->diagonal[column] = sum + at->l2[column];
    }
    for (size_t column = 0; column < problem->n_columns; column++) {
        q->inverse[column] = q->diagonal[column] > 0.0 ? 1.0 / q->diagonal[column] : 0.0;
    }
    memcpy(q->values, at->weights, problem->ld * sizeof *q->values);
    memset(q->moves, 0, problem->stride * sizeof *q->moves);
}

/** product = H vector, exact to rounding, by the columns as they are; drag and, unless they are the
 * drag, moves of the vector. */
static void curve_exactly(logreg_implicit *q, double *product, const double *vector,
                          double *moves) {
    const logreg_problem *problem = q->at->problem;
    if (problem->n_columns == problem->n_dense) {
        problem->view_kernels->curve(product, problem->views, problem->columns, problem->stride,
                                     problem->n_dense, vector, q->curvature, moves, q->drag,
                                     q->lanes);
        return;
    }
    (void)logreg_problem_combine(problem, moves, vector);
    logreg_multiply(q->drag, q->curvature, moves, problem->stride);
    logreg_problem_gradient(problem, product, q->drag);
    for (size_t k = 0; k < problem->ld; k += PEREBOR_LANES) {
        v8d_store(product + k, -v8d_load(product + k));
    }
}

/** Moves and slopes at the present values, without the rounding of many small changes. */
static void refresh(logreg_implicit *q) {
    const logreg_point *at = q->at;
    const logreg_problem *problem = at->problem;
    for (size_t column = 0; column < problem->n_columns; column++) {
        q->search[column] = q->values[column] - at->weights[column];
    }
    curve_exactly(q, q->slope, q->search, q->moves);
    for (size_t column = 0; column < problem->n_columns; column++) {
        q->slope[column] =
            at->gradient[column] + at->l2[column] * q->values[column] + q->slope[column];
    }
    q->n_products++;
}

/** The quadratic at the present values, whose moves are up to date. */
static double objective(const logreg_implicit *q) {
    const logreg_point *at = q->at;
    double sum =
        0.5 * logreg_sum_of_products(q->curvature, q->moves, q->moves, at->problem->stride);
    for (size_t column = 0; column < at->problem->n_columns; column++) {
        sum += at->gradient[column] * (q->values[column] - at->weights[column]) +
               logreg_point_penalty(at, column, q->values[column]);
    }
    return sum;
}

/** How far from optimal; tells which variables are in use, and what their residual is. */
static double measure(logreg_implicit *q) {
    const logreg_point *at = q->at;
    double sum = 0.0;
    for (size_t column = 0; column < at->problem->n_columns; column++) {
        double value = q->values[column];
        double l1 = at->l1[column];
        double inverse = q->inverse[column];
        bool used = value != 0.0 || l1 == 0.0;
        double sign = value > 0.0 ? 1.0 : value < 0.0 ? -1.0 : 0.0;
        double e = used ? q->slope[column] + l1 * sign : fmax(0.0, fabs(q->slope[column]) - l1);
        q->scale[column] = used ? inverse : 0.0;
        q->residual[column] = used ? -e : 0.0;
        sum += e * e * inverse;
    }
    return sum;
}

/**
 * What measure() gives for rounding alone: a gradient is a sum of n_rows terms, and columns have a
 * root mean square of one, so that by Cauchy and Schwarz these add up to sqrt(n) |pull| at most.
 */
static double noise(const logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    const double *pull = q->at->pull;
    double sum = 0.0;
    double squares = 0.0;
    for (size_t column = 0; column < problem->n_columns; column++) {
        sum += q->inverse[column];
    }
    for (size_t row = 0; row < problem->stride; row++) {
        squares += pull[row] * pull[row];
    }
    return 1e-31 * (double)problem->stride * squares * sum;
}

/** product = (H + diag l2) search, and search'product. */
static double curve_search(logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    if (q->packed != NULL) {
        logreg_problem_curve(problem, q->product, q->packed, &q->used, q->search, q->curvature,
                             q->drag, q->lanes);
    } else if (q->rough) {
        logreg_problem_curve_roughly(problem, q->product, &q->rough_columns, &q->used, q->search,
                                     q->curvature, q->drag, q->lanes);
    } else {
        curve_exactly(q, q->product, q->search, q->drag);
    }
    v8d sum = v8d_set(0.0);
    for (size_t k = 0; k < problem->ld; k += PEREBOR_LANES) {
        v8d search = v8d_load(q->search + k);
        v8d product = v8d_load(q->product + k) + v8d_load(q->at->l2 + k) * search;
        v8d_store(q->product + k, product);
        sum += search * product;
    }
    q->n_products++;
    return v8d_sum(sum);
}

/** What the residual really is: that given, less (H + diag l2) correction. */
static void replace_residual(logreg_implicit *q) {
    size_t ld = q->at->problem->ld;
    curve_exactly(q, q->product, q->correction, q->drag);
    for (size_t k = 0; k < ld; k += PEREBOR_LANES) {
        v8d product =
            v8d_load(q->product + k) + v8d_load(q->at->l2 + k) * v8d_load(q->correction + k);
        v8d_store(q->residual + k, v8d_load(q->given + k) - product);
    }
    q->n_products++;
}

/**
 * correction: conjugate gradients from 0 until the measure is down; the measure reached.
 *
 * Products in single precision let the residual drift from what it really is. It is replaced by
 * that whenever it has come down by 1e3 (van der Vorst and Ye, SIAM J. Sci. Comput. 22, 2000), and
 * at the end; where it has not really come down by half, double precision goes on. Far from the
 * optimum a residual that comes down by less than 1e2 has not drifted to speak of.
 */
static double find_correction(logreg_implicit *q, double target) {
    size_t ld = q->at->problem->ld;
    const double far = 1e-6; // of the measure, a square
    memset(q->correction, 0, ld * sizeof *q->correction);
    memcpy(q->given, q->residual, ld * sizeof *q->given);
    logreg_multiply(q->search, q->residual, q->scale, ld);
    double left = logreg_sum_of_products(q->residual, q->residual, q->scale, ld);
    double replaced = left;
    q->rough = q->is_many;
    list_sparse(q);
    if (q->rough) {
        logreg_packing_pack(q);
    }
    for (size_t step = 0; step < most_steps && left > target; step++) {
        if (perebor_deadline_passed()) {
            break;
        }
        double bend = curve_search(q);
        if (!(bend > 0.0)) { // nothing but directions without curvature
            break;
        }
        logreg_add_scaled(q->correction, left / bend, q->search, ld);
        logreg_add_scaled(q->residual, -(left / bend), q->product, ld);
        double before = left;
        left = logreg_sum_of_products(q->residual, q->residual, q->scale, ld);
        if (q->rough && !q->is_trusted && (left <= target || left <= far * replaced)) {
            replace_residual(q);
            left = logreg_sum_of_products(q->residual, q->residual, q->scale, ld);
            q->rough = left <= 0.25 * replaced;
            replaced = left;
        }
        for (size_t k = 0; k < ld; k += PEREBOR_LANES) {
            v8d_store(q->search + k, v8d_load(q->residual + k) * v8d_load(q->scale + k) +
                                         v8d_set(left / before) * v8d_load(q->search + k));
        }
    }
    return left;
}

/** Goes the part of the correction on which no variable in use changes its sign. */
static void walk_to_first_crossing(logreg_implicit *q) {
    const logreg_problem *problem = q->at->problem;
    size_t first = problem->n_columns;
    double fraction = 1.0;
    for (size_t column = 0; column < problem->n_columns; column++) {
        double value = q->values[column];
        if (q->at->l1[column] > 0.0 && value != 0.0 &&
            !((value + q->correction[column]) * value > 0.0) &&
            -value / q->correction[column] <= fraction) {
            fraction = -value / q->correction[column];
            first = column;
        }
    }
    logreg_add_scaled(q->values, fraction, q->correction, problem->ld);
    if (first < problem->n_columns) {
        q->values[first] = 0.0;
    }
}

/**
 * Takes the correction. Variables whose sign would change stop at 0, if that takes the quadratic
 * down; otherwise all stop where the first one does.
 */
static void take_correction(logreg_implicit *q) {
    const logreg_point *at = q->at;
    size_t n = at->problem->n_columns;
    double before = objective(q);
    double *kept = q->product; // free between two runs
    memcpy(kept, q->values, at->problem->ld * sizeof *kept);
    bool crossed = false;
    for (size_t column = 0; column < n; column++) {
        double value = kept[column] + q->correction[column];
        bool crosses = at->l1[column] > 0.0 && kept[column] != 0.0 && !(value * kept[column] > 0.0);
        q->values[column] = crosses ? 0.0 : value;
        crossed = crossed || crosses;
    }
    if (!crossed) {
        return;
    }
    for (size_t column = 0; column < n; column++) {
        q->search[column] = q->values[column] - at->weights[column];
    }
    (void)logreg_problem_combine(at->problem, q->moves, q->search);
    if (!(objective(q) < before)) {
        memcpy(q->values, kept, at->problem->ld * sizeof *kept);
        walk_to_first_crossing(q);
    }
}

/** With l1: turns of sweeps and conjugate gradients; the measure reached. */
static double take_turns(logreg_implicit *q, double target) {
    double left = 0.0;
    for (size_t turn = 0; turn < most_turns && !perebor_deadline_passed(); turn++) {
        logreg_sweep_coordinates(q, turn == 0 ? 20 : 5, target);
        refresh(q);
        left = measure(q);
        if (left <= target) {
            break;
        }
        (void)find_correction(q, 0.1 * target);
        take_correction(q);
        refresh(q);
        left = measure(q);
        if (left <= target) {
            break;
        }
    }
    return left;
}

void logreg_implicit_restart(logreg_implicit *q) {
    q->n_products = 0;
    q->first = 0.0;
    q->trusts = q->is_many;
    q->formed_at = 0.0;
}

bool logreg_implicit_may_be_rough(const logreg_implicit *q) {
    for (size_t column = 0; column < q->at->problem->n_columns; column++) {
        if (q->at->l1[column] > 0.0) {
            return false;
        }
    }
    return q->is_many && q->at->problem->free_intercept;
}

/**
 * Whether products in single precision are taken at their word. Far from the optimum they are; near
 * it the step before tells: where it has taken the exact gradient down about as far as its residual
 * said, in single precision, so will this one.
 */
static bool may_trust(logreg_implicit *q, double first, double expected, bool is_far) {
    const double about = 4.0;
    const double most = fmax(about * expected, 0.01);
    q->trusts = q->trusts && !q->any_l1 && (is_far || first <= most * most * q->first);
    return q->trusts;
}

perebor_status logreg_implicit_minimise(logreg_implicit *q, double precision, double expected,
                                        bool is_far, perebor_error *error) {
    form(q);
    double first = measure(q);
    q->is_trusted = may_trust(q, first, expected, is_far);
    q->first = first;
    perebor_status status = logreg_packing_make_room(q, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    precision = q->is_trusted ? fmax(precision, trusted_precision) : precision;
    double rounding = noise(q);
    double target = fmax(rounding, precision * precision * first);
    double left;
    if (q->any_l1) {
        left = first > target ? take_turns(q, target) : first;
    } else {
        left = find_correction(q, target);
        logreg_add_scaled(q->values, 1.0, q->correction, q->at->problem->ld);
    }
    q->precision = left > rounding ? sqrt(left / first) : 0.0;
    return perebor_deadline_check(error);
}

double logreg_implicit_combine(logreg_implicit *q, double *direction, const double *steps) {
    q->n_products++;
    return logreg_problem_combine_roughly(q->at->problem, direction, &q->rough_columns, &q->used,
                                          steps, q->lanes);
}

void logreg_implicit_gradient(logreg_implicit *q, double *gradient, double *pull) {
    q->n_products++;
    logreg_problem_gradient_roughly(q->at->problem, gradient, &q->rough_columns, &q->used, pull,
                                    q->lanes);
}
