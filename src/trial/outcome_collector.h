// SPDX-License-Identifier: MIT
/**
 * @file outcome_collector.h
 * Outcomes of units, arriving in any order, put together into finished trials.
 */
#ifndef PEREBOR_TRIAL_OUTCOME_COLLECTOR_H
#define PEREBOR_TRIAL_OUTCOME_COLLECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "perebor/status.h"
#include "perebor/trials.h"
#include "trial/equal_trials.h"
#include "trial/evaluate.h"
#include "trial/plan.h"

/** Where and when a unit was computed; goes before its outcomes. */
typedef struct outcome_header {
    double started; /**< Seconds since 1970, UTC. */
    perebor_stage_seconds seconds;
    uint32_t n_members;
    uint32_t n_threads; /**< Threads of the rank that computed it. */
    uint32_t n_further; /**< Metrics beside the selecting one, below PEREBOR_MAX_METRICS. */
    uint32_t reserved;  /**< 0 */
    char host[64];      /**< Name of its node. */
} outcome_header;

/** Puts outcomes into a table of trials. Borrows the plan and the table. */
typedef struct outcome_collector {
    const perebor_plan *plan;
    const equal_trials *equal; /**< Beyond those that the plan merges. */
    perebor_trials *trials;
    /** Folds are inner and outer: what a path comes to is chosen in each outer one. */
    bool nested;
    size_t n_done, n_failed;
    size_t n_before;               /**< How many of n_done were finished before this run. */
    double best_score;             /**< NaN before the first. */
    uint64_t best_trial;           /**< Ties go to the lower number. */
    perebor_stage_seconds *stages; /**< [ranks] CPU seconds of the units of each; borrowed. */
    /** Told of every trial that is finished; its failure is outcome_collector_add()'s. */
    perebor_status (*finished)(void *context, size_t trial, perebor_error *error);
    void *context;
} outcome_collector;

/** Counts what is finished already, and hands its outcomes to the trials that take them over. */
PEREBOR_MUST_CHECK perebor_status outcome_collector_begin(outcome_collector *collector,
                                                          perebor_error *error);

/** Takes in the outcomes of one unit. */
PEREBOR_MUST_CHECK perebor_status outcome_collector_add(outcome_collector *collector, size_t bundle,
                                                        size_t fold, int rank,
                                                        const outcome_header *header,
                                                        const perebor_member_outcome *outcomes,
                                                        perebor_error *error);

/** Counts CPU seconds that a rank spent on a unit whose outcomes are still to come. */
void outcome_collector_add_seconds(outcome_collector *collector, int rank,
                                   const perebor_stage_seconds *seconds);

/** Where and when a fold was evaluated. What is unknown of it leaves the record as it is. */
typedef struct outcome_place {
    double started; /**< Seconds since 1970, UTC; NaN: unknown. */
    int rank;       /**< -1: unknown, and so are the others. */
    int n_threads;
    const char *host;
} outcome_place;

/** Fails every member of a unit that was given up. */
PEREBOR_MUST_CHECK perebor_status outcome_collector_give_up(outcome_collector *collector,
                                                            size_t bundle, size_t fold,
                                                            const outcome_place *place,
                                                            const char *reason,
                                                            perebor_error *error);

#endif
