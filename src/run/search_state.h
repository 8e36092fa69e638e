// SPDX-License-Identifier: MIT
/**
 * @file search_state.h
 * A search while it runs, as the parts of the conductor see it: what to evaluate (search_plan.c),
 * units and their outcomes (search_units.c), and what is saved and when (search_saving.c).
 */
#ifndef PEREBOR_RUN_SEARCH_STATE_H
#define PEREBOR_RUN_SEARCH_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "exec/job.h"
#include "perebor/search.h"
#include "perebor/status.h"
#include "run/checkpoint.h"
#include "run/record.h"
#include "run/search_parts.h"
#include "run/study.h"
#include "trial/equal_trials.h"
#include "trial/outcome_collector.h"
#include "trial/plan.h"

typedef struct search search;

/** What is particular to what is searched for: where it begins and what becomes of it. */
typedef struct search_kind {
    /** Called by all ranks, which agree on how it ended: makes the study, and on rank 0 the output.
     */
    perebor_status (*begin)(search *search, perebor_error *error);
    /** Rank 0: all units are done, or the search was stopped. */
    perebor_status (*end)(search *search, bool stopped, perebor_error *error);
} search_kind;

/** One search on one rank. What only rank 0 needs is empty on the others. */
struct search {
    perebor_ranks *ranks;
    const perebor_search_options *options;
    const perebor_search_previous *previous;
    const search_kind *kind;
    void *kind_context;
    perebor_study *study;
    perebor_plan *plan;
    bool *skip; /**< [n_trials] finished before */
    uint64_t first_trial;
    size_t n_trials;
    int n_threads;
    perebor_workspace *workspaces; /**< [n_threads] */
    perebor_trials *trials;
    equal_trials equal;
    outcome_collector collector;
    checkpoint checkpoint;
    double begun;                     /**< Seconds since 1970, UTC. */
    double job_began;                 /**< On perebor_ranks_seconds()' clock. */
    double time_limit;                /**< Seconds after which nothing is begun; maybe infinite. */
    perebor_member_outcome *received; /**< Room for the largest bundle. */
    search_parts parts;               /**< What is known of bundles that come in parts. */
    uint32_t *order;
    double *seconds; /**< Predicted, by unit. */
    double predicted, predicted_done;
    perebor_rank_timings *timings; /**< [ranks] */
    perebor_stage_seconds *stages; /**< [ranks] */
    record_node *nodes;            /**< [ranks] Where each rank is. */
    double writing;                /**< Seconds spent on journal and file during the job. */
    double job_ended;              /**< On perebor_ranks_seconds()' clock; 0 before. */
    char *output;
    bool checkpoint_failed; /**< The last one. */
    int n_ranks_lost;       /**< By the last tick. */
};

/**
 * Conducts a search of a kind. Called by all ranks.
 *
 * @param[in] start  Ranks, options, previous, kind and its context; all else is zero.
 */
PEREBOR_MUST_CHECK perebor_status search_conduct(const search *start, perebor_error *error);

/** Seconds since 1970, UTC. */
double search_wall_clock(void);

/** Where a search is: by predicted work, which is a better clock than the count of trials. */
perebor_search_progress search_progress(const search *search, const perebor_job_progress *job);

/**
 * Says which trials to evaluate and plans them; on rank 0 also opens the table of trials and the
 * journal. Called by all ranks, which agree on how it ended.
 */
PEREBOR_MUST_CHECK perebor_status search_plan(search *search, perebor_error *error);

/** What a job calls; the context of each is a search. */
PEREBOR_MUST_CHECK perebor_status search_execute(void *context, uint32_t unit, int thread,
                                                 perebor_unit_result *result, perebor_error *error);
PEREBOR_MUST_CHECK perebor_status search_deliver(void *context, uint32_t unit, const void *bytes,
                                                 size_t size, int rank, perebor_error *error);
PEREBOR_MUST_CHECK perebor_status search_give_up(void *context, uint32_t unit, int rank,
                                                 double seconds, const char *reason,
                                                 perebor_error *error);

/** A few times a second on rank 0: commits what is finished, and writes a checkpoint if it is time.
 */
PEREBOR_MUST_CHECK perebor_status search_tick(void *context, const perebor_job_progress *job,
                                              bool *stop, perebor_error *error);

/** Records a finished trial in the journal. */
PEREBOR_MUST_CHECK perebor_status search_keep_trial(void *context, size_t trial,
                                                    perebor_error *error);

/** Writes the file and says what came out. Rank 0 only. */
PEREBOR_MUST_CHECK perebor_status search_finish(search *search, bool stopped,
                                                perebor_search_summary *summary,
                                                perebor_error *error);

/** Commits what was finished before something failed: it is finished all the same. */
void search_save_finished(search *search);

#endif
