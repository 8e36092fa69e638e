// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "model/calibrators.h"

/*
 * eta = a u + b v + c, u = ln q, v = -ln(1 - q); p = 1 / (1 + e^-eta), which minimises
 *
 *     sum_i log(1 + e^eta_i) - t_i eta_i
 *
 * over a, b >= 0 and c. The function is convex: if its free minimum has a or b below 0, the minimum
 * lies where one of them is 0, and both of these edges are tried; an edge whose own minimum is
 * below 0 ends in its corner, where p is one for all rows.
 *
 * Newton's steps, halved until they descend, as in perebor_calibration_fit().
 */
enum { n_weights = 3, offset = 2, max_steps = 100 };
static const double smallest_step = 1e-10;
static const double ridge = 1e-12;      /* Relative to the diagonal. */
static const double small_gain = 1e-10; /* What a whole step gains of the function. */

/** What is fitted, and which of a and b take part. */
typedef struct problem {
    const double *const *logs; /* [2][n] */
    const uint8_t *labels;
    size_t n;
    double targets[2];
    bool active[n_weights];
} problem;

static double feature(const problem *of, size_t row, size_t i) {
    return i == offset ? 1.0 : of->logs[i][row];
}

static double eta_of(const problem *of, const double *weights, size_t row) {
    return weights[0] * of->logs[0][row] + weights[1] * of->logs[1][row] + weights[offset];
}

static double value_of(const problem *of, const double *weights) {
    double sum = 0.0;
    for (size_t row = 0; row < of->n; row++) {
        double eta = eta_of(of, weights, row);
        sum += calibration_softplus(eta) - of->targets[of->labels[row] != 0] * eta;
    }
    return sum;
}

/** gradient = sum (p - t) x; hessian = sum p (1 - p) x x', of active features. */
static void derive(const problem *of, const double *weights, double gradient[n_weights],
                   double hessian[n_weights][n_weights]) {
    memset(gradient, 0, n_weights * sizeof *gradient);
    memset(hessian, 0, n_weights * sizeof *hessian);
    for (size_t row = 0; row < of->n; row++) {
        double eta = eta_of(of, weights, row);
        double p = calibration_sigmoid(-eta);
        double curvature = p * calibration_sigmoid(eta);
        for (size_t i = 0; i < n_weights; i++) {
            gradient[i] += (p - of->targets[of->labels[row] != 0]) * feature(of, row, i);
            for (size_t j = 0; j <= i; j++) {
                hessian[i][j] += curvature * feature(of, row, i) * feature(of, row, j);
            }
        }
    }
    for (size_t i = 0; i < n_weights; i++) {
        for (size_t j = 0; j < i; j++) {
            hessian[i][j] = of->active[i] && of->active[j] ? hessian[i][j] : 0.0;
        }
        gradient[i] = of->active[i] ? gradient[i] : 0.0;
        hessian[i][i] = of->active[i] ? hessian[i][i] * (1.0 + ridge) + ridge : 1.0;
    }
}

/** Solves H step = -g by Cholesky's factors, in the lower half of H; false if it has none. */
static bool solve(double h[n_weights][n_weights], const double *gradient, double *step) {
    for (size_t i = 0; i < n_weights; i++) {
        for (size_t j = 0; j <= i; j++) {
            for (size_t k = 0; k < j; k++) {
                h[i][j] -= h[i][k] * h[j][k];
            }
            if (i == j && !(h[i][i] > 0.0)) {
                return false;
            }
            h[i][j] = i == j ? sqrt(h[i][i]) : h[i][j] / h[j][j];
        }
    }
    for (size_t i = 0; i < n_weights; i++) {
        step[i] = -gradient[i];
        for (size_t k = 0; k < i; k++) {
            step[i] -= h[i][k] * step[k];
        }
        step[i] /= h[i][i];
    }
    for (size_t i = n_weights; i-- > 0;) {
        for (size_t k = i + 1; k < n_weights; k++) {
            step[i] -= h[k][i] * step[k];
        }
        step[i] /= h[i][i];
    }
    return true;
}

/** Goes along a step as far as it descends enough; false if it does nowhere. */
static bool descend(const problem *of, double *weights, const double *step, double slope,
                    double *value) {
    double size = 1.0;
    while (size >= smallest_step) {
        double next[n_weights];
        for (size_t i = 0; i < n_weights; i++) {
            next[i] = weights[i] + size * step[i];
        }
        double there = value_of(of, next);
        if (there < *value + 1e-4 * size * slope) {
            memcpy(weights, next, sizeof next);
            *value = there;
            return true;
        }
        size *= 0.5;
    }
    return false;
}

/** The minimum over the active weights, the others being 0. @return Its value. */
static double minimise(const problem *of, double weights[n_weights]) {
    memset(weights, 0, n_weights * sizeof *weights);
    double value = value_of(of, weights);
    for (int i = 0; i < max_steps; i++) {
        double gradient[n_weights], hessian[n_weights][n_weights], step[n_weights];
        derive(of, weights, gradient, hessian);
        if (!solve(hessian, gradient, step)) {
            break;
        }
        double slope = gradient[0] * step[0] + gradient[1] * step[1] + gradient[2] * step[2];
        if (!descend(of, weights, step, slope, &value) || -slope < small_gain) {
            break;
        }
    }
    return value;
}

/** The minimum on an edge, b or a being 0, or in its corner. */
static double minimise_edge(problem *of, size_t kept, double weights[n_weights]) {
    of->active[kept] = true;
    of->active[1 - kept] = false;
    double value = minimise(of, weights);
    if (weights[kept] < 0.0) {
        of->active[kept] = false;
        value = minimise(of, weights);
    }
    return value;
}

void calibration_fit_beta(perebor_calibration *calibration, const double *const logs[2],
                          const uint8_t *labels, size_t n) {
    double weights[n_weights], other[n_weights];
    problem of = {.logs = logs, .labels = labels, .n = n, .active = {true, true, true}};
    calibration_targets(labels, n, of.targets);
    (void)minimise(&of, weights);
    if (weights[0] < 0.0 || weights[1] < 0.0) {
        double first = minimise_edge(&of, 0, weights);
        double second = minimise_edge(&of, 1, other);
        if (second < first) {
            memcpy(weights, other, sizeof weights);
        }
    }
    calibration->kind = PEREBOR_CALIBRATION_BETA;
    calibration->a = weights[0];
    calibration->b = weights[1];
    calibration->c = weights[offset];
}
