// SPDX-License-Identifier: MIT
/**
 * @file class_difference.h
 * Whether a column differs between two classes: analysis of variance, Welch's t, and chi squared of
 * amounts.
 */
#ifndef PEREBOR_STATISTICS_CLASS_DIFFERENCE_H
#define PEREBOR_STATISTICS_CLASS_DIFFERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"

/** The tests; NaN where a class has too few rows. */
typedef struct perebor_class_difference {
    double f, f_p;           /**< One-way analysis of variance, as f_classif. */
    double welch_t, welch_p; /**< Positive if the positive class has the greater mean. */
    double chi2, chi2_p; /**< For the column's sums by class beside those that the classes' sizes
                              lead to expect, as scikit-learn's chi2 with one degree of freedom;
                              NaN if a value is negative or all are zero. */
} perebor_class_difference;

/** @param[in] values [n] no NaN. @param[in] labels [n] 0 or 1. */
void perebor_class_difference_test(perebor_class_difference *difference, const double *values,
                                   const uint8_t *labels, size_t n);

#endif
