// SPDX-License-Identifier: MIT
#include <argp.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "compare/comparison.h"
#include "compare/comparison_json.h"
#include "compare/comparison_page.h"

enum { KEY_METRIC = 256, KEY_ROPE, KEY_SAME_FOLDS, KEY_FORMAT, KEY_LANGUAGE, KEY_FAIL_IF_WORSE };

#define FORMATS "table|json|md"
#define LANGUAGES "en|ru"

enum { FORMAT_TABLE, FORMAT_JSON, FORMAT_MARKDOWN };

enum { most_folds = 1000000 };

static const struct argp_option options[] = {
    {"metric", KEY_METRIC, "NAME", 0,
     "By which scores to compare (default: what selects in the first result file)", 0},
    {"rope", KEY_ROPE, "X", 0, "Differences up to this do not matter (default: 0.005)", 0},
    {"same-folds", KEY_SAME_FOLDS, "K", 0,
     "Trust that files which do not record their folds have the same rows and the same K folds", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "How to write it (default: table)", 0},
    {"lang", KEY_LANGUAGE, LANGUAGES, 0, "The language of its texts (default: en)", 0},
    {"fail-if-worse", KEY_FAIL_IF_WORSE, NULL, 0,
     "End with exit code 2 if a file is proved to be worse than the first", 0},
    {0},
};

/** What the command line says. */
typedef struct compare_arguments {
    const char *files[COMPARISON_MOST_FILES];
    size_t n_files;
    comparison_options options;
    size_t format; /**< Its place in FORMATS. */
    bool fails_if_worse;
} compare_arguments;

static double read_rope(const struct argp_state *state, const char *value) {
    char *end = NULL;
    double rope = strtod(value, &end);
    if (end == value || *end != '\0' || !(rope >= 0.0) || !isfinite(rope)) {
        argp_error(state, "--rope=%s: it takes a number that is not negative, such as 0.01", value);
    }
    return rope;
}

static void add_file(const struct argp_state *state, compare_arguments *arguments,
                     const char *file) {
    if (arguments->n_files == COMPARISON_MOST_FILES) {
        argp_error(state, "%s: no more than %d files are compared at once", file,
                   COMPARISON_MOST_FILES);
    }
    arguments->files[arguments->n_files++] = file;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    compare_arguments *arguments = state->input;
    switch (key) {
    case KEY_METRIC:
        arguments->options.metric = value;
        return 0;
    case KEY_ROPE:
        arguments->options.rope = read_rope(state, value);
        return 0;
    case KEY_SAME_FOLDS:
        arguments->options.same_folds =
            argument_number(state, "--same-folds", value, 2, most_folds);
        return 0;
    case KEY_FORMAT:
        arguments->format = argument_choice(state, "--format", value, FORMATS);
        return 0;
    case KEY_LANGUAGE:
        arguments->options.language = argument_choice(state, "--lang", value, LANGUAGES);
        return 0;
    case KEY_FAIL_IF_WORSE:
        arguments->fails_if_worse = true;
        return 0;
    case ARGP_KEY_ARG:
        add_file(state, arguments, value);
        return 0;
    case ARGP_KEY_END:
        if (arguments->n_files < 2) {
            argp_error(state, "it takes two files or more, the first of which is the baseline");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "A.h5 B.h5 [FILE...]",
    .doc = "Compare searches with the first of them: what may be compared, what differs, what the "
           "best of a budget is worth, and whether the best trials differ on the same folds and "
           "the refitted models on the same test part. A file is a result file, a CSV file with "
           "the columns of scikit-learn's cv_results_, or a study of Optuna's in SQLite "
           "(FILE.db#STUDY).",
};

static perebor_status write_comparison(const comparison *comparison, size_t format,
                                       perebor_error *error) {
    if (format == FORMAT_JSON) {
        terminal_print_data();
        return comparison_write_json(comparison, stdout, error);
    }
    return comparison_write_page(comparison, format == FORMAT_MARKDOWN, stdout, error);
}

/** What --fail-if-worse comes to. A file that cannot be tested is not shown to be no worse. */
static perebor_status judge(const comparison *comparison, int *code, perebor_error *error) {
    for (size_t i = 0; i + 1 < comparison->n; i++) {
        const comparison_pair *pair = &comparison->pairs[i];
        if (pair->proof == NULL) {
            return perebor_fail(
                error, PEREBOR_ERR_CONFLICT, "--fail-if-worse: %s cannot be tested against %s: %s",
                comparison->searches[pair->b].path, comparison->searches[pair->a].path,
                pair->folds.why_not.in[COMPARISON_ENGLISH]);
        }
        if (pair->proof->better < 0) {
            fprintf(stderr, "perebor: %s is worse than %s\n", comparison->searches[pair->b].path,
                    comparison->searches[pair->a].path);
            *code = EXIT_DIFFERENT;
        }
    }
    return PEREBOR_OK;
}

static perebor_status compare(const compare_arguments *arguments, int *code, perebor_error *error) {
    perebor_status status;
    comparison made = {0};
    PEREBOR_TRY(done, comparison_make(&made, arguments->files, arguments->n_files,
                                      &arguments->options, error));
    PEREBOR_TRY(done, write_comparison(&made, arguments->format, error));
    if (arguments->fails_if_worse) {
        status = judge(&made, code, error);
    }
done:
    comparison_release(&made);
    return status;
}

static int run(int argc, char **argv) {
    compare_arguments arguments = {.format = FORMAT_TABLE, .options = {.rope = 0.005}};
    perebor_error error = {0};
    int code = EXIT_OK;
    command_parse(&parser, argc, argv, &arguments);
    return compare(&arguments, &code, &error) == PEREBOR_OK ? code : command_fail(&error);
}

const command command_compare = {"compare", "compare searches: who is better, and is it proved",
                                 run, .on_ranks = false};
