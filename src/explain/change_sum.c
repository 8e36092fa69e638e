// SPDX-License-Identifier: MIT
/*
 * The score is s0 - sum_j gain_j(option of column j), and the probability rises with the score. So
 * the question is a knapsack with one option a column: the least cost for a gain of at least G.
 *
 * Columns are taken one after the other. Those combinations of the columns so far alone
 * matter that nothing costs less than and gains as much (the frontier), that can still reach G, and
 * that can still be cheaper than what is known: what is missing to G costs at least its size over
 * the best gain per cost of any option to come.
 */
#include "explain/change_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "perebor/calibration.h"

/** Combinations that are looked at for one column at most. */
enum { most_states = 1 << 17 };

/** A combination of the columns so far. */
typedef struct sum_state {
    double cost, gain;
    uint32_t parent; /**< The combination of the columns before. */
    uint32_t option;
} sum_state;

typedef struct sum_layer {
    sum_state *states; /**< [n] cost and gain rise. */
    size_t n;
} sum_layer;

typedef struct sum_problem {
    change_problem *problem;
    const double *scores; /**< What single options score, column by column. */
    double needed;        /**< Gain, less what rounding may hide. */
    double *most_left;    /**< [n_options + 1] gain that columns from there on have at most. */
    double *best_ratio;   /**< [n_options + 1] gain per cost likewise. */
    sum_layer *layers;    /**< [n_options + 1] */
    sum_state *scratch;   /**< [most_states] */
    const double **own;   /**< [n_options] where each column's scores begin. */
} sum_problem;

static bool passes(const change_problem *problem, double score) {
    double probability;
    perebor_calibration_apply(perebor_fitted_pipeline_calibration(problem->pipeline),
                              perebor_fitted_pipeline_learner(problem->pipeline), &score, 1,
                              &probability);
    return probability < problem->threshold;
}

/** The largest score that passes, between one that does and one that does not. */
static double find_bound(const change_problem *problem, double low, double high) {
    for (;;) {
        double middle = low + 0.5 * (high - low);
        if (!(middle > low && middle < high)) {
            return low;
        }
        if (passes(problem, middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
}

static double gain_of(const sum_problem *sum, size_t column, size_t option) {
    return sum->own[column][0] - sum->own[column][option];
}

/** What the columns from each place on may gain at most. */
static void look_ahead(sum_problem *sum) {
    size_t n = sum->problem->n_options;
    sum->most_left[n] = sum->best_ratio[n] = 0.0;
    for (size_t i = n; i-- > 0;) {
        const change_options *options = &sum->problem->options[i];
        double most = 0.0, ratio = sum->best_ratio[i + 1];
        for (size_t k = 1; k < options->n; k++) {
            double gain = gain_of(sum, i, k);
            most = gain > most ? gain : most;
            ratio = gain > ratio * options->costs[k] ? gain / options->costs[k] : ratio;
        }
        sum->most_left[i] = sum->most_left[i + 1] + most;
        sum->best_ratio[i] = ratio;
    }
}

/** Whether a combination of the columns before @p next may become the cheapest. */
static bool may_win(const sum_problem *sum, double cost, double gain, size_t next) {
    const double rounding = 1e-9;
    double missing = sum->needed - gain;
    if (missing > sum->most_left[next]) {
        return false;
    }
    double least =
        missing > 0.0 && sum->best_ratio[next] > 0.0 ? missing / sum->best_ratio[next] : 0.0;
    return !sum->problem->found || cost + least <= sum->problem->cost * (1.0 + rounding);
}

static int by_cost(const void *left, const void *right) {
    const sum_state *a = left, *b = right;
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    if (a->gain != b->gain) {
        return a->gain > b->gain ? -1 : 1;
    }
    return a->parent != b->parent ? (a->parent > b->parent) - (a->parent < b->parent)
                                  : (a->option > b->option) - (a->option < b->option);
}

/** Joins the combinations so far with the options of a column. @return False: too many. */
static bool join_column(const sum_problem *sum, size_t column, size_t *n) {
    const sum_layer *before = &sum->layers[column];
    const change_options *options = &sum->problem->options[column];
    *n = 0;
    for (size_t i = 0; i < before->n; i++) {
        double most = -1.0; // of this column: what costs more must gain more
        for (size_t k = 0; k < options->n; k++) {
            double gain = gain_of(sum, column, k);
            double cost = before->states[i].cost + options->costs[k];
            double all = before->states[i].gain + gain;
            if (gain <= most || !may_win(sum, cost, all, column + 1)) {
                continue;
            }
            if (*n == most_states) {
                return false;
            }
            most = gain;
            sum->scratch[(*n)++] = (sum_state){cost, all, (uint32_t)i, (uint32_t)k};
        }
    }
    return true;
}

/** Keeps the frontier. */
static perebor_status close_column(const sum_problem *sum, size_t column, size_t n,
                                   perebor_error *error) {
    sum_layer *layer = &sum->layers[column + 1];
    size_t n_kept = 0;
    qsort(sum->scratch, n, sizeof *sum->scratch, by_cost);
    for (size_t i = 0; i < n; i++) {
        if (n_kept == 0 || sum->scratch[i].gain > sum->scratch[n_kept - 1].gain) {
            sum->scratch[n_kept++] = sum->scratch[i];
        }
    }
    layer->states = perebor_workspace_take(sum->problem->workspace, n_kept, sizeof(sum_state));
    if (layer->states == NULL) {
        return perebor_no_memory(error, "for %zu changes", n_kept);
    }
    memcpy(layer->states, sum->scratch, n_kept * sizeof(sum_state));
    layer->n = n_kept;
    return PEREBOR_OK;
}

/** Scores the combinations of all columns that gain enough, from the cheapest on, until one is low
 * enough. */
static perebor_status verify(const sum_problem *sum, uint32_t *picks, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    change_problem *problem = sum->problem;
    const sum_layer *last = &sum->layers[problem->n_options];
    for (size_t i = 0; i < last->n; i++) {
        const sum_state *state = &last->states[i];
        if (state->gain < sum->needed) {
            continue;
        }
        if (problem->found && state->cost >= problem->cost) {
            break;
        }
        for (size_t column = problem->n_options; column-- > 0;) {
            picks[column] = state->option;
            state = &sum->layers[column].states[state->parent];
        }
        PEREBOR_TRY(done, change_try(problem, picks, error));
        PEREBOR_TRY(done, change_flush(problem, error));
    }
done:
    return status;
}

/** @param picks  [n_options] scratch */
static perebor_status merge_columns(sum_problem *sum, uint32_t *picks, bool *exact,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    sum_state nothing = {0};
    sum->layers[0] = (sum_layer){&nothing, 1};
    for (size_t column = 0; column < sum->problem->n_options; column++) {
        size_t n = 0;
        *exact = join_column(sum, column, &n);
        if (!*exact) {
            return PEREBOR_OK;
        }
        PEREBOR_TRY(done, close_column(sum, column, n, error));
    }
    status = verify(sum, picks, error);
done:
    return status;
}

/** The gain that is needed, and where each column's scores are. */
static void find_needed(sum_problem *sum) {
    change_problem *problem = sum->problem;
    const double *own = sum->scores;
    for (size_t i = 0; i < problem->n_options; own += problem->options[i++].n) {
        sum->own[i] = own;
    }
    look_ahead(sum);
    double now = sum->scores[0];
    double rounding =
        1e-9 * (1.0 + fabs(now) + sum->most_left[0]) +
        (double)(problem->n_options + 1) * perebor_fitted_pipeline_form(problem->pipeline)->grain;
    double least = now - sum->most_left[0] - rounding;
    // Where not even the lowest score passes, everything is asked for, and nothing will pass.
    double bound = passes(problem, least) ? find_bound(problem, least, now) : least;
    sum->needed = now - bound - rounding;
}

perebor_status change_in_sum(change_problem *problem, bool *exact, perebor_error *error) {
    perebor_status status;
    size_t n = problem->n_options, n_all = 0;
    perebor_workspace *workspace = problem->workspace;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t i = 0; i < n; i++) {
        n_all += problem->options[i].n;
    }
    double *scores = perebor_workspace_take(workspace, n_all, sizeof *scores);
    uint32_t *picks = perebor_workspace_take(workspace, n, sizeof *picks);
    sum_problem sum = {
        .problem = problem,
        .scores = scores,
        .most_left = perebor_workspace_take(workspace, n + 1, sizeof *sum.most_left),
        .best_ratio = perebor_workspace_take(workspace, n + 1, sizeof *sum.best_ratio),
        .layers = perebor_workspace_take_zeroed(workspace, n + 1, sizeof *sum.layers),
        .scratch = perebor_workspace_take(workspace, most_states, sizeof *sum.scratch),
        .own = perebor_workspace_take(workspace, n, sizeof(const double *))};
    if (scores == NULL || picks == NULL || sum.most_left == NULL || sum.best_ratio == NULL ||
        sum.layers == NULL || sum.scratch == NULL || sum.own == NULL) {
        status = perebor_no_memory(error, "for the changes of %zu columns", n);
        goto done;
    }
    PEREBOR_TRY(done, change_descend(problem, error)); // what is known bounds what is looked at
    PEREBOR_TRY(done, change_score_singles(problem, EXPLAIN_SCORE, scores, error));
    find_needed(&sum);
    status = merge_columns(&sum, picks, exact, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
