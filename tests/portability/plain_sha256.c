// SPDX-License-Identifier: MIT
/* SHA-256 (FIPS 180-4) in plain C, in place of src/base/sha256.c: the small search is built for
 * other machines, too, where nettle is not. */
#include "base/digest.h"

#include <assert.h>
#include <string.h>

/** What the memory of a perebor_sha256 holds here. */
typedef struct plain_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    uint8_t block[64];
} plain_sha256;

static_assert(sizeof(plain_sha256) <= sizeof(perebor_sha256), "the state does not fit");

static plain_sha256 *state_of(perebor_sha256 *digest) {
    return (plain_sha256 *)(void *)digest;
}

enum { block_size = 64, n_rounds = 64, length_at = 56 };

static const uint32_t round_constants[n_rounds] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotate_right(uint32_t word, unsigned count) {
    return word >> count | word << (32 - count);
}

static void extend_schedule(uint32_t w[n_rounds], const uint8_t *block) {
    for (size_t i = 0; i < 16; i++) {
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | (uint32_t)block[4 * i + 3];
    }
    for (size_t i = 16; i < n_rounds; i++) {
        uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
}

static void compress(uint32_t state[8], const uint8_t *block) {
    uint32_t w[n_rounds];
    extend_schedule(w, block);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (size_t i = 0; i < n_rounds; i++) {
        uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
        uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
        uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
        uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void perebor_sha256_init(perebor_sha256 *digest) {
    *state_of(digest) = (plain_sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void perebor_sha256_update(perebor_sha256 *memory, const void *bytes, size_t size) {
    plain_sha256 *digest = state_of(memory);
    const uint8_t *from = bytes;
    size_t held = (size_t)(digest->n_bytes % block_size);
    digest->n_bytes += size;
    if (held > 0) {
        size_t taken = size < block_size - held ? size : block_size - held;
        if (taken > 0) {
            memcpy(digest->block + held, from, taken);
        }
        if (held + taken < block_size) {
            return;
        }
        compress(digest->state, digest->block);
        from += taken;
        size -= taken;
    }
    for (; size >= block_size; from += block_size, size -= block_size) {
        compress(digest->state, from);
    }
    if (size > 0) {
        memcpy(digest->block, from, size);
    }
}

void perebor_sha256_final(perebor_sha256 *digest, uint8_t result[PEREBOR_SHA256_SIZE]) {
    static const uint8_t padding[block_size] = {0x80};
    const plain_sha256 *state = state_of(digest);
    uint64_t n_bits = state->n_bytes * 8;
    size_t held = (size_t)(state->n_bytes % block_size);
    perebor_sha256_update(digest, padding, held < length_at ? length_at - held : 120 - held);
    uint8_t length[8];
    for (unsigned i = 0; i < 8; i++) {
        length[i] = (uint8_t)(n_bits >> (56 - 8 * i));
    }
    perebor_sha256_update(digest, length, sizeof length);
    for (unsigned i = 0; i < PEREBOR_SHA256_SIZE; i++) {
        result[i] = (uint8_t)(state->state[i / 4] >> (24 - 8 * (i % 4)));
    }
}
