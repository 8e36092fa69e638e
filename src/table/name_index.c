// SPDX-License-Identifier: MIT
#include "table/name_index.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { first_slots = 64 };

/** FNV-1a, its high bits mixed into the low ones. */
static uint64_t hash_name(const char *name) {
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    for (const unsigned char *byte = (const unsigned char *)name; *byte != '\0'; byte++) {
        hash = (hash ^ *byte) * UINT64_C(0x100000001B3);
    }
    return hash ^ hash >> 32;
}

/** The slot of the name, or the empty one where it belongs. */
static size_t find_slot(const name_index *index, const char *name) {
    size_t slot = (size_t)hash_name(name) & (index->n_slots - 1);
    while (index->names[slot] != NULL && strcmp(index->names[slot], name) != 0) {
        slot = (slot + 1) & (index->n_slots - 1);
    }
    return slot;
}

static perebor_status grow(name_index *index, perebor_error *error) {
    name_index larger = {.n_slots = index->n_slots == 0 ? first_slots : 2 * index->n_slots,
                         .n_names = index->n_names};
    larger.names = calloc(larger.n_slots, sizeof *larger.names);
    larger.values = malloc(larger.n_slots * sizeof *larger.values);
    if (larger.names == NULL || larger.values == NULL) {
        name_index_release(&larger);
        return perebor_no_memory(error, "for %zu names", index->n_names);
    }
    for (size_t i = 0; i < index->n_slots; i++) {
        if (index->names[i] != NULL) {
            size_t slot = find_slot(&larger, index->names[i]);
            larger.names[slot] = index->names[i];
            larger.values[slot] = index->values[i];
        }
    }
    name_index_release(index);
    *index = larger;
    return PEREBOR_OK;
}

perebor_status name_index_add(name_index *index, const char *name, size_t value, size_t *found,
                              perebor_error *error) {
    if (index->n_names >= index->n_slots / 2) {
        perebor_status status = grow(index, error);
        if (status != PEREBOR_OK) {
            return status;
        }
    }
    size_t slot = find_slot(index, name);
    if (index->names[slot] != NULL) {
        *found = index->values[slot];
        return PEREBOR_OK;
    }
    index->names[slot] = name;
    index->values[slot] = value;
    index->n_names++;
    *found = NAME_INDEX_NONE;
    return PEREBOR_OK;
}

size_t name_index_find(const name_index *index, const char *name) {
    if (index->n_slots == 0) {
        return NAME_INDEX_NONE;
    }
    size_t slot = find_slot(index, name);
    return index->names[slot] == NULL ? NAME_INDEX_NONE : index->values[slot];
}

void name_index_release(name_index *index) {
    free(index->names);
    free(index->values);
    memset(index, 0, sizeof *index);
}
