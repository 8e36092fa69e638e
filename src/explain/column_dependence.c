// SPDX-License-Identifier: MIT
#include "explain/column_dependence.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/try.h"
#include "explain/explained_columns.h"
#include "statistics/contingency.h"
#include "statistics/correlation.h"
#include "statistics/quantile.h"

enum { most_strata = 10 };

static bool has_order(const perebor_column *column) {
    return column->role != PEREBOR_ROLE_NOMINAL;
}

/** Rows where two columns have a value, theirs side by side. */
typedef struct column_pair {
    double *x, *y; /**< [n] */
    double *ranks; /**< [n] */
    uint32_t *first, *second;
    size_t n;
} column_pair;

static void gather(column_pair *pair, const perebor_column *x, const perebor_column *y,
                   const uint32_t *rows, size_t n_rows) {
    pair->n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        double a = x->values[rows[i]], b = y->values[rows[i]];
        if (!isnan(a) && !isnan(b)) {
            pair->x[pair->n] = a;
            pair->y[pair->n++] = b;
        }
    }
}

/**
 * The correlation ratio of y's ranks by the levels of x: the root of the share of their variance
 * that lies between levels. @param[in] n_levels  Of x, unknown ones count as one more.
 */
static perebor_status correlation_ratio(column_pair *pair, size_t n_levels, double *ratio,
                                        perebor_error *error) {
    perebor_status status;
    double *sums = calloc(2 * (n_levels + 2), sizeof *sums);
    double *counts = sums == NULL ? NULL : sums + n_levels + 2;
    if (sums == NULL) {
        return perebor_no_memory(error, "for %zu levels", n_levels);
    }
    PEREBOR_TRY(done, perebor_average_ranks(pair->ranks, pair->y, pair->n, error));
    double mean = 0.5 * ((double)pair->n + 1.0), total = 0.0, between = 0.0;
    for (size_t i = 0; i < pair->n; i++) {
        size_t level = (size_t)pair->x[i];
        double distance = pair->ranks[i] - mean;
        sums[level] += distance;
        counts[level] += 1.0;
        total += distance * distance;
    }
    for (size_t level = 0; level < n_levels + 2; level++) {
        between += counts[level] > 0.0 ? sums[level] * sums[level] / counts[level] : 0.0;
    }
    *ratio = total > 0.0 ? sqrt(between / total) : NAN;
done:
    free(sums);
    return status;
}

static perebor_status cramers_v(column_pair *pair, size_t n_first, size_t n_second, double *v,
                                perebor_error *error) {
    perebor_status status;
    perebor_contingency table = {0};
    for (size_t i = 0; i < pair->n; i++) {
        pair->first[i] = (uint32_t)pair->x[i];
        pair->second[i] = (uint32_t)pair->y[i];
    }
    PEREBOR_TRY(done, perebor_contingency_count(&table, pair->first, n_first + 2, pair->second,
                                                n_second + 2, pair->n, error));
    *v = perebor_cramers_v(&table);
done:
    perebor_contingency_release(&table);
    return status;
}

static perebor_status associate(column_pair *pair, const perebor_column *x, const perebor_column *y,
                                const uint32_t *rows, size_t n_rows, double *association,
                                perebor_error *error) {
    *association = NAN;
    if (!has_order(y) && has_order(x)) { // the nominal one first
        const perebor_column *other = x;
        x = y;
        y = other;
    }
    gather(pair, x, y, rows, n_rows);
    if (pair->n < 2) {
        return PEREBOR_OK;
    }
    if (has_order(x)) {
        return perebor_spearman(association, pair->x, pair->y, pair->n, error);
    }
    return has_order(y) ? correlation_ratio(pair, x->n_levels, association, error)
                        : cramers_v(pair, x->n_levels, y->n_levels, association, error);
}

static perebor_status associate_all(column_dependence *dependence, const perebor_dataset *dataset,
                                    const uint32_t *rows, size_t n_rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = dataset->n_columns;
    double *values = calloc(3 * n_rows + 1, sizeof *values);
    uint32_t *levels = calloc(2 * n_rows + 1, sizeof *levels);
    if (values == NULL || levels == NULL) {
        status = perebor_no_memory(error, "for how %zu columns go together", n);
        goto done;
    }
    column_pair pair = {.x = values,
                        .y = values + n_rows,
                        .ranks = values + 2 * n_rows,
                        .first = levels,
                        .second = levels + n_rows};
    for (size_t i = 0; i < n; i++) {
        dependence->association[i * n + i] = 1.0;
        for (size_t j = i + 1; j < n; j++) {
            double *association = &dependence->association[i * n + j];
            PEREBOR_TRY(done, associate(&pair, &dataset->columns[i], &dataset->columns[j], rows,
                                        n_rows, association, error));
            dependence->association[j * n + i] = *association;
        }
    }
done:
    free(values);
    free(levels);
    return status;
}

static void find_partners(column_dependence *dependence) {
    size_t n = dependence->n_columns;
    for (size_t i = 0; i < n; i++) {
        double most = 0.0;
        dependence->partner[i] = (uint32_t)n;
        for (size_t j = 0; j < n; j++) {
            double association = fabs(dependence->association[i * n + j]);
            if (j != i && association > most) {
                most = association;
                dependence->partner[i] = (uint32_t)j;
            }
        }
    }
}

/** Every column takes the lowest number that reaches it; then numbers are made 0, 1, 2 … */
static void find_clusters(column_dependence *dependence, const perebor_dataset *dataset) {
    size_t n = dependence->n_columns;
    uint32_t *cluster = dependence->cluster;
    for (size_t i = 0; i < n; i++) {
        cluster[i] = (uint32_t)i;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < n * n; i++) {
            size_t a = i / n, b = i % n;
            bool joined = a != b && has_order(&dataset->columns[a]) &&
                          has_order(&dataset->columns[b]) &&
                          fabs(dependence->association[i]) >= EXPLAIN_CLUSTER_SPEARMAN;
            if (joined && cluster[b] < cluster[a]) {
                cluster[a] = cluster[b];
                changed = true;
            }
        }
    }
    for (size_t i = 0; i < n; i++) { // a cluster's first column comes before the others
        cluster[i] = cluster[i] == i ? (uint32_t)dependence->n_clusters++ : cluster[cluster[i]];
    }
}

perebor_status column_dependence_find(column_dependence *dependence, const perebor_dataset *dataset,
                                      const uint32_t *rows, size_t n_rows, perebor_error *error) {
    perebor_status status;
    size_t n = dataset->n_columns;
    column_dependence found = {.n_columns = n,
                               .association = calloc(n * n + 1, sizeof *found.association),
                               .explained = calloc(n + 1, sizeof *found.explained),
                               .partner = calloc(n + 1, sizeof *found.partner),
                               .cluster = calloc(n + 1, sizeof *found.cluster)};
    if (found.association == NULL || found.explained == NULL || found.partner == NULL ||
        found.cluster == NULL) {
        status = perebor_no_memory(error, "for how %zu columns go together", n);
        goto done;
    }
    PEREBOR_TRY(done, associate_all(&found, dataset, rows, n_rows, error));
    find_partners(&found);
    find_clusters(&found, dataset);
    PEREBOR_TRY(done, explained_columns(found.explained, dataset, rows, n_rows, error));
    *dependence = found;
    found = (column_dependence){0};
done:
    column_dependence_release(&found);
    return status;
}

void column_dependence_release(column_dependence *dependence) {
    free(dependence->association);
    free(dependence->explained);
    free(dependence->partner);
    free(dependence->cluster);
    *dependence = (column_dependence){0};
}

/** Between which quantiles a value lies: how many of the n - 1 inner bounds are below it. */
static uint32_t place(double value, const double *bounds, size_t n) {
    uint32_t at = 0;
    while (at + 1 < n && value > bounds[at]) {
        at++;
    }
    return at;
}

perebor_status column_strata(const perebor_column *column, const uint32_t *rows, size_t n_rows,
                             size_t least, uint32_t *strata, size_t *n_strata,
                             perebor_error *error) {
    double bounds[most_strata] = {0.0};
    double *values = calloc(2 * n_rows + 1, sizeof *values);
    size_t n = 0, parts = n_rows / least;
    if (values == NULL) {
        return perebor_no_memory(error, "for strata of %zu rows", n_rows);
    }
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows[i]];
        values[n] = value;
        n += isnan(value) ? 0 : 1;
    }
    perebor_values_sort(values, values + n_rows, n);
    parts = parts > most_strata ? most_strata : parts < 1 ? 1 : parts;
    for (size_t k = 1; n > 0 && k < parts; k++) {
        bounds[k - 1] = perebor_quantile(values, n, (double)k / (double)parts);
    }
    size_t n_parts = column->n_levels > 0 ? column->n_levels + 2 : parts;
    for (size_t i = 0; i < n_rows; i++) {
        double value = column->values[rows[i]];
        strata[i] = isnan(value)           ? (uint32_t)n_parts
                    : column->n_levels > 0 ? (uint32_t)value
                                           : place(value, bounds, parts);
    }
    *n_strata = n_parts + 1;
    free(values);
    return PEREBOR_OK;
}
