// SPDX-License-Identifier: MIT
#include "run/ensemble_stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/sequence.h"
#include "run/ensemble_tree.h"
#include "run/held_out_scores.h"
#include "store/stage.h"
#include "trial/select.h"

static const double level = 0.95;

/** A choice being made, and made again without some of the rows. */
typedef struct choosing {
    const ensemble_options *options;
    uint64_t seed;
    held_out_scores held_out; /* Probabilities of the candidates. */
    perebor_search_scores scores;
    uint32_t *weights; /* [n_candidates] */
    perebor_resampled_ensemble *resamples;
    perebor_workspace *workspaces; /* [n_threads] */
} choosing;

static void release_choosing(choosing *choosing) {
    for (int i = 0; choosing->workspaces != NULL && i < choosing->options->n_threads; i++) {
        perebor_workspace_release(&choosing->workspaces[i]);
    }
    held_out_scores_release(&choosing->held_out);
    free(choosing->workspaces);
    free(choosing->weights);
    free(choosing->resamples);
}

static perebor_status make_room(choosing *choosing, size_t n_candidates, perebor_error *error) {
    const ensemble_options *options = choosing->options;
    choosing->weights = calloc(n_candidates + 1, sizeof *choosing->weights);
    choosing->resamples = calloc(options->n_resamples + 1, sizeof *choosing->resamples);
    choosing->workspaces = calloc((size_t)options->n_threads, sizeof *choosing->workspaces);
    return choosing->weights != NULL && choosing->resamples != NULL && choosing->workspaces != NULL
               ? PEREBOR_OK
               : perebor_no_memory(error, "to choose an ensemble");
}

static perebor_status take_resample(void *context, uint64_t item, int thread,
                                    perebor_error *error) {
    choosing *choosing = context;
    return perebor_ensemble_resample(&choosing->scores, choosing->options->n_rounds, choosing->seed,
                                     item, &choosing->workspaces[thread],
                                     &choosing->resamples[item], error);
}

/** Chooses on all rows, and many times without a third of them. */
static perebor_status choose(choosing *choosing, perebor_corrected_ensemble *score,
                             perebor_error *error) {
    perebor_status status;
    const ensemble_options *options = choosing->options;
    double naive = 0.0;
    const perebor_sequence sequence = {.n_items = options->n_resamples,
                                       .n_threads = options->n_threads,
                                       .context = choosing,
                                       .make = take_resample};
    PEREBOR_TRY(done, perebor_ensemble_select(&choosing->scores, options->n_rounds,
                                              &choosing->workspaces[0], choosing->weights, &naive,
                                              error));
    PEREBOR_TRY(done, perebor_sequence_run(&sequence, error));
    status = perebor_ensemble_correct(naive, choosing->resamples, options->n_resamples, level,
                                      score, error);
done:
    return status;
}

/** What was chosen, with what it says of the rows in the first repeat. */
static perebor_status take_members(const choosing *choosing, const perebor_trials *trials,
                                   const select_ranked *candidates, ensemble *made,
                                   perebor_error *error) {
    const held_out_scores *held_out = &choosing->held_out;
    made->members = calloc(held_out->n_trials + 1, sizeof *made->members);
    made->probability = calloc(held_out->n_rows + 1, sizeof *made->probability);
    if (made->members == NULL || made->probability == NULL) {
        return perebor_no_memory(error, "for an ensemble");
    }
    for (size_t i = 0; i < held_out->n_trials; i++) {
        if (choosing->weights[i] > 0) {
            made->members[made->n_members++] =
                (ensemble_member){.trial = trials->first_trial + candidates[i].row,
                                  .weight = choosing->weights[i],
                                  .mean_test_score = candidates[i].score};
        }
    }
    made->n_candidates = held_out->n_trials;
    made->best = trials->first_trial + candidates[0].row;
    made->best_score = candidates[0].score;
    made->n_rows = held_out->n_rows;
    perebor_ensemble_blend(made->probability, (const double *const *)held_out->scores,
                           choosing->weights, held_out->n_trials, held_out->n_rows);
    return PEREBOR_OK;
}

perebor_status ensemble_stage_make(const perebor_study *study, perebor_result *result,
                                   const ensemble_options *options, ensemble *made,
                                   perebor_error *error) {
    perebor_status status;
    const perebor_trials *trials = result->trials;
    ensemble found = {0};
    select_ranked *candidates = NULL;
    size_t n = 0;
    choosing choosing = {.options = options, .seed = study->experiment->seed};
    if (strcmp(trials->metric_names[0], "roc_auc") != 0) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "the search selected by %s; ensembles are chosen by roc_auc alone",
                            trials->metric_names[0]);
    }
    PEREBOR_TRY(done, select_top(trials, options->top, &candidates, &n, error));
    if (n == 0) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT, "there is no complete trial");
        goto done;
    }
    PEREBOR_TRY(done, make_room(&choosing, n, error));
    PEREBOR_TRY(done, held_out_scores_make(&choosing.held_out, study, trials, candidates, n, true,
                                           options->n_threads, error));
    choosing.scores = held_out_scores_view(&choosing.held_out);
    PEREBOR_TRY(done, choose(&choosing, &found.score, error));
    PEREBOR_TRY(done, take_members(&choosing, trials, candidates, &found, error));
    PEREBOR_TRY(done, ensemble_put(result, &found, options, study, error));
    *made = found;
    found = (ensemble){0};
done:
    release_choosing(&choosing);
    ensemble_release(&found);
    free(candidates);
    return status;
}

perebor_status ensemble_stage_load(ensemble *loaded, const perebor_result *result, const char *file,
                                   perebor_error *error) {
    perebor_status status;
    const h5_node *group = NULL;
    ensemble read = {0};
    PEREBOR_TRY(done, stage_require(result, "ensemble", file, &group, error));
    PEREBOR_TRY(done, ensemble_from_tree(&read, result, file, error));
    *loaded = read;
    read = (ensemble){0};
done:
    ensemble_release(&read);
    return status;
}

perebor_status ensemble_fold_scores(const ensemble *loaded, const perebor_result *result,
                                    double *scores, perebor_error *error) {
    const perebor_metric *metric = perebor_metric_find("roc_auc");
    perebor_workspace workspace = {0};
    uint8_t *labels = perebor_workspace_take(&workspace, loaded->n_rows, sizeof *labels);
    double *own = perebor_workspace_take(&workspace, loaded->n_rows, sizeof *own);
    if (labels == NULL || own == NULL) {
        perebor_workspace_release(&workspace);
        return perebor_no_memory(error, "for the scores of %zu rows", loaded->n_rows);
    }
    for (size_t split = 0; split < result->n_splits; split++) {
        size_t n = 0;
        for (size_t i = 0; i < loaded->n_rows; i++) {
            if (result->test_fold[loaded->rows[i]] == (int32_t)split) {
                labels[n] = result->labels[loaded->rows[i]];
                own[n++] = loaded->probability[i];
            }
        }
        const perebor_predictions predictions = {.labels = labels, .scores = own, .n_rows = n};
        scores[split] = perebor_metric_score(metric, &predictions, &workspace);
    }
    perebor_workspace_release(&workspace);
    return PEREBOR_OK;
}

void ensemble_release(ensemble *ensemble) {
    free(ensemble->members);
    free(ensemble->rows);
    free(ensemble->probability);
    *ensemble = (struct ensemble){0};
}
