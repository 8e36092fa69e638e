// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "run/search_watch.h"

enum { KEY_ONCE = 256, KEY_INTERVAL };

/** Ranks that are shown one by one. */
enum { most_ranks = 16 };

/** A search that nobody holds may be about to be started again by its supervisor. */
static const double patience_seconds = 5.0;

static const struct argp_option options[] = {
    {"once", KEY_ONCE, NULL, 0, "Show it as it is now, and end", 0},
    {"interval", KEY_INTERVAL, "SECONDS", 0,
     "Between two looks (default: 2 on a terminal, 30 elsewhere)", 0},
    {0},
};

/** What the command line says. */
typedef struct watch_arguments {
    const char *file;
    bool once;
    double interval; /**< 0: as the default is. */
} watch_arguments;

static double read_interval(const struct argp_state *state, const char *value) {
    char *end = NULL;
    double seconds = strtod(value, &end);
    if (end == value || *end != '\0' || !(seconds >= 0.05) || !(seconds <= 86400.0)) {
        argp_error(state, "--interval=%s: it takes seconds, from 0.05 to 86400", value);
    }
    return seconds;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    watch_arguments *arguments = state->input;
    switch (key) {
    case KEY_ONCE:
        arguments->once = true;
        return 0;
    case KEY_INTERVAL:
        arguments->interval = read_interval(state, value);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc = "Watch a search: how far it is, the best so far of every model, its ranks, how long it "
           "will take, and what failed last. Reads the file and the journal from any machine that "
           "sees them and holds nobody up; ends when the search has ended, with exit code 3 if it "
           "was not at its end.",
};

static void print_head(const search_watch *watch, const char *file) {
    const perebor_search_status *status = &watch->status;
    char left[32];
    perebor_progress_duration(watch->remaining_seconds, left, sizeof left);
    printf("%s: %s, %" PRIu64 " of %" PRIu64 " trials", file,
           perebor_search_state_name(status->state), status->n_done, status->n_trials);
    if (status->n_failed > 0) {
        printf(", %" PRIu64 " failed", status->n_failed);
    }
    if (status->state == PEREBOR_SEARCH_RUNNING && !isnan(watch->remaining_seconds)) {
        printf(", about %s left", left);
    }
    putchar('\n');
    if (!isnan(status->best_score)) {
        printf("best  %s %.6f, trial %" PRIu64 "\n", watch->entries.metric, status->best_score,
               status->best_trial);
    }
}

static void print_models(const search_watch *watch) {
    bool known = watch->n_models > 1 || (watch->n_models == 1 && watch->models[0].name[0] != '\0');
    if (!known) {
        return; // no checkpoint yet, or a search that does not vary its model
    }
    printf("\n%-16s  %8s  %8s  %8s  %8s\n", "model", "best", "trial", "done", "failed");
    for (size_t i = 0; i < watch->n_models; i++) {
        const search_watch_model *model = &watch->models[i];
        printf("%-16s  ", model->name[0] != '\0' ? model->name : "not known yet");
        if (isnan(model->best_score)) {
            printf("%8s  %8s", "-", "-");
        } else {
            printf("%8.6f  %8" PRIu64, model->best_score, model->best_trial);
        }
        printf("  %8" PRIu64 "  %8" PRIu64 "\n", model->n_done, model->n_failed);
    }
}

static void print_ranks(const search_watch *watch) {
    if (watch->n_ranks == 0) {
        return;
    }
    printf("\n%4s  %-24s  %7s  %8s  %s\n", "rank", "host", "threads", "done", "newest begun");
    for (size_t i = 0; i < watch->n_ranks && i < most_ranks; i++) {
        const search_watch_rank *rank = &watch->ranks[i];
        char age[32];
        double behind = watch->status.newest - rank->newest;
        perebor_progress_duration(behind, age, sizeof age);
        printf("%4" PRId32 "  %-24.24s  %7" PRId32 "  %8" PRIu64 "  %s%s\n", rank->rank,
               rank->host[0] != '\0' ? rank->host : "-", rank->n_threads, rank->n_done,
               isnan(behind)     ? "-"
               : !(behind > 0.0) ? "last of all"
                                 : age,
               behind > 0.0 ? " before the last" : "");
    }
    if (watch->n_ranks > most_ranks) {
        printf("and %zu ranks more\n", watch->n_ranks - most_ranks);
    }
}

static void print_failures(const search_watch *watch) {
    for (size_t i = 0; i < watch->n_failures; i++) {
        printf("%strial %" PRIu64 " failed: %s\n", i == 0 ? "\n" : "", watch->failures[i]->number,
               watch->failures[i]->error);
    }
}

static void print(const search_watch *watch, const char *file) {
    print_head(watch, file);
    print_models(watch);
    print_ranks(watch);
    print_failures(watch);
    (void)fflush(stdout);
}

static void pause_for(double seconds) {
    const struct timespec time = {.tv_sec = (time_t)seconds,
                                  .tv_nsec = (long)(1e9 * (seconds - floor(seconds)))};
    (void)nanosleep(&time, NULL);
}

/** What was shown last, so that nothing is shown twice where lines cannot be written over. */
typedef struct last_look {
    bool any;
    uint64_t n_done;
    perebor_search_state state;
    double running; /**< When the search was last seen to be running, or first looked at. */
} last_look;

static bool has_ended(const search_watch *watch, const last_look *last) {
    perebor_search_state state = watch->status.state;
    return state == PEREBOR_SEARCH_COMPLETE || state == PEREBOR_SEARCH_STOPPED ||
           (state == PEREBOR_SEARCH_INTERRUPTED && clock_now() - last->running > patience_seconds);
}

/** Shows a look: in the place of the one before on a terminal, else below it if it differs. */
static void show(const search_watch *watch, const char *file, bool live, last_look *last) {
    bool news =
        !last->any || watch->status.n_done != last->n_done || watch->status.state != last->state;
    if (live) {
        (void)fflush(stdout);
        terminal_control("\033[H\033[J");
    } else if (last->any && news) {
        putchar('\n');
    }
    if (live || news) {
        print(watch, file);
    }
    last->any = true;
    last->n_done = watch->status.n_done;
    last->state = watch->status.state;
}

/** Looks until the search has ended. */
static perebor_status follow(const watch_arguments *arguments, int *code, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    bool live = isatty(STDOUT_FILENO) == 1 && isatty(STDERR_FILENO) == 1;
    double interval = arguments->interval > 0.0 ? arguments->interval : live ? 2.0 : 30.0;
    last_look last = {.running = clock_now()};
    for (bool ended = false; !ended;) {
        search_watch watch = {0};
        PEREBOR_TRY(done, search_watch_read(&watch, arguments->file, error));
        last.running = watch.status.state == PEREBOR_SEARCH_RUNNING ? clock_now() : last.running;
        show(&watch, arguments->file, live, &last);
        ended = has_ended(&watch, &last);
        *code = watch.status.state == PEREBOR_SEARCH_COMPLETE ? EXIT_OK : EXIT_STOPPED;
        search_watch_release(&watch);
        if (!ended) {
            pause_for(interval);
        }
    }
done:
    return status;
}

static int run(int argc, char **argv) {
    watch_arguments arguments = {0};
    perebor_error error = {0};
    int code = EXIT_OK;
    command_parse(&parser, argc, argv, &arguments);
    if (!arguments.once) {
        return follow(&arguments, &code, &error) == PEREBOR_OK ? code : command_fail(&error);
    }
    search_watch watch = {0};
    if (search_watch_read(&watch, arguments.file, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    print(&watch, arguments.file);
    search_watch_release(&watch);
    return EXIT_OK;
}

const command command_watch = {"watch", "watch a search from anywhere until it ends", run,
                               .on_ranks = false};
