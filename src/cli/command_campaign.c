// SPDX-License-Identifier: MIT
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/campaign_text.h"
#include "cli/command.h"
#include "cli/stage_file.h"
#include "perebor/experiment.h"
#include "run/campaign_stage.h"

enum { KEY_EXPERIMENT = 256, KEY_FOLDER, KEY_LOG, KEY_LANGUAGE };

static const struct argp_option options[] = {
    {"log", KEY_LOG, "LOG.csv", 0, "A line a customer: who was treated, and what came of it", 0},
    {"experiment", KEY_EXPERIMENT, "FILE.yaml", 0,
     "Take the section campaign of this file (default: of the experiment as it was run)", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    ARGUMENT_LANGUAGE(KEY_LANGUAGE),
    {0},
};

/** What the command line says. */
typedef struct campaign_arguments {
    const char *file, *log, *experiment, *folder;
    language language;
} campaign_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    campaign_arguments *arguments = state->input;
    switch (key) {
    case KEY_EXPERIMENT:
        arguments->experiment = value;
        return 0;
    case KEY_LANGUAGE:
        arguments->language = (language)argument_choice(state, "--lang", value, LANGUAGE_NAMES);
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case KEY_LOG:
        arguments->log = value;
        return 0;
    case ARGP_KEY_END:
        if (arguments->log == NULL) {
            argp_error(state, "--log names the campaign's log");
        }
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Measure what a campaign did: the difference between the customers who were treated and "
           "those who were held out at random, as it is and adjusted by the model's probability, "
           "for each offer, and among those whose probability is highest, with intervals. The "
           "section campaign of the experiment says how the log is read. What was found is "
           "printed and kept in the file, under /campaign.",
};

/** The section of the experiment that is named, or of the one that was run; where there is none,
 * what is assumed. */
static perebor_status find_settings(const campaign_arguments *arguments, const stage_file *file,
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
    return PEREBOR_OK;
}

/** Below this, least squares in a group have too few rows for intervals of the normal distribution.
 */
enum { enough_customers = 30 };

/** Warns of a third word in a column that says yes or no. */
static void warn_of_words(const campaign_words *words, const campaign_mark *mark,
                          const char *path) {
    char line[700];
    if (words->n_other > 0) {
        (void)snprintf(line, sizeof line,
                       "%.120s: \"%.60s\" is not only \"%.40s\" and \"%.40s\" but also \"%.40s\": "
                       "on %zu lines, which count as not \"%.40s\"",
                       path, mark->column, mark->positive, words->no, words->other, words->n_other,
                       mark->positive);
        command_warn(line);
    }
}

static void warn(const campaign_log *log, const campaign_settings *settings,
                 const campaign_measures *measures, const char *path) {
    char line[400];
    if (log->n_unknown > 0) {
        (void)snprintf(line, sizeof line, "%.120s: %zu of %zu customers are not in the data%s",
                       path, log->n_unknown, log->n_lines,
                       settings->score == NULL ? ": they are left out" : "");
        command_warn(line);
    }
    if (log->n_undecided > 0) {
        (void)snprintf(line, sizeof line,
                       "%.120s: of %zu customers it is not said whether they were treated or what "
                       "came of it: they are left out",
                       path, log->n_undecided);
        command_warn(line);
    }
    warn_of_words(&log->treated_words, &settings->treated, path);
    warn_of_words(&log->outcome_words, &settings->outcome, path);
    if (log->n_held_treated + log->n_sent_not > 0) {
        (void)snprintf(
            line, sizeof line,
            "%.120s: not as the plan has it: %zu were treated who are held out, %zu were "
            "not who have an offer: unless the treated were drawn at random otherwise, what "
            "follows is no effect of the treatment",
            path, log->n_held_treated, log->n_sent_not);
        command_warn(line);
    }
    size_t n_treated = measures->all.n_treated, n_untreated = measures->all.n_untreated;
    if (n_treated < enough_customers || n_untreated < enough_customers) {
        (void)snprintf(line, sizeof line,
                       "%.120s: %zu customers were treated and %zu were not: with fewer than %d on "
                       "a side the adjusted interval is too narrow",
                       path, n_treated, n_untreated, enough_customers);
        command_warn(line);
    }
    if (fabs(measures->all.imbalance) > 3.0) {
        (void)snprintf(line, sizeof line,
                       "the treated differ from the untreated in their scores by %.1f standard "
                       "errors: if they were not drawn at random, what follows is no effect of "
                       "the treatment",
                       measures->all.imbalance);
        command_warn(line);
    }
}

static perebor_status measure(const campaign_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    campaign_stage stage = {0};
    perebor_experiment *named = NULL;
    const perebor_experiment *has = NULL;
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done, find_settings(arguments, &file, &named, &has, error));
    const campaign_settings *settings = has->campaign == NULL ? &campaign_defaults : has->campaign;
    const campaign_stage_source source = {settings, arguments->log, arguments->file};
    PEREBOR_TRY(done, campaign_stage_make(&stage, file.study, file.result, &source, error));
    warn(&stage.log, settings, &stage.measures, arguments->log);
    PEREBOR_TRY(done, stage_file_save(&file, error));
    campaign_text_print(&stage, settings, arguments->language);
done:
    campaign_stage_release(&stage);
    perebor_experiment_free(named);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    campaign_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return measure(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_campaign = {"campaign", "measure what a campaign did", run,
                                  .on_ranks = false};
