// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/model_export.h"
#include "perebor/result_file.h"
#include "report/fold_list.h"
#include "report/row_list.h"
#include "report/trial_list.h"
#include "run/study.h"
#include "run/verify.h"

enum { KEY_WHAT = 256, KEY_FORMAT, KEY_OVERWRITE, KEY_NAME, KEY_EXPERIMENT, KEY_SET };

#define WHATS "trials|folds|data|model"
#define FORMATS "csv|json|c|onnx"

/** In the order of the words. */
typedef enum export_what { WHAT_TRIALS, WHAT_FOLDS, WHAT_DATA, WHAT_MODEL } export_what;
typedef enum export_format { FORMAT_CSV, FORMAT_JSON, FORMAT_C, FORMAT_ONNX } export_format;

static const struct argp_option options[] = {
    {"what", KEY_WHAT, WHATS, 0,
     "What to write (default: trials). data: the rows as learners are given them, those of the "
     "training part first and in its order; model: the pipeline that the file holds",
     0},
    {"format", KEY_FORMAT, FORMATS, 0,
     "How to write it (default: csv, of a model json). A model is written as json, as c (a source "
     "file that scores with the same bits) or as onnx",
     0},
    {"output", 'o', "FILE", 0, "Write to this file instead of standard output", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace that file if it is there", 0},
    {"name", KEY_NAME, "NAME", 0, "With --format c: what its functions begin with (default: model)",
     0},
    {"experiment", KEY_EXPERIMENT, "EXPERIMENT.yaml", 0,
     "With --what data: the experiment that was run, whose tables are loaded", 0},
    {"set", KEY_SET, "KEY=VALUE", 0,
     "With --experiment: as it was given to run; seed=N for its --seed N", 0},
    {0},
};

/** What the command line says. */
typedef struct export_arguments {
    const char *file, *output, *name, *experiment;
    export_what what;
    export_format format;
    bool formatted, overwrite;
    argument_overrides overrides;
} export_arguments;

/** Options that would have no effect, and formats that there are not. */
static void check_arguments(const struct argp_state *state, export_arguments *arguments) {
    bool model = arguments->what == WHAT_MODEL;
    if (!arguments->formatted) {
        arguments->format = model ? FORMAT_JSON : FORMAT_CSV;
    }
    if (model && arguments->format == FORMAT_CSV) {
        argp_error(state, "a model is written as json, c or onnx, not as csv");
    }
    if (!model && arguments->format > FORMAT_JSON) {
        argp_error(state, "only --what model is written as c or onnx");
    }
    if (arguments->what == WHAT_DATA && arguments->format != FORMAT_CSV) {
        argp_error(state, "--what data is written as csv");
    }
    if ((arguments->what == WHAT_DATA) != (arguments->experiment != NULL)) {
        argp_error(state, "--what data and --experiment EXPERIMENT.yaml go together");
    }
    if (arguments->overrides.n > 0 && arguments->experiment == NULL) {
        argp_error(state, "--set goes with --experiment");
    }
    if (arguments->name != NULL && (!model || arguments->format != FORMAT_C)) {
        argp_error(state, "--name goes with --what model --format c");
    }
    if (arguments->overwrite && arguments->output == NULL) {
        argp_error(state, "--overwrite goes with --output FILE");
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    export_arguments *arguments = state->input;
    switch (key) {
    case KEY_WHAT:
        arguments->what = (export_what)argument_choice(state, "--what", value, WHATS);
        return 0;
    case KEY_FORMAT:
        arguments->format = (export_format)argument_choice(state, "--format", value, FORMATS);
        arguments->formatted = true;
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case KEY_NAME:
        arguments->name = value;
        return 0;
    case KEY_EXPERIMENT:
        arguments->experiment = value;
        return 0;
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    case ARGP_KEY_END:
        check_arguments(state, arguments);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Write the trials of a result file, in the order of their numbers, the fold of every "
           "row, or the rows; or a fitted pipeline for programs that do not have perebor.",
};

static perebor_status export_trials(const export_arguments *arguments, const perebor_result *result,
                                    FILE *stream, perebor_error *error) {
    perebor_trial_list list = {0};
    perebor_status status =
        perebor_trial_list_choose(&list, result->trials, NULL, PEREBOR_BY_NUMBER, 0, error);
    if (status == PEREBOR_OK) {
        status =
            (arguments->format == FORMAT_JSON ? perebor_trial_list_write_json
                                              : perebor_trial_list_write_csv)(&list, stream, error);
    }
    perebor_trial_list_release(&list);
    return status;
}

/** The rows of the experiment, which must be the one that the file came from. */
static perebor_status export_data(const export_arguments *arguments, const perebor_result *result,
                                  FILE *stream, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_study *study = NULL;
    PEREBOR_TRY(done,
                perebor_experiment_read(&experiment, arguments->experiment,
                                        arguments->overrides.items, arguments->overrides.n, error));
    PEREBOR_TRY(done, perebor_study_load(&study, experiment, true, error));
    PEREBOR_TRY(done, perebor_verify_same_experiment(study, result, arguments->file, error));
    status =
        perebor_row_list_write_csv(study->dataset, &study->split, &study->folds, stream, error);
done:
    perebor_study_free(study);
    return status;
}

static perebor_status export_result(const export_arguments *arguments, FILE *stream,
                                    perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    if (arguments->what == WHAT_FOLDS) {
        status =
            (arguments->format == FORMAT_JSON ? perebor_fold_list_write_json
                                              : perebor_fold_list_write_csv)(result, stream, error);
    } else if (arguments->what == WHAT_DATA) {
        status = export_data(arguments, result, stream, error);
    } else {
        status = export_trials(arguments, result, stream, error);
    }
done:
    perebor_result_free(result);
    return status;
}

static perebor_status export_model(const export_arguments *arguments, FILE *stream,
                                   perebor_error *error) {
    static const perebor_model_format formats[] = {[FORMAT_JSON] = PEREBOR_MODEL_JSON,
                                                   [FORMAT_C] = PEREBOR_MODEL_C,
                                                   [FORMAT_ONNX] = PEREBOR_MODEL_ONNX};
    perebor_status status;
    perebor_fitted_pipeline *pipeline = NULL;
    char *bytes = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, perebor_fitted_pipeline_load(&pipeline, arguments->file, error));
    PEREBOR_TRY(done, perebor_model_export(pipeline, formats[arguments->format], arguments->name,
                                           &bytes, &size, error));
    if (fwrite(bytes, 1, size, stream) != size || fflush(stream) != 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "the model could not be written");
    }
done:
    free(bytes);
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

static perebor_status export_to(const export_arguments *arguments, FILE *stream,
                                perebor_error *error) {
    return (arguments->what == WHAT_MODEL ? export_model : export_result)(arguments, stream, error);
}

/** In memory first: nobody sees half a file. */
static perebor_status export_to_file(const export_arguments *arguments, perebor_error *error) {
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    if (stream == NULL) {
        return perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to write %s", arguments->output);
    }
    perebor_status status = export_to(arguments, stream, error);
    if (fclose(stream) != 0 && status == PEREBOR_OK) {
        status =
            perebor_fail(error, PEREBOR_ERR_MEMORY, "no memory to write %s", arguments->output);
    }
    if (status == PEREBOR_OK) {
        status = perebor_file_write(arguments->output, bytes, size, arguments->overwrite, error);
    }
    free(bytes);
    return status;
}

static int run(int argc, char **argv) {
    export_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    perebor_status status;
    if (arguments.output != NULL) {
        status = export_to_file(&arguments, &error);
    } else {
        terminal_print_data();
        status = export_to(&arguments, stdout, &error);
    }
    argument_overrides_release(&arguments.overrides);
    return status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_export = {"export", "write trials, folds, rows, or a model for elsewhere",
                                run, .on_ranks = false};
