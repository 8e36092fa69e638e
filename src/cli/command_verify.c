// SPDX-License-Identifier: MIT
#include <argp.h>
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/selection.h"
#include "run/stored_study.h"
#include "run/verify.h"

enum { KEY_SET = 256, KEY_FOLDER };

static const struct argp_option options[] = {
    ARGUMENT_FOLDER(KEY_FOLDER),
    {"set", KEY_SET, "KEY=VALUE", 0,
     "With an experiment: as it was given to run; seed=N for its --seed N", 0},
    {0},
};

/** What the command line says. */
typedef struct verify_arguments {
    const char *file, *folder;
    const char *experiment; /**< NULL: the one in the file. */
    bool again;             /**< Trials are evaluated. */
    argument_overrides overrides;
    argument_range *ranges; /**< [n_ranges]; none: all trials. */
    size_t n_ranges;
    selection *selections; /**< [n_selections] */
    size_t n_selections;
} verify_arguments;

/** A rule by which trials are found once the file is read. */
static error_t add_selection(verify_arguments *arguments, selection named) {
    selection *grown =
        realloc(arguments->selections, (arguments->n_selections + 1) * sizeof *grown);
    if (grown == NULL) {
        return ENOMEM;
    }
    arguments->selections = grown;
    arguments->selections[arguments->n_selections++] = named;
    return 0;
}

/** A trial, a range of them, all of them, or the experiment. */
static error_t add_word(verify_arguments *arguments, const char *text, struct argp_state *state) {
    argument_range range = {0};
    selection named;
    arguments->again = true;
    if (strcmp(text, "all") == 0) {
        return 0;
    }
    if (!argument_read_range(text, &range) && selection_is(text, &named)) {
        return add_selection(arguments, named);
    }
    if (!argument_read_range(text, &range)) {
        if (state->arg_num == 1) {
            arguments->experiment = text;
            return 0;
        }
        argp_error(state,
                   "\"%s\": write the number of a trial (7), a range (0:100), best, "
                   "one_standard_error, per_model or a learner",
                   text);
    }
    argument_range *grown = realloc(arguments->ranges, (arguments->n_ranges + 1) * sizeof *grown);
    if (grown == NULL) {
        return ENOMEM;
    }
    arguments->ranges = grown;
    arguments->ranges[arguments->n_ranges++] = range;
    return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    verify_arguments *arguments = state->input;
    switch (key) {
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            arguments->file = value;
            return 0;
        }
        return add_word(arguments, value, state);
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case ARGP_KEY_END:
        if (state->arg_num < 1) {
            argp_error(state,
                       "name a result file, and which of its trials are to be evaluated again");
        }
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5 [EXPERIMENT.yaml] [all|N|A:B|RULE...]",
    .doc = "Compare everything in a result file with its checksums, and everything derived with "
           "what it is derived from. Evaluate trials again too, if all or some are named, by "
           "number or by a rule (best, one_standard_error, per_model, a learner), and "
           "compare points, states, scores, learning curves and scores out of bag bit for bit; the "
           "experiment is the one in the file, unless another is named.\v"
           "Exit codes: 0 all is as recorded, 2 something differs, 1 failed, 64 usage.",
};

/** Marks the trials of the ranges. The caller frees *wanted. */
static perebor_status mark_wanted(bool **wanted, const verify_arguments *arguments,
                                  const perebor_trials *trials, perebor_error *error) {
    uint64_t first = trials->first_trial;
    uint64_t end = first + trials->n_trials;
    bool *marked = calloc(trials->n_trials + 1, sizeof *marked);
    if (marked == NULL) {
        return perebor_no_memory(error, "for %zu trials", trials->n_trials);
    }
    for (size_t i = 0; i < arguments->n_ranges; i++) {
        argument_range range = arguments->ranges[i];
        if (range.first < first || range.end > end) {
            free(marked);
            return perebor_fail(error, PEREBOR_ERR_ARGUMENT,
                                "%s has trials %" PRIu64 " to %" PRIu64 ", not %" PRIu64,
                                arguments->file, first, end - 1,
                                range.first < first ? range.first : range.end - 1);
        }
        for (uint64_t trial = range.first; trial < range.end; trial++) {
            marked[trial - first] = true;
        }
    }
    *wanted = marked;
    return PEREBOR_OK;
}

/** Marks the trials that rules name. */
static perebor_status mark_selected(bool *wanted, const verify_arguments *arguments,
                                    const perebor_result *result, perebor_error *error) {
    assert(wanted != NULL);
    for (size_t i = 0; i < arguments->n_selections; i++) {
        size_t *rows = NULL, n = 0;
        perebor_status status =
            selection_find_all(&arguments->selections[i], result, arguments->file,
                               arguments->folder, &rows, &n, error);
        if (status != PEREBOR_OK) {
            return status;
        }
        for (size_t k = 0; k < n; k++) {
            wanted[rows[k]] = true;
        }
        free(rows);
    }
    return PEREBOR_OK;
}

static void print_difference(void *context, uint64_t trial, const char *what) {
    (void)context;
    printf("trial %" PRIu64 ": %s\n", trial, what);
}

/** The experiment that is named, or the one in the file. */
static perebor_status load_study(perebor_study **study, const verify_arguments *arguments,
                                 const perebor_result *result, perebor_error *error) {
    return arguments->experiment == NULL
               ? stored_study_load(study, result, arguments->file, arguments->folder, error)
               : stored_study_load_named(study, result, arguments->file, arguments->experiment,
                                         arguments->overrides.items, arguments->overrides.n, error);
}

static perebor_status verify(const verify_arguments *arguments, perebor_verification *verification,
                             perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_study *study = NULL;
    bool *wanted = NULL;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    if (arguments->n_ranges + arguments->n_selections > 0) {
        PEREBOR_TRY(done, mark_wanted(&wanted, arguments, result->trials, error));
        PEREBOR_TRY(done, mark_selected(wanted, arguments, result, error));
    }
    PEREBOR_TRY(done, load_study(&study, arguments, result, error));
    PEREBOR_TRY(done,
                perebor_verify(study, result, wanted, print_difference, NULL, verification, error));
done:
    free(wanted);
    perebor_study_free(study);
    perebor_result_free(result);
    return status;
}

static void print_fault(void *context, const char *place, const char *what) {
    size_t *n_faults = context;
    ++*n_faults;
    printf("%s%s%s\n", place, place[0] != '\0' ? " " : "", what);
}

/** Compares the file with itself. Returns the exit code. */
static int check_file(const char *file) {
    perebor_error error = {0};
    perebor_result_check found = {0};
    size_t n_faults = 0;
    if (perebor_result_check_file(file, print_fault, &n_faults, &found, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    if (!found.has_checksums) {
        printf("%s: of a version without checksums: only the digest of its trials and what is "
               "derived from them were compared\n",
               file);
    }
    if (n_faults > 0) {
        printf("%s: %zu of its parts %s not what was written\n", file, n_faults,
               n_faults == 1 ? "is" : "are");
        return EXIT_DIFFERENT;
    }
    if (found.has_checksums) {
        printf("%s: %zu checksums hold\n", file, found.n_rows);
    }
    return EXIT_OK;
}

/** Evaluates trials again. Returns the exit code. */
static int evaluate_again(const verify_arguments *arguments) {
    perebor_error error = {0};
    perebor_verification verification = {0};
    if (verify(arguments, &verification, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    printf("%s: %" PRIu64 " trial%s evaluated again, %" PRIu64 " differ%s", arguments->file,
           verification.n_verified, verification.n_verified == 1 ? "" : "s",
           verification.n_differing, verification.n_differing == 1 ? "s" : "");
    if (verification.n_waiting > 0) {
        printf("; %" PRIu64 " are not finished in the file", verification.n_waiting);
    }
    if (verification.n_out_of_time > 0) {
        printf("; %" PRIu64 " ran out of time there and %s left out", verification.n_out_of_time,
               verification.n_out_of_time == 1 ? "is" : "are");
    }
    putchar('\n');
    return verification.n_differing > 0 ? EXIT_DIFFERENT : EXIT_OK;
}

static int run(int argc, char **argv) {
    verify_arguments arguments = {0};
    command_parse(&parser, argc, argv, &arguments);
    int code = check_file(arguments.file);
    if (code == EXIT_OK && arguments.again) {
        code = evaluate_again(&arguments);
    }
    free(arguments.ranges);
    free(arguments.selections);
    argument_overrides_release(&arguments.overrides);
    return code;
}

const command command_verify = {
    "verify", "compare a result file with its checksums, or with trials evaluated again", run,
    .on_ranks = false};
