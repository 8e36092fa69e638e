// SPDX-License-Identifier: MIT
/**
 * @file trial_condition.h
 * "model=knn and mean_test_score>0.9": conditions on trials.
 */
#ifndef PEREBOR_REPORT_TRIAL_CONDITION_H
#define PEREBOR_REPORT_TRIAL_CONDITION_H

#include <stdbool.h>
#include <stddef.h>

#include "perebor/status.h"
#include "perebor/trials.h"

enum { TRIAL_CONDITIONS_MAX = 16, TRIAL_CONDITION_TEXT = 128 };

/** One comparison. */
typedef struct trial_condition {
    char name[TRIAL_CONDITION_TEXT];
    char comparison[3]; /**< "=", "!=", "<", "<=", ">", ">=" */
    char value[TRIAL_CONDITION_TEXT];
    size_t parameter; /**< Index of the parameter, or SIZE_MAX for a column of every table. */
    size_t metric;    /**< The metric whose columns are meant; 0, the selecting one, for those of
                         score. */
    int column;       /**< Which of those. */
} trial_condition;

/** All of which must hold. */
typedef struct trial_conditions {
    trial_condition items[TRIAL_CONDITIONS_MAX];
    size_t n;
} trial_conditions;

/** Reads conditions. @param[in] where  NULL or "" for none. */
PEREBOR_MUST_CHECK perebor_status trial_conditions_read(trial_conditions *conditions,
                                                        const char *where,
                                                        const perebor_trials *trials,
                                                        perebor_error *error);

/** Whether a trial satisfies all of them. @param[in] ranks  [n_metrics] each [n_trials]. */
bool trial_conditions_hold(const trial_conditions *conditions, const perebor_trials *trials,
                           uint32_t *const *ranks, size_t trial);

#endif
