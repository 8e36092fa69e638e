// SPDX-License-Identifier: MIT
#include "subgroup/row_set.h"

/** Bits of a word, added up in parallel (Knuth, The Art of Computer Programming 4A, 7.1.3). */
static inline uint64_t count_bits(uint64_t word) {
    word -= (word >> 1) & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + ((word >> 2) & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (word * UINT64_C(0x0101010101010101)) >> 56;
}

size_t row_set_meet(uint64_t *both, const uint64_t *one, const uint64_t *other, size_t n_words) {
    uint64_t n = 0;
    for (size_t i = 0; i < n_words; i++) {
        uint64_t word = one[i] & other[i];
        n += count_bits(word);
        if (both != NULL) {
            both[i] = word;
        }
    }
    return (size_t)n;
}
