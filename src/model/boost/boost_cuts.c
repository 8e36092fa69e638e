// SPDX-License-Identifier: MIT
/*
 * Cuts of a column lie between values of given places in ascending order. Where values are spread
 * out, only those in the same of many intervals as such a place are sorted, otherwise all are.
 */
#include "model/boost/boost_cuts.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/sort_values.h"

/** Digits of a key, of eight bits each. */
enum { n_digits = 8, n_buckets = 256 };

/** Intervals of equal width that values are told apart by before anything else; a wanted one of
 * more values than the second has them sorted with all others. */
enum { n_intervals = 16384, most_in_interval = 128 };

/** What sorting needs, and the cuts of a column. */
struct boost_cutter {
    uint64_t *from, *to; /**< [n_rows] keys */
    size_t n;            /**< That are numbers. */
    uint32_t counts[n_digits][n_buckets];
    // By intervals: the number of a value is floor(scale (value - least)), which ascends with it.
    double least, greatest, scale;
    uint32_t starts[n_intervals + 1]; /**< How many values are in intervals before. */
    uint32_t ends[n_intervals];       /**< Where a wanted interval's keys end in from; else 0. */
    double cuts[BOOST_MOST_BINS];
    size_t n_cuts;
};

typedef struct boost_cutter cutter;

static void sort_by_digit(cutter *cutter, size_t digit) {
    uint32_t *counts = cutter->counts[digit];
    uint32_t before = 0;
    for (size_t bucket = 0; bucket < n_buckets; bucket++) {
        uint32_t here = counts[bucket];
        counts[bucket] = before;
        before += here;
    }
    for (size_t i = 0; i < cutter->n; i++) {
        uint64_t key = cutter->from[i];
        cutter->to[counts[(key >> 8 * digit) & 255]++] = key;
    }
    uint64_t *sorted = cutter->to;
    cutter->to = cutter->from;
    cutter->from = sorted;
}

/** Puts the numbers among values in ascending order, into from. */
static void sort(cutter *cutter, const double *values, size_t n_rows) {
    memset(cutter->counts, 0, sizeof cutter->counts);
    cutter->n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (isnan(values[row])) {
            continue;
        }
        uint64_t key = sorted_value_key(values[row]);
        cutter->from[cutter->n++] = key;
        for (size_t digit = 0; digit < n_digits; digit++) {
            cutter->counts[digit][(key >> 8 * digit) & 255]++;
        }
    }
    for (size_t digit = 0; cutter->n > 0 && digit < n_digits && !perebor_deadline_passed();
         digit++) {
        if (cutter->counts[digit][(cutter->from[0] >> 8 * digit) & 255] < cutter->n) {
            sort_by_digit(cutter, digit);
        }
    }
}

/** Midway between two values, and below the greater. */
static double middle(double lower, double higher) {
    double between = 0.5 * lower + 0.5 * higher;
    return between < higher && between >= lower ? between : lower;
}

/** How many values there are, counted up to one more than @p most. */
static size_t count_values(const cutter *cutter, size_t most) {
    size_t n = cutter->n > 0;
    for (size_t i = 1; i < cutter->n && n <= most; i++) {
        n += cutter->from[i] != cutter->from[i - 1];
    }
    return n;
}

static void cut_between_values(cutter *cutter) {
    for (size_t i = 1; i < cutter->n; i++) {
        if (cutter->from[i] != cutter->from[i - 1]) {
            cutter->cuts[cutter->n_cuts++] =
                middle(sorted_value_of(cutter->from[i - 1]), sorted_value_of(cutter->from[i]));
        }
    }
}

/** The places, in ascending order, of the values that the k-th cut is between. */
static void find_places(const cutter *cutter, size_t k, size_t max_bins, size_t places[2]) {
    const size_t last = cutter->n - 1;
    places[0] = k * last / max_bins;
    places[1] = places[0] + (k * last % max_bins != 0);
}

/** @param[in] key_at  Of a place in ascending order. */
static void cut_at_quantiles(cutter *cutter, size_t max_bins, double greatest,
                             uint64_t (*key_at)(const struct boost_cutter *, size_t)) {
    for (size_t k = 1; k < max_bins; k++) {
        size_t places[2];
        find_places(cutter, k, max_bins, places);
        double cut = middle(sorted_value_of(key_at(cutter, places[0])),
                            sorted_value_of(key_at(cutter, places[1])));
        bool further = cutter->n_cuts == 0 || cut > cutter->cuts[cutter->n_cuts - 1];
        if (further && cut < greatest) {
            cutter->cuts[cutter->n_cuts++] = cut;
        }
    }
}

static uint64_t sorted_key_at(const cutter *cutter, size_t place) {
    return cutter->from[place];
}

static void cut_sorted(cutter *cutter, const double *values, size_t n_rows, size_t max_bins) {
    sort(cutter, values, n_rows);
    if (count_values(cutter, max_bins) <= max_bins) {
        cut_between_values(cutter);
    } else {
        cut_at_quantiles(cutter, max_bins, sorted_value_of(cutter->from[cutter->n - 1]),
                         sorted_key_at);
    }
}

static size_t interval_of(const cutter *cutter, double value) {
    return (size_t)((value - cutter->least) * cutter->scale);
}

/** Counts the values of every interval. @return Whether these tell that there are more than
 * max_bins values. */
static bool count_intervals(cutter *cutter, const double *values, size_t n_rows, size_t max_bins) {
    cutter->least = INFINITY;
    cutter->greatest = -INFINITY;
    cutter->n = 0;
    for (size_t row = 0; row < n_rows; row++) { // nothing is below or above what is no number
        const double value = values[row];
        cutter->least = value < cutter->least ? value : cutter->least;
        cutter->greatest = value > cutter->greatest ? value : cutter->greatest;
        cutter->n += value == value;
    }
    cutter->scale = (n_intervals - 1) / (cutter->greatest - cutter->least);
    // Not for infinite ones, a range that is infinite, or one whose inverse is.
    if (!(cutter->scale > 0.0 && cutter->scale < INFINITY) || cutter->n < n_intervals / 4) {
        return false;
    }
    memset(cutter->starts, 0, sizeof cutter->starts);
    for (size_t row = 0; row < n_rows; row++) {
        if (!isnan(values[row])) {
            cutter->starts[interval_of(cutter, values[row]) + 1]++;
        }
    }
    size_t n_filled = 0;
    for (size_t i = 0; i < n_intervals; i++) {
        n_filled += cutter->starts[i + 1] > 0;
        cutter->starts[i + 1] += cutter->starts[i];
    }
    return n_filled > max_bins;
}

/** The interval that has the value of a place. */
static size_t interval_at(const cutter *cutter, size_t place) {
    size_t low = 0;
    for (size_t half = n_intervals / 2; half > 0; half /= 2) {
        low += cutter->starts[low + half] <= place ? half : 0;
    }
    return low;
}

/** Gives every interval that cuts are made of a part of from. @return Whether none has many. */
static bool want_intervals(cutter *cutter, size_t max_bins) {
    uint32_t before = 0;
    memset(cutter->ends, 0, sizeof cutter->ends);
    for (size_t k = 1; k < max_bins; k++) {
        size_t places[2];
        find_places(cutter, k, max_bins, places);
        for (size_t i = 0; i < 2; i++) {
            const size_t interval = interval_at(cutter, places[i]);
            const uint32_t n = cutter->starts[interval + 1] - cutter->starts[interval];
            if (n > most_in_interval) {
                return false;
            }
            if (cutter->ends[interval] == 0) {
                before += n;
                cutter->ends[interval] = before;
            }
        }
    }
    return true;
}

/** Puts the values of wanted intervals there, sorted. */
static void sort_intervals(cutter *cutter, const double *values, size_t n_rows) {
    uint32_t filled[n_intervals] = {0};
    for (size_t row = 0; row < n_rows; row++) {
        if (isnan(values[row])) {
            continue;
        }
        const size_t interval = interval_of(cutter, values[row]);
        if (cutter->ends[interval] == 0) {
            continue;
        }
        // Inserted among those that are there, which are few.
        const uint64_t key = sorted_value_key(values[row]);
        uint64_t *keys = cutter->from + cutter->ends[interval] -
                         (cutter->starts[interval + 1] - cutter->starts[interval]);
        size_t at = filled[interval]++;
        for (; at > 0 && keys[at - 1] > key; at--) {
            keys[at] = keys[at - 1];
        }
        keys[at] = key;
    }
}

static uint64_t interval_key_at(const cutter *cutter, size_t place) {
    const size_t interval = interval_at(cutter, place);
    return cutter->from[cutter->ends[interval] - (cutter->starts[interval + 1] - place)];
}

perebor_status boost_cutter_create(boost_cutter **cutter, size_t n_rows,
                                   perebor_workspace *workspace, perebor_error *error) {
    boost_cutter *made = perebor_workspace_take(workspace, 1, sizeof *made);
    uint64_t *keys = perebor_workspace_take(workspace, 2 * n_rows, sizeof *keys);
    if (made == NULL || keys == NULL) {
        return perebor_no_memory(error, "to sort %zu rows", n_rows);
    }
    made->from = keys;
    made->to = keys + n_rows;
    *cutter = made;
    return PEREBOR_OK;
}

const double *boost_cut(boost_cutter *cutter, const double *values, size_t n_rows, size_t max_bins,
                        size_t *n_cuts) {
    cutter->n_cuts = 0;
    if (!count_intervals(cutter, values, n_rows, max_bins) || !want_intervals(cutter, max_bins)) {
        cut_sorted(cutter, values, n_rows, max_bins);
    } else {
        sort_intervals(cutter, values, n_rows);
        cut_at_quantiles(cutter, max_bins, cutter->greatest, interval_key_at);
    }
    if (cutter->n > 0 && cutter->n < n_rows) {
        cutter->cuts[cutter->n_cuts++] = INFINITY;
    }
    *n_cuts = cutter->n_cuts;
    return cutter->cuts;
}
