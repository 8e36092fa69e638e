// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/gap_text.h"
#include "cli/nested_text.h"
#include "cli/resample_text.h"
#include "cli/stage_file.h"
#include "exec/threads.h"
#include "perebor/result_file.h"
#include "run/assess_stage.h"

enum { KEY_TOP = 256, KEY_RESAMPLES, KEY_COST, KEY_BUDGET, KEY_CALIBRATE, KEY_FOLDER };

static const struct argp_option options[] = {
    {"top", KEY_TOP, "N", 0,
     "How many of the best trials; of trials with the same settings one counts (default: as the "
     "experiment says, or 200)",
     0},
    {"resamples", KEY_RESAMPLES, "N", 0,
     "How often the choice is made again without a third of the rows (default: as the experiment "
     "says, or 1000)",
     0},
    {"cost", KEY_COST, "FP:FN", 0, "What a false positive and a false negative cost (default: 1:1)",
     0},
    {"budget", KEY_BUDGET, "N", 0,
     "How many rows can be acted on (default: a tenth of the training part)", 0},
    ARGUMENT_CALIBRATE(KEY_CALIBRATE, ""),
    {"threads", 't', "N", 0, "Threads to compute with (default: what was granted)", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct assess_arguments {
    const char *file, *folder;
    int n_threads; /**< 0: what was granted. */
    assess_options options;
} assess_arguments;

/** Two numbers that are not negative, with a colon between them. */
static void read_cost(const struct argp_state *state, const char *value,
                      perebor_threshold_terms *terms) {
    char *end = NULL, *last = NULL;
    terms->false_positive_cost = strtod(value, &end);
    terms->false_negative_cost = *end == ':' ? strtod(end + 1, &last) : -1.0;
    bool whole = last != NULL && last != end + 1 && *last == '\0' && end != value;
    bool sound = terms->false_positive_cost >= 0.0 && terms->false_negative_cost >= 0.0 &&
                 isfinite(terms->false_positive_cost) && isfinite(terms->false_negative_cost);
    if (!whole || !sound) {
        argp_error(state, "--cost=%s: it takes two costs, such as 1:5", value);
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    assess_arguments *arguments = state->input;
    switch (key) {
    case KEY_TOP:
        arguments->options.top = argument_number(state, "--top", value, 1, UINT32_MAX);
        return 0;
    case KEY_RESAMPLES:
        arguments->options.n_resamples = argument_number(state, "--resamples", value, 1, 1000000);
        return 0;
    case KEY_COST:
        read_cost(state, value, &arguments->options.terms);
        return 0;
    case KEY_BUDGET:
        arguments->options.terms.budget = argument_number(state, "--budget", value, 1, UINT32_MAX);
        return 0;
    case 't':
        arguments->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_CALIBRATE:
        arguments->options.calibrate =
            (calibration_word)argument_choice(state, "--calibrate", value, CALIBRATION_WORDS);
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
        "Say how good the best trial really is. The best trials are scored again out of fold "
        "and kept in the file, under /predictions; from these scores, without the test part, "
        "follow the score without the luck of having been chosen (the choice made again "
        "without a third of the rows, many times), intervals, calibration, thresholds and gains.",
};

static perebor_status print_scores(const assessment *found, size_t top,
                                   const perebor_result *result, perebor_error *error) {
    const perebor_trials *trials = result->trials;
    size_t n_trials = perebor_trials_n_finished(trials);
    const perebor_corrected_score *corrected = &found->corrected;
    bool all = found->n_trials < top && found->n_trials < n_trials; // the others repeat these
    printf("trial %" PRIu64 " of %zu, by the %zu %s out of fold", found->trials[0], n_trials,
           found->n_trials, all ? "different ones" : "best");
    perebor_status status =
        gap_text_write(result, (size_t)(found->trials[0] - trials->first_trial), stdout, error);
    putchar('\n');
    printf("  naive      %.4f  the best score of a search: too good, for it was chosen\n",
           corrected->naive);
    printf("  corrected  %.4f  without that; 95 %% %.4f to %.4f; %.0f %% of resamples chose the "
           "same trial\n",
           corrected->corrected, corrected->low, corrected->high, 100.0 * corrected->same_winner);
    const resample_text sureness = {corrected->naive, corrected->corrected,      corrected->low,
                                    corrected->high,  corrected->standard_error, corrected->n_used};
    resample_text_write(&sureness, stdout);
    nested_text_write_stage(result, stdout);
    printf("  folds      %.4f  95 %% %.4f to %.4f (Nadeau and Bengio, %zu folds)\n",
           found->means[0].mean, fmax(found->means[0].low, 0.0), fmin(found->means[0].high, 1.0),
           trials->n_folds);
    printf("  pooled     %.4f  95 %% %.4f to %.4f (DeLong, %zu rows of the first repeat)\n",
           found->pooled.auc, found->pooled.low, found->pooled.high, found->n_rows);
    printf("  precision  %.4f  on average over recall; of all rows %.4f are positive\n",
           found->average_precision, (double)found->n_positive / (double)found->n_rows);
    return status;
}

/** A share, or a dash where there is none: of an empty bin. */
static void print_share(double share) {
    if (isnan(share)) {
        printf("  %5s", "-");
    } else {
        printf("  %5.3f", share);
    }
}

static void print_probabilities(const assessment *found) {
    const perebor_calibration_measures *measures = &found->calibration;
    printf("probabilities: Brier %.4f, log loss %.4f, expected calibration error %.4f",
           measures->brier, measures->log_loss, measures->expected_error);
    if (!isnan(measures->p)) {
        printf(", Spiegelhalter z %.2f (p %.3f)", measures->z, measures->p);
    }
    printf("\n  said  ");
    for (size_t i = 0; i < ASSESS_BINS; i++) {
        print_share(found->bins[i].mean_probability);
    }
    printf("\n  was   ");
    for (size_t i = 0; i < ASSESS_BINS; i++) {
        print_share(found->bins[i].positive_share);
    }
    putchar('\n');
}

/** A line for each rule: where it cuts, the confusion matrix there, and what follows from that. */
static void print_thresholds(const assessment *found) {
    puts("thresholds  from on  precision  recall      F1  acted on     TP     FP     FN     TN    "
         "cost");
    for (size_t i = 0; i < PEREBOR_THRESHOLD_RULES; i++) {
        const perebor_threshold *threshold = &found->thresholds[i];
        printf("  %-8s", perebor_threshold_rule_name((perebor_threshold_rule)i));
        if (isinf(threshold->threshold)) {
            printf("  %7s", "nobody");
        } else {
            printf("  %7.4f", threshold->threshold);
        }
        printf("  %9.4f  %6.4f  %6.4f  %8zu  %5zu  %5zu  %5zu  %5zu  %6g\n", threshold->precision,
               threshold->recall, threshold->f1,
               threshold->n_true_positive + threshold->n_false_positive, threshold->n_true_positive,
               threshold->n_false_positive, threshold->n_false_negative, threshold->n_true_negative,
               threshold->cost);
    }
}

static void print_gains(const assessment *found) {
    printf("gain by tenths");
    for (size_t i = 0; i < ASSESS_BINS; i++) {
        printf("  %.2f", found->gains[i].gain);
    }
    printf("\nlift by tenths");
    for (size_t i = 0; i < ASSESS_BINS; i++) {
        if (isnan(found->gains[i].lift)) {
            printf("  %4s", "-"); // fewer rows than tenths
        } else {
            printf("  %.2f", found->gains[i].lift);
        }
    }
    putchar('\n');
}

static perebor_status assess(assess_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    assessment assessment = {0};
    PEREBOR_TRY(done, perebor_threads_choose_alone(arguments->n_threads, false,
                                                   &arguments->options.n_threads, error));
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    const perebor_experiment *experiment = file.study->experiment;
    assess_options *asked = &arguments->options;
    asked->top = asked->top > 0 ? asked->top : experiment->assess_trials;
    asked->n_resamples = asked->n_resamples > 0 ? asked->n_resamples : experiment->assess_resamples;
    PEREBOR_TRY(
        done, assess_stage_make(file.study, file.result, &arguments->options, &assessment, error));
    PEREBOR_TRY(done, stage_file_save(&file, error));
    PEREBOR_TRY(done, print_scores(&assessment, asked->top, file.result, error));
    print_probabilities(&assessment);
    print_thresholds(&assessment);
    print_gains(&assessment);
done:
    assess_release(&assessment);
    stage_file_close(&file);
    return status;
}

static int run(int argc, char **argv) {
    assess_arguments arguments = {
        .options = {.terms = {.false_positive_cost = 1.0, .false_negative_cost = 1.0}}};
    perebor_error error = {0};
    command_parse(&parser, argc, argv, &arguments);
    return assess(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_assess = {"assess", "say how good the best trial really is", run,
                                .on_ranks = false};
