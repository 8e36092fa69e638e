// SPDX-License-Identifier: MIT
#include "perebor/matrix.h"

#include <string.h>

#include "base/deadline.h"
#include "base/try.h"

enum { rows_per_line = 8, line_bytes = 64 };

perebor_status perebor_matrix_create(perebor_matrix *matrix, size_t n_rows, size_t n_columns,
                                     perebor_workspace *workspace, perebor_error *error) {
    size_t lines = n_rows / rows_per_line + (n_rows % rows_per_line != 0);
    if (n_columns != 0 && lines > (SIZE_MAX / 2 / line_bytes) / n_columns) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "a matrix of %zu rows and %zu columns does not fit an address space",
                            n_rows, n_columns);
    }
    size_t bytes = lines * n_columns * line_bytes;
    double *values = perebor_workspace_take_zeroed(workspace, bytes, 1);
    if (values == NULL) {
        return perebor_no_memory(error, "for a matrix of %zu rows and %zu columns (%zu bytes)",
                                 n_rows, n_columns, bytes);
    }
    *matrix = (perebor_matrix){.values = values,
                               .n_rows = n_rows,
                               .n_columns = n_columns,
                               .stride = lines * rows_per_line};
    return PEREBOR_OK;
}

perebor_status perebor_matrix_create_coded(perebor_matrix *matrix, size_t n_rows, size_t n_dense,
                                           size_t most_blocks, perebor_workspace *workspace,
                                           perebor_error *error) {
    perebor_status status;
    perebor_matrix result = {0};
    PEREBOR_TRY(done, perebor_matrix_create(&result, n_rows, n_dense, workspace, error));
    if (most_blocks > 0) {
        result.indicators =
            perebor_workspace_take_zeroed(workspace, most_blocks, sizeof *result.indicators);
        uint32_t *codes =
            perebor_workspace_take(workspace, result.stride, most_blocks * sizeof *codes);
        if (result.indicators == NULL || codes == NULL) {
            return perebor_no_memory(error, "for the levels of %zu rows and %zu columns", n_rows,
                                     most_blocks);
        }
        for (size_t k = 0; k < most_blocks; k++) {
            result.indicators[k].codes = codes + k * result.stride;
        }
    }
    *matrix = result;
done:
    return status;
}

perebor_indicators *perebor_matrix_add_levels(perebor_matrix *matrix, size_t n_levels) {
    assert(matrix->indicators != NULL && n_levels > 0 && n_levels < UINT32_MAX);
    perebor_indicators *levels = &matrix->indicators[matrix->n_indicators++];
    levels->first = matrix->n_columns;
    levels->n_levels = n_levels;
    matrix->n_columns += n_levels;
    for (size_t row = 0; row < matrix->stride; row++) {
        levels->codes[row] = (uint32_t)n_levels;
    }
    return levels;
}

const perebor_indicators *perebor_matrix_indicators(const perebor_matrix *matrix, size_t column) {
    // The last block that does not begin after the column.
    size_t first = 0;
    size_t last = matrix->n_indicators;
    assert(column >= perebor_matrix_n_dense(matrix) && column < matrix->n_columns);
    while (last - first > 1) {
        size_t middle = first + (last - first) / 2;
        if (matrix->indicators[middle].first <= column) {
            first = middle;
        } else {
            last = middle;
        }
    }
    return &matrix->indicators[first];
}

double perebor_matrix_value(const perebor_matrix *matrix, size_t row, size_t column) {
    if (column < perebor_matrix_n_dense(matrix)) {
        return perebor_matrix_column(matrix, column)[row];
    }
    const perebor_indicators *levels = perebor_matrix_indicators(matrix, column);
    return levels->first + levels->codes[row] == column ? 1.0 : 0.0;
}

void perebor_matrix_read(const perebor_matrix *matrix, size_t column, double *values) {
    if (column < perebor_matrix_n_dense(matrix)) {
        memcpy(values, perebor_matrix_column(matrix, column), matrix->stride * sizeof *values);
        return;
    }
    const perebor_indicators *levels = perebor_matrix_indicators(matrix, column);
    const uint32_t level = (uint32_t)(column - levels->first);
    for (size_t row = 0; row < matrix->stride; row++) {
        values[row] = levels->codes[row] == level ? 1.0 : 0.0;
    }
}

perebor_status perebor_matrix_expand(perebor_matrix *dense, const perebor_matrix *matrix,
                                     perebor_workspace *workspace, perebor_error *error) {
    if (matrix->n_indicators == 0) {
        *dense = *matrix;
        return PEREBOR_OK;
    }
    perebor_status status;
    perebor_matrix result = {0};
    PEREBOR_TRY(
        done, perebor_matrix_create(&result, matrix->n_rows, matrix->n_columns, workspace, error));
    assert(result.values != NULL);
    memcpy(result.values, matrix->values,
           perebor_matrix_n_dense(matrix) * matrix->stride * sizeof *result.values);
    for (size_t k = 0; k < matrix->n_indicators; k++) {
        const perebor_indicators *levels = &matrix->indicators[k];
        double *first = result.values + levels->first * result.stride;
        PEREBOR_TRY(done, perebor_deadline_check(error));
        for (size_t row = 0; row < matrix->n_rows; row++) {
            if (levels->codes[row] < levels->n_levels) {
                first[levels->codes[row] * result.stride + row] = 1.0;
            }
        }
    }
    *dense = result;
done:
    return status;
}

perebor_status perebor_matrix_pick(perebor_matrix *picked, const perebor_matrix *matrix,
                                   const uint32_t *rows, size_t n_rows,
                                   perebor_workspace *workspace, perebor_error *error) {
    perebor_status status;
    perebor_matrix result = {0};
    size_t n_dense = perebor_matrix_n_dense(matrix);
    PEREBOR_TRY(done, perebor_matrix_create_coded(&result, n_rows, n_dense, matrix->n_indicators,
                                                  workspace, error));
    for (size_t column = 0; column < n_dense; column++) {
        const double *from = perebor_matrix_column(matrix, column);
        double *to = perebor_matrix_column(&result, column);
        for (size_t i = 0; i < n_rows; i++) {
            to[i] = from[rows[i]];
        }
    }
    for (size_t k = 0; k < matrix->n_indicators; k++) {
        const perebor_indicators *from = &matrix->indicators[k];
        perebor_indicators *to = perebor_matrix_add_levels(&result, from->n_levels);
        for (size_t i = 0; i < n_rows; i++) {
            to->codes[i] = from->codes[rows[i]];
        }
    }
    result.monotonic = matrix->monotonic;
    *picked = result;
done:
    return status;
}
