// SPDX-License-Identifier: MIT
#include "cli/selection.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "perebor/learners.h"
#include "run/stored_study.h"
#include "trial/select.h"

static const char *const rule_names[] = {
    [SELECTION_BEST] = "best",
    [SELECTION_ONE_STANDARD_ERROR] = "one_standard_error",
    [SELECTION_NUMBER] = "number",
    [SELECTION_PER_MODEL] = "per_model",
};

const char *selection_name(const selection *selection) {
    return selection->rule == SELECTION_MODEL ? selection->learner->name
                                              : rule_names[selection->rule];
}

bool selection_is(const char *text, selection *read) {
    static const selection_rule rules[] = {SELECTION_BEST, SELECTION_ONE_STANDARD_ERROR,
                                           SELECTION_PER_MODEL};
    *read = (selection){.learner = perebor_learner_find(text)};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcmp(text, rule_names[rules[i]]) == 0) {
            read->rule = rules[i];
            return true;
        }
    }
    read->rule = read->learner != NULL ? SELECTION_MODEL : SELECTION_NUMBER;
    return read->learner != NULL || argument_read_number(text, text + strlen(text), &read->number);
}

selection selection_read(const struct argp_state *state, const char *text) {
    selection read;
    if (!selection_is(text, &read)) {
        argp_error(state,
                   "\"%s\" is not a trial: write its number, best, one_standard_error, per_model, "
                   "or a learner for the best of it",
                   text);
    }
    return read;
}

selection selection_read_one(const struct argp_state *state, const char *text, const char *why) {
    selection read;
    if (!selection_is(text, &read)) {
        argp_error(
            state,
            "\"%s\" is not a trial: write its number, best, one_standard_error, or a learner "
            "for the best of it",
            text);
    }
    if (read.rule == SELECTION_PER_MODEL) {
        argp_error(state,
                   "per_model names a trial of each learner, and %s: name one, such as best or a "
                   "learner",
                   why);
    }
    return read;
}

perebor_status selection_pipeline_open(selection_pipeline *opened, const perebor_result *result,
                                       const char *file, const char *folder, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, stored_experiment_read(&opened->experiment, result, file, folder, error));
    status = perebor_study_bind(&opened->pipeline, opened->experiment, error);
done:
    return status;
}

void selection_pipeline_close(selection_pipeline *opened) {
    perebor_pipeline_free(opened->pipeline);
    perebor_experiment_free(opened->experiment);
    *opened = (selection_pipeline){0};
}

static perebor_status find_number(uint64_t number, const perebor_trials *trials, const char *file,
                                  size_t *row, perebor_error *error) {
    uint64_t first = trials->first_trial;
    if (number < first || number - first >= trials->n_trials) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                            "%s has trials %" PRIu64 " to %" PRIu64 ", not %" PRIu64, file, first,
                            first + trials->n_trials - 1, number);
    }
    *row = (size_t)(number - first);
    return PEREBOR_OK;
}

/** The best trial of each learner, or of one. @param[out] rows  [*n] */
static perebor_status find_models(const selection *selection, const perebor_result *result,
                                  const perebor_pipeline *pipeline, size_t *rows, size_t *n,
                                  perebor_error *error) {
    select_model *models = NULL;
    size_t n_models = 0;
    *n = 0;
    perebor_status status = select_per_model(result->trials, pipeline, &models, &n_models, error);
    for (size_t i = 0; status == PEREBOR_OK && i < n_models; i++) {
        if (selection->rule == SELECTION_PER_MODEL || models[i].learner == selection->learner) {
            rows[(*n)++] = models[i].row;
        }
    }
    free(models);
    return status;
}

/** By a rule that has to know the pipeline. */
static perebor_status find_by_rule(const selection *selection, const perebor_result *result,
                                   const char *file, const char *folder, size_t *rows, size_t *n,
                                   perebor_error *error) {
    perebor_status status;
    selection_pipeline opened = {0};
    PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, folder, error));
    if (selection->rule == SELECTION_ONE_STANDARD_ERROR) {
        status = select_one_standard_error(result->trials, opened.pipeline, rows, error);
        *n = 1;
    } else {
        status = find_models(selection, result, opened.pipeline, rows, n, error);
    }
done:
    selection_pipeline_close(&opened);
    return status;
}

static perebor_status find(const selection *selection, const perebor_result *result,
                           const char *file, const char *folder, size_t *rows, size_t *n,
                           perebor_error *error) {
    *n = 1;
    if (selection->rule == SELECTION_NUMBER) {
        return find_number(selection->number, result->trials, file, rows, error);
    }
    *rows = select_best(result->trials);
    if (*rows == SELECT_NONE) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%s has no complete trial", file);
    }
    if (selection->rule == SELECTION_BEST) {
        return PEREBOR_OK;
    }
    perebor_status status = find_by_rule(selection, result, file, folder, rows, n, error);
    return status == PEREBOR_OK && *n == 0
               ? perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%s has no complete trial of %s", file,
                              selection_name(selection))
               : status;
}

perebor_status selection_find_all(const selection *selection, const perebor_result *result,
                                  const char *file, const char *folder, size_t **rows, size_t *n,
                                  perebor_error *error) {
    size_t n_learners = 0;
    (void)perebor_learners(&n_learners);
    size_t *found = calloc(n_learners + 1, sizeof *found);
    if (found == NULL) {
        return perebor_no_memory(error, "for the best trials");
    }
    perebor_status status = find(selection, result, file, folder, found, n, error);
    if (status == PEREBOR_OK) {
        *rows = found;
        found = NULL;
    }
    free(found);
    return status;
}

perebor_status selection_find(const selection *selection, const perebor_result *result,
                              const char *file, const char *folder, size_t *row,
                              perebor_error *error) {
    size_t *rows = NULL, n = 0;
    perebor_status status = selection_find_all(selection, result, file, folder, &rows, &n, error);
    if (status == PEREBOR_OK) {
        assert(rows != NULL);
        *row = rows[0];
    }
    free(rows);
    return status;
}
