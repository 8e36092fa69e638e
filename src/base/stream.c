// SPDX-License-Identifier: MIT
#include "base/stream.h"

#include <string.h>

#include <Random123/philox.h>

#include "base/digest.h"

perebor_stream perebor_stream_make(uint64_t seed, const char *name) {
    uint8_t digest[PEREBOR_SHA256_SIZE];
    perebor_sha256_of(name, strlen(name), digest);
    uint64_t hash = 0;
    for (int byte = 7; byte >= 0; byte--) {
        hash = hash << 8 | digest[byte];
    }
    return (perebor_stream){{seed, hash}};
}

uint64_t perebor_stream_bits(perebor_stream stream, uint64_t trial, uint64_t draw) {
    philox4x64_ctr_t counter = {{trial, draw, 0, 0}};
    philox4x64_key_t key = {{stream.key[0], stream.key[1]}};
    return philox4x64_R(10, counter, key).v[0];
}

double perebor_stream_uniform(perebor_stream stream, uint64_t trial, uint64_t draw) {
    uint64_t upper = perebor_stream_bits(stream, trial, draw) >> 12;
    return ((double)upper + 0.5) * 0x1p-52;
}
