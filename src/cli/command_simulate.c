// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/stage_file.h"
#include "cli/terminal.h"
#include "exec/replay.h"
#include "run/simulation.h"

enum { KEY_RANKS = 256, KEY_THREADS, KEY_TRIALS, KEY_DEADLINE, KEY_FORMAT, KEY_KEEP, KEY_FOLDER };
enum { most_listed = 100 };

#define FORMATS "table|json"

static const struct argp_option options[] = {
    {"ranks", KEY_RANKS, "LIST", 0,
     "Numbers of ranks: 1,2,4 or 1:1024, which is each twice the one before (default: 1:1024)", 0},
    {"threads", KEY_THREADS, "N", 0, "Threads of each rank (default: as the search had)", 0},
    {"trials", KEY_TRIALS, "N", 0,
     "As if so many trials had been searched, whose units take what those of the file took", 0},
    {"deadline", KEY_DEADLINE, "TIME", 0,
     "Say how many ranks it takes to be done in so many minutes, HH:MM:SS or D-HH:MM:SS", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "What to print (default: table)", 0},
    {"keep", KEY_KEEP, NULL, 0,
     "Keep it in the file, under /simulation, where 'perebor report' finds it", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct simulate_arguments {
    const char *file, *folder;
    uint64_t ranks[most_listed];
    size_t n_ranks;
    uint32_t n_threads; // 0: as the search had
    uint64_t n_trials;  // 0: those of the file
    double deadline;    // Seconds; 0: none
    bool json, keeps;
} simulate_arguments;

static void list_rank(const struct argp_state *state, simulate_arguments *arguments, uint64_t n) {
    if (arguments->n_ranks == most_listed) {
        argp_error(state, "--ranks: at most %d numbers", most_listed);
    }
    arguments->ranks[arguments->n_ranks++] = n;
}

/** Reads "1,2,4" and "1:1024". */
static void list_ranks(const struct argp_state *state, simulate_arguments *arguments,
                       const char *value) {
    arguments->n_ranks = 0;
    for (const char *at = value;; at++) {
        const char *end = at + strcspn(at, ",");
        const char *colon = memchr(at, ':', (size_t)(end - at));
        uint64_t first = 0;
        uint64_t last = 0;
        bool read = argument_read_number(at, colon != NULL ? colon : end, &first);
        read = read && (colon == NULL || argument_read_number(colon + 1, end, &last));
        last = colon == NULL ? first : last;
        if (!read || first < 1 || last < first || last > ARGUMENT_MOST_RANKS) {
            argp_error(state,
                       "--ranks %s: write numbers from 1 to %d with commas between, such as 1,2,4, "
                       "or 1:1024",
                       value, ARGUMENT_MOST_RANKS);
        }
        for (uint64_t n = first; n < last; n *= 2) {
            list_rank(state, arguments, n);
        }
        list_rank(state, arguments, last);
        if (*end == '\0') {
            return;
        }
        at = end;
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    simulate_arguments *arguments = state->input;
    switch (key) {
    case KEY_RANKS:
        list_ranks(state, arguments, value);
        return 0;
    case KEY_THREADS:
        arguments->n_threads =
            (uint32_t)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_TRIALS:
        arguments->n_trials = argument_number(state, "--trials", value, 1, INT64_MAX - 1);
        return 0;
    case KEY_DEADLINE:
        arguments->deadline = argument_time(state, "--deadline", value);
        return 0;
    case KEY_FORMAT:
        arguments->json = argument_choice(state, "--format", value, FORMATS) == 1;
        return 0;
    case KEY_KEEP:
        arguments->keeps = true;
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case ARGP_KEY_INIT:
        list_ranks(state, arguments, "1:1024");
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
        "Say how long a finished search would have taken on other numbers of ranks: what its units "
        "of "
        "work took is replayed through the program's own coordinator, on a virtual clock, with "
        "what "
        "rank 0 and the network take for each. Needs the search's tables, to plan its units anew; "
        "computes none of them.",
};

/**
 * The least number of ranks that is done in time; 0 if none is.
 *
 * Twice as many while that is quicker, then halving the gap.
 */
static perebor_status find_enough(const simulation *simulation, double deadline, simulated *enough,
                                  perebor_error *error) {
    perebor_status status;
    simulated now = {0};
    uint64_t too_few = 0;
    uint64_t n = 1;
    double before = INFINITY;
    *enough = (simulated){0};
    for (;; n *= 2) {
        PEREBOR_TRY(done, simulation_run(simulation, n, &now, error));
        if (now.seconds <= deadline || now.seconds >= before || n >= ARGUMENT_MOST_RANKS) {
            break;
        }
        before = now.seconds;
        too_few = n;
    }
    if (now.seconds > deadline) {
        goto done;
    }
    *enough = now;
    while (enough->n_ranks - too_few > 1) {
        uint64_t middle = too_few + (enough->n_ranks - too_few) / 2;
        PEREBOR_TRY(done, simulation_run(simulation, middle, &now, error));
        if (now.seconds <= deadline) {
            *enough = now;
        } else {
            too_few = middle;
        }
    }
done:
    return status;
}

static void print_head(const simulation *simulation, const char *file) {
    const measured_costs *costs = &simulation->costs;
    char total[32];
    char mean[32];
    char longest[32];
    char outside[32];
    perebor_progress_duration(costs->total, total, sizeof total);
    perebor_progress_duration(costs->total / (double)costs->n_units, mean, sizeof mean);
    perebor_progress_duration(costs->longest, longest, sizeof longest);
    perebor_progress_duration(simulation->outside_seconds, outside, sizeof outside);
    printf("replayed    %s: %zu trials in %zu units of work, %s of one thread; a unit %s, the "
           "longest %s\n",
           file, costs->n_trials, costs->n_units, total, mean, longest);
    if (costs->ledger.n_ended > 0) {
        printf("measured    on %d rank%s; %s to start and to end, here too\n",
               costs->ledger.n_ranks, costs->ledger.n_ranks == 1 ? "" : "s", outside);
    } else {
        printf("measured    of fitting and scoring alone: the search has not ended once\n");
    }
}

static void print_row(const simulated *row, uint32_t n_threads) {
    char seconds[32];
    perebor_progress_duration(row->seconds, seconds, sizeof seconds);
    printf("%8" PRIu64 " %8" PRIu64 "  %14s %9.1f %9.1f %9.1f\n", row->n_ranks,
           row->n_ranks * n_threads, seconds, row->speed_up, 100.0 * row->busy,
           100.0 * row->leader);
}

/** Where more ranks were asked for than one rank 0 serves: that several can. */
static void print_parts(const simulation *simulation, const simulated *rows, size_t n_rows) {
    double most = simulation_saturating_ranks(simulation);
    uint64_t n_ranks = 0;
    for (size_t i = 0; i < n_rows; i++) {
        n_ranks = rows[i].n_ranks > n_ranks ? rows[i].n_ranks : n_ranks;
    }
    if ((double)n_ranks > most) {
        double n_jobs = ceil((double)n_ranks / most);
        printf("beyond      %" PRIu64
               " ranks are of use as %.0f jobs, each of a part of the trials "
               "(run --trials FROM:TO), whose files 'perebor merge' puts together\n",
               n_ranks, n_jobs);
    }
}

/** What follows from the rows. */
static void print_conclusion(const simulation *simulation, const simulated *rows, size_t n_rows) {
    const simulated *quickest = simulation_quickest(rows, n_rows);
    const simulated *enough = quickest;
    for (size_t i = 0; i < n_rows; i++) {
        bool near = rows[i].seconds <= 1.1 * quickest->seconds;
        enough = near && rows[i].n_ranks < enough->n_ranks ? &rows[i] : enough;
    }
    printf("quickest    %" PRIu64 " rank%s of these", quickest->n_ranks,
           quickest->n_ranks == 1 ? "" : "s");
    if (enough->n_ranks < quickest->n_ranks) {
        printf("; %" PRIu64 " take at most a tenth longer", enough->n_ranks);
    }
    printf("\nlimit       rank 0 takes about %.0f thousand results a second: it is saturated from "
           "%.0f ranks on, however "
           "many trials there are\n",
           1e-3 * replay_most_results(&simulation->settings),
           ceil(simulation_saturating_ranks(simulation)));
    print_parts(simulation, rows, n_rows);
}

static perebor_status print_deadline(const simulation *simulation, double deadline,
                                     perebor_error *error) {
    simulated enough;
    perebor_status status = find_enough(simulation, deadline, &enough, error);
    if (status == PEREBOR_OK) {
        char text[32];
        perebor_progress_duration(deadline, text, sizeof text);
        if (enough.n_ranks > 0) {
            printf("deadline    %" PRIu64 " rank%s for %s\n", enough.n_ranks,
                   enough.n_ranks == 1 ? " is enough" : "s are enough", text);
        } else {
            printf("deadline    no number of ranks is done in %s\n", text);
        }
    }
    return status;
}

static perebor_status print_table(const simulation *simulation, const simulate_arguments *arguments,
                                  const simulated *rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    print_head(simulation, arguments->file);
    printf("   ranks  threads            time  speed-up    busy %%  rank 0 %%\n");
    for (size_t i = 0; i < arguments->n_ranks; i++) {
        print_row(&rows[i], simulation->settings.n_threads);
    }
    print_conclusion(simulation, rows, arguments->n_ranks);
    if (arguments->deadline > 0.0) {
        status = print_deadline(simulation, arguments->deadline, error);
    }
    return status;
}

static void put_row(perebor_json *json, const simulated *row, uint32_t n_threads) {
    perebor_json_begin_object(json);
    perebor_json_put_integer(json, "ranks", (int64_t)row->n_ranks);
    perebor_json_put_integer(json, "threads", (int64_t)(row->n_ranks * n_threads));
    perebor_json_put_real(json, "seconds", row->seconds);
    perebor_json_put_real(json, "speed_up", row->speed_up);
    perebor_json_put_real(json, "busy", row->busy);
    perebor_json_put_real(json, "rank_0_busy", row->leader);
    perebor_json_end_object(json);
}

static perebor_status print_json(const simulation *simulation, const simulate_arguments *arguments,
                                 const simulated *rows, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    const measured_costs *costs = &simulation->costs;
    perebor_json json = {0};
    perebor_json_begin_object(&json);
    perebor_json_put_integer(&json, "trials", (int64_t)costs->n_trials);
    perebor_json_put_integer(&json, "units", (int64_t)costs->n_units);
    perebor_json_put_real(&json, "unit_seconds", costs->total);
    perebor_json_put_real(&json, "longest_unit_seconds", costs->longest);
    perebor_json_put_real(&json, "outside_seconds", simulation->outside_seconds);
    perebor_json_put_integer(&json, "measured_ranks", costs->ledger.n_ranks);
    perebor_json_put_real(&json, "measured_seconds",
                          simulation->outside_seconds + costs->ledger.job_seconds);
    perebor_json_put_real(&json, "results_a_second", replay_most_results(&simulation->settings));
    perebor_json_put_real(&json, "saturating_ranks", simulation_saturating_ranks(simulation));
    perebor_json_key(&json, "rows");
    perebor_json_begin_array(&json);
    for (size_t i = 0; i < arguments->n_ranks; i++) {
        put_row(&json, &rows[i], simulation->settings.n_threads);
    }
    perebor_json_end_array(&json);
    if (arguments->deadline > 0.0) {
        simulated enough;
        PEREBOR_TRY(done, find_enough(simulation, arguments->deadline, &enough, error));
        perebor_json_put_integer(&json, "deadline_ranks", (int64_t)enough.n_ranks);
    }
    perebor_json_end_object(&json);
done:;
    char *text = perebor_json_take(&json);
    if (status == PEREBOR_OK && text == NULL) {
        status = perebor_no_memory(error, "for the output");
    }
    if (status == PEREBOR_OK) {
        terminal_print_data();
        puts(text);
    }
    free(text);
    return status;
}

/** Reads the file and replays its search on every number of ranks. */
static perebor_status simulate(simulation *simulation, stage_file *file,
                               const simulate_arguments *arguments, simulated *rows,
                               perebor_error *error) {
    perebor_status status;
    // A file that is only looked at may belong to a search.
    if (arguments->keeps) {
        PEREBOR_TRY(done, stage_file_read(file, arguments->file, error));
    } else {
        PEREBOR_TRY(done, perebor_result_read(&file->result, arguments->file, error));
    }
    PEREBOR_TRY(done,
                simulation_prepare(simulation, file->result, arguments->n_threads,
                                   arguments->n_trials, arguments->file, arguments->folder, error));
    for (size_t i = 0; i < arguments->n_ranks; i++) {
        PEREBOR_TRY(done, simulation_run(simulation, arguments->ranks[i], &rows[i], error));
    }
    if (arguments->keeps) {
        PEREBOR_TRY(
            done, simulation_stage_put(file->result, simulation, rows, arguments->n_ranks, error));
        status = stage_file_save(file, error);
    }
done:
    return status;
}

static int run(int argc, char **argv) {
    perebor_status status;
    perebor_error error = {0};
    simulate_arguments arguments = {0};
    stage_file file = {0};
    simulation simulation = {0};
    simulated rows[most_listed] = {0};
    command_parse(&parser, argc, argv, &arguments);
    PEREBOR_TRY(done, simulate(&simulation, &file, &arguments, rows, &error));
    status = arguments.json ? print_json(&simulation, &arguments, rows, &error)
                            : print_table(&simulation, &arguments, rows, &error);
done:
    simulation_release(&simulation);
    stage_file_close(&file);
    return status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_simulate = {
    "simulate", "say how long a search takes on other numbers of ranks", run, .on_ranks = false};
