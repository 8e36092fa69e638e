// SPDX-License-Identifier: MIT
#include "segment/segment_profile.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "segment/columns.h"
#include "statistics/false_discovery.h"
#include "statistics/tail_probability.h"
#include "statistics/wilson.h"

segment_trait *segment_traits(const perebor_dataset *dataset, size_t *n_traits) {
    size_t n = 0;
    for (size_t i = 0; i < segment_n_columns(dataset); i++) {
        size_t n_levels = segment_column(dataset, i)->n_levels;
        n += n_levels == 0 ? 1 : n_levels;
    }
    segment_trait *traits = calloc(n + 1, sizeof *traits);
    *n_traits = 0;
    for (size_t i = 0; traits != NULL && i < segment_n_columns(dataset); i++) {
        const perebor_column *column = segment_column(dataset, i);
        if (column->n_levels == 0) {
            traits[(*n_traits)++] = (segment_trait){.column = column};
        }
        for (size_t level = 0; level < column->n_levels; level++) {
            traits[(*n_traits)++] = (segment_trait){column, column->levels[level], (double)level};
        }
    }
    return traits;
}

/** Values of a trait less the first of them, so that equal values leave no rounding. */
typedef struct trait_values {
    double *values;    /**< [n_rows] 0 where there is none */
    uint8_t *is_there; /**< [n_rows] */
    double first;
} trait_values;

static double trait_value(const segment_trait *trait, size_t row) {
    double value = trait->column->values[row];
    return trait->level == NULL || isnan(value) ? value : (double)(value == trait->code);
}

static void read_trait(trait_values *read, const segment_trait *trait, size_t n_rows) {
    read->first = NAN;
    for (size_t row = 0; row < n_rows; row++) {
        double value = trait_value(trait, row);
        read->first = isnan(read->first) ? value : read->first;
        read->is_there[row] = (uint8_t)(isnan(value) ? 0 : 1);
        read->values[row] = isnan(value) ? 0.0 : value - read->first;
    }
}

/** How many of some rows have a value, the sum of the values, and that of their squares. */
typedef struct trait_sums {
    double n, sum, squares;
} trait_sums;

/** Adds up the members; all rows if @p members is NULL. */
static trait_sums add_up(const trait_values *read, const uint8_t *members, size_t n_rows) {
    trait_sums sums = {0.0, 0.0, 0.0};
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        if (members == NULL || members[row] != 0) {
            double value = read->values[row];
            n += read->is_there[row];
            sums.sum += value;
            sums.squares += value * value;
        }
    }
    sums.n = (double)n;
    return sums;
}

/** Squares about the mean: the sum of x² less (the sum of x)² / n; what is left of it by rounding
 * alone is 0. */
static double about_mean(const trait_sums *sums) {
    double squares = sums->squares - sums->sum * sums->sum / sums->n;
    return squares > 1e-13 * sums->squares ? squares : 0.0;
}

/**
 * Cohen's d = (m₁ - m₀) / s with s² = (squares₁ + squares₀) / (n₁ + n₀ - 2).
 */
static double cohen(const trait_sums *in, const trait_sums *out, double difference) {
    if (in->n < 2.0 || out->n < 2.0) {
        return NAN;
    }
    double pooled = (about_mean(in) + about_mean(out)) / (in->n + out->n - 2.0);
    return pooled > 0.0 ? difference / sqrt(pooled) : (double)NAN;
}

/**
 * Pearson's chi squared of two by two counts, as the square of the pooled z of two shares:
 * (p₁ - p₀)² / (p (1 - p) (1/n₁ + 1/n₀)).
 */
static double test_shares(double n_in, double share_in, double n_out, double share_out) {
    double share = (n_in * share_in + n_out * share_out) / (n_in + n_out);
    double variance = share * (1.0 - share) * (1.0 / n_in + 1.0 / n_out);
    double difference = share_in - share_out;
    return n_in > 0.0 && n_out > 0.0 && variance > 0.0
               ? perebor_chi_squared_tail(difference * difference / variance, 1.0)
               : (double)NAN;
}

/**
 * Welch's t (Biometrika 34, 1947): the difference over the root of v₁ + v₀, v = s² / n, with
 * (v₁ + v₀)² / (v₁² / (n₁ - 1) + v₀² / (n₀ - 1)) degrees of freedom.
 */
static double test_means(const trait_sums *in, const trait_sums *out, double difference) {
    if (in->n < 2.0 || out->n < 2.0) {
        return NAN;
    }
    double one = about_mean(in) / (in->n - 1.0) / in->n;
    double other = about_mean(out) / (out->n - 1.0) / out->n;
    double variance = one + other;
    if (!(variance > 0.0)) {
        return NAN;
    }
    double dof = variance * variance / (one * one / (in->n - 1.0) + other * other / (out->n - 1.0));
    return perebor_t_tails(difference / sqrt(variance), dof);
}

static segment_contrast contrast(const trait_values *read, const segment_trait *trait,
                                 const trait_sums *all, const uint8_t *members, size_t n_rows) {
    trait_sums in = add_up(read, members, n_rows);
    const trait_sums out = {all->n - in.n, all->sum - in.sum, all->squares - in.squares};
    double mean_in = in.n > 0.0 ? in.sum / in.n : (double)NAN;
    double mean_out = out.n > 0.0 ? out.sum / out.n : (double)NAN;
    segment_contrast found = {.mean_in = read->first + mean_in,
                              .mean_out = read->first + mean_out,
                              .effect = cohen(&in, &out, mean_in - mean_out)};
    found.p = trait->level != NULL ? test_shares(in.n, found.mean_in, out.n, found.mean_out)
                                   : test_means(&in, &out, mean_in - mean_out);
    return found;
}

static void summarise(segment_profile *profile, const uint8_t *members,
                      const segment_known *known) {
    size_t n_valued = 0, n_asked = 0, n_consent = 0;
    double sum_p = 0.0, sum_value = 0.0;
    const uint8_t *labels = known->dataset->labels;
    const segment_worth *worth = known->worth;
    *profile = (segment_profile){.contrasts = profile->contrasts,
                                 .driver_mean = profile->driver_mean,
                                 .driver_error = profile->driver_error};
    for (size_t row = 0; row < worth->n_rows; row++) {
        if (members[row] == 0) {
            continue;
        }
        profile->n++;
        profile->n_positive += labels != NULL && labels[row] == 1;
        if (labels != NULL && known->is_test != NULL && known->is_test[row] != 0) {
            profile->n_test++;
            profile->n_test_positive += labels[row] == 1;
        }
        sum_p += known->probabilities[row];
        if (!isnan(worth->value[row])) {
            n_valued++;
            sum_value += worth->value[row];
            profile->value_at_risk += worth->at_risk[row];
        }
        if (known->consent != NULL && !isnan(known->consent->values[row])) {
            n_asked++;
            n_consent += known->consent->values[row] == 1.0;
        }
    }
    size_t n_labelled = labels == NULL ? 0 : profile->n;
    profile->observed = (double)profile->n_positive / (double)n_labelled;
    perebor_wilson_bounds((double)profile->n_positive, (double)n_labelled, 0.95,
                          &profile->observed_low, &profile->observed_high);
    profile->predicted = sum_p / (double)profile->n;
    profile->mean_value = sum_value / (double)n_valued;
    profile->consent = (double)n_consent / (double)n_asked;
}

/** Means of what columns add to scores, and their standard errors: two passes. */
static void explain(segment_profile *profile, const uint8_t *members, const segment_known *known) {
    const segment_reasons *reasons = known->reasons;
    size_t n_columns = reasons->n_columns;
    double n = (double)profile->n;
    double *mean = profile->driver_mean, *squares = profile->driver_error;
    for (size_t j = 0; j < n_columns; j++) {
        mean[j] = squares[j] = 0.0;
    }
    for (size_t row = 0; row < known->worth->n_rows; row++) {
        for (size_t j = 0; members[row] != 0 && j < n_columns; j++) {
            mean[j] += reasons->values[row * n_columns + j];
        }
    }
    for (size_t j = 0; j < n_columns; j++) {
        mean[j] /= n;
    }
    for (size_t row = 0; row < known->worth->n_rows; row++) {
        for (size_t j = 0; members[row] != 0 && j < n_columns; j++) {
            double distance = reasons->values[row * n_columns + j] - mean[j];
            squares[j] += distance * distance;
        }
    }
    for (size_t j = 0; j < n_columns; j++) {
        profile->driver_error[j] = profile->n < 2 ? (double)NAN : sqrt(squares[j] / (n - 1.0) / n);
    }
}

/** Adjusts the p of all contrasts of all segments together. */
static perebor_status adjust(segment_profile *profiles, size_t n_segments, size_t n_traits,
                             perebor_error *error) {
    perebor_status status;
    size_t n = n_segments * n_traits;
    double *p = calloc(2 * n + 2, sizeof *p);
    if (p == NULL) {
        return perebor_no_memory(error, "for segments");
    }
    for (size_t i = 0; i < n; i++) {
        p[i] = profiles[i / n_traits].contrasts[i % n_traits].p;
    }
    PEREBOR_TRY(done, perebor_false_discovery_adjust(p + n, p, n, error));
    for (size_t i = 0; i < n; i++) {
        profiles[i / n_traits].contrasts[i % n_traits].p_adjusted = p[n + i];
    }
done:
    free(p);
    return status;
}

perebor_status segment_profiles_make(segment_profile *profiles, size_t n_segments,
                                     const segment_trait *traits, size_t n_traits,
                                     const uint8_t *members, const segment_known *known,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = known->worth->n_rows;
    trait_values read = {.values = calloc(n_rows + 1, sizeof(double)),
                         .is_there = calloc(n_rows + 1, 1)};
    if (read.values == NULL || read.is_there == NULL) {
        status = perebor_no_memory(error, "for segments");
        goto done;
    }
    for (size_t i = 0; i < n_segments; i++) {
        summarise(&profiles[i], members + i * n_rows, known);
        if (known->reasons != NULL) {
            explain(&profiles[i], members + i * n_rows, known);
        }
    }
    for (size_t j = 0; j < n_traits; j++) {
        read_trait(&read, &traits[j], n_rows);
        trait_sums all = add_up(&read, NULL, n_rows);
        for (size_t i = 0; i < n_segments; i++) {
            profiles[i].contrasts[j] =
                contrast(&read, &traits[j], &all, members + i * n_rows, n_rows);
        }
    }
    PEREBOR_TRY(done, adjust(profiles, n_segments, n_traits, error));
done:
    free(read.values);
    free(read.is_there);
    return status;
}
