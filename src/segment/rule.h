// SPDX-License-Identifier: MIT
/**
 * @file rule.h
 * Segments that the user describes: rows for which a condition in SQL holds.
 *
 * The condition sees two tables of one row each for a row of the data:
 *
 *     data    the identifier, the features and the columns of data.carry, by their names: numbers,
 *             levels as text, NULL where a value is missing
 *     scored  p, value, value_at_risk, rank, risk, worth
 *
 * and the function quantile('column', share), which is the quantile of a numeric column of either
 * over all rows. A name that both tables have needs its table: scored.value. The tables are in
 * memory and the condition is watched over as the statements of data.clean are (sql_guard.h).
 */
#ifndef PEREBOR_SEGMENT_RULE_H
#define PEREBOR_SEGMENT_RULE_H

#include <stdint.h>

#include "perebor/dataset.h"
#include "perebor/status.h"
#include "segment/settings.h"
#include "segment/worth.h"

/**
 * Finds the members of every rule.
 *
 * @param[out] members     [settings->n_rules][dataset->n_rows], row after row of it; 1 for a
 * member.
 * @param[in]  experiment  The file's name, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  A condition is not SQL, or names what is not there.
 */
PEREBOR_MUST_CHECK perebor_status segment_rules_apply(uint8_t *members,
                                                      const perebor_dataset *dataset,
                                                      const double *probabilities,
                                                      const segment_worth *worth,
                                                      const segment_settings *settings,
                                                      const char *experiment, perebor_error *error);

#endif
