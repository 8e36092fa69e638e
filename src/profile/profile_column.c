// SPDX-License-Identifier: MIT
#include "profile/profile_column.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/stream.h"
#include "base/try.h"
#include "statistics/class_difference.h"
#include "statistics/contingency.h"
#include "statistics/correlation.h"
#include "statistics/histogram.h"
#include "statistics/nearest_information.h"
#include "statistics/quantile.h"
#include "statistics/rank_tests.h"

enum { few_values = 20, n_density_neighbors = 3 /* as scikit-learn */ };

const double perebor_profile_shares[PEREBOR_PROFILE_QUANTILES] = {0.01, 0.05, 0.25, 0.5,
                                                                  0.75, 0.95, 0.99};

perebor_status profile_scratch_create(profile_scratch *scratch, size_t n_rows,
                                      perebor_error *error) {
    scratch->values = calloc(2 * n_rows + 1, sizeof *scratch->values);
    scratch->labels = calloc(n_rows + 1, sizeof *scratch->labels);
    scratch->sorted = calloc(n_rows + 1, sizeof *scratch->sorted);
    if (scratch->values == NULL || scratch->labels == NULL || scratch->sorted == NULL) {
        profile_scratch_release(scratch);
        return perebor_no_memory(error, "to describe %zu rows", n_rows);
    }
    return PEREBOR_OK;
}

void profile_scratch_release(profile_scratch *scratch) {
    free(scratch->values);
    free(scratch->labels);
    free(scratch->sorted);
    *scratch = (profile_scratch){0};
}

/** Takes the values of a group that are no missing values, in row order, with their labels. */
static size_t take_group(profile_scratch *scratch, const perebor_column *column,
                         const perebor_dataset *dataset, int group) {
    size_t n = 0;
    for (size_t row = 0; row < dataset->n_rows; row++) {
        bool wanted =
            group == PEREBOR_ALL_ROWS || dataset->labels[row] == (group == PEREBOR_POSITIVE_ROWS);
        if (wanted && !isnan(column->values[row])) {
            scratch->values[n] = column->values[row];
            scratch->labels[n++] = dataset->labels[row];
        }
    }
    memcpy(scratch->sorted, scratch->values, n * sizeof *scratch->sorted);
    perebor_values_sort(scratch->sorted, scratch->values + n, n);
    return n;
}

static void describe_group(perebor_profile_column *profile, perebor_profile_group *group,
                           const double *sorted, size_t n) {
    for (size_t i = 0; i < PEREBOR_PROFILE_QUANTILES; i++) {
        group->quantiles[i] =
            n > 0 ? perebor_quantile(sorted, n, perebor_profile_shares[i]) : (double)NAN;
    }
    perebor_histogram_count(group->histogram, PEREBOR_PROFILE_BINS, profile->lower,
                            profile->bins_to, sorted, n);
    double bandwidth = n > 1 ? perebor_density_bandwidth(sorted, n) : 0.0;
    if (bandwidth > 0.0) {
        perebor_density_estimate(group->density, PEREBOR_PROFILE_POINTS, profile->lower,
                                 profile->upper, bandwidth, sorted, n);
        return;
    }
    for (size_t i = 0; i < PEREBOR_PROFILE_POINTS; i++) {
        group->density[i] = NAN;
    }
}

static perebor_status count_levels(perebor_profile_group *group, const perebor_column *column,
                                   const double *values, size_t n, perebor_error *error) {
    group->level_counts = calloc(column->n_levels + 1, sizeof *group->level_counts);
    if (group->level_counts == NULL) {
        return perebor_no_memory(error, "to count levels");
    }
    for (size_t i = 0; i < n; i++) {
        group->level_counts[(size_t)values[i]]++;
    }
    return PEREBOR_OK;
}

/**
 * Where the bins of ascending values end: with the greatest, unless all are whole numbers. Then a
 * bin has w of them, the least w with which 30 bins reach the greatest, and its edges are whole.
 */
static double end_of_bins(const double *sorted, size_t n) {
    if (n == 0) {
        return NAN;
    }
    double range = sorted[n - 1] - sorted[0];
    bool whole = range > 0.0 && range < 0x1p52;
    for (size_t i = 0; whole && i < n; i++) {
        whole = sorted[i] == floor(sorted[i]) && fabs(sorted[i]) < 0x1p52;
    }
    double width = ceil((range + 1.0) / PEREBOR_PROFILE_BINS);
    return whole ? sorted[0] + PEREBOR_PROFILE_BINS * width : sorted[n - 1];
}

perebor_status profile_describe(perebor_profile_column *profile, const perebor_column *column,
                                const perebor_dataset *dataset, profile_scratch *scratch,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    profile->name = column->name;
    profile->role = column->role;
    profile->levels = column->levels;
    profile->n_levels = column->n_levels;
    for (int i = 0; i < PEREBOR_GROUPS; i++) {
        perebor_profile_group *group = &profile->groups[i];
        size_t n = take_group(scratch, column, dataset, i);
        perebor_moments_compute(&group->moments, scratch->values, n);
        if (i == PEREBOR_ALL_ROWS) {
            profile->n_missing = dataset->n_rows - n;
            profile->n_distinct = perebor_distinct_count(scratch->sorted, n);
            profile->lower = group->moments.minimum;
            profile->upper = group->moments.maximum;
            profile->bins_to = end_of_bins(scratch->sorted, n);
        }
        if (column->role == PEREBOR_ROLE_NUMERIC) {
            describe_group(profile, group, scratch->sorted, n);
        } else {
            PEREBOR_TRY(done, count_levels(group, column, scratch->values, n, error));
        }
    }
done:
    return status;
}

/** Numbers the distinct values, which are few. */
static perebor_status information_of_levels(double *information, const double *values,
                                            const uint8_t *labels, const double *sorted, size_t n,
                                            perebor_error *error) {
    double distinct[few_values] = {0};
    size_t n_distinct = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || sorted[i] != sorted[i - 1]) {
            distinct[n_distinct++] = sorted[i];
        }
    }
    uint32_t *levels = calloc(2 * n + 1, sizeof *levels);
    if (levels == NULL) {
        return perebor_no_memory(error, "for %zu levels", n);
    }
    for (size_t i = 0; i < n; i++) {
        while (distinct[levels[i]] != values[i]) {
            levels[i]++;
        }
        levels[n + i] = labels[i];
    }
    perebor_contingency table;
    perebor_status status =
        perebor_contingency_count(&table, levels, few_values, levels + n, 2, n, error);
    if (status == PEREBOR_OK) {
        *information = perebor_mutual_information(&table);
        perebor_contingency_release(&table);
    }
    free(levels);
    return status;
}

/**
 * Ross's estimate wants values that do not tie: a ten-thousand-millionth of the column's size,
 * drawn for each row from a stream of its own, parts those that do.
 */
static void part_ties(double *values, size_t n) {
    perebor_stream stream = perebor_stream_make(0, "profile/ties");
    double size = 0.0;
    for (size_t i = 0; i < n; i++) {
        size += fabs(values[i]) / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        values[i] +=
            1e-10 * fmax(1.0, size) * perebor_normal_quantile(perebor_stream_uniform(stream, i, 0));
    }
}

/** Pairs of a positive and a negative row. */
static double count_pairs(const uint8_t *labels, size_t n) {
    size_t n_positive = 0;
    for (size_t i = 0; i < n; i++) {
        n_positive += labels[i];
    }
    return (double)n_positive * (double)(n - n_positive);
}

static perebor_status relate_order(perebor_profile_column *profile, profile_scratch *scratch,
                                   size_t n, perebor_error *error) {
    perebor_status status;
    perebor_statistical_test test;
    perebor_class_difference difference;
    double *target = scratch->values + n;
    PEREBOR_TRY(done, perebor_mann_whitney(&test, scratch->values, scratch->labels, n, error));
    profile->mann_whitney_u = test.statistic;
    profile->auc = test.statistic / count_pairs(scratch->labels, n);
    profile->mann_whitney_p = test.p;
    PEREBOR_TRY(done,
                perebor_kolmogorov_smirnov(&test, scratch->values, scratch->labels, n, error));
    profile->ks_d = test.statistic;
    perebor_class_difference_test(&difference, scratch->values, scratch->labels, n);
    profile->welch_t = difference.welch_t;
    profile->welch_p = difference.welch_p;
    profile->anova_f = difference.f;
    profile->anova_p = difference.f_p;
    profile->chi2 = difference.chi2;
    profile->chi2_p = difference.chi2_p;
    for (size_t i = 0; i < n; i++) {
        target[i] = scratch->labels[i];
    }
    profile->pearson = perebor_pearson(scratch->values, target, n);
    PEREBOR_TRY(done, perebor_spearman(&profile->spearman, scratch->values, target, n, error));
done:
    return status;
}

perebor_status profile_relate(perebor_profile_column *profile, const perebor_column *column,
                              const perebor_dataset *dataset, profile_scratch *scratch,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = take_group(scratch, column, dataset, PEREBOR_ALL_ROWS);
    profile->auc = profile->mann_whitney_u = profile->mann_whitney_p = profile->ks_d = NAN;
    profile->welch_t = profile->welch_p = profile->anova_f = profile->anova_p = NAN;
    profile->chi2 = profile->chi2_p = NAN;
    profile->pearson = profile->spearman = profile->mutual_information = NAN;
    if (column->role != PEREBOR_ROLE_NOMINAL) {
        PEREBOR_TRY(done, relate_order(profile, scratch, n, error));
    }
    if (profile->n_distinct <= few_values) {
        status = information_of_levels(&profile->mutual_information, scratch->values,
                                       scratch->labels, scratch->sorted, n, error);
    } else if (column->role == PEREBOR_ROLE_NUMERIC) {
        part_ties(scratch->values, n);
        status = perebor_nearest_information(&profile->mutual_information, scratch->values,
                                             scratch->labels, n, n_density_neighbors, error);
    }
done:
    return status;
}
