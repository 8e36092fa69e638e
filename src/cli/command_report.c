// SPDX-License-Identifier: MIT
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/output_file.h"
#include "cli/report_file.h"
#include "cli/terminal.h"
#include "render/render.h"
#include "story/story_make.h"

enum { KEY_FORMAT = 256, KEY_LANGUAGE, KEY_CUSTOMERS, KEY_OVERWRITE };

enum { most_files = 26, most_customers = 1000000 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "Write to this file; without --format its ending says how. Default: standard output, as "
     "Markdown",
     0},
    {"format", KEY_FORMAT, REPORT_FORMATS, 0, "How to write it", 0},
    {"lang", KEY_LANGUAGE, REPORT_LANGUAGES, 0,
     "The language (default: en); a page has both and opens in this one", 0},
    {"customers", KEY_CUSTOMERS, "N", 0,
     "Put in why so many single rows score as they do, those with the highest probabilities: their "
     "identifiers, probabilities and Shapley values (default: 100; 0: none)",
     0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace that file if it is there", 0},
    {0},
};

/** What the command line says. */
typedef struct report_arguments {
    const char *files[most_files];
    size_t n_files;
    const char *output;
    report_format format;
    bool has_format, overwrite;
    story_language language;
    size_t n_customers;
} report_arguments;

/** The format by the ending of the output, unless it was named. */
static void settle_format(report_arguments *arguments, const struct argp_state *state) {
    if (arguments->has_format) {
        return;
    }
    if (arguments->output == NULL) {
        arguments->format = REPORT_MARKDOWN;
    } else if (!report_format_of(arguments->output, &arguments->format)) {
        argp_error(state,
                   "-o %s: a name that ends in .html, .json or .md says what to write; or "
                   "say it with --format",
                   arguments->output);
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    report_arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = value;
        return 0;
    case KEY_FORMAT:
        arguments->format =
            (report_format)argument_choice(state, "--format", value, REPORT_FORMATS);
        arguments->has_format = true;
        return 0;
    case KEY_LANGUAGE:
        arguments->language =
            (story_language)argument_choice(state, "--lang", value, REPORT_LANGUAGES);
        return 0;
    case KEY_CUSTOMERS:
        arguments->n_customers = argument_number(state, "--customers", value, 0, most_customers);
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->n_files == most_files) {
            argp_error(state, "%s: no more than %d files are compared at once", value, most_files);
        }
        arguments->files[arguments->n_files++] = value;
        return 0;
    case ARGP_KEY_END:
        if (arguments->n_files == 0) {
            argp_error(state, "it takes a result file, or several to compare");
        }
        settle_format(arguments, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5 [FILE...]",
    .doc =
        "Tell what a result file has to say: the verdict and findings with codes first, then "
        "data, search, model, explanation, segments, and how it was made. As HTML it is one page "
        "that needs no network; as JSON or Markdown the same. Several files are compared with "
        "the first of them.\vStages that the file does not have, or has of before the search "
        "went on, are left out, with the command that would add them.",
};

static int run(int argc, char **argv) {
    report_arguments arguments = {.format = REPORT_HTML, .n_customers = STORY_USUAL_CUSTOMERS};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    const report_order order = {.files = arguments.files,
                                .n_files = arguments.n_files,
                                .output = arguments.output,
                                .format = arguments.format,
                                .language = arguments.language,
                                .n_customers = arguments.n_customers,
                                .overwrite = arguments.overwrite};
    return report_file_write(&order, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_report = {"report", "write a report that people want to open", run,
                                .on_ranks = false};
