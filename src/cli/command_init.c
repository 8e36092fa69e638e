// SPDX-License-Identifier: MIT
#include <argp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file_write.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "perebor/output.h"
#include "propose/proposal.h"

enum { KEY_TARGET = 256, KEY_OVERWRITE, KEY_TABLE };

static const struct argp_option options[] = {
    {"target", KEY_TARGET, "COLUMN", 0, "What to predict (default: guessed)", 0},
    {"table", KEY_TABLE, "NAME", 0, "Which table, of a SQLite database", 0},
    {"output", 'o', "FILE.yaml", 0, "The experiment to write (default: experiment.yaml)", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace an experiment that this command wrote", 0},
    {0},
};

/** What the command line says. */
typedef struct init_arguments {
    const char *table, *in_database, *target, *output;
    bool overwrite;
} init_arguments;

static bool ends_in(const char *name, const char *ending) {
    size_t length = strlen(name);
    return length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    init_arguments *arguments = state->input;
    switch (key) {
    case KEY_TARGET:
        arguments->target = value;
        return 0;
    case KEY_TABLE:
        arguments->in_database = value;
        return 0;
    case 'o':
        if (!ends_in(value, ".yaml") && !ends_in(value, ".yml")) {
            argp_error(state, "-o %s: an experiment has a name that ends in .yaml or .yml", value);
        }
        arguments->output = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_TABLE, &arguments->table);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "TABLE",
    .doc =
        "Write a first experiment for a table, a CSV file (gzip or zstd too) or a table of a "
        "SQLite "
        "database: guesses its delimiter and encoding, identifier, "
        "target, the kinds of its columns and the steps that clean it, explains each guess on its "
        "line, and searches all learners. Asks nothing; change in the file what is wrong.",
};

static const perebor_output_kind experiment_kind = {.name = "a first experiment",
                                                    .beginning = PEREBOR_PROPOSAL_BEGINNING};

/** The folder of a path, with its links followed; NULL with a message. The caller frees it. */
static char *real_folder(const char *path, perebor_error *error) {
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    char *real = folder != NULL ? realpath(folder, NULL) : NULL;
    if (real == NULL) {
        (void)!perebor_fail(error, PEREBOR_ERR_IO,
                            "cannot write %s: there is no folder %s; make it first", path,
                            folder != NULL ? folder : "");
    }
    free(folder);
    return real;
}

/** The way from one folder to a file, both absolute and without links. The caller frees it. */
static char *way_from(const char *folder, const char *file) {
    size_t common = 0; // bytes up to the slash behind the last folder that both have
    size_t n_up = 0;
    size_t i = 0;
    while (folder[i] != '\0' && folder[i] == file[i]) {
        i++;
        common = file[i] == '/' && (folder[i] == '/' || folder[i] == '\0') ? i : common;
    }
    for (const char *rest = folder + common; *rest != '\0'; rest++) {
        n_up += *rest == '/' && rest[1] != '\0';
    }
    size_t size = 3 * n_up + strlen(file + common) + 1;
    char *way = malloc(size);
    if (way != NULL) {
        for (size_t up = 0; up < n_up; up++) {
            (void)snprintf(way + 3 * up, size - 3 * up, "../");
        }
        (void)snprintf(way + 3 * n_up, size - 3 * n_up, "%s", file + common + 1);
    }
    return way;
}

/** The table's path as an experiment names it: seen from its own folder. The caller frees it. */
static perebor_status see_table(const init_arguments *arguments, char **path,
                                perebor_error *error) {
    bool beside = strchr(arguments->output, '/') == NULL;
    if (arguments->table[0] == '/' || beside) {
        *path = strdup(arguments->table);
        return *path != NULL ? PEREBOR_OK : perebor_no_memory(error, "for a path");
    }
    perebor_status status = PEREBOR_OK;
    char *folder = real_folder(arguments->output, error);
    char *table = folder != NULL ? realpath(arguments->table, NULL) : NULL;
    char *way = table != NULL ? way_from(folder, table) : NULL;
    if (folder == NULL) {
        status = PEREBOR_ERR_IO;
    } else if (way == NULL) {
        status =
            perebor_fail(error, PEREBOR_ERR_IO, "cannot find the folder of %s", arguments->table);
    }
    free(folder);
    free(table);
    *path = way;
    return status;
}

static const char *const role_titles[] = {
    [PROPOSED_NUMERIC] = "numeric", [PROPOSED_ORDINAL] = "ordinal", [PROPOSED_BOOLEAN] = "boolean",
    [PROPOSED_NOMINAL] = "nominal", [PROPOSED_DROP] = "left out",   [PROPOSED_ID] = "id",
};

/** The columns of a role, in a line; nothing if there is none. */
static void print_role(const perebor_proposal *proposal, proposed_role role) {
    enum { most_named = 6 };
    size_t n = 0;
    for (size_t i = 0; i < proposal->n_columns; i++) {
        if (proposal->columns[i].role == role) {
            if (n == 0) {
                printf("  %-9s ", role_titles[role]);
            }
            if (n < most_named) {
                printf("%s%s", n > 0 ? ", " : "", proposal->columns[i].name);
            }
            n++;
        }
    }
    if (n > most_named) {
        printf(" and %zu more", n - most_named);
    }
    if (n > 0) {
        putchar('\n');
    }
}

static void print_summary(const perebor_proposal *proposal, const init_arguments *arguments) {
    const char *delimiter = strcmp(proposal->delimiter, "\t") == 0 ? "tab" : proposal->delimiter;
    printf("%s: %" PRIu64 " row%s, %zu column%s", arguments->table, proposal->n_rows,
           proposal->n_rows == 1 ? "" : "s", proposal->n_columns,
           proposal->n_columns == 1 ? "" : "s");
    if (proposal->table != NULL) {
        printf("; table \"%s\" of the database\n", proposal->table);
    } else {
        printf("; delimiter \"%s\", decimal mark \"%s\", %s\n", delimiter, proposal->decimal,
               proposal->encoding);
    }
    const proposed_column *target = &proposal->columns[proposal->target];
    printf("  %-9s %s: %s (%.1f %% of rows) against %s\n", "target", target->name,
           proposal->positive,
           100.0 * (double)proposal->n_positive /
               (double)(proposal->n_positive + proposal->n_negative),
           proposal->others);
    print_role(proposal, PROPOSED_ID);
    for (proposed_role role = PROPOSED_NUMERIC; role <= PROPOSED_DROP; role++) {
        print_role(proposal, role);
    }
    if (proposal->n_steps > 0) {
        printf("  %-9s %zu step%s\n", "cleaning", proposal->n_steps,
               proposal->n_steps == 1 ? "" : "s");
    }
    printf("%s is written; every guess is explained on its line\n", arguments->output);
    printf("next: perebor check %s\n", arguments->output);
}

static perebor_status init(const init_arguments *arguments, perebor_error *error) {
    perebor_status status;
    perebor_proposal proposal = {0};
    perebor_file_identity found;
    char *path = NULL;
    char *text = NULL;
    const perebor_input input = {.path = arguments->table, .what = "the table"};
    PEREBOR_TRY(done, perebor_output_check(arguments->output, &experiment_kind,
                                           arguments->overwrite, &input, 1, &found, error));
    PEREBOR_TRY(done, see_table(arguments, &path, error));
    PEREBOR_TRY(done, perebor_propose(&proposal, arguments->table, arguments->in_database,
                                      arguments->target, error));
    PEREBOR_TRY(done, perebor_proposal_text(&proposal, path, &text, error));
    PEREBOR_TRY(done, perebor_file_replace(arguments->output, text, strlen(text), &found, error));
    print_summary(&proposal, arguments);
done:
    perebor_proposal_release(&proposal);
    free(path);
    free(text);
    return status;
}

static int run(int argc, char **argv) {
    perebor_error error = {0};
    init_arguments arguments = {.output = "experiment.yaml"};
    command_parse(&parser, argc, argv, &arguments);
    return init(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
}

const command command_init = {"init", "write a first experiment for a table", run,
                              .on_ranks = false};
