// SPDX-License-Identifier: MIT
#include "segment/segment_profile.h"

#include <math.h>
#include <stdlib.h>

#include "base/try.h"
#include "segment/columns.h"
#include "statistics/class_difference.h"
#include "statistics/false_discovery.h"
#include "statistics/moments.h"
#include "statistics/tail_probability.h"

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

void segment_wilson_interval(size_t n_positive, size_t n, double *low, double *high) {
    const double z = 1.959963984540054;
    // The roots of (p̂ - p)² = z² p (1 - p) / n.
    double count = (double)n, share = (double)n_positive / count;
    double scale = 1.0 / (1.0 + z * z / count);
    double center = scale * (share + z * z / (2.0 * count));
    double half = scale * z * sqrt(share * (1.0 - share) / count + z * z / (4.0 * count * count));
    *low = n_positive == 0 ? (n == 0 ? (double)NAN : 0.0) : center - half;
    *high = n_positive == n ? (n == 0 ? (double)NAN : 1.0) : center + half;
}

/** Values of a trait where it has one, those of the members apart from the others. */
typedef struct parted_values {
    double *values;     /**< [n_in + n_out] members first. */
    uint8_t *is_member; /**< [n_in + n_out] */
    size_t n_in, n_out;
} parted_values;

static double trait_value(const segment_trait *trait, size_t row) {
    double value = trait->column->values[row];
    return trait->level == NULL || isnan(value) ? value : (double)(value == trait->code);
}

static void part(parted_values *parted, const segment_trait *trait, const uint8_t *members,
                 size_t n_rows) {
    size_t n = 0;
    for (int side = 1; side >= 0; side--) {
        for (size_t row = 0; row < n_rows; row++) {
            double value = trait_value(trait, row);
            if (members[row] == side && !isnan(value)) {
                parted->values[n] = value;
                parted->is_member[n++] = (uint8_t)side;
            }
        }
        if (side == 1) {
            parted->n_in = n;
        }
    }
    parted->n_out = n - parted->n_in;
}

/**
 * Cohen's d = (m₁ - m₀) / s with s² = ((n₁ - 1) s₁² + (n₀ - 1) s₀²) / (n₁ + n₀ - 2).
 */
static double cohen(const perebor_moments *in, const perebor_moments *out) {
    double n_in = (double)in->n, n_out = (double)out->n;
    if (in->n < 2 || out->n < 2) {
        return NAN;
    }
    double pooled =
        ((n_in - 1.0) * in->sd * in->sd + (n_out - 1.0) * out->sd * out->sd) / (n_in + n_out - 2.0);
    return pooled > 0.0 ? (in->mean - out->mean) / sqrt(pooled) : (double)NAN;
}

/**
 * Pearson's chi squared of two by two counts, as the square of the pooled z of two shares:
 * (p₁ - p₀)² / (p (1 - p) (1/n₁ + 1/n₀)).
 */
static double test_shares(const perebor_moments *in, const perebor_moments *out) {
    double n_in = (double)in->n, n_out = (double)out->n;
    double share = (n_in * in->mean + n_out * out->mean) / (n_in + n_out);
    double variance = share * (1.0 - share) * (1.0 / n_in + 1.0 / n_out);
    double difference = in->mean - out->mean;
    return in->n > 0 && out->n > 0 && variance > 0.0
               ? perebor_chi_squared_tail(difference * difference / variance, 1.0)
               : (double)NAN;
}

static segment_contrast contrast(parted_values *parted, const segment_trait *trait,
                                 const uint8_t *members, size_t n_rows) {
    perebor_moments in, out;
    perebor_class_difference difference;
    part(parted, trait, members, n_rows);
    perebor_moments_compute(&in, parted->values, parted->n_in);
    perebor_moments_compute(&out, parted->values + parted->n_in, parted->n_out);
    segment_contrast found = {.mean_in = in.mean, .mean_out = out.mean, .effect = cohen(&in, &out)};
    if (trait->level != NULL) {
        found.p = test_shares(&in, &out);
    } else {
        perebor_class_difference_test(&difference, parted->values, parted->is_member,
                                      parted->n_in + parted->n_out);
        found.p = difference.welch_p;
    }
    return found;
}

static void summarise(segment_profile *profile, const uint8_t *members, const uint8_t *labels,
                      const double *probabilities, const segment_worth *worth) {
    size_t n_valued = 0;
    double sum_p = 0.0, sum_value = 0.0;
    segment_contrast *contrasts = profile->contrasts;
    *profile = (segment_profile){.contrasts = contrasts};
    for (size_t row = 0; row < worth->n_rows; row++) {
        if (members[row] == 0) {
            continue;
        }
        profile->n++;
        profile->n_positive += labels != NULL && labels[row] == 1;
        sum_p += probabilities[row];
        if (!isnan(worth->value[row])) {
            n_valued++;
            sum_value += worth->value[row];
            profile->value_at_risk += worth->at_risk[row];
        }
    }
    size_t n_labelled = labels == NULL ? 0 : profile->n;
    profile->observed = (double)profile->n_positive / (double)n_labelled;
    segment_wilson_interval(profile->n_positive, n_labelled, &profile->observed_low,
                            &profile->observed_high);
    profile->predicted = sum_p / (double)profile->n;
    profile->mean_value = sum_value / (double)n_valued;
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
                                     const uint8_t *members, const uint8_t *labels,
                                     const double *probabilities, const segment_worth *worth,
                                     perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n_rows = worth->n_rows;
    parted_values parted = {calloc(n_rows + 1, sizeof(double)), calloc(n_rows + 1, 1), 0, 0};
    if (parted.values == NULL || parted.is_member == NULL) {
        status = perebor_no_memory(error, "for segments");
        goto done;
    }
    for (size_t i = 0; i < n_segments; i++) {
        const uint8_t *own = members + i * n_rows;
        summarise(&profiles[i], own, labels, probabilities, worth);
        for (size_t j = 0; j < n_traits; j++) {
            profiles[i].contrasts[j] = contrast(&parted, &traits[j], own, n_rows);
        }
    }
    PEREBOR_TRY(done, adjust(profiles, n_segments, n_traits, error));
done:
    free(parted.values);
    free(parted.is_member);
    return status;
}
