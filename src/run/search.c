// SPDX-License-Identifier: MIT
#include "perebor/search.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/try.h"
#include "perebor/job.h"
#include "perebor/study.h"
#include "perebor/supervised.h"
#include "run/keeping.h"
#include "run/outcome_message.h"
#include "run/record.h"
#include "run/time_limit.h"
#include "trial/gathering.h"

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
    gathering gathered;
    keeping kept;
    double begun;                     /**< Seconds since 1970, UTC. */
    double time_limit;                /**< Seconds after which nothing is begun; maybe infinite. */
    perebor_member_outcome *received; /**< Room for the largest bundle. */
    uint32_t *order;
    double *seconds; /**< Predicted, by unit. */
    double predicted, predicted_done;
    perebor_ledger *ledgers;       /**< [ranks] */
    perebor_stage_seconds *stages; /**< [ranks] */
    double writing;                /**< Seconds spent on journal and file during the job. */
    double job_ended;              /**< On perebor_ranks_seconds()' clock; 0 before. */
    char *output;
} search;

static double wall_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/** Whether trials share work. Not where one may run out of time or memory: it fails alone. */
static bool shares(const perebor_search_options *options, const perebor_experiment *experiment) {
    return options->share && experiment->trial_timeout_seconds <= 0.0 &&
           experiment->trial_memory_bytes == 0;
}

/** Evaluates a unit and writes its outcomes: any thread of any rank. */
static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    const search *running = context;
    perebor_workspace *workspace = &running->workspaces[thread];
    size_t n_folds = perebor_plan_n_folds(running->plan);
    const perebor_bundle *bundle = perebor_plan_bundle(running->plan, unit / n_folds);
    outcome_header header = {.started = wall_clock(),
                             .n_members = bundle->n_members,
                             .n_threads = (uint32_t)running->n_threads};
    memcpy(header.host, running->ranks->host, sizeof header.host);
    perebor_member_outcome *outcomes =
        perebor_workspace_take_zeroed(workspace, bundle->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %u outcomes",
                            (unsigned)bundle->n_members);
    }
    perebor_status status =
        perebor_evaluate(running->study->evaluator, running->plan, unit / n_folds, unit % n_folds,
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
    search *running = context;
    size_t n_folds = perebor_plan_n_folds(running->plan);
    size_t n_members = perebor_plan_bundle(running->plan, unit / n_folds)->n_members;
    outcome_header header;
    PEREBOR_TRY(done,
                outcome_message_read(bytes, size, n_members, &header, running->received, error));
    status = gathering_add(&running->gathered, unit / n_folds, unit % n_folds, rank, &header,
                           running->received, error);
    outcome_message_release(running->received, n_members);
    running->predicted_done += running->seconds[unit];
done:
    return status;
}

static perebor_status give_up(void *context, uint32_t unit, const char *reason,
                              perebor_error *error) {
    search *running = context;
    size_t n_folds = perebor_plan_n_folds(running->plan);
    running->predicted_done += running->seconds[unit];
    return gathering_give_up(&running->gathered, unit / n_folds, unit % n_folds, reason, error);
}

/** Where the search is: by predicted work, which is a better clock than the count of trials. */
static perebor_search_progress describe_progress(const search *running,
                                                 const perebor_job_progress *job) {
    perebor_search_progress progress = {.n_trials = running->n_trials,
                                        .n_done = running->kept.n_acknowledged,
                                        .n_before = running->gathered.n_before,
                                        .n_failed = running->gathered.n_failed,
                                        .best_score = running->gathered.best_score,
                                        .best_trial = running->gathered.best_trial,
                                        .elapsed_seconds = job->elapsed_seconds,
                                        .remaining_seconds = NAN,
                                        .n_ranks = job->n_ranks,
                                        .n_ranks_lost = job->n_ranks_lost};
    if (running->predicted_done > 0.0) {
        progress.remaining_seconds = job->elapsed_seconds *
                                     (running->predicted - running->predicted_done) /
                                     running->predicted_done;
    }
    return progress;
}

/** Writes the result file as things stand. */
static perebor_status write_record(const search *running, perebor_result_status state,
                                   perebor_error *error) {
    double whole = perebor_ranks_seconds(running->ranks);
    record_facts facts = {
        .study = running->study,
        .plan = running->plan,
        .trials = running->trials,
        .ranks = running->ranks,
        .ledgers = running->ledgers,
        .stages = running->stages,
        .end = {.end = whole - running->job_ended, .whole = whole, .writing = running->writing},
        .command_line = running->options->command_line,
        .begun = running->begun,
        .status = state,
        .run_uuid = running->kept.run_uuid,
        .previous = running->previous->result};
    return record_write(&facts, running->output, true, error);
}

static perebor_status tick(void *context, const perebor_job_progress *job, bool *stop,
                           perebor_error *error) {
    perebor_status status;
    search *running = context;
    *stop = job->elapsed_seconds >= running->time_limit;
    if (running->options->progress != NULL) {
        perebor_search_progress progress = describe_progress(running, job);
        running->options->progress(running->options->progress_context, &progress, false);
    }
    double begun = keeping_clock();
    PEREBOR_TRY(done, keeping_commit(&running->kept, false, error));
    running->writing += keeping_clock() - begun;
    perebor_supervised_beat(running->kept.n_acknowledged);
    if (keeping_checkpoint_due(&running->kept, running->study->experiment->checkpoint_seconds)) {
        begun = keeping_clock();
        PEREBOR_TRY(done, write_record(running, PEREBOR_RESULT_RUNNING, error));
        keeping_checkpoint_done(&running->kept, begun);
        running->writing += keeping_clock() - begun;
    }
done:
    return status;
}

/** Records a finished trial. */
static perebor_status keep_trial(void *context, size_t trial, perebor_error *error) {
    search *running = context;
    return keeping_append(&running->kept, running->trials, trial, error);
}

/** Why the file to be resumed could not be read, if so. */
static perebor_status report_previous(const search *running, perebor_error *error) {
    if (running->previous->status != PEREBOR_OK && error != NULL) {
        *error = running->previous->error;
    }
    return running->previous->status;
}

/** Rank 0 reads the experiment and loads the tables. */
static perebor_status load(search *running, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, running->options->experiment,
                                              running->options->overrides,
                                              running->options->n_overrides, error));
    PEREBOR_TRY(done, record_choose_output(experiment, running->options->output,
                                           running->previous->overwrite, running->previous->resume,
                                           &running->output, error));
    PEREBOR_TRY(done, report_previous(running, error));
    status = perebor_study_load(&running->study, experiment, shares(running->options, experiment),
                                error);
    experiment = NULL; // taken over
done:
    perebor_experiment_free(experiment);
    return status;
}

/** What rank 0 tells the others, beside the image of the dataset. */
typedef struct announcement {
    size_t text_size;
} announcement;

/** Sends the experiment's text and returns this rank's copy of it. */
static perebor_status share_text(search *running, char **text, size_t *size, perebor_error *error) {
    perebor_status status;
    announcement announced = {0};
    char *copy = NULL;
    if (running->ranks->rank == 0) {
        assert(running->study != NULL);
        announced.text_size = running->study->experiment->text_size;
    }
    PEREBOR_TRY(done, perebor_ranks_broadcast(running->ranks, &announced, sizeof announced, error));
    copy = calloc(announced.text_size + 1, 1);
    status = copy != NULL ? PEREBOR_OK
                          : perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for the experiment");
    PEREBOR_TRY(done, perebor_ranks_agree(running->ranks, status, error));
    if (running->ranks->rank == 0) {
        assert(copy != NULL && running->study != NULL);
        memcpy(copy, running->study->experiment->text, announced.text_size);
    }
    PEREBOR_TRY(done, perebor_ranks_broadcast(running->ranks, copy, announced.text_size, error));
    *text = copy;
    *size = announced.text_size;
    copy = NULL;
done:
    free(copy);
    return status;
}

/** Makes the study of a rank that did not load it. */
static perebor_status adopt(search *running, const char *text, size_t text_size, const void *image,
                            size_t image_size, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_dataset *dataset = NULL;
    const perebor_search_options *options = running->options;
    PEREBOR_TRY(done, perebor_experiment_parse(&experiment, options->experiment, text, text_size,
                                               options->overrides, options->n_overrides, error));
    PEREBOR_TRY(done, perebor_dataset_unpack(&dataset, image, image_size, error));
    status = perebor_study_create(&running->study, experiment, dataset, shares(options, experiment),
                                  error);
    experiment = NULL; // both taken over
    dataset = NULL;
done:
    perebor_experiment_free(experiment);
    perebor_dataset_free(dataset);
    return status;
}

/** Gives every rank the experiment and the dataset. */
static perebor_status share_study(search *running, perebor_error *error) {
    perebor_status status;
    char *text = NULL;
    size_t text_size = 0;
    void *image = NULL;
    size_t image_size = 0;
    const void *shared = NULL;
    size_t shared_size = 0;
    status = PEREBOR_OK;
    if (running->ranks->rank == 0) {
        status = load(running, error);
        if (status == PEREBOR_OK && running->options->loaded != NULL) {
            running->options->loaded(running->study);
        }
        if (status == PEREBOR_OK) {
            status = perebor_dataset_pack(running->study->dataset, &image, &image_size, error);
        }
    }
    PEREBOR_TRY(done, perebor_ranks_agree(running->ranks, status, error));
    PEREBOR_TRY(done, share_text(running, &text, &text_size, error));
    PEREBOR_TRY(
        done, perebor_ranks_share(running->ranks, image, image_size, &shared, &shared_size, error));
    if (running->ranks->rank != 0) {
        status = adopt(running, text, text_size, shared, shared_size, error);
    }
    status = perebor_ranks_agree(running->ranks, status, error);
done:
    free(text);
    free(image);
    return status;
}

/** Which trials to run. The same on every rank. */
static perebor_status choose_trials(search *running, perebor_error *error) {
    uint64_t available = perebor_space_n_trials(running->study->experiment->space);
    uint64_t end = perebor_study_n_trials(running->study);
    running->first_trial = 0;
    if (running->options->trials_given) {
        running->first_trial = running->options->first_trial;
        end = running->options->end_trial < available ? running->options->end_trial : available;
    }
    if (end <= running->first_trial) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "there is no trial to run: the space has %llu, and the first asked for "
                            "is %llu",
                            (unsigned long long)available,
                            (unsigned long long)running->first_trial);
    }
    if (end - running->first_trial > UINT32_MAX / 64) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%llu trials are more than one run takes; run parts of them with "
                            "--trials A:B",
                            (unsigned long long)(end - running->first_trial));
    }
    running->n_trials = (size_t)(end - running->first_trial);
    return PEREBOR_OK;
}

/** Rank 0 opens the table of trials and learns what is finished; the others are told. */
static perebor_status find_finished(search *running, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    running->skip = calloc(running->n_trials, sizeof *running->skip);
    if (running->skip == NULL) {
        status =
            perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu trials", running->n_trials);
    } else if (running->ranks->rank == 0) {
        status = perebor_trials_create(&running->trials, running->study->experiment->space,
                                       running->first_trial, running->n_trials,
                                       running->study->folds.n_folds, error);
        if (status == PEREBOR_OK) {
            status = keeping_open(&running->kept, running->output, running->study, running->trials,
                                  running->previous->result, running->previous->resume,
                                  running->previous->overwrite, error);
        }
        for (size_t trial = 0; status == PEREBOR_OK && trial < running->n_trials; trial++) {
            running->skip[trial] = running->trials->state[trial] != PEREBOR_TRIAL_WAITING;
        }
    }
    PEREBOR_TRY(done, perebor_ranks_agree(running->ranks, status, error));
    status = perebor_ranks_broadcast(running->ranks, running->skip,
                                     running->n_trials * sizeof *running->skip, error);
done:
    return status;
}

static perebor_status make_plan(search *running, perebor_error *error) {
    perebor_status status;
    const perebor_study *study = running->study;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    status = choose_trials(running, error);
    PEREBOR_TRY(done, perebor_ranks_agree(running->ranks, status, error));
    PEREBOR_TRY(done, find_finished(running, error));
    status = perebor_plan_create(&running->plan, study->pipeline, study->experiment->space,
                                 running->first_trial, running->n_trials, running->skip,
                                 shares(running->options, study->experiment), study->folds.n_folds,
                                 &shape, error);
    status = perebor_ranks_agree(running->ranks, status, error);
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
static perebor_status prepare_gathering(search *running, perebor_error *error) {
    perebor_status status;
    size_t n_units = perebor_plan_n_units(running->plan);
    running->order = malloc((n_units + 1) * sizeof *running->order);
    running->seconds = malloc((n_units + 1) * sizeof *running->seconds);
    running->received = calloc(largest_bundle(running->plan), sizeof *running->received);
    running->ledgers = calloc((size_t)running->ranks->size, sizeof *running->ledgers);
    running->stages = calloc((size_t)running->ranks->size, sizeof *running->stages);
    if (running->order == NULL || running->seconds == NULL || running->received == NULL ||
        running->ledgers == NULL || running->stages == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %zu units of work", n_units);
    }
    PEREBOR_TRY(done, perebor_plan_order(running->plan, running->order, running->seconds, error));
    for (size_t unit = 0; unit < n_units; unit++) {
        running->predicted += running->seconds[unit];
    }
    running->gathered = (gathering){.plan = running->plan,
                                    .trials = running->trials,
                                    .stages = running->stages,
                                    .finished = keep_trial,
                                    .context = running};
    gathering_begin(&running->gathered);
done:
    return status;
}

/** Everything before the first unit, agreed upon by all ranks. */
static perebor_status prepare(search *running, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, share_study(running, error));
    PEREBOR_TRY(done, perebor_ranks_choose_threads(running->ranks, running->options->n_threads,
                                                   running->options->oversubscribe,
                                                   &running->n_threads, error));
    PEREBOR_TRY(done, make_plan(running, error));
    running->workspaces = calloc((size_t)running->n_threads, sizeof *running->workspaces);
    status = running->workspaces == NULL
                 ? perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for %d threads",
                                running->n_threads)
                 : PEREBOR_OK;
    if (status == PEREBOR_OK && running->ranks->rank == 0) {
        status = prepare_gathering(running, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(running->ranks, status, error));
done:
    return status;
}

static perebor_status run_units(search *running, perebor_error *error) {
    perebor_job job = {.n_units = perebor_plan_n_units(running->plan),
                       .order = running->order,
                       .cost = running->seconds,
                       .n_threads = running->n_threads,
                       .unit_seconds = running->study->experiment->trial_timeout_seconds,
                       .context = running,
                       .execute = execute,
                       .deliver = deliver,
                       .give_up = give_up,
                       .tick = tick};
    return perebor_job_run(running->ranks, &job, running->ledgers, error);
}

/** Writes the file and says what came out. Rank 0 only. */
static perebor_status finish(search *running, bool stopped, perebor_search_summary *summary,
                             perebor_error *error) {
    perebor_status status;
    perebor_job_progress job = {.elapsed_seconds = wall_clock() - running->begun,
                                .n_ranks = running->ranks->size};
    bool whole = running->gathered.n_done == running->n_trials;
    perebor_supervised_finishing();
    PEREBOR_TRY(done, keeping_commit(&running->kept, true, error));
    perebor_search_progress progress = describe_progress(running, &job);
    if (running->options->progress != NULL) {
        running->options->progress(running->options->progress_context, &progress, true);
    }
    PEREBOR_TRY(
        done,
        write_record(running, whole ? PEREBOR_RESULT_COMPLETE : PEREBOR_RESULT_STOPPED, error));
    PEREBOR_TRY(done, keeping_finish(&running->kept, error));
    *summary = (perebor_search_summary){.output = running->output,
                                        .progress = progress,
                                        .max_failures = running->study->experiment->max_failures,
                                        .stopped = stopped};
    running->output = NULL;
    perebor_trials_digest(running->trials, summary->digest);
done:
    return status;
}

/** Frees a search, or leaves it to the thread that hangs in it until the process ends. */
static void release(search *running) {
    if (perebor_job_hangs(running->ranks)) {
        keeping_abandon(&running->kept);
        return;
    }
    for (int thread = 0; running->workspaces != NULL && thread < running->n_threads; thread++) {
        perebor_workspace_release(&running->workspaces[thread]);
    }
    free(running->workspaces);
    free(running->order);
    free(running->seconds);
    free(running->received);
    free(running->ledgers);
    free(running->stages);
    free(running->skip);
    keeping_abandon(&running->kept);
    free(running->output);
    perebor_trials_free(running->trials);
    perebor_plan_free(running->plan);
    perebor_study_free(running->study);
    free(running);
}

/** Commits what was finished before something failed: it is finished all the same. */
static void save_finished(search *running) {
    perebor_error ignored; // what failed first is what is reported
    if (running->ranks->rank == 0 && running->kept.journal != NULL) {
        (void)!keeping_commit(&running->kept, true, &ignored);
    }
}

perebor_status perebor_search_run(perebor_ranks *ranks, const perebor_search_options *options,
                                  const perebor_search_previous *previous,
                                  perebor_search_summary *summary, perebor_error *error) {
    perebor_status status;
    search *running = calloc(1, sizeof *running);
    status = running != NULL ? PEREBOR_OK
                             : perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory for a search");
    status = perebor_ranks_agree(ranks, status, error);
    if (status != PEREBOR_OK || running == NULL) {
        free(running);
        return status;
    }
    *running = (search){.ranks = ranks, .options = options, .previous = previous};
    PEREBOR_TRY(done, prepare(running, error));
    running->begun = wall_clock();
    running->time_limit = time_limit_seconds(
        options->max_seconds, running->study->experiment->timeout_seconds, running->begun);
    status = run_units(running, error);
    running->job_ended = perebor_ranks_seconds(ranks);
    bool stopped = status == PEREBOR_ERR_STOPPED;
    if (status != PEREBOR_OK && !stopped) {
        save_finished(running);
    } else if (ranks->rank == 0) {
        perebor_status written = finish(running, stopped, summary, error);
        status = written != PEREBOR_OK ? written : status;
    }
done:
    release(running);
    return status;
}

/** Reads the file, unless the journal beside it is of a search that is replacing it. */
static void read_previous_file(perebor_search_previous *previous, const char *output) {
    char *journal = keeping_journal_path(output);
    keeping_found found = keeping_look(output);
    if (journal == NULL) {
        previous->status =
            perebor_fail(&previous->error, PEREBOR_ERR_MEMORY, "no memory for the journal");
    } else if (found.file) {
        previous->status = perebor_result_read(&previous->result, output, &previous->error);
        if (previous->status == PEREBOR_OK && found.journal &&
            !keeping_belongs(journal, previous->result)) {
            perebor_result_free(previous->result);
            previous->result = NULL;
        }
    }
    free(journal);
}

void perebor_search_previous_read(perebor_search_previous *previous,
                                  const perebor_search_options *options) {
    perebor_experiment *experiment = NULL;
    char *output = NULL;
    time_t since = perebor_supervised_since();
    *previous = (perebor_search_previous){
        .status = PEREBOR_OK, .resume = options->resume, .overwrite = options->overwrite};
    if (!options->resume && since == 0) {
        return;
    }
    // A fault of the experiment, or of the place for the output, is reported by
    // perebor_search_run().
    if (perebor_experiment_read(&experiment, options->experiment, options->overrides,
                                options->n_overrides, NULL) == PEREBOR_OK &&
        record_choose_output(experiment, options->output, options->overwrite, true, &output,
                             NULL) == PEREBOR_OK) {
        if (since > 0 && keeping_left_since(output, since)) {
            previous->resume = true;
            previous->overwrite = false;
        }
        if (previous->resume) {
            read_previous_file(previous, output);
        }
    }
    free(output);
    perebor_experiment_free(experiment);
}

void perebor_search_previous_release(perebor_search_previous *previous) {
    perebor_result_free(previous->result);
    *previous = (perebor_search_previous){0};
}

void perebor_search_summary_release(perebor_search_summary *summary) {
    free(summary->output);
    *summary = (perebor_search_summary){0};
}
