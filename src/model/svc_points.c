// SPDX-License-Identifier: MIT
#include "model/svc_points.h"

#include <stdlib.h>

#include "base/try.h"

const svc_limits svc_default_limits = {
    .dots_bytes = (size_t)64 << 20,
    .gram_bytes = (size_t)512 << 20,
};

static size_t rounded_bytes(size_t n, size_t size) {
    return n > SIZE_MAX / 2 / size ? 0 : (n * size + 64) / 64 * 64;
}

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

void svc_group_gather(const perebor_matrix *rows, size_t first, double *group) {
    size_t n_rows = rows->n_rows - first < SVC_POINTS ? rows->n_rows - first : SVC_POINTS;
    for (size_t column = 0; column < rows->n_columns; column++, group += SVC_POINTS) {
        const double *values = perebor_matrix_column(rows, column) + first;
        for (size_t point = 0; point < SVC_POINTS; point++) {
            group[point] = point < n_rows ? values[point] : 0.0;
        }
    }
}

void svc_group_pick(const perebor_matrix *rows, const size_t *points, size_t n_points,
                    double *group) {
    n_points = n_points < SVC_POINTS ? n_points : SVC_POINTS;
    for (size_t column = 0; column < rows->n_columns; column++, group += SVC_POINTS) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t point = 0; point < SVC_POINTS; point++) {
            group[point] = point < n_points ? values[points[point]] : 0.0;
        }
    }
}

/** Dot products of points [first, first + 4) with all rows; the last group writes past its end. */
static void fill_group(svc_points *points, size_t first, double *group) {
    size_t stride = points->rows.stride;
    double *to[SVC_POINTS];
    for (size_t point = 0; point < SVC_POINTS; point++) {
        to[point] = points->dots + (first + point) * stride;
    }
    svc_group_gather(&points->rows, first, group);
    points->vector->dots(group, &points->rows, 0, stride, to);
}

static perebor_status fill_dots(svc_points *points, perebor_error *error) {
    const perebor_matrix *rows = &points->rows;
    size_t groups = (rows->n_rows + SVC_POINTS - 1) / SVC_POINTS;
    double *group = svc_array(rows->n_columns * SVC_POINTS, sizeof *group);
    points->dots = svc_array_unset(groups * SVC_POINTS * rows->stride, sizeof *points->dots);
    if (group == NULL || points->dots == NULL) {
        free(group);
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for dot products of %zu rows",
                            rows->n_rows);
    }
    for (size_t first = 0; first < rows->n_rows; first += SVC_POINTS) {
        fill_group(points, first, group);
    }
    free(group);
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
        PEREBOR_TRY(failed, fill_dots(&made, error));
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

void svc_points_entries(const svc_points *points, const svc_kernel *kernel, size_t point,
                        double *scratch, float *entries) {
    size_t stride = points->rows.stride;
    const double *dots = scratch;
    if (points->dots != NULL) {
        dots = points->dots + point * stride;
    } else {
        points->vector->dots_of_one(&points->rows, point, scratch);
    }
    points->vector->entries(kernel, dots, points->norms, points->norms[point], stride, entries);
}

void svc_points_diagonal(const svc_points *points, const svc_kernel *kernel, double *diagonal) {
    // The dot product of a row with itself is its squared norm, bit for bit.
    for (size_t row = 0; row < points->rows.stride; row += PEREBOR_LANES) {
        for (size_t lane = row; lane < row + PEREBOR_LANES; lane++) {
            double one[PEREBOR_LANES] = {points->norms[lane]};
            points->vector->values(kernel, one, one, points->norms[lane], PEREBOR_LANES, one);
            diagonal[lane] = one[0];
        }
    }
}
