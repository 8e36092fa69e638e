// SPDX-License-Identifier: MIT
#include "cli/selection.h"

#include <inttypes.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "run/stored_study.h"
#include "trial/select.h"

static const char *const rule_names[] = {
    [SELECTION_BEST] = "best",
    [SELECTION_ONE_STANDARD_ERROR] = "one_standard_error",
    [SELECTION_NUMBER] = "number",
};

const char *selection_rule_name(selection_rule rule) {
    return rule_names[rule];
}

selection selection_read(const struct argp_state *state, const char *text) {
    selection read = {0};
    if (argument_read_number(text, text + strlen(text), &read.number)) {
        read.rule = SELECTION_NUMBER;
    } else if (strcmp(text, rule_names[SELECTION_ONE_STANDARD_ERROR]) == 0) {
        read.rule = SELECTION_ONE_STANDARD_ERROR;
    } else if (strcmp(text, rule_names[SELECTION_BEST]) != 0) {
        argp_error(state, "\"%s\" is not a trial: write its number, best or one_standard_error",
                   text);
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

perebor_status selection_find(const selection *selection, const perebor_result *result,
                              const char *file, const char *folder, size_t *row,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    selection_pipeline opened = {0};
    if (selection->rule == SELECTION_NUMBER) {
        return find_number(selection->number, result->trials, file, row, error);
    }
    *row = select_best(result->trials);
    if (selection->rule == SELECTION_ONE_STANDARD_ERROR && *row != SELECT_NONE) {
        PEREBOR_TRY(done, selection_pipeline_open(&opened, result, file, folder, error));
        PEREBOR_TRY(done, select_one_standard_error(result->trials, opened.pipeline, row, error));
    }
    if (*row == SELECT_NONE) {
        status = perebor_fail(error, PEREBOR_ERR_ARGUMENT, "%s has no complete trial", file);
    }
done:
    selection_pipeline_close(&opened);
    return status;
}
