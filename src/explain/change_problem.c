// SPDX-License-Identifier: MIT
#include "explain/change_problem.h"

#include <string.h>

#include "base/try.h"

double change_cost(const change_problem *problem, const uint32_t *picks) {
    double cost = 0.0;
    for (size_t i = 0; i < problem->n_options; i++) {
        cost += problem->options[i].costs[picks[i]];
    }
    return cost;
}

static size_t count_changes(const change_problem *problem, const uint32_t *picks) {
    size_t n = 0;
    for (size_t i = 0; i < problem->n_options; i++) {
        n += picks[i] > 0 ? 1 : 0;
    }
    return n;
}

bool change_is_better(const change_problem *problem, const uint32_t *picks) {
    if (!problem->found) {
        return true;
    }
    double cost = change_cost(problem, picks);
    if (cost != problem->cost) {
        return cost < problem->cost;
    }
    size_t n_changes = count_changes(problem, picks);
    if (n_changes != problem->n_changes) {
        return n_changes < problem->n_changes;
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        if (picks[i] != problem->best[i]) {
            return picks[i] < problem->best[i];
        }
    }
    return false;
}

void change_put(const change_problem *problem, size_t row, const uint32_t *picks) {
    for (size_t i = 0; i < problem->n_options; i++) {
        const change_options *options = &problem->options[i];
        altered_rows_column(problem->batch, options->column)[row] = options->values[picks[i]];
    }
}

perebor_status change_score(const change_problem *problem, size_t n, explain_scale scale,
                            double *answers, perebor_error *error) {
    const perebor_dataset *dataset = &problem->batch->dataset;
    const uint32_t *rows = problem->batch->rows;
    return scale == EXPLAIN_PROBABILITY
               ? perebor_fitted_pipeline_predict(problem->pipeline, dataset, rows, n,
                                                 problem->workspace, answers, error)
               : perebor_fitted_pipeline_score(problem->pipeline, dataset, rows, n,
                                               problem->workspace, answers, error);
}

static void keep(change_problem *problem, const uint32_t *picks, double probability) {
    if (probability < problem->threshold && change_is_better(problem, picks)) {
        problem->found = true;
        problem->probability = probability;
        problem->cost = change_cost(problem, picks);
        problem->n_changes = count_changes(problem, picks);
        memcpy(problem->best, picks, problem->n_options * sizeof *picks);
    }
}

perebor_status change_flush(change_problem *problem, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double answers[CHANGE_BATCH];
    for (size_t i = 0; i < problem->n_waiting; i++) {
        change_put(problem, i, problem->waiting + i * problem->n_options);
    }
    if (problem->n_waiting > 0) {
        PEREBOR_TRY(done,
                    change_score(problem, problem->n_waiting, EXPLAIN_PROBABILITY, answers, error));
    }
    for (size_t i = 0; i < problem->n_waiting; i++) {
        keep(problem, problem->waiting + i * problem->n_options, answers[i]);
    }
    problem->n_waiting = 0;
done:
    return status;
}

perebor_status change_try(change_problem *problem, const uint32_t *picks, perebor_error *error) {
    if (!change_is_better(problem, picks)) {
        return PEREBOR_OK;
    }
    memcpy(problem->waiting + problem->n_waiting * problem->n_options, picks,
           problem->n_options * sizeof *picks);
    problem->n_waiting++;
    return problem->n_waiting == CHANGE_BATCH ? change_flush(problem, error) : PEREBOR_OK;
}

perebor_status change_score_singles(const change_problem *problem, explain_scale scale,
                                    double *answers, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(problem->workspace);
    uint32_t *picks =
        perebor_workspace_take_zeroed(problem->workspace, problem->n_options, sizeof *picks);
    if (picks == NULL) {
        return perebor_no_memory(error, "for %zu actionable columns", problem->n_options);
    }
    for (size_t i = 0; i < problem->n_options; i++) {
        for (size_t first = 0; first < problem->options[i].n; first += CHANGE_BATCH) {
            size_t left = problem->options[i].n - first;
            size_t n = left < CHANGE_BATCH ? left : CHANGE_BATCH;
            for (size_t k = 0; k < n; k++) {
                picks[i] = (uint32_t)(first + k);
                change_put(problem, k, picks);
            }
            PEREBOR_TRY(done, change_score(problem, n, scale, answers, error));
            answers += n;
        }
        picks[i] = 0;
    }
done:
    perebor_workspace_return(problem->workspace, begin);
    return status;
}
