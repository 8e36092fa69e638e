// SPDX-License-Identifier: MIT
/**
 * @file forest_words.h
 * Codes of 16 bits of a node's rows, compared 64 at a time: the answers are words of a bit a row,
 * and what is on one side is counted by them. Included by files that are compiled for each
 * instruction set.
 *
 * The weight of a row is held in planes: bit i of a word of plane b is bit b of the weight of the
 * word's row i, and the same for what it adds to class 1. So a sum over some rows is, plane by
 * plane, 2^b times a number of bits.
 */
#ifndef PEREBOR_MODEL_FOREST_FOREST_WORDS_H
#define PEREBOR_MODEL_FOREST_FOREST_WORDS_H

#include "model/forest/forest_codes.h"

#if defined(__AVX512BW__) || defined(__SSE2__)
#include <immintrin.h>
#endif

enum { word_rows = 64 };

/** Which of 64 codes are at most @p most, which is below 2^16. */
PEREBOR_INLINE uint64_t codes_at_most(const uint16_t *codes, uint32_t most) {
#if defined(__AVX512BW__)
    const __m512i limit = _mm512_set1_epi16((int16_t)most);
    const uint64_t low = _mm512_cmple_epu16_mask(_mm512_loadu_si512(codes), limit);
    const uint64_t high = _mm512_cmple_epu16_mask(_mm512_loadu_si512(codes + 32), limit);
    return low | high << 32;
#elif defined(__SSE2__)
    const __m128i limit = _mm_set1_epi16((int16_t)most);
    const __m128i none = _mm_setzero_si128();
    uint64_t word = 0;
    for (int i = 0; i < word_rows; i += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(codes + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(codes + i + 8));
        a = _mm_cmpeq_epi16(_mm_subs_epu16(a, limit), none);
        b = _mm_cmpeq_epi16(_mm_subs_epu16(b, limit), none);
        word |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_packs_epi16(a, b)) << i;
    }
    return word;
#else
    uint64_t word = 0;
    for (int i = 0; i < word_rows; i++) {
        word |= (uint64_t)(codes[i] <= most) << i;
    }
    return word;
#endif
}

/** Which of the 64 codes from row @p first on are from @p least to @p greatest. */
PEREBOR_INLINE uint64_t codes_between(const uint16_t *codes, uint32_t least, uint32_t greatest) {
    const uint64_t below = least == 0 ? 0 : codes_at_most(codes, least - 1);
    return codes_at_most(codes, greatest) & ~below;
}

/** The rows of a word that the node has, of which @p first is the first. */
PEREBOR_INLINE uint64_t rows_of_word(uint32_t n, uint32_t first) {
    return n - first >= word_rows ? ~UINT64_C(0) : (UINT64_C(1) << (n - first)) - 1;
}

/** The least and the greatest of n codes, behind which the last one stands again. */
PEREBOR_INLINE void find_code_range(const uint16_t *codes, uint32_t n, uint32_t *least,
                                    uint32_t *greatest) {
#if defined(__AVX512BW__)
    __m512i low = _mm512_loadu_si512(codes);
    __m512i high = low;
    for (uint32_t i = 32; i < n; i += 32) {
        const __m512i next = _mm512_loadu_si512(codes + i);
        low = _mm512_min_epu16(low, next);
        high = _mm512_max_epu16(high, next);
    }
    const __m256i low_half =
        _mm256_min_epu16(_mm512_castsi512_si256(low), _mm512_extracti64x4_epi64(low, 1));
    const __m256i high_half =
        _mm256_max_epu16(_mm512_castsi512_si256(high), _mm512_extracti64x4_epi64(high, 1));
    const __m128i low_part =
        _mm_min_epu16(_mm256_castsi256_si128(low_half), _mm256_extracti128_si256(low_half, 1));
    const __m128i high_part =
        _mm_max_epu16(_mm256_castsi256_si128(high_half), _mm256_extracti128_si256(high_half, 1));
    const __m128i all = _mm_set1_epi16(-1);
    *least = (uint32_t)_mm_cvtsi128_si32(_mm_minpos_epu16(low_part)) & UINT16_MAX;
    *greatest =
        UINT16_MAX & ~(uint32_t)_mm_cvtsi128_si32(_mm_minpos_epu16(_mm_xor_si128(high_part, all)));
#else
    uint32_t low = codes[0];
    uint32_t high = codes[0];
    for (uint32_t i = 1; i < n; i++) {
        low = codes[i] < low ? codes[i] : low;
        high = codes[i] > high ? codes[i] : high;
    }
    *least = low;
    *greatest = high;
#endif
}

/** Bit @p bit of 64 terms. */
PEREBOR_INLINE uint64_t bits_of_terms(const uint32_t *terms, uint32_t bit) {
    uint64_t word = 0;
#if defined(__AVX512F__)
    const __m512i wanted = _mm512_set1_epi32((int32_t)(UINT32_C(1) << bit));
    for (int i = 0; i < word_rows; i += 16) {
        const __m512i some = _mm512_loadu_si512(terms + i);
        word |= (uint64_t)_mm512_test_epi32_mask(some, wanted) << i;
    }
#elif defined(__SSE2__)
    const __m128i shift = _mm_cvtsi32_si128((int32_t)(31 - bit));
    for (int i = 0; i < word_rows; i += 4) {
        const __m128i some = _mm_sll_epi32(_mm_loadu_si128((const __m128i *)(terms + i)), shift);
        word |= (uint64_t)(uint32_t)_mm_movemask_ps(_mm_castsi128_ps(some)) << i;
    }
#else
    for (int i = 0; i < word_rows; i++) {
        word |= (uint64_t)(terms[i] >> bit & 1) << i;
    }
#endif
    return word;
}

/** Planes of weights: as many as the heaviest row has bits. */
PEREBOR_INLINE uint32_t count_planes(uint32_t heaviest) {
    return heaviest <= 1 ? 1 : 32 - (uint32_t)__builtin_clz(heaviest);
}

/** Makes the planes of a node's terms: of each word and bit, weights, then those of class 1. */
PEREBOR_INLINE void fill_planes(const forest_search *search, uint32_t n, uint32_t n_planes) {
    uint64_t *plane = search->planes;
    for (uint32_t first = 0; first < n; first += word_rows) {
        for (uint32_t bit = 0; bit < n_planes; bit++) {
            *plane++ = bits_of_terms(search->terms + first, FOREST_TERM_BITS + bit);
            *plane++ = bits_of_terms(search->terms + first, bit);
        }
    }
}

/** Adds the rows of a word. */
PEREBOR_INLINE void add_rows(const forest_search *search, uint32_t first, uint32_t n_planes,
                             uint64_t rows, side_sum *side) {
    const uint64_t *plane = search->planes + (size_t)(first / word_rows) * 2 * n_planes;
    side->n += (uint32_t)__builtin_popcountll(rows);
    for (uint32_t bit = 0; bit < n_planes; bit++) {
        const uint64_t weight = (uint64_t)__builtin_popcountll(rows & plane[2 * bit]);
        const uint64_t ones = (uint64_t)__builtin_popcountll(rows & plane[2 * bit + 1]);
        side->sum += (weight << 32 | ones) << bit;
    }
}

#endif
