// SPDX-License-Identifier: MIT
#include "space/definition.h"

/** Blocks that go through the whole range together, one in each of as many equal parts of it. */
enum { n_strata = 16, stratum_bits = 4 };

/** What the second word of the stream's counter is for. 0 belongs to draws by trial; the shuffle
 * takes n_strata - 1 words from its own on. */
enum { stratum_stream = 1, shuffle_stream = 2 };

/**
 * A Latin hypercube (McKay, Beckman and Conover 1979) for every n_strata blocks: each parameter
 * shuffles the parts of its range anew, so that even a few blocks go through all of its values,
 * and in time every value meets every value of every other parameter.
 */
double space_block_uniform(perebor_stream stream, uint64_t block) {
    uint8_t strata[n_strata];
    for (unsigned i = 0; i < n_strata; i++) {
        strata[i] = (uint8_t)i;
    }
    for (uint64_t i = n_strata - 1; i > 0; i--) {
        uint64_t bits = perebor_stream_bits(stream, block / n_strata, shuffle_stream + i);
        uint64_t other = (bits >> 32) * (i + 1) >> 32;
        uint8_t kept = strata[i];
        strata[i] = strata[other];
        strata[other] = kept;
    }
    uint64_t within = perebor_stream_bits(stream, block, stratum_stream) >> (12 + stratum_bits);
    uint64_t upper = (uint64_t)strata[block % n_strata] << (52 - stratum_bits) | within;
    return ((double)upper + 0.5) * 0x1p-52;
}
