// SPDX-License-Identifier: MIT
#include "run/explain_stage.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/try.h"
#include "exec/job.h"
#include "h5/tree_copy.h"
#include "run/explain_retrained.h"
#include "run/stored_study.h"
#include "store/stage.h"

/** Rows of a unit: small enough that ranks end together, large enough that sending costs nothing.
 */
enum { unit_rows = 2 * EXPLAIN_BLOCK };

/** One rank's part in explaining. */
typedef struct explaining {
    perebor_ranks *ranks;
    const explain_stage_source *source; /**< Rank 0. */
    shared_model *shared;
    explanation_terms terms;
    uint32_t *background; /**< [n_background] rows of the dataset. */
    size_t n_background;
    const perebor_dataset *dataset;
    row_explainer *explainer;
    int n_threads;
    perebor_workspace *workspaces; /**< [n_threads] */
    const explain_watch *watch;
    explanation *explanation; /**< Rank 0. */
} explaining;

/** Explains up to a block of rows into a unit's bytes. */
static perebor_status explain_block(const explaining *explaining, uint32_t first, size_t n,
                                    perebor_workspace *workspace, perebor_unit_result *result,
                                    perebor_error *error) {
    perebor_status status;
    size_t n_players = row_explainer_players(explaining->explainer)->n_players;
    double *room = perebor_workspace_take(workspace, 2 * n * n_players, sizeof *room);
    row_explanation explained[EXPLAIN_BLOCK];
    uint32_t rows[EXPLAIN_BLOCK];
    if (room == NULL) {
        return perebor_no_memory(error, "to explain %zu rows", n);
    }
    for (size_t i = 0; i < n; i++) {
        rows[i] = first + (uint32_t)i;
        explained[i].shapley = (explain_shapley_row){
            .values = room + 2 * i * n_players, .standard_error = room + (2 * i + 1) * n_players};
    }
    PEREBOR_TRY(done,
                row_explainer_rows(explaining->explainer, rows, n, workspace, explained, error));
    for (size_t i = 0; i < n; i++) {
        const double scores[] = {explained[i].score, explained[i].probability,
                                 (double)explained[i].shapley.n_rounds};
        PEREBOR_TRY(done, perebor_unit_result_append(result, scores, sizeof scores, error));
    }
    status = perebor_unit_result_append(result, room, 2 * n * n_players * sizeof *room, error);
done:
    return status;
}

static perebor_status execute(void *context, uint32_t unit, int thread, perebor_unit_result *result,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const explaining *explaining = context;
    perebor_workspace *workspace = &explaining->workspaces[thread];
    size_t first = (size_t)unit * unit_rows, n_rows = explaining->dataset->n_rows;
    for (size_t row = first; row < n_rows && row < first + unit_rows; row += EXPLAIN_BLOCK) {
        size_t left = n_rows - row;
        PEREBOR_TRY(done, explain_block(explaining, (uint32_t)row,
                                        left < EXPLAIN_BLOCK ? left : EXPLAIN_BLOCK, workspace,
                                        result, error));
        perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    }
done:
    perebor_workspace_return(workspace, (perebor_workspace_mark){0});
    return status;
}

/** One block of a unit's bytes. */
static void take_block(explanation *explanation, size_t first, size_t n, const double *numbers) {
    size_t n_players = explanation->n_players;
    double *room = (double *)numbers + 3 * n;
    for (size_t i = 0; i < n; i++) {
        const row_explanation row = {
            .score = numbers[3 * i],
            .probability = numbers[3 * i + 1],
            .shapley = {.values = room + 2 * i * n_players,
                        .standard_error = room + (2 * i + 1) * n_players,
                        .n_rounds = (uint32_t)numbers[3 * i + 2]},
        };
        explanation_set(explanation, first + i, &row);
    }
}

static perebor_status deliver(void *context, uint32_t unit, const void *bytes, size_t size,
                              int rank, perebor_error *error) {
    const explaining *explaining = context;
    explanation *explanation = explaining->explanation;
    size_t first = (size_t)unit * unit_rows, n_rows = explanation->n_rows;
    size_t n = n_rows - first < unit_rows ? n_rows - first : unit_rows;
    size_t of_row = 3 + 2 * explanation->n_players;
    double *numbers = malloc(size + 1);
    if (numbers == NULL || size != n * of_row * sizeof *numbers) {
        free(numbers);
        return perebor_fail(error, PEREBOR_ERR_FORMAT,
                            "rank %d sent %zu bytes for %zu explained rows, or there is no memory",
                            rank, size, n);
    }
    memcpy(numbers, bytes, size); // at an address for doubles
    for (size_t row = 0; row < n; row += EXPLAIN_BLOCK) {
        take_block(explanation, first + row, n - row < EXPLAIN_BLOCK ? n - row : EXPLAIN_BLOCK,
                   numbers + row * of_row);
    }
    free(numbers);
    return PEREBOR_OK;
}

/** A row that cannot be explained ends it all: there is no half of a stage. */
static perebor_status give_up(void *context, uint32_t unit, int rank, double seconds,
                              const char *reason, perebor_error *error) {
    (void)context;
    (void)rank;
    (void)seconds;
    return perebor_fail(error, PEREBOR_ERR_NUMERIC, "rows %zu and following: %s",
                        (size_t)unit * unit_rows, reason);
}

/** What terms come to for a model. */
static void settle_scale(explanation_terms *terms, const perebor_fitted_pipeline *pipeline) {
    terms->options.scale = row_explainer_scale(pipeline, terms->options.scale);
}

/** Rank 0: loads the model, and finds the stage if it is there on these terms. */
static perebor_status begin(explaining *explaining, bool *found, perebor_error *error) {
    perebor_status status;
    const h5_node *model = NULL;
    const explain_stage_source *source = explaining->source;
    PEREBOR_TRY(done,
                shared_model_load(explaining->shared, &model, source->result, source->file, error));
    settle_scale(&explaining->terms, explaining->shared->pipeline);
    status = explain_stage_find(explaining->shared->study, source->result, &explaining->terms,
                                explaining->explanation, found, error);
done:
    return status;
}

/** The background of a study's rows: the same on every rank. */
static perebor_status choose_background(const perebor_study *study, const explanation_terms *terms,
                                        uint32_t **background, size_t *n, perebor_error *error) {
    uint32_t *chosen = calloc(study->split.n_train + 1, sizeof *chosen);
    if (chosen == NULL) {
        return perebor_no_memory(error, "for %zu training rows", study->split.n_train);
    }
    *n = row_explainer_background(study->split.train, study->split.n_train, terms->n_background,
                                  terms->options.seed, chosen);
    *background = chosen;
    return PEREBOR_OK;
}

/** On every rank: the explainer and room to work in. */
static perebor_status make_ready(explaining *explaining, perebor_error *error) {
    perebor_status status;
    explaining->workspaces = calloc((size_t)explaining->n_threads, sizeof *explaining->workspaces);
    if (explaining->workspaces == NULL) {
        return perebor_no_memory(error, "for %d threads", explaining->n_threads);
    }
    PEREBOR_TRY(done,
                row_explainer_create(&explaining->explainer, explaining->shared->pipeline,
                                     explaining->dataset, explaining->background,
                                     explaining->n_background, &explaining->terms.options, error));
    if (explaining->ranks->rank == 0) {
        status = explanation_begin(explaining->explanation, explaining->explainer,
                                   &explaining->terms, explaining->background,
                                   explaining->n_background, explaining->dataset->n_rows, error);
    }
done:
    return status;
}

/** What other parts the stage has: run/column_stage.h, which say themselves what they were made of.
 */
static void keep_groups(const h5_node *stage, h5_tree *tree, h5_node *group) {
    for (const h5_node *child = stage->children; child != NULL; child = child->next) {
        if (child->type == H5_GROUP) {
            (void)h5_copy(tree, group, child);
        }
    }
}

/** Rank 0: the group, and what it was made from. */
static perebor_status put(const explaining *explaining, perebor_error *error) {
    perebor_status status;
    const explain_stage_source *source = explaining->source;
    const perebor_study *study = explaining->shared->study;
    const char *model = h5_find_text(stage_find(source->result, "model"), "digest");
    bool *is_tested = calloc(study->dataset->n_rows + 1, sizeof *is_tested);
    h5_tree *tree = h5_tree_create();
    if (tree == NULL || is_tested == NULL) {
        status = perebor_no_memory(error, "for an explanation");
        goto done;
    }
    for (size_t i = 0; i < study->split.n_test; i++) {
        is_tested[study->split.test[i]] = true;
    }
    h5_node *group = h5_add_group(tree, tree->root, "explain");
    if (stage_is_current(source->result, "explain")) {
        keep_groups(stage_find(source->result, "explain"), tree, group);
    }
    PEREBOR_TRY(done, explanation_to_tree(explaining->explanation, study->dataset, model, is_tested,
                                          tree, group, error));
    status = stage_put(source->result, group, error);
done:
    h5_tree_free(tree);
    free(is_tested);
    return status;
}

static perebor_status tick(void *context, const perebor_job_progress *progress, bool *stop,
                           perebor_error *error) {
    const explaining *explaining = context;
    *stop = false;
    (void)error;
    explain_watch_tell(explaining->watch, progress);
    return PEREBOR_OK;
}

/** Rows by the model, block by block. */
static perebor_status explain_blocks(explaining *explaining, perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = explaining->ranks;
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, make_ready(explaining, error), error));
    const perebor_job job = {
        .n_units = (explaining->dataset->n_rows + unit_rows - 1) / unit_rows,
        .n_threads = explaining->n_threads,
        .context = explaining,
        .execute = execute,
        .deliver = deliver,
        .give_up = give_up,
        .tick = tick,
    };
    status = perebor_job_run(ranks, &job, NULL, error);
done:
    return status;
}

/** Rows by models of the same trial on fewer columns. */
static perebor_status explain_retrained_rows(explaining *explaining, perebor_error *error) {
    perebor_status status;
    retrained_stage_source source = {.shared = explaining->shared,
                                     .terms = &explaining->terms,
                                     .background = explaining->background,
                                     .n_background = explaining->n_background,
                                     .watch = explaining->watch};
    perebor_ranks *ranks = explaining->ranks;
    status = ranks->rank == 0 ? retrained_source_read(&source, explaining->source->result,
                                                      explaining->source->file, error)
                              : PEREBOR_OK;
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    status = explain_retrained_all(ranks, &source, explaining->n_threads, explaining->explanation,
                                   error);
done:
    model_recipe_release(&source.recipe);
    return status;
}

/** Explains every row, on all ranks. */
static perebor_status explain_rows(explaining *explaining, const explain_stage_threads *threads,
                                   perebor_error *error) {
    perebor_status status;
    perebor_ranks *ranks = explaining->ranks;
    PEREBOR_TRY(done, shared_model_share(explaining->shared, ranks, error));
    settle_scale(&explaining->terms, explaining->shared->pipeline);
    const perebor_study *study = explaining->shared->study;
    explaining->dataset = study->dataset;
    explaining->watch = threads->watch;
    explaining->terms.options.seed = study->experiment->seed;
    PEREBOR_TRY(done, perebor_ranks_choose_threads(ranks, threads->asked, threads->oversubscribe,
                                                   &explaining->n_threads, error));
    PEREBOR_TRY(done, perebor_ranks_agree(ranks,
                                          choose_background(study, &explaining->terms,
                                                            &explaining->background,
                                                            &explaining->n_background, error),
                                          error));
    PEREBOR_TRY(done, explaining->terms.options.game == EXPLAIN_RETRAINED
                          ? explain_retrained_rows(explaining, error)
                          : explain_blocks(explaining, error));
    if (ranks->rank == 0) {
        status = put(explaining, error);
    }
done:
    return status;
}

static void release(explaining *explaining) {
    for (int i = 0; explaining->workspaces != NULL && i < explaining->n_threads; i++) {
        perebor_workspace_release(&explaining->workspaces[i]);
    }
    free(explaining->workspaces);
    free(explaining->background);
    row_explainer_free(explaining->explainer);
}

perebor_status explain_stage_find(const perebor_study *study, const perebor_result *result,
                                  const explanation_terms *terms, explanation *explanation,
                                  bool *found, perebor_error *error) {
    *found = false;
    return stage_is_current(result, "explain")
               ? explanation_from_tree(explanation, found, terms, study->dataset,
                                       stage_find(result, "explain"), error)
               : PEREBOR_OK;
}

perebor_status explain_stage_make(perebor_ranks *ranks, shared_model *shared,
                                  const explain_stage_source *source,
                                  const explanation_terms *terms, perebor_status ready,
                                  const explain_stage_threads *threads, explanation *explanation,
                                  bool *made, perebor_error *error) {
    struct explanation found = {0};
    explaining explaining = {
        .ranks = ranks, .shared = shared, .source = source, .terms = *terms, .explanation = &found};
    bool is_there = false;
    perebor_status status = ready;
    if (ranks->rank == 0 && status == PEREBOR_OK) {
        explaining.terms.options.seed = shared->study->experiment->seed;
        status = begin(&explaining, &is_there, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done, perebor_ranks_broadcast(ranks, &is_there, sizeof is_there, error));
    if (!is_there) {
        PEREBOR_TRY(done, explain_rows(&explaining, threads, error));
    }
    if (ranks->rank == 0) {
        *explanation = found;
        *made = !is_there;
        found = (struct explanation){0};
    }
done:
    explanation_release(&found);
    release(&explaining);
    return status;
}

/** Rows by an explainer that is ready. */
static perebor_status explain_each(const row_explainer *explainer, const uint32_t *rows,
                                   explanation *explanation, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_workspace workspace = {0};
    size_t n_players = explanation->n_players;
    for (size_t i = 0; i < explanation->n_rows; i++) {
        row_explanation explained = {
            .shapley = {.values = explanation->values + i * n_players,
                        .standard_error = explanation->errors + i * n_players}};
        PEREBOR_TRY(done,
                    row_explainer_rows(explainer, &rows[i], 1, &workspace, &explained, error));
        explanation->rows[i] = rows[i];
        explanation_set(explanation, i, &explained);
    }
done:
    perebor_workspace_release(&workspace);
    return status;
}

/** By the model. */
static perebor_status explain_by_model(const perebor_study *study,
                                       const perebor_fitted_pipeline *pipeline,
                                       const explanation_terms *terms, const uint32_t *background,
                                       size_t n_background, const uint32_t *rows, size_t n_rows,
                                       explanation *explanation, perebor_error *error) {
    perebor_status status;
    row_explainer *explainer = NULL;
    PEREBOR_TRY(done, row_explainer_create(&explainer, pipeline, study->dataset, background,
                                           n_background, &terms->options, error));
    PEREBOR_TRY(done, explanation_begin(explanation, explainer, terms, background, n_background,
                                        n_rows, error));
    status = explain_each(explainer, rows, explanation, error);
done:
    row_explainer_free(explainer);
    return status;
}

perebor_status explain_some_rows(const perebor_study *study,
                                 const perebor_fitted_pipeline *pipeline,
                                 const explanation_terms *terms, const uint32_t *rows,
                                 size_t n_rows, explanation *explanation, perebor_error *error) {
    perebor_status status;
    uint32_t *background = NULL;
    size_t n_background = 0;
    struct explanation found = {0};
    PEREBOR_TRY(done, choose_background(study, terms, &background, &n_background, error));
    PEREBOR_TRY(done, explain_by_model(study, pipeline, terms, background, n_background,
                                       rows == NULL ? background : rows,
                                       rows == NULL ? n_background : n_rows, &found, error));
    *explanation = found;
    found = (struct explanation){0};
done:
    explanation_release(&found);
    free(background);
    return status;
}

perebor_status explain_row_of_file(shared_model *shared, const perebor_result *result,
                                   const char *file, const explanation_terms *asked, uint32_t row,
                                   explanation *explanation, perebor_error *error) {
    perebor_status status;
    explanation_terms settled = *asked;
    const explanation_terms *terms = &settled;
    bool is_there = false;
    struct explanation all = {0};
    uint32_t *background = NULL;
    settle_scale(&settled, shared->pipeline);
    retrained_stage_source source = {.shared = shared, .terms = terms};
    PEREBOR_TRY(done, explain_stage_find(shared->study, result, terms, &all, &is_there, error));
    if (is_there) {
        status = explanation_pick(explanation, &all, row, error);
        goto done;
    }
    if (terms->options.game != EXPLAIN_RETRAINED) {
        status =
            explain_some_rows(shared->study, shared->pipeline, terms, &row, 1, explanation, error);
        goto done;
    }
    PEREBOR_TRY(done,
                choose_background(shared->study, terms, &background, &source.n_background, error));
    source.background = background;
    PEREBOR_TRY(done, retrained_source_read(&source, result, file, error));
    status = explain_retrained_row(&source, row, explanation, error);
done:
    model_recipe_release(&source.recipe);
    free(background);
    explanation_release(&all);
    return status;
}
