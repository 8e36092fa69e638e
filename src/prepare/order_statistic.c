// SPDX-License-Identifier: MIT
#include "prepare/order_statistic.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"

enum { DIGIT_BITS = 10, DIGITS = 1 << DIGIT_BITS, SHORT_KEYS = 32, MOST_PLACES = 6 };

static uint64_t key_of(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return bits ^ ((0 - (bits >> 63)) | (UINT64_C(1) << 63));
}

static double value_of(uint64_t key) {
    return arithmetic_from_bits(key >> 63 ? key & ~(UINT64_C(1) << 63) : ~key);
}

void order_keys_set(struct order_keys *keys, const double *values, size_t n_values) {
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

/** The leading bits in which keys differ, as a number below DIGITS. */
struct digit {
    uint64_t min;
    int shift;
};

/** @return Whether the keys differ at all. */
static bool find_digit(struct digit *digit, const uint64_t *keys, size_t n_keys) {
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
    digit->shift = bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
    return true;
}

static size_t digit_of(struct digit digit, uint64_t key) {
    return (size_t)((key - digit.min) >> digit.shift);
}

/** A stretch of keys and the places in its sorted order that are wanted. */
struct stretch {
    uint64_t *keys, *scratch; /* [n_keys] each; both are overwritten */
    size_t n_keys;
    const size_t *places; /* [n_places], ascending */
    size_t n_places;
    size_t first; /* place of the first key of the stretch */
};

/** A digit that wanted keys have. */
struct bucket {
    size_t first_place, n_places; /* of the stretch's places */
    size_t before;                /* keys with lower digits */
    size_t start, n_keys;         /* where its keys go in scratch */
};

/** Finds the digits of the wanted places; @return how many there are. */
static size_t find_buckets(struct bucket *buckets, const struct stretch *stretch,
                           const uint32_t counts[DIGITS], uint64_t *targets[DIGITS]) {
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
        buckets[n_buckets++] = (struct bucket){i, 1, before, start, counts[at]};
        targets[at] = stretch->scratch + start;
        start += counts[at];
    }
    return n_buckets;
}

/**
 * Moves the keys that share their digit with a wanted place to scratch, digit by digit. Others go
 * to a place of no use, so that there is no branch.
 */
static size_t part_keys(struct bucket *buckets, const struct stretch *stretch, struct digit digit) {
    uint32_t counts[DIGITS] = {0};
    uint64_t *targets[DIGITS];
    uint64_t unused;
    for (size_t i = 0; i < stretch->n_keys; i++) {
        counts[digit_of(digit, stretch->keys[i])]++;
    }
    for (size_t i = 0; i < DIGITS; i++) {
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
static void select_keys(uint64_t *found, const struct stretch *stretch) {
    struct digit digit;
    struct bucket buckets[MOST_PLACES];
    bool is_short = stretch->n_keys <= SHORT_KEYS;
    if (is_short) {
        sort_short(stretch->keys, stretch->n_keys);
    }
    if (is_short || !find_digit(&digit, stretch->keys, stretch->n_keys)) {
        for (size_t i = 0; i < stretch->n_places; i++) {
            found[i] = stretch->keys[stretch->places[i] - stretch->first];
        }
        return;
    }
    size_t n_buckets = part_keys(buckets, stretch, digit);
    for (size_t i = 0; i < n_buckets; i++) {
        const struct bucket *bucket = &buckets[i];
        const struct stretch part = {
            .keys = stretch->scratch + bucket->start,
            .scratch = stretch->keys + bucket->start,
            .n_keys = bucket->n_keys,
            .places = stretch->places + bucket->first_place,
            .n_places = bucket->n_places,
            .first = stretch->first + bucket->before,
        };
        select_keys(found + bucket->first_place, &part);
    }
}

/** The values at several places, ascending, in the sorted order. */
static void select_values(double *values, struct order_keys *keys, const size_t *places,
                          size_t n_places) {
    uint64_t found[MOST_PLACES] = {0};
    const struct stretch all = {
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

double order_median(struct order_keys *keys) {
    const size_t places[2] = {(keys->n_keys - 1) / 2, keys->n_keys / 2};
    double values[2];
    select_values(values, keys, places, 2);
    return places[0] == places[1] ? values[0] : (values[0] + values[1]) / 2.0;
}

static double interpolate(double low, double high, double part) {
    double step = high - low;
    return part >= 0.5 ? high - step * (1.0 - part) : low + step * part;
}

struct order_quartiles order_quartiles(struct order_keys *keys) {
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
    return (struct order_quartiles){
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

double order_mode(struct order_keys *keys) {
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
