// SPDX-License-Identifier: MIT
#include "explain/quadrature.h"

#include <stdbool.h>

static const double pi = 3.14159265358979323846;

/** The cosine of an angle in [0, pi / 2], good enough to begin Newton's steps from. */
static double roughly_cos(double angle) {
    double term = 1.0, sum = 1.0, square = angle * angle;
    for (int i = 1; i <= 10; i++) {
        term *= -square / (double)((2 * i - 1) * (2 * i));
        sum += term;
    }
    return sum;
}

/** P_n and its derivative at x in (-1, 1), by (j + 1) P_{j+1} = (2 j + 1) x P_j - j P_{j-1} and
 * (x^2 - 1) P_n' = n (x P_n - P_{n-1}). */
static double legendre(size_t n, double x, double *derivative) {
    double before = 1.0, value = x;
    for (size_t j = 1; j < n; j++) {
        double next = ((double)(2 * j + 1) * x * value - (double)j * before) / (double)(j + 1);
        before = value;
        value = next;
    }
    *derivative = (double)n * (x * value - before) / (x * x - 1.0);
    return value;
}

/** The i-th largest root of P_n, of the upper half: Newton's steps from Tricomi's guess. */
static double root(size_t n, size_t i) {
    enum { steps = 12 };
    double x = roughly_cos(pi * ((double)i + 0.75) / ((double)n + 0.5));
    for (int step = 0; step < steps; step++) {
        double slope;
        double value = legendre(n, x, &slope);
        x -= value / slope;
    }
    return x;
}

perebor_status explain_quadrature_make(explain_quadrature *quadrature, size_t degree,
                                       perebor_workspace *workspace, perebor_error *error) {
    size_t n = degree / 2 + 1; // n nodes are exact up to degree 2 n - 1
    double *nodes = perebor_workspace_take(workspace, n, sizeof *nodes);
    double *weights = perebor_workspace_take(workspace, n, sizeof *weights);
    if (nodes == NULL || weights == NULL) {
        return perebor_no_memory(error, "for %zu nodes of quadrature", n);
    }
    for (size_t i = 0; i < (n + 1) / 2; i++) {
        bool middle = 2 * i + 1 == n;
        double x = middle ? 0.0 : root(n, i), slope;
        (void)legendre(n, x, &slope);
        // On [-1, 1] the weight is 2 / ((1 - x^2) P_n'(x)^2); [0, 1] is half as long.
        double weight = 1.0 / ((1.0 - x * x) * slope * slope);
        nodes[i] = 0.5 * (1.0 - x);
        nodes[n - 1 - i] = 0.5 * (1.0 + x);
        weights[i] = weights[n - 1 - i] = weight;
    }
    *quadrature = (explain_quadrature){.n_nodes = n, .nodes = nodes, .weights = weights};
    return PEREBOR_OK;
}
