// SPDX-License-Identifier: MIT
#include "cli/verdict.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/try.h"
#include "cli/ensemble_text.h"
#include "cli/gap_text.h"
#include "cli/nested_text.h"
#include "cli/selection.h"
#include "store/stage.h"
#include "store/test_looks.h"
#include "trial/select.h"

static perebor_status write_models(const perebor_result *result, const select_model *models,
                                   size_t n, FILE *stream, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const perebor_trials *trials = result->trials;
    fprintf(stream, "\nbest of each model, %s on the folds\n", trials->metric_names[0]);
    for (size_t i = 0; i < n; i++) {
        size_t row = models[i].row;
        fprintf(stream, "  %-8s %.4f ± %.4f  trial %" PRIu64 ", best of %zu",
                models[i].learner->name, perebor_trials_mean_test_score(trials, row),
                select_standard_error(trials, row), trials->first_trial + row,
                models[i].n_complete);
        status = gap_text_write(result, row, stream, error);
        fputc('\n', stream);
        PEREBOR_TRY(done, status);
    }
    fputs("(± one standard error; the best of many is too good: it was chosen for its score)\n",
          stream);
done:
    return status;
}

static perebor_status write_simplest(const perebor_trials *trials, const perebor_pipeline *pipeline,
                                     FILE *stream, perebor_error *error) {
    size_t row = SELECT_NONE;
    perebor_status status = select_one_standard_error(trials, pipeline, &row, error);
    if (status == PEREBOR_OK && row != SELECT_NONE) {
        fprintf(stream, "simplest within one standard error of the best: trial %" PRIu64 ", %.4f\n",
                trials->first_trial + row, perebor_trials_mean_test_score(trials, row));
    }
    return status;
}

static perebor_status write_looks(const perebor_result *result, FILE *stream,
                                  perebor_error *error) {
    test_looks looks = {0};
    perebor_status status = test_looks_count(result, &looks, error);
    if (looks.n > 0) {
        fprintf(stream, "the test part was looked at for %zu model%s%s\n", looks.n,
                looks.n == 1 ? "" : "s",
                looks.n_then > 0
                    ? ", and the search went on after that: it is no test part any more"
                    : "");
    }
    return status;
}

/** Whether the model that is there is stale. */
static void write_model(const perebor_result *result, FILE *stream) {
    const h5_node *model = stage_find(result, "model");
    if (model != NULL && !stage_is_current(result, "model")) {
        fputs(
            h5_find_text(model, "ensemble") == NULL
                ? "the model in the file was made before the search went on: refit it\n"
                : "the model in the file is an ensemble that was chosen before the search went on "
                  "('perebor ensemble' chooses again), or before another was: refit it\n",
            stream);
    }
}

/** Whether there are explanations, and of the model that is there. */
static void write_explained(const perebor_result *result, const char *file, FILE *stream) {
    const h5_node *group = stage_find(result, "explain");
    const char *game = group == NULL ? NULL : h5_find_text(group, "game");
    if (group == NULL) {
        return;
    }
    if (!stage_is_current(result, "explain")) {
        fputs("the explanations in the file are of another model than the one that is there, or of "
              "one that is not current: explain it again\n",
              stream);
    } else if (game != NULL) { // else columns alone are explained
        fprintf(stream, "every row is explained, by the %s game: 'perebor explain %s' says how\n",
                game, file);
    }
}

perebor_status verdict_write(const perebor_result *result, const char *file, FILE *stream,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    selection_pipeline opened = {0};
    select_model *models = NULL;
    size_t n_models = 0;
    if (select_best(result->trials) == SELECT_NONE || result->config_path[0] == '\0') {
        return PEREBOR_OK;
    }
    PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, NULL, error));
    PEREBOR_TRY(done, select_per_model(result->trials, opened.pipeline, &models, &n_models, error));
    PEREBOR_TRY(done, write_models(result, models, n_models, stream, error));
    PEREBOR_TRY(done, write_simplest(result->trials, opened.pipeline, stream, error));
    nested_text_write_stage(result, stream);
    ensemble_text_write_stage(result, stream);
    PEREBOR_TRY(done, write_looks(result, stream, error));
    write_model(result, stream);
    write_explained(result, file, stream);
done:
    free(models);
    selection_pipeline_close(&opened);
    return status;
}
