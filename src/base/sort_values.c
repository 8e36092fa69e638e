// SPDX-License-Identifier: MIT
#include "base/sort_values.h"

#include <string.h>

/** Digits of a key, of eight bits each; up to how many values are moved into place one by one. */
enum { n_digits = 8, n_buckets = 256, few = 32 };

bool value_sorter_create(value_sorter *sorter, size_t most, perebor_workspace *workspace) {
    sorter->from = perebor_workspace_take(workspace, most, sizeof *sorter->from);
    sorter->to = perebor_workspace_take(workspace, most, sizeof *sorter->to);
    sorter->counts =
        perebor_workspace_take(workspace, (size_t)n_digits * n_buckets, sizeof *sorter->counts);
    return sorter->from != NULL && sorter->to != NULL && sorter->counts != NULL;
}

static void sort_few(sorted_value *values, size_t n) {
    for (size_t i = 1; i < n; i++) {
        const sorted_value value = values[i];
        size_t j = i;
        for (; j > 0 && values[j - 1].key > value.key; j--) {
            values[j] = values[j - 1];
        }
        values[j] = value;
    }
}

/** Moves values to their places by one digit; those of one bucket keep their order. */
static void sort_by_digit(value_sorter *sorter, size_t digit, size_t n) {
    uint32_t *counts = sorter->counts + digit * n_buckets;
    uint32_t before = 0;
    for (size_t bucket = 0; bucket < n_buckets; bucket++) {
        uint32_t here = counts[bucket];
        counts[bucket] = before;
        before += here;
    }
    for (size_t i = 0; i < n; i++) {
        sorted_value value = sorter->from[i];
        sorter->to[counts[value.key >> 8 * digit & (n_buckets - 1)]++] = value;
    }
    sorted_value *spare = sorter->from;
    sorter->from = sorter->to;
    sorter->to = spare;
}

/** By digits from the last to the first; equal digits everywhere need no pass. */
void value_sorter_sort(value_sorter *sorter, size_t n) {
    if (n <= few) {
        sort_few(sorter->from, n);
        return;
    }
    memset(sorter->counts, 0, (size_t)n_digits * n_buckets * sizeof *sorter->counts);
    for (size_t i = 0; i < n; i++) {
        for (size_t digit = 0; digit < n_digits; digit++) {
            const uint64_t bucket = sorter->from[i].key >> 8 * digit & (n_buckets - 1);
            sorter->counts[digit * n_buckets + bucket]++;
        }
    }
    for (size_t digit = 0; digit < n_digits; digit++) {
        const uint64_t bucket = sorter->from[0].key >> 8 * digit & (n_buckets - 1);
        if (sorter->counts[digit * n_buckets + bucket] != n) {
            sort_by_digit(sorter, digit, n);
        }
    }
}
