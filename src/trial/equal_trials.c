// SPDX-License-Identifier: MIT
#include "trial/equal_trials.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "trial/plan.h"

/** A place of the table of candidates: the first trial that has it. */
typedef struct slot {
    uint32_t trial; /**< + 1; 0: empty. */
    uint32_t tag;   /**< The upper half of the candidate's hash. */
} slot;

/** A search under way. */
typedef struct candidate_lookup {
    const perebor_pipeline *pipeline;
    const perebor_space *space;
    uint64_t first_trial;
    perebor_value *values; /**< [n_parameters] */
    slot *slots;           /**< [n_slots] */
    size_t n_slots;        /**< A power of two, twice the trials at least. */
} candidate_lookup;

static perebor_status resolve(const candidate_lookup *lookup, uint32_t trial,
                              perebor_candidate *candidate, perebor_error *error) {
    perebor_space_point(lookup->space, lookup->first_trial + trial, lookup->values);
    return perebor_pipeline_resolve(lookup->pipeline, lookup->values, candidate, error);
}

/** The first trial with the candidate of a trial: that trial itself, if it is the first. */
static perebor_status find_first(const candidate_lookup *lookup, uint32_t trial, uint32_t *first,
                                 perebor_error *error) {
    perebor_status status;
    perebor_candidate candidate;
    PEREBOR_TRY(done, resolve(lookup, trial, &candidate, error));
    uint64_t hash = perebor_candidate_hash(&candidate);
    uint32_t tag = (uint32_t)(hash >> 32);
    size_t place = (size_t)hash & (lookup->n_slots - 1);
    for (; lookup->slots[place].trial != 0; place = (place + 1) & (lookup->n_slots - 1)) {
        perebor_candidate other;
        uint32_t earlier = lookup->slots[place].trial - 1;
        if (lookup->slots[place].tag != tag) {
            continue;
        }
        PEREBOR_TRY(done, resolve(lookup, earlier, &other, error));
        if (perebor_candidate_compare(&candidate, &other) == 0) {
            *first = earlier;
            return PEREBOR_OK;
        }
    }
    lookup->slots[place] = (slot){.trial = trial + 1, .tag = tag};
    *first = trial;
done:
    return status;
}

static perebor_status allocate(equal_trials *equal, candidate_lookup *lookup,
                               perebor_error *error) {
    size_t n = equal->n_trials;
    lookup->n_slots = 16;
    while (lookup->n_slots / 2 < n) {
        lookup->n_slots *= 2;
    }
    lookup->slots = calloc(lookup->n_slots, sizeof *lookup->slots);
    lookup->values = calloc(perebor_space_n_parameters(lookup->space) + 1, sizeof *lookup->values);
    equal->source = malloc((n + 1) * sizeof *equal->source);
    equal->follower = malloc((n + 1) * sizeof *equal->follower);
    equal->next = malloc((n + 1) * sizeof *equal->next);
    if (lookup->slots == NULL || lookup->values == NULL || equal->source == NULL ||
        equal->follower == NULL || equal->next == NULL) {
        return perebor_no_memory(error, "to compare %zu trials", n);
    }
    memset(equal->source, 0xFF, n * sizeof *equal->source); // EQUAL_TRIALS_NONE
    memset(equal->follower, 0xFF, n * sizeof *equal->follower);
    memset(equal->next, 0xFF, n * sizeof *equal->next);
    return PEREBOR_OK;
}

/** Whether a plan that is given both trials makes them one member. */
static bool plan_merges(uint32_t a, uint32_t b) {
    return a / PEREBOR_PLAN_WINDOW_TRIALS == b / PEREBOR_PLAN_WINDOW_TRIALS;
}

perebor_status equal_trials_find(equal_trials *equal, const perebor_pipeline *pipeline,
                                 const perebor_space *space, uint64_t first_trial, size_t n_trials,
                                 const bool *finished, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    equal_trials found = {.n_trials = n_trials};
    candidate_lookup lookup = {.pipeline = pipeline, .space = space, .first_trial = first_trial};
    uint32_t first = 0;
    if (n_trials >= EQUAL_TRIALS_NONE) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%zu trials are more than one run takes",
                            n_trials);
    }
    PEREBOR_TRY(done, allocate(&found, &lookup, error));
    for (uint32_t trial = 0; trial < n_trials; trial++) { // whose outcomes are there come first
        if (finished[trial]) {
            PEREBOR_TRY(done, find_first(&lookup, trial, &first, error));
        }
    }
    for (uint32_t trial = 0; trial < n_trials; trial++) {
        if (finished[trial]) {
            continue;
        }
        PEREBOR_TRY(done, find_first(&lookup, trial, &first, error));
        if (first != trial && (finished[first] || !plan_merges(first, trial))) {
            found.source[trial] = first;
            found.next[trial] = found.follower[first];
            found.follower[first] = trial;
        }
    }
    *equal = found;
    found = (equal_trials){0};
done:
    free(lookup.slots);
    free(lookup.values);
    equal_trials_release(&found);
    return status;
}

void equal_trials_release(equal_trials *equal) {
    free(equal->source);
    free(equal->follower);
    free(equal->next);
    *equal = (equal_trials){0};
}
