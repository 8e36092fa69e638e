// SPDX-License-Identifier: MIT
#include "cli/explain_columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/try.h"
#include "cli/argument.h"
#include "explain/shape.h"
#include "run/asked_changes.h"
#include "run/model_recipe.h"

enum {
    KEY_KINDS = 512,
    KEY_REPEATS,
    KEY_SHUFFLES,
    KEY_RETRAIN,
    KEY_SHAPES,
    KEY_POINTS,
    KEY_SINGLE,
    KEY_INTERACTIONS,
    KEY_ACTIONABLE,
    KEY_THRESHOLD,
    KEY_CHANGES,
    KEY_LIST,
};

#define KINDS "shapley|permutation|drop_column|loco"
#define SHUFFLES "own|sklearn"
#define SHAPES "ale|pd|none"
#define LISTS "values|importance|shapes|interactions|changes"

static const struct argp_option options[] = {
    {"kinds", KEY_KINDS, "LIST", 0,
     "Kinds of importance: shapley, permutation, drop_column (or loco), with commas between them "
     "(default: all). Permutation is of rows out of fold, within strata too where the other "
     "columns explain "
     "one; drop_column fits again",
     0},
    {"repeats", KEY_REPEATS, "N", 0, "Permutations of each column (default: 5)", 0},
    {"shuffles", KEY_SHUFFLES, SHUFFLES, 0,
     "Permute out of fold (own, the default), or the model's test part as scikit-learn's "
     "permutation_importance does with the experiment's seed for random_state (sklearn)",
     0},
    {"retrain", KEY_RETRAIN, "N", 0,
     "Without a column, fit the N best trials and take the best of them (default: 1, the model's "
     "own); not of an ensemble, all of whose trials are fitted again and vote",
     0},
    {"shapes", KEY_SHAPES, SHAPES, 0,
     "Curves: accumulated local effects (ale, the default), or partial dependence beside them (pd)",
     0},
    {"points", KEY_POINTS, "N", 0, "Of a curve, at quantiles (default: 21)", 0},
    {"single", KEY_SINGLE, "N", 0, "Keep the curves of N single rows (default: 0)", 0},
    {"interactions", KEY_INTERACTIONS, NULL, 0, "Find the pairs of columns that act together", 0},
    {"actionable", KEY_ACTIONABLE, "COLUMN[:increase|:decrease]", 0,
     "A column that may be changed, instead of the experiment's explain.actionable; may be "
     "repeated",
     0},
    {"threshold", KEY_THRESHOLD, "P", 0,
     "A probability below it is low enough (default: the experiment's, or 0.5)", 0},
    {"changes", KEY_CHANGES, NULL, 0,
     "Find the smallest changes of actionable columns for every row", 0},
    {"list", KEY_LIST, LISTS, 0,
     "What --format csv lists (default: values, the Shapley values of rows); json has all of it",
     0},
    {0},
};

/** Kinds with commas between them; ends the program at a word that is none. */
static void read_kinds(const struct argp_state *state, const char *value,
                       explain_columns *columns) {
    char word[32];
    columns->shapley = columns->options.permutes = columns->options.drops = false;
    for (const char *at = value; at != NULL;) {
        const char *comma = strchr(at, ',');
        size_t length = comma != NULL ? (size_t)(comma - at) : strlen(at);
        (void)snprintf(word, sizeof word, "%.*s", (int)(length < 31 ? length : 31), at);
        size_t kind = argument_choice(state, "--kinds", word, KINDS);
        columns->shapley = columns->shapley || kind == 0;
        columns->options.permutes = columns->options.permutes || kind == 1;
        columns->options.drops = columns->options.drops || kind >= 2;
        at = comma != NULL ? comma + 1 : NULL;
    }
}

/** "pages", "pages:increase", "pages:decrease". */
static void add_actionable(const struct argp_state *state, char *value, explain_columns *columns) {
    size_t n = columns->options.n_actionable;
    perebor_actionable *longer =
        realloc(columns->actionable, (n + 1) * sizeof *columns->actionable);
    if (longer == NULL) {
        argp_failure(state, EXIT_FAILURE, 0, "no memory for --actionable");
        return;
    }
    longer[n] = (perebor_actionable){.column = value, .source = "--actionable"};
    char *colon = strrchr(value, ':');
    for (int i = 0; colon != NULL && perebor_change_direction_names[i] != NULL; i++) {
        if (strcmp(colon + 1, perebor_change_direction_names[i]) == 0) {
            longer[n].direction = (perebor_change_direction)i;
            *colon = '\0';
            break;
        }
    }
    columns->actionable = longer;
    columns->options.actionable = longer;
    columns->options.n_actionable = n + 1;
}

static double read_threshold(const struct argp_state *state, const char *value) {
    char *end = NULL;
    double threshold = strtod(value, &end);
    if (end == value || *end != '\0' || !(threshold > 0.0 && threshold <= 1.0)) {
        argp_error(state, "--threshold=%s: it takes a probability above 0, such as 0.5", value);
    }
    return threshold;
}

static error_t parse_option(int key, char *value, struct argp_state *state) {
    explain_columns *columns = state->input;
    column_stage_options *asked = &columns->options;
    switch (key) {
    case KEY_KINDS:
        read_kinds(state, value, columns);
        return 0;
    case KEY_REPEATS:
        asked->n_repeats = argument_number(state, "--repeats", value, 1, 10000);
        return 0;
    case KEY_SHUFFLES:
        asked->sklearn = argument_choice(state, "--shuffles", value, SHUFFLES) == 1;
        return 0;
    case KEY_RETRAIN:
        asked->n_retrained = argument_number(state, "--retrain", value, 1, 100000);
        return 0;
    case KEY_SHAPES: {
        size_t shapes = argument_choice(state, "--shapes", value, SHAPES);
        asked->local_effects = shapes != 2;
        asked->dependence = shapes == 1;
        return 0;
    }
    case KEY_POINTS:
        asked->n_points = argument_number(state, "--points", value, 2, SHAPE_MOST_POINTS);
        return 0;
    case KEY_SINGLE:
        asked->n_single = argument_number(state, "--single", value, 0, 1000);
        return 0;
    case KEY_INTERACTIONS:
        asked->interactions = true;
        return 0;
    case KEY_ACTIONABLE:
        add_actionable(state, value, columns);
        return 0;
    case KEY_THRESHOLD:
        asked->threshold = read_threshold(state, value);
        return 0;
    case KEY_CHANGES:
        asked->changes = true;
        return 0;
    case KEY_LIST:
        columns->list = argument_choice(state, "--list", value, LISTS);
        columns->lists = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp explain_columns_parser = {.options = options, .parser = parse_option};

explain_columns explain_columns_default(void) {
    return (explain_columns){.options = column_stage_defaults(), .shapley = true};
}

void explain_columns_release(explain_columns *columns) {
    free(columns->actionable);
    *columns = (explain_columns){0};
}

perebor_status explain_columns_check(const explain_columns *columns, const perebor_study *study,
                                     perebor_error *error) {
    change_space space = {0};
    perebor_status status = asked_space(&space, &columns->options, study, error);
    change_space_release(&space);
    return status;
}

perebor_status explain_columns_change(const explain_columns *columns, const stage_file *file,
                                      const h5_node *model, const perebor_fitted_pipeline *pipeline,
                                      uint32_t row, explained_change *change,
                                      perebor_error *error) {
    perebor_status status;
    const perebor_study *study = file->study;
    explained_change found = {.threshold = asked_threshold(&columns->options, study)};
    model_recipe recipe = {0};
    perebor_workspace workspace = {0};
    PEREBOR_TRY(done, asked_space(&found.space, &columns->options, study, error));
    if (found.space.n_domains > 0) {
        found.values = calloc(found.space.n_domains, sizeof *found.values);
        if (found.values == NULL) {
            status = perebor_no_memory(error, "for %zu actionable columns", found.space.n_domains);
            goto done;
        }
        PEREBOR_TRY(done,
                    model_recipe_read(&recipe, file->result, model, pipeline, file->path, error));
        PEREBOR_TRY(done, model_recipe_resolve(&recipe, study, error));
        const changes_question question =
            asked_changes(&columns->options, study, pipeline, &recipe, &found.space);
        PEREBOR_TRY(done, row_change_find(&question, row, &workspace, &found.unseen, &found.found,
                                          found.values, error));
    }
    *change = found;
    found = (explained_change){0};
done:
    perebor_workspace_release(&workspace);
    model_recipe_release(&recipe);
    explained_change_release(&found);
    return status;
}

void explained_change_release(explained_change *change) {
    change_space_release(&change->space);
    free(change->values);
    *change = (explained_change){0};
}
