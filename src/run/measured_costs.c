// SPDX-License-Identifier: MIT
#include "run/measured_costs.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "run/stored_study.h"
#include "trial/equal_trials.h"
#include "trial/evaluate.h"
#include "trial/outcome_collector.h"
#include "trial/plan.h"

/** Units of like cost, of which one copy each comes before the next copies. */
enum { neighbours = 64, most_units = 1 << 24 };

void measured_costs_release(measured_costs *costs) {
    free(costs->order);
    free(costs->predicted);
    free(costs->seconds);
    *costs = (measured_costs){0};
}

/** Whether the search was told to share nothing. */
static bool shared(const perebor_result *result) {
    const char *line = result->command_line != NULL ? result->command_line : "";
    return strstr(line, "--share off") == NULL && strstr(line, "--share=off") == NULL;
}

/** Trials that no unit was there for: not finished, or they took over another's outcome. */
static perebor_status choose_trials(const perebor_result *result, const perebor_study *study,
                                    bool share, bool *skip, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = result->trials;
    equal_trials equal = {0};
    bool *none = calloc(trials->n_trials + 1, sizeof *none);
    if (none == NULL) {
        status = perebor_no_memory(error, "for %zu trials", trials->n_trials);
        goto done;
    }
    if (share) {
        PEREBOR_TRY(done, equal_trials_find(&equal, study->pipeline, study->experiment->space,
                                            trials->first_trial, trials->n_trials, none, error));
    }
    for (size_t trial = 0; trial < trials->n_trials; trial++) {
        skip[trial] = !perebor_trials_finished(trials, trial) ||
                      (share && equal.source[trial] != EQUAL_TRIALS_NONE);
    }
done:
    equal_trials_release(&equal);
    free(none);
    return status;
}

/** What the trials of a bundle took to fit and to score on a fold. */
static double bundle_seconds(const perebor_plan *plan, const perebor_bundle *bundle,
                             const perebor_trials *trials, size_t fold) {
    double seconds = 0.0;
    for (uint32_t i = 0; i < bundle->n_members; i++) {
        const perebor_member *member = perebor_plan_member(plan, bundle->first_member + i);
        const perebor_fold_outcome *outcome =
            &trials->folds[(size_t)member->trials[0] * trials->n_folds + fold];
        seconds += fmax(0.0, outcome->fit_seconds) + fmax(0.0, outcome->score_seconds);
    }
    return seconds;
}

static void add_up(measured_costs *costs) {
    costs->total = costs->longest = 0.0;
    for (size_t unit = 0; unit < costs->n_units; unit++) {
        costs->total += costs->seconds[unit];
        costs->longest = fmax(costs->longest, costs->seconds[unit]);
    }
}

/**
 * Adds to every unit its part of what preparing and metrics took, and makes CPU time the time that
 * threads were busy: on a machine with more to do than it can, that is longer.
 */
static void add_the_rest(measured_costs *costs) {
    const search_ledger *ledger = &costs->ledger;
    double known = ledger->fit_seconds + ledger->score_seconds;
    double busy = fmax(1.0, ledger->compute_seconds / (known + ledger->other_seconds));
    add_up(costs);
    double rest = ledger->other_seconds / known * costs->total / (double)costs->n_units;
    for (size_t unit = 0; unit < costs->n_units && known > 0.0; unit++) {
        costs->seconds[unit] = (costs->seconds[unit] + rest) * busy;
    }
    add_up(costs);
}

/** Fills the costs from a plan of the trials. */
static perebor_status look_up(measured_costs *costs, const perebor_plan *plan,
                              const perebor_trials *trials, perebor_error *error) {
    perebor_status status;
    size_t n_folds = perebor_plan_n_folds(plan);
    size_t n_members = 0;
    costs->n_units = perebor_plan_n_units(plan);
    costs->order = malloc((costs->n_units + 1) * sizeof *costs->order);
    costs->predicted = malloc((costs->n_units + 1) * sizeof *costs->predicted);
    costs->seconds = calloc(costs->n_units + 1, sizeof *costs->seconds);
    if (costs->order == NULL || costs->predicted == NULL || costs->seconds == NULL) {
        return perebor_no_memory(error, "for %zu units of work", costs->n_units);
    }
    PEREBOR_TRY(done, perebor_plan_order(plan, costs->order, costs->predicted, error));
    for (size_t b = 0; b < perebor_plan_n_bundles(plan); b++) {
        const perebor_bundle *bundle = perebor_plan_bundle(plan, b);
        n_members += bundle->n_members;
        for (size_t i = 0; i < n_folds * bundle->n_parts; i++) {
            costs->seconds[bundle->first_unit + i] =
                bundle_seconds(plan, bundle, trials, i / bundle->n_parts) / (double)bundle->n_parts;
        }
    }
    costs->members_of_result = (double)n_members / (double)perebor_plan_n_bundles(plan);
    costs->bytes_of_result = (double)sizeof(outcome_header) +
                             costs->members_of_result * (double)(sizeof(perebor_fold_outcome) + 4);
    add_the_rest(costs);
done:
    return status;
}

perebor_status measured_costs_read(measured_costs *costs, const perebor_result *result,
                                   const char *file, const char *folder, perebor_error *error) {
    perebor_status status;
    const perebor_trials *trials = result->trials;
    perebor_study *study = NULL;
    perebor_plan *plan = NULL;
    bool *skip = calloc(trials->n_trials + 1, sizeof *skip);
    *costs = (measured_costs){.ledger = search_ledger_read(result->history),
                              .n_trials = perebor_trials_n_finished(trials)};
    if (skip == NULL) {
        status = perebor_no_memory(error, "for %zu trials", trials->n_trials);
        goto done;
    }
    if (costs->n_trials == 0) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "%s: no trial is finished, so there is nothing to replay", file);
        goto done;
    }
    PEREBOR_TRY(done, stored_study_load(&study, result, file, folder, error));
    bool share = perebor_study_shares(study->experiment, shared(result));
    perebor_fold_shape shape = perebor_study_shape(study);
    PEREBOR_TRY(done, choose_trials(result, study, share, skip, error));
    PEREBOR_TRY(done, perebor_plan_create(&plan, study->pipeline, study->experiment->space,
                                          trials->first_trial, trials->n_trials, skip, share,
                                          study->n_folds, &shape, error));
    PEREBOR_TRY(done, look_up(costs, plan, trials, error));
    if (costs->n_units == 0) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                              "%s: the trials that others take their outcome from are not finished",
                              file);
    }
done:
    perebor_plan_free(plan);
    perebor_study_free(study);
    free(skip);
    return status;
}

/**
 * The order of copies first … end - 1, one window: the longest first, but copies of one unit apart,
 * so that no worker is given many whose prediction is wrong in the same way. @return How many
 * units.
 */
static size_t interleave(uint32_t *order, const measured_costs *costs, size_t first, size_t end) {
    size_t n = 0;
    for (size_t group = 0; group < costs->n_units; group += neighbours) {
        size_t left = costs->n_units - group;
        size_t n_units = left < neighbours ? left : neighbours;
        for (size_t copy = first; copy < end; copy++) {
            for (size_t i = 0; i < n_units; i++) {
                order[n++] = (uint32_t)(copy * costs->n_units + costs->order[group + i]);
            }
        }
    }
    return n;
}

perebor_status measured_costs_repeat(measured_costs *costs, uint64_t n_trials,
                                     perebor_error *error) {
    size_t n = costs->n_units;
    double wanted = ceil((double)n_trials / (double)costs->n_trials);
    if (!(wanted * (double)n <= most_units)) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "--trials %llu: %.3g units of work, more than the %d that can be "
                            "replayed; ask for fewer",
                            (unsigned long long)n_trials, wanted * (double)n, (int)most_units);
    }
    size_t n_copies = (size_t)wanted;
    size_t per_window = PEREBOR_PLAN_WINDOW_TRIALS / costs->n_trials;
    per_window = per_window > 0 ? per_window : 1;
    size_t n_units = n_copies * n;
    uint32_t *order = malloc((n_units + 1) * sizeof *order);
    double *predicted = malloc((n_units + 1) * sizeof *predicted);
    double *seconds = malloc((n_units + 1) * sizeof *seconds);
    if (order == NULL || predicted == NULL || seconds == NULL) {
        free(order);
        free(predicted);
        free(seconds);
        return perebor_no_memory(error, "for %zu units of work", n_units);
    }
    size_t at = 0;
    for (size_t first = 0; first < n_copies; first += per_window) {
        size_t end = first + per_window < n_copies ? first + per_window : n_copies;
        at += interleave(order + at, costs, first, end);
    }
    for (size_t copy = 0; copy < n_copies; copy++) {
        memcpy(predicted + copy * n, costs->predicted, n * sizeof *predicted);
        memcpy(seconds + copy * n, costs->seconds, n * sizeof *seconds);
    }
    free(costs->order);
    free(costs->predicted);
    free(costs->seconds);
    costs->order = order;
    costs->predicted = predicted;
    costs->seconds = seconds;
    costs->n_units = n_units;
    costs->n_trials *= n_copies;
    add_up(costs);
    return PEREBOR_OK;
}
