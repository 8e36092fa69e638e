// SPDX-License-Identifier: MIT
/**
 * @file change_space.h
 * What may be changed: columns that somebody can act upon, the values that they may take, and what
 * a change costs.
 *
 * A column may take the values that some row of the data has. A number's change costs its size in
 * units of the column's interquartile range (of its standard deviation where that is 0), an ordinal
 * level's the number of places, any other level's 1.
 */
#ifndef PEREBOR_EXPLAIN_CHANGE_SPACE_H
#define PEREBOR_EXPLAIN_CHANGE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/actionable.h"
#include "perebor/dataset.h"
#include "perebor/status.h"
#include "perebor/workspace.h"

/** One actionable column. */
typedef struct change_domain {
    size_t column; /**< Its number in the dataset. */
    perebor_change_direction direction;
    double unit;          /**< A change of this size costs 1. */
    const double *values; /**< [n_values] ascending, each once. */
    size_t n_values;
} change_domain;

/** All of them; owns its arrays. */
typedef struct change_space {
    change_domain *domains; /**< [n_domains] by column. */
    size_t n_domains;
    double *values; /**< Values of all domains. */
} change_space;

/**
 * Finds values and units.
 *
 * @param[out] space       Released with change_space_release().
 * @param[in]  rows        [n_rows] of the dataset: whose values may be taken.
 * @param[in]  actionable  [n_actionable]
 * @param[in]  file        Where they are named, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  A name that is no column, one named twice, or a direction of a column
 *         whose levels have no order; the message says where, and what would be right.
 */
PEREBOR_MUST_CHECK perebor_status change_space_make(change_space *space,
                                                    const perebor_dataset *dataset,
                                                    const uint32_t *rows, size_t n_rows,
                                                    const perebor_actionable *actionable,
                                                    size_t n_actionable, const char *file,
                                                    perebor_error *error);

void change_space_release(change_space *space);

/** What a column of one row may become, the cheapest first. Lives in a workspace. */
typedef struct change_options {
    size_t column;
    size_t n;
    double *values; /**< [n] the first is what the row has. */
    double *costs;  /**< [n] ascending from 0; equal ones by value. */
} change_options;

/** The options of a row. A missing value can only stay. */
PEREBOR_MUST_CHECK perebor_status change_options_make(change_options *options,
                                                      const change_domain *domain,
                                                      const perebor_dataset *dataset, uint32_t row,
                                                      perebor_workspace *workspace,
                                                      perebor_error *error);

#endif
