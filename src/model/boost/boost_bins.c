// SPDX-License-Identifier: MIT
#include "model/boost/boost_bins.h"

#include <math.h>
#include <string.h>

#include "base/deadline.h"
#include "base/try.h"
#include "model/boost/boost_cuts.h"

/** Adds the feature of a dense column, if it has more than one bin. */
static perebor_status add_column(boost_scheme *scheme, boost_cutter *cutter, const double *values,
                                 size_t n_rows, uint32_t column, size_t max_bins,
                                 perebor_workspace *workspace, perebor_error *error) {
    size_t n_cuts;
    const double *found = boost_cut(cutter, values, n_rows, max_bins, &n_cuts);
    if (n_cuts == 0) {
        return PEREBOR_OK;
    }
    double *cuts = perebor_workspace_take(workspace, n_cuts, sizeof *cuts);
    if (cuts == NULL) {
        return perebor_no_memory(error, "for %zu bins", n_cuts);
    }
    memcpy(cuts, found, n_cuts * sizeof *cuts);
    scheme->features[scheme->n_features++] = (boost_feature){.column = column,
                                                             .n_bins = (uint32_t)n_cuts + 1,
                                                             .gaps = cuts[n_cuts - 1] == INFINITY,
                                                             .cuts = cuts};
    return PEREBOR_OK;
}

static void add_levels(boost_scheme *scheme, const perebor_indicators *levels, size_t max_onehot) {
    const bool sets = levels->n_levels > max_onehot;
    scheme->sets |= sets;
    for (size_t first = 0; first < levels->n_levels; first += BOOST_MOST_LEVELS) {
        size_t left = levels->n_levels - first;
        size_t n = left < BOOST_MOST_LEVELS ? left : BOOST_MOST_LEVELS;
        scheme->features[scheme->n_features++] =
            (boost_feature){.column = (uint32_t)(levels->first + first),
                            .n_bins = (uint32_t)n + 1,
                            .levels = true,
                            .sets = sets};
    }
}

/** Puts features of more bins before those of fewer, so that the bins of a word's are about as
 * many: a histogram has as many for each as for the one that has most. */
static perebor_status order_features(boost_scheme *scheme, perebor_workspace *workspace,
                                     perebor_error *error) {
    boost_feature *ordered = perebor_workspace_take(workspace, scheme->n_features, sizeof *ordered);
    if (ordered == NULL) {
        return perebor_no_memory(error, "for %zu features", scheme->n_features);
    }
    size_t first[BOOST_MOST_BINS + 2] = {0}; // by how many bins fewer than the most
    for (size_t f = 0; f < scheme->n_features; f++) {
        first[BOOST_MOST_BINS - scheme->features[f].n_bins + 1]++;
    }
    for (size_t fewer = 0; fewer < BOOST_MOST_BINS; fewer++) {
        first[fewer + 1] += first[fewer];
    }
    for (size_t f = 0; f < scheme->n_features; f++) {
        ordered[first[BOOST_MOST_BINS - scheme->features[f].n_bins]++] = scheme->features[f];
    }
    scheme->features = ordered;
    return PEREBOR_OK;
}

static void place_cells(boost_scheme *scheme) {
    scheme->n_cells = 0;
    for (size_t f = 0; f < scheme->n_features; f++) {
        boost_feature *feature = &scheme->features[f];
        feature->first_cell = scheme->n_cells + f % BOOST_WORD;
        if (f % BOOST_WORD == BOOST_WORD - 1 || f + 1 == scheme->n_features) {
            const size_t most = scheme->features[f / BOOST_WORD * BOOST_WORD].n_bins;
            scheme->n_cells += (most + 1) / 2 * 2 * BOOST_WORD;
        }
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
                                   size_t max_bins, size_t max_onehot, perebor_workspace *workspace,
                                   perebor_workspace *scratch, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    boost_scheme made = {.n_columns = rows->n_columns};
    const size_t most = count_features(rows);
    made.features = perebor_workspace_take(scratch, most, sizeof *made.features);
    if (made.features == NULL) {
        return perebor_no_memory(error, "for %zu columns", rows->n_columns);
    }
    boost_cutter *cutter;
    PEREBOR_TRY(done, boost_cutter_create(&cutter, rows->n_rows, scratch, error));
    for (size_t column = 0; column < perebor_matrix_n_dense(rows); column++) {
        PEREBOR_TRY(done, add_column(&made, cutter, perebor_matrix_column(rows, column),
                                     rows->n_rows, (uint32_t)column, max_bins, workspace, error));
        PEREBOR_TRY(done, perebor_deadline_check(error));
    }
    for (size_t f = 0; rows->monotonic != NULL && f < made.n_features; f++) {
        made.features[f].monotonic = rows->monotonic[made.features[f].column];
        made.monotonic |= made.features[f].monotonic != 0;
    }
    for (size_t k = 0; k < rows->n_indicators; k++) {
        add_levels(&made, &rows->indicators[k], max_onehot);
    }
    PEREBOR_TRY(done, order_features(&made, workspace, error));
    place_cells(&made);
    *scheme = made;
done:
    return status;
}

/** Intervals to find a bin by. */
enum { n_steps = 4096 };

/** How many ascending cuts are below a value. Between the first and the last one are intervals, of
 * each of which is known how many cuts are in those before. */
typedef struct binner {
    double cuts[BOOST_MOST_BINS]; /**< Behind the last one infinity. */
    double least, scale;          /**< As a cutter's. */
    uint8_t before[n_steps];
} binner;

static size_t binner_interval(const binner *binner, double value) {
    const double place = (value - binner->least) * binner->scale;
    return place > 0.0 ? place < n_steps - 1 ? (size_t)place : n_steps - 1 : 0;
}

static void fill_binner(binner *binner, const boost_feature *feature) {
    const size_t n = feature->n_bins - 1 - (feature->gaps ? 1 : 0);
    memcpy(binner->cuts, feature->cuts, n * sizeof *binner->cuts);
    for (size_t i = n; i < BOOST_MOST_BINS; i++) {
        binner->cuts[i] = INFINITY;
    }
    binner->least = binner->cuts[0];
    binner->scale = n > 1 ? (n_steps - 1) / (binner->cuts[n - 1] - binner->least) : 0.0;
    if (!(binner->scale > 0.0 && binner->scale < INFINITY)) {
        binner->scale = 0.0; // all in the first interval
    }
    memset(binner->before, 0, sizeof binner->before);
    size_t filled = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t interval = binner_interval(binner, binner->cuts[i]);
        for (; filled <= interval; filled++) {
            binner->before[filled] = (uint8_t)i;
        }
    }
    for (; filled < n_steps; filled++) {
        binner->before[filled] = (uint8_t)n;
    }
}

static uint32_t bin_of(const binner *binner, double value) {
    uint32_t n = binner->before[binner_interval(binner, value)];
    while (binner->cuts[n] < value) {
        n++;
    }
    return n;
}

static void bin_column(const binner *binner, const boost_feature *feature, const double *values,
                       size_t n_rows, uint64_t *words, unsigned shift) {
    const uint32_t last = feature->n_bins - 1;
    for (size_t row = 0; row < n_rows; row++) {
        // No cut is below what is no number, though it goes right of all.
        const uint64_t bin = isnan(values[row]) ? last : bin_of(binner, values[row]);
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
    binner binner;
    for (size_t f = 0; f < scheme->n_features && !perebor_deadline_passed(); f++) {
        const boost_feature *feature = &scheme->features[f];
        uint64_t *words = made.words + f / BOOST_WORD * made.n_rows;
        unsigned shift = 8 * (unsigned)(f % BOOST_WORD);
        if (feature->levels) {
            bin_levels(feature, perebor_matrix_indicators(rows, feature->column), made.n_rows,
                       words, shift);
        } else {
            fill_binner(&binner, feature);
            bin_column(&binner, feature, perebor_matrix_column(rows, feature->column), made.n_rows,
                       words, shift);
        }
    }
    *binned = made;
    return perebor_deadline_check(error);
}
