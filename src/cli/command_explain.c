// SPDX-License-Identifier: MIT
#include <argp.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/try.h"
#include "cli/argument.h"
#include "cli/command.h"
#include "cli/explain_columns.h"
#include "cli/explain_output.h"
#include "cli/explain_terms.h"
#include "cli/progress.h"
#include "cli/stage_file.h"
#include "launch/shim.h"
#include "perebor/ranks.h"
#include "report/column_list.h"
#include "report/explanation_text.h"
#include "run/explain_stage.h"
#include "store/stage.h"

enum { KEY_ID = 256, KEY_FOLDER, KEY_OVERSUBSCRIBE };

static const struct argp_option options[] = {
    {"id", KEY_ID, "ID", 0,
     "Explain the one row of this identifier (where the experiment names none: of this number), "
     "and "
     "keep nothing",
     0},
    {"threads", 't', "N", 0, "Threads of each rank (default: what was granted)", 0},
    {"oversubscribe", KEY_OVERSUBSCRIBE, NULL, 0, "Allow more threads than processors", 0},
    ARGUMENT_FOLDER(KEY_FOLDER),
    {0},
};

/** What the command line says. */
typedef struct explain_arguments {
    const char *file, *folder, *id;
    int n_threads; /**< 0: what was granted. */
    bool oversubscribe;
    explain_terms terms;
    explain_columns columns;
} explain_arguments;

/** What can be listed of what was asked. */
static void check_format(const explain_arguments *arguments, const struct argp_state *state) {
    const explain_columns *columns = &arguments->columns;
    bool lists = arguments->terms.format == EXPLAIN_CSV;
    if (columns->lists && !lists) {
        argp_error(state, "--list says what --format csv lists: write it with that");
    }
    if (lists && columns->list == 0 && !columns->shapley) {
        argp_error(state, "--format csv lists Shapley values: have shapley among --kinds, or "
                          "choose another list with --list");
    }
    if (lists && arguments->id != NULL && columns->list != 0 &&
        columns->list != 1 + (size_t)COLUMN_LIST_CHANGES) {
        argp_error(state, "of one row --list has values and changes");
    }
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    explain_arguments *arguments = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->terms;
        state->child_inputs[1] = &arguments->columns;
        return 0;
    case KEY_ID:
        arguments->id = value;
        return 0;
    case 't':
        arguments->n_threads =
            (int)argument_number(state, "--threads", value, 1, ARGUMENT_MOST_THREADS);
        return 0;
    case KEY_OVERSUBSCRIBE:
        arguments->oversubscribe = true;
        return 0;
    case KEY_FOLDER:
        arguments->folder = value;
        return 0;
    case ARGP_KEY_END:
        check_format(arguments, state);
        return 0;
    default:
        return argument_file(key, value, state, ARGUMENT_RESULT, &arguments->file);
    }
}

static const struct argp_child children[] = {
    {&explain_terms_parser, 0, NULL, 0}, {&explain_columns_parser, 0, NULL, 0}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse_option,
    .args_doc = "FILE.h5",
    .doc =
        "Say which columns make the model that refit keeps score as it does, by Shapley values: "
        "of every row, on every rank that mpirun started, kept in the file under /explain; or, "
        "with --id, of one row. Columns are those of the tables, whatever they were encoded "
        "into. Values are exact for linear models, trees, rbf and poly kernels and, up to twelve "
        "columns, for nearest neighbours; where no exact way is known, and for calibrated "
        "probabilities, orders of the columns are drawn, and standard errors given. An ensemble is "
        "explained on the scale of probabilities, of which it is a mean: members whose own scores "
        "are probabilities exactly, the others together: exactly up to seven columns, of more by "
        "drawn orders.\n\n"
        "Beside them, what the score loses when a column is permuted or left out, which columns "
        "are strong and which weak, which share their importance, and curves of each. Where the "
        "experiment's explain.actionable, or --actionable, says what may be changed, --id says "
        "the smallest change that brings the probability below the threshold.",
    .children = children,
};

/** How far it is, and about how long it will take from here. */
static void show_progress(void *context, const perebor_job_progress *job) {
    perebor_progress *line = context;
    char left[32] = "?";
    char text[128];
    if (!perebor_progress_due(line)) {
        return;
    }
    if (job->n_delivered > 0) {
        double a_unit = job->elapsed_seconds / (double)job->n_delivered;
        perebor_progress_duration(a_unit * (double)(job->n_units - job->n_delivered), left,
                                  sizeof left);
    }
    (void)snprintf(text, sizeof text, "explaining: %zu of %zu units, about %s left",
                   job->n_delivered, job->n_units, left);
    perebor_progress_show(line, text);
}

/** The row of the dataset that is called so. */
static perebor_status find_row(const stage_file *file, const char *id, uint32_t *row,
                               perebor_error *error) {
    const perebor_dataset *dataset = file->study->dataset;
    char name[256];
    for (uint32_t i = 0; i < dataset->n_rows; i++) {
        explanation_name_row(dataset, i, name, sizeof name);
        if (strcmp(name, id) == 0) {
            *row = i;
            return PEREBOR_OK;
        }
    }
    const char *near =
        dataset->ids == NULL ? NULL : perebor_suggest(id, dataset->ids, dataset->n_rows);
    explanation_name_row(dataset, 0, name, sizeof name);
    return perebor_fail(
        error, PEREBOR_ERR_ARGUMENT,
        "the search of %s has no row with the %s \"%.60s\": %s \"%.60s\"; rows that "
        "its experiment filters out or joins to nothing are not in it",
        file->path, dataset->ids != NULL ? dataset->id_name : "number", id,
        near != NULL ? "did you mean" : "its first is", near != NULL ? near : name);
}

/** Explains one row here. */
static perebor_status explain_one(const explain_arguments *arguments, perebor_error *error) {
    perebor_status status;
    stage_file file = {0};
    explanation explanation = {0};
    explained_change change = {0};
    shared_model shared = {0};
    const h5_node *model = NULL;
    uint32_t row = 0;
    PEREBOR_TRY(done, stage_file_open(&file, arguments->file, arguments->folder, error));
    shared.study = file.study;
    PEREBOR_TRY(done, shared_model_load(&shared, &model, file.result, arguments->file, error));
    PEREBOR_TRY(done, find_row(&file, arguments->id, &row, error));
    PEREBOR_TRY(done, explain_columns_check(&arguments->columns, file.study, error));
    explanation_terms terms = arguments->terms.terms;
    terms.options.seed = file.study->experiment->seed;
    PEREBOR_TRY(done, explain_row_of_file(&shared, file.result, arguments->file, &terms, row,
                                          &explanation, error));
    PEREBOR_TRY(done, explain_columns_change(&arguments->columns, &file, model, shared.pipeline,
                                             row, &change, error));
    const explain_output output = {.terms = &arguments->terms,
                                   .columns = &arguments->columns,
                                   .study = file.study,
                                   .explanation = &explanation,
                                   .votes = perebor_fitted_pipeline_n_members(shared.pipeline) > 0};
    status = explain_write_one(&output, &change, stdout, error);
done:
    explained_change_release(&change);
    explanation_release(&explanation);
    perebor_fitted_pipeline_free(shared.pipeline);
    stage_file_close(&file);
    return status;
}

/** Rank 0: writes the stage if it is new, and tells what it says. */
static perebor_status finish(const explain_arguments *arguments, stage_file *file,
                             const shared_model *shared, const explanation *explanation, bool made,
                             perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    assert(file->study != NULL);
    if (made) {
        PEREBOR_TRY(done, stage_file_save(file, error));
    }
    const explain_output output = {.terms = &arguments->terms,
                                   .columns = &arguments->columns,
                                   .study = file->study,
                                   .explanation = explanation,
                                   .votes =
                                       perebor_fitted_pipeline_n_members(shared->pipeline) > 0};
    status = explain_write_all(&output, stage_find(file->result, "explain"), stdout, error);
done:
    return status;
}

/** Rank 0: refuses what cannot be answered or listed before anything is computed. */
static perebor_status check_columns(shared_model *shared, const explain_arguments *arguments,
                                    stage_file *file, perebor_error *error) {
    static_assert((int)COLUMN_GROUPS == (int)COLUMN_LISTINGS, "a list of each group");
    const explain_columns *columns = &arguments->columns;
    const column_stage_source source = {.result = file->result, .file = arguments->file};
    bool asked[COLUMN_GROUPS];
    perebor_status status = column_stage_check(shared, &source, &columns->options, error);
    column_stage_asks(&columns->options, columns->shapley, asked);
    if (status == PEREBOR_OK && columns->list > 0 && !asked[columns->list - 1]) {
        bool stays = stage_is_current(file->result, "explain");
        status = column_list_check(stays ? stage_find(file->result, "explain") : NULL,
                                   (column_listing)(columns->list - 1), error);
    }
    return status;
}

/** Columns, on all ranks. @param[in] explanation  Rank 0: of rows, if it was asked for. */
static perebor_status explain_all_columns(perebor_ranks *ranks, shared_model *shared,
                                          const explain_arguments *arguments, stage_file *file,
                                          const explanation *explanation,
                                          const explain_watch *watch, perebor_status ready,
                                          bool *made, perebor_error *error) {
    const row_explainer_options *row_options = &arguments->terms.terms.options;
    char terms[160] = "no";
    const importance_values values = {.n_rows = explanation->n_rows,
                                      .n_players = explanation->n_players,
                                      .players = explanation->players,
                                      .rows = explanation->rows,
                                      .values = explanation->values};
    if (arguments->columns.shapley) {
        (void)snprintf(terms, sizeof terms, "%s %s of %zu, %.17g in %zu",
                       explain_game_names[row_options->game],
                       explain_scale_names[explanation->terms.options.scale],
                       arguments->terms.terms.n_background, row_options->standard_error,
                       row_options->most_rounds);
    }
    const column_stage_source source = {.result = file->result,
                                        .file = arguments->file,
                                        .values = arguments->columns.shapley ? &values : NULL,
                                        .values_terms = terms};
    column_stage_options asked = arguments->columns.options;
    asked.n_threads = arguments->n_threads;
    asked.oversubscribe = arguments->oversubscribe;
    asked.watch = watch;
    return column_stage_make(ranks, shared, &source, &asked, ready, made, error);
}

/** Every row, on all ranks. @param[in] ready  Rank 0: how opening the file went. */
static perebor_status explain_all(perebor_ranks *ranks, const explain_arguments *arguments,
                                  stage_file *file, perebor_status ready, perebor_error *error) {
    explanation explanation = {0};
    bool made = false, columns_made = false;
    perebor_status status = ready;
    shared_model shared = {.study = file->study}; // NULL but on rank 0
    const explain_stage_source source = {.result = file->result, .file = arguments->file};
    perebor_progress line;
    const explain_watch watch = {.hear = show_progress, .context = &line};
    const explain_stage_threads threads = {
        .asked = arguments->n_threads, .oversubscribe = arguments->oversubscribe, .watch = &watch};
    perebor_progress_begin(&line);
    if (ranks->rank == 0 && status == PEREBOR_OK) {
        status = check_columns(&shared, arguments, file, error);
    }
    if (arguments->columns.shapley) {
        PEREBOR_TRY(done, explain_stage_make(ranks, &shared, &source, &arguments->terms.terms,
                                             status, &threads, &explanation, &made, error));
    }
    PEREBOR_TRY(done, explain_all_columns(ranks, &shared, arguments, file, &explanation, &watch,
                                          status, &columns_made, error));
    perebor_progress_end(&line);
    if (ranks->rank == 0) {
        status = finish(arguments, file, &shared, &explanation, made || columns_made, error);
    }
done:
    perebor_progress_end(&line);
    explanation_release(&explanation);
    shared_model_release(&shared, ranks);
    return status;
}

static int exit_code(perebor_status status) {
    return status == PEREBOR_OK            ? EXIT_OK
           : status == PEREBOR_ERR_STOPPED ? EXIT_STOPPED
                                           : EXIT_FAILED;
}

static int run_on_ranks(const explain_arguments *arguments) {
    perebor_error error = {0};
    perebor_ranks *ranks = NULL;
    stage_file file = {0};
    int code = EXIT_FAILED;
    bool speaks = perebor_ranks_speaks(NULL);
    perebor_status ready = PEREBOR_OK;
    perebor_ranks_await_stop(EXIT_STOPPED);
    if (speaks) { // a file is read in a child process, which there can be none of once MPI runs
        ready = stage_file_open(&file, arguments->file, arguments->folder, &error);
    }
    perebor_error of_ranks = {0};
    if (perebor_ranks_open(&ranks, &of_ranks) != PEREBOR_OK) {
        code = speaks ? command_fail(&of_ranks) : EXIT_FAILED;
    } else {
        perebor_status status = explain_all(ranks, arguments, &file, ready, &error);
        code = exit_code(status);
        if (ranks->rank == 0 && status != PEREBOR_OK) {
            (void)command_fail(&error);
        }
        code = perebor_ranks_close(ranks, code);
    }
    stage_file_close(&file);
    return code;
}

static int run(int argc, char **argv) {
    perebor_shim_start();
    explain_arguments arguments = {.terms = explain_terms_default(),
                                   .columns = explain_columns_default()};
    command_parse(&parser, argc, argv, &arguments);
    perebor_error error = {0};
    int code = EXIT_OK;
    if (arguments.id == NULL) {
        code = run_on_ranks(&arguments);
    } else if (perebor_ranks_speaks(NULL)) { // one row is one rank's work
        code = explain_one(&arguments, &error) == PEREBOR_OK ? EXIT_OK : command_fail(&error);
    }
    explain_columns_release(&arguments.columns);
    return code;
}

const command command_explain = {"explain", "say why the model that refit keeps scores as it does",
                                 run, .on_ranks = true};
