// SPDX-License-Identifier: MIT
#include "model/svc_points.h"

#include <stdlib.h>

#include "base/try.h"

const svc_limits svc_default_limits = {
    .dots_bytes = (size_t)64 << 20,
    .gram_bytes = (size_t)1 << 30,
};

static size_t rounded_bytes(size_t n, size_t size) {
    return n > SIZE_MAX / 2 / size ? 0 : (n * size + 64) / 64 * 64;
}

const svc_limits svc_lone_limits = {.dots_bytes = 0, .gram_bytes = (size_t)1 << 30};

void *svc_array_unset(size_t n, size_t size) {
    size_t bytes = rounded_bytes(n, size);
    return bytes == 0 ? NULL : aligned_alloc(64, bytes);
}

void *svc_array(size_t n, size_t size) {
    void *array = svc_array_unset(n, size);
    if (array != NULL) {
        memset(array, 0, rounded_bytes(n, size));
    }
    return array;
}

void svc_norms(const perebor_matrix *rows, double *norms) {
    memset(norms, 0, rows->stride * sizeof *norms);
    for (size_t column = 0; column < rows->n_columns; column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < rows->stride; row++) {
            norms[row] += values[row] * values[row];
        }
    }
}

void svc_group_pick(svc_group *group, const perebor_matrix *rows, const double *norms,
                    const size_t *points, size_t n_points) {
    group->n_points = n_points;
    for (size_t point = 0; point < n_points; point++) {
        group->norms[point] = norms == NULL ? 0.0 : norms[points[point]];
    }
    double *to = group->values;
    for (size_t column = 0; column < rows->n_columns; column++, to += SVC_POINTS) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t point = 0; point < SVC_POINTS; point++) {
            to[point] = point < n_points ? values[points[point]] : 0.0;
        }
    }
}

perebor_status svc_dots_create(double **dots, const perebor_matrix *from, const perebor_matrix *to,
                               perebor_error *error) {
    const struct svc_kernels *vector = PEREBOR_KERNEL_PICK(svc_kernels);
    size_t stride = to->stride;
    size_t n = (from->n_rows + SVC_POINTS - 1) / SVC_POINTS * SVC_POINTS;
    svc_group group = {.values = svc_array(from->n_columns * SVC_POINTS, sizeof(double))};
    double *made = svc_array_unset(n * stride, sizeof *made);
    if (made == NULL || group.values == NULL) {
        free(made);
        free(group.values);
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "no memory for the dot products of %zu rows with %zu", from->n_rows,
                            to->n_rows);
    }
    for (size_t first = 0; first < n; first += SVC_POINTS) {
        const size_t points[SVC_POINTS] = {first, first + 1, first + 2, first + 3};
        size_t left = from->n_rows - first;
        double *const rows[SVC_POINTS] = {made + first * stride, made + (first + 1) * stride,
                                          made + (first + 2) * stride, made + (first + 3) * stride};
        svc_group_pick(&group, from, NULL, points, left < SVC_POINTS ? left : SVC_POINTS);
        vector->dots(&group, to, rows);
    }
    free(group.values);
    *dots = made;
    return PEREBOR_OK;
}

perebor_status svc_points_create(svc_points *points, const perebor_matrix *rows,
                                 const svc_limits *limits, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    svc_points made = {.rows = *rows, .vector = PEREBOR_KERNEL_PICK(svc_kernels)};
    made.norms = svc_array(rows->stride, sizeof *made.norms);
    if (made.norms == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for norms of %zu rows",
                            rows->n_rows);
    }
    svc_norms(rows, made.norms);
    if (rows->n_rows <= limits->dots_bytes / sizeof *made.dots / rows->stride) {
        PEREBOR_TRY(failed, svc_dots_create(&made.dots, rows, rows, error));
    }
    *points = made;
    return PEREBOR_OK;
failed:
    svc_points_release(&made);
    return status;
}

void svc_points_release(svc_points *points) {
    free(points->norms);
    free(points->dots);
    *points = (svc_points){0};
}

void svc_points_entries(const svc_points *points, const svc_kernel *kernel,
                        const perebor_matrix *rows, const double *norms, const size_t *wanted,
                        size_t n_wanted, double *scratch, float *const *entries) {
    svc_group groups[SVC_BATCH / SVC_POINTS];
    size_t n_groups = 0;
    if (points->dots != NULL) {
        for (size_t i = 0; i < n_wanted; i++) {
            const double *dots = points->dots + wanted[i] * rows->stride;
            points->vector->entries(kernel, dots, norms, points->norms[wanted[i]], rows->stride,
                                    entries[i]);
        }
        return;
    }
    for (size_t first = 0; first < n_wanted; first += SVC_POINTS, n_groups++) {
        size_t left = n_wanted - first;
        groups[n_groups].values = scratch + first * rows->n_columns;
        svc_group_pick(&groups[n_groups], &points->rows, points->norms, wanted + first,
                       left < SVC_POINTS ? left : SVC_POINTS);
    }
    points->vector->group_entries(kernel, groups, n_groups, rows, norms, entries);
}

void svc_points_diagonal(const svc_points *points, const svc_kernel *kernel, double *diagonal) {
    for (size_t row = 0; row < points->rows.stride; row++) {
        diagonal[row] = kernel->kind == SVC_RBF ? 1.0 : 0.0;
    }
    if (kernel->kind != SVC_RBF) {
        // The dot product of a row with itself is its squared norm, bit for bit.
        points->vector->scores(kernel, points->norms, points->norms, 0.0, 1.0, points->rows.stride,
                               diagonal);
    }
}
