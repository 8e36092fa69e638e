// SPDX-License-Identifier: MIT
#include "model/knn/knn_kernel.h"

#include <math.h>
#include <stdbool.h>

#include "base/arithmetic.h"
#include "model/knn/knn_singles.h"

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

/** One bit a lane: bit i is set where lane i is below its limit. */
PEREBOR_INLINE unsigned bits_below(vnd lanes, vnd limits) {
#if defined(__AVX512F__)
    return _mm512_cmp_pd_mask((__m512d)lanes, (__m512d)limits, _CMP_LT_OQ);
#elif defined(__AVX__)
    return (unsigned)_mm256_movemask_pd((__m256d)(lanes < limits));
#elif defined(__SSE2__)
    return (unsigned)_mm_movemask_pd((__m128d)(lanes < limits));
#else
    unsigned bits = 0;
    for (int lane = 0; lane < PEREBOR_NATIVE_LANES; lane++) {
        bits |= (unsigned)(lanes[lane] < limits[lane]) << lane;
    }
    return bits;
#endif
}

static size_t gather_below(const double *values, size_t n, double limit, double *kept,
                           uint32_t *index) {
    size_t n_kept = 0;
    const vnd limits = spread(limit);
    for (size_t first = 0; first < n; first += word_values) {
        const size_t end = first + word_values < n ? first + word_values : n;
        uint64_t word = 0;
        for (size_t i = first; i < end; i += PEREBOR_NATIVE_LANES) {
            word |= (uint64_t)bits_below(vnd_load(values + i), limits) << (i - first);
        }
        for (; word != 0; word &= word - 1) {
            size_t place = first + (size_t)__builtin_ctzll(word);
            kept[n_kept] = values[place];
            index[n_kept++] = (uint32_t)place;
        }
    }
    return n_kept;
}

static void rank(const double *values, const double *ties, size_t n, int64_t *ranks) {
    for (size_t i = 0; i < n; i += PEREBOR_NATIVE_LANES) {
        const vnd own = vnd_load(values + i), tie = vnd_load(ties + i);
        vni before = {0};
        for (size_t j = 0; j < n; j++) {
            const vnd other = spread(values[j]);
            before -= (other < own) | ((other == own) & (spread(ties[j]) < tie));
        }
        memcpy(ranks + i, &before, sizeof before);
    }
}

const knn_kernels PEREBOR_KERNEL(knn_kernels) = {.distances = distances,
                                                 .add_levels = add_levels,
                                                 .add_levels_roughly = add_levels_roughly,
                                                 .distances_of_one = distances_of_one,
                                                 .box_distances = box_distances,
                                                 .rough = rough,
                                                 .select_below = select_below,
                                                 .bound = bound,
                                                 .rank = rank,
                                                 .count_below = count_below,
                                                 .gather_below = gather_below};
