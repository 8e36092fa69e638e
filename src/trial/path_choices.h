// SPDX-License-Identifier: MIT
/**
 * @file path_choices.h
 * What the paths of a search came to: how many estimators its trials have whose n_estimators is a
 * path. A candidate is resolved from a point, which says no more than the most of them.
 */
#ifndef PEREBOR_TRIAL_PATH_CHOICES_H
#define PEREBOR_TRIAL_PATH_CHOICES_H

#include <stddef.h>
#include <stdint.h>

#include "perebor/pipeline.h"
#include "perebor/status.h"
#include "perebor/trials.h"

typedef struct path_choice {
    uint64_t trial; /**< Its number. */
    uint64_t n_estimators;
} path_choice;

/** Starts as {0}. */
typedef struct path_choices {
    path_choice *items; /**< [n] ascending by trial. */
    size_t n;
} path_choices;

/** Lists those of a table. @param[out] choices  Released with path_choices_release(). */
PEREBOR_MUST_CHECK perebor_status path_choices_list(path_choices *choices,
                                                    const perebor_trials *trials,
                                                    perebor_error *error);

void path_choices_release(path_choices *choices);

/** What the path of a trial came to; 0: it has none. */
size_t path_choices_find(const path_choices *choices, uint64_t trial);

/** Makes of a trial's candidate the one with so many estimators. @param[in] n_estimators  0: stays.
 */
void path_choice_settle(perebor_candidate *candidate, size_t n_estimators);

#endif
