// SPDX-License-Identifier: MIT
#include "run/explain_retrained.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "exec/job.h"
#include "explain/retrained_game.h"
#include "run/explain_job.h"
#include "store/stage.h"

perebor_status retrained_source_read(retrained_stage_source *source, const perebor_result *result,
                                     const char *file, perebor_error *error) {
    perebor_status status;
    const h5_node *model = NULL;
    PEREBOR_TRY(done, stage_require(result, "model", file, &model, error));
    status =
        model_recipe_read(&source->recipe, result, model, source->shared->pipeline, file, error);
done:
    return status;
}

/** The game of some rows. */
static retrained_question question_of(const retrained_stage_source *source,
                                      const model_recipe *recipe, const uint32_t *rows,
                                      size_t n_rows) {
    const perebor_study *study = source->shared->study;
    return (retrained_question){.dataset = study->dataset,
                                .pipeline = source->shared->pipeline,
                                .recipe = model_recipe_of(recipe),
                                .training = study->split.train,
                                .n_training = study->split.n_train,
                                .method = recipe->method,
                                .options = source->terms->options,
                                .rows = rows,
                                .n_rows = n_rows};
}

/** Makes room for every row, and says whose values there are. */
static perebor_status begin(explanation *explanation, const retrained_game *game,
                            const retrained_stage_source *source, size_t n_rows,
                            perebor_error *error) {
    assert(game != NULL);
    const explain_players *players = &game->players;
    perebor_status status =
        explanation_make_room(explanation, players->n_players, source->n_background, n_rows, error);
    if (status != PEREBOR_OK) {
        return status;
    }
    explanation->terms = *source->terms;
    explanation->exact = game->exact;
    explanation->standard_error = game->standard_error;
    memcpy(explanation->players, players->sources, players->n_players * sizeof(uint32_t));
    memcpy(explanation->background, source->background, source->n_background * sizeof(uint32_t));
    return PEREBOR_OK;
}

/** Takes the rows of a game that is done. */
static void take_rows(explanation *explanation, const retrained_game *game, size_t first) {
    explanation->baseline = retrained_game_baseline(game);
    explanation->baseline_probability = retrained_game_baseline_probability(game);
    for (size_t i = 0; i < game->question.n_rows; i++) {
        const row_explanation row = retrained_game_row(game, i);
        explanation->rows[first + i] = game->question.rows[i];
        explanation_set(explanation, first + i, &row);
    }
}

/** Plays one game to its end, on all ranks. */
static perebor_status play(perebor_ranks *ranks, retrained_game *game, int n_threads,
                           const explain_watch *watch, perebor_error *error) {
    perebor_status status;
    bool done = false;
    while (!done) {
        retrained_game_lay(game);
        explain_part part = retrained_game_part(game);
        PEREBOR_TRY(failed, explain_job_run(ranks, &part, 1, n_threads, watch, error));
        done = ranks->rank == 0 && retrained_game_add(game);
        retrained_game_go_on(game);
        PEREBOR_TRY(failed, perebor_ranks_broadcast(ranks, &done, sizeof done, error));
    }
failed:
    return status;
}

/** One slice of rows. A thread that hangs keeps its game. */
static perebor_status explain_slice(perebor_ranks *ranks, const retrained_stage_source *source,
                                    const retrained_question *question, int n_threads, size_t first,
                                    size_t n_all, explanation *explanation, perebor_error *error) {
    bool receives = ranks->rank == 0;
    retrained_game *game = calloc(1, sizeof *game);
    perebor_status status = game != NULL ? retrained_game_begin(game, question, receives, error)
                                         : perebor_no_memory(error, "to retrain a trial");
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    PEREBOR_TRY(done, play(ranks, game, n_threads, source->watch, error));
    if (receives && first == 0) {
        status = begin(explanation, game, source, n_all, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    if (receives) {
        take_rows(explanation, game, first);
    }
done:
    if (game != NULL && !perebor_job_hangs(ranks)) {
        retrained_game_release(game);
        free(game);
    }
    return status; // NOLINT(clang-analyzer-unix.Malloc): a thread that hangs keeps it
}

/** What a thread that hangs may still look at: it outlives the call then. */
typedef struct retrained_run {
    model_recipe recipe;
    uint32_t *rows; /**< Every row of the dataset. */
} retrained_run;

/** @param source  Its recipe becomes the run's. */
static perebor_status make_run(retrained_run **run, retrained_stage_source *source,
                               perebor_error *error) {
    const perebor_study *study = source->shared->study;
    size_t n_rows = study->dataset->n_rows;
    retrained_run *made = calloc(1, sizeof *made);
    if (made != NULL) {
        made->rows = calloc(n_rows + 1, sizeof *made->rows);
    }
    *run = made;
    if (made == NULL || made->rows == NULL) {
        return perebor_no_memory(error, "for %zu rows", n_rows);
    }
    made->recipe = source->recipe;
    source->recipe = (model_recipe){0};
    for (size_t row = 0; row < n_rows; row++) {
        made->rows[row] = (uint32_t)row;
    }
    return model_recipe_resolve(&made->recipe, study, error);
}

perebor_status explain_retrained_all(perebor_ranks *ranks, retrained_stage_source *source,
                                     int n_threads, explanation *explanation,
                                     perebor_error *error) {
    perebor_status status;
    retrained_run *run = NULL;
    size_t n_rows = source->shared->study->dataset->n_rows;
    size_t most = retrained_game_most_rows(source->shared->pipeline);
    PEREBOR_TRY(done, model_recipe_share(&source->recipe, ranks, error));
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, make_run(&run, source, error), error));
    for (size_t first = 0; first < n_rows; first += most) {
        size_t n = n_rows - first < most ? n_rows - first : most;
        const retrained_question question = question_of(source, &run->recipe, run->rows + first, n);
        PEREBOR_TRY(done, explain_slice(ranks, source, &question, n_threads, first, n_rows,
                                        explanation, error));
    }
done:
    if (run != NULL && !perebor_job_hangs(ranks)) {
        model_recipe_release(&run->recipe);
        free(run->rows);
        free(run);
    }
    return status; // NOLINT(clang-analyzer-unix.Malloc): a thread that hangs keeps it
}

/** Computes every unit of a batch, one after the other. */
static perebor_status compute_batch(retrained_game *game, double *values,
                                    perebor_workspace *workspace, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    explain_part part = retrained_game_part(game);
    for (size_t unit = 0; unit < part.n_units; unit++) {
        PEREBOR_TRY(done, part.compute(part.context, unit, workspace, values, error));
        part.receive(part.context, unit, values);
    }
done:
    return status;
}

perebor_status explain_retrained_row(retrained_stage_source *source, uint32_t row,
                                     explanation *explanation, perebor_error *error) {
    perebor_status status;
    retrained_game game = {0};
    perebor_workspace workspace = {0};
    struct explanation found = {0};
    double value;
    PEREBOR_TRY(done, model_recipe_resolve(&source->recipe, source->shared->study, error));
    const retrained_question question = question_of(source, &source->recipe, &row, 1);
    PEREBOR_TRY(done, retrained_game_begin(&game, &question, true, error));
    for (bool ended = false; !ended; retrained_game_go_on(&game)) {
        retrained_game_lay(&game);
        PEREBOR_TRY(done, compute_batch(&game, &value, &workspace, error));
        ended = retrained_game_add(&game);
    }
    PEREBOR_TRY(done, begin(&found, &game, source, 1, error));
    take_rows(&found, &game, 0);
    *explanation = found;
    found = (struct explanation){0};
done:
    explanation_release(&found);
    perebor_workspace_release(&workspace);
    retrained_game_release(&game);
    return status;
}
