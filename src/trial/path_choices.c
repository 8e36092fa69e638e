// SPDX-License-Identifier: MIT
#include "trial/path_choices.h"

#include <stdlib.h>

perebor_status path_choices_list(path_choices *choices, const perebor_trials *trials,
                                 perebor_error *error) {
    size_t n = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        n += trials->n_estimators[trial] > 0;
    }
    path_choice *items = calloc(n + 1, sizeof *items);
    if (items == NULL) {
        return perebor_no_memory(error, "for %zu trials", n);
    }
    n = 0;
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        if (trials->n_estimators[trial] > 0) {
            items[n++] = (path_choice){.trial = trials->first_trial + trial,
                                       .n_estimators = trials->n_estimators[trial]};
        }
    }
    *choices = (path_choices){.items = items, .n = n};
    return PEREBOR_OK;
}

void path_choices_release(path_choices *choices) {
    free(choices->items);
    *choices = (path_choices){0};
}

static int compare_trials(const void *key, const void *item) {
    uint64_t trial = *(const uint64_t *)key;
    uint64_t other = ((const path_choice *)item)->trial;
    return (trial > other) - (trial < other);
}

size_t path_choices_find(const path_choices *choices, uint64_t trial) {
    const path_choice *found = choices->n == 0 ? NULL
                                               : bsearch(&trial, choices->items, choices->n,
                                                         sizeof *choices->items, compare_trials);
    return found == NULL ? 0 : (size_t)found->n_estimators;
}

void path_choice_settle(perebor_candidate *candidate, size_t n_estimators) {
    if (n_estimators > 0) {
        perebor_learner_set_n_estimators(candidate->learner, candidate->settings, n_estimators);
    }
}
