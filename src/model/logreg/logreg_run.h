// SPDX-License-Identifier: MIT
/**
 * @file logreg_run.h
 * Sums of many columns over a run of rows, for kernel files.
 *
 * Columns are read in long pieces, as they lie in memory, a few at a time; every row's sum is in
 * the order of the columns.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_RUN_H
#define PEREBOR_MODEL_LOGREG_LOGREG_RUN_H

#include <stddef.h>

#include "base/simd.h"

/** Columns taken at once, and rows of a run, whose sums stay in the first-level cache. */
enum { LOGREG_RUN_COLUMNS = 4, LOGREG_RUN_ROWS = 512 };

/** Values of a block of rows that stay in the second-level cache between two uses. */
enum { LOGREG_BLOCK_VALUES = 1 << 15 };

/** Rows of a block of so many columns, as logreg_kernels.curve reads them. */
PEREBOR_INLINE size_t logreg_block_rows(size_t n_columns) {
    size_t rows = LOGREG_BLOCK_VALUES / n_columns / PEREBOR_LANES * PEREBOR_LANES;
    return rows < PEREBOR_LANES ? PEREBOR_LANES : rows > LOGREG_RUN_ROWS ? LOGREG_RUN_ROWS : rows;
}

PEREBOR_INLINE double logreg_largest_lane(vnd lanes) {
    double largest = lanes[0];
    for (size_t lane = 1; lane < PEREBOR_NATIVE_LANES; lane++) {
        largest = lanes[lane] > largest ? lanes[lane] : largest;
    }
    return largest;
}

/** The largest magnitude in a vector of whole registers. */
PEREBOR_INLINE double logreg_largest_magnitude(const double *values, size_t n) {
    const vnd zero = vnd_set(0.0);
    vnd largest = zero;
    for (size_t row = 0; row < n; row += PEREBOR_NATIVE_LANES) {
        vnd value = vnd_load(values + row);
        value = vnd_select(value < zero, -value, value);
        largest = vnd_select(value > largest, value, largest);
    }
    return logreg_largest_lane(largest);
}

/** sums += the columns times factors, for LOGREG_RUN_COLUMNS columns, one after the other. */
PEREBOR_INLINE void logreg_add_columns(double *sums, const double *const *columns,
                                       const double *factors, size_t n_rows) {
    const double *a = columns[0];
    const double *b = columns[1];
    const double *c = columns[2];
    const double *d = columns[3];
    const vnd factor_a = vnd_set(factors[0]);
    const vnd factor_b = vnd_set(factors[1]);
    const vnd factor_c = vnd_set(factors[2]);
    const vnd factor_d = vnd_set(factors[3]);
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd sum = vnd_load(sums + row);
        sum += factor_a * vnd_load(a + row);
        sum += factor_b * vnd_load(b + row);
        sum += factor_c * vnd_load(c + row);
        sum += factor_d * vnd_load(d + row);
        vnd_store(sums + row, sum);
    }
}

/** sums += factor * column */
PEREBOR_INLINE void logreg_add_column(double *sums, const double *column, double factor,
                                      size_t n_rows) {
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd_store(sums + row, vnd_load(sums + row) + vnd_set(factor) * vnd_load(column + row));
    }
}

/**
 * The same sums in the same order as combine_rows() of logreg_kernel.c makes them, whence the same
 * bits, for a run of rows. Columns whose factor is 0 would add nothing.
 */
PEREBOR_INLINE void logreg_combine_run(double *sums, const double *columns, size_t stride,
                                       const size_t *list, const double *factors, size_t n_listed,
                                       double start, size_t n_rows) {
    const double *chosen[LOGREG_RUN_COLUMNS];
    double chosen_factors[LOGREG_RUN_COLUMNS];
    size_t n_chosen = 0;
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd_store(sums + row, vnd_set(start));
    }
    for (size_t a = 0; a < n_listed; a++) {
        if (factors[a] == 0.0) {
            continue;
        }
        chosen[n_chosen] = columns + (list != NULL ? list[a] : a) * stride;
        chosen_factors[n_chosen++] = factors[a];
        if (n_chosen == LOGREG_RUN_COLUMNS) {
            logreg_add_columns(sums, chosen, chosen_factors, n_rows);
            n_chosen = 0;
        }
    }
    for (size_t k = 0; k < n_chosen; k++) {
        logreg_add_column(sums, chosen[k], chosen_factors[k], n_rows);
    }
}

#endif
