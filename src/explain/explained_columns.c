// SPDX-License-Identifier: MIT
#include "explain/explained_columns.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/try.h"
#include "statistics/vif.h"

/** Columns as numbers, centred and of length 1, and their products: correlations. */
typedef struct encoded_columns {
    size_t n; /**< Encoded columns. */
    size_t n_rows;
    uint32_t *source;    /**< [n] */
    double *values;      /**< [n][n_rows] */
    double *variance;    /**< [n] before they were given length 1: sums of squares. */
    double *correlation; /**< [n][n]; NaN on the diagonal of a constant one. */
    double *share;       /**< [n] */
    bool *explaining;    /**< [n] */
} encoded_columns;

static size_t count_encoded(const perebor_dataset *dataset) {
    size_t n = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        bool nominal = column->role == PEREBOR_ROLE_NOMINAL;
        n += nominal ? (column->n_levels > 1 ? column->n_levels - 1 : 0) : 1;
    }
    return n;
}

static perebor_status allocate(encoded_columns *encoded, perebor_error *error) {
    size_t n = encoded->n;
    encoded->source = calloc(n + 1, sizeof *encoded->source);
    encoded->values = calloc(n * encoded->n_rows + 1, sizeof *encoded->values);
    encoded->variance = calloc(n + 1, sizeof *encoded->variance);
    encoded->correlation = calloc(n * n + 1, sizeof *encoded->correlation);
    encoded->share = calloc(n + 1, sizeof *encoded->share);
    encoded->explaining = calloc(n + 1, sizeof *encoded->explaining);
    return encoded->source != NULL && encoded->values != NULL && encoded->variance != NULL &&
                   encoded->correlation != NULL && encoded->share != NULL &&
                   encoded->explaining != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for how %zu columns explain each other", n);
}

static void release(encoded_columns *encoded) {
    free(encoded->source);
    free(encoded->values);
    free(encoded->variance);
    free(encoded->correlation);
    free(encoded->share);
    free(encoded->explaining);
}

/** Fills in a column: the values, or whether they are @p level of a nominal one. */
static void encode(double *values, const perebor_column *column, size_t level, const uint32_t *rows,
                   size_t n_rows) {
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows[i]];
        bool indicates = column->role == PEREBOR_ROLE_NOMINAL && !isnan(value);
        values[i] = indicates ? (double)(value == (double)level) : value;
    }
}

/** Centres; what is missing lies at the mean. @return The sum of squares that was left. */
static double normalise(double *values, size_t n) {
    double sum = 0.0, there = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        bool missing = isnan(values[i]);
        sum += missing ? 0.0 : values[i];
        there += missing ? 0.0 : 1.0;
    }
    double mean = there > 0.0 ? sum / there : 0.0;
    for (size_t i = 0; i < n; i++) {
        values[i] = isnan(values[i]) ? 0.0 : values[i] - mean;
        squares += values[i] * values[i];
    }
    double length = sqrt(squares);
    for (size_t i = 0; i < n && length > 0.0; i++) {
        values[i] /= length;
    }
    return squares;
}

static void encode_all(encoded_columns *encoded, const perebor_dataset *dataset,
                       const uint32_t *rows) {
    size_t at = 0;
    for (size_t i = 0; i < dataset->n_columns; i++) {
        const perebor_column *column = &dataset->columns[i];
        bool nominal = column->role == PEREBOR_ROLE_NOMINAL;
        size_t end = nominal ? column->n_levels : 2;
        for (size_t level = 1; level < end; level++) {
            double *values = encoded->values + at * encoded->n_rows;
            encode(values, column, level, rows, encoded->n_rows);
            encoded->variance[at] = normalise(values, encoded->n_rows);
            encoded->source[at++] = (uint32_t)i;
        }
    }
}

static void correlate(encoded_columns *encoded) {
    size_t n = encoded->n, n_rows = encoded->n_rows;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i; j < n; j++) {
            const double *x = encoded->values + i * n_rows, *y = encoded->values + j * n_rows;
            double product = 0.0;
            for (size_t row = 0; row < n_rows; row++) {
                product += x[row] * y[row];
            }
            double value = i == j ? 1.0 : product;
            encoded->correlation[i * n + j] = encoded->correlation[j * n + i] =
                encoded->variance[i] > 0.0 && encoded->variance[j] > 0.0 ? value : (double)NAN;
        }
    }
}

/** R squared of one column of the data on all others. */
static perebor_status explain(encoded_columns *encoded, uint32_t column, double *explained,
                              perebor_error *error) {
    double all = 0.0, known = 0.0;
    for (size_t i = 0; i < encoded->n; i++) {
        encoded->explaining[i] = encoded->source[i] != column;
    }
    perebor_status status = perebor_explained_share(encoded->share, encoded->correlation,
                                                    encoded->explaining, encoded->n, error);
    for (size_t i = 0; i < encoded->n; i++) {
        if (encoded->source[i] == column && !isnan(encoded->share[i])) {
            all += encoded->variance[i];
            known += encoded->variance[i] * encoded->share[i];
        }
    }
    *explained = all > 0.0 ? known / all : (double)NAN;
    return status;
}

perebor_status explained_columns(double *explained, const perebor_dataset *dataset,
                                 const uint32_t *rows, size_t n_rows, perebor_error *error) {
    perebor_status status;
    encoded_columns encoded = {.n = count_encoded(dataset), .n_rows = n_rows};
    PEREBOR_TRY(done, allocate(&encoded, error));
    encode_all(&encoded, dataset, rows);
    correlate(&encoded);
    // Columns of one encoded column: R squared = 1 - 1 / VIF, all of them by one inversion.
    PEREBOR_TRY(done, perebor_vif(encoded.share, encoded.correlation, encoded.n, error));
    for (size_t i = 0; i < dataset->n_columns; i++) {
        explained[i] = NAN;
    }
    for (size_t i = 0; i < encoded.n; i++) {
        double factor = encoded.share[i];
        explained[encoded.source[i]] = isinf(factor) ? 1.0 : 1.0 - 1.0 / factor;
    }
    for (size_t i = 0; i < dataset->n_columns; i++) {
        if (dataset->columns[i].role == PEREBOR_ROLE_NOMINAL) {
            PEREBOR_TRY(done, explain(&encoded, (uint32_t)i, &explained[i], error));
        }
    }
done:
    release(&encoded);
    return status;
}
