// SPDX-License-Identifier: MIT
/*
 * All nodes of a tree ask the 32 rows of a tile: ensemble_bits.h. A comparison of ranks says of all
 * of them where they turn right; there the leaves on the left are struck out, in 32 bits a row if
 * the tree has no more leaves, else in 64.
 */
#include "model/ensemble/ensemble_bits.h"

#if defined(__AVX512BW__) && defined(__AVX512VL__) && defined(__AVX512CD__)
#include <immintrin.h>

enum { halves = 2, quarters = 4, lanes = 16 };

PEREBOR_INLINE __mmask32 turn_right(const ensemble_bits_node *node, const char *tile) {
    return _mm512_cmpgt_epu16_mask(_mm512_loadu_si512(tile + node->column),
                                   _mm512_set1_epi32((int)node->rank));
}

/** Adds to eight sums, or the first of them. */
PEREBOR_INLINE void add_eight(double *sums, __m512d leaves, __mmask8 valid) {
    const __m512d before = _mm512_maskz_loadu_pd(valid, sums);
    _mm512_mask_storeu_pd(sums, valid, _mm512_add_pd(before, leaves));
}

/** Which of the rows [first, first + 8) there are. */
PEREBOR_INLINE __mmask8 valid_of(size_t first, size_t n) {
    return (__mmask8)(n >= first + PEREBOR_LANES ? 0xFF : n > first ? (1U << (n - first)) - 1 : 0);
}

/** The values of eight leaves of 32. */
PEREBOR_INLINE __m512d look_up(const __m512d table[quarters], __m256i numbers) {
    const __m512i leaf = _mm512_cvtepu32_epi64(numbers);
    const __m512d low = _mm512_permutex2var_pd(table[0], leaf, table[1]);
    const __m512d high = _mm512_permutex2var_pd(table[2], leaf, table[3]);
    const __mmask8 upper = _mm512_test_epi64_mask(leaf, _mm512_set1_epi64(lanes));
    return _mm512_mask_blend_pd(upper, low, high);
}

/** A tree of up to 32 leaves: the upper half of the bits. */
PEREBOR_INLINE void add_half(const ensemble_bits *tree, const char *tile, size_t n,
                             const __m512d table[quarters], double *sums) {
    __m512i left[halves] = {_mm512_set1_epi32(-1), _mm512_set1_epi32(-1)};
    for (uint32_t i = 0; i < tree->n_nodes; i++) {
        const ensemble_bits_node *node = &tree->nodes[i];
        const __mmask32 right = turn_right(node, tile);
        const __m512i others = _mm512_set1_epi32((int)(node->others >> ENSEMBLE_BITS_HALF));
        left[0] = _mm512_mask_and_epi32(left[0], (__mmask16)right, left[0], others);
        left[1] = _mm512_mask_and_epi32(left[1], (__mmask16)(right >> lanes), left[1], others);
    }
    for (size_t half = 0; half < halves; half++) {
        const __m512i leaf = _mm512_lzcnt_epi32(left[half]);
        const size_t first = half * lanes;
        add_eight(sums + first, look_up(table, _mm512_castsi512_si256(leaf)), valid_of(first, n));
        add_eight(sums + first + PEREBOR_LANES, look_up(table, _mm512_extracti64x4_epi64(leaf, 1)),
                  valid_of(first + PEREBOR_LANES, n));
    }
}

/** A tree of up to 64 leaves. */
PEREBOR_INLINE void add_whole(const ensemble_bits *tree, const char *tile, size_t n, double *sums) {
    const __m512i all = _mm512_set1_epi64(-1);
    __m512i left[quarters] = {all, all, all, all};
    for (uint32_t i = 0; i < tree->n_nodes; i++) {
        const ensemble_bits_node *node = &tree->nodes[i];
        const __mmask32 right = turn_right(node, tile);
        const __m512i others = _mm512_set1_epi64((long long)node->others);
#pragma GCC unroll 4
        for (int k = 0; k < quarters; k++) {
            left[k] = _mm512_mask_and_epi64(left[k], (__mmask8)(right >> PEREBOR_LANES * k),
                                            left[k], others);
        }
    }
    uint64_t leaves[ENSEMBLE_TILE_ROWS];
#pragma GCC unroll 4
    for (int k = 0; k < quarters; k++) {
        _mm512_storeu_si512(leaves + PEREBOR_LANES * k, _mm512_lzcnt_epi64(left[k]));
    }
    for (size_t i = 0; i < n && i < ENSEMBLE_TILE_ROWS; i++) {
        sums[i] += tree->leaves[leaves[i]];
    }
}

static void add(const ensemble_bits *tree, const uint16_t *tiles, size_t width, size_t n,
                double *sums) {
    __m512d table[quarters];
    for (int k = 0; k < quarters; k++) {
        table[k] = _mm512_loadu_pd(tree->leaves + PEREBOR_LANES * k);
    }
    for (size_t first = 0; first < n; first += ENSEMBLE_TILE_ROWS) {
        const char *tile = (const char *)(tiles + first * width);
        if (tree->n_leaves <= ENSEMBLE_BITS_HALF) {
            add_half(tree, tile, n - first, table, sums + first);
        } else {
            add_whole(tree, tile, n - first, sums + first);
        }
    }
}

#define ENSEMBLE_KERNELS                                                                           \
    { .add = add }
#else
#define ENSEMBLE_KERNELS                                                                           \
    { 0 } // levels are walked one by one: ensemble_ranks_score.c
#endif

extern const ensemble_bits_kernels PEREBOR_KERNEL(ensemble_bits_kernels);
const ensemble_bits_kernels PEREBOR_KERNEL(ensemble_bits_kernels) = ENSEMBLE_KERNELS;
