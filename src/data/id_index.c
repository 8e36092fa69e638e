// SPDX-License-Identifier: MIT
#include "data/id_index.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/** An identifier while they are sorted. */
typedef struct placed_id {
    const char *id;
    uint32_t row;
} placed_id;

static int by_id(const void *left, const void *right) {
    const placed_id *a = left, *b = right;
    int sign = strcmp(a->id, b->id);
    return sign != 0 ? sign : (a->row > b->row) - (a->row < b->row);
}

perebor_status id_index_make(id_index *index, const perebor_dataset *dataset,
                             perebor_error *error) {
    size_t n = dataset->n_rows;
    *index = (id_index){.dataset = dataset};
    if (dataset->ids == NULL) {
        return PEREBOR_OK;
    }
    placed_id *placed = malloc((n + 1) * sizeof *placed);
    index->rows = malloc((n + 1) * sizeof *index->rows);
    if (placed == NULL || index->rows == NULL) {
        free(placed);
        return perebor_no_memory(error, "for %zu identifiers", n);
    }
    for (size_t row = 0; row < n; row++) {
        placed[row] = (placed_id){dataset->ids[row], (uint32_t)row};
    }
    qsort(placed, n, sizeof *placed, by_id);
    for (size_t i = 0; i < n; i++) {
        index->rows[i] = placed[i].row;
    }
    free(placed);
    return PEREBOR_OK;
}

/** The row whose number a text is. */
static uint32_t find_number(const id_index *index, const char *text) {
    char *end = NULL;
    unsigned long long number = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    return end != NULL && *end == '\0' && number < index->dataset->n_rows ? (uint32_t)number
                                                                          : ID_INDEX_NONE;
}

uint32_t id_index_find(const id_index *index, const char *id) {
    if (index->rows == NULL) {
        return find_number(index, id);
    }
    // The first place whose identifier is not below this one.
    size_t low = 0, high = index->dataset->n_rows;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(index->dataset->ids[index->rows[middle]], id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found =
        low < index->dataset->n_rows && strcmp(index->dataset->ids[index->rows[low]], id) == 0;
    return found ? index->rows[low] : ID_INDEX_NONE;
}

void id_index_release(id_index *index) {
    free(index->rows);
    *index = (id_index){0};
}
