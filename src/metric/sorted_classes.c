// SPDX-License-Identifier: MIT
#include "metric/sorted_classes.h"

#include <stdbool.h>

#include "base/sort_values.h"

enum {
    digit_bits = 11,
    n_values = 1 << digit_bits,
    leading_bits = 3 * digit_bits,
    few_keys = 96, /* Are put in order one by one. */
};

static void swap_keys(uint64_t **left, uint64_t **right) {
    uint64_t *kept = *left;
    *left = *right;
    *right = kept;
}

/** Sorts by bits first … end - 1, least significant digit first; returns where the keys are. */
static uint64_t *sort_bits(uint64_t *keys, uint64_t *spare, size_t n_keys, int first, int end) {
    for (int shift = first; shift < end; shift += digit_bits) {
        size_t start[n_values] = {0};
        for (size_t i = 0; i < n_keys; i++) {
            start[(keys[i] >> shift) % n_values]++;
        }
        size_t total = 0;
        for (size_t digit = 0; digit < n_values; digit++) {
            size_t count = start[digit];
            start[digit] = total;
            total += count;
        }
        for (size_t i = 0; i < n_keys; i++) {
            spare[start[(keys[i] >> shift) % n_values]++] = keys[i];
        }
        swap_keys(&keys, &spare);
    }
    return keys;
}

/** Sorts by insertion; false, with some keys in order, once it has moved keys more than so often.
 */
static bool sort_by_insertion(uint64_t *keys, size_t n_keys, size_t most_moves) {
    size_t n_moves = 0;
    for (size_t next = 1; next < n_keys && n_moves <= most_moves; next++) {
        uint64_t key = keys[next];
        size_t place = next;
        for (; place > 0 && key < keys[place - 1]; place--) {
            keys[place] = keys[place - 1];
        }
        keys[place] = key;
        n_moves += next - place;
    }
    return n_moves <= most_moves;
}

/** Three digits from the highest bit in which keys differ put nearly all keys in their place. */
static uint64_t *sort_keys(uint64_t *keys, uint64_t *spare, size_t n_keys) {
    if (n_keys <= few_keys) {
        (void)sort_by_insertion(keys, n_keys, SIZE_MAX);
        return keys;
    }
    uint64_t differing = 0;
    for (size_t i = 1; i < n_keys; i++) {
        differing |= keys[i] ^ keys[0];
    }
    if (differing == 0) {
        return keys;
    }
    int end = 64 - __builtin_clzll(differing);
    int first = end > leading_bits ? end - leading_bits : 0;
    uint64_t *sorted = sort_bits(keys, spare, n_keys, first, end);
    if (!sort_by_insertion(sorted, n_keys, 2 * n_keys)) {
        sorted = sort_bits(sorted, sorted == keys ? spare : keys, n_keys, 0, end);
    }
    return sorted;
}

/**
 * Parts the scores by class, as keys. Every score is written to both classes and kept in its own,
 * as there is no predicting a label; hence the room for one more.
 */
static void part_keys(uint64_t *classes[2], const uint8_t *labels, const double *scores,
                      size_t n_rows) {
    uint64_t *negative = classes[0];
    uint64_t *positive = classes[1];
    for (size_t row = 0; row < n_rows; row++) {
        *negative = *positive = sorted_value_key(scores[row]);
        negative += 1 - labels[row];
        positive += labels[row];
    }
}

/** Room for the keys of both classes, one more each, and as many to sort with. */
static uint64_t *take_keys(uint64_t *parted[2], const size_t n_class[2],
                           perebor_workspace *workspace) {
    size_t n_rows = n_class[0] + n_class[1];
    uint64_t *block = perebor_workspace_take_zeroed(workspace, (n_rows + 2) * 2, sizeof *block);
    parted[0] = block;
    parted[1] = block != NULL ? block + n_class[0] + 1 : NULL;
    return block;
}

/** @param[in] block  That the keys stand at the beginning of. */
static void sort_parted(uint64_t *classes[2], uint64_t *block, const size_t n_class[2]) {
    uint64_t *spare = block + n_class[0] + n_class[1] + 2;
    classes[0] = sort_keys(block, spare, n_class[0]);
    classes[1] = sort_keys(block + n_class[0] + 1, spare + n_class[0] + 1, n_class[1]);
    classes[0][n_class[0]] = UINT64_MAX; // above every score, so that walks end
}

perebor_status metric_sort_classes(uint64_t *classes[2], const uint8_t *labels,
                                   const double *scores, const size_t n_class[2],
                                   perebor_workspace *workspace) {
    uint64_t *parted[2];
    uint64_t *block = take_keys(parted, n_class, workspace);
    if (block == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    part_keys(parted, labels, scores, n_class[0] + n_class[1]);
    sort_parted(classes, block, n_class);
    return PEREBOR_OK;
}

perebor_status metric_sort_parted(uint64_t *classes[2], const double *const scores[2],
                                  const size_t n_class[2], perebor_workspace *workspace) {
    uint64_t *parted[2];
    uint64_t *block = take_keys(parted, n_class, workspace);
    if (block == NULL) {
        return PEREBOR_ERR_MEMORY;
    }
    for (size_t label = 0; label < 2; label++) {
        for (size_t i = 0; i < n_class[label]; i++) {
            parted[label][i] = sorted_value_key(scores[label][i]);
        }
    }
    sort_parted(classes, block, n_class);
    return PEREBOR_OK;
}
