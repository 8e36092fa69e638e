// SPDX-License-Identifier: MIT
#ifndef PEREBOR_TRIAL_PARAMS_PARSE_H
#define PEREBOR_TRIAL_PARAMS_PARSE_H

#include "perebor/trials.h"

/**
 * Reads the JSON that perebor_trials_params_json() wrote back into the point of a trial: an object
 * of known names and single values. Whole numbers become integers, numbers with a point or an
 * exponent reals.
 *
 * @retval PEREBOR_ERR_FORMAT  Not such an object; the point may be half filled.
 * @retval PEREBOR_ERR_MEMORY  A text cannot be kept.
 */
PEREBOR_MUST_CHECK perebor_status params_parse(perebor_trials *trials, size_t trial,
                                               const char *json, perebor_error *error);

#endif
