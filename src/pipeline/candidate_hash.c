// SPDX-License-Identifier: MIT
#include "base/mix.h"
#include "perebor/pipeline.h"
#include "space/value_hash.h"

uint64_t perebor_candidate_hash(const perebor_candidate *candidate) {
    const perebor_preparation_settings *preparation = &candidate->preparation;
    uint64_t hash = value_hash_text(0, candidate->learner->name);
    for (size_t i = 0; i < candidate->learner->n_settings; i++) {
        hash = value_hash(hash, candidate->settings[i]);
    }
    hash = perebor_mix_in(hash, (uint64_t)preparation->impute_numeric);
    hash = perebor_mix_in(hash, (uint64_t)preparation->impute_nominal);
    hash = perebor_mix_in(hash, (uint64_t)preparation->encode_nominal);
    hash = perebor_mix_in(hash, (uint64_t)preparation->scale);
    hash = perebor_mix_in(hash, preparation->select_k);
    return value_hash_real(hash, preparation->fill_value);
}
