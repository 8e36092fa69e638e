// SPDX-License-Identifier: MIT
#include "model/svc/svc_points.h"

#include "base/deadline.h"
#include "base/try.h"

size_t svc_padded(size_t n) {
    return (n + SVC_PAD - 1) / SVC_PAD * SVC_PAD;
}

void svc_norms(const perebor_matrix *rows, const double *centres, double *norms) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    memset(norms, 0, rows->stride * sizeof *norms);
    for (size_t column = 0; column < n_dense && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        const double centre = centres != NULL ? centres[column] : 0.0;
        for (size_t row = 0; row < rows->stride; row++) {
            norms[row] += (values[row] - centre) * (values[row] - centre);
        }
    }
    for (size_t block = 0; block < rows->n_indicators; block++) {
        const perebor_indicators *levels = &rows->indicators[block];
        for (size_t row = 0; row < rows->stride; row++) {
            norms[row] += levels->codes[row] < levels->n_levels ? 1.0 : 0.0;
        }
    }
}

bool svc_group_create(svc_group *group, const perebor_matrix *rows, perebor_workspace *workspace) {
    size_t n_dense = perebor_matrix_n_dense(rows);
    group->values =
        perebor_workspace_take_zeroed(workspace, n_dense * SVC_POINTS, sizeof *group->values);
    group->codes = perebor_workspace_take_zeroed(workspace, rows->n_indicators * SVC_POINTS,
                                                 sizeof *group->codes);
    return group->values != NULL && group->codes != NULL;
}

void svc_group_pick(svc_group *group, const perebor_matrix *rows, const size_t *points,
                    size_t n_points) {
    group->n_points = n_points;
    double *to = group->values;
    size_t n_dense = perebor_matrix_n_dense(rows);
    for (size_t column = 0; column < n_dense; column++, to += SVC_POINTS) {
        const double *values = perebor_matrix_column(rows, column);
        const double centre = group->centres != NULL ? group->centres[column] : 0.0;
        for (size_t point = 0; point < SVC_POINTS; point++) {
            to[point] = point < n_points ? values[points[point]] - centre : 0.0;
        }
    }
    uint32_t *code = group->codes;
    for (size_t block = 0; block < rows->n_indicators; block++, code += SVC_POINTS) {
        const perebor_indicators *levels = &rows->indicators[block];
        for (size_t point = 0; point < SVC_POINTS; point++) {
            bool has = point < n_points && levels->codes[points[point]] < levels->n_levels;
            code[point] = has ? levels->codes[points[point]] : SVC_NO_LEVEL;
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

/** The same (1 - m)^2 of a level that the difference of a one and a zero has in a dense column. */
static float level_square(double mean) {
    float difference = (float)(1.0 - mean) - (float)(0.0 - mean);
    return difference * difference;
}

/** Codes and squares of one nominal column. @param[out] shares  [n_levels + 1], scratch */
static void fill_levels(svc_singles *singles, const perebor_matrix *rows, size_t block,
                        double *shares) {
    const perebor_indicators *levels = &rows->indicators[block];
    uint32_t *codes = singles->codes + block * singles->length;
    float *squares = singles->squares + block * singles->length;
    memset(shares, 0, (levels->n_levels + 1) * sizeof *shares);
    for (size_t row = 0; row < rows->n_rows; row++) {
        shares[levels->codes[row]] += 1.0;
    }
    for (size_t row = 0; row < singles->length; row++) {
        uint32_t code = row < rows->n_rows ? levels->codes[row] : (uint32_t)levels->n_levels;
        codes[row] = code;
        squares[row] =
            code < levels->n_levels ? level_square(shares[code] / (double)rows->n_rows) : 0.0f;
    }
}

/** Single precision is spent on what differs between rows: distances do not mind the centring. */
static void fill_singles(svc_points *points, double *shares) {
    const perebor_matrix *rows = &points->rows;
    svc_singles *singles = &points->singles;
    for (size_t column = 0; column < singles->n_columns && !perebor_deadline_passed(); column++) {
        const double *values = perebor_matrix_column(rows, column);
        double origin = mean_of(values, rows->n_rows);
        for (size_t row = 0; row < rows->n_rows; row++) {
            singles->values[column * singles->length + row] = (float)(values[row] - origin);
        }
    }
    for (size_t block = 0; block < singles->n_blocks && !perebor_deadline_passed(); block++) {
        fill_levels(singles, rows, block, shares);
    }
}

/** Room for some rows in single precision, zeros, and for a group of them. @return whether there
 * was memory */
static bool singles_take(svc_points *points, size_t n_columns, size_t n_blocks,
                         perebor_workspace *workspace) {
    svc_singles singles = {.n_columns = n_columns, .length = points->length, .n_blocks = n_blocks};
    svc_single_group group;
    singles.values = perebor_workspace_take_zeroed(workspace, n_columns * singles.length,
                                                   sizeof *singles.values);
    singles.codes =
        perebor_workspace_take_zeroed(workspace, n_blocks * singles.length, sizeof *singles.codes);
    singles.squares = perebor_workspace_take_zeroed(workspace, n_blocks * singles.length,
                                                    sizeof *singles.squares);
    group.values =
        perebor_workspace_take_zeroed(workspace, n_columns * SVC_POINTS, sizeof *group.values);
    group.codes =
        perebor_workspace_take_zeroed(workspace, n_blocks * SVC_POINTS, sizeof *group.codes);
    group.squares =
        perebor_workspace_take_zeroed(workspace, n_blocks * SVC_POINTS, sizeof *group.squares);
    points->singles = singles;
    points->single_group = group;
    return singles.values != NULL && singles.codes != NULL && singles.squares != NULL &&
           group.values != NULL && group.codes != NULL && group.squares != NULL;
}

/** @return whether there was memory */
static bool singles_create(svc_points *points, perebor_workspace *workspace) {
    const perebor_matrix *rows = &points->rows;
    size_t n_dense = perebor_matrix_n_dense(rows);
    bool taken = singles_take(points, n_dense, rows->n_indicators, workspace);
    perebor_workspace_mark mark = perebor_workspace_here(workspace);
    double *shares =
        perebor_workspace_take(workspace, rows->n_columns - n_dense + 1, sizeof *shares);
    if (!taken || shares == NULL) {
        return false;
    }
    fill_singles(points, shares);
    perebor_workspace_return(workspace, mark);
    return true;
}

perebor_status svc_points_create(svc_points *points, const perebor_matrix *rows,
                                 svc_kernel_kind kind, perebor_workspace *workspace,
                                 perebor_error *error) {
    svc_points result = {.vector = PEREBOR_KERNEL_PICK(svc_kernels),
                         .n_rows = rows->n_rows,
                         .length = svc_padded(rows->n_rows),
                         .rows = *rows};
    bool made = kind == SVC_RBF ? singles_create(&result, workspace)
                                : svc_group_create(&result.group, rows, workspace);
    if (!made) {
        return perebor_no_memory(error, "for %zu rows", rows->n_rows);
    }
    *points = result;
    return PEREBOR_OK;
}

static void copy_singles(svc_points *part, const svc_singles *from, const size_t *wanted,
                         size_t n_wanted) {
    svc_singles *to = &part->singles;
    for (size_t column = 0; column < from->n_columns; column++) {
        const float *values = from->values + column * from->length;
        float *copies = to->values + column * to->length;
        for (size_t i = 0; i < n_wanted; i++) {
            copies[i] = values[wanted[i]];
        }
    }
    for (size_t block = 0; block < from->n_blocks; block++) {
        for (size_t i = 0; i < n_wanted; i++) {
            to->codes[block * to->length + i] = from->codes[block * from->length + wanted[i]];
            to->squares[block * to->length + i] = from->squares[block * from->length + wanted[i]];
        }
    }
}

/** As rows of another matrix. */
static perebor_status pick_rows(svc_points *part, const svc_points *points, const size_t *wanted,
                                perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t *rows = perebor_workspace_take(workspace, part->n_rows, sizeof *rows);
    if (rows == NULL) {
        return perebor_no_memory(error, "for %zu rows", part->n_rows);
    }
    for (size_t i = 0; i < part->n_rows; i++) {
        rows[i] = (uint32_t)wanted[i];
    }
    PEREBOR_TRY(done, perebor_matrix_pick(&part->rows, &points->rows, rows, part->n_rows, workspace,
                                          error));
    if (!svc_group_create(&part->group, &part->rows, workspace)) {
        status = perebor_no_memory(error, "for %zu rows", part->n_rows);
    }
done:
    return status;
}

perebor_status svc_points_pick(svc_points *part, const svc_points *points, svc_kernel_kind kind,
                               const size_t *wanted, size_t n_wanted, perebor_workspace *workspace,
                               perebor_error *error) {
    svc_points result = {.vector = points->vector,
                         .n_rows = n_wanted,
                         .length = svc_padded(n_wanted),
                         .rows = points->rows};
    if (kind != SVC_RBF) {
        perebor_status status = pick_rows(&result, points, wanted, workspace, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    } else if (singles_take(&result, points->singles.n_columns, points->singles.n_blocks,
                            workspace)) {
        copy_singles(&result, &points->singles, wanted, n_wanted);
    } else {
        return perebor_no_memory(error, "for %zu rows", n_wanted);
    }
    *part = result;
    return PEREBOR_OK;
}

/** Gathers points into the group. */
static void pick_singles(const svc_points *points, const size_t *wanted, size_t n_wanted) {
    const svc_singles *rows = &points->singles;
    const svc_single_group *group = &points->single_group;
    float *to = group->values;
    for (size_t column = 0; column < rows->n_columns; column++, to += SVC_POINTS) {
        const float *values = rows->values + column * rows->length;
        for (size_t i = 0; i < SVC_POINTS; i++) {
            to[i] = i < n_wanted ? values[wanted[i]] : 0.0f;
        }
    }
    for (size_t block = 0; block < rows->n_blocks; block++) {
        for (size_t i = 0; i < n_wanted; i++) {
            size_t from = block * rows->length + wanted[i];
            group->codes[block * SVC_POINTS + i] = rows->codes[from];
            group->squares[block * SVC_POINTS + i] = rows->squares[from];
        }
    }
}

static void radial_entries(const svc_points *points, const size_t *wanted, size_t n_wanted,
                           const svc_singles *rows, const svc_kernel *kernel, size_t begin,
                           size_t end, float *const *entries) {
    pick_singles(points, wanted, n_wanted);
    if (n_wanted == 1) {
        points->vector->radial_row(kernel, &points->single_group, rows, begin, end, entries[0]);
    } else {
        points->vector->radial(kernel, &points->single_group, rows, begin, end, entries);
    }
}

void svc_points_meet(const svc_points *points, const size_t *wanted, size_t n_wanted,
                     const svc_points *others, const svc_kernel *kernel, size_t begin, size_t end,
                     float *const entries[SVC_POINTS]) {
    if (kernel->kind == SVC_RBF) {
        radial_entries(points, wanted, n_wanted, &others->singles, kernel, begin, end, entries);
        return;
    }
    const perebor_matrix *rows = &others->rows;
    svc_group group = points->group;
    svc_group_pick(&group, &points->rows, wanted, n_wanted);
    size_t stop = end < rows->stride ? end : rows->stride;
    if (begin < stop && n_wanted == 1) {
        points->vector->product_row(kernel, &group, rows, begin, stop, entries[0]);
    } else if (begin < stop) {
        points->vector->products(kernel, &group, rows, begin, stop, entries);
    }
    size_t from = stop > begin ? stop : begin;
    for (size_t i = 0; i < (n_wanted == 1 ? 1 : SVC_POINTS) && from < end; i++) {
        memset(entries[i] + from, 0, (end - from) * sizeof *entries[i]);
    }
}

void svc_points_entries(const svc_points *points, const svc_kernel *kernel, const size_t *wanted,
                        size_t n_wanted, size_t begin, size_t end,
                        float *const entries[SVC_POINTS]) {
    svc_points_meet(points, wanted, n_wanted, points, kernel, begin, end, entries);
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
        svc_norms(&points->rows, NULL, diagonal);
        points->vector->values(kernel, diagonal, points->rows.stride);
    }
    for (size_t row = 0; row < n_rows; row++) {
        diagonal[row] = (kernel->kind == SVC_RBF ? 1.0 : diagonal[row]) - origin;
    }
    for (size_t row = n_rows; row < points->length; row++) {
        diagonal[row] = 1.0;
    }
}
