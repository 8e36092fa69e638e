// SPDX-License-Identifier: MIT
/**
 * @file knn_singles.h
 * Rough distances in single precision, with twice as many rows in a register, and what is small
 * among them: a part of the inner loops, included by the file that is compiled for each instruction
 * set.
 */
#ifndef PEREBOR_MODEL_KNN_KNN_SINGLES_H
#define PEREBOR_MODEL_KNN_KNN_SINGLES_H

#include <math.h>

#include "model/knn/knn_kernel.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

/**
 * Registers of rows that are worked on at once: with KNN_QUERIES queries, eight sums stay in
 * registers at every instruction set. Every lane is a row of its own, so their width bears on no
 * bit.
 */
enum { register_count = 2 };

/** Values that are compared at once: a word of a bit each. */
enum { word_values = 64, words_at_once = 32 };

/** The row codes of a block from @p row on. */
PEREBOR_INLINE const uint32_t *codes_from(const uint32_t *packed, size_t row, size_t n_blocks,
                                          size_t block) {
    return packed + (row / KNN_FILTER_TILE * n_blocks + block) * KNN_FILTER_TILE +
           row % KNN_FILTER_TILE;
}

enum { native_singles = 2 * PEREBOR_NATIVE_LANES };
typedef float vnf __attribute__((vector_size(4 * native_singles)));
typedef int32_t vnj __attribute__((vector_size(4 * native_singles)));

PEREBOR_INLINE vnf load_singles(const float *from) {
    vnf lanes;
    memcpy(&lanes, from, sizeof lanes);
    return lanes;
}

/** The only product and sum that are rounded as one: no distance has rough ones' bits. One rounding
 * is less than two. */
PEREBOR_INLINE vnf add_square(vnf sum, vnf difference) {
#if defined(__AVX512F__)
    return (vnf)_mm512_fmadd_ps((__m512)difference, (__m512)difference, (__m512)sum);
#elif defined(__FMA__)
    return (vnf)_mm256_fmadd_ps((__m256)difference, (__m256)difference, (__m256)sum);
#else
    return sum + difference * difference;
#endif
}

PEREBOR_INLINE vnf add_rough_part(knn_metric metric, vnf sum, vnf difference) {
    if (metric == KNN_MANHATTAN) {
        const vnj sign = (vnj)(-0.0f - (vnf){0});
        return sum + (vnf)((vnj)difference & ~sign);
    }
    return add_square(sum, difference);
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

/** One bit a lane: bit i is set where lane i is at most its limit. */
PEREBOR_INLINE unsigned bits_at_most(vnf lanes, vnf limits) {
#if defined(__AVX512F__)
    return _mm512_cmp_ps_mask((__m512)lanes, (__m512)limits, _CMP_LE_OQ);
#elif defined(__AVX__)
    return (unsigned)_mm256_movemask_ps((__m256)(lanes <= limits));
#elif defined(__SSE2__)
    return (unsigned)_mm_movemask_ps((__m128)(lanes <= limits));
#else
    unsigned bits = 0;
    for (int lane = 0; lane < native_singles; lane++) {
        bits |= (unsigned)(lanes[lane] <= limits[lane]) << lane;
    }
    return bits;
#endif
}

/** Which of up to 64 values are at most the limit. */
PEREBOR_INLINE uint64_t at_most(const float *values, size_t n, float limit) {
    const vnf limits = limit - (vnf){0};
    uint64_t word = 0;
    for (size_t i = 0; i < n; i += native_singles) {
        word |= (uint64_t)bits_at_most(load_singles(values + i), limits) << i;
    }
    return word;
}

/** Words of a chunk that have a bit are listed first: so no branch foretells which have, and of
 * these few have two. */
PEREBOR_INLINE size_t select_in_words(const float *values, size_t n, float limit, size_t offset,
                                      uint32_t *places) {
    uint64_t words[words_at_once + 1];
    uint32_t numbers[words_at_once + 1];
    size_t n_words = 0, n_passed = 0;
    for (size_t first = 0; first < n; first += word_values) {
        const size_t left = n - first;
        words[n_words] = left < word_values ? at_most(values + first, left, limit)
                                            : at_most(values + first, word_values, limit);
        numbers[n_words] = (uint32_t)(offset + first);
        n_words += words[n_words] != 0;
    }
    for (size_t i = 0; i < n_words; i++) {
        uint64_t word = words[i];
        do {
            places[n_passed++] = numbers[i] + (uint32_t)__builtin_ctzll(word);
            word &= word - 1;
        } while (word != 0);
    }
    return n_passed;
}

static size_t select_below(const float *values, size_t n, float limit, uint32_t *places) {
    enum { step = words_at_once * word_values };
    size_t n_passed = 0;
    for (size_t first = 0; first < n; first += step) {
        n_passed += select_in_words(values + first, n - first < step ? n - first : step, limit,
                                    first, places + n_passed);
    }
    return n_passed;
}

PEREBOR_INLINE vnf smaller(vnf a, vnf b) {
#if defined(__AVX512F__)
    return (vnf)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX__)
    return (vnf)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vnf)_mm_min_ps((__m128)a, (__m128)b);
#else
    const vnj mask = a < b;
    return (vnf)((mask & (vnj)a) | (~mask & (vnj)b));
#endif
}

/** Every group's least value. A group has every n_groups-th of the values. */
PEREBOR_INLINE void find_minima(const float *values, size_t n, size_t n_groups, float *minima) {
    for (size_t group = 0; group < n_groups; group += native_singles) {
        vnf least = load_singles(values + group);
        for (size_t i = group + n_groups; i < n; i += n_groups) {
            least = smaller(least, load_singles(values + i));
        }
        memcpy(minima + group, &least, sizeof least);
    }
}

/** Values that are not negative are in the order of their bits, by which they are bisected. */
static float bound(const float *values, size_t n, size_t k) {
    float minima[KNN_MOST_BOUNDED * 2];
    const size_t n_groups = (2 * k + word_values - 1) / word_values * word_values;
    const size_t enough = k + k / 8;
    uint32_t low = 0, high = 0x7f800000; // infinity
    find_minima(values, n, n_groups, minima);
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        float limit;
        memcpy(&limit, &middle, sizeof limit);
        size_t count = 0;
        for (size_t group = 0; group < n_groups; group += word_values) {
            count += (size_t)__builtin_popcountll(at_most(minima + group, word_values, limit));
        }
        if (count < k) {
            low = middle;
            continue;
        }
        high = middle;
        if (count <= enough) {
            break;
        }
    }
    float found;
    memcpy(&found, &high, sizeof found);
    return found;
}

#endif
