// SPDX-License-Identifier: MIT
#include "prepare/order_statistic.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"

enum { digit_bits = 10, digit_values = 1 << digit_bits, short_keys = 32, most_places = 6 };

static uint64_t key_of(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return bits ^ ((0 - (bits >> 63)) | (UINT64_C(1) << 63));
}

static double value_of(uint64_t key) {
    return arithmetic_from_bits(key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key);
}

void order_keys_set(order_keys *keys, const double *values, size_t n_values) {
    for (size_t i = 0; i < n_values; i++) {
        keys->keys[i] = key_of(values[i]);
    }
    keys->n_keys = n_values;
}

static void sort_short(uint64_t *keys, size_t n_keys) {
    for (size_t next = 1; next < n_keys; next++) {
        uint64_t key = keys[next];
        size_t place = next;
        for (; place > 0 && key < keys[place - 1]; place--) {
            keys[place] = keys[place - 1];
        }
        keys[place] = key;
    }
}

/** The leading bits in which keys differ, as a number below digit_values. */
typedef struct digit {
    uint64_t min;
    int shift;
} digit;

/** @return Whether the keys differ at all. */
static bool find_digit(digit *digit, const uint64_t *keys, size_t n_keys) {
    uint64_t min = keys[0];
    uint64_t max = keys[0];
    for (size_t i = 1; i < n_keys; i++) {
        min = keys[i] < min ? keys[i] : min;
        max = keys[i] > max ? keys[i] : max;
    }
    digit->min = min;
    if (min == max) {
        return false;
    }
    int bits = 64 - __builtin_clzll(max - min);
    digit->shift = bits > digit_bits ? bits - digit_bits : 0;
    return true;
}

static size_t digit_of(digit digit, uint64_t key) {
    return (size_t)((key - digit.min) >> digit.shift);
}

/** A stretch of keys and the places in its sorted order that are wanted. */
typedef struct stretch {
    uint64_t *keys, *scratch; /* [n_keys] each; both are overwritten */
    size_t n_keys;
    const size_t *places; /* [n_places], ascending */
    size_t n_places;
    size_t first; /* place of the first key of the stretch */
} stretch;

/** A digit that wanted keys have. */
typedef struct bucket {
    size_t first_place, n_places; /* of the stretch's places */
    size_t before;                /* keys with lower digits */
    size_t start, n_keys;         /* where its keys go in scratch */
} bucket;

/** Finds the digits of the wanted places; @return how many there are. */
static size_t find_buckets(bucket *buckets, const stretch *stretch,
                           const uint32_t counts[digit_values], uint64_t *targets[digit_values]) {
    size_t n_buckets = 0;
    size_t before = 0;
    size_t start = 0;
    size_t at = 0;
    for (size_t i = 0; i < stretch->n_places; i++) {
        while (stretch->places[i] - stretch->first >= before + counts[at]) {
            before += counts[at++];
        }
        if (n_buckets > 0 && buckets[n_buckets - 1].before == before) {
            buckets[n_buckets - 1].n_places++;
            continue;
        }
        buckets[n_buckets++] = (bucket){i, 1, before, start, counts[at]};
        targets[at] = stretch->scratch + start;
        start += counts[at];
    }
    return n_buckets;
}

/**
 * Moves the keys that share their digit with a wanted place to scratch, digit by digit. Others go
 * to a place of no use, so that there is no branch.
 */
static size_t part_keys(bucket *buckets, const stretch *stretch, digit digit) {
    uint32_t counts[digit_values] = {0};
    uint64_t *targets[digit_values];
    uint64_t unused;
    for (size_t i = 0; i < stretch->n_keys; i++) {
        counts[digit_of(digit, stretch->keys[i])]++;
    }
    for (size_t i = 0; i < digit_values; i++) {
        targets[i] = &unused;
    }
    size_t n_buckets = find_buckets(buckets, stretch, counts, targets);
    for (size_t i = 0; i < stretch->n_keys; i++) {
        uint64_t key = stretch->keys[i];
        uint64_t **target = &targets[digit_of(digit, key)];
        **target = key;
        *target += *target != &unused;
    }
    return n_buckets;
}

/** Selects what is wanted of a stretch: of short ones by sorting, else of each digit's keys. */
static void select_keys(uint64_t *found, const stretch *range) {
    digit digit;
    bucket buckets[most_places];
    bool is_short = range->n_keys <= short_keys;
    if (is_short) {
        sort_short(range->keys, range->n_keys);
    }
    if (is_short || !find_digit(&digit, range->keys, range->n_keys)) {
        for (size_t i = 0; i < range->n_places; i++) {
            found[i] = range->keys[range->places[i] - range->first];
        }
        return;
    }
    size_t n_buckets = part_keys(buckets, range, digit);
    for (size_t i = 0; i < n_buckets; i++) {
        const bucket *bucket = &buckets[i];
        const stretch part = {
            .keys = range->scratch + bucket->start,
            .scratch = range->keys + bucket->start,
            .n_keys = bucket->n_keys,
            .places = range->places + bucket->first_place,
            .n_places = bucket->n_places,
            .first = range->first + bucket->before,
        };
        select_keys(found + bucket->first_place, &part);
    }
}

/** The values at several places, ascending, in the sorted order. */
static void select_values(double *values, order_keys *keys, const size_t *places, size_t n_places) {
    uint64_t found[most_places] = {0};
    const stretch all = {
        .keys = keys->keys,
        .scratch = keys->scratch,
        .n_keys = keys->n_keys,
        .places = places,
        .n_places = n_places,
    };
    select_keys(found, &all);
    for (size_t i = 0; i < n_places; i++) {
        values[i] = value_of(found[i]);
    }
}

double order_median(order_keys *keys) {
    const size_t places[2] = {(keys->n_keys - 1) / 2, keys->n_keys / 2};
    double values[2];
    select_values(values, keys, places, 2);
    return places[0] == places[1] ? values[0] : (values[0] + values[1]) / 2.0;
}

static double interpolate(double low, double high, double part) {
    double step = high - low;
    return part >= 0.5 ? high - step * (1.0 - part) : low + step * part;
}

order_quartiles order_find_quartiles(order_keys *keys) {
    size_t n_keys = keys->n_keys;
    double lower_at = (double)(n_keys - 1) * 0.25;
    double upper_at = (double)(n_keys - 1) * 0.75;
    size_t lower = (size_t)lower_at;
    size_t upper = (size_t)upper_at;
    const size_t places[6] = {lower, lower + (lower + 1 < n_keys), (n_keys - 1) / 2, n_keys / 2,
                              upper, upper + (upper + 1 < n_keys)};
    bool odd = n_keys % 2 == 1;
    double values[6];
    // Ascending, but for fewer keys than places.
    select_values(values, keys, places, 6);
    return (order_quartiles){
        .lower = interpolate(values[0], values[1], lower_at - (double)lower),
        .median = odd ? values[2] : (values[2] + values[3]) / 2.0,
        .upper = interpolate(values[4], values[5], upper_at - (double)upper),
    };
}

static int compare_keys(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left;
    uint64_t b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

double order_mode(order_keys *keys) {
    qsort(keys->keys, keys->n_keys, sizeof *keys->keys, compare_keys);
    uint64_t mode = keys->keys[0];
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < keys->n_keys; i++) {
        run = i > 0 && keys->keys[i] == keys->keys[i - 1] ? run + 1 : 1;
        if (run > longest) {
            longest = run;
            mode = keys->keys[i];
        }
    }
    return value_of(mode);
}
