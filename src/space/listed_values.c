// SPDX-License-Identifier: MIT
/* Lists of values by a table of hashes with open places, so that long lists cost little: what is
 * looked for takes a step or two, not one for every value. */
#include <stdlib.h>
#include <string.h>

#include "base/mix.h"
#include "base/try.h"
#include "space/definition.h"

/** The same for 1 and 1.0, and for 0.0 and -0.0. */
static uint64_t hash_number(double number) {
    uint64_t bits;
    number += 0.0;
    memcpy(&bits, &number, sizeof bits);
    return perebor_mix_in(PEREBOR_VALUE_REAL, bits);
}

static uint64_t hash_value(perebor_value value) {
    uint64_t hash = perebor_mix_in(0, (uint64_t)value.kind);
    switch (value.kind) {
    case PEREBOR_VALUE_NONE:
    case PEREBOR_VALUE_NULL:
        return hash;
    case PEREBOR_VALUE_BOOLEAN:
        return perebor_mix_in(hash, value.as.boolean);
    case PEREBOR_VALUE_INTEGER:
        return hash_number((double)value.as.integer);
    case PEREBOR_VALUE_REAL:
        return hash_number(value.as.real);
    case PEREBOR_VALUE_TEXT:
        for (const char *c = value.as.text; *c != '\0'; c++) {
            hash = perebor_mix_in(hash, (unsigned char)*c);
        }
        return hash;
    }
    return hash;
}

static perebor_status allocate(space_listed *listed, const perebor_value *values, size_t n,
                               perebor_error *error) {
    *listed = (space_listed){.values = values, .n_slots = 16};
    while (listed->n_slots / 2 < n) {
        listed->n_slots *= 2;
    }
    listed->slots = calloc(listed->n_slots, sizeof *listed->slots);
    return listed->slots == NULL ? perebor_no_memory(error, "to compare %zu values", n)
                                 : PEREBOR_OK;
}

/** Puts a value in. @return Whether an equal one, of the same kind, was there. */
static bool put(const space_listed *listed, size_t i) {
    size_t slot = (size_t)hash_value(listed->values[i]) & (listed->n_slots - 1);
    while (listed->slots[slot] != 0) {
        if (perebor_value_equal(listed->values[listed->slots[slot] - 1], listed->values[i])) {
            return true;
        }
        slot = (slot + 1) & (listed->n_slots - 1);
    }
    listed->slots[slot] = i + 1;
    return false;
}

perebor_status space_find_repeated(const perebor_value *values, size_t n, size_t *repeated,
                                   perebor_error *error) {
    perebor_status status;
    space_listed listed;
    PEREBOR_TRY(done, allocate(&listed, values, n, error));
    *repeated = SIZE_MAX;
    for (size_t i = 0; i < n && *repeated == SIZE_MAX; i++) {
        *repeated = put(&listed, i) ? i : SIZE_MAX;
    }
    space_listed_release(&listed);
done:
    return status;
}

perebor_status space_listed_create(space_listed *listed, const perebor_value *values, size_t n,
                                   perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, allocate(listed, values, n, error));
    for (size_t i = 0; i < n; i++) {
        (void)put(listed, i);
    }
done:
    return status;
}

bool space_listed_find(const space_listed *listed, perebor_value value, perebor_value *own) {
    size_t slot = (size_t)hash_value(value) & (listed->n_slots - 1);
    for (; listed->slots[slot] != 0; slot = (slot + 1) & (listed->n_slots - 1)) {
        perebor_value there = listed->values[listed->slots[slot] - 1];
        if (space_means_same(there, value)) {
            *own = there;
            return true;
        }
    }
    return false;
}

void space_listed_release(space_listed *listed) {
    free(listed->slots);
    *listed = (space_listed){0};
}
