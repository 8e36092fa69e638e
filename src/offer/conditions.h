// SPDX-License-Identifier: MIT
/**
 * @file conditions.h
 * Conditions in SQL over rows that need not be segmented: for whom an offer is, which advice holds.
 */
#ifndef PEREBOR_OFFER_CONDITIONS_H
#define PEREBOR_OFFER_CONDITIONS_H

#include <stddef.h>
#include <stdint.h>

#include "offer/offer_rows.h"
#include "segment/settings.h"

/**
 * Looks up for which rows conditions hold.
 *
 * @param[out] holds       [n_rules][n_rows] zero before; 1 where one does.
 * @param[in]  rules       [n_rules] their names are for messages.
 * @param[in]  rows        What the conditions see: the data, the scores and the bands.
 * @param[in]  experiment  The file that they are in, for messages.
 *
 * @retval PEREBOR_ERR_FORMAT  A condition is not SQL, or names what is not there.
 */
PEREBOR_MUST_CHECK perebor_status conditions_look_up(uint8_t *holds, const segment_rule *rules,
                                                     size_t n_rules, const offer_rows *rows,
                                                     const char *experiment, perebor_error *error);

#endif
