// SPDX-License-Identifier: MIT
#include "model/boost/boost_bins.h"

#include <math.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"

/** Digits of a key, of eight bits each. */
enum { n_digits = 8, n_buckets = 256 };

/** Histograms of different features start at different places of a cache: a gap behind each. */
enum { cells_apart = 8 };

/** Doubles without a sign ascend as their bits do, the others descend; -0 is 0. */
static uint64_t key_of(double value) {
    uint64_t bits = arithmetic_to_bits(value + 0.0);
    return (bits >> 63) != 0 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t key) {
    return arithmetic_from_bits((key >> 63) != 0 ? key & ~(UINT64_C(1) << 63) : ~key);
}

/** What sorting needs, and the cuts of a column. */
typedef struct cutter {
    uint64_t *from, *to; /**< [n_rows] keys */
    size_t n;            /**< That are numbers. */
    uint32_t counts[n_digits][n_buckets];
    double cuts[BOOST_MOST_BINS];
    size_t n_cuts;
} cutter;

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
        uint64_t key = key_of(values[row]);
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
                middle(value_of(cutter->from[i - 1]), value_of(cutter->from[i]));
        }
    }
}

static void cut_at_quantiles(cutter *cutter, size_t max_bins) {
    const size_t last = cutter->n - 1;
    const double greatest = value_of(cutter->from[last]);
    for (size_t k = 1; k < max_bins; k++) {
        size_t place = k * last / max_bins;
        size_t behind = place + (k * last % max_bins != 0);
        double cut = middle(value_of(cutter->from[place]), value_of(cutter->from[behind]));
        bool further = cutter->n_cuts == 0 || cut > cutter->cuts[cutter->n_cuts - 1];
        if (further && cut < greatest) {
            cutter->cuts[cutter->n_cuts++] = cut;
        }
    }
}

/** Adds the feature of a dense column, if it has more than one bin. */
static perebor_status add_column(boost_scheme *scheme, cutter *cutter, const double *values,
                                 size_t n_rows, uint32_t column, size_t max_bins,
                                 perebor_workspace *workspace, perebor_error *error) {
    sort(cutter, values, n_rows);
    cutter->n_cuts = 0;
    if (count_values(cutter, max_bins) <= max_bins) {
        cut_between_values(cutter);
    } else {
        cut_at_quantiles(cutter, max_bins);
    }
    bool gaps = cutter->n > 0 && cutter->n < n_rows;
    if (gaps) {
        cutter->cuts[cutter->n_cuts++] = INFINITY;
    }
    if (cutter->n_cuts == 0) {
        return PEREBOR_OK;
    }
    double *cuts = perebor_workspace_take(workspace, cutter->n_cuts, sizeof *cuts);
    if (cuts == NULL) {
        return perebor_no_memory(error, "for %zu bins", cutter->n_cuts);
    }
    memcpy(cuts, cutter->cuts, cutter->n_cuts * sizeof *cuts);
    scheme->features[scheme->n_features++] = (boost_feature){
        .column = column, .n_bins = (uint32_t)cutter->n_cuts + 1, .gaps = gaps, .cuts = cuts};
    return PEREBOR_OK;
}

static void add_levels(boost_scheme *scheme, const perebor_indicators *levels) {
    for (size_t first = 0; first < levels->n_levels; first += BOOST_MOST_LEVELS) {
        size_t left = levels->n_levels - first;
        size_t n = left < BOOST_MOST_LEVELS ? left : BOOST_MOST_LEVELS;
        scheme->features[scheme->n_features++] = (boost_feature){
            .column = (uint32_t)(levels->first + first), .n_bins = (uint32_t)n + 1, .levels = true};
    }
}

static void place_cells(boost_scheme *scheme) {
    scheme->n_cells = 0;
    for (size_t f = 0; f < scheme->n_features; f++) {
        boost_feature *feature = &scheme->features[f];
        feature->first_cell = scheme->n_cells;
        scheme->n_cells += (feature->n_bins + 7) / 8 * 8 + cells_apart;
    }
}

static size_t count_features(const perebor_matrix *rows) {
    size_t n = perebor_matrix_n_dense(rows);
    for (size_t k = 0; k < rows->n_indicators; k++) {
        n += (rows->indicators[k].n_levels + BOOST_MOST_LEVELS - 1) / BOOST_MOST_LEVELS;
    }
    return n;
}

perebor_status boost_scheme_create(boost_scheme *scheme, const perebor_matrix *rows,
                                   size_t max_bins, perebor_workspace *workspace,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    boost_scheme made = {.n_columns = rows->n_columns};
    const size_t most = count_features(rows);
    made.features = perebor_workspace_take(workspace, most, sizeof *made.features);
    cutter *cutter = perebor_workspace_take(workspace, 1, sizeof *cutter);
    if (made.features == NULL || cutter == NULL) {
        return perebor_no_memory(error, "for %zu columns", rows->n_columns);
    }
    cutter->from = perebor_workspace_take(workspace, rows->n_rows, sizeof *cutter->from);
    cutter->to = perebor_workspace_take(workspace, rows->n_rows, sizeof *cutter->to);
    if (cutter->from == NULL || cutter->to == NULL) {
        return perebor_no_memory(error, "to sort %zu rows", rows->n_rows);
    }
    for (size_t column = 0; column < perebor_matrix_n_dense(rows); column++) {
        PEREBOR_TRY(done, add_column(&made, cutter, perebor_matrix_column(rows, column),
                                     rows->n_rows, (uint32_t)column, max_bins, workspace, error));
        PEREBOR_TRY(done, perebor_deadline_check(error));
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        add_levels(&made, &rows->indicators[k]);
    }
    place_cells(&made);
    *scheme = made;
done:
    return status;
}

/** How many of 255 ascending cuts are below a value: by halves, without a branch. */
static uint32_t bin_of(const double cuts[BOOST_MOST_BINS], double value) {
    uint32_t n = 0;
    for (uint32_t half = BOOST_MOST_BINS / 2; half > 0; half /= 2) {
        n += half * (uint32_t)(cuts[n + half - 1] < value);
    }
    return n;
}

static void bin_column(const boost_feature *feature, const double *values, size_t n_rows,
                       uint64_t *words, unsigned shift) {
    const uint32_t last = feature->n_bins - 1;
    double cuts[BOOST_MOST_BINS];
    memcpy(cuts, feature->cuts, last * sizeof *cuts);
    for (uint32_t i = last; i < BOOST_MOST_BINS; i++) {
        cuts[i] = INFINITY;
    }
    for (size_t row = 0; row < n_rows; row++) {
        // No cut is below what is no number, though it goes right of all.
        uint64_t bin = isnan(values[row]) ? last : bin_of(cuts, values[row]);
        words[row] |= bin << shift;
    }
}

static void bin_levels(const boost_feature *feature, const perebor_indicators *levels,
                       size_t n_rows, uint64_t *words, unsigned shift) {
    const uint32_t first = feature->column - (uint32_t)levels->first;
    const uint32_t none = feature->n_bins - 1;
    for (size_t row = 0; row < n_rows; row++) {
        uint32_t level = levels->codes[row] - first; // wraps around below the first
        words[row] |= (uint64_t)(level < none ? level : none) << shift;
    }
}

perebor_status boost_rows_create(boost_rows *binned, const boost_scheme *scheme,
                                 const perebor_matrix *rows, perebor_workspace *workspace,
                                 perebor_error *error) {
    boost_rows made = {.n_rows = rows->n_rows,
                       .n_words = (scheme->n_features + BOOST_WORD - 1) / BOOST_WORD};
    const size_t n_read = made.n_words > 0 ? made.n_words : 1; // a leaf reads a word, too
    made.words = perebor_workspace_take_zeroed(workspace, n_read * made.n_rows, sizeof *made.words);
    if (made.words == NULL) {
        return perebor_no_memory(error, "for %zu rows of %zu bins", made.n_rows,
                                 scheme->n_features);
    }
    for (size_t f = 0; f < scheme->n_features && !perebor_deadline_passed(); f++) {
        const boost_feature *feature = &scheme->features[f];
        uint64_t *words = made.words + f / BOOST_WORD * made.n_rows;
        unsigned shift = 8 * (unsigned)(f % BOOST_WORD);
        if (feature->levels) {
            bin_levels(feature, perebor_matrix_indicators(rows, feature->column), made.n_rows,
                       words, shift);
        } else {
            bin_column(feature, perebor_matrix_column(rows, feature->column), made.n_rows, words,
                       shift);
        }
    }
    *binned = made;
    return perebor_deadline_check(error);
}
