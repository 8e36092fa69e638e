// SPDX-License-Identifier: MIT
/**
 * @file machine_pace.h
 * How fast this machine is beside the one whose seconds plans predict.
 *
 * A plan is in seconds of one machine that is at leisure (learner.h: cost()), so that it is the
 * same everywhere. What people read is to be in seconds of theirs: a bit of work like the learners'
 * is timed, of each kind, and the plan's seconds are multiplied. Only seconds that are printed may
 * depend on it, and the time that a batch script asks for: no order, no grouping, no digest, and
 * nothing that is recorded of a search.
 */
#ifndef PEREBOR_TRIAL_MACHINE_PACE_H
#define PEREBOR_TRIAL_MACHINE_PACE_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/learner.h"
#include "trial/plan.h"

/** Times as long as work takes here. */
typedef struct perebor_pace {
    double of[PEREBOR_N_WORKS]; /**< By kind of work. */
    bool measured;              /**< Not given by PEREBOR_PACE. */
} perebor_pace;

/**
 * Refuses a PEREBOR_PACE that is no number from 0.001 to 1000.
 *
 * @retval PEREBOR_ERR_ARGUMENT
 */
PEREBOR_MUST_CHECK perebor_status perebor_pace_check(perebor_error *error);

/** What PEREBOR_PACE says of every kind. @return False if it is not set: @p pace is as it was. */
bool perebor_pace_given(perebor_pace *pace);

/**
 * The pace of the calling thread's core, measured at the first call of the process, which takes
 * about 18 ms of CPU time; or the one that is given. 1 where it cannot be measured.
 */
perebor_pace perebor_pace_here(void);

/** What the plan predicts, in seconds at a pace: those of every learner by its kind of work, and
 * preparation as arithmetic. */
perebor_plan_savings perebor_pace_apply(const perebor_pace *pace, const perebor_plan *plan);

/** Seconds of one unit of a bundle: none takes longer at this pace. */
double perebor_pace_unit_seconds(const perebor_pace *pace, const perebor_bundle *bundle);

/** Words on the pace, such as "1.21 times (counting) and 0.98 times (arithmetic) as long as where
 * forecasts were fitted". @param[out] text  Cut short if it does not fit. */
void perebor_pace_write(const perebor_pace *pace, char *text, size_t size);

#endif
