// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/selection.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "run/refit_stage.h"
#include "run/stored_study.h"
#include "store/test_looks.h"

enum { KEY_SELECT = 256, KEY_FOLDER };

static const struct argp_option options[] = {
    {"select", KEY_SELECT, "TRIAL", 0,
     "Its number, best (the default) or one_standard_error: the simplest within one standard error "
     "of the best",
     0},
    {"folder", KEY_FOLDER, "FOLDER", 0,
     "Where the experiment's folder is, if not where it was when it was run", 0},
    {0},
};

/** What the command line says. */
typedef struct refit_arguments {
    const char *file, *folder;
    selection selection;
} refit_arguments;

static error_t parse_option(int key, char *value, struct argp_state *state) {
    refit_arguments *arguments = state->input;
    switch (key) {
    case KEY_SELECT:
        arguments->selection = selection_read(state, value);
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
    .doc = "Fit a trial on the whole training part and keep the fitted pipeline in the file, where "
           "predict finds it. Its score on the test part is printed, and the file remembers that "
           "it was: whoever goes on searching after that has a test part no more.",
};

static void print_refit(const perebor_result *result, size_t row, const perebor_refit *refit) {
    const perebor_trials *trials = result->trials;
    const char *metric = trials->metric_names[0];
    printf("trial %" PRIu64 ", %s\n", trials->first_trial + row,
           perebor_fitted_pipeline_learner(refit->pipeline)->summary);
    printf("  %-12s %.6f  %s on the rows that it was fitted on\n", "training", refit->train_score,
           metric);
    printf("  %-12s %.6f  mean of %zu folds, sd %.4f\n", "validation",
           perebor_trials_mean_test_score(trials, row), trials->n_folds,
           perebor_trials_std_test_score(trials, row));
    if (!isnan(refit->test_score)) {
        printf("  %-12s %.6f  on the test part\n", "test", refit->test_score);
    }
    printf("  %zu columns:", refit->n_columns);
    for (size_t i = 0; i < refit->n_columns; i++) {
        printf("%s %s", i > 0 ? "," : "", refit->columns[i]);
    }
    putchar('\n');
}

static void print_looks(const perebor_result *result) {
    test_looks looks = test_looks_count(result);
    if (looks.n_then > 0) {
        printf("the search went on after its test part was looked at: no score on it is of unseen "
               "rows any more\n");
    } else if (looks.n > 1) {
        printf("the test part was looked at for %zu trials: the best of these scores is too good\n",
               looks.n);
    }
}

static perebor_status refit(const refit_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_file_identity found = perebor_file_identify(arguments->file), checked = {0};
    perebor_result *result = NULL;
    perebor_study *study = NULL;
    perebor_refit refitted = {0};
    size_t row = 0;
    PEREBOR_TRY(done, perebor_result_read(&result, arguments->file, error));
    PEREBOR_TRY(done, perebor_output_check(arguments->file, &perebor_result_kind, true, NULL, 0,
                                           &checked, error));
    PEREBOR_TRY(done, selection_find(&arguments->selection, result, arguments->file,
                                     arguments->folder, &row, error));
    PEREBOR_TRY(done, stored_study_load(&study, result, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done,
                refit_stage_make(study, result, row, selection_rule_name(arguments->selection.rule),
                                 &refitted, error));
    PEREBOR_TRY(done, perebor_result_replace(result, arguments->file, &found, error));
    print_refit(result, row, &refitted);
    print_looks(result);
done:
    perebor_refit_release(&refitted);
    perebor_study_free(study);
    perebor_result_free(result);
    return status;
}

static int run(int argc, char **argv) {
    refit_arguments arguments = {0};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return refit(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_refit = {"refit", "fit a trial on the whole training part, and keep it", run,
                               .on_ranks = false};
