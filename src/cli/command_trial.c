// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/explain_terms.h"
#include "cli/looks_text.h"
#include "cli/selection.h"
#include "cli/shown_trial.h"
#include "cli/stage_file.h"
#include "cli/terminal.h"
#include "cli/trial_script.h"
#include "perebor/result_file.h"
#include "run/explain_stage.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"
#include "store/test_looks.h"

enum { KEY_REFIT = 256, KEY_EXPLAIN, KEY_LANG, KEY_FOLDER, KEY_SET, KEY_FORMAT };

#define FORMATS "table|json|sklearn"
#define LANGUAGES "en|ru"

static const struct argp_option options[] = {
    {"refit", KEY_REFIT, NULL, 0,
     "Fit the trial on the whole training part: say its train and test score and the columns it "
     "uses ('perebor refit' keeps the model)",
     0},
    {"explain", KEY_EXPLAIN, NULL, 0,
     "Refit the trial, and say which columns move its scores, by the Shapley values of 100 "
     "training "
     "rows ('perebor explain' says it of every row of the model that is kept)",
     0},
    {"lang", KEY_LANG, LANGUAGES, 0, "The language of an explanation (default: en)", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {"set", KEY_SET, "KEY=VALUE", 0,
     "With an experiment: as it was given to run; seed=N for its --seed N", 0},
    {"format", KEY_FORMAT, FORMATS, 0,
     "How to write it (default: table); sklearn: as Python that computes its scores again with "
     "scikit-learn, also of the trials that 'perebor ensemble' chose: FILE.h5 ensemble",
     0},
    {0},
};

/** What the command line says. */
typedef struct trial_arguments {
    const char *file, *folder;
    const char *experiment; /**< NULL: the one in the file. */
    bool refit, explain;    /**< The second with the first. */
    const explain_words *words;
    enum { FORMAT_TABLE, FORMAT_JSON, FORMAT_SKLEARN } format;
    argument_overrides overrides;
    bool ensemble; /**< In place of a selection. */
    selection selection;
} trial_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    trial_arguments *arguments = state->input;
    switch (key) {
    case KEY_REFIT:
        arguments->refit = true;
        return 0;
    case KEY_EXPLAIN:
        arguments->refit = arguments->explain = true;
        return 0;
    case KEY_LANG:
        arguments->words =
            explain_words_of((unsigned)argument_choice(state, "--lang", value, LANGUAGES));
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    case KEY_FORMAT:
        switch (argument_choice(state, "--format", value, FORMATS)) {
        case 1:
            arguments->format = FORMAT_JSON;
            break;
        case 2:
            arguments->format = FORMAT_SKLEARN;
            break;
        default:
            arguments->format = FORMAT_TABLE;
        }
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            arguments->file = value;
        } else if (state->arg_num == 1) {
            arguments->ensemble = strcmp(value, "ensemble") == 0;
            if (!arguments->ensemble) {
                arguments->selection = selection_read(state, value);
            }
        } else if (state->arg_num == 2 && arguments->refit) {
            arguments->experiment = value;
        } else {
            argp_error(state, "\"%s\" is one argument too many", value);
        }
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 2) {
            argp_error(state, "name a result file and a trial: its number, best, "
                              "one_standard_error, per_model, or a learner for the best of it");
        }
        if (arguments->format == FORMAT_SKLEARN &&
            arguments->selection.rule == SELECTION_PER_MODEL) {
            argp_error(state, "--format sklearn writes the script of one trial, and per_model "
                              "names one of each learner: name one, such as best or a learner");
        }
        if (arguments->ensemble && arguments->format != FORMAT_SKLEARN) {
            argp_error(state, "ensemble goes with --format sklearn; 'perebor refit --select "
                              "ensemble' and 'perebor explain' show it otherwise");
        }
        if (arguments->format == FORMAT_SKLEARN && arguments->refit) {
            argp_error(state, "--format sklearn shows no refit: leave out --refit");
        }
        if (arguments->explain && arguments->format != FORMAT_TABLE) {
            argp_error(state, "--explain is written as a table; 'perebor explain --format' writes "
                              "explanations as csv and json");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5 TRIAL [EXPERIMENT.yaml]",
    .doc = "Show everything about one trial: its number, best, one_standard_error (the simplest "
           "within one standard error of the best), or a learner: the best of it; per_model shows "
           "the best of every learner. The trial ensemble, with --format sklearn, is that of "
           "/ensemble. With --refit the experiment is the one in the file, unless "
           "another is named; the file remembers that a score on the test part was shown.",
};

/** The trials that are shown. Starts as {0}. */
typedef struct trial_choice {
    stage_file file; /**< Its study is loaded if they are refitted. */
    size_t *rows;    /**< [n] */
    size_t n;
    perebor_refit *refits; /**< [n]; NULL if they are not. */
    bool calibrated;       /**< Their margins are to be probabilities. */
} trial_choice;

static void release(trial_choice *choice) {
    for (size_t i = 0; choice->refits != NULL && i < choice->n; i++) {
        perebor_refit_release(&choice->refits[i]);
    }
    free(choice->refits);
    free(choice->rows);
    stage_file_close(&choice->file);
}

/** Loads the experiment's data, which must be the data that the trials were found on. */
static perebor_status load_study(const trial_arguments *arguments, stage_file *file,
                                 perebor_error *error) {
    return arguments->experiment == NULL
               ? stored_study_load(&file->study, file->result, arguments->file, arguments->folder,
                                   error)
               : stored_study_load_named(&file->study, file->result, arguments->file,
                                         arguments->experiment, arguments->overrides.items,
                                         arguments->overrides.n, error);
}

static perebor_status refit_trial(trial_choice *choice, size_t i, perebor_error *error) {
    perebor_status status;
    static const perebor_calibration_method usual = PEREBOR_CALIBRATE_USUALLY;
    perebor_candidate candidate;
    perebor_result *result = choice->file.result;
    uint64_t number = result->trials->first_trial + choice->rows[i];
    PEREBOR_TRY(done, stored_study_candidate(choice->file.study, number, &candidate, error));
    PEREBOR_TRY(done, perebor_refit_candidate(choice->file.study->evaluator, &candidate,
                                              choice->calibrated ? &usual : NULL,
                                              &choice->refits[i], error));
    status = refit_note_look(result, choice->rows[i], &choice->refits[i], error);
done:
    return status;
}

/** Refits the trials, and has the file remember it before anybody sees a score on the test part. */
static perebor_status refit_trials(const trial_arguments *arguments, trial_choice *choice,
                                   perebor_error *error) {
    perebor_status status;
    test_looks before = {0}, after = {0};
    choice->refits = calloc(choice->n, sizeof *choice->refits);
    if (choice->refits == NULL) {
        return perebor_no_memory(error, "to refit %zu trials", choice->n);
    }
    PEREBOR_TRY(done, load_study(arguments, &choice->file, error));
    PEREBOR_TRY(done, test_looks_count(choice->file.result, &before, error));
    for (size_t i = 0; i < choice->n; i++) {
        PEREBOR_TRY(done, refit_trial(choice, i, error));
    }
    PEREBOR_TRY(done, test_looks_count(choice->file.result, &after, error));
    if (after.n > before.n) {
        status = stage_file_save(&choice->file, error);
    }
done:
    return status;
}

/** What the refitted trial's scores come from. */
static perebor_status explain_refit(const trial_arguments *arguments, const perebor_study *study,
                                    const perebor_refit *refit, perebor_error *error) {
    explanation explanation = {0};
    explain_terms terms = explain_terms_default();
    terms.words = arguments->words;
    terms.terms.options.seed = study->experiment->seed;
    perebor_status status =
        explain_some_rows(study, refit->pipeline, &terms.terms, NULL, 0, &explanation, error);
    if (status == PEREBOR_OK) {
        const explained_data data = {.explanation = &explanation,
                                     .dataset = study->dataset,
                                     .n_training = study->split.n_train};
        status = explain_terms_write(&terms, &data, false, stdout, error);
    }
    explanation_release(&explanation);
    return status;
}

/** Shows one of the trials. */
static perebor_status show_one(const trial_arguments *arguments, const trial_choice *choice,
                               size_t i, perebor_error *error) {
    const shown_trial shown = {.trials = choice->file.result->trials,
                               .row = choice->rows[i],
                               .refit = choice->refits == NULL ? NULL : &choice->refits[i]};
    bool several = choice->n > 1;
    switch (arguments->format) {
    case FORMAT_TABLE:
        fputs(i > 0 ? "\n" : "", stdout);
        shown_trial_print(&shown);
        break;
    case FORMAT_JSON:
        fputs(!several ? "" : i == 0 ? "[\n" : ",\n", stdout);
        perebor_status status = shown_trial_print_json(&shown, error);
        if (several && i + 1 == choice->n) {
            puts("]");
        }
        return status;
    case FORMAT_SKLEARN:
        return trial_script_write(choice->file.result, arguments->file, arguments->folder,
                                  choice->rows[i], stdout, error);
    }
    return PEREBOR_OK;
}

static perebor_status show(const trial_arguments *arguments, perebor_error *error) {
    perebor_status status;
    trial_choice choice = {.calibrated = arguments->explain};
    PEREBOR_TRY(done, arguments->refit
                          ? stage_file_read(&choice.file, arguments->file, error)
                          : perebor_result_read(&choice.file.result, arguments->file, error));
    PEREBOR_TRY(done, selection_find_all(&arguments->selection, choice.file.result, arguments->file,
                                         arguments->folder, &choice.rows, &choice.n, error));
    if (arguments->refit) {
        PEREBOR_TRY(done, refit_trials(arguments, &choice, error));
    }
    if (arguments->format != FORMAT_TABLE) {
        terminal_print_data();
    }
    for (size_t i = 0; i < choice.n; i++) {
        PEREBOR_TRY(done, show_one(arguments, &choice, i, error));
        if (arguments->explain) {
            PEREBOR_TRY(done,
                        explain_refit(arguments, choice.file.study, &choice.refits[i], error));
        }
    }
    if (arguments->refit) {
        status = looks_text_write(choice.file.result,
                                  arguments->format == FORMAT_TABLE ? stdout : stderr, error);
    }
done:
    release(&choice);
    return status;
}

/** The script of the trials that vote. */
static perebor_status show_ensemble(const trial_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    terminal_print_data();
    status = trial_script_write_ensemble(result, arguments->file, arguments->folder, stdout, error);
done:
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    trial_arguments arguments = {.words = explain_words_of(0)};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    perebor_status status =
        arguments.ensemble ? show_ensemble(&arguments, &error) : show(&arguments, &error);
    int code = status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
    argument_overrides_release(&arguments.overrides);
    return code;
}

const command command_trial = {"trial", "show one trial, or refit it", run, .on_ranks = false};
