// SPDX-License-Identifier: MIT
/*
 * L is convex and piecewise linear. It is smoothed (Nesterov, Mathematical Programming 103, 2005),
 *
 *     L_τ(w) = Σ_k w_k + Σ_i τ log(1 + Σ_o exp(r_io / τ)) - ν Σ_k log w_k,
 *     r_io   = net_io - Σ_k w_k a_iok,
 *
 * with the amounts a_k in units of the capacity, so that w_k is in the unit of net, and a barrier
 * that keeps w positive. L_τ is as smooth as one likes: Newton's method finds its minimum in a few
 * steps, from where τ and ν are lowered together until L_τ and L are the same for all that matters.
 * Every w on the way gives a bound; the least is kept.
 */
#include "offer/knapsack_dual.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"

enum {
    most_sampled = 5000,    /**< Rows that the first prices are found on. */
    most_newton_steps = 12, /**< At one τ. */
    most_halvings = 30,     /**< How often a step is halved that does not descend. */
};

static const double lowering = 0.4; // of τ from one minimum to the next

/**
 * The last τ, as a share of the mean net. About n τ of n rows are so close to a tie that smoothing
 * tells, by τ each: in L that is τ², or K τ / n where there are so few that the K limits decide.
 */
static double last_share(size_t n_rows) {
    double share = 1e-7 * (double)n_rows;
    return share < 1e-6 ? 1e-6 : share < 1e-3 ? share : 1e-3;
}

/** The barrier, likewise: what it adds to L is as much as it is. */
static double barrier_share(double share) {
    return share * share < 1e-7 ? 1e-7 : share * share;
}

/** Every stride-th row of a problem, each for as many as there are for one of them. */
typedef struct dual {
    const knapsack *problem;
    size_t stride, n_limits;
    double weight;    /**< What a row weighs. */
    double *per_unit; /**< [n_limits] 1 / capacity */
    double *w;        /**< [n_limits] */
    double smoothing, barrier;
    double *gradient, *hessian; /**< [n_limits], [n_limits][n_limits] */
    double *mean, *trial, *step;
    double *powers;    /**< [most options of a row] */
    uint16_t *touched; /**< [n_limits] limits that a row's options draw upon */
} dual;

double knapsack_reduced(const knapsack_option *option, const double *price) {
    double reduced = option->net;
    for (size_t u = 0; u < KNAPSACK_MOST_USES; u++) {
        if (option->limits[u] != KNAPSACK_NO_LIMIT) {
            reduced -= price[option->limits[u]] * (double)knapsack_amount(option, u);
        }
    }
    return reduced;
}

double knapsack_bound(const knapsack *problem, const double *price) {
    double bound = 0.0;
    for (size_t row = 0; row < problem->n_rows; row++) {
        double best = 0.0;
        for (uint32_t o = problem->first[row]; o < problem->first[row + 1]; o++) {
            double reduced = knapsack_reduced(&problem->options[o], price);
            best = reduced > best ? reduced : best;
        }
        bound += best;
    }
    for (size_t k = 0; k < problem->n_limits; k++) {
        bound += price[k] * (double)problem->capacity[k];
    }
    return bound;
}

/** a_k of the u-th limit of an option. */
static double share_of(const dual *dual, const knapsack_option *option, size_t u) {
    return (double)knapsack_amount(option, u) * dual->per_unit[option->limits[u]];
}

/** r at prices w in units of the capacities. */
static double reduced_at(const dual *dual, const knapsack_option *option, const double *w) {
    double reduced = option->net;
    for (size_t u = 0; u < KNAPSACK_MOST_USES; u++) {
        if (option->limits[u] != KNAPSACK_NO_LIMIT) {
            reduced -= w[option->limits[u]] * share_of(dual, option, u);
        }
    }
    return reduced;
}

/**
 * exp((r_o - m) / τ) of the options of a row, m the greatest r, none counting as 0.
 *
 * @param[out] powers  [options of the row] 0 where it is below e^-40.
 * @return m + τ log Σ exp((r - m) / τ), with that of none; *total is the sum.
 */
static double soften(const dual *dual, size_t row, const double *w, double *total) {
    const knapsack *problem = dual->problem;
    uint32_t first = problem->first[row], n = problem->first[row + 1] - first;
    double most = 0.0, scale = 1.0 / dual->smoothing, *powers = dual->powers;
    for (uint32_t i = 0; i < n; i++) {
        powers[i] = reduced_at(dual, &problem->options[first + i], w);
        most = powers[i] > most ? powers[i] : most;
    }
    double sum = most * scale < 40.0 ? perebor_exp(-most * scale) : 0.0;
    for (uint32_t i = 0; i < n; i++) {
        double away = (most - powers[i]) * scale;
        powers[i] = away == 0.0 ? 1.0 : away < 40.0 ? perebor_exp(-away) : 0.0;
        sum += powers[i];
    }
    *total = sum;
    return sum == 1.0 ? most : most + dual->smoothing * perebor_log(sum);
}

/** Σ_k w_k - ν Σ_k log w_k */
static double price_terms(const dual *dual, const double *w) {
    double sum = 0.0;
    for (size_t k = 0; k < dual->n_limits; k++) {
        sum += w[k] - dual->barrier * perebor_log(w[k]);
    }
    return sum;
}

/** L_τ(w) */
static double smoothed(const dual *dual, const double *w) {
    const knapsack *problem = dual->problem;
    double sum = 0.0, total;
    for (size_t row = 0; row < problem->n_rows; row += dual->stride) {
        sum += soften(dual, row, w, &total);
    }
    return price_terms(dual, w) + dual->weight * sum;
}

/** Adds Σ_o p_o a_o a_oᵀ / τ of a row to the Hessian and Σ_o p_o a_o to the row's mean. */
static void add_option(dual *dual, const knapsack_option *option, double p, size_t *n_touched) {
    for (size_t u = 0; u < KNAPSACK_MOST_USES; u++) {
        size_t k = option->limits[u];
        if (k == KNAPSACK_NO_LIMIT) {
            continue;
        }
        double share = p * share_of(dual, option, u);
        if (dual->mean[k] == 0.0 && share > 0.0) {
            dual->touched[(*n_touched)++] = (uint16_t)k;
        }
        dual->mean[k] += share;
        for (size_t v = 0; v < KNAPSACK_MOST_USES; v++) {
            if (option->limits[v] != KNAPSACK_NO_LIMIT) {
                dual->hessian[k * dual->n_limits + option->limits[v]] +=
                    dual->weight * share * share_of(dual, option, v) / dual->smoothing;
            }
        }
    }
}

/**
 * Gradient and Hessian of L_τ at w: with p_o = exp(r_o / τ) / (1 + Σ exp(r / τ)) of each row,
 *
 *     ∂_k     = 1 - Σ_i Σ_o p_o a_ok - ν / w_k
 *     ∂_k ∂_l = Σ_i (Σ_o p_o a_ok a_ol - Σ_o p_o a_ok Σ_o p_o a_ol) / τ + [k = l] ν / w_k²
 */
static void differentiate(dual *dual) {
    const knapsack *problem = dual->problem;
    size_t n = dual->n_limits;
    memset(dual->hessian, 0, n * n * sizeof *dual->hessian);
    for (size_t k = 0; k < n; k++) {
        dual->gradient[k] = 1.0 - dual->barrier / dual->w[k];
        dual->hessian[k * n + k] = dual->barrier / (dual->w[k] * dual->w[k]);
        dual->mean[k] = 0.0;
    }
    for (size_t row = 0; row < problem->n_rows; row += dual->stride) {
        size_t n_touched = 0;
        double total;
        (void)soften(dual, row, dual->w, &total);
        for (uint32_t o = problem->first[row]; o < problem->first[row + 1]; o++) {
            double p = dual->powers[o - problem->first[row]] / total;
            if (p > 0.0) {
                add_option(dual, &problem->options[o], p, &n_touched);
            }
        }
        for (size_t i = 0; i < n_touched; i++) {
            size_t k = dual->touched[i];
            dual->gradient[k] -= dual->weight * dual->mean[k];
            for (size_t j = 0; j < n_touched; j++) {
                size_t l = dual->touched[j];
                dual->hessian[k * n + l] -=
                    dual->weight * dual->mean[k] * dual->mean[l] / dual->smoothing;
            }
        }
        for (size_t i = 0; i < n_touched; i++) {
            dual->mean[dual->touched[i]] = 0.0;
        }
    }
}

/** Replaces a symmetric matrix by its Cholesky factor, below the diagonal; a pivot that rounding
 * has made too small is raised. */
static void factor(double *matrix, size_t n) {
    for (size_t k = 0; k < n; k++) {
        double least = 1e-12 * matrix[k * n + k];
        for (size_t j = 0; j < k; j++) {
            matrix[k * n + k] -= matrix[k * n + j] * matrix[k * n + j];
        }
        double pivot = matrix[k * n + k] > least ? matrix[k * n + k] : least;
        matrix[k * n + k] = sqrt(pivot);
        for (size_t i = k + 1; i < n; i++) {
            for (size_t j = 0; j < k; j++) {
                matrix[i * n + k] -= matrix[i * n + j] * matrix[k * n + j];
            }
            matrix[i * n + k] /= matrix[k * n + k];
        }
    }
}

/** step = -H⁻¹ gradient. @return gradient · step, which is not above 0. */
static double newton_step(dual *dual) {
    size_t n = dual->n_limits;
    double *step = dual->step, slope = 0.0;
    factor(dual->hessian, n);
    for (size_t k = 0; k < n; k++) {
        step[k] = -dual->gradient[k];
        for (size_t j = 0; j < k; j++) {
            step[k] -= dual->hessian[k * n + j] * step[j];
        }
        step[k] /= dual->hessian[k * n + k];
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) {
            step[k] -= dual->hessian[j * n + k] * step[j];
        }
        step[k] /= dual->hessian[k * n + k];
    }
    for (size_t k = 0; k < n; k++) {
        slope += dual->gradient[k] * step[k];
    }
    return slope;
}

/**
 * Goes along the step as far as L_τ falls by Armijo's rule; false if it does not.
 *
 * @param[in,out] value  L_τ(w)
 */
static bool descend(dual *dual, double slope, double *value) {
    double length = 1.0;
    for (size_t k = 0; k < dual->n_limits; k++) { // w stays positive
        double furthest = dual->step[k] < 0.0 ? -0.95 * dual->w[k] / dual->step[k] : 1.0;
        length = furthest < length ? furthest : length;
    }
    for (int halving = 0; halving < most_halvings; halving++, length *= 0.5) {
        for (size_t k = 0; k < dual->n_limits; k++) {
            dual->trial[k] = dual->w[k] + length * dual->step[k];
        }
        double there = smoothed(dual, dual->trial);
        if (there <= *value + 1e-4 * length * slope) {
            memcpy(dual->w, dual->trial, dual->n_limits * sizeof *dual->w);
            *value = there;
            return true;
        }
    }
    return false;
}

/** Finds the minimum of L_τ, well enough to go on from. */
static void minimise(dual *dual) {
    double value = smoothed(dual, dual->w);
    for (int step = 0; step < most_newton_steps; step++) {
        differentiate(dual);
        double slope = newton_step(dual);
        if (!(slope < -0.1 * dual->barrier) || !descend(dual, slope, &value)) {
            break;
        }
    }
}

/** Keeps the prices of w if no bound is lower. */
static void keep_least(const dual *dual, double *price, double *bound) {
    for (size_t k = 0; k < dual->n_limits; k++) {
        dual->trial[k] = dual->w[k] / (double)dual->problem->capacity[k];
    }
    double here = knapsack_bound(dual->problem, dual->trial);
    if (here < *bound) {
        *bound = here;
        memcpy(price, dual->trial, dual->n_limits * sizeof *price);
    }
}

/** Follows the minima of L_τ on every stride-th row while τ falls from one share to another. */
static void follow(dual *dual, size_t stride, double from, double scale, double *price,
                   double *bound) {
    const knapsack *problem = dual->problem;
    size_t n_used = (problem->n_rows + stride - 1) / stride;
    assert(n_used > 0);
    dual->stride = stride;
    dual->weight = (double)problem->n_rows / (double)n_used;
    double share = from, last = last_share(n_used);
    while (share > last) {
        dual->smoothing = share * scale;
        dual->barrier =
            barrier_share(share) * scale * (double)problem->n_rows / (double)dual->n_limits;
        minimise(dual);
        if (stride == 1) {
            keep_least(dual, price, bound);
        }
        share *= lowering;
    }
    keep_least(dual, price, bound);
}

/** Options of the row that has most. */
static size_t most_options(const knapsack *problem) {
    size_t most = 0;
    for (size_t row = 0; row < problem->n_rows; row++) {
        size_t n = problem->first[row + 1] - problem->first[row];
        most = n > most ? n : most;
    }
    return most;
}

static perebor_status allocate(dual *dual, const knapsack *problem, perebor_error *error) {
    size_t n = problem->n_limits;
    *dual = (struct dual){
        .problem = problem,
        .n_limits = n,
        .per_unit = calloc(n + 1, sizeof(double)),
        .w = calloc(n + 1, sizeof(double)),
        .gradient = calloc(n + 1, sizeof(double)),
        .hessian = calloc(n * n + 1, sizeof(double)),
        .mean = calloc(n + 1, sizeof(double)),
        .trial = calloc(n + 1, sizeof(double)),
        .step = calloc(n + 1, sizeof(double)),
        .powers = calloc(most_options(problem) + 1, sizeof(double)),
        .touched = calloc(n + 1, sizeof(uint16_t)),
    };
    return dual->per_unit == NULL || dual->w == NULL || dual->gradient == NULL ||
                   dual->hessian == NULL || dual->mean == NULL || dual->trial == NULL ||
                   dual->step == NULL || dual->powers == NULL || dual->touched == NULL
               ? perebor_no_memory(error, "for the prices of limits")
               : PEREBOR_OK;
}

static void release(dual *dual) {
    free(dual->per_unit);
    free(dual->w);
    free(dual->gradient);
    free(dual->hessian);
    free(dual->mean);
    free(dual->trial);
    free(dual->step);
    free(dual->powers);
    free(dual->touched);
}

perebor_status knapsack_prices(const knapsack *problem, double *price, double *bound,
                               perebor_error *error) {
    perebor_status status;
    dual dual;
    size_t n = problem->n_limits;
    memset(price, 0, n * sizeof *price);
    *bound = knapsack_bound(problem, price); // what there is without limits
    if (n == 0 || problem->n_rows == 0 || !(*bound > 0.0)) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, allocate(&dual, problem, error));
    double scale = *bound / (double)problem->n_rows;
    for (size_t k = 0; k < n; k++) {
        dual.w[k] = *bound / (double)n;
        dual.per_unit[k] = 1.0 / (double)problem->capacity[k];
    }
    size_t stride = (problem->n_rows + most_sampled - 1) / most_sampled;
    follow(&dual, stride, 1.0, scale, price, bound);
    if (stride > 1) { // The last of the way again, on all rows.
        follow(&dual, 1, 10.0 * last_share(problem->n_rows), scale, price, bound);
    }
done:
    release(&dual);
    return status;
}
