// SPDX-License-Identifier: MIT
#include "table/key_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { first_slots = 64 };

/**
 * Keys are mostly consecutive numbers met in order: eight in a row share a line of the cache, and
 * such lines are scattered.
 */
static size_t home_slot(const table_key_index *index, table_cell key) {
    uint64_t hash = (key >> 3) * UINT64_C(0x9E3779B97F4A7C15);
    hash ^= hash >> 32;
    return (size_t)(hash << 3 | (key & 7)) & (index->n_slots - 1);
}

static size_t find_slot(const table_key_index *index, table_cell key) {
    size_t slot = home_slot(index, key);
    while (index->keys[slot] != TABLE_MISSING && index->keys[slot] != key) {
        slot = (slot + 1) & (index->n_slots - 1);
    }
    return slot;
}

static perebor_status resize(table_key_index *index, size_t n_slots, perebor_error *error) {
    table_key_index larger = {.n_slots = n_slots, .n_keys = index->n_keys};
    larger.keys = calloc(n_slots, sizeof *larger.keys);
    larger.values = malloc(n_slots * sizeof *larger.values);
    if (larger.keys == NULL || larger.values == NULL) {
        free(larger.keys);
        free(larger.values);
        return perebor_no_memory(error, "for %zu keys", n_slots / 2);
    }
    for (size_t i = 0; i < index->n_slots; i++) {
        if (index->keys[i] != TABLE_MISSING) {
            size_t slot = find_slot(&larger, index->keys[i]);
            larger.keys[slot] = index->keys[i];
            larger.values[slot] = index->values[i];
        }
    }
    table_key_index_release(index);
    *index = larger;
    return PEREBOR_OK;
}

perebor_status table_key_index_reserve(table_key_index *index, size_t n_keys,
                                       perebor_error *error) {
    size_t n_slots = first_slots;
    while (n_slots / 2 <= n_keys) {
        n_slots *= 2;
    }
    return n_slots > index->n_slots ? resize(index, n_slots, error) : PEREBOR_OK;
}

perebor_status table_key_index_add(table_key_index *index, table_cell key, uint32_t value,
                                   uint32_t *found, perebor_error *error) {
    assert(key != TABLE_MISSING);
    if (index->n_keys >= index->n_slots / 2) {
        perebor_status status = table_key_index_reserve(index, index->n_keys + 1, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    size_t slot = find_slot(index, key);
    if (index->keys[slot] == key) {
        *found = index->values[slot];
        return PEREBOR_OK;
    }
    index->keys[slot] = key;
    index->values[slot] = value;
    index->n_keys++;
    *found = TABLE_NO_ROW;
    return PEREBOR_OK;
}

uint32_t table_key_index_find(const table_key_index *index, table_cell key) {
    if (index->n_slots == 0) {
        return TABLE_NO_ROW;
    }
    size_t slot = find_slot(index, key);
    return index->keys[slot] == key ? index->values[slot] : TABLE_NO_ROW;
}

void table_key_index_release(table_key_index *index) {
    free(index->keys);
    free(index->values);
    memset(index, 0, sizeof *index);
}
