// SPDX-License-Identifier: MIT
#include "run/prediction_order.h"

#include <stdlib.h>
#include <string.h>

enum { digit_bits = 11, n_digits = 6, n_values = 1 << digit_bits };

/** Greater for a lower probability: the bits of doubles from 0 on are in their order. */
static uint64_t key_of(double probability) {
    uint64_t bits;
    probability += 0.0; // -0 is 0
    memcpy(&bits, &probability, sizeof bits);
    return ~bits;
}

static size_t digit_of(const prediction_slot *slots, uint32_t row, int digit) {
    return key_of(slots[row].probability) >> (digit * digit_bits) & (n_values - 1);
}

/** Moves rows into the order of one digit; those that share it stay as they were. */
static void sort_by_digit(const prediction_slot *slots, const uint32_t *from, uint32_t *to,
                          size_t n, int digit, const size_t *counts) {
    size_t starts[n_values], start = 0;
    for (size_t value = 0; value < n_values; value++) {
        starts[value] = start;
        start += counts[value];
    }
    for (size_t i = 0; i < n; i++) {
        to[starts[digit_of(slots, from[i], digit)]++] = from[i];
    }
}

/** Counts the values of every digit: one that all rows share needs no pass. */
static void count_digits(const prediction_slot *slots, size_t n, size_t counts[][n_values]) {
    memset(counts, 0, n_digits * sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_of(slots[i].probability);
        for (int digit = 0; digit < n_digits; digit++) {
            counts[digit][key >> (digit * digit_bits) & (n_values - 1)]++;
        }
    }
}

/** From order to places, each in the stead of the probability, which is needed no more. */
static void place(prediction_slot *slots, const uint32_t *order, size_t n) {
    double before = 0.0;
    uint32_t rank = 0;
    for (size_t i = 0; i < n; i++) {
        prediction_slot *slot = &slots[order[i]];
        rank = i > 0 && slot->probability == before ? rank : (uint32_t)i + 1;
        before = slot->probability;
        slot->place = (prediction_place){rank, (uint32_t)(1 + 10 * i / n)};
    }
}

perebor_status prediction_order(prediction_slot *slots, size_t n, perebor_error *error) {
    uint32_t *order = malloc((n + 1) * sizeof *order), *other = malloc((n + 1) * sizeof *other);
    size_t(*counts)[n_values] = malloc(n_digits * sizeof *counts);
    if (order == NULL || other == NULL || counts == NULL) {
        free(order);
        free(other);
        free(counts);
        return perebor_no_memory(error, "for the ranks of %zu rows", n);
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    count_digits(slots, n, counts);
    for (int digit = 0; digit < n_digits; digit++) {
        if (n > 0 && counts[digit][digit_of(slots, 0, digit)] < n) {
            sort_by_digit(slots, order, other, n, digit, counts[digit]);
            uint32_t *sorted = other;
            other = order;
            order = sorted;
        }
    }
    place(slots, order, n);
    free(order);
    free(other);
    free(counts);
    return PEREBOR_OK;
}

static void insert_keys(uint64_t *keys, size_t n) {
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t k = i;
        for (; k > 0 && keys[k - 1] > key; k--) {
            keys[k] = keys[k - 1];
        }
        keys[k] = key;
    }
}

/** Swaps every number to where those of its byte at @p shift go (American flag sort), and sorts
 * each of these by the next byte. */
static void sort_by_byte(uint64_t *keys, size_t n, int shift) {
    enum { n_bins = 256, few = 48 };
    size_t next[n_bins] = {0}, end[n_bins], start = 0;
    if (n <= few || shift < 0) {
        insert_keys(keys, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        next[keys[i] >> shift & (n_bins - 1)]++;
    }
    for (size_t bin = 0; bin < n_bins; bin++) {
        size_t count = next[bin];
        next[bin] = start;
        end[bin] = start += count;
    }
    for (size_t bin = 0; bin < n_bins; bin++) {
        while (next[bin] < end[bin]) {
            uint64_t key = keys[next[bin]];
            size_t home = (size_t)(key >> shift & (n_bins - 1));
            keys[next[bin]] = keys[next[home]];
            keys[next[home]++] = key;
        }
    }
    for (size_t bin = 0, first = 0; bin < n_bins; first = end[bin++]) {
        sort_by_byte(keys + first, end[bin] - first, shift - 8);
    }
}

void prediction_sort_keys(uint64_t *keys, size_t n) {
    sort_by_byte(keys, n, 56);
}
