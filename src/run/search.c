// SPDX-License-Identifier: MIT
#include "perebor/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/cpu_name.h"
#include "base/try.h"
#include "exec/job.h"
#include "launch/supervised.h"
#include "run/checkpoint.h"
#include "run/distribute.h"
#include "run/outcome_message.h"
#include "run/record.h"
#include "run/study.h"
#include "run/time_limit.h"
#include "trial/outcome_collector.h"

/** One search on one rank. What only rank 0 needs is empty on the others. */
typedef struct search {
    perebor_ranks *ranks;
    const perebor_search_options *options;
    const perebor_search_previous *previous;
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
} search;

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** How many metrics there are beside the selecting one. */
static size_t n_further(const search *search) {
    return search->study->experiment->metrics.n - 1;
}

/** Evaluates a unit and writes its outcomes: any thread of any rank. */
static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    const search *search = context;
    perebor_workspace *workspace = &search->workspaces[thread];
    size_t n_folds = perebor_plan_n_folds(search->plan);
    const perebor_bundle *bundle = perebor_plan_bundle(search->plan, unit / n_folds);
    outcome_header header = {.started = wall_clock(),
                             .n_members = bundle->n_members,
                             .n_threads = (uint32_t)search->n_threads,
                             .n_further = (uint32_t)n_further(search)};
    memcpy(header.host, search->ranks->host, sizeof header.host);
    perebor_member_outcome *outcomes =
        perebor_workspace_take_zeroed(workspace, bundle->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %u outcomes",
                            (unsigned)bundle->n_members);
    }
    perebor_status status =
        perebor_evaluate(search->study->evaluator, search->plan, unit / n_folds, unit % n_folds,
                         workspace, outcomes, &header.seconds, error);
    if (status == PEREBOR_OK) {
        status = outcome_message_write(result, &header, outcomes, error);
    }
    outcome_message_release(outcomes, bundle->n_members);
    perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    return status;
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    perebor_status status;
    search *search = context;
    size_t n_folds = perebor_plan_n_folds(search->plan);
    size_t n_members = perebor_plan_bundle(search->plan, unit / n_folds)->n_members;
    outcome_header header;
    PEREBOR_TRY(done, outcome_message_read(bytes, size, n_members, n_further(search), &header,
                                           search->received, error));
    status = outcome_collector_add(&search->collector, unit / n_folds, unit % n_folds, rank,
                                   &header, search->received, error);
    outcome_message_release(search->received, n_members);
    search->predicted_done += search->seconds[unit];
done:
    return status;
}

static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    search *search = context;
    outcome_place place = {.started = NAN, .rank = rank};
    if (rank >= 0) {
        place.started = wall_clock() - seconds;
        place.n_threads = search->nodes[rank].n_threads;
        place.host = search->nodes[rank].host;
    }
    size_t n_folds = perebor_plan_n_folds(search->plan);
    search->predicted_done += search->seconds[unit];
    return outcome_collector_give_up(&search->collector, unit / n_folds, unit % n_folds, &place,
                                     reason, error);
}

/** Where the search is: by predicted work, which is a better clock than the count of trials. */
static perebor_search_progress describe_progress(const search *search,
                                                 const perebor_job_progress *job) {
    int n_threads = 0;
    for (int rank = 0; rank < search->ranks->size; rank++) {
        n_threads += search->nodes[rank].n_threads;
    }
    perebor_search_progress progress = {.n_trials = search->n_trials,
                                        .n_done = search->checkpoint.n_acknowledged,
                                        .n_before = search->collector.n_before,
                                        .n_failed = search->collector.n_failed,
                                        .best_score = search->collector.best_score,
                                        .best_trial = search->collector.best_trial,
                                        .elapsed_seconds = job->elapsed_seconds,
                                        .remaining_seconds = NAN,
                                        .forecast_seconds = search->predicted / n_threads,
                                        .n_units = job->n_units,
                                        .n_units_done = job->n_delivered + job->n_failed,
                                        .n_running = job->n_running,
                                        .stopping = job->stopping,
                                        .n_ranks = job->n_ranks,
                                        .n_ranks_lost = job->n_ranks_lost};
    if (search->predicted_done > 0.0) {
        progress.remaining_seconds = job->elapsed_seconds *
                                     (search->predicted - search->predicted_done) /
                                     search->predicted_done;
    }
    return progress;
}

/** Writes things as they stand to a file that must be as expected. */
static perebor_status write_record_to(const search *search, const char *path,
                                      perebor_file_identity *expected, perebor_result_status state,
                                      perebor_error *error) {
    double whole = perebor_ranks_seconds(search->ranks);
    record_facts facts = {
        .study = search->study,
        .plan = search->plan,
        .trials = search->trials,
        .ranks = search->ranks,
        .timings = search->timings,
        .stages = search->stages,
        .nodes = search->nodes,
        .end = {.end = whole - search->job_ended, .whole = whole, .writing = search->writing},
        .command_line = search->options->command_line,
        .begun = search->begun,
        .status = state,
        .run_uuid = search->checkpoint.run_uuid,
        .previous = search->previous->result};
    return record_write(&facts, path, expected, error);
}

/** Writes the result file as things stand. */
static perebor_status write_record(search *search, perebor_result_status state,
                                   perebor_error *error) {
    return write_record_to(search, search->output, &search->checkpoint.file, state, error);
}

/** Says that a checkpoint failed, once until one succeeds again. */
static void report_checkpoint(search *search, perebor_status status, const perebor_error *reason) {
    char message[sizeof reason->message + 200];
    bool failed = status != PEREBOR_OK;
    if (failed && !search->checkpoint_failed && search->options->warn != NULL) {
        (void)snprintf(message, sizeof message,
                       "a checkpoint could not be written: %s; the search goes on, and its trials "
                       "are in its journal",
                       reason->message);
        search->options->warn(message);
    }
    search->checkpoint_failed = failed;
}

/** Folds the journal into the file if it is time. The journal has everything: a checkpoint that
 * fails, on a disk that is full or a file that somebody has put there, costs nothing yet. */
static void write_checkpoint(search *search) {
    perebor_error reason = {0};
    if (!checkpoint_due(&search->checkpoint, search->study->experiment->checkpoint_seconds)) {
        return;
    }
    double begun = clock_now();
    perebor_status status = write_record(search, PEREBOR_RESULT_RUNNING, &reason);
    checkpoint_done(&search->checkpoint, begun);
    search->writing += clock_now() - begun;
    report_checkpoint(search, status, &reason);
}

static perebor_status tick(void *context, const perebor_job_progress *job, bool *stop,
                           perebor_error *error) {
    perebor_status status;
    search *search = context;
    *stop = job->elapsed_seconds >= search->time_limit;
    search->n_ranks_lost = job->n_ranks_lost;
    if (search->options->progress != NULL) {
        perebor_search_progress progress = describe_progress(search, job);
        search->options->progress(search->options->progress_context, &progress, false);
    }
    double begun = clock_now();
    status = checkpoint_commit(&search->checkpoint, false, error);
    search->writing += clock_now() - begun;
    if (checkpoint_is_lost(&search->checkpoint)) {
        *stop = true; // finish() saves what there is, and says why
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, status);
    perebor_supervised_heartbeat(search->checkpoint.n_acknowledged);
    write_checkpoint(search);
done:
    return status;
}

/** Records a finished trial. */
static perebor_status keep_trial(void *context, size_t trial, perebor_error *error) {
    search *search = context;
    if (checkpoint_is_lost(&search->checkpoint)) {
        return PEREBOR_OK; // the table has it, from which save_without_journal() writes
    }
    return checkpoint_append(&search->checkpoint, search->trials, trial, error);
}

/** Which trials to run. The same on every rank. */
static perebor_status choose_trials(search *search, perebor_error *error) {
    uint64_t available = perebor_space_n_trials(search->study->experiment->space);
    uint64_t end = perebor_study_n_trials(search->study);
    search->first_trial = 0;
    if (search->options->trials_given) {
        search->first_trial = search->options->first_trial;
        end = search->options->end_trial < available ? search->options->end_trial : available;
    }
    if (end <= search->first_trial) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "there is no trial to run: the space has %llu, and the first asked for "
                            "is %llu",
                            (unsigned long long)available, (unsigned long long)search->first_trial);
    }
    if (end - search->first_trial > UINT32_MAX / 64) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%llu trials are more than one run takes; run parts of them with "
                            "--trials A:B",
                            (unsigned long long)(end - search->first_trial));
    }
    search->n_trials = (size_t)(end - search->first_trial);
    return PEREBOR_OK;
}

/** Leaves out trials that take over the outcome of another. Rank 0 only. */
static perebor_status skip_equal_trials(search *search, perebor_error *error) {
    perebor_status status;
    if (!perebor_study_shares(search->study->experiment, search->options->share)) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, equal_trials_find(&search->equal, search->study->pipeline,
                                        search->study->experiment->space, search->first_trial,
                                        search->n_trials, search->skip, error));
    for (size_t trial = 0; trial < search->n_trials; trial++) {
        search->skip[trial] |= search->equal.source[trial] != EQUAL_TRIALS_NONE;
    }
done:
    return status;
}

/** Rank 0 opens the table of trials and learns what is finished; the others are told. */
static perebor_status find_finished(search *search, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    search->skip = calloc(search->n_trials, sizeof *search->skip);
    if (search->skip == NULL) {
        status =
            perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu trials", search->n_trials);
    } else if (search->ranks->rank == 0) {
        status = perebor_trials_create(&search->trials, search->study->experiment->space,
                                       search->first_trial, search->n_trials,
                                       search->study->folds.n_folds, error);
        if (status == PEREBOR_OK) {
            status = perebor_study_set_metrics(search->study, search->trials, error);
        }
        if (status == PEREBOR_OK) {
            status = checkpoint_open(&search->checkpoint, search->output, search->study,
                                     search->trials, search->previous->result,
                                     search->previous->resume, &search->previous->found, error);
        }
        for (size_t trial = 0; status == PEREBOR_OK && trial < search->n_trials; trial++) {
            search->skip[trial] = search->trials->state[trial] != PEREBOR_TRIAL_WAITING;
        }
        if (status == PEREBOR_OK) {
            status = skip_equal_trials(search, error);
        }
    }
    PEREBOR_TRY(done, perebor_ranks_agree(search->ranks, status, error));
    status = perebor_ranks_broadcast(search->ranks, search->skip,
                                     search->n_trials * sizeof *search->skip, error);
done:
    return status;
}

static perebor_status make_plan(search *search, perebor_error *error) {
    perebor_status status;
    const perebor_study *study = search->study;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    status = choose_trials(search, error);
    PEREBOR_TRY(done, perebor_ranks_agree(search->ranks, status, error));
    PEREBOR_TRY(done, find_finished(search, error));
    status = perebor_plan_create(&search->plan, study->pipeline, study->experiment->space,
                                 search->first_trial, search->n_trials, search->skip,
                                 perebor_study_shares(study->experiment, search->options->share),
                                 study->folds.n_folds, &shape, error);
    status = perebor_ranks_agree(search->ranks, status, error);
done:
    return status;
}

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
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu units of work", n_units);
    }
    PEREBOR_TRY(done, perebor_plan_order(search->plan, search->order, search->seconds, error));
    for (size_t unit = 0; unit < n_units; unit++) {
        search->predicted += search->seconds[unit];
    }
    search->collector = (outcome_collector){.plan = search->plan,
                                            .equal = &search->equal,
                                            .trials = search->trials,
                                            .stages = search->stages,
                                            .finished = keep_trial,
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
    PEREBOR_TRY(done, checkpoint_begin(&search->checkpoint, search->trials,
                                       search->previous->overwrite, error));
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
    PEREBOR_TRY(done, distribute_study(search->ranks, search->options, search->previous,
                                       &search->study, &search->output, error));
    PEREBOR_TRY(done, perebor_ranks_choose_threads(search->ranks, search->options->n_threads,
                                                   search->options->oversubscribe,
                                                   &search->n_threads, error));
    PEREBOR_TRY(done, make_plan(search, error));
    search->workspaces = calloc((size_t)search->n_threads, sizeof *search->workspaces);
    status =
        search->workspaces == NULL
            ? perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %d threads", search->n_threads)
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
                       .execute = execute,
                       .deliver = deliver,
                       .give_up = give_up,
                       .tick = tick};
    return perebor_job_run(search->ranks, &job, search->timings, error);
}

/** A name beside the output that no search uses. The caller frees it; NULL: no memory. */
static char *rescue_path(const search *search) {
    size_t size = strlen(search->output) + sizeof ".rescued-12345678.h5";
    char *path = malloc(size);
    if (path != NULL) {
        (void)snprintf(path, size, "%s.rescued-%.8s.h5", search->output,
                       search->checkpoint.run_uuid);
    }
    return path;
}

/**
 * Somebody removed the journal, or put another in its place. The output belongs to whoever holds
 * its journal: where another does, what is finished goes to a file of its own.
 */
static perebor_status save_without_journal(search *search, perebor_error *error) {
    perebor_status status;
    bool replaced = checkpoint_look(search->output).journal;
    perebor_file_identity nothing = {0};
    char *path = replaced ? rescue_path(search) : NULL;
    const char *saved = path != NULL ? path : search->output;
    PEREBOR_TRY(done,
                write_record_to(search, saved, path != NULL ? &nothing : &search->checkpoint.file,
                                PEREBOR_RESULT_STOPPED, error));
    status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                          "the journal of %s was %s by another process; the search was ended, and "
                          "what was finished is in %s: continue with -o %s --resume",
                          search->output, replaced ? "replaced" : "removed", saved, saved);
done:
    free(path);
    return status;
}

/** Writes the file and says what came out. Rank 0 only. */
static perebor_status finish(search *search, bool stopped, perebor_search_summary *summary,
                             perebor_error *error) {
    perebor_status status;
    perebor_job_progress job = {.elapsed_seconds =
                                    perebor_ranks_seconds(search->ranks) - search->job_began,
                                .n_ranks = search->ranks->size,
                                .n_ranks_lost = search->n_ranks_lost};
    bool whole = search->collector.n_done == search->n_trials;
    perebor_supervised_finishing();
    status = checkpoint_commit(&search->checkpoint, true, error);
    if (checkpoint_is_lost(&search->checkpoint)) {
        return save_without_journal(search, error);
    }
    PEREBOR_TRY(done, status);
    perebor_search_progress progress = describe_progress(search, &job);
    if (search->options->progress != NULL) {
        search->options->progress(search->options->progress_context, &progress, true);
    }
    perebor_error reason = {0};
    status =
        write_record(search, whole ? PEREBOR_RESULT_COMPLETE : PEREBOR_RESULT_STOPPED, &reason);
    if (status != PEREBOR_OK) {
        return perebor_fail(error, status,
                            "%s; everything finished is in its journal: continue with --resume "
                            "once this is mended",
                            reason.message);
    }
    PEREBOR_TRY(done, checkpoint_finish(&search->checkpoint, error));
    *summary = (perebor_search_summary){.output = search->output,
                                        .progress = progress,
                                        .max_failures = search->study->experiment->max_failures,
                                        .stopped = stopped};
    search->output = NULL;
    perebor_trials_digest(search->trials, summary->digest);
done:
    return status;
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

/** Commits what was finished before something failed: it is finished all the same. */
static void save_finished(search *search) {
    perebor_error ignored; // what failed first is what is reported
    if (search->ranks->rank == 0 && search->checkpoint.journal != NULL) {
        (void)!checkpoint_commit(&search->checkpoint, true, &ignored);
    }
}

perebor_status perebor_search_run(perebor_ranks *ranks, const perebor_search_options *options,
                                  const perebor_search_previous *previous,
                                  perebor_search_summary *summary, perebor_error *error) {
    perebor_status status;
    search *own_search = calloc(1, sizeof *own_search);
    status = own_search != NULL ? PEREBOR_OK
                                : perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a search");
    status = perebor_ranks_agree(ranks, status, error);
    if (status != PEREBOR_OK || own_search == NULL) {
        free(own_search);
        return status;
    }
    *own_search = (search){.ranks = ranks, .options = options, .previous = previous};
    PEREBOR_TRY(done, prepare(own_search, error));
    own_search->begun = wall_clock();
    own_search->job_began = perebor_ranks_seconds(ranks);
    own_search->time_limit = time_limit_seconds(
        options->max_seconds, own_search->study->experiment->timeout_seconds, own_search->begun);
    status = run_units(own_search, error);
    own_search->job_ended = perebor_ranks_seconds(ranks);
    bool stopped = status == PEREBOR_ERR_STOPPED;
    if (status != PEREBOR_OK && !stopped) {
        save_finished(own_search);
    } else if (ranks->rank == 0) {
        perebor_status written = finish(own_search, stopped, summary, error);
        status = written != PEREBOR_OK ? written : status;
    }
done:
    release(own_search);
    return status;
}

void perebor_search_summary_release(perebor_search_summary *summary) {
    free(summary->output);
    *summary = (perebor_search_summary){0};
}
