// SPDX-License-Identifier: MIT
#include "explain/row_explainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"
#include "base/try.h"

struct row_explainer {
    const perebor_fitted_pipeline *pipeline;
    const perebor_dataset *dataset;
    row_explainer_options options;
    perebor_workspace workspace; /**< Owns players and background. */
    explain_players players;
    explain_shapley *shapley;
};

static int by_number(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

size_t row_explainer_background(const uint32_t *training, size_t n_training, size_t n,
                                uint64_t seed, uint32_t *background) {
    perebor_stream stream = perebor_stream_make(seed, "explain.background");
    size_t wanted = n < n_training ? n : n_training, chosen = 0;
    // Knuth's algorithm S: of the rows that are left each is taken with chance wanted / left.
    for (size_t i = 0; i < n_training && chosen < wanted; i++) {
        double uniform = perebor_stream_uniform(stream, 0, i);
        if (uniform * (double)(n_training - i) < (double)(wanted - chosen)) {
            background[chosen++] = training[i];
        }
    }
    qsort(background, chosen, sizeof *background, by_number);
    return chosen;
}

static void to_probabilities(const perebor_fitted_pipeline *pipeline, const double *scores,
                             size_t n, double *probabilities) {
    perebor_calibration_apply(perebor_fitted_pipeline_calibration(pipeline),
                              perebor_fitted_pipeline_learner(pipeline), scores, n, probabilities);
}

/** The scorers of explain_model. */
static perebor_status score_rows(const void *context, const perebor_matrix *rows,
                                 perebor_workspace *workspace, double *scores,
                                 perebor_error *error) {
    return perebor_fitted_pipeline_score_prepared(context, rows, workspace, scores, error);
}

static perebor_status predict_rows(const void *context, const perebor_matrix *rows,
                                   perebor_workspace *workspace, double *scores,
                                   perebor_error *error) {
    perebor_status status =
        perebor_fitted_pipeline_score_prepared(context, rows, workspace, scores, error);
    if (status == PEREBOR_OK) {
        to_probabilities(context, scores, rows->n_rows, scores);
    }
    return status;
}

/** Whether probabilities are the scores: shares that were not calibrated. */
static bool predicts_scores(const perebor_fitted_pipeline *pipeline) {
    return perebor_fitted_pipeline_calibration(pipeline)->kind == PEREBOR_CALIBRATION_SIGMOID &&
           perebor_fitted_pipeline_learner(pipeline)->score_kind == PEREBOR_SCORE_SHARE;
}

/** A fiftieth of the standard deviation of the background's scores. */
static perebor_status choose_error(row_explainer *explainer, const explain_model *model,
                                   const perebor_matrix *background, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    size_t n = background->n_rows;
    double *scores = perebor_workspace_take(&explainer->workspace, n, sizeof *scores);
    if (scores == NULL) {
        return perebor_no_memory(error, "for %zu background rows", n);
    }
    PEREBOR_TRY(done,
                model->score(model->context, background, &explainer->workspace, scores, error));
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += scores[i];
    }
    for (size_t i = 0; i < n; i++) {
        double from_mean = scores[i] - sum / (double)n;
        squares += from_mean * from_mean;
    }
    explainer->options.standard_error = sqrt(squares / (double)n) / 50.0;
done:
    return status;
}

static perebor_status make(row_explainer *explainer, const uint32_t *background,
                           size_t n_background, perebor_error *error) {
    perebor_status status;
    const perebor_fitted_pipeline *pipeline = explainer->pipeline;
    const perebor_preparation *preparation = perebor_fitted_pipeline_preparation(pipeline);
    row_explainer_options *options = &explainer->options;
    perebor_matrix prepared;
    bool by_score = options->scale == EXPLAIN_SCORE;
    const explain_model model = {.form = perebor_fitted_pipeline_form(pipeline),
                                 .score = by_score ? score_rows : predict_rows,
                                 .context = pipeline,
                                 .scores_form = by_score || predicts_scores(pipeline)};
    PEREBOR_TRY(
        done, explain_players_make(&explainer->players, preparation, &explainer->workspace, error));
    PEREBOR_TRY(done, perebor_preparation_transform(preparation, explainer->dataset, background,
                                                    n_background, &explainer->workspace, &prepared,
                                                    error));
    PEREBOR_TRY(done, perebor_matrix_expand(&prepared, &prepared, &explainer->workspace, error));
    if (options->standard_error == 0.0) {
        PEREBOR_TRY(done, choose_error(explainer, &model, &prepared, error));
    }
    const explain_shapley_options shapley = {.game = options->game,
                                             .standard_error = options->standard_error,
                                             .most_rounds = options->most_rounds,
                                             .seed = options->seed};
    status = explain_shapley_create(&explainer->shapley, &model, &explainer->players, &prepared,
                                    &shapley, error);
done:
    return status;
}

perebor_status row_explainer_create(row_explainer **explainer,
                                    const perebor_fitted_pipeline *pipeline,
                                    const perebor_dataset *dataset, const uint32_t *background,
                                    size_t n_background, const row_explainer_options *options,
                                    perebor_error *error) {
    row_explainer *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return perebor_no_memory(error, "to explain a model");
    }
    *made = (row_explainer){.pipeline = pipeline, .dataset = dataset, .options = *options};
    perebor_status status = make(made, background, n_background, error);
    if (status != PEREBOR_OK) {
        row_explainer_free(made);
        return status;
    }
    *explainer = made;
    return PEREBOR_OK;
}

void row_explainer_turn_to(row_explainer *explainer, const perebor_dataset *dataset) {
    explainer->dataset = dataset;
}

void row_explainer_free(row_explainer *explainer) {
    if (explainer != NULL) {
        explain_shapley_free(explainer->shapley);
        perebor_workspace_release(&explainer->workspace);
        free(explainer);
    }
}

const explain_players *row_explainer_players(const row_explainer *explainer) {
    return &explainer->players;
}

double row_explainer_baseline(const row_explainer *explainer) {
    return explain_shapley_baseline(explainer->shapley);
}

double row_explainer_baseline_probability(const row_explainer *explainer) {
    double baseline = row_explainer_baseline(explainer);
    if (explainer->options.scale == EXPLAIN_SCORE) {
        to_probabilities(explainer->pipeline, &baseline, 1, &baseline);
    }
    return baseline;
}

bool row_explainer_is_exact(const row_explainer *explainer) {
    return explain_shapley_is_exact(explainer->shapley);
}

double row_explainer_grain(const row_explainer *explainer) {
    return row_explainer_is_exact(explainer)
               ? perebor_fitted_pipeline_form(explainer->pipeline)->grain
               : 0.0;
}

double row_explainer_standard_error(const row_explainer *explainer) {
    return explainer->options.standard_error;
}

/** Values, scores and probabilities of prepared rows. */
static perebor_status explain_prepared(const row_explainer *explainer, const perebor_matrix *rows,
                                       const uint64_t *keys, perebor_workspace *workspace,
                                       row_explanation *explained, perebor_error *error) {
    perebor_status status;
    explain_shapley_row shapley[EXPLAIN_BLOCK] = {{0}};
    double scores[EXPLAIN_BLOCK], probabilities[EXPLAIN_BLOCK];
    size_t n = rows->n_rows;
    for (size_t i = 0; i < n; i++) {
        shapley[i] = explained[i].shapley;
    }
    PEREBOR_TRY(done, perebor_fitted_pipeline_score_prepared(explainer->pipeline, rows, workspace,
                                                             scores, error));
    to_probabilities(explainer->pipeline, scores, n, probabilities);
    PEREBOR_TRY(done,
                explain_shapley_rows(explainer->shapley, rows, keys, workspace, shapley, error));
    for (size_t i = 0; i < n; i++) {
        explained[i] = (row_explanation){
            .score = scores[i], .probability = probabilities[i], .shapley = shapley[i]};
    }
done:
    return status;
}

perebor_status row_explainer_rows(const row_explainer *explainer, const uint32_t *rows,
                                  size_t n_rows, perebor_workspace *workspace,
                                  row_explanation *explained, perebor_error *error) {
    perebor_status status;
    perebor_matrix prepared;
    uint64_t keys[EXPLAIN_BLOCK];
    perebor_workspace_mark begin = perebor_workspace_here(workspace);
    for (size_t i = 0; i < n_rows; i++) {
        keys[i] = rows[i];
    }
    PEREBOR_TRY(done, perebor_preparation_transform(
                          perebor_fitted_pipeline_preparation(explainer->pipeline),
                          explainer->dataset, rows, n_rows, workspace, &prepared, error));
    PEREBOR_TRY(done, perebor_matrix_expand(&prepared, &prepared, workspace, error));
    status = explain_prepared(explainer, &prepared, keys, workspace, explained, error);
done:
    perebor_workspace_return(workspace, begin);
    return status;
}
