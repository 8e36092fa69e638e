// SPDX-License-Identifier: MIT
#include "run/nested_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "launch/supervised.h"
#include "run/distribute.h"
#include "run/search_state.h"
#include "run/stored_study.h"

/** One run on one rank. */
typedef struct nested_run {
    nested_request *request;
    nested_outcome *outcome;
    perebor_search_previous previous;
} nested_run;

/** What rank 0 knows of the search. */
typedef struct nested_scope {
    uint64_t first_trial, end_trial;
    size_t n_outer;
} nested_scope;

/** Refuses a search of which the scores would be of a part. */
static perebor_status check_finished(const perebor_result *result, const char *file,
                                     perebor_error *error) {
    size_t n_finished = perebor_trials_n_finished(result->trials);
    return n_finished == result->trials->n_trials
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%zu of the %zu trials of %s are not finished: finish them with "
                              "'perebor run ... --resume' first",
                              result->trials->n_trials - n_finished, result->trials->n_trials,
                              file);
}

/** Rank 0: the experiment of the file with its tables. */
static perebor_status load(const nested_request *request, perebor_study **study,
                           perebor_error *error) {
    perebor_status status = request->read;
    if (status != PEREBOR_OK && error != NULL) {
        *error = request->reason;
    }
    PEREBOR_TRY(done, status);
    PEREBOR_TRY(done, check_finished(request->result, request->file, error));
    PEREBOR_TRY(done,
                stored_study_load(study, request->result, request->file, request->folder, error));
done:
    return status;
}

/** Rank 0: where the journal is, and whether it is continued. */
static perebor_status find_previous(nested_run *run, search *search, perebor_error *error) {
    static const char ending[] = ".nested";
    const nested_request *request = run->request;
    size_t size = strlen(request->file) + sizeof ending;
    search->output = malloc(size);
    if (search->output == NULL) {
        return perebor_no_memory(error, "for nested cross-validation");
    }
    (void)snprintf(search->output, size, "%s%s", request->file, ending);
    time_t since = perebor_supervised_since();
    bool crashed = since > 0 && checkpoint_left_since(search->output, since);
    run->previous.resume = !request->restart || crashed;
    run->previous.overwrite = !run->previous.resume;
    run->previous.found = perebor_file_identify(search->output);
    return PEREBOR_OK;
}

/** Gives every rank what rank 0 knows. */
static perebor_status share_scope(nested_run *run, const search *search, nested_scope *scope,
                                  perebor_error *error) {
    const nested_request *request = run->request;
    if (search->ranks->rank == 0) {
        const perebor_trials *trials = request->result->trials;
        *scope = (nested_scope){trials->first_trial, trials->first_trial + trials->n_trials,
                                request->n_outer > 0 ? request->n_outer
                                                     : search->study->experiment->nested_outer};
    }
    return perebor_ranks_broadcast(search->ranks, scope, sizeof *scope, error);
}

static perebor_status begin(search *search, perebor_error *error) {
    nested_run *run = search->kind_context;
    nested_request *request = run->request;
    perebor_search_options *options = &request->options;
    nested_scope scope = {0};
    perebor_status status = PEREBOR_OK;
    if (search->ranks->rank == 0) {
        status = load(request, &search->study, error);
    }
    PEREBOR_TRY(done,
                distribute_loaded(search->ranks, status, options->share, &search->study, error));
    PEREBOR_TRY(done, share_scope(run, search, &scope, error));
    options->trials_given = true;
    options->first_trial = scope.first_trial;
    options->end_trial = scope.end_trial;
    // These are of the search that the file is of: nothing but the journal is written on the way.
    search->study->experiment->timeout_seconds = 0.0;
    search->study->experiment->checkpoint_seconds = 0.0;
    status =
        perebor_study_nest(search->study, scope.n_outer,
                           perebor_study_shares(search->study->experiment, options->share), error);
    if (status == PEREBOR_OK && search->ranks->rank == 0) {
        status = find_previous(run, search, error);
    }
    status = perebor_ranks_agree(search->ranks, status, error);
done:
    return status;
}

/** Lets the rules choose, and has the stage written: then the journal may go. */
static perebor_status end(search *search, bool stopped, perebor_error *error) {
    perebor_status status;
    nested_run *run = search->kind_context;
    nested_request *request = run->request;
    perebor_supervised_finishing();
    status = checkpoint_commit(&search->checkpoint, true, error);
    bool lost = checkpoint_is_lost(&search->checkpoint);
    bool whole = search->collector.n_done == search->n_trials;
    if (!lost || !whole) {
        PEREBOR_TRY(done, status);
    }
    if (stopped || !whole) {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, nested_outcome_make(run->outcome, search->study, search->trials, error));
    PEREBOR_TRY(done, nested_stage_put(request->result, run->outcome, search->study, search->trials,
                                       error));
    PEREBOR_TRY(done, request->save(request->save_context, error));
    status = lost ? PEREBOR_OK : checkpoint_finish(&search->checkpoint, error);
done:
    return status;
}

perebor_status nested_search_run(perebor_ranks *ranks, nested_request *request,
                                 nested_outcome *outcome, perebor_error *error) {
    static const search_kind kind = {.begin = begin, .end = end};
    nested_outcome found = {0};
    nested_run run = {.request = request, .outcome = &found};
    const search start = {.ranks = ranks,
                          .options = &request->options,
                          .previous = &run.previous,
                          .kind = &kind,
                          .kind_context = &run};
    perebor_status status = search_conduct(&start, error);
    if (status == PEREBOR_OK) {
        *outcome = found;
    } else {
        nested_outcome_release(&found);
    }
    return status;
}
