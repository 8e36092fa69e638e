// SPDX-License-Identifier: MIT
/**
 * @file value_hash.h
 * Hashes of values, by which equal ones are found. 1 and 1.0 differ, as do 0.0 and -0.0.
 */
#ifndef PEREBOR_SPACE_VALUE_HASH_H
#define PEREBOR_SPACE_VALUE_HASH_H

#include <stdint.h>

#include "perebor/space.h"

/** These mix what they are given into a hash. @return The new hash. */
uint64_t value_hash(uint64_t hash, perebor_value value);
uint64_t value_hash_text(uint64_t hash, const char *text);
uint64_t value_hash_real(uint64_t hash, double real);

#endif
