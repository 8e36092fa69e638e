// SPDX-License-Identifier: MIT
#include "explain/change_problem.h"

#include <string.h>

#include "base/try.h"

/** Options of a column that pairs are made of. */
enum { coarse_options = 24, most_rounds = 64 };

perebor_status change_try_all(change_problem *problem, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = problem->n_options, at = 0;
    perebor_workspace_mark begin = perebor_workspace_here(problem->workspace);
    uint32_t *picks = perebor_workspace_take_zeroed(problem->workspace, n, sizeof *picks);
    if (picks == NULL) {
        return perebor_no_memory(error, "for %zu actionable columns", n);
    }
    while (at < n) { // as an odometer counts
        PEREBOR_TRY(done, change_try(problem, picks, error));
        for (at = 0; at < n && picks[at] + 1 == problem->options[at].n; at++) {
            picks[at] = 0;
        }
        if (at < n) {
            picks[at]++;
        }
    }
    status = change_flush(problem, error);
done:
    perebor_workspace_return(problem->workspace, begin);
    return status;
}

/** Tries every option of one column, the others as they are in @p picks. */
static perebor_status try_column(change_problem *problem, size_t column, uint32_t *picks,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    uint32_t kept = picks[column];
    for (size_t i = 0; i < problem->options[column].n; i++) {
        picks[column] = (uint32_t)i;
        PEREBOR_TRY(done, change_try(problem, picks, error));
    }
    status = change_flush(problem, error);
done:
    picks[column] = kept;
    return status;
}

static perebor_status try_singles(change_problem *problem, uint32_t *picks, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < problem->n_options; i++) {
        PEREBOR_TRY(done, try_column(problem, i, picks, error));
    }
done:
    return status;
}

/** The k-th of a column's options that pairs are made of: evenly by their order, the last too. */
static uint32_t coarse(const change_options *options, size_t k) {
    size_t n = options->n - 1;
    return (uint32_t)(n <= coarse_options ? k + 1 : (k + 1) * n / coarse_options);
}

static size_t n_coarse(const change_options *options) {
    return options->n - 1 < coarse_options ? options->n - 1 : coarse_options;
}

static perebor_status try_pairs(change_problem *problem, uint32_t *picks, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; i < problem->n_options; i++) {
        for (size_t j = i + 1; j < problem->n_options; j++) {
            size_t n = n_coarse(&problem->options[i]), m = n_coarse(&problem->options[j]);
            for (size_t k = 0; k < n * m; k++) {
                picks[i] = coarse(&problem->options[i], k / m);
                picks[j] = coarse(&problem->options[j], k % m);
                PEREBOR_TRY(done, change_try(problem, picks, error));
            }
            picks[i] = picks[j] = 0;
        }
    }
    status = change_flush(problem, error);
done:
    return status;
}

/** The best next change of a descent: the fall of the probability for the cost that it adds. */
typedef struct descent_step {
    double gain, probability;
    size_t column;
    uint32_t option;
} descent_step;

/** Scores every change of one column further. */
static perebor_status look_at_column(const change_problem *problem, size_t column, uint32_t *picks,
                                     double probability, descent_step *best, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    double answers[CHANGE_BATCH];
    const change_options *options = &problem->options[column];
    uint32_t kept = picks[column];
    for (size_t first = 0; first < options->n; first += CHANGE_BATCH) {
        size_t n = options->n - first < CHANGE_BATCH ? options->n - first : CHANGE_BATCH;
        for (size_t k = 0; k < n; k++) {
            picks[column] = (uint32_t)(first + k);
            change_put(problem, k, picks);
        }
        PEREBOR_TRY(done, change_score(problem, n, EXPLAIN_PROBABILITY, answers, error));
        for (size_t k = 0; k < n; k++) {
            double added = options->costs[first + k] - options->costs[kept];
            double gain = added > 0.0 ? (probability - answers[k]) / added : 0.0;
            if (gain > best->gain) {
                *best = (descent_step){gain, answers[k], column, (uint32_t)(first + k)};
            }
        }
    }
done:
    picks[column] = kept;
    return status;
}

/** Changes what lowers the probability most for its cost, until it is low enough or does not fall.
 */
static perebor_status descend(change_problem *problem, uint32_t *picks, double probability,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t round = 0; round < most_rounds && probability >= problem->threshold; round++) {
        descent_step best = {0};
        for (size_t i = 0; i < problem->n_options; i++) {
            PEREBOR_TRY(done, look_at_column(problem, i, picks, probability, &best, error));
        }
        if (best.gain <= 0.0) {
            break;
        }
        picks[best.column] = best.option;
        probability = best.probability;
    }
    PEREBOR_TRY(done, change_try(problem, picks, error));
    status = change_flush(problem, error);
done:
    return status;
}

/** From the best so far, changes one column and two at a time, until nothing is cheaper. */
static perebor_status improve(change_problem *problem, uint32_t *picks, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t round = 0; problem->found && round < most_rounds; round++) {
        double cost = problem->cost;
        memcpy(picks, problem->best, problem->n_options * sizeof *picks);
        PEREBOR_TRY(done, try_singles(problem, picks, error));
        for (size_t i = 0; i < problem->n_options; i++) { // without one, the others further
            uint32_t kept = picks[i];
            for (size_t k = 0; kept > 0 && k < 2; k++) {
                picks[i] = k == 0 ? 0 : kept - 1;
                PEREBOR_TRY(done, try_singles(problem, picks, error));
            }
            picks[i] = kept;
        }
        if (problem->cost >= cost) {
            break;
        }
    }
done:
    return status;
}

/** Runs a search with picks of its own, all 0. */
static perebor_status with_picks(change_problem *problem, bool pairs, bool improved,
                                 perebor_error *error) {
    perebor_status status;
    double probability;
    perebor_workspace_mark begin = perebor_workspace_here(problem->workspace);
    uint32_t *picks =
        perebor_workspace_take_zeroed(problem->workspace, problem->n_options, sizeof *picks);
    if (picks == NULL) {
        return perebor_no_memory(error, "for %zu actionable columns", problem->n_options);
    }
    PEREBOR_TRY(done, try_singles(problem, picks, error));
    if (pairs) {
        PEREBOR_TRY(done, try_pairs(problem, picks, error));
    }
    change_put(problem, 0, picks);
    PEREBOR_TRY(done, change_score(problem, 1, EXPLAIN_PROBABILITY, &probability, error));
    PEREBOR_TRY(done, descend(problem, picks, probability, error));
    if (improved) {
        status = improve(problem, picks, error);
    }
done:
    perebor_workspace_return(problem->workspace, begin);
    return status;
}

perebor_status change_descend(change_problem *problem, perebor_error *error) {
    return with_picks(problem, false, false, error);
}

perebor_status change_by_search(change_problem *problem, perebor_error *error) {
    return with_picks(problem, true, true, error);
}
