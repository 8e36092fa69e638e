// SPDX-License-Identifier: MIT
#include "run/model_recipe.h"

#include <stdlib.h>

#include "base/try.h"
#include "exec/job.h"
#include "run/ensemble_stage.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"

/** Room for so many trials. */
static perebor_status make_room(model_recipe *recipe, uint64_t n, perebor_error *error) {
    recipe->n = n;
    recipe->trials = calloc(n + 1, sizeof *recipe->trials);
    recipe->weights = calloc(n + 1, sizeof *recipe->weights);
    recipe->candidates = calloc(n + 1, sizeof *recipe->candidates);
    return recipe->trials != NULL && recipe->weights != NULL && recipe->candidates != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "for %zu trials", (size_t)n);
}

/** The trials of an ensemble, which the pipeline has as members, in their order. */
static perebor_status take_members(model_recipe *recipe, const ensemble *members,
                                   const perebor_fitted_pipeline *pipeline, const char *file,
                                   perebor_error *error) {
    size_t n = perebor_fitted_pipeline_n_members(pipeline);
    bool same = members->n_members == n;
    perebor_status status = make_room(recipe, n, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    for (size_t k = 0; same && k < n; k++) {
        uint32_t weight;
        (void)perebor_fitted_pipeline_member(pipeline, k, &weight);
        recipe->trials[k] = members->members[k].trial;
        recipe->weights[k] = members->members[k].weight;
        same = weight == members->members[k].weight;
    }
    return same ? PEREBOR_OK
                : perebor_fail(error, PEREBOR_ERR_FORMAT,
                               "%s: /model and /ensemble have other members: run 'perebor refit "
                               "%s --select ensemble' again",
                               file, file);
}

perebor_status model_recipe_read(model_recipe *recipe, const perebor_result *result,
                                 const h5_node *model, const perebor_fitted_pipeline *pipeline,
                                 const char *file, perebor_error *error) {
    perebor_status status;
    ensemble members = {0};
    recipe->votes = perebor_fitted_pipeline_n_members(pipeline) > 0;
    recipe->method = PEREBOR_CALIBRATE_USUALLY;
    if (recipe->votes) {
        PEREBOR_TRY(done, ensemble_stage_load(&members, result, file, error));
        status = take_members(recipe, &members, pipeline, file, error);
        goto done;
    }
    PEREBOR_TRY(done, make_room(recipe, 1, error));
    PEREBOR_TRY(done, refit_stage_trial(model, file, recipe->trials, error));
    status = refit_stage_method(model, file, perebor_fitted_pipeline_learner(pipeline),
                                &recipe->method, error);
done:
    ensemble_release(&members);
    return status;
}

perebor_status model_recipe_share(model_recipe *recipe, perebor_ranks *ranks,
                                  perebor_error *error) {
    perebor_status status;
    uint64_t n = recipe->n;
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &n, sizeof n, error));
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &recipe->votes, sizeof recipe->votes, error));
    PEREBOR_TRY(done,
                perebor_ranks_broadcast(ranks, &recipe->method, sizeof recipe->method, error));
    PEREBOR_TRY(done,
                perebor_ranks_agree(
                    ranks, ranks->rank == 0 ? PEREBOR_OK : make_room(recipe, n, error), error));
    PEREBOR_TRY(done,
                perebor_ranks_broadcast(ranks, recipe->trials, n * sizeof *recipe->trials, error));
    status = perebor_ranks_broadcast(ranks, recipe->weights, n * sizeof *recipe->weights, error);
done:
    return status;
}

perebor_status model_recipe_resolve(model_recipe *recipe, const perebor_study *study,
                                    perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (uint64_t k = 0; k < recipe->n; k++) {
        PEREBOR_TRY(
            done, stored_study_candidate(study, recipe->trials[k], &recipe->candidates[k], error));
    }
done:
    return status;
}

explain_recipe model_recipe_of(const model_recipe *recipe) {
    return (explain_recipe){.candidates = recipe->candidates,
                            .weights = recipe->votes ? recipe->weights : NULL,
                            .n = (size_t)recipe->n};
}

void model_recipe_release(model_recipe *recipe) {
    free(recipe->trials);
    free(recipe->weights);
    free(recipe->candidates);
    *recipe = (model_recipe){0};
}
