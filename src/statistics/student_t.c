// SPDX-License-Identifier: MIT
#include "statistics/student_t.h"

#include <math.h>
#include <stdbool.h>

#include "statistics/incomplete_beta.h"
#include "statistics/tail_probability.h"

enum { most_steps = 2200 }; // More than bisection takes over all doubles.

/** P(|T| < t) = I_x(1/2, dof/2), x = t^2 / (dof + t^2): precise where little lies inside. */
static double inside(double t, double dof) {
    double square = t * t;
    return perebor_beta_lower(0.5, 0.5 * dof, square / (dof + square));
}

/**
 * The t > 0 that so much lies within, or without: by bisection, which needs nothing of the function
 * but that it is monotone. Doubling brackets it first.
 */
static double solve(double share, double dof, bool is_tail) {
    double low = 0.0;
    double high = 1.0;
    while (isfinite(high) &&
           (is_tail ? perebor_t_tails(high, dof) > share : inside(high, dof) < share)) {
        low = high;
        high *= 2.0;
    }
    for (int step = 0; step < most_steps; step++) {
        double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) {
            break;
        }
        bool beyond =
            is_tail ? perebor_t_tails(middle, dof) <= share : inside(middle, dof) >= share;
        *(beyond ? &high : &low) = middle;
    }
    return high;
}

double perebor_t_quantile(double p, double dof) {
    if (!(p >= 0.0) || !(p <= 1.0) || !(dof > 0.0)) {
        return NAN;
    }
    if (p == 0.0 || p == 1.0) {
        return p == 0.0 ? -INFINITY : INFINITY;
    }
    if (p == 0.5) {
        return 0.0;
    }
    double tail = p < 0.5 ? p : 1.0 - p;
    // Both sides together; from the middle where that is the smaller part.
    double size = tail < 0.25 ? solve(2.0 * tail, dof, true) : solve(1.0 - 2.0 * tail, dof, false);
    return p < 0.5 ? -size : size;
}
