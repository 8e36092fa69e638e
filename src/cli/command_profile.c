// SPDX-License-Identifier: MIT
#include <argp.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file_write.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/data_warnings.h"
#include "cli/progress.h"
#include "cli/stage_file.h"
#include "cli/terminal.h"
#include "profile/profile_document.h"
#include "profile/profile_file.h"
#include "profile/profile_stage.h"
#include "run/stored_study.h"
#include "run/study.h"
#include "store/stage.h"

enum { KEY_SET = 256, KEY_FORMAT, KEY_OVERWRITE, KEY_FOLDER };

#define FORMATS "text|json"

static const struct argp_option options[] = {
    {"output", 'o', "FILE", 0,
     "Write the whole profile to this file: JSON if it ends in .json, HDF5 if in .h5", 0},
    {"overwrite", KEY_OVERWRITE, NULL, 0, "Replace the file if it exists", 0},
    {"format", KEY_FORMAT, FORMATS, 0, "What to print (default: text)", 0},
    {"set", KEY_SET, "KEY=VALUE", 0, "Override a key of the experiment", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct profile_arguments {
    const char *file, *output; /**< An experiment, or a result file, which keeps the profile. */
    const char *folder;
    bool json, overwrite;
    argument_overrides overrides;
} profile_arguments;

static bool ends_in(const char *name, const char *ending) {
    size_t length = strlen(name);
    return length > strlen(ending) && strcmp(name + length - strlen(ending), ending) == 0;
}

/** Whether it is a result file that is named: its experiment is looked at. */
static bool is_result(const profile_arguments *arguments) {
    return arguments->file != NULL && ends_in(arguments->file, ".h5");
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    profile_arguments *arguments = state->input;
    switch (key) {
    case 'o':
        if (!ends_in(value, ".json") && !ends_in(value, ".h5")) {
            argp_error(state, "-o %s: a name that ends in .json or in .h5 says what to write",
                       value);
        }
        arguments->output = value;
        return 0;
    case KEY_OVERWRITE:
        arguments->overwrite = true;
        return 0;
    case KEY_FORMAT:
        arguments->json = argument_choice(state, "--format", value, FORMATS) == 1;
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case ARGP_KEY_END:
        if (is_result(arguments) && arguments->overrides.n > 0) {
            argp_error(state, "--set changes an experiment; %s has the one that was run",
                       arguments->file);
        }
        return 0;
    case KEY_SET:
        argument_set(state, &arguments->overrides, value);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_EXPERIMENT, &arguments->file);
    }
}

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "EXPERIMENT.yaml|FILE.h5",
    .doc = "Look at an experiment's data: what is the matter with its tables before and after its "
           "cleaning steps, and the step that would mend it; what gives the target away; how every "
           "column is distributed and how it goes with the target and with the others. Of a result "
           "file the tables of its search are looked at, and the file keeps what a report tells "
           "of it, under /profile.",
};

/** Everything that is looked at, in the order it is made. */
typedef struct looking {
    stage_file kept; /**< The result file; none of an experiment. */
    perebor_experiment *experiment;
    perebor_quality quality;
    perebor_tables_report tables;
    perebor_dataset *dataset;
    perebor_split split;
    perebor_leaks leaks;
    perebor_profile *profile;
    perebor_file_identity found; /**< Where the profile is to be written. */
} looking;

static void release(looking *looking) {
    perebor_profile_free(looking->profile);
    perebor_leaks_release(&looking->leaks);
    perebor_split_release(&looking->split);
    perebor_dataset_free(looking->dataset);
    perebor_tables_report_release(&looking->tables);
    perebor_quality_release(&looking->quality);
    perebor_experiment_free(looking->experiment);
    stage_file_close(&looking->kept);
}

/** Reads the experiment that is named, or that of the result file. */
static perebor_status read_experiment(looking *looking, const profile_arguments *arguments,
                                      perebor_error *error) {
    perebor_status status;
    if (!is_result(arguments)) {
        return perebor_experiment_read(&looking->experiment, arguments->file,
                                       arguments->overrides.items, arguments->overrides.n, error);
    }
    PEREBOR_TRY(done, stage_file_read(&looking->kept, arguments->file, error));
    status = stored_experiment_read(&looking->experiment, looking->kept.result, arguments->file,
                                    arguments->folder, error);
done:
    return status;
}

/** The tables must be those that were searched. */
static perebor_status check_same(const looking *looking, const profile_arguments *arguments,
                                 perebor_error *error) {
    uint8_t fingerprint[PEREBOR_SHA256_SIZE];
    if (!is_result(arguments)) {
        return PEREBOR_OK;
    }
    if (looking->dataset != NULL) {
        perebor_dataset_fingerprint(looking->dataset, fingerprint);
        if (memcmp(fingerprint, looking->kept.result->data_fingerprint, sizeof fingerprint) == 0) {
            return PEREBOR_OK;
        }
    }
    return perebor_fail(error, PEREBOR_ERR_CONFLICT,
                        "the tables of %s are not those that were searched any more",
                        arguments->file);
}

/** Decides whether the profile may be written, before anything is looked at. */
static perebor_status check_output(looking *looking, const profile_arguments *arguments,
                                   perebor_error *error) {
    perebor_status status;
    perebor_input *inputs = NULL;
    size_t n_inputs = 0;
    const perebor_output_kind *kind =
        ends_in(arguments->output, ".h5") ? &perebor_profile_kind : &perebor_profile_json_kind;
    PEREBOR_TRY(done, perebor_study_inputs(looking->experiment, &inputs, &n_inputs, error));
    status = perebor_output_check(arguments->output, kind, arguments->overwrite, inputs, n_inputs,
                                  &looking->found, error);
done:
    free(inputs);
    return status;
}

/** One line: what is being looked at, and how much of it has been. */
static void show_progress(void *context, const char *what, size_t n_done, size_t n) {
    perebor_progress *progress = context;
    if (!perebor_progress_due(progress)) {
        return;
    }
    char line[128];
    (void)snprintf(line, sizeof line, "profile: %zu of %zu %s", n_done, n, what);
    perebor_progress_show(progress, line);
}

static perebor_status look(looking *looking, const profile_arguments *arguments,
                           perebor_error *error) {
    perebor_status status;
    perebor_progress progress;
    const perebor_profile_watch watch = {.progress = show_progress, .context = &progress};
    perebor_progress_begin(&progress);
    if (progress.live) {
        perebor_progress_show(&progress, "profile: reading the tables");
    }
    PEREBOR_TRY(done, read_experiment(looking, arguments, error));
    if (arguments->output != NULL) {
        PEREBOR_TRY(done, check_output(looking, arguments, error));
    }
    PEREBOR_TRY(done, perebor_tables_inspect(&looking->quality, &looking->dataset, &looking->tables,
                                             &looking->experiment->tables, error));
    PEREBOR_TRY(done, check_same(looking, arguments, error));
    if (looking->dataset == NULL) {
        goto done;
    }
    const perebor_dataset *dataset = looking->dataset;
    PEREBOR_TRY(done, perebor_split_make(&looking->split, dataset->labels, dataset->groups,
                                         dataset->n_rows, &looking->experiment->split, error));
    PEREBOR_TRY(done, perebor_leaks_find(&looking->leaks, dataset, &looking->split,
                                         &looking->experiment->folds, error));
    PEREBOR_TRY(done, perebor_profile_make(&looking->profile, dataset, &watch, error));
done:
    perebor_progress_end(&progress);
    return status;
}

static perebor_status write_file(const perebor_profile_document *document, const char *json,
                                 const char *output, perebor_file_identity *found,
                                 perebor_error *error) {
    return ends_in(output, ".h5") ? perebor_profile_write(document, output, found, error)
                                  : perebor_file_replace(output, json, strlen(json), found, error);
}

/** Keeps the profile in the result file. */
static perebor_status keep(looking *looking, const perebor_profile_document *document,
                           perebor_error *error) {
    perebor_status status;
    const h5_node *group = NULL;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for a profile");
    }
    PEREBOR_TRY(done, profile_to_stage(document, tree, &group, error));
    PEREBOR_TRY(done, stage_put(looking->kept.result, group, error));
    status = stage_file_save(&looking->kept, error);
done:
    h5_tree_free(tree);
    return status;
}

static perebor_status deliver(looking *looking, const profile_arguments *arguments,
                              perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    char *json = NULL;
    const perebor_profile_document document = {
        .name = looking->experiment->name,
        .file = looking->experiment->file,
        .tables = &looking->tables,
        .quality = &looking->quality,
        .leaks = looking->dataset != NULL ? &looking->leaks : NULL,
        .profile = looking->profile,
    };
    if (arguments->json || arguments->output != NULL) {
        PEREBOR_TRY(done, perebor_profile_document_json(&document, &json, error));
    }
    if (arguments->output != NULL) {
        PEREBOR_TRY(done, write_file(&document, json, arguments->output, &looking->found, error));
    }
    if (is_result(arguments)) {
        PEREBOR_TRY(done, keep(looking, &document, error));
    }
    if (arguments->json) {
        terminal_print_data();
        puts(json);
    } else {
        perebor_profile_document_print(&document, terminal_width(), stdout);
    }
    (void)data_warnings_of_numbers(&looking->tables, looking->experiment->file);
    if (fflush(stdout) != 0) {
        status = perebor_fail(error, PEREBOR_ERR_IO, "the profile could not be written");
    }
done:
    free(json);
    return status;
}

/** Whole columns come and go: each goes back to the system when it is freed. */
static void return_freed_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

static int run(int argc, char **argv) {
    perebor_status status;
    perebor_error error = {0};
    profile_arguments arguments = {0};
    looking looking = {0};
    int code = EXIT_OK;
    command_parse(&parser, argc, argv, &arguments);
    return_freed_memory();
    PEREBOR_TRY(done, look(&looking, &arguments, &error));
    PEREBOR_TRY(done, deliver(&looking, &arguments, &error));
    if (looking.dataset == NULL) {
        status = perebor_fail(&error, PEREBOR_ERR_FORMAT, "%s", looking.quality.problem);
    }
done:
    code = status == PEREBOR_OK ? EXIT_OK : command_fail(&error);
    release(&looking);
    argument_overrides_release(&arguments.overrides);
    return code;
}

const command command_profile = {"profile", "look at the data before anything is searched", run,
                                 .on_ranks = false};
