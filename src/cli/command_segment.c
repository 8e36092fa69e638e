// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/segment_files.h"
#include "cli/segment_text.h"
#include "cli/stage_file.h"
#include "perebor/experiment.h"
#include "run/segment_stage.h"

enum {
    KEY_EXPERIMENT = 256,
    KEY_OVERWRITE,
    KEY_FOLDER,
    KEY_MARK,
    KEY_EXCEL,
    KEY_FOCUS,
    KEY_DATA,
    KEY_EXPLAIN,
    KEY_LANGUAGE
};

static const struct argp_option options[] = {
    {"experiment", KEY_EXPERIMENT, "FILE.yaml", 0,
     "Take the section segments of this file (default: of the experiment as it was run)", 0},
    {"focus", KEY_FOCUS, "SEGMENT", 0,
     "Say all of one segment: in what it differs from all other rows, and what drives its scores "
     "(the name, or how it begins)",
     0},
    {"data", KEY_DATA, "FOLDER|TABLE", 0,
     "Put the rows of other tables into the same segments: a folder that has them under the names "
     "of the experiment, or a file where there is one. The result file stays as it is",
     0},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "Explain the rows of --data too, as the stage /explain explains those of the search, so that "
     "they have drivers: as long as 'perebor explain' takes of so many rows on one thread",
     0},
    {"output", 'o', "FOLDER", 0,
     "Write customers.csv, segments.csv and segment_profiles.csv there too", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace earlier ones", 0},
    {"bom", KEY_MARK, NULL, 0, "Begin them with a byte order mark, which Excel needs for UTF-8", 0},
    {"excel", KEY_EXCEL, NULL, 0,
     "Write them as Excel reads CSV where decimals have a comma: semicolons between cells, decimal "
     "commas, and a byte order mark",
     0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    ARGUMENT_LANGUAGE(KEY_LANGUAGE),
    {0},
};

/** What the command line says. */
typedef struct segment_arguments {
    const char *file, *experiment, *focus, *folder, *data;
    bool explain;
    segment_files files; /**< No folder: none are written. */
    language language;
} segment_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    segment_arguments *arguments = state->input;
    switch (key) {
    case KEY_EXPERIMENT:
        arguments->experiment = value;
        return 0;
    case KEY_DATA:
        arguments->data = value;
        return 0;
    case KEY_EXPLAIN:
        arguments->explain = true;
        return 0;
    case ARGP_KEY_END:
        if (arguments->explain && arguments->data == NULL) {
            argp_error(state, "--explain is of the rows of --data; those of the search are "
                              "explained by 'perebor explain'");
        }
        return 0;
    case KEY_FOCUS:
        arguments->focus = value;
        return 0;
    case 'o':
        arguments->files.folder = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->files.overwrite = true;
        return 0;
    case KEY_MARK:
        arguments->files.form.mark = true;
        return 0;
    case KEY_EXCEL:
        arguments->files.form = (csv_form){.mark = true, .semicolons = true};
        return 0;
    case KEY_LANGUAGE:
        arguments->language = (language)argument_choice(state, "--lang", value, LANGUAGE_NAMES);
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
    .doc =
        "Put the rows of a search into segments, by the probabilities of the model that refit "
        "keeps, as the section segments of the experiment says: risk by worth, conditions, a "
        "portrait of behaviour, drivers (once perebor explain has explained the rows), clusters, "
        "and rules that are found. Rows of training are scored by models that had not seen "
        "them. What each segment is like is printed and kept in the file, under /segments.",
};

static perebor_status find_focus(const segmentation *made, const char *name, const segment **focus,
                                 perebor_error *error) {
    *focus = segmentation_find(made, name);
    if (*focus != NULL) {
        return PEREBOR_OK;
    }
    const char **names = calloc(made->n_segments + 1, sizeof *names);
    for (size_t i = 0; names != NULL && i < made->n_segments; i++) {
        names[i] = made->segments[i].name;
    }
    const char *meant = names == NULL ? NULL : perebor_suggest(name, names, made->n_segments);
    perebor_status status = perebor_fail(
        error, PEREBOR_ERR_ARGUMENT, "--focus=%s: there is no such segment%s%s%s", name,
        meant == NULL ? "; without --focus they are listed" : "; did you mean \"",
        meant == NULL ? "" : meant, meant == NULL ? "" : "\"?");
    free((void *)names);
    return status;
}

/** The section of the experiment that is named, or of the one that was run. */
static perebor_status find_settings(const segment_arguments *arguments, const stage_file *file,
                                    perebor_experiment **named, const perebor_experiment **has,
                                    perebor_error *error) {
    *has = file->study->experiment;
    if (arguments->experiment != NULL) {
        perebor_status status =
            perebor_experiment_read(named, arguments->experiment, NULL, 0, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        *has = *named;
    }
    return (*has)->segments != NULL
               ? PEREBOR_OK
               : perebor_fail(
                     error, PEREBOR_ERR_CONFLICT,
                     "%s%s has no section segments; describe them in an experiment file and "
                     "name it with --experiment",
                     *named == NULL ? "the experiment of " : "",
                     *named == NULL ? arguments->file : arguments->experiment);
}

static void say(const segmentation *made, bool is_search, const char *file) {
    char line[400];
    const segment_settings *settings = made->settings;
    if (settings->value == NULL && is_search) {
        command_warn("segments.value names no column: every row counts as worth 1");
    }
    if (made->worth.n_without_value > 0) {
        (void)snprintf(line, sizeof line,
                       "%zu rows have no \"%.100s\": nothing of them is at risk, and they are in "
                       "no band of worth",
                       made->worth.n_without_value, settings->value);
        command_warn(line);
    }
    if (settings->n_drivers > 0 && made->rows->reasons == NULL && is_search) {
        (void)snprintf(line, sizeof line,
                       "no row has a driver: 'perebor explain %.200s' finds what drives scores",
                       file);
        command_warn(line);
    }
}

/** What tables differ in from those of the search. */
static void say_differences(const segment_tables *tables) {
    char line[400];
    const perebor_frozen_report *frozen = tables->report.frozen;
    for (size_t i = 0; frozen != NULL && i < frozen->n_missing; i++) {
        (void)snprintf(line, sizeof line,
                       "no table has the column \"%.200s\": every value of it is taken as missing",
                       frozen->missing[i]);
        command_warn(line);
    }
    if (tables->scored.n_trained > 0) {
        (void)snprintf(line, sizeof line,
                       "%zu rows are of training, with the same values: they are scored by models "
                       "that had not seen them",
                       tables->scored.n_trained);
        command_warn(line);
    }
}

/** Writes and prints a segmentation. */
static perebor_status show(const segment_arguments *arguments, const segmentation *made,
                           const perebor_input *inputs, size_t n_inputs, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const segment *focus = NULL;
    if (arguments->focus != NULL) {
        PEREBOR_TRY(done, find_focus(made, arguments->focus, &focus, error));
    }
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, segment_files_write(&arguments->files, made, inputs, n_inputs, error));
    }
    if (focus == NULL) {
        segment_text_print(stdout, made, arguments->language);
    } else {
        segment_text_print_focus(stdout, made, focus, arguments->language);
    }
done:
    return status;
}

static perebor_status divide(const segment_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    segment_stage stage = {0};
    segment_tables tables = {0};
    perebor_experiment *named = NULL;
    const perebor_experiment *has = NULL;
    const perebor_input inputs[] = {{arguments->file, "the result file"},
                                    {arguments->experiment, "the experiment"}};
    size_t n_inputs = arguments->experiment == NULL ? 1 : 2;
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, segment_files_check(&arguments->files, inputs, n_inputs, error));
    }
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done, find_settings(arguments, &file, &named, &has, error));
    PEREBOR_TRY(done, segment_stage_make(&stage, file.study, file.result, has->segments, has->file,
                                         arguments->file, error));
    say(&stage.segmentation, true, arguments->file);
    if (arguments->data == NULL) {
        PEREBOR_TRY(done, stage_file_save(&file, error));
        status = show(arguments, &stage.segmentation, inputs, n_inputs, error);
        goto done;
    }
    const segment_tables_source source = {arguments->data, has->file, arguments->file,
                                          arguments->explain};
    PEREBOR_TRY(done,
                segment_tables_make(&tables, &source, &stage, file.study, file.result, error));
    say(&tables.segmentation, false, arguments->file);
    say_differences(&tables);
    status = show(arguments, &tables.segmentation, inputs, n_inputs, error);
done:
    segment_tables_release(&tables);
    segment_stage_release(&stage);
    perebor_experiment_free(named);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    segment_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return divide(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_segment = {"segment", "put the rows of a search into segments", run,
                                 .on_ranks = false};
