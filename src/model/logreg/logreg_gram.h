// SPDX-License-Identifier: MIT
/**
 * @file logreg_gram.h
 * The matrix of curvature G_jk = sum_i (r_i z_ij) (r_i z_ik), for a kernel file and in its
 * precision.
 *
 * Rows are taken a block at a time: terms r_i z_ij go to a panel, and of each pair of columns
 * gram_lanes sums over the block's rows, row i to lane i modulo gram_lanes, are added up in double
 * precision, in one order, and then to the matrix. The panel has tiles of LOGREG_TILE columns, of
 * which gram_lanes rows lie side by side, column after column: a tile is read as it lies in memory.
 *
 * The file that includes this says before it what the precision is:
 *
 *     gram_value, gram_vector    of terms, and of as many of them as a register holds
 * (gram_native); gram_load, gram_store, gram_zero gram_narrow(to, terms)     stores
 * PEREBOR_NATIVE_LANES terms that are given as doubles; gram_lanes, gram_block     a multiple of
 * PEREBOR_LANES, and rows of a block: a multiple of it.
 */
#ifndef PEREBOR_MODEL_LOGREG_LOGREG_GRAM_H
#define PEREBOR_MODEL_LOGREG_LOGREG_GRAM_H

#include "base/deadline.h"
#include "model/logreg/logreg_kernel.h"
#include "model/logreg/logreg_view.h"

// As many sums at once as there are registers for.
#if defined(__AVX512F__)
enum { tile_rows = 4 };
#else
enum { tile_rows = 2 };
#endif

/** Values of gram_lanes rows of a tile of the panel. */
enum { tile_lanes = LOGREG_TILE * gram_lanes };

/** Where a column of the panel begins; gram_lanes rows later it is tile_lanes further. */
PEREBOR_INLINE gram_value *panel_column(gram_value *panel, size_t a) {
    return panel + a / LOGREG_TILE * LOGREG_TILE * gram_block + a % LOGREG_TILE * gram_lanes;
}

/** One column of a block of rows, up to whole lanes: root * column, of a view (x - c) / q times a
 * root that bears the sign. */
PEREBOR_INLINE void fill_column(gram_value *to, const double *values, vnd centre, vnd inverse,
                                bool is_view, const double *root, size_t length) {
    const vnd zero = vnd_set(0.0);
    for (size_t row = 0; row < length; row += gram_lanes, to += tile_lanes) {
        for (size_t part = 0; part < gram_lanes; part += PEREBOR_NATIVE_LANES) {
            const size_t at = row + part;
            if (at >= length) {
                gram_narrow(to + part, zero);
                continue;
            }
            const vnd value = vnd_load(values + at);
            gram_narrow(to + part,
                        vnd_load(root + at) * (is_view ? (value - centre) * inverse : value));
        }
    }
}

/** The panel's terms for the columns listed and one block of rows; zeros up to n_padded. */
PEREBOR_INLINE void fill_panel(gram_value *panel, size_t n_padded,
                               const logreg_gram_columns *columns, const size_t *list,
                               size_t n_listed, const double *root, size_t start, size_t length) {
    const vnd none = vnd_set(0.0);
    double factors[gram_block];
    for (size_t row = 0; row < length && columns->views != NULL; row++) {
        factors[row] = root[start + row] * columns->values[start + row];
    }
    for (size_t a = 0; a < n_listed; a++) {
        gram_value *to = panel_column(panel, a);
        if (columns->views != NULL) {
            const logreg_view *view = &columns->views[list[a]];
            fill_column(to, view->values + start, vnd_set(view->centre), vnd_set(view->inverse),
                        true, factors, length);
        } else {
            fill_column(to, columns->values + list[a] * columns->stride + start, none, none, false,
                        root + start, length);
        }
    }
    for (size_t a = n_listed; a < n_padded; a++) {
        gram_value *to = panel_column(panel, a);
        for (size_t row = 0; row < length; row += gram_lanes, to += tile_lanes) {
            memset(to, 0, gram_lanes * sizeof *to);
        }
    }
}

/**
 * The sums of the lanes of eight vectors, each in the order of v8d_sum(): halves of vectors change
 * places, then quarters, then single lanes, so that every addition serves all eight.
 */
PEREBOR_INLINE v8d sum_each(double (*lanes)[PEREBOR_LANES]) {
    v8d halves[4], quarters[2];
    for (size_t k = 0; k < 4; k++) {
        const v8d a = v8d_load(lanes[2 * k]);
        const v8d b = v8d_load(lanes[2 * k + 1]);
        halves[k] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
                    __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (size_t k = 0; k < 2; k++) {
        const v8d a = halves[2 * k];
        const v8d b = halves[2 * k + 1];
        quarters[k] = __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13) +
                      __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
    }
    const v8d a = quarters[0];
    const v8d b = quarters[1];
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Adds up gram_lanes sums to PEREBOR_LANES. */
PEREBOR_INLINE void widen(double *wide, const gram_value *lanes) {
    for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
        wide[lane] = (double)lanes[lane];
        for (size_t next = lane + PEREBOR_LANES; next < gram_lanes; next += PEREBOR_LANES) {
            wide[lane] += (double)lanes[next];
        }
    }
}

/** Adds the products of tile_rows and LOGREG_TILE panel columns to their place in the matrix. */
PEREBOR_INLINE void add_tile(double *gram, size_t ld, const gram_value *rows,
                             const gram_value *columns, size_t length) {
    const size_t end = (length + gram_lanes - 1) / gram_lanes * tile_lanes;
    gram_value lanes[tile_rows][LOGREG_TILE][gram_lanes];
    for (size_t part = 0; part < gram_lanes; part += gram_native) {
        gram_vector sums[tile_rows][LOGREG_TILE];
        for (size_t a = 0; a < tile_rows; a++) {
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                sums[a][b] = gram_zero();
            }
        }
        for (size_t at = part; at < end; at += tile_lanes) {
            gram_vector right[LOGREG_TILE];
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                right[b] = gram_load(columns + b * gram_lanes + at);
            }
            for (size_t a = 0; a < tile_rows; a++) {
                const gram_vector left = gram_load(rows + a * gram_lanes + at);
                for (size_t b = 0; b < LOGREG_TILE; b++) {
                    sums[a][b] += left * right[b];
                }
            }
        }
        for (size_t a = 0; a < tile_rows; a++) {
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                gram_store(lanes[a][b] + part, sums[a][b]);
            }
        }
    }
    for (size_t a = 0; a < tile_rows; a += 2) { // two rows of the tile are eight sums
        double wide[2 * LOGREG_TILE][PEREBOR_LANES];
        for (size_t k = 0; k < 2 * LOGREG_TILE; k++) {
            widen(wide[k], lanes[a + k / LOGREG_TILE][k % LOGREG_TILE]);
        }
        const v8d sums = sum_each(wide);
        for (size_t b = 0; b < LOGREG_TILE; b++) {
            gram[a * ld + b] += sums[b];
            gram[(a + 1) * ld + b] += sums[LOGREG_TILE + b];
        }
    }
}

/** As logreg_kernels.gram. */
static void gram(double *gram_out, size_t ld, const logreg_gram_columns *columns,
                 const size_t *list, size_t n_listed, const double *root, size_t from, size_t to,
                 gram_value *panel) {
    size_t n_padded = (n_listed + LOGREG_TILE - 1) / LOGREG_TILE * LOGREG_TILE;
    size_t worked = 0;
    for (size_t a = 0; from == 0 && a < n_padded; a++) {
        memset(gram_out + a * ld, 0, n_padded * sizeof *gram_out);
    }
    for (size_t start = from; start < to; start += gram_block) {
        size_t length = start + gram_block < to ? gram_block : to - start;
        fill_panel(panel, n_padded, columns, list, n_listed, root, start, length);
        for (size_t a = 0; a < n_padded; a += tile_rows) {
            if (perebor_deadline_passed_after(&worked, (a + tile_rows) * length)) {
                return;
            }
            for (size_t b = 0; b < a + tile_rows; b += LOGREG_TILE) {
                add_tile(gram_out + a * ld + b, ld, panel_column(panel, a), panel_column(panel, b),
                         length);
            }
        }
    }
    if (to < columns->stride) {
        return;
    }
    for (size_t a = 0; a < n_listed && !perebor_deadline_passed_after(&worked, n_listed); a++) {
        for (size_t b = a + 1; b < n_listed; b++) {
            gram_out[a * ld + b] = gram_out[b * ld + a];
        }
    }
}

#endif
