// SPDX-License-Identifier: MIT
// What a search saves: finished trials in its journal, now and then the file, and the file at its
// end.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "launch/supervised.h"
#include "run/search_state.h"

/** Where the search is: by predicted work, which is a better clock than the count of trials. */
perebor_search_progress search_progress(const search *search, const perebor_job_progress *job) {
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

perebor_status search_tick(void *context, const perebor_job_progress *job, bool *stop,
                           perebor_error *error) {
    perebor_status status;
    search *search = context;
    *stop = job->elapsed_seconds >= search->time_limit;
    search->n_ranks_lost = job->n_ranks_lost;
    if (search->options->progress != NULL) {
        perebor_search_progress progress = search_progress(search, job);
        search->options->progress(search->options->progress_context, &progress, false);
    }
    double begun = clock_now();
    status = checkpoint_commit(&search->checkpoint, false, error);
    search->writing += clock_now() - begun;
    if (checkpoint_is_lost(&search->checkpoint)) {
        *stop = true; // search_finish() saves what there is, and says why
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, status);
    perebor_supervised_heartbeat(search->checkpoint.n_acknowledged);
    write_checkpoint(search);
done:
    return status;
}

/** Records a finished trial. */
perebor_status search_keep_trial(void *context, size_t trial, perebor_error *error) {
    search *search = context;
    if (checkpoint_is_lost(&search->checkpoint)) {
        return PEREBOR_OK; // the table has it, from which save_without_journal() writes
    }
    return checkpoint_append(&search->checkpoint, search->trials, trial, error);
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
perebor_status search_finish(search *search, bool stopped, perebor_search_summary *summary,
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
    perebor_search_progress progress = search_progress(search, &job);
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

/** Commits what was finished before something failed: it is finished all the same. */
void search_save_finished(search *search) {
    perebor_error ignored; // what failed first is what is reported
    if (search->ranks->rank == 0 && search->checkpoint.journal != NULL) {
        (void)!checkpoint_commit(&search->checkpoint, true, &ignored);
    }
}
