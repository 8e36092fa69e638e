// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/draft.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "exec/threads.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "run/predict_tables.h"

enum { KEY_DATA = 256, KEY_OVERWRITE, KEY_FOLDER };

static const struct argp_option options[] = {
    {"data", KEY_DATA, "FOLDER|TABLE", 0,
     "The tables: a folder that has them under the names of the experiment, or a file where there "
     "is one, - for standard input (default: those of the experiment)",
     0},
    {"output", 'o', "FILE.csv", 0, "Write to a file (default: standard output)", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an earlier file of predictions", 0},
    {"threads", 't', "N", 0, "Threads to compute with (default: what was granted)", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

static const perebor_output_kind predictions_kind = {.name = "a file of predictions",
                                                     .beginning = "id,score,probability,"};

/** What the command line says. */
typedef struct predict_arguments {
    const char *file, *data, *output, *folder;
    int n_threads; /**< 0: what was granted. */
    bool overwrite;
} predict_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    predict_arguments *arguments = state->input;
    switch (key) {
    case KEY_DATA:
        arguments->data = value;
        return 0;
    case 'o':
        arguments->output = argument_output(state, "-o", value);
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case 't':
        arguments->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Score tables with the model that refit keeps in the file. They are cleaned and joined "
           "as the experiment says, and need no target. One line a row: id, score, probability, "
           "probability_lower, probability_upper, rank, decile, in_training. The two bounds are "
           "those of Venn and Abers; rank 1 and decile 1 are the most likely. A row that the model "
           "was fitted on is scored by one that was not (in_training: same), unless its values are "
           "others now (changed). A flat CSV file of any length needs memory for 16 bytes a row; "
           "under mpirun all ranks read it.",
};

static void warn(const char *format, ...) PEREBOR_PRINTF_LIKE(1, 2);

static void warn(const char *format, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    command_warn(line);
}

static void warn_of_difference(const prediction *prediction) {
    for (size_t i = 0; i < prediction->n_missing; i++) {
        warn("no table has the column \"%s\": every value of it is taken as missing",
             prediction->missing[i].text);
    }
    for (size_t i = 0; i < prediction->n_unknown; i++) {
        const prediction_unknown *unknown = &prediction->unknown[i];
        warn("column \"%s\": %" PRIu64 " row%s with a value that training did not have, such as "
             "\"%.80s\"",
             unknown->column, unknown->n_rows, unknown->n_rows == 1 ? "" : "s", unknown->example);
    }
}

/** The customary words for a population stability index. */
static const char *severity(double psi) {
    return psi > 0.25 ? "another population" : "a shift";
}

static void warn_of_drift(const prediction *prediction) {
    for (size_t i = 0; i < prediction->n_columns; i++) {
        const column_drift *drift = &prediction->drifts[i];
        const char *name = prediction->names[i];
        if (drift->psi > 0.1 && isnan(drift->ks)) {
            warn("column \"%s\" is not distributed as in training: %s (PSI %.2f)", name,
                 severity(drift->psi), drift->psi);
        } else if (drift->psi > 0.1) {
            warn("column \"%s\" is not distributed as in training: %s (PSI %.2f, KS %.2f)", name,
                 severity(drift->psi), drift->psi, drift->ks);
        }
        if (drift->share_missing > drift->share_missing_then + 0.1) {
            warn("column \"%s\": %.0f %% of its values are missing; in training %.0f %%", name,
                 100.0 * drift->share_missing, 100.0 * drift->share_missing_then);
        }
    }
}

static void say(const prediction *prediction) {
    for (size_t i = 0; i < prediction->n_warnings; i++) {
        command_warn(prediction->warnings[i].text);
    }
    warn_of_difference(prediction);
    if (prediction->n_rows >= 100) { // of fewer rows every bin is an accident
        warn_of_drift(prediction);
    }
    if (!prediction->has_id) {
        warn("the experiment names no id: a row is taken for one of training if it has the number "
             "and the values of one, and for new if not");
    }
    fprintf(stderr,
            "%" PRIu64 " row%s: %" PRIu64 " as in training, scored out of fold; %" PRIu64
            " of training, changed; %" PRIu64 " new\n",
            prediction->n_rows, prediction->n_rows == 1 ? "" : "s", prediction->n_trained,
            prediction->n_changed,
            prediction->n_rows - prediction->n_trained - prediction->n_changed);
}

/** Refuses an output that is one of the tables: predictions may be the table of a later model. */
static perebor_status check_tables(const prediction *prediction, const char *output,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; output != NULL && i < prediction->n_paths; i++) {
        const perebor_input table = {prediction->paths[i], "one of the tables"};
        PEREBOR_TRY(done, perebor_output_check_inputs(output, &table, 1, error));
    }
done:
    return status;
}

static perebor_status put_in_draft(void *context, const void *bytes, size_t size,
                                   perebor_error *error) {
    return perebor_draft_write(context, bytes, size, error);
}

/** A write that fails is found when standard output is closed. */
static perebor_status put_on_terminal(void *context, const void *bytes, size_t size,
                                      perebor_error *error) {
    (void)error;
    (void)fwrite(bytes, 1, size, context);
    return PEREBOR_OK;
}

/** Nobody sees half of the file. */
static perebor_status write_file(const prediction *prediction, const char *path,
                                 perebor_file_identity *found, perebor_error *error) {
    perebor_status status;
    perebor_draft draft = {0};
    PEREBOR_TRY(done, perebor_draft_sweep(path, error));
    PEREBOR_TRY(done, perebor_draft_open(&draft, path, error));
    PEREBOR_TRY(done, predict_write(prediction, put_in_draft, &draft, error));
    PEREBOR_TRY(done, perebor_draft_publish(&draft, found, error));
done:
    perebor_draft_discard(&draft);
    return status;
}

static perebor_status report(const prediction *prediction, const predict_arguments *arguments,
                             perebor_file_identity *found, perebor_error *error) {
    perebor_status status;
    PEREBOR_TRY(done, check_tables(prediction, arguments->output, error));
    say(prediction);
    if (arguments->output != NULL) {
        status = write_file(prediction, arguments->output, found, error);
    } else {
        terminal_print_data();
        status = predict_write(prediction, put_on_terminal, stdout, error);
    }
done:
    return status;
}

/** What can be refused before anything is read. */
static perebor_status check_output(const predict_arguments *arguments, perebor_file_identity *found,
                                   perebor_error *error) {
    bool named = arguments->data != NULL && strcmp(arguments->data, "-") != 0;
    const perebor_input inputs[] = {{arguments->file, "the result file"},
                                    {arguments->data, "the table"}};
    return arguments->output == NULL
               ? PEREBOR_OK
               : perebor_output_check(arguments->output, &predictions_kind, arguments->overwrite,
                                      inputs, named ? 2 : 1, found, error);
}

static predict_request request_of(const predict_arguments *arguments,
                                  const perebor_result *result) {
    return (predict_request){.result = result,
                             .file = arguments->file,
                             .data = arguments->data,
                             .folder = arguments->folder,
                             .beside = arguments->output};
}

static perebor_status predict(const predict_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = {0};
    perebor_result *result = NULL;
    prediction prediction = {0};
    PEREBOR_TRY(done, check_output(arguments, &found, error));
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    predict_request request = request_of(arguments, result);
    PEREBOR_TRY(
        done, perebor_threads_choose_alone(arguments->n_threads, true, &request.n_threads, error));
    PEREBOR_TRY(done, predict_tables(&prediction, &request, error));
    status = report(&prediction, arguments, &found, error);
done:
    predict_release(&prediction);
    perebor_result_free(result);
    return status;
}

/** Rank 0 writes; the others score. @param[in] read  How this rank's reading of the result went. */
static perebor_status predict_on_ranks(perebor_ranks *ranks, const predict_arguments *arguments,
                                       const perebor_result *result, perebor_status read,
                                       perebor_error *error) {
    perebor_status status = read;
    perebor_file_identity found = {0};
    prediction prediction = {0};
    if (status == PEREBOR_OK && ranks->rank == 0) {
        status = check_output(arguments, &found, error);
    }
    PEREBOR_TRY(done, perebor_ranks_agree(ranks, status, error));
    predict_request request = request_of(arguments, result);
    request.ranks = ranks;
    PEREBOR_TRY(done, perebor_ranks_choose_threads(ranks, arguments->n_threads, true,
                                                   &request.n_threads, error));
    PEREBOR_TRY(done, predict_tables(&prediction, &request, error));
    if (ranks->rank == 0) {
        status = report(&prediction, arguments, &found, error);
    }
done:
    predict_release(&prediction);
    return status;
}

static int run_on_ranks(const predict_arguments *arguments) {
    perebor_error error = {0};
    perebor_ranks *ranks = NULL;
    perebor_result *result = NULL;
    int code = EXIT_OK;
    bool speaks = perebor_ranks_speaks(NULL);
    perebor_status read = perebor_result_read(&result, arguments->file, &error);
    perebor_error reason = {0};
    if (perebor_ranks_open(&ranks, &reason) != PEREBOR_OK) {
        perebor_result_free(result);
        return speaks ? command_fail(&reason) : EXIT_FAILED;
    }
    perebor_status status = predict_on_ranks(ranks, arguments, result, read, &error);
    if (status != PEREBOR_OK) {
        code = ranks->rank == 0 ? command_fail(&error) : EXIT_FAILED;
        code = status == PEREBOR_ERR_STOPPED ? EXIT_STOPPED : code;
    }
    perebor_result_free(result);
    return perebor_ranks_close(ranks, code);
}

static int run(int argc, char **argv) {
    predict_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    if (perebor_ranks_launched()) {
        return run_on_ranks(&arguments);
    }
    return predict(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_predict = {"predict", "score tables with the model that refit keeps", run,
                                 .on_ranks = true};
