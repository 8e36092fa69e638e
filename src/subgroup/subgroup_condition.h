// SPDX-License-Identifier: MIT
/**
 * @file subgroup_condition.h
 * Conditions upon one column, of which descriptions of subgroups are made.
 *
 * A numeric column is cut at its quantiles, each at a value that occurs: "at most" and "above" each
 * cut are conditions. In every other column, each level is one. A missing value meets none.
 */
#ifndef PEREBOR_SUBGROUP_SUBGROUP_CONDITION_H
#define PEREBOR_SUBGROUP_SUBGROUP_CONDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"

/** How a value is compared. Values are stored in result files: never renumber. */
typedef enum subgroup_comparison {
    SUBGROUP_AT_MOST = 0,
    SUBGROUP_ABOVE = 1,
    SUBGROUP_IS = 2, /**< A level. */
} subgroup_comparison;

typedef struct subgroup_condition {
    uint32_t column; /**< Which of those that are searched. */
    subgroup_comparison comparison;
    double value; /**< Or the level's code. */
} subgroup_condition;

/** Starts as {0}; released with subgroup_conditions_release(). */
typedef struct subgroup_conditions {
    subgroup_condition *items; /**< [n] column by column; of a number "at most" by cut, then "above"
                                    by cut. */
    size_t n;
} subgroup_conditions;

/**
 * All conditions upon some columns.
 *
 * @param[in] rows    [n_rows] of the columns: quantiles are over these.
 * @param[in] n_bins  At least 2.
 */
PEREBOR_MUST_CHECK perebor_status subgroup_conditions_make(subgroup_conditions *conditions,
                                                           const perebor_column *const *columns,
                                                           size_t n_columns, const uint32_t *rows,
                                                           size_t n_rows, size_t n_bins,
                                                           perebor_error *error);

bool subgroup_condition_holds(const subgroup_condition *condition, double value);

/**
 * Whether two conditions may stand in one description: those of different columns, and of one
 * column "above" a cut with "at most" a greater one.
 */
bool subgroup_conditions_combine(const subgroup_condition *one, const subgroup_condition *other);

/** How many descriptions of exactly 1, 2, … @p depth conditions there are. @param[out] n [depth] */
void subgroup_descriptions_count(double *n, size_t depth, const subgroup_conditions *conditions);

void subgroup_conditions_release(subgroup_conditions *conditions);

#endif
