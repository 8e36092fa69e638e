// SPDX-License-Identifier: MIT
#include "model/knn/knn_rare.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/deadline.h"
#include "base/try.h"

/** Fewer columns, or more differences than one in so many values, are not worth it. */
enum { least_columns = 64, values_a_difference = 8 };

static size_t count_others(const double *values, size_t n, double value) {
    size_t n_others = 0;
    for (size_t row = 0; row < n; row++) {
        n_others += values[row] != value ? 1 : 0;
    }
    return n_others;
}

/** The value that more than half have, if there is one (Boyer and Moore, 1981). */
static double find_most(const double *values, size_t n) {
    double most = values[0];
    size_t votes = 0;
    for (size_t row = 0; row < n; row++) {
        most = votes == 0 ? values[row] : most;
        votes = votes == 0 || values[row] == most ? votes + 1 : votes - 1;
    }
    return most;
}

/** What half of the rows or more have. @param[out] n_others  How many do not. @return Whether
 *  there is such a value */
static bool find_common(const double *values, size_t n, double *common, size_t *n_others) {
    *common = values[0]; // most often it is
    *n_others = count_others(values, n, *common);
    if (*n_others > n / 2) {
        *common = find_most(values, n);
        *n_others = count_others(values, n, *common);
    }
    return *n_others <= n / 2;
}

perebor_status knn_rare_find(knn_rare *rare, const perebor_matrix *rows,
                             perebor_workspace *workspace, perebor_error *error) {
    size_t n_columns = rows->n_columns;
    double *common = perebor_workspace_take(workspace, n_columns, sizeof *common);
    if (common == NULL) {
        return perebor_no_memory(error, "for %zu columns", n_columns);
    }
    size_t first = n_columns;
    size_t n_differences = 0;
    for (size_t n_others = 0; first > 0 && !perebor_deadline_passed(); first--) {
        const double *values = perebor_matrix_column(rows, first - 1);
        if (!find_common(values, rows->n_rows, &common[first - 1], &n_others)) {
            break;
        }
        n_differences += n_others;
    }
    size_t n_rare = n_columns - first;
    bool worth = n_rare >= least_columns &&
                 n_differences / (rows->n_rows + 1) < n_rare / values_a_difference;
    *rare = (knn_rare){.first = worth ? first : n_columns,
                       .n_columns = n_columns,
                       .common = worth ? common + first : common};
    return perebor_deadline_check(error);
}

/** begins[i + 1] has how many the i-th has: turns that into where each begins, from 0 on. */
static void sum_up(size_t *begins, size_t n) {
    for (size_t i = 0; i < n; i++) {
        begins[i + 1] += begins[i];
    }
}

/** Moves beginnings that have become ends back by one. */
static void move_back(size_t *begins, size_t n) {
    memmove(begins + 1, begins, n * sizeof *begins);
    begins[0] = 0;
}

static void count_entries(knn_entries *entries, const knn_rare *rare, const perebor_matrix *rows) {
    for (size_t column = rare->first; column < rare->n_columns && !perebor_deadline_passed();
         column++) {
        const double *values = perebor_matrix_column(rows, column);
        double common = rare->common[column - rare->first];
        for (size_t row = 0; row < rows->n_rows; row++) {
            entries->begins[row + 1] += values[row] != common ? 1 : 0;
        }
    }
    sum_up(entries->begins, rows->n_rows);
}

static void fill_entries(knn_entries *entries, const knn_rare *rare, const perebor_matrix *rows) {
    for (size_t column = rare->first; column < rare->n_columns && !perebor_deadline_passed();
         column++) {
        const double *values = perebor_matrix_column(rows, column);
        double common = rare->common[column - rare->first];
        for (size_t row = 0; row < rows->n_rows; row++) {
            if (values[row] != common) {
                size_t at = entries->begins[row]++;
                entries->columns[at] = (uint32_t)column;
                entries->values[at] = values[row];
            }
        }
    }
    move_back(entries->begins, rows->n_rows);
}

perebor_status knn_entries_create(knn_entries *entries, const knn_rare *rare,
                                  const perebor_matrix *rows, perebor_workspace *workspace,
                                  perebor_error *error) {
    perebor_status status;
    size_t n_rows = rows->n_rows;
    knn_entries result = {
        .begins = perebor_workspace_take_zeroed(workspace, n_rows + 2, sizeof *result.begins)};
    if (result.begins == NULL) {
        return perebor_no_memory(error, "for the levels of %zu rows", n_rows);
    }
    count_entries(&result, rare, rows);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    size_t n_entries = result.begins[n_rows];
    result.columns = perebor_workspace_take(workspace, n_entries, sizeof *result.columns);
    result.values = perebor_workspace_take(workspace, n_entries, sizeof *result.values);
    if (result.columns == NULL || result.values == NULL) {
        return perebor_no_memory(error, "for %zu levels", n_entries);
    }
    fill_entries(&result, rare, rows);
    PEREBOR_TRY(done, perebor_deadline_check(error));
    *entries = result;
done:
    return status;
}

/** One column's part of a distance. */
static inline double part_of(knn_metric metric, double p, double difference) {
    switch (metric) {
    case KNN_MANHATTAN:
        return fabs(difference);
    case KNN_EUCLIDEAN:
        return difference * difference;
    case KNN_MINKOWSKI:
    case KNN_ROUGH_MINKOWSKI: // what goes on from rough sums need not be rough
        break;
    }
    return perebor_pow(fabs(difference), p);
}

static void fill_columns(knn_rare_columns *columns, const knn_rare *rare,
                         const knn_entries *entries, size_t n_rows) {
    for (size_t row = 0; row < n_rows; row++) {
        const knn_differences own = knn_entries_of(entries, row);
        double sums[2] = {0.0, 0.0};
        for (size_t i = 0; i < own.n; i++) {
            size_t column = own.columns[i] - rare->first;
            size_t at = columns->begins[column]++;
            columns->rows[at] = (uint32_t)row;
            columns->values[at] = own.values[i];
            double difference = own.values[i] - rare->common[column];
            sums[KNN_MANHATTAN] += fabs(difference);
            sums[KNN_EUCLIDEAN] += difference * difference;
        }
        columns->apart[KNN_MANHATTAN][row] = (float)sums[KNN_MANHATTAN];
        columns->apart[KNN_EUCLIDEAN][row] = (float)sums[KNN_EUCLIDEAN];
    }
    move_back(columns->begins, rare->n_columns - rare->first);
}

perebor_status knn_rare_columns_create(knn_rare_columns *columns, const knn_rare *rare,
                                       const knn_entries *entries, size_t n_rows,
                                       perebor_workspace *workspace, perebor_error *error) {
    size_t n_rare = rare->n_columns - rare->first;
    size_t n_entries = entries->begins[n_rows];
    size_t n_padded = (n_rows + KNN_FILTER_TILE - 1) / KNN_FILTER_TILE * KNN_FILTER_TILE;
    knn_rare_columns result = {
        .begins = perebor_workspace_take_zeroed(workspace, n_rare + 2, sizeof *result.begins),
        .rows = perebor_workspace_take(workspace, n_entries, sizeof *result.rows),
        .values = perebor_workspace_take(workspace, n_entries, sizeof *result.values)};
    float *apart = perebor_workspace_take_zeroed(workspace, 2 * n_padded, sizeof *apart);
    if (result.begins == NULL || result.rows == NULL || result.values == NULL || apart == NULL) {
        return perebor_no_memory(error, "for %zu levels", n_entries);
    }
    result.apart[KNN_MANHATTAN] = apart;
    result.apart[KNN_EUCLIDEAN] = apart + n_padded;
    for (size_t i = 0; i < n_entries; i++) {
        result.begins[entries->columns[i] - rare->first + 1]++;
    }
    sum_up(result.begins, n_rare);
    fill_columns(&result, rare, entries, n_rows);
    *columns = result;
    return perebor_deadline_check(error);
}

static inline double continue_sum(const knn_rare *rare, knn_metric metric, double p, double sum,
                                  knn_differences a, knn_differences b) {
    size_t i = 0;
    size_t j = 0;
    while (i < a.n || j < b.n) {
        uint32_t left = i < a.n ? a.columns[i] : UINT32_MAX;
        uint32_t right = j < b.n ? b.columns[j] : UINT32_MAX;
        uint32_t column = left < right ? left : right;
        double common = rare->common[column - rare->first];
        double from = left == column ? a.values[i] : common;
        double to = right == column ? b.values[j] : common;
        i += left == column ? 1 : 0;
        j += right == column ? 1 : 0;
        sum += part_of(metric, p, from - to);
    }
    return sum;
}

double knn_rare_continue(const knn_rare *rare, knn_metric metric, double p, double sum,
                         knn_differences a, knn_differences b) {
    return continue_sum(rare, metric, p, sum, a, b);
}

/** Rows that differ in one column each, as with one nominal column, without branches on which. */
static inline double continue_one(const knn_rare *rare, knn_metric metric, double p, double sum,
                                  uint32_t column, double value, double own, knn_differences b) {
    uint32_t other = b.columns[0];
    double part = part_of(metric, p, rare->common[other - rare->first] - b.values[0]);
    if (other == column) {
        return sum + part_of(metric, p, value - b.values[0]);
    }
    double first = column < other ? own : part;
    double second = column < other ? part : own;
    return (sum + first) + second;
}

static inline void continue_all(const knn_rare *rare, knn_metric metric, double p,
                                knn_differences a, const knn_entries *entries, size_t first,
                                size_t n, double *sums) {
    bool one = a.n == 1;
    double value = one ? a.values[0] : 0.0;
    double own = one ? part_of(metric, p, value - rare->common[a.columns[0] - rare->first]) : 0.0;
    for (size_t i = 0; i < n; i++) {
        const knn_differences b = knn_entries_of(entries, first + i);
        sums[i] = one && b.n == 1
                      ? continue_one(rare, metric, p, sums[i], a.columns[0], value, own, b)
                      : continue_sum(rare, metric, p, sums[i], a, b);
    }
}

void knn_rare_continue_all(const knn_rare *rare, knn_metric metric, double p, knn_differences a,
                           const knn_entries *entries, size_t first, size_t n, double *sums) {
    switch (metric) {
    case KNN_MANHATTAN:
        continue_all(rare, KNN_MANHATTAN, p, a, entries, first, n, sums);
        break;
    case KNN_EUCLIDEAN:
        continue_all(rare, KNN_EUCLIDEAN, p, a, entries, first, n, sums);
        break;
    case KNN_MINKOWSKI:
    case KNN_ROUGH_MINKOWSKI:
        continue_all(rare, KNN_MINKOWSKI, p, a, entries, first, n, sums);
        break;
    }
}

/** The first entry of a column that is of a row from @p row on. */
static size_t first_from(const knn_rare_columns *columns, size_t column, size_t row) {
    size_t low = columns->begins[column];
    size_t high = columns->begins[column + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (columns->rows[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/*
 * With c the common values, the sum over columns of part(q - x) is
 *
 *     sum part(q - c) + sum part(x - c)  over all columns, and over those where both differ
 *     sum part(q - x) - part(q - c) - part(x - c).
 */
double knn_rare_continue_roughly(const knn_rare *rare, const knn_rare_columns *columns,
                                 knn_metric metric, knn_differences query, size_t first, size_t n,
                                 float *sums, double *largest) {
    const float *apart = columns->apart[metric] + first;
    double own = 0.0;
    for (size_t i = 0; i < query.n; i++) {
        double common = rare->common[query.columns[i] - rare->first];
        own += part_of(metric, 0.0, query.values[i] - common);
    }
    float most = 0.0f;
    for (size_t row = 0; row < n; row++) {
        sums[row] += (float)own + apart[row];
        most = apart[row] > most ? apart[row] : most;
    }
    for (size_t i = 0; i < query.n; i++) {
        size_t column = query.columns[i] - rare->first;
        double common = rare->common[column];
        double alone = part_of(metric, 0.0, query.values[i] - common);
        size_t end = columns->begins[column + 1];
        for (size_t at = first_from(columns, column, first);
             at < end && columns->rows[at] < first + n; at++) {
            double both = part_of(metric, 0.0, query.values[i] - columns->values[at]);
            double other = part_of(metric, 0.0, columns->values[at] - common);
            sums[columns->rows[at] - first] += (float)((both - alone) - other);
        }
    }
    *largest = own + (double)most;
    return 4.0 + (double)query.n;
}
