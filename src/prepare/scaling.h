// SPDX-License-Identifier: MIT
/**
 * @file scaling.h
 * The affine map that a scaler makes of a numeric column.
 */
#ifndef PEREBOR_PREPARE_SCALING_H
#define PEREBOR_PREPARE_SCALING_H

#include <stddef.h>

/** Which of two forms, as the two round differently. */
typedef enum scaling_form {
    SCALING_NONE,    /* x */
    SCALING_CENTRE,  /* (x - shift) / factor */
    SCALING_STRETCH, /* x * factor + shift */
} scaling_form;

typedef struct scaling {
    scaling_form form;
    double shift, factor;
} scaling;

/** Scales a column of given mean and variance over @p n_rows, as StandardScaler. */
scaling scaling_standard(double mean, double variance, size_t n_rows);

/** Scales a column of given extremes, as MinMaxScaler. */
scaling scaling_minmax(double min, double max);

/** Scales a column of given median and quartiles, as RobustScaler. */
scaling scaling_robust(double median, double lower, double upper);

/** Scales a column of given extremes, as MaxAbsScaler. */
scaling scaling_maxabs(double min, double max);

/** Scales a column in place. */
void scaling_apply(const scaling *scaling, double *values, size_t n_values);

#endif
