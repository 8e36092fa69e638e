// SPDX-License-Identifier: MIT
#include "model/logreg/logreg_single.h"

#include <math.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

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

/** As a list, which becomes one instruction; a loop over lanes does not. */
PEREBOR_INLINE vnf vnf_set(float v) {
#if defined(__AVX512F__)
    return (vnf){v, v, v, v, v, v, v, v, v, v, v, v, v, v, v, v};
#elif defined(__AVX__)
    return (vnf){v, v, v, v, v, v, v, v};
#else
    return (vnf){v, v, v, v};
#endif
}

/** As many whole numbers as there are floats in a register; the compiler would take them in halves.
 */
PEREBOR_INLINE vnf load_shorts(const int16_t *from) {
#if defined(__AVX512F__)
    return (vnf)_mm512_cvtepi32_ps(
        _mm512_cvtepi16_epi32(_mm256_loadu_si256((const __m256i *)(const void *)from)));
#elif defined(__AVX2__)
    return (vnf)_mm256_cvtepi32_ps(
        _mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)(const void *)from)));
#else
    typedef int16_t short_lanes __attribute__((vector_size(2 * native_floats)));
    short_lanes whole;
    memcpy(&whole, from, sizeof whole);
    return __builtin_convertvector(whole, vnf);
#endif
}

/** What is @p at values behind the beginning of packed columns. */
PEREBOR_INLINE vnf load_packed(const logreg_packed *packed, bool is_short, size_t at) {
    return is_short ? load_shorts(packed->shorts + at) : vnf_load(packed->singles + at);
}

PEREBOR_INLINE const void *address_of(const logreg_packed *packed, bool is_short, size_t at) {
    return is_short ? (const void *)(packed->shorts + at) : (const void *)(packed->singles + at);
}

/** sums = the block's columns times factors; the block is @p at values behind the beginning. */
PEREBOR_INLINE void combine_block(float *sums_out, const logreg_packed *packed, bool is_short,
                                  size_t at, const float *factors, size_t n_columns) {
    vnf sums[n_vectors];
    for (size_t k = 0; k < n_vectors; k++) {
        sums[k] = vnf_set(0.0F);
    }
    for (size_t column = 0; column < n_columns; column++, at += LOGREG_SINGLE_ROWS) {
        // The columns are read once, from far away; a page ends every sixteen of them.
        const size_t ahead = column + columns_ahead < n_columns ? columns_ahead : 0;
        for (size_t k = 0; k < n_vectors; k += is_short ? 2 : 1) {
            __builtin_prefetch(
                address_of(packed, is_short, at + ahead * LOGREG_SINGLE_ROWS + k * native_floats));
        }
        vnf factor = vnf_set(factors[column]);
        for (size_t k = 0; k < n_vectors; k++) {
            sums[k] += factor * load_packed(packed, is_short, at + k * native_floats);
        }
    }
    for (size_t k = 0; k < n_vectors; k++) {
        vnf_store(sums_out + k * native_floats, sums[k]);
    }
}

/** lanes[j] += column j of the block times rows, lane by lane. */
PEREBOR_INLINE void add_block(float *lanes, const logreg_packed *packed, bool is_short, size_t at,
                              const float *rows, size_t n_columns) {
    vnf factors[n_vectors];
    for (size_t k = 0; k < n_vectors; k++) {
        factors[k] = vnf_load(rows + k * native_floats);
    }
    for (size_t column = 0; column < n_columns; column++, at += LOGREG_SINGLE_ROWS) {
        float *to = lanes + column * LOGREG_SINGLE_LANES;
        for (size_t part = 0; part < n_parts; part++) {
            vnf sum = vnf_load(to + part * native_floats);
            for (size_t k = part; k < n_vectors; k += n_parts) {
                sum += factors[k] * load_packed(packed, is_short, at + k * native_floats);
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

/** The sums over a column in its units. */
PEREBOR_INLINE double unit_of_column(const logreg_packed *packed, size_t column) {
    return packed->shorts != NULL ? packed->units[column] : 1.0;
}

PEREBOR_INLINE void curve_packed(double *products, double *rows, const logreg_packed *packed,
                                 bool is_short, size_t stride, const size_t *list, size_t n_columns,
                                 const double *factors, const double *weights, float *lanes) {
    // In units of the largest factor nothing leaves the range of single precision.
    const double unit = factors != NULL ? unit_of(factors, list, n_columns) : 1.0;
    float *rounded = lanes + n_columns * LOGREG_SINGLE_LANES;
    size_t worked = 0;
    memset(lanes, 0, n_columns * LOGREG_SINGLE_LANES * sizeof *lanes);
    for (size_t column = 0; factors != NULL && column < n_columns; column++) {
        rounded[column] = (float)(factors[list[column]] / unit * unit_of_column(packed, column));
    }
    for (size_t start = 0; start < stride; start += LOGREG_SINGLE_ROWS) {
        size_t n_rows = stride - start < LOGREG_SINGLE_ROWS ? stride - start : LOGREG_SINGLE_ROWS;
        if (perebor_deadline_passed_after(&worked, 2 * n_rows * n_columns)) {
            return;
        }
        float sums[LOGREG_SINGLE_ROWS] = {0.0F};
        float weighted[LOGREG_SINGLE_ROWS] = {0.0F};
        if (factors != NULL) {
            combine_block(sums, packed, is_short, start * n_columns, rounded, n_columns);
        }
        weigh_block(rows + start, weighted, sums, weights != NULL ? weights + start : NULL, unit,
                    n_rows);
        if (products != NULL) {
            add_block(lanes, packed, is_short, start * n_columns, weighted, n_columns);
        }
    }
    for (size_t column = 0; products != NULL && column < n_columns; column++) {
        products[list[column]] = unit * (unit_of_column(packed, column) *
                                         sum_lanes(lanes + column * LOGREG_SINGLE_LANES));
    }
}

static void curve(double *products, double *rows, const logreg_packed *packed, size_t stride,
                  const size_t *list, size_t n_columns, const double *factors,
                  const double *weights, float *lanes) {
    if (packed->shorts != NULL) {
        curve_packed(products, rows, packed, true, stride, list, n_columns, factors, weights,
                     lanes);
    } else {
        curve_packed(products, rows, packed, false, stride, list, n_columns, factors, weights,
                     lanes);
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
