// SPDX-License-Identifier: MIT
#include "data/mersenne.h"

// Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998); init_genrand of 2002.

void mersenne_seed(mersenne *random, uint32_t seed) {
    random->words[0] = seed;
    for (uint32_t i = 1; i < MERSENNE_WORDS; i++) {
        uint32_t before = random->words[i - 1];
        random->words[i] = 1812433253u * (before ^ (before >> 30)) + i;
    }
    random->used = MERSENNE_WORDS;
}

static void renew_words(mersenne *random) {
    const size_t middle = 397;
    uint32_t *words = random->words;
    for (size_t i = 0; i < MERSENNE_WORDS; i++) {
        uint32_t joined =
            (words[i] & 0x80000000u) | (words[(i + 1) % MERSENNE_WORDS] & 0x7FFFFFFFu);
        words[i] = words[(i + middle) % MERSENNE_WORDS] ^ (joined >> 1) ^
                   ((joined & 1u) != 0 ? 0x9908B0DFu : 0u);
    }
    random->used = 0;
}

uint32_t mersenne_next(mersenne *random) {
    if (random->used == MERSENNE_WORDS) {
        renew_words(random);
    }
    uint32_t bits = random->words[random->used++];
    bits ^= bits >> 11;
    bits ^= (bits << 7) & 0x9D2C5680u;
    bits ^= (bits << 15) & 0xEFC60000u;
    return bits ^ (bits >> 18);
}

uint32_t mersenne_interval(mersenne *random, uint32_t max) {
    if (max == 0) {
        return 0;
    }
    uint32_t mask = UINT32_MAX >> __builtin_clz(max);
    uint32_t value;
    do {
        value = mersenne_next(random) & mask;
    } while (value > max);
    return value;
}

void mersenne_shuffle(mersenne *random, uint32_t *values, size_t n_values) {
    for (size_t last = n_values; last-- > 1;) {
        size_t other = mersenne_interval(random, (uint32_t)last);
        uint32_t kept = values[last];
        values[last] = values[other];
        values[other] = kept;
    }
}

void mersenne_permutation(mersenne *random, uint32_t *values, size_t n_values) {
    for (size_t i = 0; i < n_values; i++) {
        values[i] = (uint32_t)i;
    }
    mersenne_shuffle(random, values, n_values);
}
