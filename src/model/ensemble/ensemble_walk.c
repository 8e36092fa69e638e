// SPDX-License-Identifier: MIT
/*
 * Rows walk from block to block: ensemble_blocks.h. Each block waits for the one before it, but not
 * for those of other rows: what a block takes is done in four loops over some rows that walk, each
 * of which does one thing for all of them, so that the processor has many at hand that wait for
 * nothing. Rows that have come to a leaf leave the list; a list keeps the order of its rows.
 */
#include "model/ensemble/ensemble_walk.h"

#if defined(__AVX512BW__) && defined(__AVX512VL__)
#include <immintrin.h>

enum { abreast = 256, lanes = 16, masks = 32 };

/* Ranks. */

/** The parts of a column's range that eight values lie in: ensemble_part_of(). */
PEREBOR_INLINE __m256i find_parts(const ranked_column *column, __m512d values) {
    const __m512d beyond = _mm512_sub_pd(values, _mm512_set1_pd(column->least));
    const __m512d place = _mm512_mul_pd(beyond, _mm512_set1_pd(column->scale));
    const __m512d last = _mm512_set1_pd((double)(column->n_parts - 1));
    // The greater of 0 and a place that is not a number is 0: the second of the two.
    return _mm512_cvttpd_epi32(_mm512_min_pd(_mm512_max_pd(place, _mm512_setzero_pd()), last));
}

/** The rank of a value among the thresholds [first, last), eight at a time: behind a part come
 * thresholds that do not lie below the value. */
PEREBOR_INLINE uint32_t rank_within(const double *thresholds, uint32_t first, uint32_t last,
                                    double value) {
    uint32_t n_below;
    do {
        const __m512d some = _mm512_loadu_pd(thresholds + first);
        const __mmask8 below = _mm512_cmp_pd_mask(some, _mm512_set1_pd(value), _CMP_LT_OQ);
        n_below = (uint32_t)__builtin_popcount(below);
        first += n_below;
    } while (n_below == PEREBOR_LANES && first < last);
    return first;
}
_Static_assert((int)ENSEMBLE_PADDING >= (int)PEREBOR_LANES,
               "there are thresholds behind the last ones");

static void rank(const ranked_column *column, const double *values, size_t n, uint16_t *ranks) {
    for (size_t i = 0; i < n; i += PEREBOR_LANES) {
        const size_t own = n - i < PEREBOR_LANES ? n - i : PEREBOR_LANES;
        const __m512d some = _mm512_maskz_loadu_pd((__mmask8)((1U << own) - 1), values + i);
        const __mmask8 missing = _mm512_cmp_pd_mask(some, some, _CMP_UNORD_Q);
        uint32_t parts[PEREBOR_LANES];
        _mm256_storeu_si256((void *)parts, find_parts(column, some));
        for (size_t k = 0; k < own; k++) {
            const uint16_t *begin = column->begin + parts[k];
            const uint32_t own_rank =
                rank_within(column->thresholds, begin[0], begin[1], values[i + k]);
            // No threshold is as great as what is missing: to the right.
            ranks[i + k] = (uint16_t)((missing >> k & 1) != 0 ? column->n : own_rank);
        }
    }
}

/** Those that walk, and those that have come to leaves. */
typedef struct walk_lists {
    uint32_t *places, *at, *ended, *leaves;
    size_t n, n_ended;
} walk_lists;

/** Appends rows to one list or the other. @param[in] next  Blocks, or leaves. */
PEREBOR_INLINE void append(walk_lists *lists, __m512i places, __m512i next, __mmask16 valid) {
    const __mmask16 ended = _mm512_movepi32_mask(next) & valid; // ENSEMBLE_LEAF is the sign
    const __mmask16 walking = (__mmask16)(valid & ~ended);
    const __m512i leaves = _mm512_andnot_si512(_mm512_set1_epi32(INT32_MIN), next);
    _mm512_storeu_si512(lists->places + lists->n, _mm512_maskz_compress_epi32(walking, places));
    _mm512_storeu_si512(lists->at + lists->n, _mm512_maskz_compress_epi32(walking, next));
    _mm512_storeu_si512(lists->ended + lists->n_ended, _mm512_maskz_compress_epi32(ended, places));
    _mm512_storeu_si512(lists->leaves + lists->n_ended, _mm512_maskz_compress_epi32(ended, leaves));
    lists->n += (size_t)__builtin_popcount(walking);
    lists->n_ended += (size_t)__builtin_popcount(ended);
}

/** Which of the next lanes hold rows, of so many that are left. */
PEREBOR_INLINE __mmask16 valid_of(size_t n_left) {
    return (__mmask16)(n_left >= lanes ? 0xFFFF : (1U << n_left) - 1);
}

/* The top: for each row of a tile the way out of the subtree below node p, counted from its
 * leftmost one; a node passes on what its left child says, or its right one and as many ways as are
 * on the left. */

PEREBOR_INLINE __mmask32 turn_right(const ensemble_top *top, const char *tile, uint32_t p) {
    return _mm512_cmpgt_epu16_mask(_mm512_loadu_si512(tile + top->columns[p]),
                                   _mm512_set1_epi32((int)top->ranks[p]));
}

PEREBOR_INLINE __m512i ways_1(const ensemble_top *top, const char *tile, uint32_t p) {
    return _mm512_maskz_mov_epi16(turn_right(top, tile, p), _mm512_set1_epi16(1));
}

#define WAYS_OF_LEVELS(levels, below)                                                              \
    PEREBOR_INLINE __m512i ways_##levels(const ensemble_top *top, const char *tile, uint32_t p) {  \
        const __m512i left = ways_##below(top, tile, 2 * p);                                       \
        const __m512i right = ways_##below(top, tile, 2 * p + 1);                                  \
        return _mm512_mask_add_epi16(left, turn_right(top, tile, p), right,                        \
                                     _mm512_set1_epi16(1 << (below)));                             \
    }
WAYS_OF_LEVELS(2, 1)
WAYS_OF_LEVELS(3, 2)
WAYS_OF_LEVELS(4, 3)
WAYS_OF_LEVELS(5, 4)
WAYS_OF_LEVELS(6, 5)
_Static_assert(ENSEMBLE_TOP_LEVELS == 6, "the top has the levels of ways_6()");

/** Where sixteen ways out of the top lead: a table of 64 in four registers. */
PEREBOR_INLINE __m512i look_up(const ensemble_top *top, __m256i ways) {
    const __m512i way = _mm512_cvtepu16_epi32(ways);
    const __m512i low = _mm512_permutex2var_epi32(_mm512_loadu_si512(top->next), way,
                                                  _mm512_loadu_si512(top->next + lanes));
    const __m512i high = _mm512_permutex2var_epi32(_mm512_loadu_si512(top->next + 2 * lanes), way,
                                                   _mm512_loadu_si512(top->next + 3 * lanes));
    const __mmask16 upper = _mm512_test_epi32_mask(way, _mm512_set1_epi32(2 * lanes));
    return _mm512_mask_blend_epi32(upper, low, high);
}

/** Lets all rows through the top. */
PEREBOR_INLINE void begin(const ensemble_top *top, const ensemble_walkers *walkers,
                          walk_lists *lists) {
    __m512i places =
        _mm512_setr_epi32(0, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120);
    const __m512i on = _mm512_set1_epi32(8 * lanes);
    for (size_t first = 0; first < walkers->n; first += ENSEMBLE_TILE_ROWS) {
        const char *tile = (const char *)(walkers->tiles + first * walkers->width);
        const __m512i ways = ways_6(top, tile, 1);
        const size_t n_left = walkers->n - first;
        append(lists, places, look_up(top, _mm512_castsi512_si256(ways)), valid_of(n_left));
        places = _mm512_add_epi32(places, on);
        append(lists, places, look_up(top, _mm512_extracti64x4_epi64(ways, 1)),
               valid_of(n_left > lanes ? n_left - lanes : 0));
        places = _mm512_add_epi32(places, on);
    }
}

/* Blocks. */

/** The ranks that a block asks a row for. @param[in] width  Ranks of the row. */
PEREBOR_INLINE __m256i find_ranks(const ensemble_block *block, const char *row, size_t width) {
    const __m256i columns = _mm256_loadu_si256((const void *)block->columns);
    if (width == ENSEMBLE_REGISTER_COLUMNS / 2) {
        return _mm256_permutexvar_epi16(columns, _mm256_loadu_si256((const void *)row));
    }
    const __m512i places = _mm512_castsi256_si512(columns);
    const __m512i low = _mm512_loadu_si512(row);
    const __m512i found =
        width == ENSEMBLE_REGISTER_COLUMNS
            ? _mm512_permutexvar_epi16(places, low)
            : _mm512_permutex2var_epi16(low, places, _mm512_loadu_si512(row + sizeof low));
    return _mm512_castsi512_si256(found);
}

/** Asks the blocks of rows where they turn right. @param[out] turns  [n] bits of nodes */
PEREBOR_INLINE void compare(const ensemble_block *blocks, const ensemble_walkers *walkers,
                            size_t width, const uint32_t *places, const uint32_t *at, size_t n,
                            uint16_t *turns) {
    const size_t scale = width * sizeof(uint16_t) / sizeof(double); // of places to bytes
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        const ensemble_block *block = blocks + at[i];
        const char *row = (const char *)walkers->rows + places[i] * scale;
        const __m256i ranks = _mm256_loadu_si256((const void *)block->ranks);
        turns[i] = (uint16_t)_mm256_cmpgt_epu16_mask(find_ranks(block, row, width), ranks);
    }
}

/** One level more: way <- 2 way + the bit of the node that the way has come to. */
PEREBOR_INLINE __m512i turn(__m512i way, __m512i bits) {
    const __m512i bit = _mm512_and_si512(_mm512_srlv_epi16(bits, way), _mm512_set1_epi16(1));
    return _mm512_add_epi16(_mm512_add_epi16(way, way), bit);
}

/** The ways out of blocks. @param[out] next  [n] indices of ensemble_block_tree.next */
PEREBOR_INLINE void find_ways(const uint16_t *turns, const uint32_t *at, size_t n, uint32_t *next) {
    for (size_t i = 0; i < n; i += masks) {
        const __m512i bits = _mm512_loadu_si512(turns + i);
        __m512i way = _mm512_and_si512(bits, _mm512_set1_epi16(1)); // node 1
        way = turn(way, _mm512_srli_epi16(bits, 1));                // 2 and 3
        way = turn(way, _mm512_srli_epi16(bits, 3));                // 4 to 7
        way = turn(way, _mm512_srli_epi16(bits, 8));                // 8 to 15
        const __m512i low = _mm512_cvtepu16_epi32(_mm512_castsi512_si256(way));
        const __m512i high = _mm512_cvtepu16_epi32(_mm512_extracti64x4_epi64(way, 1));
        const __m512i first = _mm512_slli_epi32(_mm512_loadu_si512(at + i), 4);
        const __m512i second = _mm512_slli_epi32(_mm512_loadu_si512(at + i + lanes), 4);
        _mm512_storeu_si512(next + i, _mm512_add_epi32(first, low));
        _mm512_storeu_si512(next + i + lanes, _mm512_add_epi32(second, high));
    }
}
_Static_assert(ENSEMBLE_BLOCK_WAYS == 1 << 4, "blocks have four levels");

/** Where ways lead. @param[in,out] next  [n] ways; on return blocks or leaves. */
PEREBOR_INLINE void lead(const uint32_t *ways, size_t n, uint32_t *next) {
    volatile uint32_t *found = next; // put together in a register they would take twice as long
#pragma GCC unroll 8
    for (size_t i = 0; i < n; i++) {
        found[i] = ways[next[i]];
    }
}

/** Lets the rows that walk through one block more. The list is written over from its beginning,
 * never beyond what has been read of it. */
PEREBOR_INLINE void go_on(const ensemble_block_tree *tree, const ensemble_walkers *walkers,
                          size_t width, walk_lists *lists) {
    uint16_t turns[abreast];
    uint32_t next[abreast];
    const size_t n = lists->n;
    lists->n = 0;
    _mm512_storeu_si512(lists->places + n, _mm512_setzero_si512()); // row 0 in block 0, for nothing
    _mm512_storeu_si512(lists->places + n + lanes, _mm512_setzero_si512());
    _mm512_storeu_si512(lists->at + n, _mm512_setzero_si512());
    _mm512_storeu_si512(lists->at + n + lanes, _mm512_setzero_si512());
    for (size_t first = 0; first < n; first += abreast) {
        const uint32_t *places = lists->places + first;
        const uint32_t *at = lists->at + first;
        const size_t own = n - first < abreast ? n - first : abreast;
        const size_t whole = (own + masks - 1) / masks * masks;
        compare(tree->blocks, walkers, width, places, at, whole, turns);
        find_ways(turns, at, whole, next);
        lead(tree->next, whole, next);
        for (size_t i = 0; i < own; i += lanes) {
            append(lists, _mm512_loadu_si512(places + i), _mm512_loadu_si512(next + i),
                   valid_of(own - i));
        }
    }
}

PEREBOR_INLINE void walk_all(const ensemble_block_tree *tree, const ensemble_walkers *walkers,
                             size_t width, double *sums) {
    walk_lists lists = {.places = walkers->places,
                        .at = walkers->at,
                        .ended = walkers->ended,
                        .leaves = walkers->leaves};
    begin(tree->top, walkers, &lists);
    while (lists.n > 0) {
        go_on(tree, walkers, width, &lists);
    }
    for (size_t i = 0; i < lists.n_ended; i++) {
        sums[lists.ended[i] / sizeof *sums] += tree->leaves[lists.leaves[i]];
    }
}

static void walk(const ensemble_block_tree *tree, const ensemble_walkers *walkers, double *sums) {
    if (walkers->width < ENSEMBLE_REGISTER_COLUMNS) {
        walk_all(tree, walkers, ENSEMBLE_REGISTER_COLUMNS / 2, sums);
    } else if (walkers->width == ENSEMBLE_REGISTER_COLUMNS) {
        walk_all(tree, walkers, ENSEMBLE_REGISTER_COLUMNS, sums);
    } else {
        walk_all(tree, walkers, 2 * (size_t)ENSEMBLE_REGISTER_COLUMNS, sums);
    }
}

#define ENSEMBLE_KERNELS                                                                           \
    { .rank = rank, .walk = walk }
#else
#define ENSEMBLE_KERNELS                                                                           \
    { 0 } // levels are walked one by one: ensemble_ranks_score.c
#endif

extern const ensemble_walk_kernels PEREBOR_KERNEL(ensemble_walk_kernels);
const ensemble_walk_kernels PEREBOR_KERNEL(ensemble_walk_kernels) = ENSEMBLE_KERNELS;
