// SPDX-License-Identifier: MIT
/**
 * @file digits.h
 * Eight decimal digits at a time, in one word instead of one after the other.
 */
#ifndef PEREBOR_BASE_DIGITS_H
#define PEREBOR_BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { DIGITS_WORD = 8 };

/** A word whose lowest byte is the first in memory, whatever the order of bytes of the machine. */
static inline uint64_t digits_load(const char *from) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

static inline void digits_store(char *to, uint64_t word) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(to, &word, sizeof word);
}

/** The lowest @p n bytes of a word, 0 < n <= 8. */
static inline uint64_t digits_lowest(size_t n) {
    return UINT64_MAX >> (64 - 8 * n);
}

/**
 * The digits of a number below 10^8 as bytes 0 to 9, the highest in the lowest byte.
 *
 * Halves are taken apart side by side: 8 digits to 2 of 4, 4 of 2, 8 of 1. A quotient by 100 of
 * numbers below 10^4 is x 10486 / 2^20, one by 10 of numbers below 100 is x 103 / 2^10.
 */
static inline uint64_t digits_spread(uint32_t number) {
    uint64_t fours = number / 10000 | (uint64_t)(number % 10000) << 32;
    uint64_t hundreds = fours * 10486 >> 20 & UINT64_C(0x0000007f0000007f);
    uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
    uint64_t tens = twos * 103 >> 10 & UINT64_C(0x000f000f000f000f);
    return tens | (twos - tens * 10) << 8;
}

#define DIGITS_ZEROS UINT64_C(0x3030303030303030)

/** Writes a number below 10^8 without leading zeros, and eight bytes of room. @return Its length.
 */
static inline size_t digits_write(char *to, uint32_t number) {
    uint64_t spread = digits_spread(number);
    unsigned n_zeros = spread == 0 ? 7 : (unsigned)__builtin_ctzll(spread) / 8;
    digits_store(to, (spread + DIGITS_ZEROS) >> 8 * n_zeros);
    return DIGITS_WORD - n_zeros;
}

/**
 * The number that eight bytes 0 to 9 are, the highest in the lowest byte: 8 digits to 4 of 2, 2 of
 * 4, 1 of 8.
 */
static inline uint32_t digits_gather(uint64_t spread) {
    uint64_t twos = (spread * (1 + (10 << 8)) >> 8) & UINT64_C(0x00ff00ff00ff00ff);
    uint64_t fours = (twos * (1 + (UINT64_C(100) << 16)) >> 16) & UINT64_C(0x0000ffff0000ffff);
    return (uint32_t)(fours * (1 + (UINT64_C(10000) << 32)) >> 32);
}

#endif
