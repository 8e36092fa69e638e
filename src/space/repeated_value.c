// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "space/definition.h"

static uint64_t hash_value(perebor_value value) {
    uint64_t bits = 0;
    uint64_t hash = perebor_mix((uint64_t)value.kind + PEREBOR_MIX_STEP);
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        break;
    case PEREBOR_VALUE_BOOLEAN:
        bits = value.as.boolean;
        break;
    case PEREBOR_VALUE_INTEGER:
        bits = (uint64_t)value.as.integer;
        break;
    case PEREBOR_VALUE_REAL:
        memcpy(&bits, &value.as.real, sizeof bits);
        break;
    case PEREBOR_VALUE_TEXT:
        for (const char *c = value.as.text; *c != '\0'; c++) {
            hash = perebor_mix((hash ^ (unsigned char)*c) + PEREBOR_MIX_STEP);
        }
        break;
    }
    return perebor_mix((hash ^ bits) + PEREBOR_MIX_STEP);
}

/** A table of hashes with open places: linear in the number of values. */
perebor_status space_find_repeated(const perebor_value *values, size_t n, size_t *repeated,
                                   perebor_error *error) {
    size_t n_slots = 16;
    while (n_slots / 2 < n) {
        n_slots *= 2;
    }
    size_t *slots = calloc(n_slots, sizeof *slots); // place + 1; 0: empty
    if (slots == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to compare %zu values", n);
    }
    *repeated = SIZE_MAX;
    for (size_t i = 0; i < n && *repeated == SIZE_MAX; i++) {
        size_t slot = (size_t)hash_value(values[i]) & (n_slots - 1);
        while (slots[slot] != 0 && !perebor_value_equal(values[slots[slot] - 1], values[i])) {
            slot = (slot + 1) & (n_slots - 1);
        }
        if (slots[slot] != 0) {
            *repeated = i;
        }
        slots[slot] = i + 1;
    }
    free(slots);
    return PEREBOR_OK;
}
