// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file_write.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/terminal.h"
#include "perebor/fitted_pipeline.h"
#include "perebor/model_export.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "report/fold_list.h"
#include "report/row_list.h"
#include "report/trial_list.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"

enum { KEY_WHAT = 256, KEY_FORMAT, KEY_OVERWRITE, KEY_NAME, KEY_FOLDER };

#define WHATS "trials|folds|data|model"
#define FORMATS "csv|json|c|onnx|xgboost"

/** In the order of the words. */
typedef enum export_what { WHAT_TRIALS, WHAT_FOLDS, WHAT_DATA, WHAT_MODEL } export_what;
typedef enum export_format {
    FORMAT_CSV,
    FORMAT_JSON,
    FORMAT_C,
    FORMAT_ONNX,
    FORMAT_XGBOOST
} export_format;

static const struct argp_option options[] = {
    {"what", KEY_WHAT, WHATS, 0,
     "What to write: trials (default); folds, the one of every row; data, the rows as learners are "
     "given them, those of the training part first and in its order; model, the pipeline that the "
     "file holds",
     0},
    {"format", KEY_FORMAT, FORMATS, 0,
     "How to write it (default: csv, of a model json). A model is written as json, as c (a source "
     "file that scores with the same bits), as onnx or, if it is of trees, for xgboost",
     0},
    {"output", 'o', "FILE", 0, "Write to this file instead of standard output", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace that file if it is there", 0},
    {"name", KEY_NAME, "NAME", 0, "With --format c: what its functions begin with (default: model)",
     0},
    {"folder", KEY_FOLDER, "FOLDER", 0,
     "With --what data: where the experiment's folder is, if not where it was when it was run", 0},
    {0},
};

/** What the command line says. */
typedef struct export_arguments {
    const char *file, *output, *name, *folder;
    export_what what;
    export_format format;
    bool formatted, overwrite;
} export_arguments;

/** Options that would have no effect, and formats that there are not. */
static void check_arguments(const struct argp_state *state, export_arguments *arguments) {
    bool model = arguments->what == WHAT_MODEL;
    if (!arguments->formatted) {
        arguments->format = model ? FORMAT_JSON : FORMAT_CSV;
    }
    if (model && arguments->format == FORMAT_CSV) {
        argp_error(state, "a model is written as json, c, onnx or xgboost, not as csv");
    }
    if (!model && arguments->format > FORMAT_JSON) {
        argp_error(state, "only --what model is written as c, onnx or xgboost");
    }
    if (arguments->what == WHAT_DATA && arguments->format != FORMAT_CSV) {
        argp_error(state, "--what data is written as csv");
    }
    if (arguments->what != WHAT_DATA && arguments->folder != NULL) {
        argp_error(state, "--folder goes with --what data");
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
        arguments->output = argument_output(state, "-o", value);
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case KEY_NAME:
        arguments->name = value;
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
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

/** Refuses to write over a table that has just been read. */
static perebor_status check_tables(const export_arguments *arguments, const perebor_study *study,
                                   perebor_error *error) {
    perebor_input *inputs = NULL;
    size_t n_inputs = 0;
    if (arguments->output == NULL) {
        return PEREBOR_OK;
    }
    perebor_status status = perebor_study_inputs(study->experiment, &inputs, &n_inputs, error);
    if (status == PEREBOR_OK) {
        status = perebor_output_check_inputs(arguments->output, inputs, n_inputs, error);
    }
    free(inputs);
    return status;
}

/** The rows of the experiment that the file holds. */
static perebor_status export_data(const export_arguments *arguments, const perebor_result *result,
                                  FILE *stream, perebor_error *error) {
    perebor_status status;
    perebor_study *study = NULL;
    PEREBOR_TRY(done, stored_study_load(&study, result, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done, check_tables(arguments, study, error));
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

static const perebor_model_format model_formats[] = {[FORMAT_JSON] = PEREBOR_MODEL_JSON,
                                                     [FORMAT_C] = PEREBOR_MODEL_C,
                                                     [FORMAT_ONNX] = PEREBOR_MODEL_ONNX,
                                                     [FORMAT_XGBOOST] = PEREBOR_MODEL_XGBOOST};

/** The model in a result file, of the search as it is now; or one that a program has saved. */
static perebor_status load_model(perebor_fitted_pipeline **pipeline, const char *file,
                                 perebor_error *error) {
    perebor_result *result = NULL;
    const h5_node *model = NULL;
    if (perebor_output_check_kind(file, &perebor_result_kind, NULL) != PEREBOR_OK) {
        return perebor_fitted_pipeline_load(pipeline, file, error);
    }
    perebor_status status = perebor_result_read(&result, file, error);
    if (status == PEREBOR_OK) {
        status = refit_stage_load(pipeline, &model, result, file, error);
    }
    perebor_result_free(result);
    return status;
}

static perebor_status export_model(const export_arguments *arguments, FILE *stream,
                                   perebor_error *error) {
    perebor_status status;
    perebor_fitted_pipeline *pipeline = NULL;
    char *bytes = NULL;
    size_t size = 0;
    PEREBOR_TRY(done, load_model(&pipeline, arguments->file, error));
    PEREBOR_TRY(done, perebor_model_export(pipeline, model_formats[arguments->format],
                                           arguments->name, &bytes, &size, error));
    if (fwrite(bytes, 1, size, stream) != size || fflush(stream) != 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "the model could not be written");
    }
done:
    free(bytes);
    perebor_fitted_pipeline_free(pipeline);
    return status;
}

static perebor_status export_to(const void *context, FILE *stream, perebor_error *error) {
    const export_arguments *arguments = context;
    return (arguments->what == WHAT_MODEL ? export_model : export_result)(arguments, stream, error);
}

/** What is written of a result file, told from other files by how it begins. */
static const perebor_output_kind *output_kind(const export_arguments *arguments) {
    static const perebor_output_kind kinds[][2] = {
        [WHAT_TRIALS] = {{.name = "a list of trials", .beginning = "trial,state,"},
                         {.name = "a list of trials", .beginning = "[{\"trial\":"}},
        [WHAT_FOLDS] = {{.name = "a list of folds", .beginning = "row,source_row,part,"},
                        {.name = "a list of folds", .beginning = "[{\"row\":"}},
        [WHAT_DATA] = {{.name = "a list of rows", .beginning = "row,part,test_fold_0,"}},
    };
    return arguments->what == WHAT_MODEL
               ? perebor_model_export_kind(model_formats[arguments->format])
               : &kinds[arguments->what][arguments->format];
}

static perebor_status export_to_file(const export_arguments *arguments, perebor_error *error) {
    perebor_status status;
    const perebor_input input = {arguments->file, "the file that is exported"};
    perebor_file_identity found;
    PEREBOR_TRY(done, perebor_output_check(arguments->output, output_kind(arguments),
                                           arguments->overwrite, &input, 1, &found, error));
    status = output_file_replace(arguments->output, &found, export_to, arguments, error);
done:
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
    return status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_export = {"export", "write trials, folds, rows, or a model for elsewhere",
                                run, .on_ranks = false};
