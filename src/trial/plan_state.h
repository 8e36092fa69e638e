// SPDX-License-Identifier: MIT
/**
 * @file plan_state.h
 * A plan from within: how it is made (plan.c), which layouts its families share (plan_layouts.c),
 * and in which order its units are handed out (plan_order.c).
 */
#ifndef PEREBOR_TRIAL_PLAN_STATE_H
#define PEREBOR_TRIAL_PLAN_STATE_H

#include "trial/plan.h"

struct perebor_plan {
    perebor_member *members;
    size_t n_members;
    uint32_t *trials; /**< Those of all members, behind one another. */
    perebor_family_range *families;
    size_t n_families;
    perebor_bundle *bundles;
    size_t n_bundles;
    perebor_value **window_settings; /**< [n_windows] of each window's members, likewise. */
    size_t *window_bundle;           /**< [n_windows + 1] first bundle of each window. */
    size_t n_windows;
    size_t n_folds;
    size_t n_units;
    perebor_plan_savings savings;
    perebor_learner_savings *learners; /**< [n_learners] */
    size_t n_learners;
};

/** What a learner will be given: as many levels of what is selected as there are among all. */
perebor_table_shape plan_prepared_shape(const perebor_preparation_settings *preparation,
                                        const perebor_fold_shape *shape);

/** The predictions of a learner. */
perebor_learner_savings *plan_savings_of(perebor_plan *plan, const perebor_learner *learner);

/**
 * Finds families that share a layout, numbers these, and takes the time of making them off all but
 * the first that is not refused. @pre Bundles are divided.
 */
PEREBOR_MUST_CHECK perebor_status plan_share_layouts(perebor_plan *plan,
                                                     const perebor_fold_shape *shape,
                                                     perebor_error *error);

#endif
