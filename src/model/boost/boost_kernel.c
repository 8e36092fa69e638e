// SPDX-License-Identifier: MIT
#include "model/boost/boost_kernel.h"

#include "base/arithmetic.h"

#if defined(__AVX512F__)
#include <immintrin.h>
#endif

/** 1.5 * 2^52: adding it rounds to a whole number, halves to even ones, and leaves it in the low
 * bits. */
static const double rounding = 6755399441055744.0;

static v8i whole(v8d x) {
    v8d shifted = x + v8d_set(rounding);
    return (v8i)shifted - (v8i)v8d_set(rounding);
}

static void find_terms(const double *scores, const double *labels, const double weights[2],
                       size_t n, int64_t *terms) {
    const v8d one = v8d_set(1.0);
    for (size_t row = 0; row < n; row += PEREBOR_LANES) {
        v8d score = v8d_load(scores + row);
        v8d label = v8d_load(labels + row);
        v8d weight = v8d_select(label > v8d_set(0.5), v8d_set(weights[1]), v8d_set(weights[0]));
        v8d p = one / (one + v8d_exp(-score));
        v8i g = whole(weight * (p - label));
        v8i h = whole(v8d_set(4.0) * weight * (p * (one - p)));
        h -= (v8i)(h < 1) & (h - 1); // 1 at least
        v8i term = (v8i)((v8u)g << 32) + h;
        memcpy(terms + row, &term, sizeof term);
    }
}

/** How far ahead rows are fetched that do not lie side by side. */
enum { rows_ahead = 24 };

/** The cell of a bin of a feature, among those of its word. */
PEREBOR_INLINE size_t cell_of(uint64_t word, unsigned feature) {
    const uint64_t bits = feature == 0 ? word << 3 : word >> (8 * feature - 3);
    return (bits & 255 << 3) + feature;
}

/** @param[in] n_features  A constant, to be unrolled by. @param[in] features  Which of the word. */
PEREBOR_INLINE void accumulate_few(size_t n_features, const uint8_t features[BOOST_WORD],
                                   const uint64_t *words, const uint32_t *rows,
                                   const int64_t *terms, size_t n, int64_t *cells) {
    for (size_t i = 0; i < n; i++) {
        const uint64_t word = words[rows[i]];
        const int64_t term = terms[i];
        for (size_t f = 0; f < n_features; f++) {
            cells[((word >> 8 * features[f]) & 255) * BOOST_WORD + features[f]] += term;
        }
    }
}

/** The first features of a word, whose shifts are constants, too. @param[in] sparse  Whether rows
 * are so far apart that they are fetched beforehand. */
PEREBOR_INLINE void accumulate_first(size_t n_features, bool sparse, const uint64_t *words,
                                     const uint32_t *rows, const int64_t *terms, size_t n,
                                     int64_t *cells) {
    for (size_t i = 0; i < n; i++) {
        if (sparse) {
            __builtin_prefetch(words + rows[i + rows_ahead < n ? i + rows_ahead : i]);
        }
        const uint64_t word = words[rows[i]];
        const int64_t term = terms[i];
        for (unsigned f = 0; f < n_features; f++) {
            cells[cell_of(word, f)] += term;
        }
    }
}

static void accumulate(const boost_scheme *scheme, const boost_rows *binned, size_t word,
                       const uint8_t *wanted, const uint32_t *rows, const int64_t *terms, size_t n,
                       int64_t *cells) {
    const uint64_t *words = binned->words + word * binned->n_rows;
    const size_t first = word * BOOST_WORD;
    uint8_t features[BOOST_WORD] = {0};
    size_t n_features = 0;
    cells += scheme->features[first].first_cell;
    for (size_t f = first; f < scheme->n_features && f < first + BOOST_WORD; f++) {
        features[n_features] = (uint8_t)(f - first);
        n_features += wanted[f] != 0;
    }
    if (n_features == 0) {
        return;
    }
    const bool sparse = n < binned->n_rows / 4;
    const bool side_by_side = features[n_features - 1] == n_features - 1;
    switch (n_features) {
    case 1:
        side_by_side ? accumulate_first(1, true, words, rows, terms, n, cells)
                     : accumulate_few(1, features, words, rows, terms, n, cells);
        break;
    case 2:
        side_by_side ? accumulate_first(2, true, words, rows, terms, n, cells)
                     : accumulate_few(2, features, words, rows, terms, n, cells);
        break;
    case 3:
        side_by_side ? accumulate_first(3, true, words, rows, terms, n, cells)
                     : accumulate_few(3, features, words, rows, terms, n, cells);
        break;
    case 4:
        side_by_side ? accumulate_first(4, true, words, rows, terms, n, cells)
                     : accumulate_few(4, features, words, rows, terms, n, cells);
        break;
    case 5:
        side_by_side ? accumulate_first(5, true, words, rows, terms, n, cells)
                     : accumulate_few(5, features, words, rows, terms, n, cells);
        break;
    case 6:
        side_by_side ? accumulate_first(6, true, words, rows, terms, n, cells)
                     : accumulate_few(6, features, words, rows, terms, n, cells);
        break;
    case 7:
        side_by_side ? accumulate_first(7, true, words, rows, terms, n, cells)
                     : accumulate_few(7, features, words, rows, terms, n, cells);
        break;
    default:
        sparse ? accumulate_first(8, true, words, rows, terms, n, cells)
               : accumulate_first(8, false, words, rows, terms, n, cells);
        break;
    }
}

static void subtract(int64_t *cells, const int64_t *others, size_t n) {
    for (size_t i = 0; i < n; i++) {
        cells[i] -= others[i];
    }
}

/** 1 if so, else 0. */
PEREBOR_INLINE uint32_t goes_right(uint64_t word, const boost_turn *turn) {
    return (uint8_t)((word >> turn->shift) - turn->first) <= turn->span;
}

/** Moves rows from the i-th on, n_left of the ones before having gone left. @return How many have
 * then. */
PEREBOR_INLINE uint32_t divide_from(const uint64_t *words, const boost_turn *turn, uint32_t *rows,
                                    uint32_t i, uint32_t n_left, uint32_t n, uint32_t *spare) {
    const boost_turn here = *turn;
    for (; i < n; i++) {
        const uint32_t row = rows[i];
        rows[n_left] = row;
        spare[i - n_left] = row;
        n_left += 1 - goes_right(words[row], &here);
    }
    return n_left;
}

#if defined(__AVX512F__)
/** The same of sixteen rows at a time, as long as there are so many. */
static uint32_t divide_many(const uint64_t *words, const boost_turn *turn, uint32_t *rows,
                            uint32_t n, uint32_t *spare) {
    const __m128i shift = _mm_cvtsi32_si128(turn->shift % 32);
    const __m512i first = _mm512_set1_epi32(turn->first);
    const __m512i span = _mm512_set1_epi32(turn->span);
    const uint32_t *halves = (const uint32_t *)words + turn->shift / 32;
    uint32_t n_left = 0;
    for (uint32_t i = 0; i + 16 <= n; i += 16) {
        const __m512i row = _mm512_loadu_si512(rows + i);
        const __m512i half = _mm512_srl_epi32(_mm512_i32gather_epi32(row, halves, 8), shift);
        const __m512i place =
            _mm512_and_si512(_mm512_sub_epi32(half, first), _mm512_set1_epi32(255));
        const __mmask16 left = _mm512_cmpgt_epu32_mask(place, span);
        _mm512_storeu_si512(spare + i - n_left, _mm512_maskz_compress_epi32((__mmask16)~left, row));
        _mm512_storeu_si512(rows + n_left, _mm512_maskz_compress_epi32(left, row));
        n_left += (uint32_t)__builtin_popcount(left);
    }
    return n_left;
}
#endif

static uint32_t divide(const boost_rows *binned, const boost_turn *turn, uint32_t *rows, uint32_t n,
                       uint32_t *spare) {
    const uint64_t *words = binned->words + turn->word * binned->n_rows;
    uint32_t n_left = 0;
    uint32_t done = 0;
#if defined(__AVX512F__)
    n_left = divide_many(words, turn, rows, n, spare);
    done = n / 16 * 16;
#endif
    n_left = divide_from(words, turn, rows, done, n_left, n, spare);
    memcpy(rows + n_left, spare, (n - n_left) * sizeof *rows);
    return n_left;
}

/** One step of some rows at once, each of which waits for its last alone. @return Whether any
 * moved.
 */
PEREBOR_INLINE bool step(const boost_rows *binned, const boost_turn *turns, size_t first,
                         uint32_t at[BOOST_WORD]) {
    uint32_t moved = 0;
    for (size_t i = 0; i < BOOST_WORD; i++) {
        const boost_turn *turn = &turns[at[i]];
        const uint64_t word = binned->words[turn->word * binned->n_rows + first + i];
        const uint32_t next = turn->left + goes_right(word, turn);
        moved |= next ^ at[i];
        at[i] = next;
    }
    return moved != 0;
}

static void walk(const boost_rows *binned, const boost_turn *turns, const double *values,
                 size_t first, size_t end, double *scores) {
    size_t row = first;
    for (; row + BOOST_WORD <= end; row += BOOST_WORD) {
        uint32_t at[BOOST_WORD] = {0};
        while (step(binned, turns, row, at)) {
        }
        for (size_t i = 0; i < BOOST_WORD; i++) {
            scores[row + i] += values[at[i]];
        }
    }
    for (; row < end; row++) {
        uint32_t at = 0;
        for (uint32_t before = UINT32_MAX; at != before;) {
            const boost_turn *turn = &turns[at];
            before = at;
            at = turn->left + goes_right(binned->words[turn->word * binned->n_rows + row], turn);
        }
        scores[row] += values[at];
    }
}

extern const boost_kernels PEREBOR_KERNEL(boost_kernels);
const boost_kernels PEREBOR_KERNEL(boost_kernels) = {.find_terms = find_terms,
                                                     .accumulate = accumulate,
                                                     .subtract = subtract,
                                                     .divide = divide,
                                                     .walk = walk};
