// SPDX-License-Identifier: MIT
#include "perebor/matrix.h"

#include <stdint.h>

enum { ROWS_PER_LINE = 8, LINE_BYTES = 64 };

perebor_status perebor_matrix_create(perebor_matrix *matrix, size_t n_rows, size_t n_columns,
                                     perebor_workspace *workspace, perebor_error *error) {
    size_t lines = n_rows / ROWS_PER_LINE + (n_rows % ROWS_PER_LINE != 0);
    if (n_columns != 0 && lines > (SIZE_MAX / 2 / LINE_BYTES) / n_columns) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "a matrix of %zu rows and %zu columns does not fit an address space",
                            n_rows, n_columns);
    }
    size_t bytes = lines * n_columns * LINE_BYTES;
    double *values = perebor_workspace_take_zeroed(workspace, bytes, 1);
    if (values == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "no memory for a matrix of %zu rows and %zu columns (%zu bytes)",
                            n_rows, n_columns, bytes);
    }
    *matrix = (perebor_matrix){values, n_rows, n_columns, lines * ROWS_PER_LINE};
    return PEREBOR_OK;
}
