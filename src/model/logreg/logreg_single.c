// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_single.h"

#include <math.h>

#include "base/deadline.h"

/* As many floats as a register of the level holds; sums have LOGREG_SINGLE_LANES of them in one
 * order, whatever the level. */
enum {
    native_floats = 2 * PEREBOR_NATIVE_LANES,
    n_parts = LOGREG_SINGLE_LANES / native_floats,
    n_vectors = LOGREG_SINGLE_ROWS / native_floats,
    columns_ahead = 32,
};
typedef float vnf __attribute__((vector_size(4 * native_floats)));

PEREBOR_INLINE vnf vnf_load(const float *from) {
    vnf lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE void vnf_store(float *to, vnf lanes) {
    memcpy(to, &lanes, sizeof lanes);
}

PEREBOR_INLINE vnf vnf_set(float value) {
    vnf lanes;
    for (int lane = 0; lane < native_floats; lane++) {
        lanes[lane] = value;
    }
    return lanes;
}

/** sums = the block's columns times factors. */
PEREBOR_INLINE void combine_block(float *sums_out, const float *block, const float *factors,
                                  size_t n_columns) {
    vnf sums[n_vectors];
    for (size_t k = 0; k < n_vectors; k++) {
        sums[k] = vnf_set(0.0F);
    }
    for (size_t column = 0; column < n_columns; column++, block += LOGREG_SINGLE_ROWS) {
        // The columns are read once, from far away; a page ends every sixteen of them.
        const size_t ahead = column + columns_ahead < n_columns ? columns_ahead : 0;
        for (size_t k = 0; k < n_vectors; k++) {
            __builtin_prefetch(block + ahead * LOGREG_SINGLE_ROWS + k * native_floats);
        }
        vnf factor = vnf_set(factors[column]);
        for (size_t k = 0; k < n_vectors; k++) {
            sums[k] += factor * vnf_load(block + k * native_floats);
        }
    }
    for (size_t k = 0; k < n_vectors; k++) {
        vnf_store(sums_out + k * native_floats, sums[k]);
    }
}

/** lanes[j] += column j of the block times rows, lane by lane. */
PEREBOR_INLINE void add_block(float *lanes, const float *block, const float *rows,
                              size_t n_columns) {
    vnf factors[n_vectors];
    for (size_t k = 0; k < n_vectors; k++) {
        factors[k] = vnf_load(rows + k * native_floats);
    }
    for (size_t column = 0; column < n_columns; column++, block += LOGREG_SINGLE_ROWS) {
        float *to = lanes + column * LOGREG_SINGLE_LANES;
        for (size_t part = 0; part < n_parts; part++) {
            vnf sum = vnf_load(to + part * native_floats);
            for (size_t k = part; k < n_vectors; k += n_parts) {
                sum += factors[k] * vnf_load(block + k * native_floats);
            }
            vnf_store(to + part * native_floats, sum);
        }
    }
}

static double sum_lanes(const float *lanes) {
    double sums[4] = {0.0, 0.0, 0.0, 0.0};
    for (size_t lane = 0; lane < LOGREG_SINGLE_LANES; lane++) {
        sums[lane % 4] += (double)lanes[lane];
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/** The largest magnitude of listed factors, 1 if all are 0. */
static double unit_of(const double *factors, const size_t *list, size_t n) {
    double largest = 0.0;
    for (size_t k = 0; k < n; k++) {
        double size = fabs(factors[list[k]]);
        largest = size > largest ? size : largest;
    }
    return largest > 0.0 ? largest : 1.0;
}

static void curve(double *products, double *rows, const float *packed, size_t stride,
                  const size_t *list, size_t n_columns, const double *factors,
                  const double *weights, float *lanes) {
    // In units of the largest factor nothing leaves the range of single precision.
    const double unit = unit_of(factors, list, n_columns);
    float *rounded = lanes + n_columns * LOGREG_SINGLE_LANES;
    size_t worked = 0;
    memset(lanes, 0, n_columns * LOGREG_SINGLE_LANES * sizeof *lanes);
    for (size_t column = 0; column < n_columns; column++) {
        rounded[column] = (float)(factors[list[column]] / unit);
    }
    for (size_t start = 0; start < stride; start += LOGREG_SINGLE_ROWS) {
        size_t n_rows = stride - start < LOGREG_SINGLE_ROWS ? stride - start : LOGREG_SINGLE_ROWS;
        if (perebor_deadline_passed_after(&worked, 2 * n_rows * n_columns)) {
            return;
        }
        float sums[LOGREG_SINGLE_ROWS];
        float weighted[LOGREG_SINGLE_ROWS] = {0.0F};
        combine_block(sums, packed + start * n_columns, rounded, n_columns);
        for (size_t row = 0; row < n_rows; row++) {
            double sum = rows[start + row] / unit + (double)sums[row];
            sum *= weights[start + row];
            rows[start + row] = unit * sum;
            weighted[row] = (float)sum;
        }
        add_block(lanes, packed + start * n_columns, weighted, n_columns);
    }
    for (size_t column = 0; column < n_columns; column++) {
        products[list[column]] = unit * sum_lanes(lanes + column * LOGREG_SINGLE_LANES);
    }
}

// As many sums at once as there are registers for.
#if defined(__AVX512F__)
enum { tile_rows = 4 };
#else
enum { tile_rows = 2 };
#endif

/** The sum of LOGREG_SINGLE_LANES floats in double precision. */
PEREBOR_INLINE double sum_of_lanes(const float *lanes) {
    v8d sums = v8d_set(0.0);
    for (size_t from = 0; from < LOGREG_SINGLE_LANES; from += PEREBOR_LANES) {
        double wide[PEREBOR_LANES];
        for (size_t lane = 0; lane < PEREBOR_LANES; lane++) {
            wide[lane] = (double)lanes[from + lane];
        }
        sums += v8d_load(wide);
    }
    return v8d_sum(sums);
}

/** Adds the products of tile_rows and LOGREG_TILE panel columns to their place in the matrix. */
PEREBOR_INLINE void add_tile(double *gram, size_t ld, const float *rows, const float *columns,
                             size_t length) {
    float lanes[tile_rows][LOGREG_TILE][LOGREG_SINGLE_LANES];
    for (size_t part = 0; part < LOGREG_SINGLE_LANES; part += native_floats) {
        vnf sums[tile_rows][LOGREG_TILE];
        for (size_t a = 0; a < tile_rows; a++) {
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                sums[a][b] = vnf_set(0.0F);
            }
        }
        for (size_t row = part; row < length; row += LOGREG_SINGLE_LANES) {
            vnf right[LOGREG_TILE];
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                right[b] = vnf_load(columns + b * LOGREG_SINGLE_BLOCK + row);
            }
            for (size_t a = 0; a < tile_rows; a++) {
                vnf left = vnf_load(rows + a * LOGREG_SINGLE_BLOCK + row);
                for (size_t b = 0; b < LOGREG_TILE; b++) {
                    sums[a][b] += left * right[b];
                }
            }
        }
        for (size_t a = 0; a < tile_rows; a++) {
            for (size_t b = 0; b < LOGREG_TILE; b++) {
                vnf_store(lanes[a][b] + part, sums[a][b]);
            }
        }
    }
    for (size_t a = 0; a < tile_rows; a++) {
        for (size_t b = 0; b < LOGREG_TILE; b++) {
            gram[a * ld + b] += sum_of_lanes(lanes[a][b]);
        }
    }
}

/** panel = root * column, for the columns listed and one block of rows; zeros up to n_padded, and
 * behind the block up to whole lanes. */
static void fill_panel(float *panel, size_t n_padded, const double *columns, size_t stride,
                       const size_t *list, size_t n_listed, const double *root, size_t length) {
    const size_t end =
        (length + LOGREG_SINGLE_LANES - 1) / LOGREG_SINGLE_LANES * LOGREG_SINGLE_LANES;
    for (size_t a = 0; a < n_listed; a++) {
        const double *column = columns + list[a] * stride;
        float *to = panel + a * LOGREG_SINGLE_BLOCK;
        for (size_t row = 0; row < length; row++) {
            to[row] = (float)(root[row] * column[row]);
        }
        for (size_t row = length; row < end; row++) {
            to[row] = 0.0F;
        }
    }
    memset(panel + n_listed * LOGREG_SINGLE_BLOCK, 0,
           (n_padded - n_listed) * LOGREG_SINGLE_BLOCK * sizeof *panel);
}

static void gram(double *gram_out, size_t ld, const double *columns, size_t stride,
                 const size_t *list, size_t n_listed, const double *root, float *panel) {
    size_t n_padded = (n_listed + LOGREG_TILE - 1) / LOGREG_TILE * LOGREG_TILE;
    size_t worked = 0;
    for (size_t a = 0; a < n_padded; a++) {
        memset(gram_out + a * ld, 0, n_padded * sizeof *gram_out);
    }
    for (size_t start = 0; start < stride; start += LOGREG_SINGLE_BLOCK) {
        size_t length = start + LOGREG_SINGLE_BLOCK < stride ? LOGREG_SINGLE_BLOCK : stride - start;
        fill_panel(panel, n_padded, columns + start, stride, list, n_listed, root + start, length);
        for (size_t a = 0; a < n_padded; a += tile_rows) {
            if (perebor_deadline_passed_after(&worked, (a + tile_rows) * length)) {
                return;
            }
            for (size_t b = 0; b < a + tile_rows; b += LOGREG_TILE) {
                add_tile(gram_out + a * ld + b, ld, panel + a * LOGREG_SINGLE_BLOCK,
                         panel + b * LOGREG_SINGLE_BLOCK, length);
            }
        }
    }
    for (size_t a = 0; a < n_listed && !perebor_deadline_passed_after(&worked, n_listed); a++) {
        for (size_t b = a + 1; b < n_listed; b++) {
            gram_out[a * ld + b] = gram_out[b * ld + a];
        }
    }
}

extern const logreg_single_kernels PEREBOR_KERNEL(logreg_single_kernels);
const logreg_single_kernels PEREBOR_KERNEL(logreg_single_kernels) = {.curve = curve, .gram = gram};
