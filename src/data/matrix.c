// SPDX-License-Identifier: MIT
#include "perebor/matrix.h"

#include <stdint.h>

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
    *matrix = (perebor_matrix){values, n_rows, n_columns, lines * rows_per_line};
    return PEREBOR_OK;
}
