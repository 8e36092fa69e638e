// SPDX-License-Identifier: MIT
#include "prepare/order_statistic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, SHORT_KEYS = 16 };

static uint64_t key_of(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return bits >> 63 ? ~bits : bits | (UINT64_C(1) << 63);
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

/** Two neighbours in the sorted order. */
struct neighbours {
    uint64_t low, high;
};

/** The smallest key above @p key, which is not the largest. */
static uint64_t next_above(const struct order_keys *keys, uint64_t key) {
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < keys->n_keys; i++) {
        uint64_t candidate = keys->keys[i] > key ? keys->keys[i] : UINT64_MAX;
        next = candidate < next ? candidate : next;
    }
    return next;
}

/** A stretch of keys, all of which lie between those before it and those after it. */
struct bucket {
    const uint64_t *keys;
    size_t n_keys;
    size_t place; /* of the key wanted, in the bucket */
};

/**
 * Narrows a bucket to the keys whose leading eight differing bits are those of the wanted key:
 * counts them, finds where the wanted place falls and keeps that part.
 */
static void narrow(struct bucket *bucket, uint64_t *kept, uint64_t min, uint64_t max) {
    int bits = 64 - __builtin_clzll(max - min);
    int shift = bits > DIGIT_BITS ? bits - DIGIT_BITS : 0;
    size_t counts[DIGITS] = {0};
    for (size_t i = 0; i < bucket->n_keys; i++) {
        counts[(bucket->keys[i] - min) >> shift]++;
    }
    uint64_t digit = 0;
    while (bucket->place >= counts[digit]) {
        bucket->place -= counts[digit++];
    }
    size_t n_kept = 0;
    for (size_t i = 0; i < bucket->n_keys; i++) {
        uint64_t key = bucket->keys[i];
        kept[n_kept] = key;
        n_kept += (key - min) >> shift == digit;
        if (n_kept == counts[digit]) {
            break;
        }
    }
    bucket->keys = kept;
    bucket->n_keys = n_kept;
}

/** The keys at @p place and the next one (itself again at the end) in the sorted order. */
static struct neighbours select_neighbours(const struct order_keys *keys, size_t place) {
    struct bucket bucket = {keys->keys, keys->n_keys, place};
    uint64_t low = 0;
    for (;;) {
        if (bucket.n_keys <= SHORT_KEYS) {
            memmove(keys->scratch, bucket.keys, bucket.n_keys * sizeof *bucket.keys);
            sort_short(keys->scratch, bucket.n_keys);
            low = keys->scratch[bucket.place];
            if (bucket.place + 1 < bucket.n_keys) {
                return (struct neighbours){low, keys->scratch[bucket.place + 1]};
            }
            break;
        }
        uint64_t min = UINT64_MAX;
        uint64_t max = 0;
        for (size_t i = 0; i < bucket.n_keys; i++) {
            min = bucket.keys[i] < min ? bucket.keys[i] : min;
            max = bucket.keys[i] > max ? bucket.keys[i] : max;
        }
        if (min == max) {
            low = min;
            if (bucket.place + 1 < bucket.n_keys) {
                return (struct neighbours){low, low};
            }
            break;
        }
        narrow(&bucket, keys->scratch, min, max);
    }
    return (struct neighbours){low, place + 1 < keys->n_keys ? next_above(keys, low) : low};
}

double order_quantile(const struct order_keys *keys, double share) {
    double position = (double)(keys->n_keys - 1) * share;
    double before = floor(position);
    struct neighbours found = select_neighbours(keys, (size_t)before);
    double low = value_of(found.low);
    double high = value_of(found.high);
    double part = position - before;
    double step = high - low;
    return part >= 0.5 ? high - step * (1.0 - part) : low + step * part;
}

double order_median(const struct order_keys *keys) {
    size_t middle = (keys->n_keys - 1) / 2;
    struct neighbours found = select_neighbours(keys, middle);
    if (keys->n_keys % 2 == 1) {
        return value_of(found.low);
    }
    return (value_of(found.low) + value_of(found.high)) / 2.0;
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
