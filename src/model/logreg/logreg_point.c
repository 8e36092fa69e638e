// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_point.h"

#include <math.h>
#include <string.h>

/** l1_j |u_j| + (l2_j / 2) u_j^2 */
double logreg_point_penalty(const logreg_point *point, size_t column, double weight) {
    return point->l1[column] * fabs(weight) + 0.5 * point->l2[column] * (weight * weight);
}

double logreg_point_total_penalty(const logreg_point *point) {
    double sum = 0.0;
    for (size_t column = 0; column < point->problem->n_columns; column++) {
        sum += logreg_point_penalty(point, column, point->weights[column]);
    }
    return sum;
}

/** u_j = q_j w_j: l1_j = l1 / q_j and l2_j = l2 / q_j^2. */
static void set_penalty(logreg_point *point, logreg_penalty penalty) {
    const logreg_problem *problem = point->problem;
    for (size_t column = 0; column < problem->n_columns; column++) {
        bool free = column == 0 && problem->free_intercept;
        double unit = free ? 0.0 : 1.0 / problem->scales[column];
        point->l1[column] = penalty.l1 * unit;
        point->l2[column] = penalty.l2 * unit * unit;
    }
}

/**
 * u_0 is the intercept that is best for weights of 0, log(n_1 / n_0) where it is free and classes
 * are not balanced; the other u_j are 0.
 */
void logreg_point_start(logreg_point *point, logreg_penalty penalty) {
    const logreg_problem *problem = point->problem;
    const double *signs = problem->columns;
    set_penalty(point, penalty);
    for (size_t row = 0; row < problem->stride; row++) {
        point->margins[row] = problem->start_intercept * signs[row];
    }
    memset(point->weights, 0, problem->ld * sizeof *point->weights);
    point->weights[0] = problem->start_intercept;
    memcpy(point->gradient, problem->start_gradient, problem->ld * sizeof *point->gradient);
    point->objective = problem->start_loss + logreg_point_total_penalty(point);
}

double logreg_point_advance(logreg_point *point, double alpha) {
    const logreg_problem *problem = point->problem;
    return problem->kernels->advance(point->margins, point->direction, alpha, problem->columns,
                                     problem->stride, problem->weights, point->pull, point->root);
}

double logreg_point_go(logreg_point *point, const double *steps, double *loss,
                       void (*arrived)(void *context, size_t from, size_t to), void *context) {
    const logreg_problem *problem = point->problem;
    logreg_way way = {.rows = {point->margins, problem->columns, point->pull, point->root},
                      .direction = point->direction,
                      .stride = problem->stride,
                      .n_columns = problem->n_dense,
                      .steps = steps,
                      .weights = problem->weights,
                      .gradient = point->gradient,
                      .lanes = point->lanes,
                      .arrived = arrived,
                      .context = context};
    const double largest = problem->view_kernels->go(&way, problem->views);
    *loss = way.loss;
    return largest;
}

/** Back to the weights of the original columns: w_j = u_j / q_j, b = u_0 - sum_j w_j c_j. */
perebor_status logreg_point_finish(const logreg_point *point, logreg_solution *solution,
                                   perebor_error *error) {
    const logreg_problem *problem = point->problem;
    memset(solution->coefficients, 0, problem->n_features * sizeof *solution->coefficients);
    solution->intercept = point->weights[0];
    for (size_t column = 1; column < problem->n_columns; column++) {
        double weight = point->weights[column] / problem->scales[column];
        solution->coefficients[problem->features[column]] = weight;
        solution->intercept -= weight * problem->centres[column];
    }
    if (!isfinite(solution->intercept)) {
        return perebor_fail(error, PEREBOR_ERR_NUMERIC,
                            "the intercept of logistic regression is not a finite number");
    }
    return PEREBOR_OK;
}
