// SPDX-License-Identifier: MIT
/*
 * With C the curvature and r the gradient of the smooth part at u, kept up to date,
 *
 *     Q(u) = smooth part + sum_j l1_j |u_j|,   r(u + d) = r(u) + C d.
 *
 * u is the minimum if and only if, for every j,
 *
 *     r_j + l1_j sign(u_j) = 0  where u_j != 0,   |r_j| <= l1_j  where u_j = 0.
 *
 * Feature-sign search (Lee, Battle, Raina and Ng, 2006, algorithm 1) keeps an active set A with a
 * sign theta_j of each member. With the signs given Q is smooth over A, and least at u + d with
 *
 *     C_AA d_A = -(r_A + l1_A theta_A)   by Cholesky's factor, C_AA = R'R.
 *
 * Where a u_j on the way there reaches 0 the walk ends, and j leaves A. At the end of the way, a j
 * outside A with |r_j| > l1_j enters it, theta_j = -sign(r_j); if there is none u is the minimum. Q
 * falls with every walk, so no set of signs comes twice.
 */
#include "model/logreg/logreg_quadratic.h"

#include <math.h>

#include "base/deadline.h"

/** A pivot this much smaller than its diagonal is rounding: the column depends on others. */
static const double rounding = 1e-11;

/** target[from..to) += scale * source, in whole vectors. */
PEREBOR_INLINE void add_scaled(double *target, const double *source, double scale, size_t from,
                               size_t to) {
    vnd factor = vnd_set(scale);
    for (size_t k = from / PEREBOR_NATIVE_LANES * PEREBOR_NATIVE_LANES; k < to;
         k += PEREBOR_NATIVE_LANES) {
        vnd_store(target + k, vnd_load(target + k) + factor * vnd_load(source + k));
    }
}

/** u_j += by, and r += by C_j; the caller does the first. */
PEREBOR_INLINE void move_variable(logreg_quadratic *q, size_t j, double by) {
    add_scaled(q->gradient, q->curvature + j * q->ld, by, 0, q->n);
}

/**
 * The minimum over variable @p j alone: soft thresholding,
 *
 *     S(u_j - r_j / C_jj, l1_j / C_jj),   S(x, t) = sign(x) max(0, |x| - t).
 */
PEREBOR_INLINE double best_alone(const logreg_quadratic *q, size_t j, double inverse) {
    double free = q->values[j] - q->gradient[j] * inverse;
    double threshold = q->l1[j] * inverse;
    return free > threshold ? free - threshold : free < -threshold ? free + threshold : 0.0;
}

static void sweep_coordinates(logreg_quadratic *q) {
    double first_gain = 0.0;
    for (size_t j = 0; j < q->n; j++) {
        double h = q->curvature[j * q->ld + j];
        q->inverse[j] = h > 0.0 ? 1.0 / h : 0.0;
    }
    size_t worked = 0;
    for (size_t sweep = 0; sweep < q->n_sweeps; sweep++) {
        double gain = 0.0;
        for (size_t j = 0; j < q->n; j++) {
            if (perebor_deadline_passed_after(&worked, q->n)) {
                return;
            }
            if (q->inverse[j] == 0.0) {
                continue;
            }
            double value = best_alone(q, j, q->inverse[j]);
            // Q falls by at least by^2 C_jj / 2.
            double by = value - q->values[j];
            if (by != 0.0) {
                q->values[j] = value;
                move_variable(q, j, by);
                gain += by * by * q->curvature[j * q->ld + j];
            }
        }
        first_gain = sweep == 0 ? gain : first_gain;
        if (gain <= 1e-6 * first_gain) {
            break;
        }
    }
}

/**
 * Appends a variable to the factor: one row of Cholesky's algorithm,
 *
 *     R_kn = (C_kn - sum_{i < k} R_ik R_in) / R_kk,   R_nn = sqrt(C_nn - sum_k R_kn^2).
 *
 * A free variable that depends on those before it is left out: it stays where it is. A penalised
 * one gets the smallest pivot, hence a long step, which ends where a sign changes.
 */
static bool append(logreg_quadratic *q, size_t j) {
    const double *curvature = q->curvature + j * q->ld;
    size_t n = q->n_active;
    double *row = q->step;
    for (size_t k = 0; k < n; k++) {
        row[k] = curvature[q->active[k]];
    }
    double pivot = curvature[j];
    for (size_t k = 0; k < n; k++) {
        // What is left of two dependent columns is rounding, which must not be amplified.
        row[k] = q->is_dependent[k] ? 0.0 : row[k] * q->inverse[k];
        pivot -= row[k] * row[k];
        add_scaled(row, q->factor + k * q->ld, -row[k], k + 1, n);
    }
    bool is_dependent = !(pivot > rounding * curvature[j]);
    if (is_dependent) {
        if (q->l1[j] == 0.0 || !(curvature[j] > 0.0)) {
            return false;
        }
        pivot = rounding * curvature[j];
    }
    for (size_t k = 0; k < n; k++) {
        q->factor[k * q->ld + n] = row[k];
    }
    // Zero above and on the diagonal (inverse has it), so that whole vectors may be used.
    memset(q->factor + n * q->ld, 0, q->ld * sizeof *q->factor);
    q->inverse[n] = 1.0 / sqrt(pivot);
    q->active[n] = j;
    q->is_dependent[n] = is_dependent;
    q->n_active = n + 1;
    q->is_settled[j] = true;
    return true;
}

/** Removes the variable at a position; those after it are factored anew. */
static void withdraw(logreg_quadratic *q, size_t position) {
    size_t n = q->n_active;
    q->n_active = position;
    size_t worked = 0;
    for (size_t k = position + 1; k < n && !perebor_deadline_passed_after(&worked, k * k); k++) {
        append(q, q->active[k]);
    }
}

/** step = what takes the active variables to the minimum, their signs given; by position. */
static void solve_active(logreg_quadratic *q) {
    size_t n = q->n_active;
    double *step = q->step;
    memset(step, 0, q->ld * sizeof *step);
    // R'R d = -(r + l1 theta), forwards through R' and back through R
    for (size_t k = 0; k < n; k++) {
        size_t j = q->active[k];
        step[k] = -(q->gradient[j] + q->l1[j] * q->sign[j]);
    }
    for (size_t k = 0; k < n; k++) {
        step[k] *= q->inverse[k];
        add_scaled(step, q->factor + k * q->ld, -step[k], k + 1, n);
    }
    // add_scaled() may have touched what lies beyond the last whole vector of interest
    memset(step + n, 0, (q->ld - n) * sizeof *step);
    for (size_t k = n; k-- > 0;) {
        const double *column = q->factor + k * q->ld;
        v8d sum = v8d_set(0.0);
        for (size_t i = (k + 1) / PEREBOR_LANES * PEREBOR_LANES; i < n; i += PEREBOR_LANES) {
            sum += v8d_load(column + i) * v8d_load(step + i);
        }
        step[k] = (step[k] - v8d_sum(sum)) * q->inverse[k];
    }
}

/** The position whose u_j reaches 0 first on the way, at t = -u_j / d_j, or n_active; that t. */
static size_t first_crossing(const logreg_quadratic *q, double *fraction) {
    size_t first = q->n_active;
    *fraction = 1.0;
    for (size_t k = 0; k < q->n_active; k++) {
        size_t j = q->active[k];
        if (q->l1[j] > 0.0 && !((q->values[j] + q->step[k]) * q->sign[j] > 0.0)) {
            double reached = q->values[j] == 0.0 ? 0.0 : -q->values[j] / q->step[k];
            if (reached < *fraction || first == q->n_active) {
                *fraction = reached;
                first = k;
            }
        }
    }
    return first;
}

/** u += t d over A. */
static void walk(logreg_quadratic *q, double fraction) {
    for (size_t k = 0; k < q->n_active; k++) {
        size_t j = q->active[k];
        double by = fraction * q->step[k];
        q->values[j] += by;
        move_variable(q, j, by);
    }
}

/** The variable at 0 that promises most if let go alone, (|r_j| - l1_j)^2 / (2 C_jj), or n. */
static size_t most_promising(const logreg_quadratic *q, double tolerance) {
    size_t best = q->n;
    double most = 0.0;
    for (size_t j = 0; j < q->n; j++) {
        double excess = fabs(q->gradient[j]) - q->l1[j] - tolerance;
        double h = q->curvature[j * q->ld + j];
        if (!q->is_settled[j] && h > 0.0 && excess > 0.0 && excess * excess > most * h) {
            most = excess * excess / h;
            best = j;
        }
    }
    return best;
}

/** The size of rounding errors in the gradient. */
static double gradient_noise(const logreg_quadratic *q) {
    double largest = 0.0;
    for (size_t j = 0; j < q->n; j++) {
        double size = q->curvature[j * q->ld + j] * fabs(q->values[j]) + fabs(q->gradient[j]);
        largest = size > largest ? size : largest;
    }
    return 1e-14 * largest;
}

static void start_active(logreg_quadratic *q) {
    q->n_active = 0;
    size_t worked = 0;
    for (size_t j = 0; j < q->n && !perebor_deadline_passed_after(&worked, j * j); j++) {
        q->sign[j] = q->values[j] > 0.0 ? 1.0 : q->values[j] < 0.0 ? -1.0 : 0.0;
        q->is_settled[j] = q->l1[j] == 0.0;
        if (q->l1[j] == 0.0 || q->values[j] != 0.0) {
            (void)append(q, j); // one that depends on others stays where it is
        }
    }
}

static void minimise(logreg_quadratic *q) {
    if (q->n_sweeps > 0) {
        sweep_coordinates(q);
    }
    start_active(q);
    double tolerance = gradient_noise(q);
    size_t n_solves_left = 20 * q->n + 100; // far more than ever needed
    while (n_solves_left-- > 0 && !perebor_deadline_passed()) {
        solve_active(q);
        double fraction;
        size_t crossing = first_crossing(q, &fraction);
        walk(q, fraction);
        if (crossing < q->n_active) {
            size_t j = q->active[crossing];
            // One that would not leave 0 was let go by rounding alone: never again.
            q->is_settled[j] = fraction == 0.0;
            q->values[j] = 0.0;
            withdraw(q, crossing);
            continue;
        }
        size_t next = most_promising(q, tolerance);
        if (next == q->n) {
            break;
        }
        // theta_j = -sign(r_j): downhill
        q->sign[next] = q->gradient[next] > 0.0 ? -1.0 : 1.0;
        q->is_settled[next] = true;
        (void)append(q, next);
    }
}

const logreg_quadratic_kernels PEREBOR_KERNEL(logreg_quadratic_kernels) = {
    .minimise = minimise,
};
