// SPDX-License-Identifier: MIT
#include "cli/setting_warnings.h"

#include <inttypes.h>
#include <stdio.h>

#include "perebor/learner.h"

/** The trials of one learner that will fail. */
typedef struct refusal {
    size_t n_trials;      /**< All that have the learner. */
    size_t n_refused;     /**< Those of them that will fail. */
    uint32_t first;       /**< The first that will, counted from the plan's first trial. */
    perebor_error reason; /**< Why that one will. */
} refusal;

static void check_family(refusal *found, const perebor_plan *plan,
                         const perebor_family_range *family, const perebor_fold_shape *shape) {
    bool selects = family->select_k > 0 && family->select_k < shape->n_columns;
    size_t n_columns = selects ? family->select_k : shape->n_columns;
    for (size_t i = 0; i < family->n_members; i++) {
        const perebor_member *member = perebor_plan_member(plan, family->first_member + i);
        perebor_error reason = {0};
        found->n_trials += member->n_trials;
        if (family->learner->check(member->settings, shape->n_training, n_columns, &reason) ==
            PEREBOR_OK) {
            continue;
        }
        if (found->n_refused == 0 || member->trials[0] < found->first) {
            found->first = member->trials[0];
            found->reason = reason;
        }
        found->n_refused += member->n_trials;
    }
}

static refusal check_learner(const perebor_plan *plan, const perebor_learner *learner,
                             const perebor_fold_shape *shape) {
    refusal found = {.n_trials = 0};
    for (size_t i = 0; i < perebor_plan_n_bundles(plan); i++) {
        const perebor_bundle *bundle = perebor_plan_bundle(plan, i);
        for (size_t j = 0; j < bundle->n_families; j++) {
            const perebor_family_range *family =
                perebor_plan_family(plan, bundle->first_family + j);
            if (family->learner == learner) {
                check_family(&found, plan, family, shape);
            }
        }
    }
    return found;
}

size_t setting_warnings_print(const perebor_plan *plan, const perebor_fold_shape *shape,
                              uint64_t first_trial) {
    size_t n_warnings = 0;
    size_t n_learners = 0;
    const perebor_learner_savings *learners = perebor_plan_learners(plan, &n_learners);
    for (size_t i = 0; i < n_learners; i++) {
        if (learners[i].n_trials == 0 || learners[i].learner->check == NULL) {
            continue;
        }
        refusal found = check_learner(plan, learners[i].learner, shape);
        if (found.n_refused > 0) {
            fprintf(stderr,
                    "perebor: warning: %zu of %zu trial%s of %s will fail, the first is trial "
                    "%" PRIu64 ": %s\n",
                    found.n_refused, found.n_trials, found.n_trials == 1 ? "" : "s",
                    learners[i].learner->name, first_trial + found.first, found.reason.message);
            n_warnings++;
        }
    }
    return n_warnings;
}
