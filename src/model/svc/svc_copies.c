// SPDX-License-Identifier: MIT
#include "model/svc/svc_copies.h"

#include "model/svc/svc_kernel.h"
#include "model/svc/svc_lanes.h"

/** Writes the first @p n of four columns of four rows as rows. */
PEREBOR_INLINE void turn(const float *from, size_t length, float *to, size_t n) {
    v4f a, b, c, d;
    memcpy(&a, from, sizeof a);
    memcpy(&b, from + length, sizeof b);
    memcpy(&c, from + 2 * length, sizeof c);
    memcpy(&d, from + 3 * length, sizeof d);
    const v4f ab_low = __builtin_shufflevector(a, b, 0, 4, 1, 5);
    const v4f ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
    const v4f cd_low = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    const v4f cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    const v4f turned[4] = {__builtin_shufflevector(ab_low, cd_low, 0, 1, 4, 5),
                           __builtin_shufflevector(ab_low, cd_low, 2, 3, 6, 7),
                           __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5),
                           __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7)};
    for (size_t i = 0; i < n; i++) {
        memcpy(to + i * length, &turned[i], sizeof turned[i]);
    }
}

#if defined(__AVX512F__)
enum { square_size = 16 };

/** Lanes that change places: from b into a, and from a into b. */
#define LOWER(step, k) (((k) & (step)) != 0 ? 16 + (k) - (step) : (k))
#define UPPER(step, k) (((k) & (step)) != 0 ? 16 + (k) : (k) + (step))
#define LANES(which, step)                                                                         \
    which(step, 0), which(step, 1), which(step, 2), which(step, 3), which(step, 4),                \
        which(step, 5), which(step, 6), which(step, 7), which(step, 8), which(step, 9),            \
        which(step, 10), which(step, 11), which(step, 12), which(step, 13), which(step, 14),       \
        which(step, 15)
#define EXCHANGE_ALL(step)                                                                         \
    for (size_t i = 0; i < square_size; i++) {                                                     \
        if ((i & (step)) == 0) {                                                                   \
            const vwf a = rows[i];                                                                 \
            const vwf b = rows[i + (step)];                                                        \
            rows[i] = __builtin_shufflevector(a, b, LANES(LOWER, step));                           \
            rows[i + (step)] = __builtin_shufflevector(a, b, LANES(UPPER, step));                  \
        }                                                                                          \
    }

/** Writes 16 columns of 16 rows as rows: blocks off the diagonal change places, of 8 x 8 first. */
PEREBOR_INLINE void turn_square(const float *from, size_t length, float *to) {
    vwf rows[square_size];
    for (size_t i = 0; i < square_size; i++) {
        rows[i] = vwf_load(from + i * length);
    }
    EXCHANGE_ALL(8)
    EXCHANGE_ALL(4)
    EXCHANGE_ALL(2)
    EXCHANGE_ALL(1)
    for (size_t i = 0; i < square_size; i++) {
        vwf_store(to + i * length, rows[i]);
    }
}
#else
enum { square_size = 4 };

PEREBOR_INLINE void turn_square(const float *from, size_t length, float *to) {
    turn(from, length, to, 4);
}
#endif

static void mirror(float *matrix, size_t length, size_t row, size_t begin, size_t end) {
    const float *from = matrix + row * length;
    size_t column = begin;
    for (; column + square_size <= end; column += square_size) {
        for (size_t i = 0; i < SVC_PAD; i += square_size) {
            turn_square(from + i * length + column, length, matrix + column * length + row + i);
        }
    }
    for (; column < end; column += 4) {
        for (size_t i = 0; i < SVC_PAD; i += 4) {
            turn(from + i * length + column, length, matrix + column * length + row + i,
                 end - column < 4 ? end - column : 4);
        }
    }
}

#if defined(__AVX512F__)
static void pick(const float *row, const size_t *points, size_t n_points, const uint16_t *masks,
                 size_t n_masks, float *to) {
    (void)points;
    (void)n_points;
    for (size_t i = 0; i < n_masks; i++) {
        unsigned n = (unsigned)__builtin_popcount(masks[i]);
        __m512 picked =
            _mm512_maskz_compress_ps(masks[i], _mm512_loadu_ps(row + i * SVC_MASK_BITS));
        _mm512_mask_storeu_ps(to, (__mmask16)((1u << n) - 1), picked);
        to += n;
    }
}
#else
static void pick(const float *row, const size_t *points, size_t n_points, const uint16_t *masks,
                 size_t n_masks, float *to) {
    (void)masks;
    (void)n_masks;
    for (size_t i = 0; i < n_points; i++) {
        to[i] = row[points[i]];
    }
}
#endif

const svc_copies PEREBOR_KERNEL(svc_copies) = {.mirror = mirror, .pick = pick};
