// SPDX-License-Identifier: MIT
/**
 * @file profile_column.h
 * One column of a profile: its distribution by class, its dependence with the target.
 */
#ifndef PEREBOR_PROFILE_PROFILE_COLUMN_H
#define PEREBOR_PROFILE_PROFILE_COLUMN_H

#include "profile/profile.h"

/** Room for one column's values, by group; as large as the dataset. */
typedef struct profile_scratch {
    double *values;  /**< [2 n_rows] present values in row order, then scratch */
    uint8_t *labels; /**< [n_rows] theirs */
    double *sorted;  /**< [n_rows] */
} profile_scratch;

PEREBOR_MUST_CHECK perebor_status profile_scratch_create(profile_scratch *scratch, size_t n_rows,
                                                         perebor_error *error);
void profile_scratch_release(profile_scratch *scratch);

/** Distributions: moments, quantiles, histograms, densities, counts of levels. */
PEREBOR_MUST_CHECK perebor_status profile_describe(perebor_profile_column *profile,
                                                   const perebor_column *column,
                                                   const perebor_dataset *dataset,
                                                   profile_scratch *scratch, perebor_error *error);

/** Dependence with the target that needs no other column, but for what a table of counts says. */
PEREBOR_MUST_CHECK perebor_status profile_relate(perebor_profile_column *profile,
                                                 const perebor_column *column,
                                                 const perebor_dataset *dataset,
                                                 profile_scratch *scratch, perebor_error *error);

#endif
