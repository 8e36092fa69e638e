// SPDX-License-Identifier: MIT
/**
 * @file measured_costs.h
 * What the units of a finished search took, for them to be replayed (exec/replay.h).
 *
 * A unit's seconds are those that its trials took to fit and to score on its fold, as the file has
 * them, and its part of the rest: preparation, metrics and whatever else threads were busy with,
 * which the file has as a sum only.
 */
#ifndef PEREBOR_RUN_MEASURED_COSTS_H
#define PEREBOR_RUN_MEASURED_COSTS_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/result_file.h"
#include "perebor/status.h"
#include "run/search_ledger.h"

typedef struct measured_costs {
    size_t n_units;
    uint32_t *order;                           /**< [n_units] as a search hands them out. */
    double *predicted;                         /**< [n_units] by unit. */
    double *seconds;                           /**< [n_units] that a thread was busy with it. */
    size_t n_trials;                           /**< That these units answer for. */
    double longest, total;                     /**< Over the seconds. */
    double bytes_of_result, members_of_result; /**< A unit's, on average. */
    search_ledger ledger;
} measured_costs;

/**
 * Plans the trials of a result anew and looks up what they took.
 *
 * @param[out] costs   Released with measured_costs_release(), even where this fails.
 * @param[in]  file    What to call the result in messages.
 * @param[in]  folder  As in stored_study_load().
 *
 * @retval PEREBOR_ERR_CONFLICT  The tables have changed.
 * @retval PEREBOR_ERR_ARGUMENT  No trial is finished.
 */
PEREBOR_MUST_CHECK perebor_status measured_costs_read(measured_costs *costs,
                                                      const perebor_result *result,
                                                      const char *file, const char *folder,
                                                      perebor_error *error);

/**
 * Makes them those of a search of so many trials, whose units take what these take: copies of them,
 * in windows as a plan's, the longest first.
 *
 * @retval PEREBOR_ERR_ARGUMENT  That would be more units than can be replayed.
 */
PEREBOR_MUST_CHECK perebor_status measured_costs_repeat(measured_costs *costs, uint64_t n_trials,
                                                        perebor_error *error);

void measured_costs_release(measured_costs *costs);

#endif
