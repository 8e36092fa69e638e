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
    count_levels(values, n, column->n_levels, shares);
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

/** The share of sorted values that are at most @p bound. */
static double share_to(const double *sorted, size_t n, double bound) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] <= bound) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (double)low / (double)n;
}

/** The share of training rows at most @p bound, between quantiles that are equal the upper one. */
static double share_then(const double *quantiles, double bound) {
    size_t i = COLUMN_QUANTILES;
    while (i > 0 && quantiles[i - 1] > bound) {
        i--;
    }
    return i == 0 ? 0.0 : (double)(i - 1) / (COLUMN_QUANTILES - 1);
}

/** Both measures of a numeric column, from its values now and its quantiles then. */
static void compare_numbers(const double *quantiles, const double *sorted, size_t n,
                            column_drift *drift) {
    double before = 0.0, before_now = 0.0, psi = 0.0, ks = 0.0;
    if (n == 0 || isnan(quantiles[0])) {
        return;
    }
    for (size_t bin = 1; bin <= n_bins; bin++) {
        // Ties in training make bins of more than a tenth: the last of equal bounds counts.
        double bound = quantiles[bin * (COLUMN_QUANTILES - 1) / n_bins];
        double then = bin == n_bins ? 1.0 : share_then(quantiles, bound);
        double now = bin == n_bins ? 1.0 : share_to(sorted, n, bound);
        if (then > before || now > before_now) {
            psi += psi_term(then - before, now - before_now);
        }
        before = then;
        before_now = now;
    }
    for (size_t i = 0; i < COLUMN_QUANTILES; i++) {
        ks =
            fmax(ks, fabs(share_then(quantiles, quantiles[i]) - share_to(sorted, n, quantiles[i])));
    }
    drift->psi = psi;
    drift->ks = ks;
}

static void compare_levels(const double *then, const double *now, size_t n_levels,
                           column_drift *drift) {
    drift->psi = 0.0;
    for (size_t level = 0; level < n_levels; level++) {
        drift->psi += psi_term(then[level], now[level]);
    }
    drift->psi += now[n_levels] > 0.0 ? psi_term(0.0, now[n_levels]) : 0.0; // unknown ones
}

static bool has_shape(const h5_node *node, size_t n_dimensions, size_t rows, size_t columns) {
    return node != NULL && node->type == H5_DATASET && node->array.kind == H5_DOUBLE &&
           node->array.n_dimensions == n_dimensions && node->array.dimensions[0] == rows &&
           (n_dimensions < 2 || node->array.dimensions[1] == columns);
}

perebor_status column_reference_compare(const h5_node *reference, const perebor_dataset *schema,
                                        const perebor_dataset *dataset, column_drift *drifts,
                                        perebor_error *error) {
    size_t n_levels = count_all_levels(schema), at = 0, n_rows = dataset->n_rows;
    const h5_node *missing = reference == NULL ? NULL : h5_find(reference, "share_missing");
    const h5_node *quantile = reference == NULL ? NULL : h5_find(reference, "quantile");
    const h5_node *level = reference == NULL ? NULL : h5_find(reference, "level_share");
    if (!has_shape(missing, 1, schema->n_columns, 0) ||
        !has_shape(quantile, 2, schema->n_columns, COLUMN_QUANTILES) ||
        !has_shape(level, 1, n_levels, 0) || dataset->n_columns != schema->n_columns) {
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "/model/reference is not of the columns of /model/schema");
    }
    double *values = calloc(2 * n_rows + n_levels + 2, sizeof *values);
    if (values == NULL) {
        return perebor_no_memory(error, "for how columns are distributed");
    }
    double *shares = values + 2 * n_rows;
    for (size_t i = 0; i < schema->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        size_t n = gather(column, NULL, n_rows, values, values + n_rows);
        drifts[i] = (column_drift){.psi = NAN,
                                   .ks = NAN,
                                   .share_missing =
                                       n_rows == 0 ? 0.0 : (double)(n_rows - n) / (double)n_rows,
                                   .share_missing_then = ((const double *)missing->array.data)[i]};
        if (is_numeric(column)) {
            compare_numbers((const double *)quantile->array.data + i * COLUMN_QUANTILES, values, n,
                            &drifts[i]);
        } else if (n > 0) {
            count_levels(values, n, column->n_levels, shares);
            compare_levels((const double *)level->array.data + at, shares, column->n_levels,
                           &drifts[i]);
        }
        at += column->n_levels;
    }
    free(values);
    return PEREBOR_OK;
}
