// SPDX-License-Identifier: MIT
// What the result file of a search that is to be resumed holds, read before MPI begins.
#include <stdlib.h>
#include <time.h>

#include "base/try.h"
#include "launch/supervised.h"
#include "perebor/search.h"
#include "run/checkpoint.h"
#include "run/record.h"

/** Reads the file, unless the journal beside it is of a search that is replacing it. */
static void read_previous_file(perebor_search_previous *previous, const char *output) {
    char *journal = perebor_journal_path(output);
    checkpoint_files files = checkpoint_look(output);
    if (journal == NULL) {
        previous->status = perebor_no_memory(&previous->error, "for the journal");
    } else if (files.file) {
        previous->status = perebor_result_read(&previous->result, output, &previous->error);
        if (previous->status == PEREBOR_OK && files.journal &&
            !checkpoint_belongs(journal, previous->result)) {
            perebor_result_free(previous->result);
            previous->result = NULL;
        }
    }
    free(journal);
}

void perebor_search_previous_read(perebor_search_previous *previous,
                                  const perebor_search_options *options) {
    perebor_experiment *experiment = NULL;
    char *output = NULL;
    time_t since = perebor_supervised_since();
    *previous = (perebor_search_previous){
        .status = PEREBOR_OK, .resume = options->resume, .overwrite = options->overwrite};
    // A fault of the experiment, or of the place for the output, is reported by
    // perebor_search_run().
    if (perebor_experiment_read(&experiment, options->experiment, options->overrides,
                                options->n_overrides, NULL) == PEREBOR_OK &&
        record_choose_output(experiment, options->output, options->overwrite, true, &output,
                             NULL) == PEREBOR_OK) {
        if (since > 0 && checkpoint_left_since(output, since)) {
            previous->resume = true;
            previous->overwrite = false;
        }
        previous->found = perebor_file_identify(output);
        if (previous->resume) {
            read_previous_file(previous, output);
        } else if (previous->overwrite) {
            previous->status =
                perebor_output_check_kind(output, &perebor_result_kind, &previous->error);
        }
    }
    free(output);
    perebor_experiment_free(experiment);
}

perebor_status perebor_search_output_check(const perebor_search_options *options,
                                           const perebor_experiment *experiment,
                                           const perebor_search_previous *previous, char **output,
                                           perebor_error *error) {
    char *chosen = NULL;
    perebor_status status = record_choose_output(experiment, options->output, previous->overwrite,
                                                 previous->resume, &chosen, error);
    if (status == PEREBOR_OK && previous->status != PEREBOR_OK) {
        free(chosen);
        return perebor_fail(error, previous->status, "%s", previous->error.message);
    }
    *output = chosen;
    return status;
}

perebor_status perebor_search_previous_check(const perebor_search_previous *previous,
                                             const char *output, const perebor_study *study,
                                             uint64_t first, uint64_t end, size_t *n_finished,
                                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_trials *trials = NULL;
    PEREBOR_TRY(done, perebor_trials_create(&trials, study->experiment->space, first,
                                            (size_t)(end - first), study->n_folds, error));
    PEREBOR_TRY(done, perebor_study_set_metrics(study, trials, error));
    PEREBOR_TRY(done, checkpoint_preview(output, study, trials, previous->result, error));
    *n_finished = perebor_trials_n_finished(trials);
done:
    perebor_trials_free(trials);
    return status;
}

void perebor_search_previous_release(perebor_search_previous *previous) {
    perebor_result_free(previous->result);
    *previous = (perebor_search_previous){0};
}
