// SPDX-License-Identifier: MIT
#include "space/definition.h"

/** Blocks that are told apart by their stratum; later ones reuse the strata of earlier ones. */
enum { N_LEVELS = 20 };

/** What the second word of the stream's counter is for. 0 belongs to draws by trial. */
enum { WITHIN_STRATUM = 1, FLIPS = 2 };

/**
 * The van der Corput sequence in base 2, its digits scrambled by nested fair flips (Owen, "Randomly
 * permuted (t,m,s)-nets and (t,s)-sequences", 1995). Every number is uniform; any 2^k blocks from a
 * multiple of 2^k on have one number in each of 2^k equal parts of (0, 1), so that even a few
 * blocks go through all values of a parameter, none of them in step with another parameter.
 */
double space_block_uniform(perebor_stream stream, uint64_t block) {
    uint64_t digits = 0;
    uint64_t path = 1; // the digits above, behind a leading 1
    for (int level = 0; level < N_LEVELS; level++) {
        uint64_t digit = block >> level & 1u;
        digits = digits << 1 | (digit ^ (perebor_stream_bits(stream, path, FLIPS) & 1u));
        path = path << 1 | digit;
    }
    uint64_t rest = perebor_stream_bits(stream, block, WITHIN_STRATUM) >> (12 + N_LEVELS);
    uint64_t upper = digits << (52 - N_LEVELS) | rest;
    return ((double)upper + 0.5) * 0x1p-52;
}
