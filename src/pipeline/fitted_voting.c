// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "h5/file_tree.h"
#include "h5/file_tree_reader.h"
#include "perebor/fitted_pipeline.h"
#include "pipeline/fitted.h"
#include "pipeline/fitted_tree.h"

const perebor_learner fitted_voting = {
    .name = "voting",
    .summary = "weighted mean of the probabilities of several pipelines",
    .score_kind = PEREBOR_SCORE_SHARE,
};

perebor_status fitted_voting_create(perebor_fitted_pipeline **pipeline, size_t n_members,
                                    perebor_error *error) {
    perebor_fitted_pipeline *fitted = calloc(1, sizeof *fitted);
    if (fitted != NULL) {
        fitted->members =
            (perebor_fitted_pipeline **)calloc(n_members, sizeof(perebor_fitted_pipeline *));
        fitted->weights = calloc(n_members, sizeof *fitted->weights);
    }
    if (fitted == NULL || fitted->members == NULL || fitted->weights == NULL) {
        perebor_fitted_pipeline_free(fitted);
        return perebor_no_memory(error, "for a voting pipeline");
    }
    fitted->n_members = n_members;
    fitted->learner = &fitted_voting;
    fitted->report.converged = true;
    fitted->calibrated = true; // shares are probabilities
    fitted->calibration = (perebor_calibration){.slope = -1.0};
    *pipeline = fitted;
    return PEREBOR_OK;
}

/** What fitting all members had to say. */
static void add_report(perebor_fit_report *whole, const perebor_fit_report *member) {
    whole->converged = whole->converged && member->converged;
    whole->iterations += member->iterations;
    whole->fit_seconds += member->fit_seconds;
    whole->score_seconds += member->score_seconds;
}

/** Makes a member anew from what is saved of it, which has the same bits: fitting left all rows in
 * its workspace, prepared, and there may be many members. */
static perebor_status let_go_of_rows(perebor_fitted_pipeline **member, perebor_error *error) {
    perebor_fitted_pipeline *smaller = NULL;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for a voting pipeline");
    }
    fitted_to_tree(*member, tree, h5_add_group(tree, tree->root, "model"));
    perebor_status status = h5_tree_check(tree, "a voting pipeline", error);
    if (status == PEREBOR_OK) {
        h5_reader reader = {.root = tree->root, .file = "a fitted model", .error = error};
        smaller = fitted_from_tree(&reader);
        status = reader.status;
    }
    if (smaller != NULL) {
        smaller->report = (*member)->report;
        perebor_fitted_pipeline_free(*member);
        *member = smaller;
    }
    h5_tree_free(tree);
    return status;
}

static perebor_status fit_members(perebor_fitted_pipeline *fitted,
                                  const perebor_candidate *candidates, const uint32_t *weights,
                                  const perebor_dataset *dataset, const uint32_t *rows,
                                  size_t n_rows, perebor_error *error) {
    perebor_status status;
    const perebor_calibration_method method = PEREBOR_CALIBRATE_USUALLY;
    for (size_t i = 0; i < fitted->n_members; i++) {
        if (weights[i] == 0) {
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "member %zu has no weight", i);
        }
        fitted->weights[i] = weights[i];
        PEREBOR_TRY(done,
                    perebor_fitted_pipeline_fit_unsaved(&fitted->members[i], &candidates[i],
                                                        dataset, rows, n_rows, &method, error));
        PEREBOR_TRY(done, let_go_of_rows(&fitted->members[i], error));
        add_report(&fitted->report, &fitted->members[i]->report);
    }
    PEREBOR_TRY(done, perebor_dataset_schema(&fitted->schema, dataset, error));
    fitted_take_fingerprint(fitted, dataset, rows, n_rows);
done:
    return status;
}

perebor_status perebor_fitted_pipeline_fit_voting(perebor_fitted_pipeline **pipeline,
                                                  const perebor_candidate *candidates,
                                                  const uint32_t *weights, size_t n_members,
                                                  const perebor_dataset *dataset,
                                                  const uint32_t *rows, size_t n_rows,
                                                  perebor_error *error) {
    perebor_status status;
    perebor_fitted_pipeline *fitted = NULL;
    if (n_members == 0 || n_members > FITTED_MOST_MEMBERS) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%zu members: from 1 to %d can vote",
                            n_members, FITTED_MOST_MEMBERS);
    }
    PEREBOR_TRY(done, fitted_voting_create(&fitted, n_members, error));
    assert(fitted != NULL);
    PEREBOR_TRY(done, fit_members(fitted, candidates, weights, dataset, rows, n_rows, error));
    *pipeline = fitted;
    fitted = NULL;
done:
    perebor_fitted_pipeline_free(fitted);
    return status;
}

/**
 * s(x) = (sum_k w_k p_k(x)) / (sum_k w_k), added up in the order of the members. Weights are whole
 * numbers, so that their sum is exact; as rounding never puts a larger sum below a smaller one, and
 * every p_k is in [0, 1], so is s.
 */
perebor_status fitted_voting_score(const perebor_fitted_pipeline *pipeline,
                                   const perebor_dataset *dataset, const uint32_t *rows,
                                   size_t n_rows, perebor_workspace *workspace, double *scores,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    double *predicted = perebor_workspace_take(workspace, n_rows, sizeof *predicted);
    double total = 0.0;
    if (predicted == NULL) {
        return perebor_no_memory(error, "for the votes of %zu rows", n_rows);
    }
    memset(scores, 0, n_rows * sizeof *scores);
    for (size_t k = 0; k < pipeline->n_members; k++) {
        double weight = (double)pipeline->weights[k];
        total += weight;
        PEREBOR_TRY(done, perebor_fitted_pipeline_predict(pipeline->members[k], dataset, rows,
                                                          n_rows, workspace, predicted, error));
        for (size_t i = 0; i < n_rows; i++) {
            scores[i] += weight * predicted[i];
        }
    }
    for (size_t i = 0; i < n_rows; i++) {
        scores[i] /= total;
    }
done:
    perebor_workspace_return(workspace, begin);
    return status;
}

size_t perebor_fitted_pipeline_n_members(const perebor_fitted_pipeline *pipeline) {
    return pipeline->n_members;
}

const perebor_fitted_pipeline *
perebor_fitted_pipeline_member(const perebor_fitted_pipeline *pipeline, size_t member,
                               uint32_t *weight) {
    assert(member < pipeline->n_members);
    *weight = pipeline->weights[member];
    return pipeline->members[member];
}
