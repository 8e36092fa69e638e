// SPDX-License-Identifier: MIT
// Which trials a search evaluates, and in what plan.
#include <stdlib.h>

#include "base/try.h"
#include "run/search_state.h"

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
        status = perebor_no_memory(error, "for %zu trials", search->n_trials);
    } else if (search->ranks->rank == 0) {
        status = perebor_trials_create(&search->trials, search->study->experiment->space,
                                       search->first_trial, search->n_trials,
                                       search->study->n_folds, error);
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

perebor_status search_plan(search *search, perebor_error *error) {
    perebor_status status;
    const perebor_study *study = search->study;
    perebor_fold_shape shape = perebor_study_shape(study);
    status = choose_trials(search, error);
    PEREBOR_TRY(done, perebor_ranks_agree(search->ranks, status, error));
    PEREBOR_TRY(done, find_finished(search, error));
    status = perebor_plan_create(&search->plan, study->pipeline, study->experiment->space,
                                 search->first_trial, search->n_trials, search->skip,
                                 perebor_study_shares(study->experiment, search->options->share),
                                 study->n_folds, &shape, error);
    status = perebor_ranks_agree(search->ranks, status, error);
done:
    return status;
}
