// SPDX-License-Identifier: MIT
#include "run/column_reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "statistics/quantile.h"

/** Shares below this count as this: an empty bin is not infinitely far. */
static const double least_share = 1e-4;
enum { n_bins = 10 };

static bool is_numeric(const perebor_column *column) {
    return column->role == PEREBOR_ROLE_NUMERIC;
}

/** The values of a column that are there, ascending. @p rows NULL: all. @return How many. */
static size_t gather(const perebor_column *column, const uint32_t *rows, size_t n_rows,
                     double *values, double *spare) {
    size_t n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows == NULL ? i : rows[i]];
        if (!isnan(value)) {
            values[n++] = value;
        }
    }
    perebor_values_sort(values, spare, n);
    return n;
}

/** Shares of levels 0 … n_levels - 1, and of unknown ones in shares[n_levels], among sorted codes.
 */
static void count_levels(const double *codes, size_t n, size_t n_levels, double *shares) {
    for (size_t level = 0; level <= n_levels; level++) {
        shares[level] = 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        size_t level = codes[i] < (double)n_levels ? (size_t)codes[i] : n_levels;
        shares[level] += 1.0 / (double)n;
    }
}

static void take_quantiles(const double *sorted, size_t n, double *quantiles) {
    for (size_t i = 0; i < COLUMN_QUANTILES; i++) {
        double share = (double)i / (COLUMN_QUANTILES - 1);
        quantiles[i] = n == 0 ? NAN : perebor_quantile(sorted, n, share);
    }
}

static size_t count_all_levels(const perebor_dataset *dataset) {
    size_t n = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        n += dataset->columns[i].n_levels;
    }
    return n;
}

static void describe_column(const perebor_column *column, const uint32_t *rows, size_t n_rows,
                            double *values, double *missing, double *quantiles, double *levels) {
    double *spare = values + n_rows;
    double *shares = spare + n_rows;
    size_t n = gather(column, rows, n_rows, values, spare);
    *missing = n_rows == 0 ? 0.0 : (double)(n_rows - n) / (double)n_rows;
    take_quantiles(values, is_numeric(column) ? n : 0, quantiles);
    // A number is no level: below 0 it would count where there is nothing to count in.
    count_levels(values, is_numeric(column) ? 0 : n, column->n_levels, shares);
    for (size_t level = 0; level < column->n_levels; level++) {
        levels[level] = shares[level];
    }
}

perebor_status column_reference_to_tree(const perebor_dataset *dataset, const uint32_t *rows,
                                        size_t n_rows, h5_tree *tree, h5_node *parent,
                                        perebor_error *error) {
    size_t n_levels = count_all_levels(dataset);
    double *values = calloc(2 * n_rows + n_levels + 2, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for how columns are distributed");
    }
    h5_node *group = h5_add_group(tree, parent, "reference");
    h5_node *missing =
        h5_add_dataset(tree, group, "share_missing", H5_DOUBLE, 1, dataset->n_columns, 0);
    h5_node *quantile =
        h5_add_dataset(tree, group, "quantile", H5_DOUBLE, 2, dataset->n_columns, COLUMN_QUANTILES);
    h5_node *level = h5_add_dataset(tree, group, "level_share", H5_DOUBLE, 1, n_levels, 0);
    size_t at = 0;
    for (size_t i = 0;
         level != NULL && missing != NULL && quantile != NULL && i < dataset->n_columns; i++) {
        describe_column(&dataset->columns[i], rows, n_rows, values,
                        (double *)missing->array.data + i,
                        (double *)quantile->array.data + i * COLUMN_QUANTILES,
                        (double *)level->array.data + at);
        at += dataset->columns[i].n_levels;
    }
    free(values);
    return h5_tree_check(tree, "how columns are distributed", error);
}

/** (q - p) log(q / p) of one bin. */
static double psi_term(double then, double now) {
    double p = fmax(then, least_share), q = fmax(now, least_share);
    return (q - p) * perebor_log(q / p);
}

/**
 * What is kept of a numeric column: how many values are missing; how many have so many quantiles
 * below them, 0 … COLUMN_QUANTILES; how many have so many below them or equal. For one with levels:
 * how many are missing; how many have each level; how many one that is unknown.
 */
enum {
    below_at = 1,
    upto_at = below_at + COLUMN_QUANTILES + 1,
    numeric_counts = upto_at + COLUMN_QUANTILES + 1,
};

static size_t counts_of(const perebor_column *column) {
    return is_numeric(column) ? numeric_counts : 1 + column->n_levels + 1;
}

/** Counts of a numeric column: values that are there, and how many of them lie below quantiles. */
typedef struct counted_values {
    uint64_t n, below[COLUMN_QUANTILES], upto[COLUMN_QUANTILES];
} counted_values;

/** Adds up: a value is below quantile i if at most i quantiles are below or equal to it, and at
 * most quantile i if at most i quantiles are below it. */
static counted_values add_up(const uint64_t *counts) {
    counted_values values = {0};
    uint64_t below = 0, upto = 0;
    for (size_t i = 0; i <= COLUMN_QUANTILES; i++) {
        below += counts[upto_at + i];
        upto += counts[below_at + i];
        if (i < COLUMN_QUANTILES) {
            values.below[i] = below;
            values.upto[i] = upto;
        }
    }
    values.n = below;
    return values;
}

/** The share of values below quantile @p i, or at most that if it is @p included. */
static double share_to(const counted_values *values, size_t i, bool included) {
    return (double)(included ? values->upto[i] : values->below[i]) / (double)values->n;
}

/** The share of training rows at most @p bound, between quantiles that are equal the upper one. */
static double share_then(const double *quantiles, double bound) {
    size_t i = COLUMN_QUANTILES;
    while (i > 0 && quantiles[i - 1] > bound) {
        i--;
    }
    return i == 0 ? 0.0 : (double)(i - 1) / (COLUMN_QUANTILES - 1);
}

/** The largest distance of the distribution functions at the quantiles, on both sides of each: a
 * value that many rows have is a step, and others may lie just below it. */
static double largest_distance(const double *quantiles, const counted_values *values) {
    double ks = 0.0;
    size_t first = 0; // of the quantiles that equal this one
    for (size_t i = 0; i < COLUMN_QUANTILES; i++) {
        first = quantiles[i] == quantiles[first] ? first : i;
        double below = (double)first / (COLUMN_QUANTILES - 1);
        ks = fmax(ks, fabs(below - share_to(values, i, false)));
        ks = fmax(ks, fabs(share_then(quantiles, quantiles[i]) - share_to(values, i, true)));
    }
    return ks;
}

/** Both measures of a numeric column, from its values now and its quantiles then. */
static void compare_numbers(const double *quantiles, const counted_values *values,
                            column_drift *drift) {
    double before = 0.0, before_now = 0.0, psi = 0.0;
    if (values->n == 0 || isnan(quantiles[0])) {
        return;
    }
    if (quantiles[0] == quantiles[(COLUMN_QUANTILES - 1) / n_bins]) {
        // The lowest tenth is one value: what is below it now is a bin of its own.
        before_now = share_to(values, 0, false);
        psi += before_now > 0.0 ? psi_term(0.0, before_now) : 0.0;
    }
    for (size_t bin = 1; bin <= n_bins; bin++) {
        // Ties in training make bins of more than a tenth: the last of equal bounds counts.
        size_t bound = bin * (COLUMN_QUANTILES - 1) / n_bins;
        double then = bin == n_bins ? 1.0 : share_then(quantiles, quantiles[bound]);
        double now = bin == n_bins ? 1.0 : share_to(values, bound, true);
        if (then > before || now > before_now) {
            psi += psi_term(then - before, now - before_now);
        }
        before = then;
        before_now = now;
    }
    drift->psi = psi;
    drift->ks = largest_distance(quantiles, values);
}

static void compare_levels(const double *then, const uint64_t *now, size_t n_levels, uint64_t n,
                           column_drift *drift) {
    if (n == 0) {
        return;
    }
    drift->psi = 0.0;
    for (size_t level = 0; level < n_levels; level++) {
        drift->psi += psi_term(then[level], (double)now[level] / (double)n);
    }
    double unknown = (double)now[n_levels] / (double)n;
    drift->psi += unknown > 0.0 ? psi_term(0.0, unknown) : 0.0;
}

static bool has_shape(const h5_node *node, size_t n_dimensions, size_t rows, size_t columns) {
    return node != NULL && node->type == H5_DATASET && node->array.kind == H5_DOUBLE &&
           node->array.n_dimensions == n_dimensions && node->array.dimensions[0] == rows &&
           (n_dimensions < 2 || node->array.dimensions[1] == columns);
}

static const double *values_of(const h5_node *reference, const char *name) {
    return (const double *)h5_find(reference, name)->array.data;
}

static bool is_reference_of(const h5_node *reference, const perebor_dataset *schema) {
    return reference != NULL &&
           has_shape(h5_find(reference, "share_missing"), 1, schema->n_columns, 0) &&
           has_shape(h5_find(reference, "quantile"), 2, schema->n_columns, COLUMN_QUANTILES) &&
           has_shape(h5_find(reference, "level_share"), 1, count_all_levels(schema), 0);
}

perebor_status column_counts_begin(column_counts *counts, const h5_node *reference,
                                   const perebor_dataset *schema, perebor_error *error) {
    *counts = (column_counts){.reference = reference, .schema = schema};
    if (!is_reference_of(reference, schema)) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/model/reference is not of the columns of /model/schema");
    }
    counts->first = calloc(schema->n_columns + 1, sizeof *counts->first);
    for (size_t i = 0; counts->first != NULL && i < schema->n_columns; i++) {
        counts->first[i] = counts->n;
        counts->n += counts_of(&schema->columns[i]);
    }
    counts->counts = calloc(counts->n + 1, sizeof *counts->counts);
    return counts->first != NULL && counts->counts != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for how columns are distributed");
}

/**
 * Where values are to be looked for among quantiles: cells of equal width, and how many different
 * quantiles lie in the cells before each. Quantiles of a cell before that of a value are below the
 * value, as cells ascend with values.
 */
enum { n_cells = 1024, missing_at = 2 * COLUMN_QUANTILES + 2, n_finds };
typedef struct quantile_cells {
    double least, width_inverse;
    size_t n_different, most_in_cell;
    double different[COLUMN_QUANTILES + 1]; /**< Quantiles, each once, and infinity. */
    uint8_t first[COLUMN_QUANTILES + 1];    /**< [n_different] of the quantiles that are each. */
    uint8_t ends[COLUMN_QUANTILES + 1];     /**< [n_different] of the same. */
    uint8_t before[n_cells + 1];
} quantile_cells;

static size_t cell_of(const quantile_cells *cells, double value) {
    double at = (value - cells->least) * cells->width_inverse;
    at = at > 0.0 ? at : 0.0; // of NaN too
    return (size_t)(int)(at < n_cells - 1 ? at : n_cells - 1);
}

static void find_different(quantile_cells *cells, const double *quantiles) {
    size_t n = 0;
    for (size_t i = 0; i < COLUMN_QUANTILES; i++) {
        if (n == 0 || quantiles[i] != cells->different[n - 1]) {
            cells->different[n] = quantiles[i];
            cells->first[n++] = (uint8_t)i;
        }
        cells->ends[n - 1] = (uint8_t)(i + 1);
    }
    cells->different[n] = INFINITY;
    cells->first[n] = cells->ends[n] = COLUMN_QUANTILES;
    cells->n_different = n;
}

static void find_cells(quantile_cells *cells, const double *quantiles) {
    double width = (quantiles[COLUMN_QUANTILES - 1] - quantiles[0]) / n_cells;
    find_different(cells, quantiles);
    cells->least = quantiles[0];
    cells->width_inverse = width > 0.0 && isfinite(1.0 / width) ? 1.0 / width : 0.0;
    memset(cells->before, 0, sizeof cells->before);
    cells->most_in_cell = 0;
    for (size_t i = 0; i < cells->n_different; i++) {
        uint8_t *in_cell = &cells->before[cell_of(cells, cells->different[i]) + 1];
        ++*in_cell;
        cells->most_in_cell = *in_cell > cells->most_in_cell ? *in_cell : cells->most_in_cell;
    }
    for (size_t cell = 0; cell < n_cells; cell++) {
        cells->before[cell + 1] = (uint8_t)(cells->before[cell + 1] + cells->before[cell]);
    }
}

/** How many of the different quantiles are below a value. */
static size_t count_below(const quantile_cells *cells, double value) {
    size_t cell = cell_of(cells, value), low = cells->before[cell], high = cells->before[cell + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cells->different[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** Where a value is counted: at 2 i if it lies below the i-th different quantile and above those
 * before, at 2 i + 1 if it is equal to that. */
static size_t find_at(const quantile_cells *cells, double value, size_t below) {
    size_t at = 2 * below + (cells->different[below] == value);
    return isnan(value) ? missing_at : at;
}

/** Values one by one, at most a quantile in a cell: without a branch. */
static void find_in_single_cells(const quantile_cells *cells, const double *values, size_t n,
                                 uint32_t finds[2][n_finds]) {
    for (size_t i = 0; i < n; i++) {
        size_t below = cells->before[cell_of(cells, values[i])];
        below += cells->different[below] < values[i];
        finds[i % 2][find_at(cells, values[i], below)]++; // two, for one waits for the one before
    }
}

static void count_numbers(const double *values, size_t n, const double *quantiles,
                          uint64_t *counts) {
    quantile_cells cells;
    uint32_t finds[2][n_finds] = {{0}};
    find_cells(&cells, quantiles);
    if (cells.most_in_cell <= 1) {
        find_in_single_cells(&cells, values, n, finds);
    } else {
        for (size_t i = 0; i < n; i++) {
            finds[0][find_at(&cells, values[i], count_below(&cells, values[i]))]++;
        }
    }
    counts[0] += finds[0][missing_at] + finds[1][missing_at];
    for (size_t i = 0; i <= cells.n_different; i++) {
        uint32_t off = finds[0][2 * i] + finds[1][2 * i];
        uint32_t on = finds[0][2 * i + 1] + finds[1][2 * i + 1];
        counts[below_at + cells.first[i]] += off + on;
        counts[upto_at + cells.first[i]] += off;
        if (on > 0) {
            counts[upto_at + cells.ends[i]] += on;
        }
    }
}

static void count_codes(const double *codes, size_t n, size_t n_levels, uint64_t *counts) {
    for (size_t i = 0; i < n; i++) {
        if (isnan(codes[i])) {
            counts[0]++;
        } else {
            counts[1 + (codes[i] < (double)n_levels ? (size_t)codes[i] : n_levels)]++;
        }
    }
}

void column_counts_add(column_counts *counts, const perebor_dataset *dataset, size_t first,
                       size_t end) {
    const double *quantiles = values_of(counts->reference, "quantile");
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        uint64_t *own = counts->counts + counts->first[i];
        if (is_numeric(column)) {
            count_numbers(column->values + first, end - first, quantiles + i * COLUMN_QUANTILES,
                          own);
        } else {
            count_codes(column->values + first, end - first, column->n_levels, own);
        }
    }
}

void column_counts_compare(const column_counts *counts, column_drift *drifts) {
    const double *missing = values_of(counts->reference, "share_missing");
    const double *quantiles = values_of(counts->reference, "quantile");
    const double *shares = values_of(counts->reference, "level_share");
    for (size_t i = 0; i < counts->schema->n_columns; i++) {
        const perebor_column *column = &counts->schema->columns[i];
        const uint64_t *own = counts->counts + counts->first[i];
        size_t end = is_numeric(column) ? upto_at : counts_of(column);
        uint64_t n = 0;
        for (size_t k = 1; k < end; k++) {
            n += own[k];
        }
        uint64_t n_rows = n + own[0];
        drifts[i] =
            (column_drift){.psi = NAN,
                           .ks = NAN,
                           .share_missing = n_rows == 0 ? 0.0 : (double)own[0] / (double)n_rows,
                           .share_missing_then = missing[i]};
        if (is_numeric(column)) {
            counted_values values = add_up(own);
            compare_numbers(quantiles + i * COLUMN_QUANTILES, &values, &drifts[i]);
        } else {
            compare_levels(shares, own + 1, column->n_levels, n, &drifts[i]);
        }
        shares += column->n_levels;
    }
}

void column_counts_release(column_counts *counts) {
    free(counts->first);
    free(counts->counts);
    *counts = (column_counts){0};
}
