// SPDX-License-Identifier: MIT
/*
 * A row walks from block to block: ensemble_blocks.h. Each block waits for the one before it, but
 * not for those of other rows, which the processor takes on meanwhile. Rows that have come to a
 * leaf are left behind after every block but the first few.
 */
#include "model/ensemble/ensemble_walk.h"

#if defined(__AVX512BW__) && defined(__AVX512VL__)
#include <immintrin.h>

/** The way out of a block by the nodes where a row turns right: p = 1, then thrice
 * p <- 2p + bit p - 1 of the mask, less 8. */
static const uint8_t ways[1 << ENSEMBLE_BLOCK_NODES] = {
    // clang-format off
    0, 4, 2, 4, 0, 6, 2, 6, 1, 4, 2, 4, 1, 6, 2, 6, 0, 4, 3, 4, 0, 6, 3, 6, 1, 4, 3, 4, 1, 6, 3, 6,
    0, 5, 2, 5, 0, 6, 2, 6, 1, 5, 2, 5, 1, 6, 2, 6, 0, 5, 3, 5, 0, 6, 3, 6, 1, 5, 3, 5, 1, 6, 3, 6,
    0, 4, 2, 4, 0, 7, 2, 7, 1, 4, 2, 4, 1, 7, 2, 7, 0, 4, 3, 4, 0, 7, 3, 7, 1, 4, 3, 4, 1, 7, 3, 7,
    0, 5, 2, 5, 0, 7, 2, 7, 1, 5, 2, 5, 1, 7, 2, 7, 0, 5, 3, 5, 0, 7, 3, 7, 1, 5, 3, 5, 1, 7, 3, 7,
    // clang-format on
};

/** A row's ranks; a wide row has two registers. */
typedef struct row_ranks {
    __m512i low, high;
} row_ranks;

PEREBOR_INLINE row_ranks load_row(const uint16_t *row, bool wide) {
    const __m512i low = _mm512_loadu_si512(row);
    return (row_ranks){low, wide ? _mm512_loadu_si512(row + ENSEMBLE_REGISTER_COLUMNS) : low};
}

/** Through one block. @param[in] at  As ensemble_block.next. */
PEREBOR_INLINE uint32_t pass(const ensemble_block *blocks, row_ranks row, bool wide, uint32_t at) {
    const ensemble_block *block =
        (const ensemble_block *)(const void *)((const uint64_t *)(const void *)blocks + at);
    const __m512i columns =
        _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)block->columns));
    const __m128i ranks = _mm_loadu_si128((const __m128i *)block->ranks);
    const __m512i found = wide ? _mm512_permutex2var_epi16(row.low, columns, row.high)
                               : _mm512_permutexvar_epi16(columns, row.low);
    return block->next[ways[_mm_cmpgt_epu16_mask(_mm512_castsi512_si128(found), ranks)]];
}

/** Lets all rows through the blocks that all have to go through. @return How many walk on. */
PEREBOR_INLINE size_t start(const ensemble_block_tree *tree, const ensemble_walkers *walkers,
                            bool wide, uint32_t n_sure) {
    const ensemble_block *blocks = tree->blocks;
    const uint32_t end = tree->end;
    const size_t width = wide ? 2 * ENSEMBLE_REGISTER_COLUMNS : ENSEMBLE_REGISTER_COLUMNS;
    size_t n_left = 0;
    for (size_t first = 0; first < walkers->n;
         first += ENSEMBLE_ABREAST) { // there is room behind the last
        uint32_t at[ENSEMBLE_ABREAST] = {0};
        const uint16_t *rows = walkers->rows + first * width;
        for (uint32_t k = 0; k < n_sure; k++) {
            for (size_t i = 0; i < ENSEMBLE_ABREAST; i++) {
                at[i] = pass(blocks, load_row(rows + i * width, wide), wide, at[i]);
            }
        }
        for (size_t i = 0; i < ENSEMBLE_ABREAST && first + i < walkers->n; i++) {
            walkers->at[first + i] = at[i];
            walkers->walking[n_left] = (uint16_t)(first + i);
            n_left += at[i] < end;
        }
    }
    return n_left;
}

/** Lets the rows that walk through one block more. @return How many walk on. */
PEREBOR_INLINE size_t go_on(const ensemble_block_tree *tree, const ensemble_walkers *walkers,
                            bool wide, size_t n) {
    const ensemble_block *blocks = tree->blocks;
    const uint32_t end = tree->end;
    const size_t width = wide ? 2 * ENSEMBLE_REGISTER_COLUMNS : ENSEMBLE_REGISTER_COLUMNS;
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t own = walkers->walking[i];
        const row_ranks row = load_row(walkers->rows + own * width, wide);
        const uint32_t at = pass(blocks, row, wide, walkers->at[own]);
        walkers->at[own] = at;
        walkers->walking[n_left] = (uint16_t)own;
        n_left += at < end;
    }
    return n_left;
}

PEREBOR_INLINE void walk_all(const ensemble_block_tree *tree, const ensemble_walkers *walkers,
                             bool wide, double *sums) {
    size_t n = start(tree, walkers, wide, tree->n_sure);
    while (n > 0) {
        n = go_on(tree, walkers, wide, n);
    }
    for (size_t i = 0; i < walkers->n; i++) {
        sums[i] += tree->leaves[ensemble_block_leaf(tree, walkers->at[i])];
    }
}

static void walk(const ensemble_block_tree *tree, const ensemble_walkers *walkers, double *sums) {
    if (walkers->width > ENSEMBLE_REGISTER_COLUMNS) {
        walk_all(tree, walkers, true, sums);
    } else {
        walk_all(tree, walkers, false, sums);
    }
}

#define ENSEMBLE_WALK walk
#else
#define ENSEMBLE_WALK NULL // levels are walked one by one: ensemble_ranks.c
#endif

extern const ensemble_walk_kernels PEREBOR_KERNEL(ensemble_walk_kernels);
const ensemble_walk_kernels PEREBOR_KERNEL(ensemble_walk_kernels) = {.walk = ENSEMBLE_WALK};
