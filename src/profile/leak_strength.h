// SPDX-License-Identifier: MIT
/**
 * @file leak_strength.h
 * How well one column alone tells the target, and whether it is an identifier.
 */
#ifndef PEREBOR_PROFILE_LEAK_STRENGTH_H
#define PEREBOR_PROFILE_LEAK_STRENGTH_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "statistics/phik.h"

/** What is found of a column. */
typedef struct leak_strength {
    double phik;     /**< NaN for many levels */
    double auc;      /**< That of the values as they are; 0.5 without order. */
    double area;     /**< At least 0.5: of values or levels, whichever tells more. */
    double p;        /**< That of no dependence. */
    bool by_gaps;    /**< It is the missing values that tell it. */
    bool is_pure;    /**< Few levels, each of one class. */
    bool identifies; /**< Its values are nearly all different, and no measurements. */
    size_t n_distinct, n_values;
} leak_strength;

/** Room for the columns of a dataset, and what they share. Starts as {.dataset = …}. */
typedef struct leak_scratch {
    const perebor_dataset *dataset;
    uint32_t *levels, *target; /**< [n_rows] */
    double *values;            /**< [2 n_rows] */
    uint8_t *labels;           /**< [n_rows] */
    perebor_phik_curves curves;
} leak_scratch;

PEREBOR_MUST_CHECK perebor_status leak_scratch_create(leak_scratch *scratch, perebor_error *error);
void leak_scratch_release(leak_scratch *scratch);

/** Measures a column of the dataset's rows. */
PEREBOR_MUST_CHECK perebor_status leak_strength_measure(leak_strength *strength,
                                                        const perebor_column *column,
                                                        leak_scratch *scratch,
                                                        perebor_error *error);

#endif
