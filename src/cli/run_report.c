// SPDX-License-Identifier: MIT
#include "cli/run_report.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/try.h"
#include "cli/command.h"
#include "offer/offer_settings.h"
#include "perebor/output.h"
#include "perebor/result_file.h"
#include "render/render.h"
#include "run/record.h"
#include "run/stored_study.h"
#include "store/stage.h"

extern char **environ;

/** A stage and the command that makes it. */
typedef struct wanted_stage {
    const char *stage, *command;
    const char *option; /**< One of the command's; NULL: none. */
    bool (*is_declared)(const perebor_experiment *experiment); /**< NULL: by every experiment. */
} wanted_stage;

static bool explains(const perebor_experiment *experiment) {
    return experiment->declares_explain;
}

static bool offers(const perebor_experiment *experiment) {
    return experiment->offers != NULL;
}

static bool divides(const perebor_experiment *experiment) {
    return experiment->segments != NULL;
}

/** In an order in which each finds what it needs. */
static const wanted_stage stages[] = {
    {"profile", "profile", NULL, NULL},         {"predictions", "assess", NULL, NULL},
    {"simulation", "simulate", "--keep", NULL}, {"model", "refit", NULL, NULL},
    {"explain", "explain", NULL, explains},     {"segments", "segment", NULL, divides},
    {"offers", "offers", NULL, offers},
};
enum { n_stages = sizeof stages / sizeof *stages };

perebor_status run_report_prepare(run_report *report, const perebor_search_options *search,
                                  perebor_error *error) {
    perebor_status status;
    perebor_experiment *experiment = NULL;
    perebor_file_identity found;
    const perebor_output_kind kind = {.name = "a report", .beginning = render_html_beginning};
    PEREBOR_TRY(done, perebor_experiment_read(&experiment, search->experiment, search->overrides,
                                              search->n_overrides, error));
    PEREBOR_TRY(
        done, record_choose_output(experiment, search->output, true, true, &report->result, error));
    size_t length = strlen(report->result);
    bool has_ending = length > 3 && strcmp(report->result + length - 3, ".h5") == 0;
    size_t size = length + sizeof ".html";
    report->page = report->named != NULL ? strdup(report->named) : malloc(size);
    if (report->page == NULL) {
        status = perebor_no_memory(error, "for the name of a report");
        goto done;
    }
    if (report->named == NULL) {
        (void)snprintf(report->page, size, "%.*s.html", (int)(has_ending ? length - 3 : length),
                       report->result);
    }
    PEREBOR_TRY(done, record_make_folder(report->result, error));
    report->replaces = search->overwrite || search->resume;
    status = perebor_output_check(report->page, &kind, report->replaces, NULL, 0, &found, error);
done:
    perebor_experiment_free(experiment);
    return status;
}

void run_report_release(run_report *report) {
    free(report->result);
    free(report->page);
    report->result = report->page = NULL;
}

/** Whether a variable would have the child take itself for a rank of the search. */
static bool is_of_launcher(const char *variable) {
    static const char *const beginnings[] = {"PMI_",   "PMIX_", "OMPI_",
                                             "HYDRA_", "HYDI_", "MPI_LOCAL"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        if (strncmp(variable, beginnings[i], strlen(beginnings[i])) == 0) {
            return true;
        }
    }
    return false;
}

/** The environment without the launcher's. The caller frees the array; NULL: no memory. */
static char **copy_environment(void) {
    size_t n = 0, kept = 0;
    while (environ[n] != NULL) {
        n++;
    }
    char **copy = calloc(n + 1, sizeof *copy);
    for (size_t i = 0; copy != NULL && i < n; i++) {
        if (!is_of_launcher(environ[i])) {
            copy[kept++] = environ[i];
        }
    }
    return copy;
}

/** Runs this program with other words, its standard output left unread. @return Its exit code. */
static int run_command(char *const *words) {
    char program[4096];
    pid_t child;
    int how = 0;
    posix_spawn_file_actions_t actions;
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    char **environment = copy_environment();
    if (length <= 0 || environment == NULL || posix_spawn_file_actions_init(&actions) != 0) {
        free((void *)environment);
        return EXIT_FAILED;
    }
    program[length] = '\0';
    int failed =
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    failed =
        failed != 0 ? failed : posix_spawn(&child, program, &actions, NULL, words, environment);
    (void)posix_spawn_file_actions_destroy(&actions);
    free((void *)environment);
    if (failed != 0) {
        fprintf(stderr, "perebor: %s could not be started: %s\n", program, strerror(failed));
        return EXIT_FAILED;
    }
    while (waitpid(child, &how, 0) < 0) {
        if (errno != EINTR) {
            return EXIT_FAILED;
        }
    }
    return WIFEXITED(how) ? WEXITSTATUS(how) : EXIT_FAILED;
}

/** Runs a command on the result file and says how long it took. */
static int run_stage(const run_report *report, const wanted_stage *stage) {
    const char *command = stage->command;
    char name[] = "perebor";
    char word[32], option[32];
    double begin = clock_now();
    (void)snprintf(word, sizeof word, "%s", command);
    (void)snprintf(option, sizeof option, "%s", stage->option != NULL ? stage->option : "");
    char *words[] = {name, word, report->result, stage->option != NULL ? option : NULL, NULL};
    int code = run_command(words);
    if (code != EXIT_OK) {
        fprintf(stderr, "perebor: warning: 'perebor %s %s' failed; the report goes without it\n",
                command, report->result);
    } else if (!report->quiet) {
        fprintf(stderr, "report  %s, %.1f s\n", command, clock_now() - begin);
    }
    return code;
}

static int write_page(const run_report *report) {
    char name[] = "perebor", command[] = "report", output[] = "-o", format[] = "--format=html",
         overwrite[] = "--overwrite";
    char *words[] = {name, command, report->result, output, report->page, format, NULL, NULL};
    if (report->replaces) {
        words[6] = overwrite;
    }
    int code = run_command(words);
    if (code == EXIT_OK && !report->quiet) {
        fprintf(stderr, "report  %s\n", report->page);
    }
    return code;
}

/** Whether an offer goes by what drives a row's score. */
static bool offers_by_drivers(const perebor_experiment *experiment) {
    const offer_settings *settings = experiment->offers;
    bool any = false;
    for (size_t i = 0; settings != NULL && i < settings->n_offers; i++) {
        any |= settings->offers[i].drivers.n > 0;
    }
    return any;
}

/** Offers that go by drivers need rows that are explained, which may take long: said, not done,
 * where the experiment does not ask for it. */
static void leave_out_offers(const run_report *report, const perebor_experiment *experiment,
                             const perebor_result *result, bool *chosen) {
    bool explained = false;
    for (size_t i = 0; i < n_stages; i++) {
        if (strcmp(stages[i].command, "explain") == 0) {
            explained = chosen[i] || stage_is_current(result, stages[i].stage);
        } else if (strcmp(stages[i].command, "offers") == 0 && chosen[i] && !explained &&
                   offers_by_drivers(experiment)) {
            chosen[i] = false;
            fprintf(stderr,
                    "report  offers are left out, which go by what drives scores: 'perebor explain "
                    "%s', then 'perebor offers %s' and 'perebor report %s'\n",
                    report->result, report->result, report->result);
        }
    }
}

/** Which stages are to be made. */
static perebor_status choose_stages(const run_report *report, bool *chosen, perebor_error *error) {
    perebor_status status;
    perebor_result *result = NULL;
    perebor_experiment *experiment = NULL;
    PEREBOR_TRY(done, perebor_result_read(&result, report->result, error));
    PEREBOR_TRY(done, stored_experiment_read(&experiment, result, report->result, NULL, error));
    for (size_t i = 0; i < n_stages; i++) {
        bool declared = stages[i].is_declared == NULL || stages[i].is_declared(experiment);
        chosen[i] = declared && !stage_is_current(result, stages[i].stage);
    }
    leave_out_offers(report, experiment, result, chosen);
done:
    perebor_experiment_free(experiment);
    perebor_result_free(result);
    return status;
}

int run_report_make(const run_report *report) {
    bool chosen[n_stages] = {false};
    perebor_error error = {0};
    int code = EXIT_OK;
    if (choose_stages(report, chosen, &error) != PEREBOR_OK) {
        return command_fail(&error);
    }
    for (size_t i = 0; i < n_stages; i++) {
        if (chosen[i] && run_stage(report, &stages[i]) != EXIT_OK) {
            code = EXIT_FAILED;
        }
    }
    return write_page(report) == EXIT_OK ? code : EXIT_FAILED;
}
