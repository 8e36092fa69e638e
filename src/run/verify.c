// SPDX-License-Identifier: MIT
#include "run/verify.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arithmetic.h"
#include "base/try.h"
#include "exec/job.h"
#include "perebor/learning_curve.h"
#include "trial/plan.h"

perebor_status perebor_verify_same_experiment(const perebor_study *study,
                                              const perebor_result *result, const char *file,
                                              perebor_error *error) {
    perebor_search_identity ours, theirs;
    const char *experiment = study->experiment->file;
    perebor_status status = perebor_study_identify(study, &ours, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    perebor_search_identity_of_result(&theirs, result);
    unsigned found = perebor_search_identity_compare(&ours, &theirs);
    if ((found & PEREBOR_DIFFERS_IN_METRICS) != 0) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "%s is not the experiment that %s came from: its search.metric or "
                            "search.metrics differ",
                            experiment, file);
    }
    if ((found & PEREBOR_DIFFERS_IN_TRIAL_MEMORY) != 0) {
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "%s is not the experiment that %s came from: its search.trial_memory "
                            "is %" PRIu64 " bytes, there it is %" PRIu64 " (0: no limit)",
                            experiment, file, ours.trial_memory, theirs.trial_memory);
    }
    if ((found & PEREBOR_DIFFERS_IN_EXPERIMENT) != 0) {
        return perebor_fail(
            error, PEREBOR_ERR_CONFLICT,
            "%s is not the experiment that %s came from: its settings differ; give "
            "the same file and every --set that run was given, and --set seed=N for its "
            "--seed N",
            experiment, file);
    }
    if (found != 0) {
        const char *what = (found & PEREBOR_DIFFERS_IN_DATA) != 0 ? "tables" : "folds";
        return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                            "the %s of %s are not what they were when %s was made", what,
                            experiment, file);
    }
    return PEREBOR_OK;
}

/** Puts the outcome of one member on one fold where it belongs. */
static perebor_status put_outcome(perebor_trials *trials, const perebor_member *member, size_t fold,
                                  const perebor_member_outcome *outcome, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (uint32_t k = 0; k < member->n_trials; k++) {
        size_t trial = member->trials[k];
        perebor_trials_set_fold(trials, trial, fold, &outcome->fold, &outcome->further);
        if (outcome->n_points > 0) {
            PEREBOR_TRY(done, perebor_trials_set_curve(trials, trial, fold, outcome->curve,
                                                       outcome->n_points, error));
        }
        if (outcome->path_end > 0) {
            PEREBOR_TRY(done, perebor_trials_set_path(trials, trial, fold, outcome->path_end,
                                                      outcome->path, error));
        }
        if (outcome->fold.state != PEREBOR_TRIAL_COMPLETE) {
            trials->state[trial] = PEREBOR_TRIAL_FAIL;
        } else if (trials->state[trial] == PEREBOR_TRIAL_WAITING) {
            trials->state[trial] = PEREBOR_TRIAL_COMPLETE;
        }
    }
done:
    return status;
}

/**
 * Evaluates a member on one fold by a fitted pipeline, which shares no step with a search but the
 * learner's own: that the two agree says more than that a search repeats itself. Where the
 * best of a path is chosen, it is a pipeline of so many estimators.
 */
static perebor_status evaluate_member(const perebor_study *study, const perebor_member *member,
                                      size_t fold, const perebor_trials *again,
                                      perebor_workspace *workspace, perebor_member_outcome *outcome,
                                      perebor_error *error) {
    perebor_status status;
    perebor_candidate candidate;
    size_t trial = member->trials[0];
    const perebor_value *point = again->values + trial * again->n_parameters;
    PEREBOR_TRY(done, perebor_pipeline_resolve(study->pipeline, point, &candidate, error));
    path_choice_settle(&candidate, again->n_estimators[trial]);
    PEREBOR_TRY(done, perebor_evaluate_fitted(study->evaluator, &candidate, fold, workspace,
                                              outcome, error));
done:
    return status;
}

/** The score out of bag, which fitted pipelines do not tell. */
static void keep_out_of_bag(perebor_fold_outcome *outcome, const perebor_fold_outcome *from) {
    outcome->oob_score = from->oob_score;
    outcome->oob_lacking = from->oob_lacking;
    outcome->has_oob = from->has_oob;
}

/** Lets paths choose, and evaluates what they came to by fitted pipelines. */
static perebor_status choose_of_paths(const perebor_study *study, const perebor_plan *plan,
                                      const perebor_bundle *bundle, perebor_trials *again,
                                      perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_member_outcome outcome = {0};
    for (size_t i = 0; i < bundle->n_members; i++) {
        const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
        for (uint32_t k = 0; k < member->n_trials; k++) {
            perebor_trials_choose_n_estimators(again, member->trials[k]);
        }
        bool chosen = again->n_estimators[member->trials[0]] > 0;
        for (size_t fold = 0; chosen && fold < study->folds.n_folds; fold++) {
            PEREBOR_TRY(done,
                        evaluate_member(study, member, fold, again, workspace, &outcome, error));
            keep_out_of_bag(&outcome.fold,
                            &again->folds[member->trials[0] * again->n_folds + fold]);
            PEREBOR_TRY(done, put_outcome(again, member, fold, &outcome, error));
            perebor_member_outcomes_release(&outcome, 1);
        }
    }
done:
    perebor_member_outcomes_release(&outcome, 1);
    return status;
}

/** Whether trials of a bundle have learning curves in the file; who has scores out of bag has one.
 */
static bool has_curves(const perebor_plan *plan, const perebor_bundle *bundle,
                       const perebor_trials *recorded) {
    for (size_t i = 0; i < bundle->n_members; i++) {
        const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
        for (uint32_t k = 0; k < member->n_trials; k++) {
            if (recorded->curves[member->trials[k]] != NULL) {
                return true;
            }
        }
    }
    return false;
}

/** Puts the outcome by a fitted pipeline, which has no learning curve and no score out of bag, in
 * the place of that by the way of a search, whose own these stay. */
static perebor_status evaluate_again(const perebor_study *study, const perebor_member *member,
                                     size_t fold, const perebor_trials *again,
                                     perebor_workspace *workspace, perebor_member_outcome *outcome,
                                     perebor_error *error) {
    perebor_status status;
    perebor_member_outcome fitted = {0};
    PEREBOR_TRY(done, evaluate_member(study, member, fold, again, workspace, &fitted, error));
    if (fitted.fold.state == PEREBOR_TRIAL_COMPLETE) {
        fitted.n_points = outcome->n_points;
        memcpy(fitted.curve, outcome->curve, sizeof fitted.curve);
        keep_out_of_bag(&fitted.fold, &outcome->fold);
    }
    perebor_member_outcomes_release(outcome, 1);
    *outcome = fitted;
done:
    return status;
}

static perebor_status evaluate_bundle(const perebor_study *study, const perebor_plan *plan,
                                      size_t number, const perebor_trials *recorded,
                                      perebor_trials *again, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_bundle *bundle = perebor_plan_bundle(plan, number);
    // Only the way of a search says whether a member keeps to the limit, chooses of paths, and
    // tells what is beside the scores.
    bool limited = study->experiment->trial_memory_bytes > 0;
    bool searched =
        limited || perebor_plan_has_path(plan, bundle) || has_curves(plan, bundle, recorded);
    perebor_workspace workspace = {0};
    perebor_member_outcome *outcomes = calloc(bundle->n_members, sizeof *outcomes);
    if (outcomes == NULL) {
        return perebor_no_memory(error, "for %u outcomes", (unsigned)bundle->n_members);
    }
    for (size_t fold = 0; fold < study->folds.n_folds; fold++) {
        if (searched) {
            PEREBOR_TRY(done, perebor_evaluate(study->evaluator, plan, number, fold, &workspace,
                                               outcomes, NULL, error));
        }
        for (size_t i = 0; i < bundle->n_members; i++) {
            const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
            bool failed = limited && outcomes[i].fold.state != PEREBOR_TRIAL_COMPLETE;
            if (!failed && outcomes[i].path_end == 0) {
                PEREBOR_TRY(done, evaluate_again(study, member, fold, again, &workspace,
                                                 &outcomes[i], error));
            }
            PEREBOR_TRY(done, put_outcome(again, member, fold, &outcomes[i], error));
        }
        perebor_member_outcomes_release(outcomes, bundle->n_members);
    }
    status = choose_of_paths(study, plan, bundle, again, &workspace, error);
done:
    perebor_member_outcomes_release(outcomes, bundle->n_members);
    perebor_workspace_release(&workspace);
    free(outcomes);
    return status;
}

static bool same_bits(double a, double b) {
    return arithmetic_to_bits(a) == arithmetic_to_bits(b) || (isnan(a) && isnan(b));
}

/** Whether a learning curve in the file is not what it is now; what is said of it. */
static bool curve_differs(const perebor_trials *recorded, const perebor_trials *again, size_t trial,
                          char *text, size_t size) {
    const perebor_trial_curve *before = recorded->curves[trial];
    const perebor_trial_curve *now = again->curves[trial];
    if (before == NULL) { // of a file from before there were any
        return false;
    }
    if (now == NULL || now->n_points != before->n_points) {
        snprintf(text, size,
                 "its learning curve has %" PRIu32 " points in the file, %" PRIu32 " now",
                 before->n_points, now == NULL ? 0 : now->n_points);
        return true;
    }
    for (size_t i = 0; i < recorded->n_folds * before->n_points; i++) {
        if (!same_bits(before->scores[i], now->scores[i])) {
            snprintf(text, size,
                     "the learning curve of fold %zu is at %.17g for %zu estimators in the file, "
                     "at %.17g now",
                     i / before->n_points, before->scores[i],
                     perebor_curve_n_estimators(i % before->n_points), now->scores[i]);
            return true;
        }
    }
    return false;
}

/** Whether scores out of bag in the file are not what they are now; what is said of them. */
static bool out_of_bag_differs(const perebor_trials *recorded, const perebor_trials *again,
                               size_t trial, char *text, size_t size) {
    for (size_t fold = 0; fold < recorded->n_folds; fold++) {
        const perebor_fold_outcome *before = &recorded->folds[trial * recorded->n_folds + fold];
        const perebor_fold_outcome *now = &again->folds[trial * recorded->n_folds + fold];
        if (perebor_trials_has_oob(recorded, trial, fold) &&
            (!same_bits(before->oob_score, now->oob_score) ||
             before->oob_lacking != now->oob_lacking)) {
            snprintf(text, size,
                     "fold %zu scored %.17g out of bag without %" PRIu32 " rows in the file, %.17g "
                     "without %" PRIu32 " now",
                     fold, before->oob_score, before->oob_lacking, now->oob_score,
                     now->oob_lacking);
            return true;
        }
    }
    return false;
}

/** Says in one line how a trial differs from its record. */
static void describe(const perebor_trials *recorded, const perebor_trials *again, size_t trial,
                     char *text, size_t size) {
    if (recorded->state[trial] != again->state[trial]) {
        const char *reason = recorded->error[trial];
        snprintf(text, size, "state %s in the file%s%s%s, %s now",
                 perebor_trial_state_name(recorded->state[trial]), reason != NULL ? " (" : "",
                 reason != NULL ? reason : "", reason != NULL ? ")" : "",
                 perebor_trial_state_name(again->state[trial]));
        return;
    }
    for (size_t metric = 0; metric < recorded->n_metrics; metric++) {
        for (size_t fold = 0; fold < recorded->n_folds; fold++) {
            double before = perebor_trials_score(recorded, trial, fold, metric, PEREBOR_TEST);
            double now = perebor_trials_score(again, trial, fold, metric, PEREBOR_TEST);
            if (!same_bits(before, now)) {
                bool named = !perebor_trials_have_default_metric(recorded);
                snprintf(text, size, "fold %zu scored %.17g%s%s in the file, %.17g now", fold,
                         before, named ? " by " : "", named ? recorded->metric_names[metric] : "",
                         now);
                return;
            }
        }
    }
    if (recorded->n_estimators[trial] != again->n_estimators[trial]) {
        snprintf(text, size,
                 "its path came to %" PRIu32 " estimators in the file, to %" PRIu32 " now",
                 recorded->n_estimators[trial], again->n_estimators[trial]);
        return;
    }
    snprintf(text, size, "the file has another point than the space draws");
}

/** Everything that a verification works on. */
typedef struct verification {
    perebor_trials *again; /**< As evaluated here. */
    bool *skip;            /**< [n_trials] */
    perebor_plan *plan;
} verification;

/** Whether a trial failed because of search.trial_timeout. */
static bool ran_out_of_time(const perebor_trials *recorded, size_t trial) {
    const char *reason = recorded->error[trial];
    return recorded->state[trial] == PEREBOR_TRIAL_FAIL && reason != NULL &&
           strncmp(reason, JOB_OUT_OF_TIME, strlen(JOB_OUT_OF_TIME)) == 0;
}

/** Chooses what to evaluate, and plans it. */
static perebor_status prepare(verification *verification, const perebor_study *study,
                              const perebor_trials *recorded, const bool *wanted,
                              perebor_verification *report, perebor_error *error) {
    perebor_status status;
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    PEREBOR_TRY(done, perebor_trials_create(&verification->again, study->experiment->space,
                                            recorded->first_trial, recorded->n_trials,
                                            recorded->n_folds, error));
    PEREBOR_TRY(done, perebor_study_set_metrics(study, verification->again, error));
    if (!perebor_trials_same_metrics(recorded, verification->again)) {
        status = perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "the trials were scored by other metrics than the experiment's");
        goto done;
    }
    verification->skip = calloc(recorded->n_trials + 1, sizeof *verification->skip);
    if (verification->skip == NULL) {
        status = perebor_no_memory(error, "for %zu trials", recorded->n_trials);
        goto done;
    }
    for (size_t trial = 0; trial < recorded->n_trials; trial++) {
        bool asked = wanted == NULL || wanted[trial];
        bool finished = perebor_trials_finished(recorded, trial);
        bool timeless = finished && ran_out_of_time(recorded, trial);
        verification->skip[trial] = !asked || !finished || timeless;
        report->n_verified += !verification->skip[trial];
        report->n_waiting += asked && !finished;
        report->n_out_of_time += asked && timeless;
    }
    // The verification owns skip.
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc)
    status = perebor_plan_create(&verification->plan, study->pipeline, study->experiment->space,
                                 recorded->first_trial, recorded->n_trials, verification->skip,
                                 true, study->folds.n_folds, &shape, error);
done:
    return status;
}

perebor_status perebor_verify(const perebor_study *study, const perebor_result *result,
                              const bool *wanted,
                              void (*differs)(void *context, uint64_t trial, const char *what),
                              void *context, perebor_verification *report, perebor_error *error) {
    perebor_status status;
    const perebor_trials *recorded = result->trials;
    verification verification = {0};
    perebor_verification draft = {0};
    PEREBOR_TRY(done, prepare(&verification, study, recorded, wanted, &draft, error));
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(verification.plan); bundle++) {
        PEREBOR_TRY(done, evaluate_bundle(study, verification.plan, bundle, recorded,
                                          verification.again, error));
    }
    for (size_t trial = 0; trial < recorded->n_trials; trial++) {
        uint8_t before[32];
        uint8_t now[32];
        char what[1200];
        if (verification.skip[trial]) {
            continue;
        }
        perebor_trials_digest_one(recorded, trial, before);
        perebor_trials_digest_one(verification.again, trial, now);
        bool differing = memcmp(before, now, sizeof now) != 0;
        if (differing) {
            describe(recorded, verification.again, trial, what, sizeof what);
        } else {
            differing = curve_differs(recorded, verification.again, trial, what, sizeof what) ||
                        out_of_bag_differs(recorded, verification.again, trial, what, sizeof what);
        }
        if (differing) {
            draft.n_differing++;
            differs(context, recorded->first_trial + trial, what);
        }
    }
    *report = draft;
done:
    perebor_plan_free(verification.plan);
    free(verification.skip);
    perebor_trials_free(verification.again);
    return status;
}
