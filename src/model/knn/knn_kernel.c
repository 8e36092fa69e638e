// SPDX-License-Identifier: MIT
#include "model/knn/knn_kernel.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"

/**
 * Registers of rows that are worked on at once: with KNN_QUERIES queries, eight sums stay in
 * registers at every instruction set. Every lane is a row of its own, so their width bears on no
 * bit.
 */
enum { register_count = 2 };

/** A number in every lane. */
PEREBOR_INLINE vnd spread(double value) {
    return value - (vnd){0};
}

PEREBOR_INLINE vnd magnitude(vnd lanes) {
    vni sign = (vni)spread(-0.0);
    return (vnd)((vni)lanes & ~sign);
}

typedef uint64_t vnu __attribute__((vector_size(8 * PEREBOR_NATIVE_LANES)));

/**
 * x^p = 2^(p log2 x) for x >= 0, roughly. With x = 2^e m, 1 <= m < 2, log2 x is e and a polynomial
 * of degree 5 in m - 3/2, which is off by less than 2^-16; with p log2 x = k + f, k whole and |f|
 * <= 1/2, the power is 2^k times a polynomial of degree 4 in f, off by a share of less than 2^-18.
 * Both have the least maximal error (Lawson's iteration). Together they are off by a share of less
 * than p ln(2) 2^-16 + 2^-17. Powers are kept within normal numbers; 0 has the least of these.
 */
PEREBOR_INLINE vnd rough_power(vnd x, double p) {
    const vnu bits = (vnu)x, mantissa = (vnu){0} + ((UINT64_C(1) << 52) - 1);
    const vnd shift = spread(0x1p52), nearest = spread(0x1.8p52);
    const vnd e = (vnd)(bits >> 52 | (vnu)shift) - spread(0x1p52 + 1023.0);
    const vnd m = (vnd)((bits & mantissa) | (vnu)spread(1.0)) - spread(1.5);
    vnd log = spread(0.044873589001924355);
    log = log * m - spread(0.0800116108210413);
    log = log * m + spread(0.1414228805188483);
    log = log * m - spread(0.31974891231123553);
    log = log * m + spread(0.9618396804750575);
    log = log * m + spread(0.5849504924931406);
    vnd y = spread(p) * (e + log);
    y = vnd_select(y > spread(-1022.0), y, spread(-1022.0));
    y = vnd_select(y < spread(1023.0), y, spread(1023.0));
    const vnd k = y + nearest; // whose last bits are k
    const vnd f = y - (k - nearest);
    vnd power = spread(0.009570101698763574);
    power = power * f + spread(0.055917860302723256);
    power = power * f + spread(0.2402474483310884);
    power = power * f + spread(0.6931218147397941);
    power = power * f + spread(0.9999992614441332);
    return power * (vnd)(((vnu)k << 52) + (vnu)spread(1.0));
}

/** Adds one column's part to the sums of one query and one register of rows. */
PEREBOR_INLINE vnd add_part(knn_metric metric, double p, vnd sum, vnd difference) {
    if (metric == KNN_MANHATTAN) {
        return sum + magnitude(difference);
    }
    if (metric == KNN_EUCLIDEAN) {
        return sum + difference * difference;
    }
    if (metric == KNN_ROUGH_MINKOWSKI) {
        return sum + rough_power(magnitude(difference), p);
    }
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        sum[lane] += perebor_pow(fabs(difference[lane]), p);
    }
    return sum;
}

/** Where the rows from @p row on begin in column 0; a register never leaves its tile. */
PEREBOR_INLINE const double *rows_from(const double *packed, size_t row, size_t n_columns) {
    return packed + row / PEREBOR_LANES * n_columns * PEREBOR_LANES + row % PEREBOR_LANES;
}

/** Sums of KNN_QUERIES queries over register_count registers of rows from @p row on, or over one.
 */
PEREBOR_INLINE void sum_rows(knn_metric metric, double p, const double *packed, size_t row,
                             size_t n_columns, const double *queries, double *distances,
                             size_t stride, int n_registers) {
    vnd sums[KNN_QUERIES][register_count] = {0};
    const double *from[register_count];
    for (int i = 0; i < n_registers; i++) {
        from[i] = rows_from(packed, row + (size_t)i * PEREBOR_NATIVE_LANES, n_columns);
    }
    for (size_t column = 0; column < n_columns; column++) {
        for (int i = 0; i < n_registers; i++) {
            vnd rows = vnd_load(from[i] + column * PEREBOR_LANES);
            for (int query = 0; query < KNN_QUERIES; query++) {
                vnd difference = spread(queries[column * KNN_QUERIES + (size_t)query]) - rows;
                sums[query][i] = add_part(metric, p, sums[query][i], difference);
            }
        }
    }
    for (int query = 0; query < KNN_QUERIES; query++) {
        for (int i = 0; i < n_registers; i++) {
            vnd_store(distances + (size_t)query * stride + row + (size_t)i * PEREBOR_NATIVE_LANES,
                      sums[query][i]);
        }
    }
}

PEREBOR_INLINE void sum_block(knn_metric metric, double p, const double *packed, size_t n_rows,
                              size_t n_columns, const double *queries, double *distances,
                              size_t stride) {
    size_t n_padded = (n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    size_t step = register_count * PEREBOR_NATIVE_LANES;
    size_t row = 0;
    for (; row + step <= n_padded; row += step) {
        sum_rows(metric, p, packed, row, n_columns, queries, distances, stride, register_count);
    }
    for (; row < n_padded; row += PEREBOR_NATIVE_LANES) {
        sum_rows(metric, p, packed, row, n_columns, queries, distances, stride, 1);
    }
    for (row = n_rows; row < n_padded; row++) {
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            distances[query * stride + row] = INFINITY;
        }
    }
}

static void distances(knn_metric metric, double p, const double *packed, size_t n_rows,
                      size_t n_columns, const double *queries, double *into, size_t stride) {
    if (metric == KNN_MANHATTAN) {
        sum_block(KNN_MANHATTAN, p, packed, n_rows, n_columns, queries, into, stride);
    } else if (metric == KNN_EUCLIDEAN) {
        sum_block(KNN_EUCLIDEAN, p, packed, n_rows, n_columns, queries, into, stride);
    } else if (metric == KNN_ROUGH_MINKOWSKI) {
        sum_block(KNN_ROUGH_MINKOWSKI, p, packed, n_rows, n_columns, queries, into, stride);
    } else {
        sum_block(KNN_MINKOWSKI, p, packed, n_rows, n_columns, queries, into, stride);
    }
}

typedef int32_t vnh __attribute__((vector_size(4 * PEREBOR_NATIVE_LANES)));

/** 1.0 in the lanes of a mask, 0.0 in the others. */
PEREBOR_INLINE vnd ones_of(vni mask) {
    return (vnd)(mask & (vni)spread(1.0));
}

/** The row codes of a block from @p row on. */
PEREBOR_INLINE const uint32_t *codes_from(const uint32_t *packed, size_t row, size_t n_blocks,
                                          size_t block) {
    return packed + (row / KNN_FILTER_TILE * n_blocks + block) * KNN_FILTER_TILE +
           row % KNN_FILTER_TILE;
}

static void add_levels(const uint32_t *packed, const uint32_t *none, size_t n_blocks,
                       const uint32_t *codes, size_t first, size_t n_rows, double *into,
                       size_t stride) {
    for (size_t row = 0; row < n_rows; row += PEREBOR_NATIVE_LANES) {
        vnd sums[KNN_QUERIES];
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            sums[query] = vnd_load(into + query * stride + row);
        }
        for (size_t block = 0; block < n_blocks; block++) {
            vnh narrow;
            memcpy(&narrow, codes_from(packed, first + row, n_blocks, block), sizeof narrow);
            vni own = __builtin_convertvector(narrow, vni);
            vni has = own != (int64_t)(int32_t)none[block];
            for (size_t query = 0; query < KNN_QUERIES; query++) {
                uint32_t code = codes[block * KNN_QUERIES + query];
                vni differ = own != (int64_t)(int32_t)code;
                vni both = has & differ & (int64_t)(code == none[block] ? 0 : -1);
                sums[query] = (sums[query] + ones_of(differ)) + ones_of(both);
            }
        }
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            vnd_store(into + query * stride + row, sums[query]);
        }
    }
}

/** Registers of rows for one query, which needs no more than one beside them. */
enum { registers_of_one = 8, registers_of_tile = PEREBOR_LANES / PEREBOR_NATIVE_LANES };

/** One query over some registers of rows from @p row on. */
PEREBOR_INLINE void sum_rows_of_one(knn_metric metric, double p, const double *packed, size_t row,
                                    size_t n_columns, const double *query, double *distances,
                                    int n_registers) {
    vnd sums[registers_of_one] = {0};
    const double *from[registers_of_one];
    for (int i = 0; i < n_registers; i++) {
        from[i] = rows_from(packed, row + (size_t)i * PEREBOR_NATIVE_LANES, n_columns);
    }
    for (size_t column = 0; column < n_columns; column++) {
        const vnd value = spread(query[column]);
        for (int i = 0; i < n_registers; i++) {
            vnd rows = vnd_load(from[i] + column * PEREBOR_LANES);
            sums[i] = add_part(metric, p, sums[i], value - rows);
        }
    }
    for (int i = 0; i < n_registers; i++) {
        vnd_store(distances + row + (size_t)i * PEREBOR_NATIVE_LANES, sums[i]);
    }
}

PEREBOR_INLINE void sum_block_of_one(knn_metric metric, double p, const double *packed,
                                     size_t n_rows, size_t n_columns, const double *query,
                                     double *distances) {
    const size_t n_padded = (n_rows + PEREBOR_LANES - 1) / PEREBOR_LANES * PEREBOR_LANES;
    const size_t step = registers_of_one * PEREBOR_NATIVE_LANES;
    size_t row = 0;
    for (; row + step <= n_padded; row += step) {
        sum_rows_of_one(metric, p, packed, row, n_columns, query, distances, registers_of_one);
    }
    for (; row < n_padded; row += PEREBOR_LANES) {
        sum_rows_of_one(metric, p, packed, row, n_columns, query, distances, registers_of_tile);
    }
    for (row = n_rows; row < n_padded; row++) {
        distances[row] = INFINITY;
    }
}

static void distances_of_one(knn_metric metric, double p, const double *packed, size_t n_rows,
                             size_t n_columns, const double *query, double *into) {
    if (metric == KNN_MANHATTAN) {
        sum_block_of_one(KNN_MANHATTAN, p, packed, n_rows, n_columns, query, into);
    } else if (metric == KNN_EUCLIDEAN) {
        sum_block_of_one(KNN_EUCLIDEAN, p, packed, n_rows, n_columns, query, into);
    } else if (metric == KNN_ROUGH_MINKOWSKI) {
        sum_block_of_one(KNN_ROUGH_MINKOWSKI, p, packed, n_rows, n_columns, query, into);
    } else {
        sum_block_of_one(KNN_MINKOWSKI, p, packed, n_rows, n_columns, query, into);
    }
}

PEREBOR_INLINE vnd larger(vnd a, vnd b) {
    return vnd_select(a > b, a, b);
}

/** Boxes are tiled as rows are. A value between the sides of a box is no distance away. */
PEREBOR_INLINE void sum_boxes(knn_metric metric, double p, const double *lows, const double *highs,
                              size_t n_boxes, size_t n_columns, const double *query,
                              double *distances) {
    const bool rough = metric == KNN_ROUGH_MINKOWSKI;
    const double share = rough                     ? 1.0 - knn_rough_error(p, n_columns)
                         : metric == KNN_MINKOWSKI ? 1.0 - 0x1p-40
                                                   : 1.0;
    const double slack = rough ? 0x1p-900 : 0.0; // 0 is not 0
    for (size_t box = 0; box < n_boxes; box += PEREBOR_NATIVE_LANES) {
        const double *low = rows_from(lows, box, n_columns);
        const double *high = rows_from(highs, box, n_columns);
        vnd sum = {0};
        for (size_t column = 0; column < n_columns; column++) {
            const vnd value = spread(query[column]);
            vnd below = vnd_load(low + column * PEREBOR_LANES) - value;
            vnd above = value - vnd_load(high + column * PEREBOR_LANES);
            sum = add_part(metric, p, sum, larger(larger(below, above), spread(0.0)));
        }
        vnd_store(distances + box, sum * share - slack);
    }
}

static void box_distances(knn_metric metric, double p, const double *lows, const double *highs,
                          size_t n_boxes, size_t n_columns, const double *query, double *into) {
    if (metric == KNN_MANHATTAN) {
        sum_boxes(KNN_MANHATTAN, p, lows, highs, n_boxes, n_columns, query, into);
    } else if (metric == KNN_EUCLIDEAN) {
        sum_boxes(KNN_EUCLIDEAN, p, lows, highs, n_boxes, n_columns, query, into);
    } else if (metric == KNN_ROUGH_MINKOWSKI) {
        sum_boxes(KNN_ROUGH_MINKOWSKI, p, lows, highs, n_boxes, n_columns, query, into);
    } else {
        sum_boxes(KNN_MINKOWSKI, p, lows, highs, n_boxes, n_columns, query, into);
    }
}

static size_t count_below(const double *values, size_t n, double limit) {
    vni count = {0};
    vnd limits = spread(limit);
    for (size_t i = 0; i < n; i += PEREBOR_NATIVE_LANES) {
        count -= vnd_load(values + i) < limits; // a true lane is -1
    }
    size_t total = 0;
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        total += (size_t)count[lane];
    }
    return total;
}

/** One bit a lane: bit i is set where lane i of a comparison is true. */
PEREBOR_INLINE unsigned lane_bits(vni truth) {
#if defined(__AVX512F__)
    const vni powers = {1, 2, 4, 8, 16, 32, 64, 128};
    vni bits = truth & powers;
    bits |= __builtin_shufflevector(bits, bits, 4, 5, 6, 7, 0, 1, 2, 3);
    bits |= __builtin_shufflevector(bits, bits, 2, 3, 0, 1, 6, 7, 4, 5);
    bits |= __builtin_shufflevector(bits, bits, 1, 0, 3, 2, 5, 4, 7, 6);
#elif defined(__AVX__)
    const vni powers = {1, 2, 4, 8};
    vni bits = truth & powers;
    bits |= __builtin_shufflevector(bits, bits, 2, 3, 0, 1);
    bits |= __builtin_shufflevector(bits, bits, 1, 0, 3, 2);
#else
    const vni powers = {1, 2};
    vni bits = truth & powers;
    bits |= __builtin_shufflevector(bits, bits, 1, 0);
#endif
    return (unsigned)bits[0];
}

/** Whether any lane of a comparison is true. */
PEREBOR_INLINE bool is_any(vni truth) {
    int64_t any = 0;
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        any |= truth[lane];
    }
    return any != 0;
}

static size_t gather_below(const double *values, size_t n, double limit, double *kept,
                           uint32_t *index) {
    enum { strip = 8 * PEREBOR_NATIVE_LANES }; // most strips have none
    size_t n_kept = 0;
    const vnd limits = spread(limit);
    for (size_t first = 0; first < n; first += strip) {
        const size_t end = first + strip < n ? first + strip : n;
        vni below = {0};
        for (size_t i = first; i < end; i += PEREBOR_NATIVE_LANES) {
            below |= vnd_load(values + i) < limits;
        }
        for (size_t i = is_any(below) ? first : end; i < end; i += PEREBOR_NATIVE_LANES) {
            unsigned bits = lane_bits(vnd_load(values + i) < limits);
            for (; bits != 0; bits &= bits - 1) {
                size_t place = i + (size_t)__builtin_ctz(bits);
                kept[n_kept] = values[place];
                index[n_kept++] = (uint32_t)place;
            }
        }
    }
    return n_kept;
}

/* In single precision: twice as many rows in a register. */

enum { native_singles = 2 * PEREBOR_NATIVE_LANES };
typedef float vnf __attribute__((vector_size(4 * native_singles)));
typedef int32_t vnj __attribute__((vector_size(4 * native_singles)));

PEREBOR_INLINE vnf load_singles(const float *from) {
    vnf lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

PEREBOR_INLINE vnf add_rough_part(knn_metric metric, vnf sum, vnf difference) {
    if (metric == KNN_MANHATTAN) {
        const vnj sign = (vnj)(-0.0f - (vnf){0});
        return sum + (vnf)((vnj)difference & ~sign);
    }
    return sum + difference * difference;
}

/** KNN_QUERIES queries and register_count registers of rows, or one, from @p row on. */
PEREBOR_INLINE void sum_rough_rows(knn_metric metric, const float *packed, size_t row,
                                   size_t n_columns, const float *queries, float *distances,
                                   size_t stride, int n_registers) {
    vnf sums[KNN_QUERIES][register_count] = {0};
    const float *from[register_count];
    for (int i = 0; i < n_registers; i++) {
        size_t first = row + (size_t)i * native_singles;
        from[i] = packed + first / KNN_FILTER_TILE * n_columns * KNN_FILTER_TILE +
                  first % KNN_FILTER_TILE;
    }
    for (size_t column = 0; column < n_columns; column++) {
        for (int i = 0; i < n_registers; i++) {
            vnf rows = load_singles(from[i] + column * KNN_FILTER_TILE);
            for (int query = 0; query < KNN_QUERIES; query++) {
                vnf difference = queries[column * KNN_QUERIES + (size_t)query] - rows;
                sums[query][i] = add_rough_part(metric, sums[query][i], difference);
            }
        }
    }
    for (int query = 0; query < KNN_QUERIES; query++) {
        for (int i = 0; i < n_registers; i++) {
            memcpy(distances + (size_t)query * stride + row + (size_t)i * native_singles,
                   &sums[query][i], sizeof(vnf));
        }
    }
}

PEREBOR_INLINE void sum_rough_block(knn_metric metric, const float *packed, size_t n_rows,
                                    size_t n_columns, const float *queries, float *distances,
                                    size_t stride) {
    size_t n_padded = (n_rows + KNN_FILTER_TILE - 1) / KNN_FILTER_TILE * KNN_FILTER_TILE;
    size_t step = register_count * native_singles;
    size_t row = 0;
    for (; row + step <= n_padded; row += step) {
        sum_rough_rows(metric, packed, row, n_columns, queries, distances, stride, register_count);
    }
    for (; row < n_padded; row += native_singles) {
        sum_rough_rows(metric, packed, row, n_columns, queries, distances, stride, 1);
    }
    for (row = n_rows; row < n_padded; row++) {
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            distances[query * stride + row] = INFINITY;
        }
    }
}

static void rough(knn_metric metric, const float *packed, size_t n_rows, size_t n_columns,
                  const float *queries, float *into, size_t stride) {
    if (metric == KNN_MANHATTAN) {
        sum_rough_block(KNN_MANHATTAN, packed, n_rows, n_columns, queries, into, stride);
    } else {
        sum_rough_block(KNN_EUCLIDEAN, packed, n_rows, n_columns, queries, into, stride);
    }
}

PEREBOR_INLINE vnf single_ones_of(vnj mask) {
    return (vnf)(mask & (vnj)(1.0f - (vnf){0}));
}

static void add_levels_roughly(const uint32_t *packed, const uint32_t *none, size_t n_blocks,
                               const uint32_t *codes, size_t first, size_t n_rows, float *into,
                               size_t stride) {
    for (size_t row = 0; row < n_rows; row += native_singles) {
        vnf sums[KNN_QUERIES];
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            sums[query] = load_singles(into + query * stride + row);
        }
        for (size_t block = 0; block < n_blocks; block++) {
            vnj own;
            memcpy(&own, codes_from(packed, first + row, n_blocks, block), sizeof own);
            vnj has = own != (int32_t)none[block];
            for (size_t query = 0; query < KNN_QUERIES; query++) {
                uint32_t code = codes[block * KNN_QUERIES + query];
                vnj differ = own != (int32_t)code;
                vnj both = has & differ & (code == none[block] ? 0 : -1);
                sums[query] = (sums[query] + single_ones_of(differ)) + single_ones_of(both);
            }
        }
        for (size_t query = 0; query < KNN_QUERIES; query++) {
            memcpy(into + query * stride + row, &sums[query], sizeof(vnf));
        }
    }
}

static size_t select_below(const float *values, size_t n, float limit, uint32_t *places) {
    enum { STRIP = 4 * KNN_FILTER_TILE }; // nearly all strips pass nothing
    size_t n_passed = 0;
    for (size_t first = 0; first < n; first += STRIP) {
        size_t end = first + STRIP < n ? first + STRIP : n;
        vnj passed = {0};
        for (size_t i = first; i < end; i += native_singles) {
            passed |= load_singles(values + i) <= limit - (vnf){0};
        }
        for (size_t i = is_any((vni)passed) ? first : end; i < end; i++) {
            places[n_passed] = (uint32_t)i;
            n_passed += values[i] <= limit;
        }
    }
    return n_passed;
}

const knn_kernels PEREBOR_KERNEL(knn_kernels) = {.distances = distances,
                                                 .add_levels = add_levels,
                                                 .add_levels_roughly = add_levels_roughly,
                                                 .distances_of_one = distances_of_one,
                                                 .box_distances = box_distances,
                                                 .rough = rough,
                                                 .select_below = select_below,
                                                 .count_below = count_below,
                                                 .gather_below = gather_below};
