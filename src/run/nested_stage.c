// SPDX-License-Identifier: MIT
#include "run/nested_stage.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/learning_curve.h"
#include "trial/select.h"
#include "trial/trial_curves.h"

static const double level = 0.95;

enum { RULE_BEST = 0, RULE_ONE_STANDARD_ERROR = 1 };

/** A rule that chose nothing yet. @return NULL if memory is short. */
static nested_rule *add_rule(nested_outcome *outcome, const char *name) {
    nested_rule *grown = realloc(outcome->rules, (outcome->n_rules + 1) * sizeof *grown);
    if (grown == NULL) {
        return NULL;
    }
    outcome->rules = grown;
    nested_rule *rule = &grown[outcome->n_rules++];
    *rule = (nested_rule){.name = name};
    rule->trials = calloc(outcome->n_outer, sizeof *rule->trials);
    rule->inner = calloc(outcome->n_outer, sizeof *rule->inner);
    rule->outer = calloc(outcome->n_outer, sizeof *rule->outer);
    if (rule->trials == NULL || rule->inner == NULL || rule->outer == NULL) {
        return NULL;
    }
    for (size_t outer = 0; outer < outcome->n_outer; outer++) {
        rule->trials[outer] = NESTED_NONE;
        rule->inner[outer] = rule->outer[outer] = NAN;
    }
    return rule;
}

static perebor_status allocate(nested_outcome *outcome, perebor_error *error) {
    size_t n = outcome->n_trials * outcome->n_outer;
    outcome->inner = calloc(n + 1, sizeof *outcome->inner);
    outcome->inner_sd = calloc(n + 1, sizeof *outcome->inner_sd);
    outcome->outer = calloc(n + 1, sizeof *outcome->outer);
    return outcome->inner != NULL && outcome->inner_sd != NULL && outcome->outer != NULL &&
                   add_rule(outcome, "best") != NULL &&
                   add_rule(outcome, "one_standard_error") != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for %zu outer folds", outcome->n_outer);
}

static void release_rule(nested_rule *rule) {
    free(rule->trials);
    free(rule->inner);
    free(rule->outer);
}

void nested_outcome_release(nested_outcome *outcome) {
    for (size_t i = 0; outcome->rules != NULL && i < outcome->n_rules; i++) {
        release_rule(&outcome->rules[i]);
    }
    free(outcome->rules);
    free(outcome->inner);
    free(outcome->inner_sd);
    free(outcome->outer);
    *outcome = (nested_outcome){0};
}

/**
 * Lets a trial whose n_estimators is a path choose by the inner folds of one outer fold: no others
 * have curves here. What it comes to is in made->n_estimators if that is a point of the curve.
 *
 * @param[in] first  The first of the inner folds.
 */
static perebor_status take_path(perebor_trials *made, const perebor_trials *trials, size_t row,
                                size_t first, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trial_curve *curve = trials->curves[row];
    if (curve == NULL || made->state[row] != PEREBOR_TRIAL_COMPLETE) {
        return PEREBOR_OK;
    }
    for (size_t fold = 0; fold < made->n_folds; fold++) {
        PEREBOR_TRY(done, perebor_trials_set_curve(made, row, fold,
                                                   curve->scores + (first + fold) * curve->n_points,
                                                   curve->n_points, error));
    }
    size_t best = trial_curves_best(made, row, curve->n_points);
    if (best < curve->n_points) {
        made->n_estimators[row] = (uint32_t)perebor_curve_n_estimators(best);
    }
    for (size_t fold = 0; best < curve->n_points && fold < made->n_folds; fold++) {
        made->folds[row * made->n_folds + fold].test_score =
            curve->scores[(first + fold) * curve->n_points + best];
    }
done:
    return status;
}

/** The score on the outer fold: of a path, with as many estimators as the inner folds chose. */
static double outer_score(const perebor_trials *within, const perebor_trials *trials, size_t row,
                          size_t fold) {
    const perebor_trial_curve *curve = trials->curves[row];
    return within->n_estimators[row] == 0
               ? perebor_trials_score(trials, row, fold, 0, PEREBOR_TEST)
               : curve->scores[fold * curve->n_points +
                               perebor_curve_n_points(within->n_estimators[row]) - 1];
}

/** The search that was run within one outer fold, as a search of its own. */
static perebor_status extract(perebor_trials **within, const perebor_study *study,
                              const perebor_trials *trials, size_t outer, perebor_error *error) {
    perebor_status status;
    size_t n_inner = study->nested->n_inner;
    size_t first = outer * (n_inner + 1);
    perebor_trials *made = NULL;
    PEREBOR_TRY(done, perebor_trials_create(&made, study->experiment->space, trials->first_trial,
                                            trials->n_trials, n_inner, error));
    PEREBOR_TRY(done, perebor_study_set_metrics(study, made, error));
    for (size_t row = 0; row < trials->n_trials; row++) {
        bool complete = true;
        for (size_t fold = 0; fold < n_inner; fold++) {
            const perebor_fold_outcome *found =
                &trials->folds[row * trials->n_folds + first + fold];
            perebor_trials_set_fold(made, row, fold, found, NULL);
            complete = complete && found->state == PEREBOR_TRIAL_COMPLETE;
        }
        made->state[row] = complete ? PEREBOR_TRIAL_COMPLETE : PEREBOR_TRIAL_FAIL;
        PEREBOR_TRY(done, take_path(made, trials, row, first, error));
    }
    *within = made;
    made = NULL;
done:
    perebor_trials_free(made);
    return status;
}

static void take_scores(nested_outcome *outcome, const perebor_trials *within,
                        const perebor_trials *trials, size_t outer) {
    size_t fold = outer * (outcome->n_inner + 1) + outcome->n_inner;
    for (size_t row = 0; row < outcome->n_trials; row++) {
        size_t at = row * outcome->n_outer + outer;
        outcome->inner[at] = perebor_trials_mean_test_score(within, row);
        outcome->inner_sd[at] = perebor_trials_std_test_score(within, row);
        outcome->outer[at] = outer_score(within, trials, row, fold);
    }
}

static void take_choice(const nested_outcome *outcome, nested_rule *rule, uint64_t first_trial,
                        size_t outer, size_t row) {
    if (row != SELECT_NONE) {
        rule->trials[outer] = (int64_t)(first_trial + row);
        rule->inner[outer] = outcome->inner[row * outcome->n_outer + outer];
        rule->outer[outer] = outcome->outer[row * outcome->n_outer + outer];
    }
}

/** The best trial of every learner. */
static perebor_status choose_models(nested_outcome *outcome, const perebor_study *study,
                                    const perebor_trials *within, size_t outer,
                                    perebor_error *error) {
    perebor_status status;
    select_model *models = NULL;
    size_t n_models = 0;
    PEREBOR_TRY(done, select_per_model(within, study->pipeline, &models, &n_models, error));
    for (size_t i = 0; i < n_models; i++) {
        const char *name = models[i].learner->name;
        nested_rule *rule = nested_outcome_rule(outcome, name);
        rule = rule != NULL ? rule : add_rule(outcome, name);
        if (rule == NULL) {
            status = perebor_no_memory(error, "for %zu outer folds", outcome->n_outer);
            goto done;
        }
        take_choice(outcome, rule, within->first_trial, outer, models[i].row);
    }
done:
    free(models);
    return status;
}

/** Lets every rule choose in one outer fold, by its inner scores. */
static perebor_status choose(nested_outcome *outcome, const perebor_study *study,
                             const perebor_trials *within, size_t outer, perebor_error *error) {
    perebor_status status;
    size_t simplest = SELECT_NONE;
    assert(outcome->rules != NULL);
    PEREBOR_TRY(done, select_one_standard_error(within, study->pipeline, &simplest, error));
    take_choice(outcome, &outcome->rules[RULE_BEST], within->first_trial, outer,
                select_best(within));
    take_choice(outcome, &outcome->rules[RULE_ONE_STANDARD_ERROR], within->first_trial, outer,
                simplest);
    status = choose_models(outcome, study, within, outer, error);
done:
    return status;
}

/** Means over the outer folds. */
static void sum_up(nested_outcome *outcome) {
    // Outer folds share training rows as those of any cross-validation do: n_test / n_train.
    double ratio = 1.0 / ((double)outcome->n_outer - 1.0);
    for (size_t i = 0; i < outcome->n_rules; i++) {
        nested_rule *rule = &outcome->rules[i];
        rule->mean_inner = perebor_resampled_t(rule->inner, outcome->n_outer, ratio, level).mean;
        rule->mean_outer = perebor_resampled_t(rule->outer, outcome->n_outer, ratio, level);
    }
}

perebor_status nested_outcome_make(nested_outcome *outcome, const perebor_study *study,
                                   const perebor_trials *trials, perebor_error *error) {
    perebor_status status;
    perebor_trials *within = NULL;
    nested_outcome made = {.n_outer = study->nested->outer.n_folds,
                           .n_inner = study->nested->n_inner,
                           .n_trials = trials->n_trials};
    PEREBOR_TRY(done, allocate(&made, error));
    for (size_t outer = 0; outer < made.n_outer; outer++) {
        PEREBOR_TRY(done, extract(&within, study, trials, outer, error));
        take_scores(&made, within, trials, outer);
        PEREBOR_TRY(done, choose(&made, study, within, outer, error));
        perebor_trials_free(within);
        within = NULL;
    }
    sum_up(&made);
    *outcome = made;
    made = (nested_outcome){0};
done:
    perebor_trials_free(within);
    nested_outcome_release(&made);
    return status;
}

nested_rule *nested_outcome_rule(const nested_outcome *outcome, const char *name) {
    for (size_t i = 0; i < outcome->n_rules; i++) {
        if (strcmp(outcome->rules[i].name, name) == 0) {
            return &outcome->rules[i];
        }
    }
    return NULL;
}
