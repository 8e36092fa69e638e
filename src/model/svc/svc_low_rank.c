// SPDX-License-Identifier: MIT
/*
 * The first terms of rbf, with columns about their means (the kernel is that of the differences):
 *
 *     exp(-gamma |x - z|^2) = g_x g_z exp(2 gamma x.z),   g_x = exp(-gamma |x|^2) = k(x, 0)
 *                           = g_x g_z (1 + 2 gamma x.z + ...)
 *
 * so that U has a row g and a row for each column, g_x sqrt(2 gamma) x_c: the greatest eigenvalues
 * of a kernel matrix are nearly theirs, while the rest has no great ones where gamma is moderate.
 * All that is left out is positive semidefinite, and its diagonal is k(x, x) less that of U'U.
 */
#include "model/svc/svc_low_rank.h"

#include <math.h>

#include "base/try.h"

/** What the diagonal is at least, of its greatest value. */
static const float least_rest = 0x1p-10f;

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

perebor_status svc_low_rank_create(svc_low_rank *low, const svc_gram *gram, size_t capacity,
                                   perebor_workspace *workspace, perebor_error *error) {
    svc_low_rank result = {.gram = gram};
    const svc_singles *singles = &gram->points.singles;
    if (capacity > SVC_BLOCK && gram->kernel.kind == SVC_RBF && singles->n_blocks == 0 &&
        singles->n_columns < SVC_MOST_RANK) {
        result.rank = 1 + singles->n_columns;
    }
    result.rests = perebor_workspace_take(workspace, capacity, sizeof *result.rests);
    result.factors =
        perebor_workspace_take(workspace, result.rank * capacity, sizeof *result.factors);
    if (result.rests == NULL || result.factors == NULL ||
        (result.rank > 0 && !find_nearness(&result, workspace))) {
        return perebor_no_memory(error, "to solve for %zu points", gram->points.n_rows);
    }
    *low = result;
    return PEREBOR_OK;
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
}

void svc_low_rank_gather(svc_low_rank *low, const size_t *points, size_t n_points, size_t n) {
    float greatest = 0.0f;
    if (low->rank > 0) {
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
}
