// SPDX-License-Identifier: MIT
/**
 * @file stream.h
 * Random numbers that are functions of what they are for, not of when they are drawn.
 *
 * Philox4x64-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC11), keyed by (seed, hash of a purpose's name), counted by (trial, draw). No state: any rank or
 * thread asks for any number at any time.
 */
#ifndef PEREBOR_BASE_STREAM_H
#define PEREBOR_BASE_STREAM_H

#include <stdint.h>

/** A key. A plain value. */
typedef struct perebor_stream {
    uint64_t key[2];
} perebor_stream;

/** The stream of one purpose: its key is the seed and the first 8 bytes, least significant first,
 * of the name's SHA-256. */
perebor_stream perebor_stream_make(uint64_t seed, const char *name);

/** 64 random bits: the first word of Philox4x64-10 at counter (trial, draw, 0, 0). */
uint64_t perebor_stream_bits(perebor_stream stream, uint64_t trial, uint64_t draw);

/** A number strictly between 0 and 1: (the upper 52 bits + 1/2) / 2^52. */
double perebor_stream_uniform(perebor_stream stream, uint64_t trial, uint64_t draw);

#endif
