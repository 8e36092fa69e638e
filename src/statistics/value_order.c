// SPDX-License-Identifier: MIT
#include "statistics/value_order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"

/*
 * The bits of doubles, with the sign bit turned over and all bits of negative numbers, are whole
 * numbers in the order of the doubles. They are sorted digit by digit, the least significant first;
 * a digit that all of them share needs no pass, and columns of whole or rounded numbers share most.
 */
enum { digit_bits = 11, n_values = 1 << digit_bits, n_digits = 6, few_values = 64 };

/** Digits of the half that insertion sorts by, and how far it may move values on the average. */
enum { half_digits = 3, moves_a_value = 4 };

static uint64_t key_of(double value) {
    uint64_t bits = arithmetic_to_bits(value);
    return bits ^ ((UINT64_C(0) - (bits >> 63)) | UINT64_C(1) << 63);
}

static size_t digit_of(double value, unsigned digit) {
    return (key_of(value) >> digit * digit_bits) % n_values;
}

/** How often each digit has each value. */
typedef struct digit_counts {
    uint32_t of[n_digits][n_values];
} digit_counts;

static void count_digits(digit_counts *counts, double value) {
    uint64_t key = key_of(value);
    for (unsigned digit = 0; digit < n_digits; digit++) {
        counts->of[digit][(key >> digit * digit_bits) % n_values]++;
    }
}

/** Turns counts into first places. */
static void find_starts(uint32_t counts[n_values]) {
    uint32_t total = 0;
    for (size_t i = 0; i < n_values; i++) {
        uint32_t count = counts[i];
        counts[i] = total;
        total += count;
    }
}

/** Sorts either array by the digits from @p first on through the other, n > 0; returns the one that
 *  holds the result. */
static metric_placed *sort_placed(metric_placed *from, metric_placed *to, size_t n,
                                  digit_counts *counts, unsigned first) {
    for (unsigned digit = first; digit < n_digits; digit++) {
        uint32_t *starts = counts->of[digit];
        if (starts[digit_of(from[0].value, digit)] == n) {
            continue;
        }
        find_starts(starts);
        for (size_t i = 0; i < n; i++) {
            to[starts[digit_of(from[i].value, digit)]++] = from[i];
        }
        metric_placed *sorted = to;
        to = from;
        from = sorted;
    }
    return from;
}

static double *sort_plain(double *from, double *to, size_t n, digit_counts *counts,
                          unsigned first) {
    for (unsigned digit = first; digit < n_digits; digit++) {
        uint32_t *starts = counts->of[digit];
        if (starts[digit_of(from[0], digit)] == n) {
            continue;
        }
        find_starts(starts);
        for (size_t i = 0; i < n; i++) {
            to[starts[digit_of(from[i], digit)]++] = from[i];
        }
        double *sorted = to;
        to = from;
        from = sorted;
    }
    return from;
}

/**
 * The digit to begin with, counts given: the leading half of them puts numbers that lie far from
 * each other in order, and those with the same leading half are few and together, so that insertion
 * sorts them in place, unless that moves more than moves_a_value for each. Where the other half is
 * one and the same there is nothing to insert.
 */
static unsigned first_digit(const digit_counts *counts, double value, size_t n) {
    for (unsigned digit = 0; digit < half_digits; digit++) {
        if (counts->of[digit][digit_of(value, digit)] != n) {
            return half_digits;
        }
    }
    return 0;
}

/** Equal values stay in their order, also where this breaks off. @return Whether all are sorted. */
static bool insert_placed(metric_placed *items, size_t n) {
    size_t n_moves = 0;
    for (size_t next = 1; next < n && n_moves <= moves_a_value * n; next++) {
        metric_placed item = items[next];
        uint64_t key = key_of(item.value);
        size_t place = next;
        for (; place > 0 && key < key_of(items[place - 1].value); place--, n_moves++) {
            items[place] = items[place - 1];
        }
        items[place] = item;
    }
    return n_moves <= moves_a_value * n;
}

static bool insert_plain(double *values, size_t n) {
    size_t n_moves = 0;
    for (size_t next = 1; next < n && n_moves <= moves_a_value * n; next++) {
        double value = values[next];
        uint64_t key = key_of(value);
        size_t place = next;
        for (; place > 0 && key < key_of(values[place - 1]); place--, n_moves++) {
            values[place] = values[place - 1];
        }
        values[place] = value;
    }
    return n_moves <= moves_a_value * n;
}

metric_placed *metric_order_values(const double *values, size_t n) {
    digit_counts counts = {0};
    metric_placed *order = malloc((n + 1) * sizeof *order);
    metric_placed *spare = calloc(n + 1, sizeof *spare);
    if (order == NULL || spare == NULL) {
        free(order);
        free(spare);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (metric_placed){.value = values[i], .place = (uint32_t)i};
        count_digits(&counts, values[i]);
    }
    if (n == 0) {
        free(spare);
        return order;
    }
    unsigned first = first_digit(&counts, values[0], n);
    metric_placed *sorted = sort_placed(order, spare, n, &counts, first);
    if (first > 0 && !insert_placed(sorted, n)) {
        memset(&counts, 0, sizeof counts);
        for (size_t i = 0; i < n; i++) {
            count_digits(&counts, values[i]);
        }
        sorted = sort_placed(sorted, sorted == order ? spare : order, n, &counts, 0);
    }
    free(sorted == order ? spare : order);
    return sorted;
}

/** By insertion: counting digits costs more than this. */
static void sort_few(double *values, size_t n) {
    for (size_t next = 1; next < n; next++) {
        double value = values[next];
        size_t place = next;
        for (; place > 0 && value < values[place - 1]; place--) {
            values[place] = values[place - 1];
        }
        values[place] = value;
    }
}

void metric_sort_values(double *values, double *spare, size_t n) {
    digit_counts counts = {0};
    if (n <= few_values) {
        sort_few(values, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        count_digits(&counts, values[i]);
    }
    unsigned first = first_digit(&counts, values[0], n);
    double *sorted = sort_plain(values, spare, n, &counts, first);
    if (first > 0 && !insert_plain(sorted, n)) {
        memset(&counts, 0, sizeof counts);
        for (size_t i = 0; i < n; i++) {
            count_digits(&counts, sorted[i]);
        }
        sorted = sort_plain(sorted, sorted == values ? spare : values, n, &counts, 0);
    }
    if (sorted != values) {
        memcpy(values, sorted, n * sizeof *values);
    }
}
