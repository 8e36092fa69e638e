// SPDX-License-Identifier: MIT
#include "explain/smallest_change.h"

#include <math.h>

#include "base/try.h"
#include "explain/change_problem.h"

const char *const smallest_change_outcome_names[] = {"needless", "found", "none", NULL};

/** Whether there are no more combinations than can all be tried. */
static bool are_few(const change_problem *problem) {
    size_t n = 1;
    for (size_t i = 0; i < problem->n_options; i++) {
        if (problem->options[i].n > SMALLEST_CHANGE_ALL / n) {
            return false;
        }
        n *= problem->options[i].n;
    }
    return true;
}

static perebor_status find(change_problem *problem, bool *exact, perebor_error *error) {
    const perebor_model_form *form = perebor_fitted_pipeline_form(problem->pipeline);
    bool votes = perebor_fitted_pipeline_n_members(problem->pipeline) > 0; // and has no form
    perebor_status status = PEREBOR_OK;
    *exact = true;
    if (!votes && form->kind == PEREBOR_FORM_TREES && form->as.trees.n_trees == 1 &&
        form->as.trees.n_sets == 0) {
        return change_in_tree(problem, error);
    }
    if (are_few(problem)) {
        return change_try_all(problem, error);
    }
    if (!votes && (form->kind == PEREBOR_FORM_LINEAR || form->kind == PEREBOR_FORM_DENSITIES)) {
        status = change_in_sum(problem, exact, error);
    } else {
        *exact = false;
    }
    return status != PEREBOR_OK || *exact ? status : change_by_search(problem, error);
}

/** Makes room, and the copies of the row. */
static perebor_status set_up(change_problem *problem, const change_space *space,
                             const perebor_dataset *dataset, uint32_t row, altered_rows *batch,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace *workspace = problem->workspace;
    size_t n = space->n_domains;
    uint32_t rows[CHANGE_BATCH];
    change_options *options = perebor_workspace_take(workspace, n, sizeof *options);
    problem->best = perebor_workspace_take(workspace, n, sizeof *problem->best);
    problem->waiting = perebor_workspace_take(workspace, CHANGE_BATCH * n, sizeof(uint32_t));
    if (options == NULL || problem->best == NULL || problem->waiting == NULL) {
        return perebor_no_memory(error, "for the changes of %zu columns", n);
    }
    for (size_t i = 0; i < n; i++) {
        PEREBOR_TRY(done, change_options_make(&options[i], &space->domains[i], dataset, row,
                                              workspace, error));
    }
    for (size_t i = 0; i < CHANGE_BATCH; i++) {
        rows[i] = row;
    }
    PEREBOR_TRY(done, altered_rows_make(batch, dataset, rows, CHANGE_BATCH, workspace, error));
    problem->options = options;
    problem->n_options = n;
    problem->batch = batch;
done:
    return status;
}

static void report(const change_problem *problem, bool exact, double before,
                   smallest_change *result, double *values) {
    *result =
        (smallest_change){.outcome = problem->found ? SMALLEST_CHANGE_FOUND : SMALLEST_CHANGE_NONE,
                          .exact = exact,
                          .probability_before = before,
                          .probability = problem->found ? problem->probability : (double)NAN,
                          .cost = problem->found ? problem->cost : (double)NAN};
    if (before < problem->threshold) {
        result->outcome = SMALLEST_CHANGE_NEEDLESS;
        result->probability = before;
        result->cost = 0.0;
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        bool changed = result->outcome == SMALLEST_CHANGE_FOUND;
        values[i] = problem->options[i].values[changed ? problem->best[i] : 0];
    }
}

perebor_status smallest_change_find(const change_space *space,
                                    const perebor_fitted_pipeline *pipeline,
                                    const perebor_dataset *dataset, uint32_t row, double threshold,
                                    perebor_workspace *workspace, smallest_change *result,
                                    double *values, perebor_error *error) {
    perebor_status status;
    altered_rows batch;
    double before;
    bool exact = true;
    change_problem problem = {.pipeline = pipeline, .threshold = threshold, .workspace = workspace};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    PEREBOR_TRY(done, set_up(&problem, space, dataset, row, &batch, error));
    PEREBOR_TRY(done, change_score(&problem, 1, EXPLAIN_PROBABILITY, &before, error));
    if (!(before < threshold) && problem.n_options > 0) {
        PEREBOR_TRY(done, find(&problem, &exact, error));
    }
    report(&problem, exact, before, result, values);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
