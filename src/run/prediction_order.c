// SPDX-License-Identifier: MIT
#include "run/prediction_order.h"

#include <stdlib.h>
#include <string.h>

/**
 * Rows are sorted by a digit, and those that share it by the next, so that soon few rows are sorted
 * at a time, whose probabilities are in the cache. The first two digits are of the probability as a
 * share of 2^22: evenly spread probabilities are alone then, or nearly. The others are of its bits,
 * from the highest.
 */
enum {
    digit_bits = 11,
    n_values = 1 << digit_bits,
    n_share_digits = 2,
    n_digits = n_share_digits + 6,
    few = 24,
};

/** The bits of doubles from 0 on are in their order. */
static uint64_t bits_of(double probability) {
    uint64_t bits;
    probability += 0.0; // -0 is 0
    memcpy(&bits, &probability, sizeof bits);
    return bits;
}

/** Greater for a lower probability, if the digits before are equal. */
static size_t digit_of(double probability, int digit) {
    const double shares = (double)((UINT32_C(1) << n_share_digits * digit_bits) - 1);
    int left = 64 - digit_bits * (digit - n_share_digits + 1);
    uint64_t value = digit < n_share_digits
                         ? (uint64_t)(probability * shares) >> digit_bits * (1 - digit)
                         : bits_of(probability) >> (left > 0 ? left : 0);
    return ~(size_t)value & (n_values - 1);
}

/** What is being sorted. */
typedef struct ordering {
    const prediction_slot *slots;
    uint32_t *order, *other; /**< [n] rows; the second is room. */
} ordering;

static void insert_rows(const prediction_slot *slots, uint32_t *order, size_t n) {
    for (size_t i = 1; i < n; i++) {
        uint32_t row = order[i];
        double probability = slots[row].probability;
        size_t k = i;
        for (; k > 0 && slots[order[k - 1]].probability < probability; k--) {
            order[k] = order[k - 1];
        }
        order[k] = row;
    }
}

/** Moves rows first … first + n - 1 into the order of a digit; those that share it stay as they
 * were. @param[out] ends  [n_values] where the rows of each value of the digit end. */
static void sort_by_digit(const ordering *ordering, size_t first, size_t n, int digit,
                          uint32_t *ends) {
    uint32_t *order = ordering->order + first, *other = ordering->other + first;
    const prediction_slot *slots = ordering->slots;
    uint32_t start = 0;
    memset(ends, 0, n_values * sizeof *ends);
    for (size_t i = 0; i < n; i++) {
        ends[digit_of(slots[order[i]].probability, digit)]++;
    }
    for (size_t value = 0; value < n_values; value++) {
        uint32_t count = ends[value];
        ends[value] = start;
        start += count;
    }
    for (size_t i = 0; i < n; i++) {
        other[ends[digit_of(slots[order[i]].probability, digit)]++] = order[i];
    }
    memcpy(order, other, n * sizeof *order);
}

/** Sorts rows first … first + n - 1 of the order, whose digits before @p digit are equal. */
static void sort_rows(const ordering *ordering, size_t first, size_t n, int digit) {
    uint32_t ends[n_values], start = 0;
    if (n <= few) {
        insert_rows(ordering->slots, ordering->order + first, n);
        return;
    }
    if (digit == n_digits) {
        return;
    }
    sort_by_digit(ordering, first, n, digit, ends);
    for (size_t value = 0; value < n_values; value++) {
        if (ends[value] - start > 1) {
            sort_rows(ordering, first + start, ends[value] - start, digit + 1);
        }
        start = ends[value];
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
    if (order == NULL || other == NULL) {
        free(order);
        free(other);
        return perebor_no_memory(error, "for the ranks of %zu rows", n);
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
    const ordering ordering = {.slots = slots, .order = order, .other = other};
    sort_rows(&ordering, 0, n, 0);
    place(slots, order, n);
    free(order);
    free(other);
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
    enum { n_bins = 256, short_run = 48 };
    size_t next[n_bins] = {0}, end[n_bins], start = 0;
    if (n <= short_run || shift < 0) {
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
