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

/** The rows of a block: replaced by weight times (rows + sums), in units; the same in @p weighted.
 */
PEREBOR_INLINE void weigh_block(double *rows, float *weighted, const float *sums,
                                const double *weights, double unit, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row++) {
        double sum = rows[row] / unit + (double)sums[row];
        sum *= weights != NULL ? weights[row] : 1.0;
        rows[row] = unit * sum;
        weighted[row] = (float)sum;
    }
}

static void curve(double *products, double *rows, const float *packed, size_t stride,
                  const size_t *list, size_t n_columns, const double *factors,
                  const double *weights, float *lanes) {
    // In units of the largest factor nothing leaves the range of single precision.
    const double unit = factors != NULL ? unit_of(factors, list, n_columns) : 1.0;
    float *rounded = lanes + n_columns * LOGREG_SINGLE_LANES;
    size_t worked = 0;
    memset(lanes, 0, n_columns * LOGREG_SINGLE_LANES * sizeof *lanes);
    for (size_t column = 0; factors != NULL && column < n_columns; column++) {
        rounded[column] = (float)(factors[list[column]] / unit);
    }
    for (size_t start = 0; start < stride; start += LOGREG_SINGLE_ROWS) {
        size_t n_rows = stride - start < LOGREG_SINGLE_ROWS ? stride - start : LOGREG_SINGLE_ROWS;
        if (perebor_deadline_passed_after(&worked, 2 * n_rows * n_columns)) {
            return;
        }
        float sums[LOGREG_SINGLE_ROWS] = {0.0F};
        float weighted[LOGREG_SINGLE_ROWS] = {0.0F};
        if (factors != NULL) {
            combine_block(sums, packed + start * n_columns, rounded, n_columns);
        }
        weigh_block(rows + start, weighted, sums, weights != NULL ? weights + start : NULL, unit,
                    n_rows);
        if (products != NULL) {
            add_block(lanes, packed + start * n_columns, weighted, n_columns);
        }
    }
    for (size_t column = 0; products != NULL && column < n_columns; column++) {
        products[list[column]] = unit * sum_lanes(lanes + column * LOGREG_SINGLE_LANES);
    }
}

/* The matrix of curvature in single precision. */
typedef float gram_value;
typedef vnf gram_vector;
enum {
    gram_lanes = LOGREG_SINGLE_LANES,
    gram_native = native_floats,
    gram_block = LOGREG_SINGLE_BLOCK,
};

PEREBOR_INLINE vnf gram_zero(void) {
    return vnf_set(0.0F);
}

PEREBOR_INLINE vnf gram_load(const float *from) {
    return vnf_load(from);
}

PEREBOR_INLINE void gram_store(float *to, vnf sums) {
    vnf_store(to, sums);
}

PEREBOR_INLINE void gram_narrow(float *to, vnd terms) {
    typedef float half __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));
    const half narrow = __builtin_convertvector(terms, half);
    memcpy(to, &narrow, sizeof narrow);
}

#include "model/logreg/logreg_gram.h"

extern const logreg_single_kernels PEREBOR_KERNEL(logreg_single_kernels);
const logreg_single_kernels PEREBOR_KERNEL(logreg_single_kernels) = {.curve = curve, .gram = gram};
