// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "campaign/campaign_measures.h"
#include "cli/argument.h"
#include "cli/campaign_text.h"
#include "cli/command.h"
#include "cli/offer_files.h"
#include "cli/offer_text.h"
#include "cli/stage_file.h"
#include "perebor/experiment.h"
#include "run/offer_stage.h"
#include "store/stage.h"

enum {
    KEY_EXPERIMENT = 256,
    KEY_OVERWRITE,
    KEY_FOLDER,
    KEY_MARK,
    KEY_EXCEL,
    KEY_CONTACTS,
    KEY_LANGUAGE
};

static const struct argp_option options[] = {
    {"experiment", KEY_EXPERIMENT, "FILE.yaml", 0,
     "Take the section offers of this file (default: of the experiment as it was run)", 0},
    {"contacts", KEY_CONTACTS, "FILE.csv", 0,
     "Earlier messages, for cool-downs: a table with the columns id, offer and days_ago", 0},
    {"output", 'o', "FOLDER", 0, "Write offers_plan.csv there too", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an earlier one", 0},
    {"bom", KEY_MARK, NULL, 0, "Begin it with a byte order mark, which Excel needs for UTF-8", 0},
    {"excel", KEY_EXCEL, NULL, 0,
     "Write it as Excel reads CSV where decimals have a comma: semicolons between cells, decimal "
     "commas, and a byte order mark",
     0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    ARGUMENT_LANGUAGE(KEY_LANGUAGE),
    {0},
};

/** What the command line says. */
typedef struct offers_arguments {
    const char *file, *experiment, *contacts, *folder;
    offer_files files; /**< No folder: none are written. */
    language language;
} offers_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    offers_arguments *arguments = state->input;
    switch (key) {
    case KEY_EXPERIMENT:
        arguments->experiment = value;
        return 0;
    case KEY_CONTACTS:
        arguments->contacts = value;
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
    .doc = "Decide who gets which offer of the catalogue in the section offers of the experiment: "
           "the plan of the greatest net value under its budget and capacities, after 'perebor "
           "segment'. Nobody gets a message who has not agreed to it where that is required, and "
           "a random part of the rows is held out, to compare with. The plan is printed and kept "
           "in the file, under /offers. What an offer does is an assumption of the catalogue, "
           "until 'perebor campaign' has measured it.",
};

/** The section of the experiment that is named, or of the one that was run. */
static perebor_status find_settings(const offers_arguments *arguments, const stage_file *file,
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
    return (*has)->offers != NULL
               ? PEREBOR_OK
               : perebor_fail(error, PEREBOR_ERR_CONFLICT,
                              "%s%s has no section offers; describe them in an experiment file and "
                              "name it with --experiment",
                              *named == NULL ? "the experiment of " : "",
                              *named == NULL ? arguments->file : arguments->experiment);
}

static void warn_of_contacts(const contacts *contacts, const char *path) {
    char line[300];
    if (contacts->n_unknown > 0) {
        (void)snprintf(line, sizeof line, "%.150s: %zu messages went to nobody who is in the data",
                       path, contacts->n_unknown);
        command_warn(line);
    }
    if (contacts->n_foreign > 0) {
        (void)snprintf(line, sizeof line,
                       "%.150s: %zu messages were offers that the catalogue does not have; they "
                       "count for offers.cool_down alone",
                       path, contacts->n_foreign);
        command_warn(line);
    }
}

/** What a campaign measured, or that none did. */
static void print_measured(const perebor_result *result, language language) {
    campaign_effect all;
    bool wanted = false;
    const h5_node *group =
        stage_is_current(result, "campaign") ? stage_find(result, "campaign") : NULL;
    if (group != NULL && campaign_from_tree(group, &all, &wanted)) {
        puts(IN_LANGUAGE(language,
                         "The uplifts are those of the catalogue. A campaign has been measured:",
                         "Эффекты — из каталога. Кампания измерена:"));
        campaign_text_print_measured(&all, wanted, language);
    } else {
        puts(IN_LANGUAGE(language,
                         "The uplifts are assumptions of the catalogue, until a campaign has been "
                         "measured: 'perebor campaign'.",
                         "Эффекты предположены в каталоге, пока не измерена кампания: «perebor "
                         "campaign»."));
    }
}

static perebor_status plan(const offers_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    offer_stage stage = {0};
    perebor_experiment *named = NULL;
    const perebor_experiment *has = NULL;
    perebor_input inputs[3] = {{arguments->file, "the result file"}};
    size_t n_inputs = 1;
    if (arguments->experiment != NULL) {
        inputs[n_inputs++] = (perebor_input){arguments->experiment, "the experiment"};
    }
    if (arguments->contacts != NULL) {
        inputs[n_inputs++] = (perebor_input){arguments->contacts, "the table of messages"};
    }
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, offer_files_check(&arguments->files, inputs, n_inputs, error));
    }
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done, find_settings(arguments, &file, &named, &has, error));
    const offer_stage_source source = {has->offers, has->file, arguments->contacts,
                                       arguments->file};
    PEREBOR_TRY(done, offer_stage_make(&stage, file.study, file.result, &source, error));
    if (arguments->contacts != NULL) {
        warn_of_contacts(&stage.contacts, arguments->contacts);
    }
    PEREBOR_TRY(done, stage_file_save(&file, error));
    if (arguments->files.folder != NULL) {
        PEREBOR_TRY(done, offer_files_write(&arguments->files, &stage, inputs, n_inputs, error));
    }
    offer_text_print(&stage, arguments->language);
    print_measured(file.result, arguments->language);
done:
    offer_stage_release(&stage);
    perebor_experiment_free(named);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    offers_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return plan(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_offers = {"offers", "decide who gets which offer", run, .on_ranks = false};
