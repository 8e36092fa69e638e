// SPDX-License-Identifier: MIT
// What a column stage found as groups of a file, beside what the stage has already.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/try.h"
#include "h5/tree_copy.h"
#include "run/asked_changes.h"
#include "run/column_work.h"
#include "statistics/quantile.h"
#include "store/stage.h"

const char *const column_group_names[COLUMN_GROUPS] = {"importance", "shape", "interaction",
                                                       "change"};

static const char stage_name[] = "explain";
static const char version[] = "1";

/** Adds to a text that grows. @return NULL if memory is short, or it was NULL. */
static char *extend(char *text, const char *more) {
    size_t length = text == NULL ? 0 : strlen(text);
    char *longer = text == NULL ? NULL : realloc(text, length + strlen(more) + 1);
    if (longer == NULL) {
        free(text);
        return NULL;
    }
    memcpy(longer + length, more, strlen(more) + 1);
    return longer;
}

static char *importance_terms(const column_work *work) {
    const column_stage_options *options = work->options;
    char part[256];
    (void)snprintf(part, sizeof part,
                   "version %s; permutation %s, %zu repeats; drop column %s; seed %" PRIu64
                   "; Shapley values ",
                   version,
                   !options->permutes ? "no"
                   : options->sklearn ? "of the test part by scikit-learn's shuffles"
                                      : "out of fold",
                   options->n_repeats, options->drops ? "of trials" : "no",
                   work->study->experiment->seed);
    char *terms = extend(strdup(part), work->source->values_terms);
    if (work->source->values == NULL) {
        (void)snprintf(part, sizeof part, ", directions by %zu points of the %s", options->n_points,
                       explain_scale_names[options->scale]);
        terms = extend(terms, part);
    }
    if (options->drops && work->recipe.votes) {
        terms = extend(terms, "; trials of the ensemble");
    }
    for (size_t i = 0; options->drops && !work->recipe.votes && i < work->n_retrained; i++) {
        (void)snprintf(part, sizeof part, "%s%" PRIu64, i == 0 ? "; trials " : " ",
                       work->retrained[i]);
        terms = extend(terms, part);
    }
    return terms;
}

static char *change_terms(const column_work *work) {
    const column_stage_options *options = work->options;
    size_t n = 0;
    const perebor_actionable *actionable = asked_actionable(options, work->study, &n);
    char part[64];
    (void)snprintf(part, sizeof part, "version %s; threshold %.17g", version,
                   asked_threshold(options, work->study));
    char *terms = strdup(part);
    for (size_t i = 0; i < n; i++) {
        terms = extend(terms, "; ");
        terms = extend(terms, perebor_change_direction_names[actionable[i].direction]);
        terms = extend(terms, " ");
        terms = extend(terms, actionable[i].column);
    }
    return terms;
}

char *column_terms(const column_work *work, column_group group) {
    const column_stage_options *options = work->options;
    char text[160];
    if (group == COLUMN_IMPORTANCE) {
        return importance_terms(work);
    }
    if (group == COLUMN_CHANGE) {
        return change_terms(work);
    }
    (void)snprintf(text, sizeof text, "version %s; %s; with Shapley interactions of trees", version,
                   explain_scale_names[options->scale]);
    if (group == COLUMN_SHAPE) {
        (void)snprintf(text, sizeof text, "version %s; %s; %zu points%s; %zu rows of their own",
                       version, explain_scale_names[options->scale], options->n_points,
                       options->dependence ? "; partial dependence" : "", options->n_single);
    }
    return strdup(text);
}

static const char *model_digest(const column_work *work) {
    const char *digest = h5_find_text(stage_find(work->source->result, "model"), "digest");
    return digest != NULL ? digest : "";
}

static bool has_text(const h5_node *group, const char *name, const char *text) {
    const char *found = h5_find_text(group, name);
    return found != NULL && strcmp(found, text) == 0;
}

perebor_status column_group_is_there(const column_work *work, column_group group, bool *is_there,
                                     perebor_error *error) {
    const perebor_result *result = work->source->result;
    *is_there = false;
    if (!stage_is_current(result, stage_name)) {
        return PEREBOR_OK;
    }
    const h5_node *found = h5_find(stage_find(result, stage_name), column_group_names[group]);
    char *terms = column_terms(work, group);
    if (terms == NULL) {
        return perebor_no_memory(error, "for the terms of an explanation");
    }
    *is_there = found != NULL && has_text(found, "terms", terms) &&
                has_text(found, "model", model_digest(work));
    free(terms);
    return PEREBOR_OK;
}

static void add_reals(h5_tree *tree, h5_node *group, const char *name, const double *values,
                      size_t n_rows, size_t n_columns) {
    h5_node *node =
        h5_add_dataset(tree, group, name, H5_DOUBLE, n_columns == 0 ? 1 : 2, n_rows, n_columns);
    size_t n = n_rows * (n_columns == 0 ? 1 : n_columns);
    if (node != NULL && n > 0) {
        memcpy(node->array.data, values, n * sizeof *values);
    }
}

static void add_names(const perebor_dataset *dataset, h5_tree *tree, h5_node *group) {
    h5_node *names = h5_add_dataset(tree, group, "column", H5_TEXT, 1, dataset->n_columns, 0);
    for (size_t i = 0; names != NULL && i < dataset->n_columns; i++) {
        ((const char **)names->array.data)[i] = h5_keep_text(tree, dataset->columns[i].name);
    }
}

/** Grids with NaN behind their ends, and how long they are. */
static void add_grids(const column_shapes *shapes, h5_tree *tree, h5_node *group) {
    size_t n = shapes->n_columns, n_points = shapes->question.n_points;
    h5_node *points = h5_add_dataset(tree, group, "point", H5_DOUBLE, 2, n, n_points);
    h5_node *lengths = h5_add_dataset(tree, group, "n_points", H5_INT64, 1, n, 0);
    for (size_t i = 0; lengths != NULL && points != NULL && i < n; i++) {
        ((int64_t *)lengths->array.data)[i] = (int64_t)shapes->grids[i].n;
        for (size_t k = 0; k < n_points; k++) {
            ((double *)points->array.data)[i * n_points + k] =
                k < shapes->grids[i].n ? shapes->grids[i].values[k] : (double)NAN;
        }
    }
    h5_set_text(tree, points, "long_name", "values of a column, levels by their places");
}

static perebor_status add_summaries(const column_shapes *shapes, h5_tree *tree, h5_node *group,
                                    perebor_error *error) {
    static const char *const names[] = {"low", "high", "low_value", "high_value", "trend"};
    perebor_status status = PEREBOR_OK;
    double *fields[5] = {NULL};
    for (size_t field = 0; field < 5; field++) {
        h5_node *node =
            h5_add_dataset(tree, group, names[field], H5_DOUBLE, 1, shapes->n_columns, 0);
        fields[field] = node == NULL ? NULL : node->array.data;
    }
    for (size_t i = 0; fields[4] != NULL && i < shapes->n_columns; i++) {
        shape_summary summary;
        PEREBOR_TRY(done, column_shapes_summarise(shapes, i, &summary, error));
        const double values[] = {summary.low, summary.high, summary.low_value, summary.high_value,
                                 summary.trend};
        for (size_t field = 0; field < 5; field++) {
            fields[field][i] = values[field];
        }
    }
done:
    return status;
}

static perebor_status add_shapes(const column_work *work, h5_tree *tree, h5_node *group,
                                 perebor_error *error) {
    perebor_status status;
    const column_shapes *shapes = &work->shapes;
    size_t n = shapes->n_columns, n_points = shapes->question.n_points;
    size_t n_single = shapes->question.n_single;
    add_names(work->study->dataset, tree, group);
    add_grids(shapes, tree, group);
    add_reals(tree, group, "local_effect", shapes->local_effects, n, n_points);
    add_reals(tree, group, "dependence", shapes->dependence, n, n_points);
    add_reals(tree, group, "count", shapes->counts, n, n_points);
    PEREBOR_TRY(done, add_summaries(shapes, tree, group, error));
    if (n_single > 0) {
        add_reals(tree, group, "single", shapes->single, n * n_single, n_points);
        h5_node *rows = h5_add_dataset(tree, group, "single_row", H5_INT64, 1, n_single, 0);
        for (size_t k = 0; rows != NULL && k < n_single; k++) {
            ((int64_t *)rows->array.data)[k] =
                shapes->question.rows[column_shapes_single_row(shapes, k)];
        }
    }
    h5_set_text(tree, group, "scale", explain_scale_names[shapes->question.scale]);
    h5_set_unsigned(tree, group, "n_rows", shapes->question.n_rows);
done:
    return status;
}

static void add_pairs(const column_work *work, h5_tree *tree, h5_node *group) {
    const column_pairs *pairs = &work->pairs;
    const perebor_column *columns = work->study->dataset->columns;
    size_t n = pairs->n_pairs;
    h5_node *one = h5_add_dataset(tree, group, "one", H5_TEXT, 1, n, 0);
    h5_node *other = h5_add_dataset(tree, group, "other", H5_TEXT, 1, n, 0);
    h5_node *strength = h5_add_dataset(tree, group, "strength", H5_DOUBLE, 1, n, 0);
    h5_node *h = h5_add_dataset(tree, group, "h", H5_DOUBLE, 1, n, 0);
    h5_node *shapley = h5_add_dataset(tree, group, "shapley", H5_DOUBLE, 1, n, 0);
    for (size_t i = 0;
         shapley != NULL && h != NULL && strength != NULL && other != NULL && one != NULL && i < n;
         i++) {
        const column_pair_interaction *pair = &pairs->pairs[i];
        ((const char **)one->array.data)[i] = h5_keep_text(tree, columns[pair->one].name);
        ((const char **)other->array.data)[i] = h5_keep_text(tree, columns[pair->other].name);
        ((double *)strength->array.data)[i] = pair->found.strength;
        ((double *)h->array.data)[i] = pair->found.h;
        ((double *)shapley->array.data)[i] = pair->shapley;
    }
    h5_set_text(tree, shapley, "long_name",
                "mean absolute path-dependent Shapley interaction value, of trees");
    h5_set_text(tree, group, "scale", explain_scale_names[pairs->question.scale]);
    h5_set_unsigned(tree, group, "n_rows", pairs->question.n_rows);
}

static void add_domains(const column_work *work, h5_tree *tree, h5_node *group) {
    const change_space *space = &work->space;
    size_t n = space->n_domains;
    h5_node *names = h5_add_dataset(tree, group, "column", H5_TEXT, 1, n, 0);
    h5_node *units = h5_add_dataset(tree, group, "unit", H5_DOUBLE, 1, n, 0);
    h5_node *directions = h5_add_dataset(tree, group, "direction", H5_INT8, 1, n, 0);
    for (size_t i = 0; directions != NULL && units != NULL && names != NULL && i < n; i++) {
        const change_domain *domain = &space->domains[i];
        ((const char **)names->array.data)[i] =
            h5_keep_text(tree, work->study->dataset->columns[domain->column].name);
        ((double *)units->array.data)[i] = domain->unit;
        ((int8_t *)directions->array.data)[i] = (int8_t)domain->direction;
    }
    h5_set_flags(tree, directions, perebor_change_direction_names);
}

/** How many rows change a column, and by how much in the middle of these: NaN of columns without
 * an order. */
static perebor_status add_steps(const column_work *work, h5_tree *tree, h5_node *group,
                                perebor_error *error) {
    const row_changes *changes = &work->changes;
    const perebor_dataset *dataset = work->study->dataset;
    size_t n_rows = dataset->n_rows, n = work->space.n_domains;
    h5_node *changed = h5_add_dataset(tree, group, "n_changed", H5_INT64, 1, n, 0);
    h5_node *median = h5_add_dataset(tree, group, "median_step", H5_DOUBLE, 1, n, 0);
    double *steps = calloc(2 * n_rows + 2, sizeof *steps);
    if (steps == NULL) {
        return perebor_no_memory(error, "for the changes of rows");
    }
    for (size_t i = 0; median != NULL && i < n; i++) {
        const perebor_column *column = &dataset->columns[work->space.domains[i].column];
        bool ordered = column->role == PEREBOR_ROLE_NUMERIC || column->role == PEREBOR_ROLE_ORDINAL;
        size_t n_steps = 0;
        int64_t n_changed = 0;
        for (size_t row = 0; row < n_rows; row++) {
            double from = column->values[row], to = changes->values[row * n + i];
            if (changes->changes[row].outcome == SMALLEST_CHANGE_FOUND && !isnan(to) &&
                to != from) {
                n_changed += 1; // also where there was no value
                steps[n_steps] = to - from;
                n_steps += isnan(from) ? 0 : 1;
            }
        }
        ((int64_t *)changed->array.data)[i] = n_changed;
        perebor_values_sort(steps, steps + n_rows + 1, n_steps);
        ((double *)median->array.data)[i] =
            n_steps == 0 || !ordered ? (double)NAN : perebor_quantile(steps, n_steps, 0.5);
    }
    free(steps);
    return PEREBOR_OK;
}

static perebor_status add_changes(const column_work *work, h5_tree *tree, h5_node *group,
                                  perebor_error *error) {
    const row_changes *changes = &work->changes;
    size_t n = work->study->dataset->n_rows;
    h5_node *outcome = h5_add_dataset(tree, group, "outcome", H5_INT8, 1, n, 0);
    h5_node *exact = h5_add_dataset(tree, group, "exact", H5_INT8, 1, n, 0);
    h5_node *before = h5_add_dataset(tree, group, "probability_before", H5_DOUBLE, 1, n, 0);
    h5_node *after = h5_add_dataset(tree, group, "probability", H5_DOUBLE, 1, n, 0);
    h5_node *cost = h5_add_dataset(tree, group, "cost", H5_DOUBLE, 1, n, 0);
    for (size_t row = 0; cost != NULL && after != NULL && before != NULL && exact != NULL &&
                         outcome != NULL && row < n;
         row++) {
        const smallest_change *change = &changes->changes[row];
        ((int8_t *)outcome->array.data)[row] = (int8_t)change->outcome;
        ((int8_t *)exact->array.data)[row] = change->exact ? 1 : 0;
        ((double *)before->array.data)[row] = change->probability_before;
        ((double *)after->array.data)[row] = change->probability;
        ((double *)cost->array.data)[row] = change->cost;
    }
    h5_set_flags(tree, outcome, smallest_change_outcome_names);
    add_domains(work, tree, group);
    add_reals(tree, group, "value", changes->values, n, work->space.n_domains);
    h5_set_real(tree, group, "threshold", changes->question.threshold);
    return add_steps(work, tree, group, error);
}

static perebor_status add_importance(const column_work *work, h5_tree *tree, h5_node *group,
                                     perebor_error *error) {
    importance_table table = {0};
    perebor_status status = importance_table_make(&table, &work->importance, work->source->values,
                                                  work->needs_shapes ? &work->shapes : NULL, error);
    if (status == PEREBOR_OK) {
        importance_table_to_tree(&table, &work->importance, tree, group);
    }
    importance_table_release(&table);
    return status;
}

static perebor_status add_group(const column_work *work, column_group which, h5_tree *tree,
                                h5_node *parent, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    h5_node *group = h5_add_group(tree, parent, column_group_names[which]);
    char *terms = column_terms(work, which);
    if (terms == NULL) {
        return perebor_no_memory(error, "for the terms of an explanation");
    }
    h5_set_text(tree, group, "terms", terms);
    h5_set_text(tree, group, "model", model_digest(work));
    free(terms);
    switch (which) {
    case COLUMN_IMPORTANCE:
        status = add_importance(work, tree, group, error);
        break;
    case COLUMN_SHAPE:
        status = add_shapes(work, tree, group, error);
        break;
    case COLUMN_INTERACTION:
        add_pairs(work, tree, group);
        break;
    default:
        status = add_changes(work, tree, group, error);
    }
    return status;
}

/** Takes a group out of its parent's list. */
static void unlink_group(h5_node *parent, const char *name) {
    h5_node **link = &parent->children;
    parent->last_child = NULL;
    while (*link != NULL) {
        if (strcmp((*link)->name, name) == 0) {
            *link = (*link)->next;
        } else {
            parent->last_child = *link;
            link = &(*link)->next;
        }
    }
}

perebor_status column_work_put(column_work *work, perebor_error *error) {
    perebor_status status = PEREBOR_OK;
    perebor_result *result = work->source->result;
    h5_tree *tree = h5_tree_create();
    if (tree == NULL) {
        return perebor_no_memory(error, "for an explanation");
    }
    h5_node *stage = stage_is_current(result, stage_name)
                         ? h5_copy(tree, tree->root, stage_find(result, stage_name))
                         : h5_add_group(tree, tree->root, stage_name);
    PEREBOR_TRY(done, h5_tree_check(tree, "an explanation", error));
    if (h5_find_text(stage, "model") == NULL) { // there are no Shapley values, which say it too
        h5_set_text(tree, stage, "model", model_digest(work));
    }
    for (int group = 0; group < COLUMN_GROUPS; group++) {
        if (work->wanted[group]) {
            unlink_group(stage, column_group_names[group]);
            PEREBOR_TRY(done, add_group(work, (column_group)group, tree, stage, error));
        }
    }
    PEREBOR_TRY(done, h5_tree_check(tree, "an explanation", error));
    status = stage_put(result, stage, error);
done:
    h5_tree_free(tree);
    return status;
}
