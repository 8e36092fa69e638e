// SPDX-License-Identifier: MIT
/*
 * The first terms of rbf, with columns about their means (the kernel is that of the differences):
 *
 *     exp(-gamma |x - z|^2) = g_x g_z exp(2 gamma x.z),   g_x = exp(-gamma |x|^2) = k(x, 0)
 *                           = g_x g_z (1 + 2 gamma x.z + ...)
 *
 * so that U has a row g and a row for each column, g_x sqrt(2 gamma) x_c: the greatest eigenvalues
 * of a kernel matrix are nearly theirs, while the rest has no great ones where gamma is moderate.
 * With many points, the next terms, 2 gamma^2 (x.z)^2, have great ones, too: U gets a row for each
 * two columns, g_x 2 gamma x_a x_b, or g_x sqrt(2) gamma x_a^2.
 *
 * Polynomials with c = coef0 > 0 are taken alike, with g = c^(d/2),
 *
 *     (gamma x.z + c)^d = g^2 (1 + (d / c) gamma x.z + ...).
 *
 * All that is left out is positive semidefinite, and its diagonal is k(x, x) less that of U'U.
 */
#include "model/svc/svc_low_rank.h"

#include <math.h>

#include "base/try.h"

/** What the diagonal is at least, of its greatest value. */
static const float least_rest = 0x1p-10f;

/** Blocks of more points than these have room for products of columns, too. */
enum { few_points = 4096 };

/** A low rank r is worth its r^2 / 2 sums over free points if r^2 is no more than so many times
 * them; with products of columns it spares more. */
enum { rank_squared = 4, second_rank_squared = 16 };

/** k(x, 0) of all rows. @return whether there was memory */
static bool find_nearness(svc_low_rank *low, perebor_workspace *workspace) {
    const svc_points *points = &low->gram->points;
    svc_kernel kernel = low->gram->kernel;
    kernel.reduced = false;
    low->nearness = perebor_workspace_take(workspace, points->length, sizeof *low->nearness);
    perebor_workspace_mark mark = perebor_workspace_here(workspace);
    svc_single_group origin = {
        .values = perebor_workspace_take_zeroed(workspace, points->singles.n_columns * SVC_POINTS,
                                                sizeof *origin.values)};
    bool there_is = low->nearness != NULL && origin.values != NULL;
    if (there_is) {
        points->vector->radial_row(&kernel, &origin, &points->singles, 0, points->length,
                                   low->nearness);
    }
    perebor_workspace_return(workspace, mark);
    return there_is;
}

static size_t n_columns(const svc_gram *gram) {
    return gram->kernel.kind == SVC_RBF ? gram->points.singles.n_columns
                                        : perebor_matrix_n_dense(&gram->points.rows);
}

/** Whether there are first terms, positive ones, of dense columns alone. */
static bool has_first_terms(const svc_gram *gram) {
    const svc_kernel *kernel = &gram->kernel;
    bool positive = kernel->kind == SVC_RBF ||
                    (kernel->kind == SVC_POLY && kernel->coef0 > 0.0 && !kernel->reduced);
    return positive && gram->points.rows.n_indicators == 0 && n_columns(gram) < SVC_MOST_RANK;
}

perebor_status svc_low_rank_create(svc_low_rank *low, const svc_gram *gram, size_t capacity,
                                   perebor_workspace *workspace, perebor_error *error) {
    svc_low_rank result = {.gram = gram};
    size_t n = n_columns(gram);
    if (capacity > SVC_BLOCK && has_first_terms(gram)) {
        result.first_rank = 1 + n;
        result.most_rank = result.first_rank;
    }
    if (result.first_rank > 0 && gram->kernel.kind == SVC_RBF && capacity > few_points &&
        n <= SVC_MOST_PAIRED) {
        result.most_rank += n * (n + 1) / 2;
    }
    result.rests = perebor_workspace_take(workspace, capacity, sizeof *result.rests);
    result.factors =
        perebor_workspace_take(workspace, result.most_rank * capacity, sizeof *result.factors);
    if (result.rests == NULL || result.factors == NULL ||
        (result.most_rank > 0 && gram->kernel.kind == SVC_RBF &&
         !find_nearness(&result, workspace))) {
        return perebor_no_memory(error, "to solve for %zu points", gram->points.n_rows);
    }
    *low = result;
    return PEREBOR_OK;
}

/** Rows of products of two columns, and what their squares leave. */
static void gather_products(svc_low_rank *low, const size_t *points, size_t n_points, size_t n) {
    const svc_singles *singles = &low->gram->points.singles;
    float *row = low->factors + low->first_rank * n;
    double product = 2.0 * low->gram->kernel.gamma;
    for (size_t a = 0; a < singles->n_columns; a++) {
        const float *first = singles->values + a * singles->length;
        for (size_t b = a; b < singles->n_columns; b++, row += n) {
            const float *second = singles->values + b * singles->length;
            float scale = (float)(a == b ? product * sqrt(0.5) : product);
            for (size_t i = 0; i < n_points; i++) {
                row[i] = scale * low->factors[i] * first[points[i]] * second[points[i]];
                low->rests[i] -= row[i] * row[i];
            }
        }
    }
}

/** U of rbf, and what its squares leave of k(x, x) = 1. */
static void gather_factors(svc_low_rank *low, const size_t *points, size_t n_points, size_t n) {
    const svc_singles *singles = &low->gram->points.singles;
    float scale = (float)sqrt(2.0 * low->gram->kernel.gamma);
    memset(low->factors, 0, low->rank * n * sizeof *low->factors);
    for (size_t i = 0; i < n_points; i++) {
        low->factors[i] = low->nearness[points[i]];
        low->rests[i] = 1.0f - low->factors[i] * low->factors[i];
    }
    for (size_t column = 0; column < singles->n_columns; column++) {
        const float *values = singles->values + column * singles->length;
        float *row = low->factors + (1 + column) * n;
        for (size_t i = 0; i < n_points; i++) {
            row[i] = scale * low->factors[i] * values[points[i]];
            low->rests[i] -= row[i] * row[i];
        }
    }
    if (low->rank > low->first_rank) {
        gather_products(low, points, n_points, n);
    }
}

/** base^exponent by squaring: pow() is not of the same bits everywhere. */
static double whole_power(double base, int64_t exponent) {
    double power = 1.0;
    for (int64_t left = exponent; left > 0; left >>= 1) {
        power *= (left & 1) != 0 ? base : 1.0;
        base *= base;
    }
    return power;
}

/** U of a polynomial, and what its squares leave of k(x, x). @return the greatest k(x, x) */
static float gather_polynomial(svc_low_rank *low, const size_t *points, size_t n_points, size_t n) {
    const svc_kernel *kernel = &low->gram->kernel;
    const perebor_matrix *rows = &low->gram->points.rows;
    double first = whole_power(kernel->coef0, kernel->degree);
    double scale = sqrt(first * (double)kernel->degree * kernel->gamma / kernel->coef0);
    float greatest = 0.0f;
    memset(low->factors, 0, low->rank * n * sizeof *low->factors);
    for (size_t i = 0; i < n_points; i++) {
        float value = low->gram->rounded[points[i]];
        greatest = value > greatest ? value : greatest;
        low->factors[i] = (float)sqrt(first);
        low->rests[i] = value - (float)first;
    }
    for (size_t column = 0; column + 1 < low->rank; column++) {
        const double *values = perebor_matrix_column(rows, column);
        float *row = low->factors + (1 + column) * n;
        for (size_t i = 0; i < n_points; i++) {
            row[i] = (float)(scale * values[points[i]]);
            low->rests[i] -= row[i] * row[i];
        }
    }
    return greatest;
}

void svc_low_rank_gather(svc_low_rank *low, const size_t *points, size_t n_points, size_t n,
                         size_t n_free) {
    float greatest = 0.0f;
    bool second = low->most_rank * low->most_rank <= second_rank_squared * n_free;
    low->rank = second && low->most_rank > low->first_rank ? low->most_rank : low->first_rank;
    if (low->rank > 0 && low->gram->kernel.kind == SVC_POLY) {
        greatest = gather_polynomial(low, points, n_points, n);
    } else if (low->rank > 0) {
        gather_factors(low, points, n_points, n);
        greatest = 1.0f;
    } else {
        for (size_t i = 0; i < n_points; i++) {
            low->rests[i] = low->gram->rounded[points[i]];
            greatest = low->rests[i] > greatest ? low->rests[i] : greatest;
        }
    }
    float least = greatest > 0.0f ? least_rest * greatest : 1.0f;
    for (size_t i = 0; i < n; i++) {
        low->rests[i] = i >= n_points ? 1.0f : low->rests[i] > least ? low->rests[i] : least;
    }
    if (low->rank == low->first_rank && low->rank * low->rank > rank_squared * n_free) {
        low->rank = 0;
    }
}
