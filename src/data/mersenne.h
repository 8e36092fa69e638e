// SPDX-License-Identifier: MIT
/**
 * @file mersenne.h
 * MT19937 as numpy's legacy RandomState seeds and uses it, for splits and permutations that match
 * scikit-learn's.
 *
 * Nothing else should use it: the library's own random numbers come from counter-based streams.
 */
#ifndef PEREBOR_DATA_MERSENNE_H
#define PEREBOR_DATA_MERSENNE_H

#include <stddef.h>
#include <stdint.h>

enum { MERSENNE_WORDS = 624 };

typedef struct mersenne {
    uint32_t words[MERSENNE_WORDS];
    size_t used;
} mersenne;

/** As RandomState(seed). */
void mersenne_seed(mersenne *random, uint32_t seed);

/** The next 32 random bits. */
uint32_t mersenne_next(mersenne *random);

/** Uniform in 0…max, both included. */
uint32_t mersenne_interval(mersenne *random, uint32_t max);

/** As RandomState.shuffle(). @pre n_values - 1 fits 32 bits. */
void mersenne_shuffle(mersenne *random, uint32_t *values, size_t n_values);

/** Fills @p values with a permutation of 0…n_values - 1, as RandomState.permutation(n_values). */
void mersenne_permutation(mersenne *random, uint32_t *values, size_t n_values);

#endif
