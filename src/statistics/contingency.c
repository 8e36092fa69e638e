// SPDX-License-Identifier: MIT
#include "statistics/contingency.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"

static void sum_margins(perebor_contingency *table) {
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t column = 0; column < table->n_columns; column++) {
            double count = table->counts[row * table->n_columns + column];
            table->row_sums[row] += count;
            table->column_sums[column] += count;
            table->total += count;
        }
    }
}

/** Leaves out rows and columns without a count, in place. */
static void drop_empty(perebor_contingency *table) {
    size_t n_rows = 0;
    size_t kept = 0;
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t column = 0; column < table->n_columns && table->row_sums[row] > 0; column++) {
            if (table->column_sums[column] > 0) {
                table->counts[kept++] = table->counts[row * table->n_columns + column];
            }
        }
        if (table->row_sums[row] > 0) {
            table->row_sums[n_rows++] = table->row_sums[row];
        }
    }
    size_t n_columns = 0;
    for (size_t column = 0; column < table->n_columns; column++) {
        if (table->column_sums[column] > 0) {
            table->column_sums[n_columns++] = table->column_sums[column];
        }
    }
    table->n_rows = n_rows;
    table->n_columns = n_columns;
}

perebor_status perebor_contingency_count(perebor_contingency *table, const uint32_t *first,
                                         size_t n_first, const uint32_t *second, size_t n_second,
                                         size_t n, perebor_error *error) {
    perebor_contingency result = {.n_rows = n_first, .n_columns = n_second};
    if (n_second > 0 && n_first > SIZE_MAX / n_second) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no table has %zu by %zu counts", n_first,
                            n_second);
    }
    result.counts = calloc(n_first * n_second + 1, sizeof *result.counts);
    result.row_sums = calloc(n_first + 1, sizeof *result.row_sums);
    result.column_sums = calloc(n_second + 1, sizeof *result.column_sums);
    if (result.counts == NULL || result.row_sums == NULL || result.column_sums == NULL) {
        perebor_contingency_release(&result);
        return perebor_no_memory(error, "to count %zu by %zu levels", n_first, n_second);
    }
    for (size_t i = 0; i < n; i++) {
        if (first[i] != PEREBOR_NO_LEVEL && second[i] != PEREBOR_NO_LEVEL) {
            result.counts[first[i] * n_second + second[i]] += 1.0;
        }
    }
    sum_margins(&result);
    drop_empty(&result);
    *table = result;
    return PEREBOR_OK;
}

void perebor_contingency_release(perebor_contingency *table) {
    free(table->counts);
    free(table->row_sums);
    free(table->column_sums);
    *table = (perebor_contingency){0};
}

static size_t least_side(const perebor_contingency *table) {
    return table->n_rows < table->n_columns ? table->n_rows : table->n_columns;
}

double perebor_contingency_dof(const perebor_contingency *table) {
    return least_side(table) < 2 ? 0.0
                                 : (double)(table->n_rows - 1) * (double)(table->n_columns - 1);
}

/** A cell's count moved towards what independence expects, by a half at most, as Yates has it. */
static double corrected_count(double count, double expected, bool corrected) {
    double difference = expected - count;
    double half = fabs(difference) < 0.5 ? fabs(difference) : 0.5;
    return corrected ? count + (difference > 0.0 ? half : -half) : count;
}

typedef double term_of(double count, double expected);

static double pearson_term(double count, double expected) {
    return (count - expected) * (count - expected) / expected;
}

static double likelihood_term(double count, double expected) {
    return count > 0.0 ? 2.0 * count * perebor_log(count / expected) : 0.0;
}

static double sum_cells(const perebor_contingency *table, bool corrected, term_of *term) {
    double sum = 0.0;
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t column = 0; column < table->n_columns; column++) {
            double expected = table->row_sums[row] * table->column_sums[column] / table->total;
            double count = table->counts[row * table->n_columns + column];
            sum += term(corrected_count(count, expected, corrected), expected);
        }
    }
    return sum;
}

static bool is_two_by_two(const perebor_contingency *table) {
    return table->n_rows == 2 && table->n_columns == 2;
}

double perebor_chi_squared(const perebor_contingency *table, bool corrected) {
    return sum_cells(table, corrected && is_two_by_two(table), pearson_term);
}

double perebor_g_statistic(const perebor_contingency *table, bool corrected) {
    return sum_cells(table, corrected && is_two_by_two(table), likelihood_term);
}

double perebor_cramers_v(const perebor_contingency *table) {
    if (least_side(table) < 2) {
        return NAN;
    }
    return sqrt(perebor_chi_squared(table, false) / table->total / (double)(least_side(table) - 1));
}

/** The number of levels that chance leaves of n. */
static double corrected_levels(double n, double total) {
    return n - (n - 1.0) * (n - 1.0) / (total - 1.0);
}

double perebor_cramers_v_corrected(const perebor_contingency *table) {
    if (least_side(table) < 2 || table->total < 2.0) {
        return NAN;
    }
    double phi = perebor_chi_squared(table, false) / table->total -
                 perebor_contingency_dof(table) / (table->total - 1.0);
    double rows = corrected_levels((double)table->n_rows, table->total);
    double columns = corrected_levels((double)table->n_columns, table->total);
    double least = (rows < columns ? rows : columns) - 1.0;
    return phi <= 0.0 || least <= 0.0 ? 0.0 : sqrt(phi / least);
}

double perebor_mutual_information(const perebor_contingency *table) {
    double information = perebor_g_statistic(table, false) / (2.0 * table->total);
    return information > 0.0 ? information : 0.0;
}
