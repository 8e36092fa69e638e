// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_sweep.h"

#include <math.h>

#include "base/deadline.h"
#include "model/logreg/logreg_vectors.h"

/** r_j over one column, from the drag. */
static double slope_of(const logreg_implicit *q, size_t column) {
    const logreg_point *at = q->at;
    const logreg_problem *problem = at->problem;
    double sum;
    if (column < problem->n_dense && q->packed != NULL) {
        sum = problem->view_kernels->packed_product(q->packed, problem->stride, problem->n_dense,
                                                    column, q->drag);
    } else if (column < problem->n_dense) {
        problem->view_kernels->gradient(&sum, problem->views + column, problem->columns,
                                        problem->stride, 1, q->drag);
        sum = -sum;
    } else {
        sum = logreg_sparse_dot(logreg_problem_sparse(problem, column), q->drag);
    }
    return at->gradient[column] + at->l2[column] * q->values[column] + sum;
}

/** drag += by * W * column */
static void drag_along(logreg_implicit *q, size_t column, double by) {
    const logreg_problem *problem = q->at->problem;
    if (column < problem->n_dense && q->packed != NULL) {
        problem->view_kernels->packed_drag(q->drag, q->packed, problem->stride, problem->n_dense,
                                           column, by, q->curvature);
        return;
    }
    if (column < problem->n_dense) {
        problem->view_kernels->drag(q->drag, &problem->views[column], problem->columns,
                                    problem->stride, by, q->curvature);
        return;
    }
    const logreg_sparse_column *sparse = logreg_problem_sparse(problem, column);
    for (size_t k = 0; k < sparse->n_values; k++) {
        size_t row = sparse->rows[k];
        q->drag[row] += by * (q->curvature[row] * sparse->values[k]);
    }
}

/** The best value of a variable alone: u - r / h, moved towards 0 by l1 / h, but not beyond. */
static double best_alone(const logreg_implicit *q, size_t column) {
    double h = q->diagonal[column];
    double slope = slope_of(q, column);
    if (q->values[column] == 0.0 && fabs(slope) <= q->at->l1[column]) {
        return 0.0; // where most are: rounded quotients are in the order of what is divided
    }
    double free = q->values[column] - slope / h;
    double threshold = q->at->l1[column] / h;
    return free > threshold ? free - threshold : free < -threshold ? free + threshold : 0.0;
}

/**
 * One sweep of coordinate descent.
 *
 * @param[out] gone  Sum of h_j d_j^2 over the changes d_j. A variable goes from where it is e_j off
 *                   by e_j / h_j, so this is what measure() gives, each term in its turn.
 * @return How many variables came into use or out of it.
 */
static size_t sweep(logreg_implicit *q, double *gone) {
    const logreg_problem *problem = q->at->problem;
    size_t n_changed = 0;
    size_t worked = 0;
    *gone = 0.0;
    for (size_t column = 0; column < problem->n_columns; column++) {
        size_t dense = column < problem->n_dense;
        if (perebor_deadline_passed_after(
                &worked,
                dense ? problem->stride : logreg_problem_sparse(problem, column)->n_values)) {
            break;
        }
        if (!(q->diagonal[column] > 0.0)) {
            continue;
        }
        double value = best_alone(q, column);
        double by = value - q->values[column];
        if (by != 0.0) {
            n_changed += (value == 0.0) != (q->values[column] == 0.0);
            *gone += q->diagonal[column] * (by * by);
            q->values[column] = value;
            drag_along(q, column, by);
        }
    }
    return n_changed;
}

void logreg_sweep_coordinates(logreg_implicit *q, size_t most, double target) {
    logreg_multiply(q->drag, q->curvature, q->moves, q->at->problem->stride);
    size_t n_changed = 1;
    double gone = INFINITY;
    for (size_t k = 0;
         k < most && n_changed > 0 && gone > 0.5 * target && !perebor_deadline_passed(); k++) {
        n_changed = sweep(q, &gone);
    }
}
