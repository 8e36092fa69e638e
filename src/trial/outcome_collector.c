// SPDX-License-Identifier: MIT
#include "trial/outcome_collector.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"

/** Copies a text into the table. */
static perebor_status keep_text(perebor_trials *trials, const char **text, const char *from,
                                perebor_error *error) {
    *text = from != NULL ? perebor_trials_intern(trials, from) : NULL;
    if (from != NULL && *text == NULL) {
        return perebor_no_memory(error, "for the record of a trial");
    }
    return PEREBOR_OK;
}

/** The message of a failed trial: that of its lowest failed fold, whichever came first. */
static perebor_status note_failure(perebor_trials *trials, uint32_t trial, size_t fold,
                                   const char *reason, perebor_error *error) {
    for (size_t before = 0; before < fold; before++) {
        size_t cell = trial * trials->n_folds + before;
        if (trials->fold_done[cell] && trials->folds[cell].state == PEREBOR_TRIAL_FAIL) {
            return PEREBOR_OK;
        }
    }
    return keep_text(trials, &trials->error[trial], reason, error);
}

/** Counts a finished trial. */
static void count_trial(outcome_collector *collector, size_t trial) {
    const perebor_trials *trials = collector->trials;
    collector->n_done++;
    if (trials->state[trial] == PEREBOR_TRIAL_FAIL) {
        collector->n_failed++;
        return;
    }
    double score = perebor_trials_mean_test_score(trials, trial);
    uint64_t number = trials->first_trial + trial;
    if (isnan(collector->best_score) || score > collector->best_score ||
        (score == collector->best_score && number < collector->best_trial)) {
        collector->best_score = score;
        collector->best_trial = number;
    }
}

/** Gives a trial the outcome of a finished one; what it took is that one's. */
static perebor_status take_over(outcome_collector *collector, uint32_t trial, uint32_t source,
                                perebor_error *error) {
    perebor_status status;
    perebor_trials *trials = collector->trials;
    PEREBOR_TRY(done, perebor_trials_copy(trials, trial, trials, source, error));
    trials->duration[trial] = 0.0;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        perebor_fold_outcome *outcome = &trials->folds[trial * trials->n_folds + fold];
        outcome->fit_seconds = outcome->score_seconds = 0.0;
    }
    count_trial(collector, trial);
    status = collector->finished(collector->context, trial, error);
done:
    return status;
}

/** Hands the outcome of a finished trial to those that take it over. */
static perebor_status hand_over(outcome_collector *collector, uint32_t source,
                                perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const equal_trials *equal = collector->equal;
    for (uint32_t trial = equal->n_trials > 0 ? equal->follower[source] : EQUAL_TRIALS_NONE;
         trial != EQUAL_TRIALS_NONE; trial = equal->next[trial]) {
        PEREBOR_TRY(done, take_over(collector, trial, source, error));
    }
done:
    return status;
}

/** Closes a trial if its folds are all in. */
static perebor_status close_trial(outcome_collector *collector, uint32_t trial,
                                  perebor_error *error) {
    perebor_status status;
    perebor_trials *trials = collector->trials;
    uint8_t state = PEREBOR_TRIAL_COMPLETE;
    for (size_t fold = 0; fold < trials->n_folds; fold++) {
        if (!trials->fold_done[trial * trials->n_folds + fold]) {
            return PEREBOR_OK;
        }
        if (trials->folds[trial * trials->n_folds + fold].state != PEREBOR_TRIAL_COMPLETE) {
            state = PEREBOR_TRIAL_FAIL;
        }
    }
    trials->state[trial] = state;
    if (!collector->nested) {
        perebor_trials_choose_n_estimators(trials, trial);
    }
    count_trial(collector, trial);
    PEREBOR_TRY(done, collector->finished(collector->context, trial, error));
    status = hand_over(collector, trial, error);
done:
    return status;
}

perebor_status outcome_collector_begin(outcome_collector *collector, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = collector->trials;
    collector->best_score = NAN;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (trials->state[trial] != PEREBOR_TRIAL_WAITING) {
            count_trial(collector, trial);
            collector->n_before++;
        }
    }
    for (uint32_t trial = 0; trial < collector->equal->n_trials; trial++) {
        uint32_t source = collector->equal->source[trial];
        if (source != EQUAL_TRIALS_NONE && trials->state[source] != PEREBOR_TRIAL_WAITING &&
            trials->state[trial] == PEREBOR_TRIAL_WAITING) {
            PEREBOR_TRY(done, take_over(collector, trial, source, error));
        }
    }
done:
    return status;
}

/** Notes where a trial was evaluated last, and when first. */
static perebor_status note_place(perebor_trials *trials, uint32_t trial, const outcome_place *place,
                                 perebor_error *error) {
    if (!isnan(place->started) && !(trials->datetime_start[trial] <= place->started)) {
        trials->datetime_start[trial] = place->started;
    }
    if (place->rank < 0) {
        return PEREBOR_OK;
    }
    trials->mpi_rank[trial] = place->rank;
    trials->n_threads[trial] = place->n_threads;
    return keep_text(trials, &trials->host[trial], place->host, error);
}

static perebor_status add_outcome(outcome_collector *collector, const perebor_member *member,
                                  size_t fold, const perebor_member_outcome *outcome,
                                  const outcome_place *place, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *trials = collector->trials;
    for (uint32_t k = 0; k < member->n_trials; k++) {
        uint32_t trial = member->trials[k];
        size_t cell = trial * trials->n_folds + fold;
        perebor_trials_set_fold(trials, trial, fold, &outcome->fold, &outcome->further);
        PEREBOR_TRY(done, perebor_trials_set_curve(trials, trial, fold, outcome->curve,
                                                   outcome->n_points, error));
        if (outcome->path_end > 0) {
            PEREBOR_TRY(done, perebor_trials_set_path(trials, trial, fold, outcome->path_end,
                                                      outcome->path, error));
        }
        if (k > 0) { // evaluated once; the first trial bears the time
            trials->folds[cell].fit_seconds = trials->folds[cell].score_seconds = 0.0;
        }
        trials->duration[trial] +=
            trials->folds[cell].fit_seconds + trials->folds[cell].score_seconds;
        if (outcome->fold.state == PEREBOR_TRIAL_FAIL) {
            PEREBOR_TRY(done, note_failure(trials, trial, fold, outcome->error, error));
        }
        PEREBOR_TRY(done, note_place(trials, trial, place, error));
        PEREBOR_TRY(done, close_trial(collector, trial, error));
    }
done:
    return status;
}

static void add_stages(perebor_stage_seconds *sum, const perebor_stage_seconds *seconds) {
    sum->prepare += seconds->prepare;
    sum->fit += seconds->fit;
    sum->score += seconds->score;
    sum->metric += seconds->metric;
    sum->n_layouts_made += seconds->n_layouts_made;
    sum->n_layouts_shared += seconds->n_layouts_shared;
}

void outcome_collector_add_seconds(outcome_collector *collector, int rank,
                                   const perebor_stage_seconds *seconds) {
    add_stages(&collector->stages[rank], seconds);
}

perebor_status outcome_collector_add(outcome_collector *collector, size_t bundle, size_t fold,
                                     int rank, const outcome_header *header,
                                     const perebor_member_outcome *outcomes, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_bundle *planned = perebor_plan_bundle(collector->plan, bundle);
    outcome_place place = {.started = header->started,
                           .rank = rank,
                           .n_threads = (int)header->n_threads,
                           .host = header->host};
    for (size_t i = 0; i < planned->n_members; i++) {
        const perebor_member *member =
            perebor_plan_member(collector->plan, planned->first_member + i);
        PEREBOR_TRY(done, add_outcome(collector, member, fold, &outcomes[i], &place, error));
    }
    outcome_collector_add_seconds(collector, rank, &header->seconds);
done:
    return status;
}

perebor_status outcome_collector_give_up(outcome_collector *collector, size_t bundle, size_t fold,
                                         const outcome_place *place, const char *reason,
                                         perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_bundle *planned = perebor_plan_bundle(collector->plan, bundle);
    char *copy = strdup(reason);
    if (copy == NULL) {
        return perebor_no_memory(error, "for the record of a trial");
    }
    perebor_member_outcome failed = {.fold = {.test_score = NAN,
                                              .train_score = NAN,
                                              .oob_score = NAN,
                                              .state = PEREBOR_TRIAL_FAIL},
                                     .error = copy};
    for (size_t i = 0; i < PEREBOR_MAX_METRICS - 1; i++) {
        failed.further.test[i] = failed.further.train[i] = NAN;
    }
    for (size_t i = 0; i < planned->n_members; i++) {
        const perebor_member *member =
            perebor_plan_member(collector->plan, planned->first_member + i);
        PEREBOR_TRY(done, add_outcome(collector, member, fold, &failed, place, error));
    }
done:
    free(copy);
    return status;
}
