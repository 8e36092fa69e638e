// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file_write.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/terminal.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "report/csv_fields.h"
#include "run/predict_tables.h"

enum { KEY_DATA = 256, KEY_OVERWRITE, KEY_FOLDER };

static const struct argp_option options[] = {
    {"data", KEY_DATA, "FOLDER|TABLE", 0,
     "The tables: a folder that has them under the names of the experiment, or a file where there "
     "is one (default: those of the experiment)",
     0},
    {"output", 'o', "FILE.csv", 0, "Write to a file (default: standard output)", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an earlier file of predictions", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

#define HEADER "id,score,probability,probability_lower,probability_upper,rank,decile,in_training"

static const perebor_output_kind predictions_kind = {.name = "a file of predictions",
                                                     .beginning = "id,score,probability,"};

/** What the command line says. */
typedef struct predict_arguments {
    const char *file, *data, *output, *folder;
    bool overwrite;
} predict_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    predict_arguments *arguments = state->input;
    switch (key) {
    case KEY_DATA:
        arguments->data = value;
        return 0;
    case 'o':
        arguments->output = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
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
           "as the experiment says, and need no target. One line a row: " HEADER ". The two bounds "
           "are those of Venn and Abers; rank 1 and decile 1 are the most likely. A row that the "
           "model was fitted on is scored by one that was not (in_training: same), unless its "
           "values are others now (changed).",
};

static perebor_status write_csv(const void *context, FILE *stream, perebor_error *error) {
    const prediction *prediction = context;
    (void)error;
    const perebor_dataset *dataset = prediction->dataset;
    fputs(HEADER "\n", stream);
    for (size_t row = 0; row < dataset->n_rows; row++) {
        if (dataset->ids != NULL) {
            csv_write_text(stream, dataset->ids[row]);
        } else {
            fprintf(stream, "%" PRIu32,
                    dataset->source_rows == NULL ? (uint32_t)row : dataset->source_rows[row]);
        }
        csv_write_real(stream, prediction->scores[row]);
        csv_write_real(stream, prediction->probabilities[row]);
        csv_write_real(stream, prediction->lower[row]);
        csv_write_real(stream, prediction->upper[row]);
        fprintf(stream, ",%" PRIu32 ",%u,%s\n", prediction->ranks[row],
                (unsigned)prediction->deciles[row], prediction_seen_names[prediction->seen[row]]);
    }
    return PEREBOR_OK;
}

static void warn(const char *format, ...) PEREBOR_PRINTF_LIKE(1, 2);

static void warn(const char *format, ...) {
    char line[1024];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    command_warn(line);
}

static void warn_of_difference(const perebor_frozen_report *frozen) {
    for (size_t i = 0; i < frozen->n_missing; i++) {
        warn("no table has the column \"%s\": every value of it is taken as missing",
             frozen->missing[i]);
    }
    for (size_t i = 0; i < frozen->n_unknown; i++) {
        const perebor_unknown_values *unknown = &frozen->unknown[i];
        warn("column \"%s\": %" PRIu64 " row%s with a value that training did not have, such as "
             "\"%.80s\"",
             unknown->column, unknown->n_rows, unknown->n_rows == 1 ? "" : "s",
             unknown->n_examples > 0 ? unknown->examples[0] : "");
    }
}

/** The customary words for a population stability index. */
static const char *severity(double psi) {
    return psi > 0.25 ? "another population" : "a shift";
}

static void warn_of_drift(const prediction *prediction) {
    for (size_t i = 0; i < prediction->dataset->n_columns; i++) {
        const column_drift *drift = &prediction->drifts[i];
        const char *name = prediction->dataset->columns[i].name;
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
    size_t n_rows = prediction->dataset->n_rows;
    for (size_t i = 0; i < prediction->tables.n_warnings; i++) {
        command_warn(prediction->tables.warnings[i]);
    }
    warn_of_difference(prediction->tables.frozen);
    if (n_rows >= 100) { // of fewer rows every bin is an accident
        warn_of_drift(prediction);
    }
    if (perebor_fitted_pipeline_schema(prediction->pipeline)->id_name[0] == '\0') {
        warn("the experiment names no id: a row is taken for one of training if it has the number "
             "and the values of one, and for new if not");
    }
    fprintf(stderr,
            "%zu rows: %zu as in training, scored out of fold; %zu of training, changed; "
            "%zu new\n",
            n_rows, prediction->n_trained, prediction->n_changed,
            n_rows - prediction->n_trained - prediction->n_changed);
}

/** Refuses an output that is one of the tables: predictions may be the table of a later model. */
static perebor_status check_tables(const prediction *prediction, const char *output,
                                   perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    for (size_t i = 0; output != NULL && i < prediction->tables.n_sources; i++) {
        const perebor_input table = {prediction->tables.sources[i].path, "one of the tables"};
        PEREBOR_TRY(done, perebor_output_check_inputs(output, &table, 1, error));
    }
done:
    return status;
}

static perebor_status predict(const predict_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = {0};
    perebor_result *result = NULL;
    prediction prediction = {0};
    const perebor_input inputs[] = {{arguments->file, "the result file"},
                                    {arguments->data, "the table"}};
    if (arguments->output != NULL) {
        PEREBOR_TRY(done,
                    perebor_output_check(arguments->output, &predictions_kind, arguments->overwrite,
                                         inputs, arguments->data == NULL ? 1 : 2, &found, error));
    }
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    PEREBOR_TRY(done, predict_tables(&prediction, result, arguments->file, arguments->data,
                                     arguments->folder, error));
    PEREBOR_TRY(done, check_tables(&prediction, arguments->output, error));
    say(&prediction);
    if (arguments->output != NULL) {
        status = output_file_replace(arguments->output, &found, write_csv, &prediction, error);
    } else {
        terminal_print_data();
        status = write_csv(&prediction, stdout, error);
    }
done:
    predict_release(&prediction);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    predict_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return predict(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_predict = {"predict", "score tables with the model that refit keeps", run,
                                 .on_ranks = false};
