// SPDX-License-Identifier: MIT
/**
 * @file csv_marks.h
 * Where the bytes are that may end an unquoted field of CSV, 64 at a time.
 */
#ifndef PEREBOR_TABLE_CSV_MARKS_H
#define PEREBOR_TABLE_CSV_MARKS_H

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#else
#include "base/digits.h"
#endif

enum { CSV_MARKED_BYTES = 64 };

#if defined(__SSE2__)

/** Bit i is set if from[i] is the delimiter, LF, CR or zero. */
static inline uint64_t csv_marks_find(const char *from, char delimiter) {
    const __m128i delimiters = _mm_set1_epi8(delimiter), lf = _mm_set1_epi8('\n');
    const __m128i cr = _mm_set1_epi8('\r'), zero = _mm_setzero_si128();
    uint64_t marks = 0;
    for (int i = 0; i < CSV_MARKED_BYTES; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr));
        __m128i rest = _mm_or_si128(_mm_cmpeq_epi8(bytes, delimiters), _mm_cmpeq_epi8(bytes, zero));
        marks |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(ends, rest)) << i;
    }
    return marks;
}

#else

/** 0x80 in the bytes of a word that are @p byte: those that are zero after an exclusive or are not
 * carried into by an addition of their lower bits. */
static inline uint64_t csv_marks_equal(uint64_t word, char byte) {
    const uint64_t lower = UINT64_C(0x7f7f7f7f7f7f7f7f);
    uint64_t differing = word ^ (UINT64_C(0x0101010101010101) * (unsigned char)byte);
    return ~(((differing & lower) + lower) | differing | lower);
}

static inline uint64_t csv_marks_find(const char *from, char delimiter) {
    uint64_t marks = 0;
    for (int i = 0; i < CSV_MARKED_BYTES; i += DIGITS_WORD) {
        uint64_t word = digits_load(from + i);
        uint64_t found = csv_marks_equal(word, delimiter) | csv_marks_equal(word, '\n') |
                         csv_marks_equal(word, '\r') | csv_marks_equal(word, '\0');
        // Brings the highest bit of each byte together in the highest byte.
        marks |= ((found >> 7) * UINT64_C(0x0102040810204080) >> 56) << i;
    }
    return marks;
}

#endif

#endif
