// SPDX-License-Identifier: MIT
#include <string.h>

#include "base/mix.h"
#include "perebor/pipeline.h"

static uint64_t mix(uint64_t hash, uint64_t word) {
    return perebor_mix((hash ^ word) + PEREBOR_MIX_STEP);
}

static uint64_t mix_text(uint64_t hash, const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        hash = mix(hash, (unsigned char)*c);
    }
    return hash;
}

static uint64_t mix_real(uint64_t hash, double real) {
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    return mix(hash, bits);
}

static uint64_t mix_value(uint64_t hash, perebor_value value) {
    hash = mix(hash, (uint64_t)value.kind);
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return hash;
    case PEREBOR_VALUE_BOOLEAN:
        return mix(hash, value.as.boolean);
    case PEREBOR_VALUE_INTEGER:
        return mix(hash, (uint64_t)value.as.integer);
    case PEREBOR_VALUE_REAL:
        return mix_real(hash, value.as.real);
    case PEREBOR_VALUE_TEXT:
        return mix_text(hash, value.as.text);
    }
    return hash;
}

uint64_t perebor_candidate_hash(const perebor_candidate *candidate) {
    const perebor_preparation_settings *preparation = &candidate->preparation;
    uint64_t hash = mix_text(0, candidate->learner->name);
    for (size_t i = 0; i < candidate->learner->n_settings; i++) {
        hash = mix_value(hash, candidate->settings[i]);
    }
    hash = mix(hash, (uint64_t)preparation->impute_numeric);
    hash = mix(hash, (uint64_t)preparation->impute_nominal);
    hash = mix(hash, (uint64_t)preparation->encode_nominal);
    hash = mix(hash, (uint64_t)preparation->scale);
    hash = mix(hash, preparation->select_k);
    return mix_real(hash, preparation->fill_value);
}
