// SPDX-License-Identifier: MIT
/**
 * @file mix.h
 * Scattering 64 bits: the finaliser of splitmix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014).
 *
 * For marks by which equal things are found, and for draws that depend on a few numbers alone. It
 * is no stream of random numbers (stream.h) and no checksum (digest.h).
 */
#ifndef PEREBOR_BASE_MIX_H
#define PEREBOR_BASE_MIX_H

#include <stdint.h>

/** The odd number nearest to 2^64 over the golden ratio: adding it sets equal inputs apart. */
#define PEREBOR_MIX_STEP UINT64_C(0x9e3779b97f4a7c15)

/** A one-to-one map of 64 bits in which every bit of the input bears on every bit of the result. */
static inline uint64_t perebor_mix(uint64_t bits) {
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

/** A hash of words, one after the other: @p hash of those before, and the next. */
static inline uint64_t perebor_mix_in(uint64_t hash, uint64_t word) {
    return perebor_mix((hash ^ word) + PEREBOR_MIX_STEP);
}

#endif
