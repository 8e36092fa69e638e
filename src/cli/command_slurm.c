// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/slurm_script.h"
#include "cli/terminal.h"
#include "exec/threads.h"
#include "run/study.h"
#include "trial/machine_pace.h"
#include "trial/plan.h"

/** A forecast is right to a factor; a search that needs no second allocation is worth asking for
 * it. */
static const double time_margin = 2.0;
static const double memory_margin = 1.5;
static const double outside_seconds =
    120.0;                                // To start, to stop in good order and to write the file.
static const double trying_seconds = 1.0; // Predicted, of a unit that is tried for its memory.
static const double matrices_of_a_unit = 4.0; // Copies of a fold that are reckoned with, at least.
static const double mebibyte = 1048576.0;
enum { KEY_NODES = 256, KEY_CPUS, KEY_TIME, KEY_TRIALS, KEY_SET };
enum { most_threads = 16, least_minutes = 5, most_nodes = 65536, most_tries = 4 };
enum { rank_mebibytes = 64, node_mebibytes = 256 };

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0, "Result file of the job (default: as the experiment says)", 0},
    {"nodes", KEY_NODES, "N", 0, "Nodes to ask for (default: as --time takes, else 1)", 0},
    {"cpus", KEY_CPUS, "N", 0, "Processors of a node (default: of this machine)", 0},
    {"time", KEY_TIME, "TIME", 0,
     "Time to ask for, in minutes, HH:MM:SS or D-HH:MM:SS (default: twice the forecast)", 0},
    {"trials", KEY_TRIALS, "N|A:B", 0, "Run N trials, or those numbered A to B-1", 0},
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the experiment", 0},
    {0},
};

/** What the command line says. */
typedef struct slurm_arguments {
    perebor_search_options search;
    argument_overrides overrides;
    const char **words; // [n_words] options that the job's run is to have too
    size_t n_words;
    uint64_t n_nodes, n_cpus; // 0: not said
    double seconds;           // Asked for; 0: not said
} slurm_arguments;

/** Keeps an option and its value for the script. @pre There is room: see run(). */
static void keep(slurm_arguments *arguments, const char *option, const char *value) {
    arguments->words[arguments->n_words++] = option;
    arguments->words[arguments->n_words++] = value;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    slurm_arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->search.output = argument_result_file(state, "-o", value);
        return 0;
    case KEY_NODES:
        arguments->n_nodes = argument_number(state, "--nodes", value, 1, most_nodes);
        return 0;
    case KEY_CPUS:
        arguments->n_cpus = argument_number(state, "--cpus", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_TIME:
        arguments->seconds = argument_time(state, "--time", value);
        return 0;
    case KEY_TRIALS:
        argument_trials(state, value, &arguments->search);
        keep(arguments, "--trials", value);
        return 0;
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        keep(arguments, "--set", value);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_EXPERIMENT, &arguments->search.experiment);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "EXPERIMENT.yaml",
    .doc = "Print a batch script for Slurm that runs a search: tasks, threads, memory and time "
           "from what the "
           "search is forecast to take, with a margin. The job stops before its time is over, asks "
           "for "
           "another turn and goes on.\v"
           "    perebor slurm experiment.yaml --nodes 4 --cpus 64 >job.sbatch && sbatch job.sbatch",
};

/** What a search is expected to need. */
typedef struct need {
    uint64_t n_trials;
    size_t n_units;
    double seconds;          // CPU seconds of one core.
    double longest_unit;     // Likewise.
    double rank_mebibytes;   // A process with the tables loaded,
    double thread_mebibytes; // and of each of its threads.
} need;

/** Tries a unit. @return Bytes that it computed in, without the layouts that it shares. */
static size_t try_unit(const perebor_study *study, const perebor_plan *plan, size_t bundle) {
    perebor_workspace workspace = {0};
    perebor_error error;
    uint32_t n_members = perebor_plan_bundle(plan, bundle)->n_members;
    perebor_member_outcome *outcomes = calloc(n_members, sizeof *outcomes);
    size_t used = 0;
    perebor_evaluator_forget_layouts(study->evaluator); // or else it might prepare nothing
    if (outcomes != NULL && perebor_evaluate(study->evaluator, plan, bundle, 0, &workspace,
                                             outcomes, NULL, &error) == PEREBOR_OK) {
        used = workspace.most_used;
    }
    if (outcomes != NULL) {
        perebor_member_outcomes_release(outcomes, n_members);
    }
    free(outcomes);
    perebor_workspace_release(&workspace);
    return used;
}

/** Memory of a thread: the most of some units that are quick to try, the largest of these, and
 * never less than a few copies of a fold; and the largest layout, which may be one that it reads
 * beside those that are kept. */
static double thread_bytes(const perebor_study *study, const perebor_plan *plan) {
    perebor_fold_shape shape = perebor_evaluator_shape(study->evaluator);
    double most = matrices_of_a_unit * sizeof(double) *
                  (double)(shape.n_training + shape.n_validation) * (double)shape.n_columns;
    double below = trying_seconds;
    for (int i = 0; i < most_tries; i++) {
        size_t largest = SIZE_MAX;
        double seconds = 0.0;
        for (size_t bundle = 0; bundle < perebor_plan_n_bundles(plan); bundle++) {
            double predicted = perebor_plan_bundle(plan, bundle)->seconds;
            if (predicted < below && predicted > seconds) {
                seconds = predicted;
                largest = bundle;
            }
        }
        if (largest == SIZE_MAX) {
            break;
        }
        most = fmax(most, (double)try_unit(study, plan, largest));
        below = 0.7 * seconds; // another kind, most likely
    }
    return most + perebor_plan_predict(plan).largest_layout_bytes;
}

/** The most memory that this process has had: its tables are loaded. */
static double process_bytes(void) {
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? 1024.0 * (double)usage.ru_maxrss : 0.0;
}

static perebor_status foresee(need *need, const perebor_study *study,
                              const perebor_search_options *search, perebor_error *error) {
    perebor_status status;
    perebor_plan *plan = NULL;
    uint64_t available = perebor_space_n_trials(study->experiment->space);
    uint64_t first = search->trials_given ? search->first_trial : 0;
    uint64_t end = search->trials_given ? search->end_trial : perebor_study_n_trials(study);
    end = end < available ? end : available;
    if (end <= first) {
        return perebor_fail(error, PEREBOR_ERR_ARGUMENT, "there is no trial to run");
    }
    perebor_fold_shape shape = perebor_study_shape(study);
    PEREBOR_TRY(done, perebor_plan_create(&plan, study->pipeline, study->experiment->space, first,
                                          (size_t)(end - first), NULL,
                                          perebor_study_shares(study->experiment, true),
                                          study->n_folds, &shape, error));
    double layout_bytes =
        fmin(perebor_plan_predict(plan).layout_bytes, (double)PEREBOR_LAYOUT_ROOM);
    const perebor_pace pace = perebor_pace_here();
    const double loaded_bytes = process_bytes(); // before units are tried
    *need =
        (struct need){.n_trials = end - first,
                      .n_units = perebor_plan_n_units(plan),
                      .seconds = perebor_pace_apply(&pace, plan).seconds,
                      .rank_mebibytes = rank_mebibytes + (loaded_bytes + layout_bytes) / mebibyte,
                      .thread_mebibytes = thread_bytes(study, plan) / mebibyte};
    for (size_t bundle = 0; bundle < perebor_plan_n_bundles(plan); bundle++) {
        need->longest_unit =
            fmax(need->longest_unit,
                 perebor_pace_unit_seconds(&pace, perebor_plan_bundle(plan, bundle)));
    }
done:
    perebor_plan_free(plan);
    return status;
}

/** Seconds that so many processors take, with the margin. */
static double seconds_on(const need *need, double n_processors) {
    double all = fmax(need->seconds / n_processors, need->longest_unit);
    return outside_seconds + time_margin * all;
}

/** The least number of nodes of so many processors that is through in the time asked for. */
static uint64_t nodes_in_time(const need *need, uint64_t n_cpus, double seconds) {
    double left = fmax(seconds - outside_seconds, 1.0);
    double n = ceil(time_margin * need->seconds / left / (double)n_cpus);
    double most = ceil((double)need->n_units / (double)n_cpus); // more would have nothing to do
    return (uint64_t)fmax(1.0, fmin(fmin(n, most), most_nodes));
}

/** Few tasks, none of too many threads: what a task holds is lost with it. All processors are used,
 * if they can be divided so. */
static void divide_node(slurm_request *request, uint64_t n_cpus) {
    uint64_t least = (n_cpus + most_threads - 1) / most_threads;
    request->n_tasks = least;
    for (uint64_t n = least; n < 2 * least; n++) {
        if (n_cpus % n == 0) {
            request->n_tasks = n;
            break;
        }
    }
    request->n_threads = n_cpus / request->n_tasks;
}

static void choose(slurm_request *request, const slurm_arguments *arguments, const need *need) {
    perebor_allocation here;
    perebor_allocation_read(&here);
    uint64_t n_cpus = arguments->n_cpus > 0 ? arguments->n_cpus : (uint64_t)here.n_present;
    divide_node(request, n_cpus > 0 ? n_cpus : 1);
    request->n_nodes = arguments->n_nodes > 0     ? arguments->n_nodes
                       : arguments->seconds > 0.0 ? nodes_in_time(need, n_cpus, arguments->seconds)
                                                  : 1;
    double n_processors = (double)(request->n_nodes * request->n_tasks * request->n_threads);
    double seconds = seconds_on(need, n_processors);
    double minutes = ceil((arguments->seconds > 0.0 ? arguments->seconds : seconds) / 60.0);
    request->minutes =
        (uint64_t)(arguments->seconds > 0.0 ? minutes : fmax(minutes, least_minutes));
    double n_threads = (double)(request->n_tasks * request->n_threads);
    request->mebibytes =
        node_mebibytes +
        (uint64_t)ceil(memory_margin * ((double)request->n_tasks * need->rank_mebibytes +
                                        n_threads * need->thread_mebibytes));
    if (arguments->seconds > 0.0 && arguments->seconds < seconds) {
        fprintf(
            stderr,
            "perebor: warning: that may take more than one turn of the job; it asks for the next "
            "by itself\n");
    }
    if (n_processors > (double)need->n_units) {
        fprintf(stderr,
                "perebor: warning: %.0f processors for %zu units of work: some will have nothing "
                "to do\n",
                n_processors, need->n_units);
    }
}

static perebor_status print_script(slurm_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_study *study = NULL;
    need need = {0};
    char *output = NULL;
    char duration[32];
    char forecast[128];
    perebor_search_previous previous = {.resume = true}; // the job goes on with what is there
    const perebor_search_options *search = &arguments->search;
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, search->experiment, search->overrides,
                                              search->n_overrides, error));
    PEREBOR_TRY(done, perebor_study_load(&study, experiment, perebor_study_shares(experiment, true),
                                         error));
    PEREBOR_TRY(done,
                perebor_search_output_check(search, study->experiment, &previous, &output, error));
    PEREBOR_TRY(done, foresee(&need, study, search, error));
    slurm_request request = {.name = study->experiment->name,
                             .experiment = search->experiment,
                             .result = output,
                             .options = arguments->words,
                             .n_options = arguments->n_words,
                             .forecast = forecast};
    perebor_progress_duration(need.seconds, duration, sizeof duration);
    (void)snprintf(forecast, sizeof forecast, "Forecast: %" PRIu64 " trial%s in %s of one core.",
                   need.n_trials, need.n_trials == 1 ? "" : "s", duration);
    choose(&request, arguments, &need);
    terminal_print_data();
    slurm_script_write(stdout, &request);
done:
    free(output);
    perebor_study_free(study);
    return status;
}

static int run(int argc, char **argv) {
    perebor_error error = {0};
    slurm_arguments arguments = {.search = {.share = true, .resume = true}};
    arguments.words = calloc(2 * (size_t)argc + 1, sizeof *arguments.words);
    if (arguments.words == NULL) {
        (void)perebor_no_memory(&error, "for the command line");
        return command_fail(&error);
    }
    command_parse(&parser, argc, argv, &arguments);
    arguments.search.overrides = arguments.overrides.items;
    arguments.search.n_overrides = arguments.overrides.n;
    perebor_status status = print_script(&arguments, &error);
    argument_overrides_release(&arguments.overrides);
    free(arguments.words);
    return status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_slurm = {"slurm", "print a batch script for Slurm", run, .on_ranks = false};
