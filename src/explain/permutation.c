// SPDX-License-Identifier: MIT
#include "explain/permutation.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/try.h"
#include "data/mersenne.h"
#include "explain/shuffle.h"
#include "trial/scoring.h"

perebor_status permutation_score(const permutation_part *part, perebor_workspace *workspace,
                                 double *score, perebor_error *error) {
    perebor_status status;
    perebor_predictions predictions;
    perebor_metric_list metrics = {0};
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *scores = perebor_workspace_take(workspace, part->n_rows, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for %zu scores", part->n_rows);
    }
    perebor_metric_list_add(&metrics, part->metric);
    const scored_part scored = {part->altered->labels, scores, part->n_rows};
    PEREBOR_TRY(done, altered_rows_score(part->altered, part->pipeline, EXPLAIN_SCORE, workspace,
                                         scores, error));
    PEREBOR_TRY(done, scoring_predict(&predictions, &metrics,
                                      perebor_fitted_pipeline_learner(part->pipeline),
                                      perebor_fitted_pipeline_calibration(part->pipeline), &scored,
                                      workspace, error));
    scoring_measure(score, &metrics, &predictions, workspace);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

/** The stream of a set of columns: of the seed and all their names. */
static perebor_stream stream_of(const permutation_part *part, const permutation_plan *plan) {
    perebor_sha256 sha;
    uint8_t digest[PEREBOR_SHA256_SIZE];
    char hex[PEREBOR_SHA256_HEX_SIZE];
    perebor_sha256_init(&sha);
    perebor_sha256_update_text(&sha, "permutation importance");
    for (size_t i = 0; i < plan->n_columns; i++) {
        perebor_sha256_update_text(&sha, part->dataset->columns[plan->columns[i]].name);
    }
    perebor_sha256_final(&sha, digest);
    perebor_sha256_hex(digest, hex);
    return perebor_stream_make(plan->seed, hex);
}

/** Gives row i the value that row order[i] has in the dataset, in every column of the plan. */
static void exchange(const permutation_part *part, const permutation_plan *plan,
                     const uint32_t *order) {
    for (size_t k = 0; k < plan->n_columns; k++) {
        const double *from = part->dataset->columns[plan->columns[k]].values;
        double *values = altered_rows_column(part->altered, plan->columns[k]);
        for (size_t i = 0; i < part->n_rows; i++) {
            values[i] = from[part->rows[order[i]]];
        }
    }
}

static void restore(const permutation_part *part, const permutation_plan *plan) {
    for (size_t k = 0; k < plan->n_columns; k++) {
        altered_rows_restore(part->altered, plan->columns[k], part->dataset, part->rows);
    }
}

static void list_rows(uint32_t *order, size_t n) {
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)i;
    }
}

perebor_status permutation_drops(const permutation_part *part, const permutation_plan *plan,
                                 perebor_workspace *workspace, double *drops,
                                 perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = part->n_rows;
    perebor_stream stream = stream_of(part, plan);
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    uint32_t *order = perebor_workspace_take(workspace, 3 * n, sizeof *order);
    if (order == NULL) {
        return perebor_no_memory(error, "to exchange the values of %zu rows", n);
    }
    for (size_t repeat = 0; repeat < plan->n_repeats; repeat++) {
        double score = 0.0;
        uint64_t trial = plan->first_trial + repeat;
        list_rows(order, n);
        if (plan->strata == NULL) {
            shuffle_values(order, n, stream, trial);
        } else {
            shuffle_within(order, plan->strata, n, plan->n_strata, stream, trial, order + n);
        }
        exchange(part, plan, order);
        PEREBOR_TRY(done, permutation_score(part, workspace, &score, error));
        drops[repeat] = part->score - score;
    }
done:
    restore(part, plan);
    perebor_workspace_return(workspace, begin);
    return status;
}

perebor_status permutation_drops_sklearn(const permutation_part *part, const permutation_plan *plan,
                                         perebor_workspace *workspace, double *drops,
                                         perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = part->n_rows;
    mersenne random;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    uint32_t *shuffled = perebor_workspace_take(workspace, 3 * n, sizeof *shuffled);
    assert(plan->seed <= UINT32_MAX);
    if (shuffled == NULL) {
        return perebor_no_memory(error, "to exchange the values of %zu rows", n);
    }
    uint32_t *order = shuffled + n, *before = shuffled + 2 * n;
    mersenne_seed(&random, (uint32_t)plan->seed);
    mersenne_seed(&random, mersenne_interval(&random, INT32_MAX)); // randint(iinfo(int32).max + 1)
    list_rows(shuffled, n);
    list_rows(order, n);
    for (size_t repeat = 0; repeat < plan->n_repeats; repeat++) {
        double score = 0.0;
        mersenne_shuffle(&random, shuffled, n);
        memcpy(before, order, n * sizeof *order);
        for (size_t i = 0; i < n; i++) { // the exchanged column is exchanged again
            order[i] = before[shuffled[i]];
        }
        exchange(part, plan, order);
        PEREBOR_TRY(done, permutation_score(part, workspace, &score, error));
        drops[repeat] = part->score - score;
    }
done:
    restore(part, plan);
    perebor_workspace_return(workspace, begin);
    return status;
}
