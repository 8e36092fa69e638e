// SPDX-License-Identifier: MIT
#include "model/svc/svc_points.h"

#include "base/deadline.h"
#include "base/try.h"

size_t svc_padded(size_t n) {
    return (n + SVC_PAD - 1) / SVC_PAD * SVC_PAD;
}

void svc_norms(const perebor_matrix *rows, double *norms) {
    memset(norms, 0, rows->stride * sizeof *norms);
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t row = 0; row < rows->stride; row++) {
            norms[row] += values[row] * values[row];
        }
    }
}

void svc_group_pick(svc_group *group, const perebor_matrix *rows, const size_t *points,
                    size_t n_points) {
    group->n_points = n_points;
    double *to = group->values;
    for (size_t column = 0; column < rows->n_columns; column++, to += SVC_POINTS) {
        const double *values = perebor_matrix_column(rows, column);
        for (size_t point = 0; point < SVC_POINTS; point++) {
            to[point] = point < n_points ? values[points[point]] : 0.0;
        }
    }
}

static double mean_of(const double *values, size_t n) {
    double sum = 0.0;
    for (size_t row = 0; row < n; row++) {
        sum += values[row];
    }
    return sum / (double)n;
}

perebor_status svc_centre(perebor_matrix *centred, const perebor_matrix *rows,
                          const double *centres, perebor_workspace *workspace,
                          perebor_error *error) {
    perebor_status status =
        perebor_matrix_create(centred, rows->n_rows, rows->n_columns, workspace, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double *to = perebor_matrix_column(centred, column);
        for (size_t row = 0; row < rows->n_rows; row++) {
            to[row] = values[row] - centres[column];
        }
    }
    return perebor_deadline_check(error);
}

/** Single precision is spent on what differs between rows: distances do not mind the centring. */
static void fill_singles(svc_points *points) {
    const perebor_matrix *rows = &points->rows;
    for (size_t column = 0; column < rows->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double origin = mean_of(values, rows->n_rows);
        for (size_t row = 0; row < rows->n_rows; row++) {
            points->singles[column * points->length + row] = (float)(values[row] - origin);
        }
    }
}

perebor_status svc_points_create(svc_points *points, const perebor_matrix *rows,
                                 svc_kernel_kind kind, perebor_workspace *workspace,
                                 perebor_error *error) {
    size_t n_group = rows->n_columns * SVC_POINTS;
    svc_points result = {.vector = PEREBOR_KERNEL_PICK(svc_kernels),
                         .n_rows = rows->n_rows,
                         .length = svc_padded(rows->n_rows),
                         .rows = *rows};
    if (kind == SVC_RBF) {
        result.singles = perebor_workspace_take_zeroed(workspace, rows->n_columns * result.length,
                                                       sizeof *result.singles);
        result.single_group =
            perebor_workspace_take_zeroed(workspace, n_group, sizeof *result.single_group);
    } else {
        result.group = perebor_workspace_take_zeroed(workspace, n_group, sizeof *result.group);
    }
    if (result.group == NULL && (result.singles == NULL || result.single_group == NULL)) {
        return perebor_no_memory(error, "for %zu rows", rows->n_rows);
    }
    if (kind == SVC_RBF) {
        fill_singles(&result);
    }
    *points = result;
    return PEREBOR_OK;
}

static void radial_entries(const svc_points *points, const svc_kernel *kernel, const size_t *wanted,
                           size_t n_wanted, size_t begin, size_t end, float *const *entries) {
    const svc_singles rows = {points->singles, points->rows.n_columns, points->length};
    float *to = points->single_group;
    for (size_t column = 0; column < rows.n_columns; column++, to += SVC_POINTS) {
        const float *values = rows.values + column * rows.length;
        for (size_t i = 0; i < SVC_POINTS; i++) {
            to[i] = i < n_wanted ? values[wanted[i]] : 0.0f;
        }
    }
    if (n_wanted == 1) {
        points->vector->radial_row(kernel, points->single_group, &rows, begin, end, entries[0]);
    } else {
        points->vector->radial(kernel, points->single_group, &rows, begin, end, entries);
    }
}

void svc_points_entries(const svc_points *points, const svc_kernel *kernel, const size_t *wanted,
                        size_t n_wanted, size_t begin, size_t end,
                        float *const entries[SVC_POINTS]) {
    if (kernel->kind == SVC_RBF) {
        radial_entries(points, kernel, wanted, n_wanted, begin, end, entries);
        return;
    }
    const perebor_matrix *rows = &points->rows;
    svc_group group = {.values = points->group};
    svc_group_pick(&group, rows, wanted, n_wanted);
    size_t stop = end < rows->stride ? end : rows->stride;
    if (begin < stop && n_wanted == 1) {
        points->vector->product_row(kernel, &group, rows, begin, stop, entries[0]);
    } else if (begin < stop) {
        points->vector->products(kernel, &group, rows, begin, stop, entries);
    }
    for (size_t i = 0; i < (n_wanted == 1 ? 1 : SVC_POINTS) && stop < end; i++) {
        memset(entries[i] + stop, 0, (end - stop) * sizeof *entries[i]);
    }
}

double svc_points_origin(const svc_points *points, const svc_kernel *kernel) {
    double products[PEREBOR_LANES] = {0};
    if (kernel->kind == SVC_RBF) {
        return 1.0; // of rows at no distance
    }
    points->vector->values(kernel, products, PEREBOR_LANES);
    return products[0];
}

void svc_points_diagonal(const svc_points *points, const svc_kernel *kernel, double *diagonal) {
    size_t n_rows = points->n_rows;
    double origin = kernel->reduced ? svc_points_origin(points, kernel) : 0.0;
    if (kernel->kind != SVC_RBF) {
        // The dot product of a row with itself is its squared norm, bit for bit.
        svc_norms(&points->rows, diagonal);
        points->vector->values(kernel, diagonal, points->rows.stride);
    }
    for (size_t row = 0; row < n_rows; row++) {
        diagonal[row] = (kernel->kind == SVC_RBF ? 1.0 : diagonal[row]) - origin;
    }
    for (size_t row = n_rows; row < points->length; row++) {
        diagonal[row] = 1.0;
    }
}
