// SPDX-License-Identifier: MIT
#include "perebor/matrix.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_PER_LINE = 8, LINE_BYTES = 64 };

perebor_status perebor_matrix_create(perebor_matrix *matrix, size_t n_rows, size_t n_columns,
                                     perebor_error *error) {
    size_t lines = n_rows / ROWS_PER_LINE + (n_rows % ROWS_PER_LINE != 0);
    if (n_columns != 0 && lines > (SIZE_MAX / 2 / LINE_BYTES) / n_columns) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "a matrix of %zu rows and %zu columns does not fit an address space",
                            n_rows, n_columns);
    }
    size_t bytes = lines * n_columns * LINE_BYTES;
    // An empty matrix gets a line too, so that its columns can be pointed at.
    double *values = aligned_alloc(LINE_BYTES, bytes == 0 ? LINE_BYTES : bytes);
    if (values == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY,
                            "no memory for a matrix of %zu rows and %zu columns (%zu bytes)",
                            n_rows, n_columns, bytes);
    }
    memset(values, 0, bytes);
    *matrix = (perebor_matrix){values, n_rows, n_columns, lines * ROWS_PER_LINE};
    return PEREBOR_OK;
}

void perebor_matrix_release(perebor_matrix *matrix) {
    free(matrix->values);
    *matrix = (perebor_matrix){0};
}
