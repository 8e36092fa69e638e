// SPDX-License-Identifier: MIT
/**
 * @file segment_profile.h
 * What the rows of a segment are like, beside all others.
 */
#ifndef PEREBOR_SEGMENT_SEGMENT_PROFILE_H
#define PEREBOR_SEGMENT_SEGMENT_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/driver.h"
#include "segment/worth.h"

/** A column inside a segment and outside of it. */
typedef struct segment_contrast {
    double mean_in, mean_out; /**< The means of rows that have a value; a level: the share of rows
                                 that are of it. NaN where there is none. */
    double
        effect; /**< Cohen's d, a level counting as 0 or 1: .2 is small, .5 middling, .8 large. */
    double p;   /**< Welch's t of numbers, chi squared of levels; NaN where there is no test. */
    double p_adjusted; /**< By Benjamini and Hochberg, over all contrasts of all segments. */
} segment_contrast;

/** What is compared: numeric columns, and each level of the others. */
typedef struct segment_trait {
    const perebor_column *column;
    const char *level; /**< NULL: the column's numbers. */
    double code;       /**< The level's. */
} segment_trait;

/** Rows together. */
typedef struct segment_profile {
    size_t n;
    size_t n_positive; /**< How many targets are positive, where they are known. */
    double observed, observed_low, observed_high; /**< Share positive and 95 % by Wilson (1927). */
    size_t n_test, n_test_positive;               /**< The same of the rows of the test part. */
    double predicted;                             /**< Mean probability. */
    double mean_value, value_at_risk; /**< Mean and sum over the rows that have a value. */
    double consent; /**< Share of the rows that say so for whom consent is true; NaN: not known. */
    segment_contrast *contrasts; /**< [n_traits] */
    /** [n_columns] of the reasons: mean over the rows of what a column adds to their scores, and
     * that mean's standard error, sd / √n; NaN where too few rows determine it. */
    double *driver_mean, *driver_error;
} segment_profile;

/** What is known of the rows beside what segments they are in. Borrowed. */
typedef struct segment_known {
    const perebor_dataset *dataset;
    const double *probabilities; /**< [n_rows] */
    const segment_worth *worth;
    const uint8_t *is_test;         /**< [n_rows] 1 for rows of the test part; NULL: not known */
    const perebor_column *consent;  /**< Two levels, the second being true; NULL: none. */
    const segment_reasons *reasons; /**< NULL: rows are not explained. */
} segment_known;

/** The traits of a dataset: columns in their order, levels in theirs, and how many.
 * @return Freed with free(); NULL if memory is short. */
segment_trait *segment_traits(const perebor_dataset *dataset, size_t *n_traits);

/**
 * Describes segments.
 *
 * @param[out] profiles  [n_segments], arrays allocated by the caller.
 * @param[in]  members   [n_segments][n_rows]
 */
PEREBOR_MUST_CHECK perebor_status segment_profiles_make(
    segment_profile *profiles, size_t n_segments, const segment_trait *traits, size_t n_traits,
    const uint8_t *members, const segment_known *known, perebor_error *error);

#endif
