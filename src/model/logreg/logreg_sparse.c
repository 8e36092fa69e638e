// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_sparse.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "base/simd.h"
#include "base/try.h"

/** Rows that are looked at together: most of them hold zeros alone. */
enum { rows_at_once = PEREBOR_LANES };

/** Whether any of them is not zero: all bits but the signs, for minus zero is zero. */
static bool any_value(const double *values) {
    v8u bits;
    memcpy(&bits, values, sizeof bits);
    bits <<= 1;
    return ((bits[0] | bits[1] | bits[2] | bits[3]) | (bits[4] | bits[5] | bits[6] | bits[7])) != 0;
}

/** The same of four times as many, at once. */
static bool any_value_in_four(const double *values) {
    v8u bits[4];
    memcpy(bits, values, sizeof bits);
    v8u any = (bits[0] | bits[1] | bits[2] | bits[3]) << 1;
    return ((any[0] | any[1] | any[2] | any[3]) | (any[4] | any[5] | any[6] | any[7])) != 0;
}

/**
 * Writes down the rows of a column that have values.
 *
 * @param[in]  column  Padded with zeros to whole vectors.
 * @param[out] rows    [most + rows_at_once]
 * @return How many; more than @p most if there are too many.
 */
static size_t list_values(const double *column, size_t n_rows, size_t most, uint32_t *rows) {
    size_t n = 0;
    for (size_t start = 0; start < n_rows && n <= most; start += rows_at_once) {
        while (start + 4 * rows_at_once <= n_rows && !any_value_in_four(column + start)) {
            start += 4 * rows_at_once;
        }
        if (start >= n_rows || !any_value(column + start)) {
            continue;
        }
        for (size_t row = start; row < start + rows_at_once && row < n_rows; row++) {
            rows[n] = (uint32_t)row;
            n += column[row] != 0.0;
        }
    }
    return n;
}

static perebor_status keep(logreg_sparse_column *kept, const double *column, const uint32_t *rows,
                           size_t n_values, perebor_workspace *workspace, perebor_error *error) {
    uint32_t *own_rows = perebor_workspace_take(workspace, n_values + 1, sizeof *own_rows);
    double *values = perebor_workspace_take(workspace, n_values + 1, sizeof *values);
    if (own_rows == NULL || values == NULL) {
        return perebor_no_memory(error, "for %zu values of a column", n_values);
    }
    for (size_t k = 0; k < n_values; k++) {
        own_rows[k] = rows[k];
        values[k] = column[rows[k]];
    }
    *kept = (logreg_sparse_column){own_rows, values, n_values};
    return PEREBOR_OK;
}

perebor_status logreg_sparse_find(logreg_sparse_column *columns, size_t *n_sparse,
                                  const perebor_matrix *matrix, perebor_workspace *workspace,
                                  perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t most = matrix->n_rows / 8;
    uint32_t *rows = perebor_workspace_take(workspace, most + rows_at_once + 1, sizeof *rows);
    if (rows == NULL) {
        return perebor_no_memory(error, "to look at %zu columns", matrix->n_columns);
    }
    size_t worked = 0;
    size_t n = 0;
    for (size_t column = 0; column < perebor_matrix_n_dense(matrix); column++) {
        if (perebor_deadline_passed_after(&worked, matrix->n_rows)) {
            return perebor_deadline_check(error);
        }
        const double *values = perebor_matrix_column(matrix, column);
        size_t n_values = list_values(values, matrix->n_rows, most, rows);
        if (n_values <= most) {
            PEREBOR_TRY(done, keep(&columns[column], values, rows, n_values, workspace, error));
            n++;
        }
    }
    *n_sparse = n;
done:
    return status;
}

perebor_status logreg_sparse_of_levels(logreg_sparse_column *columns,
                                       const perebor_indicators *levels, size_t n_rows,
                                       perebor_workspace *workspace, perebor_error *error) {
    size_t n_levels = levels->n_levels;
    uint32_t *rows = perebor_workspace_take(workspace, n_rows + 1, sizeof *rows);
    double *values = perebor_workspace_take(workspace, n_rows + 1, sizeof *values);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    // Counts of levels, then where the next row of a level goes; rows of none are the last.
    size_t *next = perebor_workspace_take_zeroed(workspace, n_levels + 2, sizeof *next);
    if (rows == NULL || values == NULL || next == NULL) {
        return perebor_no_memory(error, "for %zu rows of %zu levels", n_rows, n_levels);
    }
    for (size_t row = 0; row < n_rows; row++) {
        next[levels->codes[row] + 1]++;
    }
    for (size_t level = 0; level < n_levels; level++) {
        columns[level] =
            (logreg_sparse_column){rows + next[level], values + next[level], next[level + 1]};
        next[level + 1] += next[level];
    }
    for (size_t row = 0; row < n_rows; row++) {
        rows[next[levels->codes[row]]++] = (uint32_t)row;
    }
    for (size_t k = 0; k < n_rows; k++) {
        values[k] = 1.0;
    }
    perebor_workspace_return(workspace, begin);
    return perebor_deadline_check(error);
}

double logreg_sparse_standardise(logreg_sparse_column *column, const double *signs, size_t n_rows) {
    const double too_small = 1e-150; // its square would vanish
    double largest = 0.0;
    for (size_t k = 0; k < column->n_values; k++) {
        column->values[k] *= signs[column->rows[k]];
        largest = fmax(largest, fabs(column->values[k]));
    }
    if (!(largest > too_small)) {
        return 0.0;
    }
    // squares must not leave the range
    double unit = largest > 1e100 || largest < 1e-100 ? largest : 1.0;
    double sum = 0.0;
    for (size_t k = 0; k < column->n_values; k++) {
        column->values[k] /= unit;
        sum += column->values[k] * column->values[k];
    }
    double scale = sqrt(sum / (double)n_rows);
    for (size_t k = 0; k < column->n_values; k++) {
        column->values[k] /= scale;
    }
    return unit * scale;
}
