// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/ensemble_text.h"
#include "cli/gap_text.h"
#include "cli/looks_text.h"
#include "cli/selection.h"
#include "cli/stage_file.h"
#include "perebor/result_file.h"
#include "run/refit_stage.h"

enum { KEY_SELECT = 256, KEY_CALIBRATE, KEY_FOLDER };

static const struct argp_option options[] = {
    {"select", KEY_SELECT, "TRIAL", 0,
     "Its number, best (the default), one_standard_error (the simplest within one standard error "
     "of the best), a learner: the best of it, or ensemble: the trials that 'perebor ensemble' "
     "chose",
     0},
    ARGUMENT_CALIBRATE(
        KEY_CALIBRATE,
        "; not with --select ensemble, whose trials are calibrated as they were when it was "
        "chosen"),
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct refit_arguments {
    const char *file, *folder;
    bool ensemble; /**< In place of a selection. */
    selection selection;
    calibration_word calibrate;
    bool calibrates; /**< Asked for. */
} refit_arguments;

static void check(const struct argp_state *state, const refit_arguments *arguments) {
    if (arguments->ensemble && arguments->calibrates) {
        argp_error(state, "--calibrate: the trials of an ensemble are calibrated as they were when "
                          "it was chosen");
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    refit_arguments *arguments = state->input;
    switch (key) {
    case KEY_SELECT:
        arguments->ensemble = strcmp(value, "ensemble") == 0;
        if (!arguments->ensemble) {
            arguments->selection = selection_read_one(state, value, "a file keeps one model");
        }
        return 0;
    case KEY_CALIBRATE:
        arguments->calibrate =
            (calibration_word)argument_choice(state, "--calibrate", value, CALIBRATION_WORDS);
        arguments->calibrates = true;
        return 0;
    case ARGP_KEY_SUCCESS:
        check(state, arguments);
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
    .doc = "Fit a trial, or an ensemble of trials, on the whole training part and keep the fitted "
           "pipeline in the file, where "
           "predict finds it. Its score on the test part is printed, and the file remembers that "
           "it was: whoever goes on searching after that has a test part no more.",
};

/** Columns that are named; 'perebor trial' has the rest. */
enum { max_named_columns = 20 };

static void print_columns(const perebor_refit *refit) {
    size_t n = refit->n_columns;
    size_t n_named = n > max_named_columns ? max_named_columns : n;
    printf("  %zu column%s:", n, n == 1 ? "" : "s");
    for (size_t i = 0; i < n_named; i++) {
        printf("%s %s", i > 0 ? "," : "", refit->columns[i]);
    }
    if (n > n_named) {
        printf(" and %zu more", n - n_named);
    }
    putchar('\n');
}

/** How scores become probabilities. */
static const char *calibration_text(const perebor_fitted_pipeline *pipeline) {
    const perebor_calibration *map = perebor_fitted_pipeline_calibration(pipeline);
    const char *word = calibration_word_of(map, perebor_fitted_pipeline_learner(pipeline));
    return strcmp(word, "none") == 0 ? "the learner's own, not calibrated" : word;
}

/** How it does on rows that it was fitted on, on rows that it was not, and on the test part.
 * @param[in] folds  Its score on the folds. @param[in] of_folds  What that is. */
static void print_scores(const perebor_trials *trials, double folds, const char *of_folds,
                         const perebor_refit *refit) {
    char text[GAP_TEXT_SIZE];
    gap_text_of_training(refit->train_score, folds, text);
    printf("  %-12s %.6f  %s on the rows that it was fitted on: %s\n", "training",
           refit->train_score, trials->metric_names[0], text);
    printf("  %-12s %.6f  %s\n", "validation", folds, of_folds);
    if (!isnan(refit->test_score)) {
        gap_text_of_test(refit->test_score, folds, text);
        printf("  %-12s %.6f  on the test part: %s\n", "test", refit->test_score, text);
    }
}

/** What was fitted: of the two kinds of forest the one. */
static const char *model_words(const perebor_trials *trials, size_t row,
                               const perebor_refit *refit) {
    const char *name = perebor_trials_model(trials, row);
    return strcmp(name, "forest") == 0 ? "random forest"
           : strcmp(name, "extra_trees") == 0
               ? "extra trees"
               : perebor_fitted_pipeline_learner(refit->pipeline)->summary;
}

static void print_refit(const perebor_result *result, size_t row, const perebor_refit *refit) {
    const perebor_trials *trials = result->trials;
    printf("trial %" PRIu64 ", %s\n", trials->first_trial + row, model_words(trials, row, refit));
    if (trials->n_estimators[row] > 0) {
        printf("  path         the first %" PRIu32 " estimators, which score best over the folds\n",
               trials->n_estimators[row]);
    }
    char of_folds[64];
    (void)snprintf(of_folds, sizeof of_folds, "mean of %zu folds, sd %.4f", trials->n_folds,
                   perebor_trials_std_test_score(trials, row));
    print_scores(trials, perebor_trials_mean_test_score(trials, row), of_folds, refit);
    print_columns(refit);
    printf("  probabilities: %s\n", calibration_text(refit->pipeline));
}

/** Refits one trial. */
static perebor_status refit_trial(const refit_arguments *arguments, stage_file *file,
                                  perebor_error *error) {
    perebor_status status;
    perebor_refit refitted = {0};
    size_t row = 0;
    PEREBOR_TRY(done, selection_find(&arguments->selection, file->result, arguments->file,
                                     arguments->folder, &row, error));
    const refit_choice choice = {selection_name(&arguments->selection), arguments->calibrate};
    PEREBOR_TRY(done, refit_stage_make(file->study, file->result, row, &choice, &refitted, error));
    PEREBOR_TRY(done, stage_file_save(file, error));
    print_refit(file->result, row, &refitted);
done:
    perebor_refit_release(&refitted);
    return status;
}

/** Refits the trials of an ensemble. */
static perebor_status refit_ensemble(const refit_arguments *arguments, stage_file *file,
                                     perebor_error *error) {
    perebor_status status;
    perebor_refit refitted = {0};
    ensemble members = {0};
    PEREBOR_TRY(done, ensemble_stage_load(&members, file->result, arguments->file, error));
    PEREBOR_TRY(done,
                refit_stage_make_ensemble(file->study, file->result, &members, &refitted, error));
    PEREBOR_TRY(done, stage_file_save(file, error));
    printf("ensemble of %zu trial%s, by the mean of %s probabilities\n", members.n_members,
           members.n_members == 1 ? "" : "s", members.n_members == 1 ? "its" : "their");
    ensemble_text_write_members(&members, file->result->trials, stdout);
    print_scores(file->result->trials, members.score.naive,
                 "mean of the folds, which it was chosen by", &refitted);
done:
    ensemble_release(&members);
    perebor_refit_release(&refitted);
    return status;
}

static perebor_status refit(const refit_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    PEREBOR_TRY(done,
                (arguments->ensemble ? refit_ensemble : refit_trial)(arguments, &file, error));
    status = looks_text_write(file.result, stdout, error);
done:
    stage_file_close(&file);
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
