// SPDX-License-Identifier: MIT
#include "run/prediction_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/**
 * A row is a word: above, its probability as a share of 2^32, turned round so that words ascend
 * while probabilities descend; below, its number. Words are dealt into bins by their first digit,
 * which leaves them in the order of rows, and sorted in each bin, which is in the cache. Rows of
 * one share but different probabilities, which are rare, are sorted by the bits of these
 * afterwards.
 */
enum {
    digit_bits = 11,
    n_values = 1 << digit_bits,
    n_digits = 6, /* of the bits of a double */
    few = 24,
    share_at = 32,
    first_digit_at = 64 - digit_bits,
    next_byte_at = first_digit_at - 8,
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
    int left = 64 - digit_bits * (digit + 1);
    return ~(size_t)(bits_of(probability) >> (left > 0 ? left : 0)) & (n_values - 1);
}

static uint64_t share_of(double probability) {
    return UINT32_MAX - (uint64_t)(probability * (double)UINT32_MAX);
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

static bool is_sorted(const uint64_t *keys, size_t n) {
    size_t i = 1;
    while (i < n && keys[i - 1] <= keys[i]) {
        i++;
    }
    return i >= n;
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

enum { second_bits = 9, n_seconds = 1 << second_bits, most_of_bin = 4096, most_of_second = 16 };

/** Sorts the words of a bin, which share their first digit: deals them by the next bits, after
 * which each is near its place, if these differ enough. @param[in] room  [most_of_bin] */
static void sort_bin(uint64_t *words, size_t n, uint64_t *room) {
    uint32_t ends[n_seconds] = {0}, start = 0;
    bool spread = n <= most_of_bin;
    for (size_t i = 0; spread && i < n; i++) {
        spread =
            ++ends[words[i] >> (first_digit_at - second_bits) & (n_seconds - 1)] <= most_of_second;
    }
    if (!spread) {
        sort_by_byte(words, n, next_byte_at);
        return;
    }
    for (size_t second = 0; second < n_seconds; second++) {
        uint32_t count = ends[second];
        ends[second] = start;
        start += count;
    }
    for (size_t i = 0; i < n; i++) {
        room[ends[words[i] >> (first_digit_at - second_bits) & (n_seconds - 1)]++] = words[i];
    }
    insert_keys(room, n);
    memcpy(words, room, n * sizeof *words);
}

/** Deals rows into bins by the first digit of their words, and sorts each. */
static void sort_words(const prediction_slot *slots, uint64_t *words, size_t n) {
    uint64_t room[most_of_bin];
    size_t ends[n_values] = {0}, start = 0;
    for (size_t i = 0; i < n; i++) {
        ends[share_of(slots[i].probability) >> (first_digit_at - share_at)]++;
    }
    for (size_t value = 0; value < n_values; value++) {
        size_t count = ends[value];
        ends[value] = start;
        start += count;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t share = share_of(slots[i].probability);
        words[ends[share >> (first_digit_at - share_at)]++] = share << share_at | i;
    }
    start = 0;
    for (size_t value = 0; value < n_values; value++) {
        if (!is_sorted(words + start, ends[value] - start)) {
            sort_bin(words + start, ends[value] - start, room);
        }
        start = ends[value];
    }
}

/** Leaves the numbers of rows of the words, in the first half of their memory. @return Whether some
 * share is that of more than one row. */
static bool take_rows(void *memory, size_t n) {
    uint32_t *order = memory;
    uint64_t before = UINT64_MAX;
    bool shared = false;
    for (size_t i = 0; i < n; i++) {
        uint64_t word;
        memcpy(&word, (const char *)memory + i * sizeof word, sizeof word);
        shared |= word >> share_at == before;
        before = word >> share_at;
        order[i] = (uint32_t)word;
    }
    return shared;
}

/** Sorts rows of one share by their probabilities. */
static void sort_shares(const ordering *ordering, size_t n) {
    const prediction_slot *slots = ordering->slots;
    for (size_t first = 0, end; first < n; first = end) {
        double probability = slots[ordering->order[first]].probability;
        uint64_t share = share_of(probability);
        bool differ = false;
        for (end = first + 1; end < n; end++) {
            double other = slots[ordering->order[end]].probability;
            if (share_of(other) != share) {
                break;
            }
            differ |= other != probability;
        }
        if (differ) {
            sort_rows(ordering, first, end - first, 0);
        }
    }
}

perebor_status prediction_order(prediction_slot *slots, size_t n, perebor_error *error) {
    uint64_t *words = calloc(n + 1, sizeof *words);
    if (words == NULL) {
        return perebor_no_memory(error, "for the ranks of %zu rows", n);
    }
    sort_words(slots, words, n);
    bool shared = take_rows(words, n);
    uint32_t *order = (void *)words;
    const ordering ordering = {.slots = slots, .order = order, .other = order + n};
    if (shared) {
        sort_shares(&ordering, n);
    }
    place(slots, order, n);
    free(words);
    return PEREBOR_OK;
}

void prediction_sort_keys(uint64_t *keys, size_t n) {
    sort_by_byte(keys, n, 56);
}

enum { most_bins_bits = 12, keys_of_bin = 1 << 11, most_slots = 1 << 15 };

/**
 * Those of a bin that occur again, by a table of them, which is in the cache; by sorting where they
 * are too many for it. A zero may be taken for one.
 *
 * @param[in]  slots     [most_slots] room.
 * @param[out] repeated  [n] at most; what occurs three times is there twice.
 * @return How many.
 */
static size_t find_repeated(uint64_t *keys, size_t n, uint64_t *slots, uint64_t *repeated) {
    size_t n_repeated = 0, n_slots = 2;
    if (n > most_slots / 4) {
        prediction_sort_keys(keys, n);
        for (size_t i = 1; i < n; i++) {
            repeated[n_repeated] = keys[i];
            n_repeated += keys[i] == keys[i - 1];
        }
        return n_repeated;
    }
    while (n_slots < 2 * n) {
        n_slots *= 2;
    }
    memset(slots, 0, n_slots * sizeof *slots);
    for (size_t i = 0; i < n; i++) {
        size_t slot = (size_t)keys[i] & (n_slots - 1);
        while (slots[slot] != 0 && slots[slot] != keys[i]) {
            slot = (slot + 1) & (n_slots - 1);
        }
        repeated[n_repeated] = keys[i];
        n_repeated += slots[slot] == keys[i];
        slots[slot] = keys[i];
    }
    return n_repeated;
}

/** Deals numbers into bins by their highest bits. @param[out] ends  [2^bits] of the bins. */
static void deal_keys(const uint64_t *keys, size_t n, int bits, uint64_t *dealt, size_t *ends) {
    size_t start = 0;
    for (size_t i = 0; i < n; i++) {
        ends[keys[i] >> (64 - bits)]++;
    }
    for (size_t bin = 0; bin < (size_t)1 << bits; bin++) {
        size_t count = ends[bin];
        ends[bin] = start;
        start += count;
    }
    for (size_t i = 0; i < n; i++) {
        dealt[ends[keys[i] >> (64 - bits)]++] = keys[i];
    }
}

perebor_status prediction_keep_repeated(uint64_t *keys, size_t n, size_t *n_kept,
                                        perebor_error *error) {
    size_t ends[1 << most_bins_bits] = {0}, start = 0, n_repeated = 0;
    int bits = 1;
    while (bits < most_bins_bits && n >> bits > keys_of_bin) {
        bits++;
    }
    uint64_t *dealt = calloc(n + 1, sizeof *dealt);
    uint64_t *slots = malloc(most_slots * sizeof *slots);
    if (dealt == NULL || slots == NULL) {
        free(dealt);
        free(slots);
        return perebor_no_memory(error, "for the identifiers of %zu rows", n);
    }
    deal_keys(keys, n, bits, dealt, ends);
    for (size_t bin = 0; bin < (size_t)1 << bits; bin++) {
        n_repeated += find_repeated(dealt + start, ends[bin] - start, slots, keys + n_repeated);
        start = ends[bin];
    }
    prediction_sort_keys(keys, n_repeated);
    *n_kept = 0;
    for (size_t i = 0; i < n_repeated; i++) {
        if (*n_kept == 0 || keys[*n_kept - 1] != keys[i]) {
            keys[(*n_kept)++] = keys[i];
        }
    }
    free(dealt);
    free(slots);
    return PEREBOR_OK;
}
