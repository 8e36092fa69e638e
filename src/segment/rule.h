// SPDX-License-Identifier: MIT
/**
 * @file rule.h
 * Segments that the user describes: rows for which a condition in SQL holds.
 *
 * The condition sees tables of one row each for a row of the data:
 *
 *     data      the identifier, the features and the columns of data.carry, by their names:
 * numbers, levels as text, NULL where a value is missing scored    p, value, value_at_risk, rank,
 * risk, worth, and driver where rows are explained portrait  the bands of a row on the axes, by
 * their names, if there are any
 *
 * and the function quantile('column', share), which is the quantile of a numeric column of data
 * or scored over all rows. A name that two tables have needs its table: scored.value. The tables
 * are in memory and the condition is watched over as the statements of data.clean are
 * (sql_guard.h).
 */
#ifndef PEREBOR_SEGMENT_RULE_H
#define PEREBOR_SEGMENT_RULE_H

#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/portrait.h"
#include "segment/settings.h"
#include "segment/worth.h"

/** What conditions see. Borrowed. */
typedef struct segment_scored {
    const perebor_dataset *dataset;
    const double *probabilities; /**< [n_rows] */
    const segment_worth *worth;
    const segment_portrait *portrait;
    const uint32_t *drivers; /**< [n_rows] as segment_drivers_find() leaves them; NULL: rows are not
                                  explained. */
    const segment_settings *settings;
} segment_scored;

/**
 * Finds the members of every rule.
 *
 * @param[out] members     [n_rules][n_rows], row after row of it, zero before; 1 for a member.
 * @param[in]  like        Whose quantiles are asked for; NULL: those of these rows.
 * @param[in]  experiment  The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  A condition is not SQL, or names what is not there.
 */
PEREBOR_MUST_CHECK perebor_status segment_rules_apply(uint8_t *members, const segment_rule *rules,
                                                      size_t n_rules, const segment_scored *scored,
                                                      const segment_scored *like,
                                                      const char *experiment, perebor_error *error);

#endif
