// SPDX-License-Identifier: MIT
#include "space/value_hash.h"

#include <string.h>

#include "base/mix.h"

uint64_t value_hash_text(uint64_t hash, const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        hash = perebor_mix_in(hash, (unsigned char)*c);
    }
    return hash;
}

uint64_t value_hash_real(uint64_t hash, double real) {
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return perebor_mix_in(hash, bits);
}

uint64_t value_hash(uint64_t hash, perebor_value value) {
    hash = perebor_mix_in(hash, (uint64_t)value.kind);
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return hash;
    case PEREBOR_VALUE_BOOLEAN:
        return perebor_mix_in(hash, value.as.boolean);
    case PEREBOR_VALUE_INTEGER:
        return perebor_mix_in(hash, (uint64_t)value.as.integer);
    case PEREBOR_VALUE_REAL:
        return value_hash_real(hash, value.as.real);
    case PEREBOR_VALUE_TEXT:
        return value_hash_text(hash, value.as.text);
    }
    return hash;
}
