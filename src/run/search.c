// SPDX-License-Identifier: MIT
#include "perebor/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/cpu_name.h"
#include "base/try.h"
#include "launch/shim.h"
#include "run/distribute.h"
#include "run/search_state.h"
#include "run/time_limit.h"

static size_t largest_bundle(const perebor_plan *plan) {
    size_t largest = 1;
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(plan); bundle++) {
        size_t n_members = perebor_plan_bundle(plan, bundle)->n_members;
        largest = n_members > largest ? n_members : largest;
    }
    return largest;
}

/** What only rank 0 needs: the table, the order, and room for what arrives. */
static perebor_status prepare_collector(search *search, perebor_error *error) {
    perebor_status status;
    size_t n_units = perebor_plan_n_units(search->plan);
    search->order = malloc((n_units + 1) * sizeof *search->order);
    search->seconds = malloc((n_units + 1) * sizeof *search->seconds);
    search->received = calloc(largest_bundle(search->plan), sizeof *search->received);
    search->timings = calloc((size_t)search->ranks->size, sizeof *search->timings);
    search->stages = calloc((size_t)search->ranks->size, sizeof *search->stages);
    search->nodes = calloc((size_t)search->ranks->size, sizeof *search->nodes);
    if (search->nodes == NULL || search->order == NULL || search->seconds == NULL ||
        search->received == NULL || search->timings == NULL || search->stages == NULL) {
        return perebor_no_memory(error, "for %zu units of work", n_units);
    }
    PEREBOR_TRY(done, perebor_plan_order(search->plan, search->order, search->seconds, error));
    for (size_t unit = 0; unit < n_units; unit++) {
        search->predicted += search->seconds[unit];
    }
    PEREBOR_TRY(done, search_parts_create(&search->parts, search->plan, search->study->evaluator,
                                          &search->collector, error));
    search->collector = (outcome_collector){.plan = search->plan,
                                            .equal = &search->equal,
                                            .trials = search->trials,
                                            .nested = search->study->nested != NULL,
                                            .stages = search->stages,
                                            .finished = search_keep_trial,
                                            .context = search};
done:
    return status;
}

/** Tells rank 0 where every rank is. */
static perebor_status gather_nodes(search *search, perebor_error *error) {
    record_node own = {.n_threads = search->n_threads};
    memcpy(own.host, search->ranks->host, sizeof own.host);
    perebor_cpu_name(own.cpu, sizeof own.cpu);
    perebor_status status =
        perebor_ranks_gather(search->ranks, &own, sizeof own, search->nodes, error);
    return perebor_ranks_agree(search->ranks, status, error);
}

/** Begins to record: first of all the trials that take over the outcome of a finished one. */
static perebor_status begin_record(search *search, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, record_make_folder(search->output, error));
    PEREBOR_TRY(done, checkpoint_begin(&search->checkpoint, search->trials,
                                       search->previous->overwrite, error));
    perebor_shim_begin();
    status = outcome_collector_begin(&search->collector, error);
done:
    return status;
}

/** From here on a stop is in good order everywhere, so that none leaves an empty journal. */
static perebor_status begin_recording(search *search, perebor_error *error) {
    perebor_status status;
    perebor_job_listen();
    PEREBOR_TRY(done, perebor_ranks_agree(search->ranks, PEREBOR_OK, error));
    if (search->ranks->rank == 0) {
        status = begin_record(search, error);
    }
    status = perebor_ranks_agree(search->ranks, status, error);
done:
    return status;
}

/** Everything before the first unit, agreed upon by all ranks. */
static perebor_status prepare(search *search, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, search->kind->begin(search, error));
    PEREBOR_TRY(done, perebor_ranks_choose_threads(search->ranks, search->options->n_threads,
                                                   search->options->oversubscribe,
                                                   &search->n_threads, error));
    PEREBOR_TRY(done, search_plan(search, error));
    search->workspaces = calloc((size_t)search->n_threads, sizeof *search->workspaces);
    status = search->workspaces == NULL
                 ? perebor_no_memory(error, "for %d threads", search->n_threads)
                 : PEREBOR_OK;
    if (status == PEREBOR_OK && search->ranks->rank == 0) {
        status = prepare_collector(search, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(search->ranks, status, error));
    PEREBOR_TRY(done, gather_nodes(search, error));
    PEREBOR_TRY(done, begin_recording(search, error));
done:
    return status;
}

static perebor_status run_units(search *search, perebor_error *error) {
    perebor_job job = {.n_units = perebor_plan_n_units(search->plan),
                       .order = search->order,
                       .cost = search->seconds,
                       .n_threads = search->n_threads,
                       .unit_seconds = search->study->experiment->trial_timeout_seconds,
                       .context = search,
                       .execute = search_execute,
                       .deliver = search_deliver,
                       .give_up = search_give_up,
                       .tick = search_tick};
    return perebor_job_run(search->ranks, &job, search->timings, error);
}

/** Frees a search, or leaves it to the thread that hangs in it until the process ends. */
static void release(search *search) {
    if (perebor_job_hangs(search->ranks)) {
        checkpoint_abandon(&search->checkpoint);
        return;
    }
    for (int thread = 0; search->workspaces != NULL && thread < search->n_threads; thread++) {
        perebor_workspace_release(&search->workspaces[thread]);
    }
    free(search->workspaces);
    free(search->order);
    free(search->seconds);
    free(search->received);
    search_parts_release(&search->parts);
    free(search->timings);
    free(search->stages);
    free(search->nodes);
    free(search->skip);
    checkpoint_abandon(&search->checkpoint);
    free(search->output);
    perebor_trials_free(search->trials);
    equal_trials_release(&search->equal);
    perebor_plan_free(search->plan);
    perebor_study_free(search->study);
    free(search);
}

perebor_status search_conduct(const search *start, perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = start->ranks;
    search *own_search = calloc(1, sizeof *own_search);
    status = own_search != NULL ? PEREBOR_OK : perebor_no_memory(error, "for a search");
    status = perebor_ranks_agree(ranks, status, error);
    if (status != PEREBOR_OK || own_search == NULL) {
        free(own_search);
        return status;
    }
    *own_search = *start;
    PEREBOR_TRY(done, prepare(own_search, error));
    own_search->begun = search_wall_clock();
    own_search->job_began = perebor_ranks_seconds(ranks);
    own_search->time_limit =
        time_limit_seconds(own_search->options->max_seconds,
                           own_search->study->experiment->timeout_seconds, own_search->begun);
    status = run_units(own_search, error);
    own_search->job_ended = perebor_ranks_seconds(ranks);
    bool stopped = status == PEREBOR_ERR_STOPPED;
    if (status != PEREBOR_OK && !stopped) {
        search_save_finished(own_search);
    } else if (ranks->rank == 0) {
        perebor_status written = own_search->kind->end(own_search, stopped, error);
        status = written != PEREBOR_OK ? written : status;
    }
done:
    release(own_search);
    return status;
}

static perebor_status begin_search(search *search, perebor_error *error) {
    return distribute_study(search->ranks, search->options, search->previous, &search->study,
                            &search->output, error);
}

static perebor_status end_search(search *search, bool stopped, perebor_error *error) {
    return search_finish(search, stopped, search->kind_context, error);
}

perebor_status perebor_search_run(perebor_ranks *ranks, const perebor_search_options *options,
                                  const perebor_search_previous *previous,
                                  perebor_search_summary *summary, perebor_error *error) {
    static const search_kind kind = {.begin = begin_search, .end = end_search};
    const search start = {.ranks = ranks,
                          .options = options,
                          .previous = previous,
                          .kind = &kind,
                          .kind_context = summary};
    return search_conduct(&start, error);
}

void perebor_search_summary_release(perebor_search_summary *summary) {
    free(summary->output);
    *summary = (perebor_search_summary){0};
}
